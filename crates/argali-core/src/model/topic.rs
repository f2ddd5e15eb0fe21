//! Topics, and who is told of what is published in them.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::account::Quota;
use super::key::{AccountTable, Key};
use super::record::{Page, Record, page, read, write};
use crate::identifier::AccountId;
use crate::message_name::{QueueName, Region, SubscriptionName, TopicName};
use crate::time::Timestamp;

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Topic {
    /// Its number, under which its subscriptions lie. Never used again.
    #[n(0)]
    pub id: u64,
    /// Where it is.
    #[n(1)]
    pub region: Region,
    /// What it is called there.
    #[n(2)]
    pub name: TopicName,
    /// When it was made.
    #[n(3)]
    pub created_at: Timestamp,
    /// When its settings changed last.
    #[n(4)]
    pub modified_at: Timestamp,
    /// How long a message may be, in bytes.
    #[n(5)]
    pub maximum_message_bytes: u32,
    /// Whether logs are wanted. There are none; it is kept and shown.
    #[n(6)]
    pub logging: bool,
}

impl Record for Topic {}

impl Topic {
    /// The topic of this name.
    pub fn find(
        tx: &dyn Transaction,
        owner: AccountId,
        region: &Region,
        name: &TopicName,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::names(owner, region, "").text(name.as_str()))
    }

    /// At most `size` topics whose names begin with `prefix`, in the order of their names, after what
    /// [`Page::next`] said.
    pub fn page(
        tx: &dyn Transaction,
        (owner, region): (AccountId, &Region),
        prefix: &str,
        after: Option<&[u8]>,
        size: usize,
    ) -> Result<Page<Self>, StoreError> {
        page(tx, &Self::names(owner, region, prefix), after, size)
    }

    /// Where topics lie whose names begin with `prefix`.
    pub fn names(owner: AccountId, region: &Region, prefix: &str) -> Key {
        Key::account(owner, AccountTable::Topic).text(region.as_str()).bytes(prefix.as_bytes())
    }

    /// Adds a new topic, whose name must be free.
    pub fn insert(&self, tx: &mut dyn Transaction, owner: AccountId) -> Result<(), StoreError> {
        self.save(tx, owner);
        Quota::Topics.add(tx, owner)
    }

    /// Writes the topic as it is now.
    pub fn save(&self, tx: &mut dyn Transaction, owner: AccountId) {
        write(tx, &Self::names(owner, &self.region, "").text(self.name.as_str()), self);
    }

    /// Removes the topic with its subscriptions, which are few.
    pub fn delete(&self, tx: &mut dyn Transaction, owner: AccountId) -> Result<(), StoreError> {
        for subscription in Subscription::all(tx, owner, self)? {
            subscription.delete(tx, owner, self);
        }
        tx.delete(Self::names(owner, &self.region, "").text(self.name.as_str()).as_bytes());
        Quota::Topics.remove(tx, owner)
    }
}

/// A queue that is told of what is published in a topic.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Subscription {
    /// What it is called at its topic.
    #[n(0)]
    pub name: SubscriptionName,
    /// Where the queue is.
    #[n(1)]
    pub queue_region: Region,
    /// What the queue is called there. It is of the same account.
    #[n(2)]
    pub queue: QueueName,
    /// The tag that a message must have; any or none if empty.
    #[n(3)]
    pub filter_tag: String,
    /// What is tried again if a queue cannot be told. It always can; it is kept and shown.
    #[n(4)]
    pub strategy: NotifyStrategy,
    /// How a message reads in the queue.
    #[n(5)]
    pub format: NotifyFormat,
    /// When it was made.
    #[n(6)]
    pub created_at: Timestamp,
    /// When it changed last.
    #[n(7)]
    pub modified_at: Timestamp,
}

/// Declares kinds of things that have names on the wire, the first of which is the default.
macro_rules! wire_names {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $n:literal $variant:ident = $wire:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
        #[cbor(index_only)]
        pub enum $name {
            $($(#[$variant_doc])* #[n($n)] $variant,)*
        }

        impl $name {
            /// As it is written.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire,)* }
            }

            /// What is written so.
            pub fn from_wire(text: &str) -> Option<Self> {
                [$(Self::$variant),*].into_iter().find(|known| known.as_str() == text)
            }
        }
    )*};
}

wire_names! {
    /// What is tried again if a queue cannot be told.
    NotifyStrategy {
        /// Three times, a little later.
        #[default]
        0 BackoffRetry = "BACKOFF_RETRY",
        /// More and more seldom, for a day.
        1 ExponentialDecayRetry = "EXPONENTIAL_DECAY_RETRY",
    }
    /// How a message reads in a queue that is told of it.
    NotifyFormat {
        /// As an XML document that says where it comes from.
        #[default]
        0 Xml = "XML",
        /// As a JSON object that says where it comes from.
        1 Json = "JSON",
        /// As it was published.
        2 Simplified = "SIMPLIFIED",
    }
}

impl Record for Subscription {}

impl Subscription {
    /// The subscription of this name.
    pub fn find(
        tx: &dyn Transaction,
        owner: AccountId,
        topic: &Topic,
        name: &SubscriptionName,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::names(owner, topic, "").text(name.as_str()))
    }

    /// All subscriptions of a topic, in the order of their names.
    pub fn all(tx: &dyn Transaction, owner: AccountId, topic: &Topic) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Self::names(owner, topic, ""), None, usize::MAX - 1)?.records)
    }

    /// At most `size` subscriptions whose names begin with `prefix`, in the order of their names, after what
    /// [`Page::next`] said.
    pub fn page(
        tx: &dyn Transaction,
        (owner, topic): (AccountId, &Topic),
        prefix: &str,
        after: Option<&[u8]>,
        size: usize,
    ) -> Result<Page<Self>, StoreError> {
        page(tx, &Self::names(owner, topic, prefix), after, size)
    }

    /// Where subscriptions lie whose names begin with `prefix`.
    pub fn names(owner: AccountId, topic: &Topic, prefix: &str) -> Key {
        Key::account(owner, AccountTable::Subscription).number(topic.id).bytes(prefix.as_bytes())
    }

    /// Writes the subscription as it is now.
    pub fn save(&self, tx: &mut dyn Transaction, owner: AccountId, topic: &Topic) {
        write(tx, &Self::names(owner, topic, "").text(self.name.as_str()), self);
    }

    /// Removes the subscription.
    pub fn delete(&self, tx: &mut dyn Transaction, owner: AccountId, topic: &Topic) {
        tx.delete(Self::names(owner, topic, "").text(self.name.as_str()).as_bytes());
    }
}
