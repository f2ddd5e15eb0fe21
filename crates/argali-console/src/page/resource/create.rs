//! Making a resource: the form of an operation that creates.

use argali_core::hosted::outline::OperationOutline;
use argali_protocol::ApiFailure;
use maud::html;
use serde_json::Value;

use super::form::{Offers, Sheet, read};
use super::{Place, label, refused};
use crate::answer::Answer;
use crate::need::submit;
use crate::page::{Outcome, Refusal};
use crate::pairs::segment;
use crate::part::show_api;
use crate::shell::{self, token};
use crate::text::resource::*;
use crate::text::shell::{CANCEL, OK};
use crate::visit::Visit;

/// The form that makes one in the usual way.
pub(super) fn first(visit: &Visit<'_>, place: &Place<'_>) -> Outcome {
    let first = place.kind.creations.first().ok_or(Refusal::NoPage)?;
    Ok(Answer::see(visit.to(&place.below(&format!("/new/{}", segment(&first.name)), &[]))))
}

/// The form.
pub(super) async fn show(visit: &Visit<'_>, place: &Place<'_>, operation: &str) -> Outcome {
    let creation = creation(place, operation)?;
    Ok(page(visit, place, creation, None).await)
}

fn creation<'v>(place: &Place<'v>, operation: &str) -> Result<&'v OperationOutline, Refusal> {
    place.kind.creations.iter().find(|creation| creation.name == operation).ok_or(Refusal::NoPage)
}

async fn page(
    visit: &Visit<'_>,
    place: &Place<'_>,
    creation: &OperationOutline,
    failure: Option<&ApiFailure>,
) -> Answer {
    let offers = Offers::gather(visit, place, &creation.parameters).await;
    let entered = if visit.is_post() { visit.form() } else { visit.query() };
    let sheet = Sheet { visit, place, offers: &offers, entered, present: None, failure };
    let path = place.below(&format!("/new/{}", segment(&creation.name)), &[]);
    let title = format!("{} · {}", label(visit, creation), place.one_name(visit));
    let content = html! {
        div.narrow {
            h1 { (title) }
            @if let Some(failure) = failure { (refused(visit, place, failure).await) }
            // Where it will be was chosen with the list that led here.
            @if !place.region.is_empty() { p.muted { (visit.say(REGION)) " " code { (place.region) } } }
            form.card.stack method="post" action=(visit.to(&path)) {
                (token(visit))
                (sheet.show(&creation.parameters))
                div.actions {
                    (submit(visit, place.need(&creation.name, &[]), ("button main", OK)))
                    a.button href=(visit.to(&place.below("", &[]))) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Answer::page(failure.map_or(200, |failure| failure.status), shell::page(visit, &title, &content))
}

/// Makes it, and leads to it.
pub(super) async fn send(visit: &Visit<'_>, place: &Place<'_>, operation: &str) -> Outcome {
    let creation = creation(place, operation)?;
    let pairs = read(&creation.parameters, visit.form());
    match place.call(visit, operation, &pairs).await {
        Ok(answer) => Ok(Answer::see(visit.to(&made(place, &answer, &pairs)))),
        Err(failure) => Ok(page(visit, place, creation, Some(&Refusal::shown(failure)?)).await),
    }
}

/// The page of what was made: of the one, if the answer names it.
fn made(place: &Place<'_>, answer: &Value, pairs: &[(String, String)]) -> String {
    let sent = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let target = &place.kind.target;
    if let Some(whole) = &target.whole {
        return match (sent(&target.parameter), sent(whole)) {
            (Some(name), Some(whole)) => place.one(&target.id(name, whole)),
            _ => place.below("", &[]),
        };
    }
    match identifiers(answer, &target.parameter).as_slice() {
        [id] => place.one(id),
        _ => place.below("", &[]),
    }
}

/// The identifiers that an answer names as this parameter does, wherever it has them.
fn identifiers(answer: &Value, parameter: &str) -> Vec<String> {
    let Value::Object(object) = answer else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in object {
        match value {
            Value::String(id) if name == parameter => found.push(id.clone()),
            Value::Array(ids) if name.starts_with(parameter) => {
                found.extend(ids.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            value => found.extend(identifiers(value, parameter)),
        }
    }
    found
}
