//! Webhooks: which programs are told of the account's events, and how that goes.
// SPEC: console, Developer.

mod change;
mod detail;

use maud::{Markup, html};
use serde_json::Value;

use super::{Outcome, PATH, Refusal, page};
use crate::api::{ARGALI, is_denied, items, number, text};
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::need::{Need, needing};
use crate::pairs::segment;
use crate::part::{Table, denied, empty};
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

/// What doing something with a webhook needs.
fn need(operation: &str, id: &str) -> Need {
    Need::call(ARGALI, operation, &[("WebhookId", id)])
}

/// The tab.
pub(super) async fn list(visit: &Visit<'_>) -> Outcome {
    match visit.call(ARGALI, "ListWebhooks", &[]).await {
        Ok(answer) => Ok(page(visit, 200, TAB, &listed(visit, &answer))),
        Err(failure) if is_denied(&failure) => Ok(page(visit, 403, TAB, &denied(visit, &failure))),
        Err(failure) => Err(failure.into()),
    }
}

fn listed(visit: &Visit<'_>, answer: &Value) -> Markup {
    let rows: Vec<_> = items(answer, "Webhooks").map(|webhook| row(visit, webhook)).collect();
    let create = html! {
        a.button.main href=(visit.to(&format!("{PATH}/webhooks/new"))) data-new { (icon(icon::LuPlus)) (visit.say(CREATE)) }
    };
    let create = needing(visit, Need::somehow(ARGALI, "CreateWebhook"), &create);
    let count = [rows.len().to_string(), number(answer, "MostWebhooks").to_string()];
    html! {
        @if rows.is_empty() {
            section.card { (empty(visit, icon::LuBell, visit.say(EMPTY), &create)) }
        } @else {
            div.toolbar { (create) span.muted { (visit.fill(COUNT, &[&count[0], &count[1]])) } }
            (Table { caption: WEBHOOKS, columns: &[NAME, URL, EVENTS, STATUS, LAST_DELIVERY], rows }.show(visit))
        }
        p.muted.small-text { (visit.say(LEDE)) " " (visit.say(STANDS)) }
    }
}

fn row(visit: &Visit<'_>, webhook: &Value) -> Vec<Markup> {
    vec![
        html! { a href=(visit.to(&path_of(text(webhook, "WebhookId")))) { bdi { (text(webhook, "WebhookName")) } } },
        html! { code.long { (text(webhook, "Url")) } },
        kinds(visit, webhook),
        status(visit, webhook),
        last_delivery(visit, webhook),
    ]
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
