//! One topic: publishing in it, and who is told.

use argali_core::message_name::TopicName;
use argali_core::model::{Subscription, Topic};
use argali_core::services::mns::{
    GetTopicAttributes, ListSubscriptionByTopic, NewMessage, PublishMessage, WantedPage,
};
use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::subscription::removal;
use super::{HOME, Place, body, done, message_id};
use crate::answer::Answer;
use crate::api::{MNS, is_absent, text};
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::need::{Need, needing, submit};
use crate::page::Outcome;
use crate::part::list::{
    self as lists, About, Act, Cell, Column, Draws, Found, List, Needs, Part, Parts, Wanted, in_parts,
};
use crate::part::{Field, Fields, copyable, denial, facts, show_api};
use crate::shell::{self, token};
use crate::text::messaging::*;
use crate::text::shell::{DELETE, SEARCH_NAMES};
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
    let (actions, list) = match lists::part(visit, &Subscriptions::of(visit, place)).await? {
        Part::Instead(answer) => return Ok(answer),
        Part::Shown { actions, content, .. } => (actions, content),
    };
    let content = html! {
        (place.top(visit, ""))
        @if let Some(failure) = failed { (denial(visit, failure).await) }
        @else if let Some(words) = published { (done(&words)) }
        (about)
        (publish_form(visit, place))
        div.card-head { h2 { (visit.say(SUBSCRIPTIONS)) } div.actions { (actions) } }
        (list)
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

/// The subscriptions of a topic.
struct Subscriptions<'p> {
    place: &'p Place<TopicName>,
    path: String,
    link: Draws<'p>,
    needs: Needs<'p>,
    new: Markup,
}

const COLUMNS: &[Column<'_>] = &[
    Column::drawn(TO_QUEUE, "QueueName", &|visit, row| {
        // The queue need not be there.
        let queue = format!("{HOME}?region={}&q={}", text(row, "QueueRegion"), text(row, "QueueName"));
        html! { a href=(visit.to(&queue)) { (text(row, "QueueName")) } }
    }),
    Column::drawn(FILTER, "FilterTag", &|visit, row| {
        let filter = text(row, "FilterTag");
        html! { @if filter.is_empty() { (visit.say(EVERY_MESSAGE)) } @else { bdi { (filter) } } }
    }),
    Column::of(FORMAT, "NotifyContentFormat"),
    Column::moment(CREATED, "CreateTime"),
];

impl<'p> Subscriptions<'p> {
    fn of(visit: &Visit<'_>, place: &'p Place<TopicName>) -> Self {
        let new = html! {
            a.button href=(visit.to(&place.path("/subscribe"))) { (icon(icon::LuPlus)) (visit.say(SUBSCRIBE)) }
        };
        Self {
            place,
            path: place.path(""),
            link: Box::new(|visit, row| {
                let name = text(row, "SubscriptionName");
                html! { a href=(visit.to(&place.path(&format!("/subscriptions/{name}")))) { (name) } }
            }),
            needs: Box::new(|row| {
                Need::any(text(row, "SubscriptionName").parse().ok().map(|name| removal(place, &name)))
            }),
            new: needing(visit, Need::somehow(MNS, "Subscribe"), &new),
        }
    }
}

impl List for Subscriptions<'_> {
    fn about(&self) -> About<'_> {
        let first = Column::of(SUBSCRIPTION_NAME, "SubscriptionName");
        let first = Column { cell: Cell::Drawn(&self.link), ..first };
        About {
            path: &self.path,
            title: SUBSCRIPTIONS.into(),
            file: "subscriptions",
            search: Some(SEARCH_NAMES),
            columns: [first].into_iter().chain(COLUMNS.iter().copied()).collect(),
            acts: vec![Act::new("delete", DELETE, &self.needs)],
            key: &|row| text(row, "SubscriptionName").to_owned(),
            empty: (icon::LuInbox, SUBSCRIPTIONS_EMPTY),
            onward: self.new.clone(),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        in_parts(visit, self, wanted, |row| text(row, "SubscriptionName").to_owned()).await
    }

    fn actions(&self, _: &Visit<'_>) -> Markup {
        self.new.clone()
    }

    async fn refused(&self, visit: &Visit<'_>, failure: &ApiFailure) -> Option<Markup> {
        Some(denial(visit, failure).await)
    }
}

impl Parts for Subscriptions<'_> {
    async fn part(
        &self,
        visit: &Visit<'_>,
        wanted: &Wanted<'_>,
        (marker, size): (&str, usize),
    ) -> Result<Found, ApiFailure> {
        let operation = ListSubscriptionByTopic {
            site: self.place.site.clone(),
            topic: self.place.name.clone(),
            page: WantedPage {
                prefix: wanted.query.get("q").trim().to_owned(),
                marker: marker.to_owned(),
                size: i64::try_from(size).ok(),
            },
        };
        let page = visit.read_messaging(&operation).await?;
        let rows = page.entries.iter().map(row).collect();
        Ok(Found { rows, next: page.next.unwrap_or_default(), ..Found::default() })
    }
}

fn row(found: &Subscription) -> Value {
    json!({
        "SubscriptionName": found.name.as_str(),
        "QueueRegion": found.queue_region.as_str(),
        "QueueName": found.queue.as_str(),
        "FilterTag": found.filter_tag,
        "NotifyContentFormat": found.format.as_str(),
        "CreateTime": found.created_at.to_string(),
    })
}
