//! Whose name calls are signed in: the environment's, or a profile of the official command line tool.

use std::path::{Path, PathBuf};

use argali_protocol::{Credentials, Secret};
use serde::Deserialize;

use crate::failure::{Exit, Failure};

const KEY_ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const KEY_SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";
const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";

/// The credentials to sign with. A profile that is named comes before the environment.
pub(crate) fn find(profile: Option<&str>) -> Result<Credentials, Failure> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if profile.is_none()
        && let Some(found) = from_variables(variable)?
    {
        return Ok(found);
    }
    let Some(home) = variable("HOME") else { return Err(none_found()) };
    let file = PathBuf::from(home).join(".aliyun/config.json");
    let named = profile.map(str::to_owned).or_else(|| variable(PROFILE));
    match std::fs::read_to_string(&file) {
        Ok(text) => from_profile(&file, &text, named.as_deref()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(none_found()),
        Err(error) => {
            Err(Failure::new(Exit::Credentials, format!("cannot read `{}`", file.display())).because(error))
        }
    }
}

/// The environment that makes other programs use `credentials`.
pub(crate) fn as_variables(credentials: &Credentials) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        (KEY_ID, credentials.access_key_id.clone()),
        (KEY_SECRET, credentials.access_key_secret.expose().to_owned()),
    ];
    variables.extend(credentials.security_token.clone().map(|token| (TOKEN, token)));
    variables
}

fn none_found() -> Failure {
    let message =
        format!("there are no credentials: set {KEY_ID} and {KEY_SECRET}, or write ~/.aliyun/config.json");
    Failure::new(Exit::Credentials, message)
}

fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Credentials>, Failure> {
    match (variable(KEY_ID), variable(KEY_SECRET)) {
        (Some(access_key_id), Some(secret)) => Ok(Some(Credentials {
            access_key_id,
            access_key_secret: Secret::new(secret),
            security_token: variable(TOKEN),
        })),
        (None, None) => Ok(None),
        (id, _) => {
            let (there, missing) = if id.is_some() { (KEY_ID, KEY_SECRET) } else { (KEY_SECRET, KEY_ID) };
            Err(Failure::new(
                Exit::Credentials,
                format!("{there} is set and {missing} is not: set both or neither"),
            ))
        }
    }
}

/// The file of the official command line tool, as far as it matters here.
#[derive(Deserialize)]
struct Profiles {
    #[serde(default)]
    current: String,
    #[serde(default)]
    profiles: Vec<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    name: String,
    #[serde(default)]
    mode: String,
    #[serde(default)]
    access_key_id: String,
    #[serde(default)]
    access_key_secret: String,
    #[serde(default)]
    sts_token: String,
}

fn from_profile(file: &Path, text: &str, named: Option<&str>) -> Result<Credentials, Failure> {
    let file = file.display();
    let profiles: Profiles = serde_json::from_str(text).map_err(|error| {
        Failure::new(Exit::Credentials, format!("`{file}` is not as `aliyun configure` writes it"))
            .because(error)
    })?;
    let name = named.unwrap_or(&profiles.current);
    let Some(profile) = profiles.profiles.into_iter().find(|profile| profile.name == name) else {
        return Err(Failure::new(Exit::Credentials, format!("`{file}` has no profile `{name}`")));
    };
    let security_token = match profile.mode.as_str() {
        "AK" => None,
        "StsToken" => Some(profile.sts_token),
        mode => {
            let message = format!(
                "the profile `{name}` in `{file}` has the mode `{mode}`: use one of mode AK or StsToken, \
                 and `argali assume` for roles"
            );
            return Err(Failure::new(Exit::Credentials, message));
        }
    };
    if profile.access_key_id.is_empty() || profile.access_key_secret.is_empty() {
        return Err(Failure::new(
            Exit::Credentials,
            format!("the profile `{name}` in `{file}` holds no AccessKey"),
        ));
    }
    Ok(Credentials {
        access_key_id: profile.access_key_id,
        access_key_secret: Secret::new(profile.access_key_secret),
        security_token,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(text: &str, named: Option<&str>) -> Result<Credentials, String> {
        from_profile(Path::new("config.json"), text, named).map_err(|failure| failure.to_string())
    }

    #[test]
    fn profiles_are_found_by_name_or_by_what_is_current() {
        let text = r#"{"current":"a","profiles":[
            {"name":"a","mode":"AK","access_key_id":"LTAI1","access_key_secret":"s1","sts_token":"ignored"},
            {"name":"b","mode":"StsToken","access_key_id":"STS.2","access_key_secret":"s2","sts_token":"t"},
            {"name":"c","mode":"EcsRamRole"},
            {"name":"d","mode":"AK"}],"meta_path":""}"#;
        let a = profile(text, None).unwrap();
        assert_eq!((a.access_key_id.as_str(), a.security_token), ("LTAI1", None));
        let b = profile(text, Some("b")).unwrap();
        assert_eq!((b.access_key_id.as_str(), b.security_token.as_deref()), ("STS.2", Some("t")));
        for (text, named) in [(text, "c"), (text, "d"), (text, "e"), ("{", "a"), ("{}", "a")] {
            assert!(profile(text, Some(named)).is_err(), "{named}");
        }
    }

    #[test]
    fn half_a_key_in_the_environment_is_an_error_and_not_a_reason_to_look_elsewhere() {
        let only = |name: &'static str| move |asked: &str| (asked == name).then(|| "value".to_owned());
        assert!(from_variables(only(KEY_ID)).unwrap_err().to_string().contains(KEY_SECRET));
        assert!(from_variables(only(KEY_SECRET)).unwrap_err().to_string().contains(KEY_ID));
        assert!(from_variables(|_| None).unwrap().is_none());
        let all = from_variables(|name| Some(name.to_owned())).unwrap().unwrap();
        assert_eq!(all.security_token.as_deref(), Some(TOKEN));
    }
}
