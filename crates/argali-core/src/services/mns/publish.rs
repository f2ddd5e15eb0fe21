//! Publishing in a topic: each queue that has subscribed gets the message, in the form that it wants.

use argali_protocol::encode_document_in;
use serde::Serialize;

use super::NAMESPACE;
use super::scope::{FoundQueue, FoundTopic, Site, on_topic};
use super::send::{NewMessage, deliver, usual_priority};
use super::value::tag;
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::message_name::TopicName;
use crate::model::{Backlog, Message, NotifyFormat, Queue, Subscription};
use crate::operation::{Access, DataOperation};

/// Publishes a message.
#[derive(Clone, Debug)]
pub struct PublishMessage {
    /// Where.
    pub site: Site,
    /// In which topic.
    pub topic: TopicName,
    /// The message; when and how urgently it is received is the queues' to say.
    pub message: NewMessage,
    /// Its tag; empty if it has none.
    pub tag: String,
}

/// A message that was published.
#[derive(Clone, Debug)]
pub struct Published {
    /// The message.
    pub message: Message,
}

/// A message as a queue gets it, with where it comes from.
// SPEC: the order of the members is the reference's.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Notification<'n> {
    topic_owner: &'n str,
    topic_name: &'n str,
    subscriber: &'n str,
    subscription_name: &'n str,
    message_id: &'n str,
    message: &'n str,
    #[serde(rename = "MessageMD5")]
    message_md5: &'n str,
    #[serde(skip_serializing_if = "str::is_empty")]
    message_tag: &'n str,
    publish_time: String,
}

impl DataOperation for PublishMessage {
    const NAME: &'static str = "PublishMessage";
    const ACTION: &'static str = "mns:PublishMessage";
    const ACCESS: Access = Access::Resource;
    type Subject = FoundTopic;
    type Answer = Published;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundTopic, ApiError> {
        on_topic(cx, (&self.site, &self.topic), "/messages", Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundTopic) -> Result<Published, ApiError> {
        self.message.check(found.topic.maximum_message_bytes)?;
        tag("MessageTag", &self.tag)?;
        let message = self.message.clone().into_message(cx);
        let subscriptions = Subscription::all(cx.tx(), found.owner, &found.topic)?;
        let wanting = |subscription: &&Subscription| {
            subscription.filter_tag.is_empty() || subscription.filter_tag == self.tag
        };
        let (mut told, mut wanted) = (0, 0);
        for subscription in subscriptions.iter().filter(wanting) {
            wanted += 1;
            told += usize::from(self.tell(cx, &found, subscription, &message)?);
        }
        cx.note("Delivered", format!("{told} of {wanted}"));
        Ok(Published { message })
    }
}

impl PublishMessage {
    /// Puts the message into the queue of a subscription, and says whether there is such a queue.
    fn tell(
        &self,
        cx: &mut DataContext<'_>,
        found: &FoundTopic,
        subscription: &Subscription,
        message: &Message,
    ) -> Result<bool, ApiError> {
        let (owner, region) = (found.owner, &subscription.queue_region);
        let Some(queue) = Queue::find(cx.tx(), owner, region, &subscription.queue)? else { return Ok(false) };
        let body = self.body(cx, found, subscription, message)?;
        let told = NewMessage { body, ..self.message.clone() }.into_message(cx);
        let mut backlog = Backlog::of(cx.tx(), owner, &queue)?;
        let delay_s = queue.settings.delay_s;
        deliver(cx, (&FoundQueue { owner, queue }, &mut backlog), &told, (delay_s, usual_priority()));
        Ok(true)
    }

    /// How the message reads in the queue of a subscription.
    fn body(
        &self,
        cx: &DataContext<'_>,
        found: &FoundTopic,
        subscription: &Subscription,
        message: &Message,
    ) -> Result<String, ApiError> {
        let notification = Notification {
            topic_owner: found.owner.as_str(),
            topic_name: found.topic.name.as_str(),
            subscriber: found.owner.as_str(),
            subscription_name: subscription.name.as_str(),
            message_id: &message.id,
            message: &message.body,
            message_md5: &message.body_md5,
            message_tag: &self.tag,
            publish_time: cx.now().as_millis().to_string(),
        };
        match subscription.format {
            NotifyFormat::Simplified => Ok(message.body.clone()),
            NotifyFormat::Json => serde_json::to_string(&notification).map_err(ApiError::internal),
            NotifyFormat::Xml => {
                let document = encode_document_in(NAMESPACE, "Notification", &notification);
                String::from_utf8(document.map_err(ApiError::internal)?).map_err(ApiError::internal)
            }
        }
    }
}
