//! `argali call`: any operation, signed.

use argali_server::Config;

use crate::cli::CallOptions;
use crate::client::{Api, Client};
use crate::credentials;
use crate::failure::{Exit, Failure};
use crate::output::Output;

pub(crate) fn run(options: &CallOptions, output: &Output) -> Result<(), Failure> {
    let version = match &options.api_version {
        Some(version) => version.clone(),
        None => version_of(&options.product)?,
    };
    let params = options.params.iter().map(|text| parameter(text)).collect::<Result<Vec<_>, _>>()?;
    let credentials = credentials::find(options.connection.profile.as_deref())?;
    let client = Client::new(&options.connection.endpoint, credentials)?;
    let api = Api { product: &options.product, version: &version };
    let answer = client.call(api, &options.action, &params)?;
    output.data(&answer)
}

/// The API version of a product that this program knows, however its letters are written.
fn version_of(product: &str) -> Result<String, Failure> {
    let config = Config::load(None, std::env::vars())?;
    let products = argali_server::products(&config)?;
    let found = products.iter().find(|(name, _)| name.eq_ignore_ascii_case(product));
    found.map(|(_, version)| version.clone()).ok_or_else(|| {
        let known: Vec<_> = products.iter().map(|(name, _)| format!("`{name}`")).collect();
        let known = known.join(", ");
        Failure::new(
            Exit::Usage,
            format!("there is no product `{product}`: choose one of {known}, or give --api-version"),
        )
    })
}

/// `Name=value`, or `Name=@FILE` for what a file holds.
fn parameter(text: &str) -> Result<(String, String), Failure> {
    let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
        return Err(Failure::new(Exit::Usage, format!("`{text}` is no parameter: write it as Name=value")));
    };
    let value = match value.strip_prefix('@') {
        None => value.to_owned(),
        Some(file) => std::fs::read_to_string(file)
            .map_err(|error| Failure::new(Exit::Usage, format!("cannot read `{file}`")).because(error))?,
    };
    Ok((name.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_names_and_values() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(parameter("A=b=c").unwrap(), pair("A", "b=c"));
        assert_eq!(parameter("A=").unwrap(), pair("A", ""));
        for wrong in ["A", "=b", "", "A=@/nonexistent/file"] {
            assert!(parameter(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn products_are_known_whatever_the_case_of_their_letters() {
        assert_eq!(version_of("ram").unwrap(), "2015-05-01");
        assert_eq!(version_of("ECS").unwrap(), "2014-05-26");
        let message = version_of("nothing").unwrap_err().to_string();
        assert!(message.contains("`Ram`"), "{message}");
    }
}
