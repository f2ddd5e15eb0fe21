//! `argali who-can`: the identities of the account that may do something.

use serde_json::{Value, json};

use crate::can_i::question;
use crate::cli::WhoCanOptions;
use crate::client::{ARGALI, Client};
use crate::credentials;
use crate::explained::{list, text};
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(options: &WhoCanOptions, output: &Output) -> Result<(), Failure> {
    let credentials = credentials::find(options.connection.profile.as_deref())?;
    let client = Client::new(&options.connection.endpoint, credentials)?;
    let mut question = question(&options.question)?;
    question.push(("MaxItems".to_owned(), "1000".to_owned()));
    let mut found = Vec::new();
    let mut marker = None;
    loop {
        let mut params = question.clone();
        params.extend(marker.map(|marker| ("Marker".to_owned(), marker)));
        let answer = client.call(ARGALI, "WhoCan", &params)?;
        found.extend(list(&answer, "Principals").iter().cloned());
        marker = Some(text(&answer, "Marker")).filter(|marker| !marker.is_empty());
        if marker.is_none() {
            return output.data(&json!({ "Principals": Value::Array(found) }));
        }
    }
}
