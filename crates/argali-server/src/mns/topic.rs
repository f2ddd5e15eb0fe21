//! Topics on the wire.

use argali_core::error::ApiError;
use argali_core::model::Topic;
use argali_core::services::mns::{
    CreateTopic, DeleteTopic, GetTopicAttributes, ListTopic, PublishMessage, SetTopicAttributes,
    WantedTopicSettings,
};
use hyper::StatusCode;
use serde::Serialize;

use super::answer::{Answer, document, empty, made};
use super::message::SentMessage;
use super::queue::truth;
use super::request::{self, flag, number_of, optional, owned};
use super::visit::{Visit, topic_name};

/// For how long a topic is said to keep messages, in seconds. They go to the queues at once.
const RETENTION_S: u32 = 86_400;

/// What is shown of a topic.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    topic_name: String,
    create_time: i64,
    last_modify_time: i64,
    maximum_message_size: u32,
    message_retention_period: u32,
    message_count: u64,
    logging_enabled: &'static str,
}

#[derive(Debug, Serialize)]
struct TopicList {
    #[serde(rename = "Topic")]
    list: Vec<Listed>,
    #[serde(rename = "NextMarker", skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct Listed {
    #[serde(rename = "TopicURL")]
    url: String,
    #[serde(flatten)]
    attributes: Option<Attributes>,
}

impl From<Topic> for Attributes {
    fn from(topic: Topic) -> Self {
        Self {
            topic_name: topic.name.to_string(),
            create_time: topic.created_at.as_seconds(),
            last_modify_time: topic.modified_at.as_seconds(),
            maximum_message_size: topic.maximum_message_bytes,
            message_retention_period: RETENTION_S,
            message_count: 0,
            logging_enabled: truth(topic.logging),
        }
    }
}

fn settings(visit: Visit<'_>) -> Result<WantedTopicSettings, ApiError> {
    let topic = optional(visit.body, "Topic")?;
    Ok(WantedTopicSettings {
        maximum_message_bytes: number_of(&topic, "MaximumMessageSize")?,
        logging: flag(&topic, "LoggingEnabled")?,
    })
}

pub(super) async fn create(visit: Visit<'_>, name: &str) -> Result<Answer, ApiError> {
    let operation =
        || Ok(CreateTopic { site: visit.site(), name: topic_name(name)?, settings: settings(visit)? });
    let done = visit.change(&[("TopicName", name)], operation()).await?;
    made(done, &visit.address(&format!("topics/{name}")))
}

pub(super) async fn set(visit: Visit<'_>, name: &str) -> Result<Answer, ApiError> {
    let operation =
        || Ok(SetTopicAttributes { site: visit.site(), name: topic_name(name)?, settings: settings(visit)? });
    visit.change(&[("TopicName", name)], operation()).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(super) async fn get(visit: Visit<'_>, name: &str) -> Result<Answer, ApiError> {
    let operation = || {
        visit.knows(&[])?;
        Ok(GetTopicAttributes { site: visit.site(), name: topic_name(name)? })
    };
    let topic = visit.read(&[("TopicName", name)], operation()).await?;
    document(StatusCode::OK, "Topic", &Attributes::from(topic))
}

pub(super) async fn delete(visit: Visit<'_>, name: &str) -> Result<Answer, ApiError> {
    let operation = || {
        visit.knows(&[])?;
        Ok(DeleteTopic { site: visit.site(), name: topic_name(name)? })
    };
    visit.change(&[("TopicName", name)], operation()).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(super) async fn list(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let operation = || Ok(ListTopic { site: visit.site(), page: visit.page()? });
    let page = visit.read(&[], operation()).await?;
    let listed = |topic: Topic| Listed {
        url: visit.address(&format!("topics/{}", topic.name)),
        attributes: visit.wants_meta().then(|| Attributes::from(topic)),
    };
    let list = page.entries.into_iter().map(listed).collect();
    document(StatusCode::OK, "Topics", &TopicList { list, next: page.next })
}

pub(super) async fn publish(visit: Visit<'_>, topic: &str) -> Result<Answer, ApiError> {
    let operation = || {
        visit.knows(&[])?;
        let root = request::document(visit.body, &["Message"])?;
        let (message, tag) = (request::message(&root)?, owned(&root, "MessageTag").unwrap_or_default());
        Ok(PublishMessage { site: visit.site(), topic: topic_name(topic)?, message, tag })
    };
    let published = visit.change(&[("TopicName", topic)], operation()).await?;
    document(StatusCode::CREATED, "Message", &SentMessage::of(published.message, None))
}
