//! Queues: where messages wait until somebody receives them.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::account::Quota;
use super::backlog::Backlog;
use super::key::{AccountTable, Key};
use super::record::{Page, Record, page, read, write};
use crate::identifier::AccountId;
use crate::message_name::{QueueName, Region};
use crate::time::Timestamp;

/// A queue.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Queue {
    /// Its number, under which its messages lie. Never used again.
    #[n(0)]
    pub id: u64,
    /// Where it is.
    #[n(1)]
    pub region: Region,
    /// What it is called there.
    #[n(2)]
    pub name: QueueName,
    /// When it was made.
    #[n(3)]
    pub created_at: Timestamp,
    /// When its settings changed last.
    #[n(4)]
    pub modified_at: Timestamp,
    /// How it treats its messages.
    #[n(5)]
    pub settings: QueueSettings,
}

/// How a queue treats its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct QueueSettings {
    /// For how long a message that was received is invisible, in seconds.
    #[n(0)]
    pub visibility_timeout_s: u32,
    /// How long a message may be, in bytes.
    #[n(1)]
    pub maximum_message_bytes: u32,
    /// After how long a message goes, received or not, in seconds.
    #[n(2)]
    pub retention_s: u32,
    /// After how long a message can be received at the earliest, unless it says so itself, in seconds.
    #[n(3)]
    pub delay_s: u32,
    /// How long whoever receives waits for a message, unless it says so itself, in seconds.
    #[n(4)]
    pub polling_wait_s: u32,
    /// Whether logs are wanted. There are none; it is kept and shown.
    #[n(5)]
    pub logging: bool,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            visibility_timeout_s: 30,
            maximum_message_bytes: 65_536,
            retention_s: 345_600,
            delay_s: 0,
            polling_wait_s: 0,
            logging: false,
        }
    }
}

impl Record for Queue {}

impl Queue {
    /// The queue of this name.
    pub fn find(
        tx: &dyn Transaction,
        owner: AccountId,
        region: &Region,
        name: &QueueName,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::names(owner, region, "").text(name.as_str()))
    }

    /// At most `size` queues whose names begin with `prefix`, in the order of their names, after what
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

    /// Where queues lie whose names begin with `prefix`.
    pub fn names(owner: AccountId, region: &Region, prefix: &str) -> Key {
        Key::account(owner, AccountTable::Queue).text(region.as_str()).bytes(prefix.as_bytes())
    }

    /// Adds a new queue, whose name must be free.
    pub fn insert(&self, tx: &mut dyn Transaction, owner: AccountId) -> Result<(), StoreError> {
        self.save(tx, owner);
        Quota::Queues.add(tx, owner)
    }

    /// Writes the queue as it is now.
    pub fn save(&self, tx: &mut dyn Transaction, owner: AccountId) {
        write(tx, &Self::names(owner, &self.region, "").text(self.name.as_str()), self);
    }

    /// Removes the queue. Its messages go when the store is tidied.
    pub fn delete(
        &self,
        tx: &mut dyn Transaction,
        owner: AccountId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        Backlog::of(tx, owner, self)?.look_at(tx, now);
        tx.delete(Self::names(owner, &self.region, "").text(self.name.as_str()).as_bytes());
        Quota::Queues.remove(tx, owner)
    }
}
