//! Messages of a queue: sending, receiving, looking at them, and what is done by a receipt.

use argali_core::message_name::QueueName;
use argali_core::model::{Message, MessageState, Property};
use argali_core::services::mns::{
    BatchPeekMessage, BatchReceiveMessage, ChangeMessageVisibility, DELAY_SECONDS, DeleteMessage, NewMessage,
    OWN_VISIBILITY_TIMEOUT, PRIORITY, SendMessage,
};
use maud::{Markup, html};

use super::{Place, body, number, number_field, queue};
use crate::answer::Answer;
use crate::moment::moment;
use crate::need::{Need, submit};
use crate::page::{Outcome, result};
use crate::part::{
    Fields, Weight, act, copyable, denial, facts, heading, notice, select, show_api, show_api_of,
};
use crate::shell::token;
use crate::text::messaging::{self as text, *};
use crate::visit::Visit;

/// How many messages a page shows at most, as the fields offer it.
const MANY: [&str; 4] = ["1", "2", "4", "8"];
/// For how many seconds a page waits for messages.
const WAITS_S: [&str; 4] = ["0", "5", "10", "20"];
/// How many properties are shown of a message, and how many bytes of each.
const MOST_PROPERTIES: usize = 5;
const LONGEST_PROPERTY: usize = 200;

/// The form that sends one.
pub(super) fn send_form(visit: &Visit<'_>, place: &Place<QueueName>) -> Markup {
    let fields = Fields::new(visit);
    let (site, queue) = (place.site.clone(), place.name.clone());
    let need = Need::messaging(SendMessage { site, queue, message: NewMessage::default() });
    html! {
        form.card.stack method="post" action=(visit.to(&place.path("/send"))) {
            h2 { (visit.say(SEND)) }
            (token(visit))
            (body::field(visit))
            div.row {
                (number_field(&fields, PRIORITY, text::PRIORITY, PRIORITY_HINT))
                (number_field(&fields, DELAY_SECONDS, DELAY, OWN_DELAY_HINT))
            }
            div.actions { (submit(visit, need, ("button main", SEND))) (show_api(visit)) }
        }
    }
}

/// Sends one.
pub(super) async fn send(visit: &Visit<'_>, place: &Place<QueueName>) -> Outcome {
    let sent = async {
        let message = NewMessage {
            body: body::entered(visit),
            delay_s: number(visit, DELAY_SECONDS)?,
            priority: number(visit, PRIORITY)?,
            ..NewMessage::default()
        };
        let (site, queue) = (place.site.clone(), place.name.clone());
        visit.change_messaging(&SendMessage { site, queue, message }).await
    };
    match sent.await {
        Ok(sent) => Ok(Answer::see(visit.to(&place.path(&format!("?sent={}", sent.message.id))))),
        Err(failure) => queue::show(visit, place, Some(&failure)).await,
    }
}

/// The form that receives some.
pub(super) fn receive_form(visit: &Visit<'_>, place: &Place<QueueName>) -> Markup {
    let waits = WAITS_S.map(|wait| {
        let words = if wait == "0" { visit.say(NO_WAIT).to_owned() } else { visit.fill(SECONDS, &[wait]) };
        (wait, words)
    });
    let (site, queue) = (place.site.clone(), place.name.clone());
    let need = Need::messaging(BatchReceiveMessage { site, queue, at_most: 1, wait_s: None });
    html! {
        form.card.stack method="post" action=(visit.to(&place.path("/receive"))) {
            h2 { (visit.say(RECEIVE)) }
            p.muted { (visit.say(RECEIVE_WHAT)) }
            (token(visit))
            div.row {
                (select(visit, ("many", text::MANY), visit.form().get("many"), &many()))
                (select(visit, ("wait", WAIT), visit.form().get("wait"), &waits))
            }
            div.actions { (submit(visit, need, ("button main", RECEIVE_DO))) (show_api(visit)) }
        }
    }
}

fn many() -> [(&'static str, String); 4] {
    MANY.map(|many| (many, many.to_owned()))
}

/// One of a few that are offered, the first unless it is one of them.
fn offered(asked: &str, offered: [&'static str; 4]) -> &'static str {
    let [first, ..] = offered;
    offered.into_iter().find(|known| *known == asked).unwrap_or(first)
}

/// Receives some.
pub(super) async fn receive(visit: &Visit<'_>, place: &Place<QueueName>) -> Outcome {
    let form = visit.form();
    let operation = BatchReceiveMessage {
        site: place.site.clone(),
        queue: place.name.clone(),
        at_most: offered(form.get("many"), MANY).parse().unwrap_or(1),
        wait_s: offered(form.get("wait"), WAITS_S).parse().ok(),
    };
    match visit.await_messaging(&operation).await {
        Ok(messages) => {
            let content = html! {
                (heading(&html! { (visit.say(RECEIVED)) }, Some(visit.say(RECEIVED_LEDE)), &back(visit, place)))
                @for (state, message) in &messages {
                    (card(visit, (state, message), messages.len(), &by_receipt(visit, place, state)))
                }
            };
            Ok(result::keep(visit, visit.say(RECEIVED), content))
        }
        Err(failure) if failure.code == "MessageNotExist" => {
            Ok(Answer::see(visit.to(&place.path("?done=none"))))
        }
        Err(failure) => queue::show(visit, place, Some(&failure)).await,
    }
}

fn back(visit: &Visit<'_>, place: &Place<QueueName>) -> Markup {
    html! { a.button href=(visit.to(&place.path(""))) { (visit.phrase(BACK_TO, &[html! { bdi { (place.name) } }])) } }
}

/// The form that looks at some.
pub(super) fn peek_form(visit: &Visit<'_>, place: &Place<QueueName>) -> Markup {
    let (site, queue) = (place.site.clone(), place.name.clone());
    let need = Need::messaging(BatchPeekMessage { site, queue, at_most: 1 });
    html! {
        form.card.stack method="get" action=(visit.to(&place.path(""))) {
            h2 { (visit.say(PEEK)) }
            p.muted { (visit.say(PEEK_WHAT)) }
            (select(visit, ("peek", text::MANY), visit.query().get("peek"), &many()))
            div.actions { (submit(visit, need, ("button", PEEK_DO))) }
        }
    }
}

/// What looking shows, if the address asks to.
pub(super) async fn peeked(visit: &Visit<'_>, place: &Place<QueueName>) -> Markup {
    let Some(asked) = visit.query().filled("peek") else { return html! {} };
    let operation = BatchPeekMessage {
        site: place.site.clone(),
        queue: place.name.clone(),
        at_most: offered(asked, MANY).parse().unwrap_or(1),
    };
    match visit.read_messaging(&operation).await {
        Ok(messages) => html! {
            h2 { (visit.say(PEEKED)) }
            @for (state, message) in &messages {
                (card(visit, (state, message), messages.len(), &html! {}))
            }
        },
        Err(failure) if failure.code == "MessageNotExist" => {
            notice(Weight::Info, &html! { p role="status" { (visit.say(NONE)) } })
        }
        Err(failure) => denial(visit, &failure).await,
    }
}

/// A message, one of `among` on the page, with what can be done with it.
fn card(
    visit: &Visit<'_>,
    (state, message): (&MessageState, &Message),
    among: usize,
    deeds: &Markup,
) -> Markup {
    let at = |instant: argali_core::time::Timestamp| moment(visit, &instant.to_string());
    let known = [
        (visit.say(MESSAGE_ID), html! { code { (message.id) } }),
        (visit.say(ENQUEUED), at(state.enqueued_at)),
        (visit.say(text::PRIORITY), html! { (state.priority) }),
        (visit.say(TIMES), html! { (state.dequeue_count) }),
    ];
    let first = state.first_dequeued_at.map(|first| (visit.say(FIRST), at(first)));
    let properties = message.user_properties.iter().take(MOST_PROPERTIES).map(property);
    let properties: Vec<_> = properties.collect();
    let properties = (!properties.is_empty())
        .then(|| (visit.say(PROPERTIES), html! { @for property in &properties { div { (property) } } }));
    html! {
        section.card.stack.message {
            (body::shown(visit, &message.body, among))
            (facts(&known.into_iter().chain(first).chain(properties).collect::<Vec<_>>()))
            (deeds)
        }
    }
}

fn property(property: &Property) -> Markup {
    let name = body::harmless(&property.name, LONGEST_PROPERTY).0;
    let value = body::harmless(&property.value, LONGEST_PROPERTY).0;
    html! { code { bdi { (name) } } " = " bdi { (value) } }
}

/// What can be done with a message that was received.
fn by_receipt(visit: &Visit<'_>, place: &Place<QueueName>, state: &MessageState) -> Markup {
    let receipt = state.receipt().to_wire();
    let field = format!("hide-{}", state.number);
    let (at, left_s) =
        (state.visible_at.to_string(), state.visible_at.as_seconds() - visit.now().as_seconds());
    html! {
        (facts(&[
            (visit.say(AGAIN), html! { time datetime=(at) title=(at) { (visit.fill(AGAIN_IN, &[&left_s.to_string()])) } }),
            (visit.say(RECEIPT), copyable(visit, &receipt)),
        ]))
        div.actions {
            (act(visit, &place.path("/delete-message"), &[("receipt", &receipt)], ("button main", DELETE_MESSAGE)))
            form.actions method="post" action=(visit.to(&place.path("/visibility"))) {
                (token(visit))
                input type="hidden" name="receipt" value=(receipt);
                label.muted for=(field) { (visit.say(HIDE)) }
                div.field.figure {
                    input id=(field) type="number" name=(OWN_VISIBILITY_TIMEOUT.name) value="60" required
                        min=(OWN_VISIBILITY_TIMEOUT.least) max=(OWN_VISIBILITY_TIMEOUT.most);
                }
                button.button { (visit.say(HIDE_DO)) }
                (show_api_of(visit, HIDE_DO))
            }
        }
    }
}

/// Deletes a message that was received.
pub(super) async fn delete(visit: &Visit<'_>, place: &Place<QueueName>) -> Outcome {
    let receipt = visit.form().get("receipt").to_owned();
    let operation = DeleteMessage { site: place.site.clone(), queue: place.name.clone(), receipt };
    match visit.change_messaging(&operation).await {
        Ok(()) => Ok(Answer::see(visit.to(&place.path("?done=deleted")))),
        Err(failure) => queue::show(visit, place, Some(&failure)).await,
    }
}

/// Lets a message that was received be visible sooner or later.
pub(super) async fn change_visibility(visit: &Visit<'_>, place: &Place<QueueName>) -> Outcome {
    let changed = async {
        let after_s = number(visit, OWN_VISIBILITY_TIMEOUT)?;
        let operation = ChangeMessageVisibility {
            site: place.site.clone(),
            queue: place.name.clone(),
            receipt: visit.form().get("receipt").to_owned(),
            visibility_timeout_s: after_s.unwrap_or_default(),
        };
        visit.change_messaging(&operation).await
    };
    match changed.await {
        Ok(state) if state.visible_at <= visit.now() => {
            Ok(Answer::see(visit.to(&place.path("?done=visible"))))
        }
        Ok(state) => {
            let content = html! {
                (heading(&html! { (visit.say(HIDDEN_TITLE)) }, Some(visit.say(HIDDEN_LEDE)), &back(visit, place)))
                section.card.stack { (by_receipt(visit, place, &state)) }
            };
            Ok(result::keep(visit, visit.say(HIDDEN_TITLE), content))
        }
        Err(failure) => queue::show(visit, place, Some(&failure)).await,
    }
}
