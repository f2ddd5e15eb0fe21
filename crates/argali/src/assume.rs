//! `argali assume`: credentials for a role, printed or put into a command's environment.

use std::os::unix::process::CommandExt;
use std::process::Command;

use argali_protocol::{Credentials, Secret};
use serde_json::Value;

use crate::cli::AssumeOptions;
use crate::client::{Client, STS};
use crate::credentials;
use crate::failure::{Exit, Failure};
use crate::output::Output;

pub(crate) fn run(options: &AssumeOptions, output: &Output) -> Result<(), Failure> {
    let role_arn = role_arn(&options.role)?;
    let own = credentials::find(options.connection.profile.as_deref())?;
    let client = Client::new(&options.connection.endpoint, own)?;
    let session = match &options.session {
        Some(session) => session.clone(),
        None => session_name(&std::env::var("USER").unwrap_or_default()),
    };
    let mut params = vec![("RoleArn".to_owned(), role_arn), ("RoleSessionName".to_owned(), session)];
    params.extend(options.duration.map(|seconds| ("DurationSeconds".to_owned(), seconds.to_string())));
    let answer = client.call(STS, "AssumeRole", &params)?;
    let given = read_credentials(answer.get("Credentials").unwrap_or(&Value::Null)).ok_or_else(|| {
        Failure::new(
            Exit::Server,
            "the server's answer holds no credentials: check that the endpoint is right",
        )
    })?;
    match options.command.split_first() {
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments).envs(credentials::as_variables(&given));
            command.env("ARGALI_ENDPOINT", &options.connection.endpoint);
            // It returns only if the program cannot be started.
            let error = command.exec();
            Err(Failure::new(Exit::Usage, format!("cannot run `{program}`")).because(error))
        }
        None if output.is_for_people() => {
            for (name, value) in credentials::as_variables(&given) {
                output.text(&format!("export {name}={value}\n"))?;
            }
            Ok(())
        }
        None => output.data(&answer),
    }
}

/// The credentials in an answer of `AssumeRole` or `CreateAccessKey`.
pub(crate) fn read_credentials(answer: &Value) -> Option<Credentials> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Credentials {
        access_key_id: text("AccessKeyId")?,
        access_key_secret: Secret::new(text("AccessKeySecret")?),
        security_token: text("SecurityToken"),
    })
}

/// The ARN of `ACCOUNT/ROLE`; an ARN stays as it is.
fn role_arn(role: &str) -> Result<String, Failure> {
    if role.starts_with("acs:ram::") {
        return Ok(role.to_owned());
    }
    match role.split_once('/') {
        Some((account, name)) if account.chars().all(|c| c.is_ascii_digit()) && !account.is_empty() => {
            Ok(format!("acs:ram::{account}:role/{name}"))
        }
        _ => {
            let message = format!("`{role}` is no role: write it as ACCOUNT/ROLE with the account's number");
            Err(Failure::new(Exit::Usage, message))
        }
    }
}

/// A user's name as a session's: other characters become `-`.
fn session_name(user: &str) -> String {
    let name: String = user
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "@._-".contains(c) { c } else { '-' })
        .take(64)
        .collect();
    if name.len() < 2 { "argali".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_named_by_account_and_name() {
        assert_eq!(role_arn("11223344/ecs-admin").unwrap(), "acs:ram::11223344:role/ecs-admin");
        assert_eq!(role_arn("acs:ram::1:role/r").unwrap(), "acs:ram::1:role/r");
        for wrong in ["", "ecs-admin", "/ecs-admin", "company-a/ecs-admin"] {
            assert!(role_arn(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn users_names_become_session_names() {
        assert_eq!(session_name("alice"), "alice");
        assert_eq!(session_name("a b\u{e9}"), "a-b-");
        assert_eq!(session_name(""), "argali");
        assert_eq!(session_name(&"a".repeat(99)).len(), 64);
    }
}
