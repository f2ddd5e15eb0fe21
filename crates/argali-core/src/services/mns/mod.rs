//! Message Service: queues and topics, and who may reach them.
//!
//! Its operations have a protocol of their own, which the server speaks (`argali-server/src/mns`). Here are the records
//! and the decisions.
// SPEC: wire protocol, MNS and RocketMQ; evaluation, service notes: Message Service.

mod error;
mod list;
mod open;
mod publish;
mod queue;
mod receipt;
mod receive;
mod scope;
mod send;
mod subscription;
mod topic;
mod value;

pub use error::*;
pub use list::{ListPage, WantedPage};
pub use open::OpenService;
pub use publish::{PublishMessage, Published};
pub use queue::{
    CreateQueue, DeleteQueue, GetQueueAttributes, ListQueue, ListedQueue, Made, QueueView,
    SetQueueAttributes, WantedSettings,
};
pub use receipt::{BatchDeleteMessage, ChangeMessageVisibility, DeleteMessage, NotDeleted};
pub use receive::{BatchPeekMessage, BatchReceiveMessage, PeekMessage, ReceiveMessage};
pub use scope::{FoundQueue, FoundSubscription, FoundTopic, Site};
pub use send::{BatchSendMessage, LARGEST_BATCH, NewMessage, SendMessage, Sent, is_md5_of};
pub use subscription::{
    GetSubscriptionAttributes, ListSubscriptionByTopic, SetSubscriptionAttributes, Subscribe, Unsubscribe,
};
pub use topic::{
    CreateTopic, DeleteTopic, GetTopicAttributes, ListTopic, SetTopicAttributes, WantedTopicSettings,
};
pub use value::*;

use crate::operation::Entry;

/// The namespace of documents.
pub const NAMESPACE: &str = "http://mns.aliyuncs.com/doc/v1/";

/// Every operation of Message Service.
pub const OPERATIONS: &[&[Entry]] = &[&[
    Entry::of_data_plane::<BatchDeleteMessage>(),
    Entry::of_data_plane::<BatchPeekMessage>(),
    Entry::of_data_plane::<BatchReceiveMessage>(),
    Entry::of_data_plane::<BatchSendMessage>(),
    Entry::of_data_plane::<ChangeMessageVisibility>(),
    Entry::of_data_plane::<CreateQueue>(),
    Entry::of_data_plane::<CreateTopic>(),
    Entry::of_data_plane::<DeleteMessage>(),
    Entry::of_data_plane::<DeleteQueue>(),
    Entry::of_data_plane::<DeleteTopic>(),
    Entry::of_data_plane::<GetQueueAttributes>(),
    Entry::of_data_plane::<GetSubscriptionAttributes>(),
    Entry::of_data_plane::<GetTopicAttributes>(),
    Entry::of_data_plane::<ListQueue>(),
    Entry::of_data_plane::<ListSubscriptionByTopic>(),
    Entry::of_data_plane::<ListTopic>(),
    Entry::of_data_plane::<OpenService>(),
    Entry::of_data_plane::<PeekMessage>(),
    Entry::of_data_plane::<PublishMessage>(),
    Entry::of_data_plane::<ReceiveMessage>(),
    Entry::of_data_plane::<SendMessage>(),
    Entry::of_data_plane::<SetQueueAttributes>(),
    Entry::of_data_plane::<SetSubscriptionAttributes>(),
    Entry::of_data_plane::<SetTopicAttributes>(),
    Entry::of_data_plane::<Subscribe>(),
    Entry::of_data_plane::<Unsubscribe>(),
]];
