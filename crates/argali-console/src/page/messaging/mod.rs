//! Messaging: queues with their messages, topics with their subscriptions.
//!
//! Every page calls the operations that clients of the protocol call, and is judged as they are.
// SPEC: console, resources, messaging; policies tell queues and topics apart, as service authorization has it.

mod body;
mod list;
mod message;
mod queue;
mod setting;
mod several;
mod subscription;
mod topic;

use std::str::FromStr;

use argali_core::message_name::{QueueName, Region, TopicName};
use argali_core::operation::DataOperation;
use argali_core::services::mns::{DeleteQueue, DeleteTopic, Figure, Site};
use argali_protocol::{ApiFailure, Invalid};
use maud::{Markup, html};

pub(super) use list::found;

use super::confirm::{self, Deletion};
use super::trail::Above;
use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::data_plane::refused;
use crate::messaging::Requested;
use crate::need::{Need, way};
use crate::pairs::segment;
use crate::part::list::SEVERAL;
use crate::part::{Field, Fields, Weight, heading, notice};
use crate::text::Text;
use crate::text::messaging::*;
use crate::text::shell::DELETE;
use crate::visit::Visit;

const HOME: &str = "/messaging";

/// What queues and topics differ in.
#[derive(Debug)]
struct Kind {
    /// What addresses and ARNs call them.
    word: &'static str,
    /// Their list.
    list: (&'static str, Text),
    /// The first tab of each.
    tab: Text,
    /// What is asked before one is deleted, and what deleting does.
    delete: (Text, Text),
    /// The same of several.
    delete_several: (Text, Text),
}

const OF_QUEUES: &Kind = &Kind {
    word: "queues",
    list: (HOME, QUEUES),
    tab: MESSAGES,
    delete: (DELETE_QUEUE, DELETE_QUEUE_WHAT),
    delete_several: (DELETE_QUEUES, DELETE_QUEUES_WHAT),
};
const OF_TOPICS: &Kind = &Kind {
    word: "topics",
    list: ("/messaging/topics", TOPICS),
    tab: SUBSCRIPTIONS,
    delete: (DELETE_TOPIC, DELETE_TOPIC_WHAT),
    delete_several: (DELETE_TOPICS, DELETE_TOPICS_WHAT),
};

/// A queue or topic that an address names.
#[derive(Debug)]
struct Place<N> {
    site: Site,
    kind: &'static Kind,
    name: N,
}

/// The name of a queue or topic.
trait Named: AsRef<str> + Clone {
    /// What deleting it needs.
    fn removal(&self, site: Site) -> Need;
}

impl Named for QueueName {
    fn removal(&self, site: Site) -> Need {
        Need::messaging(DeleteQueue { site, name: self.clone() })
    }
}

impl Named for TopicName {
    fn removal(&self, site: Site) -> Need {
        Need::messaging(DeleteTopic { site, name: self.clone() })
    }
}

impl<N: Named> Place<N> {
    fn new(region: &Region, kind: &'static Kind, name: N) -> Self {
        Self { site: site(region), kind, name }
    }

    /// The address of its page, or of one `below` it.
    fn path(&self, below: &str) -> String {
        format!("{}/{}/{}{below}", path_in(&self.site.region), self.kind.word, self.name.as_ref())
    }

    fn arn(&self, visit: &Visit<'_>) -> String {
        let (region, account) = (&self.site.region, visit.account_id());
        format!("acs:mns:{region}:{account}:/{}/{}", self.kind.word, self.name.as_ref())
    }

    /// Where clients find it.
    fn address(&self, visit: &Visit<'_>) -> String {
        let (account, region) = (visit.account_id(), &self.site.region);
        format!("http://{account}.mns.{region}.aliyuncs.com/{}/{}", self.kind.word, self.name.as_ref())
    }

    /// What stands on top of each of its pages.
    fn top(&self, visit: &Visit<'_>, chosen: &str) -> Markup {
        let name = self.name.as_ref();
        let need = self.name.removal(self.site.clone());
        let actions = way(visit, need, &self.path("/delete"), ("button", DELETE));
        let tabs = [("", self.kind.tab), ("/settings", SETTINGS)];
        let tabs = tabs.map(|(below, label)| (below, self.path(below), label));
        html! {
            (heading(&html! { (name) }, None, &actions))
            (tabs_of(visit, name, chosen, tabs))
        }
    }

    fn deletion(&self) -> Deletion<'_> {
        let (title, what) = self.kind.delete;
        let need = self.name.removal(self.site.clone());
        Deletion { name: self.name.as_ref(), title, what, path: self.path(""), more: html! {}, need }
    }
}

/// Answers a visit to an address below that of messaging.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => list::queues(visit).await,
        (false, ["topics"]) => list::topics(visit).await,
        (false, [SEVERAL]) => several::ask(visit, OF_QUEUES),
        (true, [SEVERAL]) => several::send(visit, OF_QUEUES).await,
        (false, ["topics", SEVERAL]) => several::ask(visit, OF_TOPICS),
        (true, ["topics", SEVERAL]) => several::send(visit, OF_TOPICS).await,
        (_, [region, rest @ ..]) => in_region(visit, &named(region)?, rest).await,
        _ => Err(Refusal::NoPage),
    }
}

async fn in_region(visit: &Visit<'_>, region: &Region, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, ["create-queue"]) => Ok(setting::queue_form(visit, region, None)),
        (true, ["create-queue"]) => setting::create_queue(visit, region).await,
        (false, ["create-topic"]) => Ok(setting::topic_form(visit, region, None)),
        (true, ["create-topic"]) => setting::create_topic(visit, region).await,
        (_, ["queues", queue, rest @ ..]) => {
            of_queue(visit, &Place::new(region, OF_QUEUES, named(queue)?), rest).await
        }
        (_, ["topics", topic, rest @ ..]) => {
            of_topic(visit, &Place::new(region, OF_TOPICS, named(topic)?), rest).await
        }
        _ => Err(Refusal::NoPage),
    }
}

async fn of_queue(visit: &Visit<'_>, place: &Place<QueueName>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => queue::show(visit, place, None).await,
        (true, ["send"]) => message::send(visit, place).await,
        (true, ["receive"]) => message::receive(visit, place).await,
        (true, ["delete-message"]) => message::delete(visit, place).await,
        (true, ["visibility"]) => message::change_visibility(visit, place).await,
        (false, ["settings"]) => setting::show_queue(visit, place, (None, None)).await,
        (true, ["settings"]) => setting::change_queue(visit, place).await,
        (false, ["delete"]) => Ok(confirm::page(visit, &place.deletion(), None)),
        (true, ["delete"]) => {
            let operation = DeleteQueue { site: place.site.clone(), name: place.name.clone() };
            delete(visit, &place.deletion(), &operation, &list_of(&place.site, place.kind)).await
        }
        _ => Err(Refusal::NoPage),
    }
}

async fn of_topic(visit: &Visit<'_>, place: &Place<TopicName>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => topic::show(visit, place, None).await,
        (true, ["publish"]) => topic::publish(visit, place).await,
        (false, ["settings"]) => setting::show_topic(visit, place, (None, None)).await,
        (true, ["settings"]) => setting::change_topic(visit, place).await,
        (false, ["delete"]) => Ok(confirm::page(visit, &place.deletion(), None)),
        (true, ["delete"]) => {
            let operation = DeleteTopic { site: place.site.clone(), name: place.name.clone() };
            delete(visit, &place.deletion(), &operation, &list_of(&place.site, place.kind)).await
        }
        (false, [SEVERAL]) => subscription::ask_to_delete_several(visit, place),
        (true, [SEVERAL]) => subscription::delete_several(visit, place).await,
        (false, ["subscribe"]) => subscription::form(visit, place, None).await,
        (true, ["subscribe"]) => subscription::create(visit, place).await,
        (false, ["subscriptions", name]) => subscription::show(visit, place, &named(name)?, None).await,
        (true, ["subscriptions", name]) => subscription::change(visit, place, &named(name)?).await,
        (false, ["subscriptions", name, "delete"]) => {
            Ok(subscription::ask_to_delete(visit, place, &named(name)?))
        }
        (true, ["subscriptions", name, "delete"]) => subscription::delete(visit, place, &named(name)?).await,
        _ => Err(Refusal::NoPage),
    }
}

/// What a part of an address names: there is no page of what cannot be.
fn named<N: FromStr>(text: &str) -> Result<N, Refusal> {
    text.parse().map_err(|_| Refusal::NoPage)
}

/// A name that a form gives.
fn entered<N: FromStr<Err = Invalid>>(visit: &Visit<'_>, field: &str) -> Result<N, ApiFailure> {
    visit.form().get(field).trim().parse().map_err(|invalid: Invalid| {
        refused(&format!("InvalidArgument.{field}"), &format!("The name is not valid: {}.", invalid.message))
    })
}

/// A number that a form gives, if it gives one.
fn number(visit: &Visit<'_>, figure: Figure) -> Result<Option<i64>, ApiFailure> {
    let not_one = |_| {
        let message = visit.fill(NOT_A_NUMBER, &[figure.name]);
        refused(&format!("InvalidArgument.{}", figure.name), &message)
    };
    visit.form().filled(figure.name).map(|text| text.parse().map_err(not_one)).transpose()
}

/// The field for such a number.
fn number_field(fields: &Fields<'_>, figure: Figure, label: Text, hint: Text) -> Markup {
    fields.number(Field::text(figure.name, label).hint(hint), (figure.least, figure.most))
}

/// The account's queues and topics in a region.
fn site(region: &Region) -> Site {
    Site { owner: None, region: region.clone() }
}

fn path_in(region: &Region) -> String {
    format!("{HOME}/{region}")
}

fn tabs_of<const N: usize>(
    visit: &Visit<'_>,
    about: &str,
    chosen: &str,
    tabs: [(&str, String, Text); N],
) -> Markup {
    html! {
        nav.tabs aria-label=(about) {
            @for (key, path, label) in tabs {
                a href=(visit.to(&path)) aria-current=[(key == chosen).then_some("page")] { (visit.say(label)) }
            }
        }
    }
}

/// The address of the list of a kind.
fn list_of(site: &Site, kind: &Kind) -> String {
    format!("{}?region={}", kind.list.0, site.region)
}

/// The pages above one of these: the list of its kind in its region, then what it is part of.
pub(super) fn above(visit: &Visit<'_>, path: &[&str]) -> Vec<Above> {
    let ([region, _, ..], [_, below @ ..]) = (path, path) else { return Vec::new() };
    let Ok(region) = region.parse() else { return Vec::new() };
    let kind = if matches!(below, ["topics", ..] | ["create-topic"]) { OF_TOPICS } else { OF_QUEUES };
    let label = format!("{} · {} · {region}", visit.say(TITLE), visit.say(kind.list.1));
    let list = (list_of(&site(&region), kind), label);
    // Both tabs of a queue or topic are itself.
    let whole = match below {
        [_, _, "settings"] => None,
        [word, name, _, ..] => {
            Some((format!("{}/{word}/{}", path_in(&region), segment(name)), (*name).to_owned()))
        }
        _ => None,
    };
    std::iter::once(list).chain(whole).collect()
}

/// Deletes something, unless another name was typed, and goes `on`.
async fn delete<O: Requested + DataOperation<Answer = ()>>(
    visit: &Visit<'_>,
    deletion: &Deletion<'_>,
    operation: &O,
    on: &str,
) -> Outcome {
    if let Some(answer) = confirm::objection(visit, deletion) {
        return Ok(answer);
    }
    match visit.change_messaging(operation).await {
        Ok(()) => Ok(Answer::see(visit.to(on))),
        Err(failure) => Ok(confirm::explained_page(visit, deletion, &failure).await),
    }
}

/// That something was done.
fn done(words: &str) -> Markup {
    notice(Weight::Info, &html! { p role="status" { (words) } })
}

/// The number of a message that an address tells, if it is written as they are.
fn message_id<'v>(visit: &'v Visit<'_>, name: &str) -> Option<&'v str> {
    let is_one =
        |id: &&str| id.len() <= 80 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    visit.query().filled(name).filter(is_one)
}
