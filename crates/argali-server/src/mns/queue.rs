//! Queues on the wire.

use argali_core::error::ApiError;
use argali_core::services::mns::{
    CreateQueue, DeleteQueue, GetQueueAttributes, ListQueue, ListedQueue, QueueView, SetQueueAttributes,
    WantedSettings,
};
use hyper::StatusCode;
use serde::Serialize;

use super::answer::{Answer, document, empty, made};
use super::request::{flag, number_of, optional};
use super::visit::{Visit, queue_name};

/// What is shown of a queue.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    queue_name: String,
    create_time: i64,
    last_modify_time: i64,
    visibility_timeout: u32,
    maximum_message_size: u32,
    message_retention_period: u32,
    delay_seconds: u32,
    polling_wait_seconds: u32,
    active_messages: u64,
    inactive_messages: u64,
    delay_messages: u64,
    logging_enabled: &'static str,
}

#[derive(Debug, Serialize)]
struct QueueList {
    #[serde(rename = "Queue")]
    list: Vec<Listed>,
    #[serde(rename = "NextMarker", skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct Listed {
    #[serde(rename = "QueueURL")]
    url: String,
    #[serde(flatten)]
    attributes: Option<Attributes>,
}

impl From<QueueView> for Attributes {
    fn from(QueueView { queue, counts }: QueueView) -> Self {
        let settings = queue.settings;
        Self {
            queue_name: queue.name.to_string(),
            create_time: queue.created_at.as_seconds(),
            last_modify_time: queue.modified_at.as_seconds(),
            visibility_timeout: settings.visibility_timeout_s,
            maximum_message_size: settings.maximum_message_bytes,
            message_retention_period: settings.retention_s,
            delay_seconds: settings.delay_s,
            polling_wait_seconds: settings.polling_wait_s,
            active_messages: counts.active,
            inactive_messages: counts.inactive,
            delay_messages: counts.delayed,
            logging_enabled: truth(settings.logging),
        }
    }
}

/// As Message Service writes what is true or false.
pub(super) const fn truth(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

fn settings(visit: Visit<'_>) -> Result<WantedSettings, ApiError> {
    let queue = optional(visit.body, "Queue")?;
    Ok(WantedSettings {
        visibility_timeout_s: number_of(&queue, "VisibilityTimeout")?,
        maximum_message_bytes: number_of(&queue, "MaximumMessageSize")?,
        retention_s: number_of(&queue, "MessageRetentionPeriod")?,
        delay_s: number_of(&queue, "DelaySeconds")?,
        polling_wait_s: number_of(&queue, "PollingWaitSeconds")?,
        logging: flag(&queue, "LoggingEnabled")?,
    })
}

pub(super) async fn create(visit: Visit<'_>, name: &str) -> Result<Answer, ApiError> {
    let operation =
        || Ok(CreateQueue { site: visit.site(), name: queue_name(name)?, settings: settings(visit)? });
    let done = visit.change(&[("QueueName", name)], operation()).await?;
    made(done, &visit.address(&format!("queues/{name}")))
}

pub(super) async fn set(visit: Visit<'_>, name: &str) -> Result<Answer, ApiError> {
    let operation =
        || Ok(SetQueueAttributes { site: visit.site(), name: queue_name(name)?, settings: settings(visit)? });
    visit.change(&[("QueueName", name)], operation()).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(super) async fn get(visit: Visit<'_>, name: &str) -> Result<Answer, ApiError> {
    let operation = || {
        visit.knows(&[])?;
        Ok(GetQueueAttributes { site: visit.site(), name: queue_name(name)? })
    };
    let view = visit.read(&[("QueueName", name)], operation()).await?;
    document(StatusCode::OK, "Queue", &Attributes::from(view))
}

pub(super) async fn delete(visit: Visit<'_>, name: &str) -> Result<Answer, ApiError> {
    let operation = || {
        visit.knows(&[])?;
        Ok(DeleteQueue { site: visit.site(), name: queue_name(name)? })
    };
    visit.change(&[("QueueName", name)], operation()).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(super) async fn list(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let with_counts = visit.wants_meta();
    let operation = || Ok(ListQueue { site: visit.site(), page: visit.page()?, with_counts });
    let page = visit.read(&[], operation()).await?;
    let listed = |ListedQueue { queue, counts }| Listed {
        url: visit.address(&format!("queues/{}", queue.name)),
        attributes: counts.map(|counts| Attributes::from(QueueView { queue, counts })),
    };
    let list = page.entries.into_iter().map(listed).collect();
    document(StatusCode::OK, "Queues", &QueueList { list, next: page.next })
}
