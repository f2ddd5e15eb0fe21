//! Messages of queues on the wire.

use argali_core::error::ApiError;
use argali_core::model::{Message, MessageState, Property};
use argali_core::services::mns::{
    BatchDeleteMessage, BatchPeekMessage, BatchReceiveMessage, BatchSendMessage, ChangeMessageVisibility,
    DeleteMessage, PeekMessage, ReceiveMessage, SendMessage, Sent, messaging_error,
};
use hyper::StatusCode;
use serde::Serialize;

use super::answer::{Answer, document, empty};
use super::request;
use super::visit::{Visit, queue_name};

/// What is told of a message that was sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SentMessage {
    message_id: String,
    #[serde(rename = "MessageBodyMD5")]
    message_body_md5: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt_handle: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    message_group_id: String,
}

impl SentMessage {
    pub(super) fn of(message: Message, receipt_handle: Option<String>) -> Self {
        let Message { id, body_md5, group, .. } = message;
        Self { message_id: id, message_body_md5: body_md5, receipt_handle, message_group_id: group }
    }
}

impl From<Sent> for SentMessage {
    fn from(sent: Sent) -> Self {
        Self::of(sent.message, sent.receipt.map(argali_core::model::Receipt::to_wire))
    }
}

/// Several of something, in elements of one name.
#[derive(Debug, Serialize)]
struct Messages<T> {
    #[serde(rename = "Message")]
    list: Vec<T>,
}

/// What is told of a message in a queue. Instants are in milliseconds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MessageView {
    message_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt_handle: Option<String>,
    message_body: String,
    #[serde(rename = "MessageBodyMD5")]
    message_body_md5: String,
    enqueue_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_visible_time: Option<i64>,
    first_dequeue_time: i64,
    dequeue_count: u32,
    priority: u8,
    #[serde(skip_serializing_if = "String::is_empty")]
    message_group_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_properties: Option<UserProperties>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_properties: Option<SystemProperties>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserProperties {
    property_value: Vec<PropertyView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SystemProperties {
    system_property_value: Vec<PropertyView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PropertyView {
    name: String,
    value: String,
    r#type: String,
}

impl From<Property> for PropertyView {
    fn from(Property { name, value, kind }: Property) -> Self {
        Self { name, value, r#type: kind }
    }
}

/// Whether a message is only looked at, or taken: then it has a receipt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Peek,
    Take,
}

fn view((state, message): (MessageState, Message), look: Look) -> MessageView {
    let taken = look == Look::Take;
    let views = |list: Vec<Property>| -> Option<Vec<PropertyView>> {
        (!list.is_empty()).then(|| list.into_iter().map(PropertyView::from).collect())
    };
    MessageView {
        receipt_handle: taken.then(|| state.receipt().to_wire()),
        next_visible_time: taken.then(|| state.visible_at.as_millis()),
        message_id: message.id,
        message_body: message.body,
        message_body_md5: message.body_md5,
        enqueue_time: state.enqueued_at.as_millis(),
        first_dequeue_time: state.first_dequeued_at.map_or(0, |at| at.as_millis()),
        dequeue_count: state.dequeue_count,
        priority: state.priority,
        message_group_id: message.group,
        user_properties: views(message.user_properties)
            .map(|property_value| UserProperties { property_value }),
        system_properties: views(message.system_properties)
            .map(|system_property_value| SystemProperties { system_property_value }),
    }
}

/// The answer with one message.
fn one(messages: Vec<(MessageState, Message)>, look: Look) -> Result<Answer, ApiError> {
    let message = messages.into_iter().next();
    let message = message.ok_or_else(|| ApiError::internal("no message is an answer"))?;
    document(StatusCode::OK, "Message", &view(message, look))
}

/// The answer with several messages.
fn several(messages: Vec<(MessageState, Message)>, look: Look) -> Result<Answer, ApiError> {
    let list: Vec<_> = messages.into_iter().map(|message| view(message, look)).collect();
    document(StatusCode::OK, "Messages", &Messages { list })
}

pub(super) async fn send(visit: Visit<'_>, queue: &str) -> Result<Answer, ApiError> {
    let kept = [("QueueName", queue)];
    let read = || {
        visit.knows(&[])?;
        request::document(visit.body, &["Message", "Messages"])
    };
    let document_read = read();
    if document_read.as_ref().is_ok_and(|root| root.name == "Messages") {
        let operation = document_read.and_then(|root| {
            let messages = root.children.iter().filter(|child| child.name == "Message");
            let messages = messages.map(request::message).collect::<Result<_, _>>()?;
            Ok(BatchSendMessage { site: visit.site(), queue: queue_name(queue)?, messages })
        });
        let sent = visit.change(&kept, operation).await?;
        let list: Vec<_> = sent.into_iter().map(SentMessage::from).collect();
        return document(StatusCode::CREATED, "Messages", &Messages { list });
    }
    let operation = document_read.and_then(|root| {
        let message = request::message(&root)?;
        Ok(SendMessage { site: visit.site(), queue: queue_name(queue)?, message })
    });
    let sent = visit.change(&kept, operation).await?;
    document(StatusCode::CREATED, "Message", &SentMessage::from(sent))
}

pub(super) async fn receive(visit: Visit<'_>, queue: &str) -> Result<Answer, ApiError> {
    let many = visit.query("numOfMessages");
    let peeks = visit.query("peekonly").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let kept = [Some(("QueueName", queue)), many.map(|many| ("NumOfMessages", many))];
    let kept: Vec<_> = kept.into_iter().flatten().collect();
    let common = || {
        let known = if peeks {
            &["peekonly", "numOfMessages"][..]
        } else {
            &["waitseconds", "numOfMessages", "peekonly"]
        };
        visit.knows(known)?;
        let at_most = visit.query_number("numOfMessages")?.unwrap_or(1);
        // What is no count is refused with the counts that are too large.
        Ok((visit.site(), queue_name(queue)?, usize::try_from(at_most).unwrap_or_default()))
    };
    match (peeks, many.is_some()) {
        (true, false) => {
            let operation = common().map(|(site, queue, at_most)| PeekMessage { site, queue, at_most });
            one(visit.read(&kept, operation).await?, Look::Peek)
        }
        (true, true) => {
            let operation = common().map(|(site, queue, at_most)| BatchPeekMessage { site, queue, at_most });
            several(visit.read(&kept, operation).await?, Look::Peek)
        }
        (false, false) => {
            let operation = common().and_then(|(site, queue, at_most)| {
                Ok(ReceiveMessage { site, queue, at_most, wait_s: visit.query_number("waitseconds")? })
            });
            one(visit.change_when_there(&kept, operation).await?, Look::Take)
        }
        (false, true) => {
            let operation = common().and_then(|(site, queue, at_most)| {
                Ok(BatchReceiveMessage { site, queue, at_most, wait_s: visit.query_number("waitseconds")? })
            });
            several(visit.change_when_there(&kept, operation).await?, Look::Take)
        }
    }
}

/// The receipt in the query, under either of the names that clients give it.
fn receipt<'v>(visit: Visit<'v>) -> Option<&'v str> {
    visit.query("ReceiptHandle").or_else(|| visit.query("receiptHandle"))
}

/// What could not be deleted with others.
#[derive(Debug, Serialize)]
struct Errors {
    #[serde(rename = "Error")]
    list: Vec<NotDeletedView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NotDeletedView {
    error_code: String,
    error_message: String,
    receipt_handle: String,
}

pub(super) async fn delete(visit: Visit<'_>, queue: &str) -> Result<Answer, ApiError> {
    let kept = [("QueueName", queue)];
    if visit.body.is_empty() {
        let operation = || {
            visit.knows(&["ReceiptHandle", "receiptHandle"])?;
            let missing =
                || messaging_error("MissingReceiptHandle", 400, "ReceiptHandle is required: send it.");
            let receipt = receipt(visit).ok_or_else(missing)?.to_owned();
            Ok(DeleteMessage { site: visit.site(), queue: queue_name(queue)?, receipt })
        };
        visit.change(&kept, operation()).await?;
        return Ok(empty(StatusCode::NO_CONTENT));
    }
    let operation = || {
        visit.knows(&[])?;
        let root = request::document(visit.body, &["ReceiptHandles"])?;
        let handles = root.children.iter().filter(|child| child.name == "ReceiptHandle");
        let receipts = handles.map(|handle| handle.text.clone()).collect();
        Ok(BatchDeleteMessage { site: visit.site(), queue: queue_name(queue)?, receipts })
    };
    let failed = visit.change(&kept, operation()).await?;
    if failed.is_empty() {
        return Ok(empty(StatusCode::NO_CONTENT));
    }
    let view = |failed: argali_core::services::mns::NotDeleted| NotDeletedView {
        error_code: failed.error.code().wire().into_owned(),
        error_message: failed.error.message().to_owned(),
        receipt_handle: failed.receipt,
    };
    document(StatusCode::NOT_FOUND, "Errors", &Errors { list: failed.into_iter().map(view).collect() })
}

/// What is told of a message whose visibility has changed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ChangedVisibility {
    receipt_handle: String,
    next_visible_time: i64,
}

pub(super) async fn change_visibility(visit: Visit<'_>, queue: &str) -> Result<Answer, ApiError> {
    let operation = || {
        visit.knows(&["ReceiptHandle", "receiptHandle", "VisibilityTimeout", "visibilityTimeout"])?;
        let missing =
            |code| messaging_error(code, 400, "ReceiptHandle and VisibilityTimeout are required: send both.");
        let receipt = receipt(visit).ok_or_else(|| missing("MissingReceiptHandle"))?.to_owned();
        let given = match visit.query_number("VisibilityTimeout")? {
            Some(given) => Some(given),
            None => visit.query_number("visibilityTimeout")?,
        };
        let visibility_timeout_s = given.ok_or_else(|| missing("MissingVisibilityTimeout"))?;
        Ok(ChangeMessageVisibility {
            site: visit.site(),
            queue: queue_name(queue)?,
            receipt,
            visibility_timeout_s,
        })
    };
    let state = visit.change(&[("QueueName", queue)], operation()).await?;
    let changed = ChangedVisibility {
        receipt_handle: state.receipt().to_wire(),
        next_visible_time: state.visible_at.as_millis(),
    };
    document(StatusCode::OK, "ChangeVisibility", &changed)
}
