//! One topic: publishing in it, and who is told.

use argali_core::message_name::TopicName;
use argali_core::model::{Subscription, Topic};
use argali_core::services::mns::{
    GetTopicAttributes, ListSubscriptionByTopic, NewMessage, PublishMessage, WantedPage,
};
use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{HOME, Place, body, done, message_id};
use crate::answer::Answer;
use crate::api::MNS;
use crate::api::is_absent;
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::need::{Need, needing, submit};
use crate::page::Outcome;
use crate::part::{Field, Fields, Table, copyable, denial, empty, facts, page_size, pager, show_api};
use crate::shell::{self, token};
use crate::text::messaging::*;
use crate::visit::Visit;

const TAG_FIELD: Field = Field::text("MessageTag", TAG).longest(16).hint(TAG_HINT);

/// The page; `failed` is what came of something that was to be done.
pub(super) async fn show(
    visit: &Visit<'_>,
    place: &Place<TopicName>,
    failed: Option<&ApiFailure>,
) -> Outcome {
    let (status, about) = match visit.read_messaging(&attributes_of(place)).await {
        Ok(topic) => (200, about(visit, place, &topic)),
        Err(failure) if is_absent(&failure) => return Err(failure.into()),
        // What came of the form says enough.
        Err(failure) if failed.is_some() => (failure.status, html! {}),
        Err(failure) => (failure.status, denial(visit, &failure).await),
    };
    let published = message_id(visit, "published").map(|id| visit.fill(PUBLISHED, &[id]));
    let content = html! {
        (place.top(visit, ""))
        @if let Some(failure) = failed { (denial(visit, failure).await) }
        @else if let Some(words) = published { (done(&words)) }
        (about)
        (publish_form(visit, place))
        (subscriptions(visit, place).await)
    };
    let status = failed.map_or(status, |failure| failure.status);
    Ok(Answer::page(status, shell::page(visit, place.name.as_str(), &content)))
}

/// What is asked for to show a topic.
pub(super) fn attributes_of(place: &Place<TopicName>) -> GetTopicAttributes {
    GetTopicAttributes { site: place.site.clone(), name: place.name.clone() }
}

fn about(visit: &Visit<'_>, place: &Place<TopicName>, topic: &Topic) -> Markup {
    html! {
        section.card {
            (facts(&[
                (visit.say(CREATED), moment(visit, &topic.created_at.to_string())),
                (visit.say(ARN), copyable(visit, &place.arn(visit))),
                (visit.say(ADDRESS), copyable(visit, &place.address(visit))),
            ]))
        }
    }
}

fn publish_form(visit: &Visit<'_>, place: &Place<TopicName>) -> Markup {
    let need = Need::messaging(PublishMessage {
        site: place.site.clone(),
        topic: place.name.clone(),
        message: NewMessage::default(),
        tag: String::new(),
    });
    html! {
        form.card.stack.narrow method="post" action=(visit.to(&place.path("/publish"))) {
            h2 { (visit.say(PUBLISH)) }
            p.muted { (visit.say(PUBLISH_WHAT)) }
            (token(visit))
            (body::field(visit))
            (Fields::new(visit).show(TAG_FIELD))
            div.actions { (submit(visit, need, ("button main", PUBLISH))) (show_api(visit)) }
        }
    }
}

/// Publishes a message.
pub(super) async fn publish(visit: &Visit<'_>, place: &Place<TopicName>) -> Outcome {
    let operation = PublishMessage {
        site: place.site.clone(),
        topic: place.name.clone(),
        message: NewMessage { body: body::entered(visit), ..NewMessage::default() },
        tag: visit.form().get(TAG_FIELD.name).trim().to_owned(),
    };
    match visit.change_messaging(&operation).await {
        Ok(published) => {
            let path = place.path(&format!("?published={}", published.message.id));
            Ok(Answer::see(visit.to(&path)))
        }
        Err(failure) => show(visit, place, Some(&failure)).await,
    }
}

async fn subscriptions(visit: &Visit<'_>, place: &Place<TopicName>) -> Markup {
    let operation = ListSubscriptionByTopic {
        site: place.site.clone(),
        topic: place.name.clone(),
        page: WantedPage {
            marker: visit.query().get("marker").to_owned(),
            size: page_size(visit).parse().ok(),
            ..WantedPage::default()
        },
    };
    let new = html! {
        a.button href=(visit.to(&place.path("/subscribe"))) { (icon(icon::LuPlus)) (visit.say(SUBSCRIBE)) }
    };
    let new = needing(visit, Need::somehow(MNS, "Subscribe"), &new);
    let part = match visit.read_messaging(&operation).await {
        Ok(page) if page.entries.is_empty() => {
            html! { section.card { (empty(visit, icon::LuInbox, visit.say(SUBSCRIPTIONS_EMPTY), &new)) } }
        }
        Ok(page) => {
            let rows = page.entries.iter().map(|found| row(visit, place, found)).collect();
            let columns = &[SUBSCRIPTION_NAME, TO_QUEUE, FILTER, FORMAT, CREATED];
            let table = Table { caption: SUBSCRIPTIONS, columns, rows };
            html! { (table.show(visit)) (pager(visit, &place.path(""), &page.next.unwrap_or_default())) }
        }
        Err(failure) => denial(visit, &failure).await,
    };
    html! { div.card-head { h2 { (visit.say(SUBSCRIPTIONS)) } (new) } (part) }
}

fn row(visit: &Visit<'_>, place: &Place<TopicName>, found: &Subscription) -> Vec<Markup> {
    let path = place.path(&format!("/subscriptions/{}", found.name));
    // The queue need not be there.
    let queue = format!("{HOME}?region={}&q={}", found.queue_region, found.queue);
    let filter = &found.filter_tag;
    vec![
        html! { a href=(visit.to(&path)) { (found.name) } },
        html! { a href=(visit.to(&queue)) { (found.queue) } },
        html! { @if filter.is_empty() { (visit.say(EVERY_MESSAGE)) } @else { bdi { (filter) } } },
        html! { (found.format.as_str()) },
        moment(visit, &found.created_at.to_string()),
    ]
}
