//! A webhook: what it tells, how it does, what it sent lately, and what can be done with it.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{EVERY_ACTION, actions, change, get, kinds, last_delivery, need, outcome, path_of, status};
use crate::answer::Answer;
use crate::api::{ARGALI, items, number, text};
use crate::moment::moment;
use crate::need::{needing, way};
use crate::page::Outcome;
use crate::part::{Table, Weight, act, copyable, facts, heading, notice, summary};
use crate::shell;
use crate::text::shell::DELETE;
use crate::text::webhook::*;
use crate::visit::Visit;

/// The page.
pub(super) async fn show(visit: &Visit<'_>, id: &str, failure: Option<&ApiFailure>) -> Outcome {
    let webhook = get(visit, id).await?;
    let sent = visit.call(ARGALI, "ListWebhookDeliveries", &[("WebhookId", id)]).await?;
    let (name, path) = (text(&webhook, "WebhookName"), path_of(id));
    let content = html! {
        (heading(&html! { bdi { (name) } }, None, &buttons(visit, &webhook, &path)))
        @if let Some(failure) = failure { (summary(visit, failure)) }
        @if !visit.query().get("tested").is_empty() { (tested(visit, &sent)) }
        (state(visit, &webhook))
        div.columns {
            section.card { (about(visit, &webhook)) }
            section.card.stack {
                h2 { (visit.say(SECRET)) }
                p { (visit.say(SECRET_WHAT)) }
                p.muted { (visit.say(RENEW_WHAT)) }
                div.actions { (needing(visit, need("UpdateWebhook", id), &act(visit, &format!("{path}/secret"), &[], ("button", RENEW)))) }
            }
        }
        section.stack { h2 { (visit.say(DELIVERIES)) } (deliveries(visit, &sent)) }
        (change::edit(visit, &webhook, failure))
    };
    let status = failure.map_or(200, |failure| failure.status);
    Ok(Answer::page(status, shell::page(visit, name, &content)))
}

fn buttons(visit: &Visit<'_>, webhook: &Value, path: &str) -> Markup {
    let (wanted, label, class) = match text(webhook, "Status") {
        "Paused" | "Stopped" => ("Active", RESUME, "button main"),
        _ => ("Paused", PAUSE, "button"),
    };
    let id = text(webhook, "WebhookId");
    html! {
        (needing(visit, need("PingWebhook", id), &act(visit, &format!("{path}/test"), &[], ("button", TEST))))
        (needing(visit, need("UpdateWebhook", id), &act(visit, &format!("{path}/status"), &[("Status", wanted)], (class, label))))
        (way(visit, need("DeleteWebhook", id), &format!("{path}/delete"), ("button", DELETE)))
    }
}

/// What became of the test that was sent just now.
fn tested(visit: &Visit<'_>, sent: &Value) -> Markup {
    let test = items(sent, "Deliveries").find(|delivery| is_test(delivery));
    let Some(test) = test else { return html! {} };
    let weight = if is_delivered(test) { Weight::Info } else { Weight::Danger };
    notice(weight, &html! { p { (visit.say(TEST_SENT)) " " strong { (outcome(visit, test)) } } })
}

/// What there is to know where a webhook does not simply tell.
fn state(visit: &Visit<'_>, webhook: &Value) -> Markup {
    let failure = webhook.get("Failure").unwrap_or(&Value::Null);
    let at = |of: &Value, name: &str| moment(visit, text(of, name));
    let (weight, words) = match text(webhook, "Status") {
        "Failing" => {
            let values = [at(failure, "Since"), at(failure, "NextAttemptDate")];
            (Weight::Warning, visit.phrase(FAILING_WHAT, &values))
        }
        "Stopped" => (Weight::Danger, visit.phrase(STOPPED_WHAT, &[at(webhook, "StatusDate")])),
        "Paused" => (Weight::Info, visit.phrase(PAUSED_WHAT, &[at(webhook, "StatusDate")])),
        _ => return html! {},
    };
    let why = (!failure.is_null()).then(|| outcome(visit, failure));
    notice(weight, &html! { p { (words) } @if let Some(why) = why { p { strong { (why) } } } })
}

fn about(visit: &Visit<'_>, webhook: &Value) -> Markup {
    let only = match actions(webhook) {
        all if all == EVERY_ACTION => html! { (visit.say(ALL_ACTIONS)) },
        some => html! { code.long { (some) } },
    };
    facts(&[
        (visit.say(URL), copyable(visit, text(webhook, "Url"))),
        (visit.say(STATUS), status(visit, webhook)),
        (visit.say(EVENTS), kinds(visit, webhook)),
        (visit.say(ACTIONS), only),
        (visit.say(LAST_DELIVERY), last_delivery(visit, webhook)),
        (visit.say(ID), copyable(visit, text(webhook, "WebhookId"))),
        (visit.say(CREATED), moment(visit, text(webhook, "CreateDate"))),
        (visit.say(UPDATED), moment(visit, text(webhook, "UpdateDate"))),
    ])
}

fn deliveries(visit: &Visit<'_>, sent: &Value) -> Markup {
    let rows: Vec<_> = items(sent, "Deliveries").map(|delivery| row(visit, delivery)).collect();
    if rows.is_empty() {
        return html! { p.muted { (visit.say(NO_DELIVERIES)) } };
    }
    Table { caption: DELIVERIES, columns: &[WHEN, WHAT, OUTCOME, ATTEMPT, TOOK], rows }.show(visit)
}

fn row(visit: &Visit<'_>, delivery: &Value) -> Vec<Markup> {
    let words = match number(delivery, "EventCount") {
        0 => visit.say(IS_TEST).to_owned(),
        1 => visit.say(ONE_EVENT).to_owned(),
        many => visit.fill(MANY_EVENTS, &[&many.to_string()]),
    };
    let first = text(delivery, "FirstEventId");
    let class = if is_delivered(delivery) { "success" } else { "danger" };
    vec![
        moment(visit, text(delivery, "DeliveryDate")),
        html! {
            @if first.is_empty() { (words) } @else { a href=(visit.to(&format!("/activity/{first}"))) { (words) } }
        },
        html! { span.badge.(class) { (outcome(visit, delivery)) } },
        html! { (number(delivery, "Attempt")) },
        html! { (visit.fill(MS, &[&number(delivery, "DurationMs").to_string()])) },
    ]
}

fn is_test(delivery: &Value) -> bool {
    delivery.get("IsPing").and_then(Value::as_bool).unwrap_or_default()
}

fn is_delivered(delivery: &Value) -> bool {
    text(delivery, "Outcome") == "Delivered"
}
