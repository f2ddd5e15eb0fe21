//! `argali can-i`: whether somebody may do something, before anybody tries.

use serde_json::Value;

use crate::cli::{CanIOptions, Question};
use crate::client::{ARGALI, Client};
use crate::credentials;
use crate::explained::{steps, text};
use crate::failure::{Exit, Failure};
use crate::output::{Output, Paint};

pub(crate) fn run(options: &CanIOptions, output: &Output) -> Result<(), Failure> {
    let credentials = credentials::find(options.connection.profile.as_deref())?;
    let client = Client::new(&options.connection.endpoint, credentials)?;
    let answer = client.call(ARGALI, "TestAccess", &params(options)?)?;
    if output.is_for_people() {
        output.text(&page(&answer, output.paint()))?;
    } else {
        output.data(&answer)?;
    }
    match answer.get("Allowed").and_then(Value::as_bool) {
        Some(true) => Ok(()),
        Some(false) => Err(Failure::told(Exit::No)),
        None => Err(Failure::new(
            Exit::Server,
            "the server's answer says neither yes nor no: check that the endpoint is right",
        )),
    }
}

fn params(options: &CanIOptions) -> Result<Vec<(String, String)>, Failure> {
    let mut params = question(&options.question)?;
    params.extend(options.who.clone().map(|who| ("AuthPrincipal".to_owned(), who)));
    Ok(params)
}

/// A question as parameters.
pub(crate) fn question(question: &Question) -> Result<Vec<(String, String)>, Failure> {
    let mut params = vec![
        ("AuthAction".to_owned(), question.action.clone()),
        ("AuthResource".to_owned(), question.resource.clone()),
    ];
    params.extend(question.resource_group.clone().map(|group| ("ResourceGroupId".to_owned(), group)));
    for (number, condition) in (1..).zip(&question.condition) {
        let Some((key, value)) = condition.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            let message = format!("`{condition}` is no condition: write it as KEY=VALUE");
            return Err(Failure::new(Exit::Usage, message));
        };
        params.push((format!("Condition.{number}.Key"), key.to_owned()));
        params.push((format!("Condition.{number}.Value"), value.to_owned()));
    }
    Ok(params)
}

fn page(answer: &Value, paint: Paint) -> String {
    let allowed = answer.get("Allowed").and_then(Value::as_bool) == Some(true);
    let word = if allowed { paint.green("yes:") } else { paint.red("no:") };
    let mut page = format!("{word} {}\n", text(answer, "Message"));
    steps(&mut page, paint, answer);
    page
}
