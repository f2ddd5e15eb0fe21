//! Sending messages to a queue.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

use super::error::invalid_argument;
use super::scope::{FoundQueue, Site, on_messages};
use super::value::{DELAY_SECONDS, LONGEST_MESSAGE, PRIORITY};
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::message_name::QueueName;
use crate::model::{Arrival, Backlog, Message, Property, Receipt};
use crate::operation::{Access, DataOperation};

/// How many messages are sent, received or deleted at the same time.
pub const LARGEST_BATCH: usize = 16;
/// How urgent a message is that does not say so.
const USUAL_PRIORITY: u8 = 8;
/// How many properties of a kind a message has at most.
const MOST_PROPERTIES: usize = 20;

/// A message that is to be sent. Numbers are as they were given.
#[derive(Clone, Debug, Default)]
pub struct NewMessage {
    /// What it says.
    pub body: String,
    /// After how many seconds it can be received, if not when its queue says.
    pub delay_s: Option<i64>,
    /// How urgent it is: 1 comes before 16.
    pub priority: Option<i64>,
    /// The group that it is in; empty if none.
    pub group: String,
    /// What its sender says besides.
    pub user_properties: Vec<Property>,
    /// What tools on the way say besides.
    pub system_properties: Vec<Property>,
}

/// A message that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The message.
    pub message: Message,
    /// What it can be deleted by before anybody receives it, if that is not at once.
    pub receipt: Option<Receipt>,
}

impl NewMessage {
    /// How many bytes of it count.
    pub(super) fn size(&self) -> usize {
        let said = |property: &Property| property.name.len() + property.value.len() + property.kind.len();
        let properties = self.user_properties.iter().chain(&self.system_properties);
        self.body.len() + properties.map(said).sum::<usize>()
    }

    /// Refuses what cannot be sent, where a message may have so many bytes.
    pub(super) fn check(&self, most_bytes: u32) -> Result<(), ApiError> {
        if self.body.is_empty() || self.size() > usize::try_from(most_bytes).unwrap_or(usize::MAX) {
            let message = format!(
                "The value of MessageBody should be between 1 and {most_bytes} bytes, properties included."
            );
            return Err(invalid_argument(message));
        }
        if self.group.chars().count() > 64 || self.group.chars().any(char::is_control) {
            return Err(invalid_argument(
                "MessageGroupId has at most 64 characters, none of them a control character.",
            ));
        }
        check_properties(&self.user_properties, &["STRING", "NUMBER", "BOOLEAN", "BINARY"])?;
        check_properties(&self.system_properties, &["STRING"])
    }

    /// The message that it becomes.
    pub(super) fn into_message(self, cx: &DataContext<'_>) -> Message {
        let [first, last]: [u64; 2] = [cx.env().random(), cx.env().random()].map(u64::from_be_bytes);
        Message {
            id: format!("{first:016X}-1-{:X}-{last:016X}", cx.now().as_millis()),
            body_md5: hex::encode_upper(Md5::digest(&self.body)),
            body: self.body,
            group: self.group,
            user_properties: self.user_properties,
            system_properties: self.system_properties,
        }
    }
}

fn check_properties(properties: &[Property], kinds: &[&str]) -> Result<(), ApiError> {
    let fits = |property: &Property| {
        (1..=128).contains(&property.name.chars().count()) && kinds.contains(&property.kind.as_str())
    };
    if properties.len() <= MOST_PROPERTIES && properties.iter().all(fits) {
        return Ok(());
    }
    let message = format!(
        "A message has at most {MOST_PROPERTIES} properties, each with a Name of 1 to 128 characters and a Type of {}.",
        kinds.join(", ")
    );
    Err(invalid_argument(message))
}

/// Puts a message into a queue, and says by which receipt it can be deleted before anybody receives it.
pub(super) fn deliver(
    cx: &mut DataContext<'_>,
    (found, backlog): (&FoundQueue, &mut Backlog),
    message: &Message,
    (delay_s, priority): (u32, u8),
) -> Option<Receipt> {
    let receipt = u64::from_be_bytes(cx.env().random());
    let arrival = Arrival { now: cx.now(), priority, delay_s, receipt };
    let state = backlog.push(cx.tx_mut(), message, arrival);
    cx.message_arrives(found.queue.id);
    (delay_s > 0).then(|| state.receipt())
}

/// The urgency of messages that do not say theirs.
pub(super) const fn usual_priority() -> u8 {
    USUAL_PRIORITY
}

fn send(
    cx: &mut DataContext<'_>,
    found: &FoundQueue,
    messages: &[NewMessage],
) -> Result<Vec<Sent>, ApiError> {
    let settings = found.queue.settings;
    let mut prepared = Vec::with_capacity(messages.len());
    for new in messages {
        new.check(settings.maximum_message_bytes)?;
        let delay_s = DELAY_SECONDS.read(new.delay_s)?.unwrap_or(settings.delay_s);
        let priority = PRIORITY.read(new.priority)?;
        let priority = priority.and_then(|priority| u8::try_from(priority).ok()).unwrap_or(USUAL_PRIORITY);
        prepared.push((new.clone().into_message(cx), delay_s, priority));
    }
    let mut backlog = Backlog::of(cx.tx(), found.owner, &found.queue)?;
    let mut sent = Vec::with_capacity(prepared.len());
    for (message, delay_s, priority) in prepared {
        let receipt = deliver(cx, (found, &mut backlog), &message, (delay_s, priority));
        sent.push(Sent { message, receipt });
    }
    Ok(sent)
}

/// Sends a message.
#[derive(Clone, Debug)]
pub struct SendMessage {
    /// Where.
    pub site: Site,
    /// To which queue.
    pub queue: QueueName,
    /// The message.
    pub message: NewMessage,
}

impl DataOperation for SendMessage {
    const NAME: &'static str = "SendMessage";
    const ACTION: &'static str = "mns:SendMessage";
    const ACCESS: Access = Access::Resource;
    type Subject = FoundQueue;
    type Answer = Sent;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundQueue, ApiError> {
        on_messages(cx, (&self.site, &self.queue), Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundQueue) -> Result<Sent, ApiError> {
        let sent = send(cx, &found, std::slice::from_ref(&self.message))?.pop();
        sent.ok_or_else(|| ApiError::internal("a message was not sent"))
    }
}

/// Sends several messages, all or none.
#[derive(Clone, Debug)]
pub struct BatchSendMessage {
    /// Where.
    pub site: Site,
    /// To which queue.
    pub queue: QueueName,
    /// The messages.
    pub messages: Vec<NewMessage>,
}

impl DataOperation for BatchSendMessage {
    const NAME: &'static str = "BatchSendMessage";
    // SPEC: service authorization, mns: batch forms use the same action.
    const ACTION: &'static str = SendMessage::ACTION;
    const ACCESS: Access = Access::Resource;
    type Subject = FoundQueue;
    type Answer = Vec<Sent>;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundQueue, ApiError> {
        on_messages(cx, (&self.site, &self.queue), Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundQueue) -> Result<Vec<Sent>, ApiError> {
        check_batch(self.messages.len())?;
        let bytes: usize = self.messages.iter().map(NewMessage::size).sum();
        if bytes > usize::try_from(LONGEST_MESSAGE).unwrap_or(usize::MAX) {
            let message = format!("The messages are longer than {LONGEST_MESSAGE} bytes in all: send fewer.");
            return Err(invalid_argument(message));
        }
        send(cx, &found, &self.messages)
    }
}

/// Refuses batches of none or too many.
pub(super) fn check_batch(size: usize) -> Result<(), ApiError> {
    if (1..=LARGEST_BATCH).contains(&size) {
        return Ok(());
    }
    Err(invalid_argument(format!("A batch is of 1 to {LARGEST_BATCH} messages.")))
}

/// Whether a `Content-MD5` header is that of a body. Some clients send the digits of the MD5 in base64, others its bytes.
// SPEC: wire protocol, MNS and RocketMQ.
#[must_use]
pub fn is_md5_of(header: &str, body: &[u8]) -> bool {
    let digest = Md5::digest(body);
    let digits = hex::encode(digest);
    header == STANDARD.encode(digest) || header == STANDARD.encode(&digits) || header == digits
}
