//! Webhooks: which programs are told of the account's events, and how that goes.
// SPEC: console, Developer.

mod change;
mod detail;
mod list;

use maud::{Markup, html};
use serde_json::Value;

use super::{Outcome, PATH, Refusal, page};
use crate::api::{ARGALI, items, number, text};
use crate::moment::moment;
use crate::need::Need;
use crate::pairs::segment;
use crate::part::list::{self as lists, Part};
use crate::text::Text;
use crate::text::webhook::*;
use crate::visit::Visit;

const TAB: &str = "webhooks";
/// What events can be told, with what each is.
const KINDS: [(&str, Text, Text); 3] =
    [("Change", CHANGE, CHANGE_HINT), ("Refusal", REFUSAL, REFUSAL_HINT), ("Session", SESSION, SESSION_HINT)];
/// Every action.
const EVERY_ACTION: &str = "*";

/// Answers a visit to an address below that of webhooks.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, ["new"]) => Ok(change::form(visit, None)),
        (true, ["new"]) => change::create(visit).await,
        (false, [id]) => detail::show(visit, id, None).await,
        (true, [id]) => change::change(visit, id).await,
        (true, [id, "status"]) => change::set_status(visit, id).await,
        (true, [id, "secret"]) => change::renew_secret(visit, id).await,
        (true, [id, "test"]) => change::test(visit, id).await,
        (false, [id, "delete"]) => change::ask_deletion(visit, id).await,
        (true, [id, "delete"]) => change::delete(visit, id).await,
        _ => Err(Refusal::NoPage),
    }
}

/// Answers a visit about several of them.
pub(super) async fn several(visit: &Visit<'_>) -> Outcome {
    if visit.is_post() { list::send(visit).await } else { list::ask(visit).await }
}

/// What doing something with a webhook needs.
fn need(operation: &str, id: &str) -> Need {
    Need::call(ARGALI, operation, &[("WebhookId", id)])
}

/// The tab.
pub(super) async fn list(visit: &Visit<'_>) -> Outcome {
    match lists::part(visit, &list::Webhooks::of(visit)).await? {
        Part::Instead(answer) => Ok(answer),
        Part::Shown { status, actions, content } => {
            let part = html! {
                div.actions { (actions) }
                (content)
                p.muted.small-text { (visit.say(LEDE)) " " (visit.say(STANDS)) }
            };
            Ok(page(visit, status, TAB, &part))
        }
    }
}

/// Where a webhook is shown.
fn path_of(id: &str) -> String {
    format!("{PATH}/webhooks/{}", segment(id))
}

/// One webhook.
async fn get(visit: &Visit<'_>, id: &str) -> Result<Value, Refusal> {
    let answer = visit.call(ARGALI, "GetWebhook", &[("WebhookId", id)]).await?;
    Ok(answer.get("Webhook").cloned().unwrap_or_default())
}

/// Whether a webhook is told of events of a kind.
fn tells(webhook: &Value, kind: &str) -> bool {
    items(webhook, "Events").any(|told| told.as_str() == Some(kind))
}

fn kinds(visit: &Visit<'_>, webhook: &Value) -> Markup {
    let told = KINDS.into_iter().filter(|(kind, ..)| tells(webhook, kind));
    html! { span.badges { @for (_, label, _) in told { span.badge { (visit.say(label)) } } } }
}

/// The actions that a webhook is told of, with commas between.
fn actions(webhook: &Value) -> String {
    items(webhook, "AuthActions").filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}

fn status(visit: &Visit<'_>, webhook: &Value) -> Markup {
    let (class, label) = match text(webhook, "Status") {
        "Failing" => ("warning", FAILING),
        "Paused" => ("", PAUSED),
        "Stopped" => ("danger", STOPPED),
        _ => ("success", ACTIVE),
    };
    html! { span.badge.(class) { (visit.say(label)) } }
}

fn last_delivery(visit: &Visit<'_>, webhook: &Value) -> Markup {
    match text(webhook, "LastDeliveryDate") {
        "" => html! { span.muted { (visit.say(NEVER)) } },
        at => moment(visit, at),
    }
}

/// What became of a message, in words.
fn outcome(visit: &Visit<'_>, of: &Value) -> String {
    let status = number(of, "HttpStatus").to_string();
    let label = match text(of, "Outcome") {
        "Delivered" => DELIVERED,
        "Redirect" => REDIRECT,
        "AddressForbidden" => FORBIDDEN,
        "Unreachable" => UNREACHABLE,
        "NotTrusted" => NOT_TRUSTED,
        "TooSlow" => TOO_SLOW,
        _ => BAD_STATUS,
    };
    visit.fill(label, &[&status])
}
