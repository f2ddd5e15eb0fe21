//! One queue: what is in it, and what can be done with its messages.

use argali_core::message_name::QueueName;
use argali_core::services::mns::{DeleteQueue, GetQueueAttributes, QueueView};
use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{Place, TO_QUEUES, done, message, message_id, trail};
use crate::answer::Answer;
use crate::api::is_absent;
use crate::moment::moment;
use crate::page::{Outcome, confirm};
use crate::part::{copyable, denial, facts, heading};
use crate::shell;
use crate::text::messaging::*;
use crate::text::shell::DELETE;
use crate::visit::Visit;

/// The page; `failed` is what came of something that was to be done.
pub(super) async fn show(
    visit: &Visit<'_>,
    place: &Place<QueueName>,
    failed: Option<&ApiFailure>,
) -> Outcome {
    let (status, about) = match visit.read_messaging(&attributes_of(place)).await {
        Ok(view) => (200, about(visit, place, &view)),
        Err(failure) if is_absent(&failure) => return Err(failure.into()),
        // What came of the form says enough.
        Err(failure) if failed.is_some() => (failure.status, html! {}),
        Err(failure) => (failure.status, denial(visit, &failure).await),
    };
    let content = html! {
        (top(visit, place, ""))
        @if let Some(failure) = failed { (denial(visit, failure).await) } @else { (outcome(visit)) }
        (about)
        (message::peeked(visit, place).await)
        div.columns {
            (message::send_form(visit, place))
            div.stack { (message::receive_form(visit, place)) (message::peek_form(visit, place)) }
        }
    };
    let status = failed.map_or(status, |failure| failure.status);
    Ok(Answer::page(status, shell::page(visit, place.name.as_str(), &content)))
}

/// What is asked for to show a queue.
pub(super) fn attributes_of(place: &Place<QueueName>) -> GetQueueAttributes {
    GetQueueAttributes { site: place.site.clone(), name: place.name.clone() }
}

/// What stands on top of each page of a queue.
pub(super) fn top(visit: &Visit<'_>, place: &Place<QueueName>, tab: &str) -> Markup {
    let actions = html! { a.button href=(visit.to(&place.path("/delete"))) { (visit.say(DELETE)) } };
    html! {
        (trail(visit, &place.site, TO_QUEUES))
        (heading(&html! { (place.name) }, None, &actions))
        (place.tabs(visit, MESSAGES, tab))
    }
}

/// What the address says was done.
fn outcome(visit: &Visit<'_>) -> Markup {
    let sent = message_id(visit, "sent").map(|id| visit.fill(SENT, &[id]));
    let other = match visit.query().get("done") {
        "deleted" => Some(DELETED),
        "visible" => Some(HIDDEN_NOW),
        "none" => Some(NONE),
        _ => None,
    };
    html! { @if let Some(words) = sent.or_else(|| other.map(|text| visit.say(text).to_owned())) { (done(&words)) } }
}

fn about(visit: &Visit<'_>, place: &Place<QueueName>, view: &QueueView) -> Markup {
    let QueueView { queue, counts } = view;
    html! {
        section.card {
            (facts(&[
                (visit.say(ACTIVE), html! { (counts.active) }),
                (visit.say(INACTIVE), html! { (counts.inactive) }),
                (visit.say(DELAYED), html! { (counts.delayed) }),
                (visit.say(CREATED), moment(visit, &queue.created_at.to_string())),
                (visit.say(ARN), copyable(visit, &place.arn(visit))),
                (visit.say(ADDRESS), copyable(visit, &place.address(visit))),
            ]))
        }
    }
}

/// Asks whether a queue is really to be deleted.
pub(super) fn ask_to_delete(visit: &Visit<'_>, place: &Place<QueueName>) -> Answer {
    confirm::page(visit, &deletion(place), None)
}

/// Deletes a queue.
pub(super) async fn delete(visit: &Visit<'_>, place: &Place<QueueName>) -> Outcome {
    let operation = DeleteQueue { site: place.site.clone(), name: place.name.clone() };
    if let Some(answer) = confirm::objection(visit, &deletion(place)) {
        return Ok(answer);
    }
    match visit.change_messaging(&operation).await {
        Ok(()) => Ok(Answer::see(visit.to(&format!("{}?region={}", super::HOME, place.site.region)))),
        Err(failure) => Ok(confirm::page(visit, &deletion(place), Some(&failure))),
    }
}

fn deletion(place: &Place<QueueName>) -> confirm::Deletion<'_> {
    confirm::Deletion {
        name: place.name.as_str(),
        title: DELETE_QUEUE,
        what: DELETE_QUEUE_WHAT,
        path: place.path(""),
        more: html! {},
    }
}
