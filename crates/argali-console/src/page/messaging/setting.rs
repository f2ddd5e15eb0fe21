//! Making queues and topics, and changing how they treat their messages.

use argali_core::message_name::{QueueName, Region, TopicName};
use argali_core::model::QueueSettings;
use argali_core::services::mns::{
    CreateQueue, CreateTopic, DELAY_SECONDS, LONGEST_MESSAGE, MAXIMUM_MESSAGE_SIZE, MESSAGE_RETENTION_PERIOD,
    POLLING_WAIT_SECONDS, SetQueueAttributes, SetTopicAttributes, VISIBILITY_TIMEOUT, WantedSettings,
    WantedTopicSettings,
};
use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{
    Kind, Named, OF_QUEUES, OF_TOPICS, Place, done, entered, list_of, number, number_field, path_in, queue,
    site, topic,
};
use crate::answer::Answer;
use crate::api::MNS;
use crate::need::{Need, submit};
use crate::page::Outcome;
use crate::page::conflict::{self, Changed, Conflict};
use crate::pairs::Pairs;
use crate::part::{Field, Fields, denial, show_api, summary};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::messaging::*;
use crate::text::shell::{CANCEL, OK, SAVE};
use crate::visit::Visit;

const QUEUE_FIELD: Field = Field::text("QueueName", QUEUE_NAME).required().longest(120).hint(NAME_HINT);
const TOPIC_FIELD: Field = Field::text("TopicName", TOPIC_NAME).required().longest(120).hint(NAME_HINT);

/// Fields that hold what was entered, or `now`.
fn fields<'v, const N: usize>(visit: &'v Visit<'v>, now: [(&str, u32); N]) -> Fields<'v> {
    if visit.is_post() || visit.is_kept() {
        return Fields::new(visit);
    }
    Fields::of(visit, Pairs::of(now.map(|(name, value)| (name.to_owned(), value.to_string()))))
}

/// The settings of a queue: what each field is called, and what it is now.
fn of_queue(now: &QueueSettings) -> [(&'static str, Text, u32); 5] {
    [
        (VISIBILITY_TIMEOUT.name, VISIBILITY, now.visibility_timeout_s),
        (MAXIMUM_MESSAGE_SIZE.name, LARGEST, now.maximum_message_bytes),
        (MESSAGE_RETENTION_PERIOD.name, RETENTION, now.retention_s),
        (DELAY_SECONDS.name, DELAY, now.delay_s),
        (POLLING_WAIT_SECONDS.name, POLLING, now.polling_wait_s),
    ]
}

/// The setting of a topic.
fn of_topic(largest: u32) -> [(&'static str, Text, u32); 1] {
    [(MAXIMUM_MESSAGE_SIZE.name, LARGEST, largest)]
}

/// What the form carries that is filled in with these settings, and what is said of somebody else who changed them.
fn made_from(visit: &Visit<'_>, now: &[(&str, Text, u32)], conflict: Option<&Conflict>) -> Markup {
    let now: Vec<String> = now.iter().map(|(.., value)| value.to_string()).collect();
    let now: Vec<&str> = now.iter().map(String::as_str).collect();
    html! { (conflict::said(conflict)) (conflict::base_in(visit, conflict, &now)) }
}

/// Somebody else's change of settings that are these now, by an operation on something whose ARN ends so.
async fn conflicting<N: Named>(
    visit: &Visit<'_>,
    place: &Place<N>,
    now: &[(&str, Text, u32)],
    (operation, resource): (&str, &str),
) -> Option<Conflict> {
    let field = |(name, label, now): &(&str, Text, u32)| {
        (visit.say(*label), now.to_string(), visit.form().get(name).trim())
    };
    let fields: Vec<_> = now.iter().map(field).collect();
    let fields: Vec<_> = fields.iter().map(|(label, now, mine)| (*label, now.as_str(), *mine)).collect();
    let theirs = place.path("/settings");
    let changed = Changed { operations: &[operation], resource, theirs: &theirs, save: "" };
    Conflict::of(visit, &changed, &fields).await
}

fn queue_fields<'v>(visit: &'v Visit<'v>, now: &QueueSettings, failure: Option<&'v ApiFailure>) -> Markup {
    let fields = fields(visit, of_queue(now).map(|(name, _, value)| (name, value))).refused(failure);
    html! {
        (number_field(&fields, VISIBILITY_TIMEOUT, VISIBILITY, VISIBILITY_HINT))
        (number_field(&fields, MESSAGE_RETENTION_PERIOD, RETENTION, SECONDS_HINT))
        (number_field(&fields, MAXIMUM_MESSAGE_SIZE, LARGEST, SIZE_HINT))
        (number_field(&fields, DELAY_SECONDS, DELAY, DELAY_HINT))
        (number_field(&fields, POLLING_WAIT_SECONDS, POLLING, POLLING_HINT))
    }
}

fn queue_settings(visit: &Visit<'_>) -> Result<WantedSettings, ApiFailure> {
    Ok(WantedSettings {
        visibility_timeout_s: number(visit, VISIBILITY_TIMEOUT)?,
        maximum_message_bytes: number(visit, MAXIMUM_MESSAGE_SIZE)?,
        retention_s: number(visit, MESSAGE_RETENTION_PERIOD)?,
        delay_s: number(visit, DELAY_SECONDS)?,
        polling_wait_s: number(visit, POLLING_WAIT_SECONDS)?,
        logging: None,
    })
}

fn topic_fields<'v>(visit: &'v Visit<'v>, now: u32, failure: Option<&'v ApiFailure>) -> Markup {
    let fields = fields(visit, [(MAXIMUM_MESSAGE_SIZE.name, now)]).refused(failure);
    number_field(&fields, MAXIMUM_MESSAGE_SIZE, LARGEST, SIZE_HINT)
}

fn topic_settings(visit: &Visit<'_>) -> Result<WantedTopicSettings, ApiFailure> {
    Ok(WantedTopicSettings { maximum_message_bytes: number(visit, MAXIMUM_MESSAGE_SIZE)?, logging: None })
}

/// The form that makes a queue.
pub(super) fn queue_form(visit: &Visit<'_>, region: &Region, failure: Option<&ApiFailure>) -> Answer {
    let content = html! {
        (Fields::new(visit).refused(failure).show(QUEUE_FIELD))
        (queue_fields(visit, &QueueSettings::default(), failure))
    };
    create_form(visit, (region, OF_QUEUES), (CREATE_QUEUE, "/create-queue", "CreateQueue"), &content, failure)
}

/// The form that makes a topic.
pub(super) fn topic_form(visit: &Visit<'_>, region: &Region, failure: Option<&ApiFailure>) -> Answer {
    let content = html! {
        (Fields::new(visit).refused(failure).show(TOPIC_FIELD))
        (topic_fields(visit, LONGEST_MESSAGE, failure))
    };
    create_form(visit, (region, OF_TOPICS), (CREATE_TOPIC, "/create-topic", "CreateTopic"), &content, failure)
}

fn create_form(
    visit: &Visit<'_>,
    (region, kind): (&Region, &Kind),
    (title, action, operation): (Text, &str, &str),
    fields: &Markup,
    failure: Option<&ApiFailure>,
) -> Answer {
    let back = list_of(&site(region), kind);
    let content = html! {
        div.narrow {
            h1 { (visit.say(title)) }
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.card.stack method="post" action=(visit.to(&format!("{}{action}", path_in(region)))) {
                (token(visit))
                (fields)
                div.actions {
                    (submit(visit, Need::somehow(MNS, operation), ("button main", OK)))
                    a.button href=(visit.to(&back)) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    let status = failure.map_or(200, |failure| failure.status);
    Answer::page(status, shell::page(visit, visit.say(title), &content))
}

/// Makes a queue.
pub(super) async fn create_queue(visit: &Visit<'_>, region: &Region) -> Outcome {
    let made = async {
        let (name, settings) = (entered(visit, QUEUE_FIELD.name)?, queue_settings(visit)?);
        let operation = CreateQueue { site: site(region), name, settings };
        visit.change_messaging(&operation).await.map(|_| operation.name)
    };
    match made.await {
        Ok(name) => Ok(Answer::see(visit.to(&Place::new(region, OF_QUEUES, name).path("")))),
        Err(failure) => Ok(queue_form(visit, region, Some(&failure))),
    }
}

/// Makes a topic.
pub(super) async fn create_topic(visit: &Visit<'_>, region: &Region) -> Outcome {
    let made = async {
        let (name, settings) = (entered(visit, TOPIC_FIELD.name)?, topic_settings(visit)?);
        let operation = CreateTopic { site: site(region), name, settings };
        visit.change_messaging(&operation).await.map(|_| operation.name)
    };
    match made.await {
        Ok(name) => Ok(Answer::see(visit.to(&Place::new(region, OF_TOPICS, name).path("")))),
        Err(failure) => Ok(topic_form(visit, region, Some(&failure))),
    }
}

/// How a queue treats its messages, and the form that changes it.
pub(super) async fn show_queue(
    visit: &Visit<'_>,
    place: &Place<QueueName>,
    (failure, conflict): (Option<&ApiFailure>, Option<&Conflict>),
) -> Outcome {
    let now = visit.read_messaging(&queue::attributes_of(place)).await;
    let fields = now.map(|view| {
        let settings = &view.queue.settings;
        html! { (made_from(visit, &of_queue(settings), conflict)) (queue_fields(visit, settings, failure)) }
    });
    let (site, name) = (place.site.clone(), place.name.clone());
    let need = Need::messaging(SetQueueAttributes { site, name, settings: WantedSettings::default() });
    sheet(visit, place, (fields, need), failure).await
}

/// The same of a topic.
pub(super) async fn show_topic(
    visit: &Visit<'_>,
    place: &Place<TopicName>,
    (failure, conflict): (Option<&ApiFailure>, Option<&Conflict>),
) -> Outcome {
    let now = visit.read_messaging(&topic::attributes_of(place)).await;
    let fields = now.map(|topic| {
        let largest = topic.maximum_message_bytes;
        html! { (made_from(visit, &of_topic(largest), conflict)) (topic_fields(visit, largest, failure)) }
    });
    let (site, name) = (place.site.clone(), place.name.clone());
    let need = Need::messaging(SetTopicAttributes { site, name, settings: WantedTopicSettings::default() });
    sheet(visit, place, (fields, need), failure).await
}

async fn sheet<N: Named>(
    visit: &Visit<'_>,
    place: &Place<N>,
    (fields, need): (Result<Markup, ApiFailure>, Need),
    failure: Option<&ApiFailure>,
) -> Outcome {
    let (status, part) = match fields {
        Ok(fields) => {
            let form = html! {
                form.card.stack.narrow id=(conflict::FORM) method="post" action=(visit.to(&place.path("/settings"))) {
                    (token(visit))
                    (fields)
                    div.actions { (submit(visit, need, ("button main", SAVE))) (show_api(visit)) }
                }
            };
            (200, form)
        }
        Err(failure) if crate::api::is_denied(&failure) => (failure.status, denial(visit, &failure).await),
        Err(failure) => return Err(failure.into()),
    };
    let content = html! {
        (place.top(visit, "/settings"))
        @if let Some(failure) = failure { (denial(visit, failure).await) }
        @else if visit.query().get("done") == "changed" { (done(visit.say(CHANGED))) }
        (part)
    };
    let status = failure.map_or(status, |failure| failure.status);
    Ok(Answer::page(status, shell::page(visit, place.name.as_ref(), &content)))
}

/// Changes how a queue treats its messages.
pub(super) async fn change_queue(visit: &Visit<'_>, place: &Place<QueueName>) -> Outcome {
    if let Ok(view) = visit.read_messaging(&queue::attributes_of(place)).await {
        let (now, resource) = (of_queue(&view.queue.settings), format!("/queues/{}", place.name));
        let conflict = conflicting(visit, place, &now, ("SetQueueAttributes", &resource)).await;
        if conflict.is_some() {
            return Ok(show_queue(visit, place, (None, conflict.as_ref())).await?.of_status(409));
        }
    }
    let changed = async {
        let (site, name, settings) = (place.site.clone(), place.name.clone(), queue_settings(visit)?);
        visit.change_messaging(&SetQueueAttributes { site, name, settings }).await
    };
    match changed.await {
        Ok(()) => Ok(Answer::see(visit.to(&place.path("/settings?done=changed")))),
        Err(failure) => show_queue(visit, place, (Some(&failure), None)).await,
    }
}

/// Changes how a topic treats its messages.
pub(super) async fn change_topic(visit: &Visit<'_>, place: &Place<TopicName>) -> Outcome {
    if let Ok(topic) = visit.read_messaging(&topic::attributes_of(place)).await {
        let (now, resource) = (of_topic(topic.maximum_message_bytes), format!("/topics/{}", place.name));
        let conflict = conflicting(visit, place, &now, ("SetTopicAttributes", &resource)).await;
        if conflict.is_some() {
            return Ok(show_topic(visit, place, (None, conflict.as_ref())).await?.of_status(409));
        }
    }
    let changed = async {
        let (site, name, settings) = (place.site.clone(), place.name.clone(), topic_settings(visit)?);
        visit.change_messaging(&SetTopicAttributes { site, name, settings }).await
    };
    match changed.await {
        Ok(()) => Ok(Answer::see(visit.to(&place.path("/settings?done=changed")))),
        Err(failure) => show_topic(visit, place, (Some(&failure), None)).await,
    }
}
