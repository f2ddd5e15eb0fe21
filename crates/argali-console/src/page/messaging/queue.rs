//! One queue: what is in it, and what can be done with its messages.

use argali_core::message_name::QueueName;
use argali_core::services::mns::{GetQueueAttributes, QueueView};
use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{Place, done, message, message_id};
use crate::answer::Answer;
use crate::api::is_absent;
use crate::moment::moment;
use crate::page::Outcome;
use crate::part::{copyable, denial, facts};
use crate::shell;
use crate::text::messaging::*;
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
        (place.top(visit, ""))
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
