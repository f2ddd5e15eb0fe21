//! Messages in queues: what they say, and what has become of them.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, Key};
use super::record::{Record, read, write};
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// What a message says. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Message {
    /// Its number, as clients know it.
    #[n(0)]
    pub id: String,
    /// What it says.
    #[n(1)]
    pub body: String,
    /// The MD5 of the body, in upper-case hexadecimal digits.
    #[n(2)]
    pub body_md5: String,
    /// The group that its sender put it in; empty if none.
    #[n(3)]
    pub group: String,
    /// What its sender says besides.
    #[n(4)]
    pub user_properties: Vec<Property>,
    /// What tools on the way say besides.
    #[n(5)]
    pub system_properties: Vec<Property>,
}

/// Something that is said with a message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Property {
    /// What it is called.
    #[n(0)]
    pub name: String,
    /// What it is, as text.
    #[n(1)]
    pub value: String,
    /// Of which kind it is, such as `STRING`.
    #[n(2)]
    pub kind: String,
}

/// What has become of a message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MessageState {
    /// Which of its queue's messages it is: they are numbered as they come.
    #[n(0)]
    pub number: u64,
    /// How urgent it is: 1 comes before 16.
    #[n(1)]
    pub priority: u8,
    /// When it was sent.
    #[n(2)]
    pub enqueued_at: Timestamp,
    /// Whether it can be received.
    #[n(3)]
    pub standing: Standing,
    /// When it can be received, if it cannot yet.
    #[n(4)]
    pub visible_at: Timestamp,
    /// How often it was received.
    #[n(5)]
    pub dequeue_count: u32,
    /// When it was received first.
    #[n(6)]
    pub first_dequeued_at: Option<Timestamp>,
    /// The secret half of the receipt that was given out last.
    #[n(7)]
    pub receipt: u64,
}

/// Whether a message can be received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Standing {
    /// It can.
    #[n(0)]
    Ready,
    /// Its time has not come.
    #[n(1)]
    Delayed,
    /// Somebody has received it and may delete it.
    #[n(2)]
    Inactive,
}

impl Record for Message {}
impl Record for MessageState {}

/// A proof of having received a message, good until it is visible again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Which message.
    pub number: u64,
    /// What only whoever received it knows.
    pub secret: u64,
}

impl Receipt {
    /// The receipt as clients have it. It is sent in a query as it is, so it has letters, digits and `-` alone.
    pub fn to_wire(self) -> String {
        format!("1-{:016X}{:016X}", self.number, self.secret)
    }

    /// The receipt that is written so.
    pub fn from_wire(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("1-").filter(|digits| digits.len() == 32)?;
        let part = |range| u64::from_str_radix(digits.get(range)?, 16).ok();
        let receipt = Self { number: part(0..16)?, secret: part(16..32)? };
        Some(receipt).filter(|receipt| receipt.to_wire() == text)
    }
}

impl MessageState {
    /// The receipt that is good for it.
    pub fn receipt(&self) -> Receipt {
        Receipt { number: self.number, secret: self.receipt }
    }

    /// When it goes, if its queue keeps messages for so long.
    pub fn expires_at(&self, retention_s: u32) -> Timestamp {
        self.enqueued_at.plus_seconds(retention_s.into())
    }
}

/// Where what a queue's messages say lies; `table` is another for what has become of them.
pub(super) fn place(owner: AccountId, table: AccountTable, queue: u64, number: u64) -> Key {
    Key::account(owner, table).number(queue).number(number)
}

impl Message {
    /// What the message of a number says.
    pub(super) fn find(
        tx: &dyn Transaction,
        (owner, queue): (AccountId, u64),
        number: u64,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &place(owner, AccountTable::Message, queue, number))
    }

    pub(super) fn save(&self, tx: &mut dyn Transaction, (owner, queue): (AccountId, u64), number: u64) {
        write(tx, &place(owner, AccountTable::Message, queue, number), self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_are_read_as_they_are_written() {
        let receipt = Receipt { number: 7, secret: u64::MAX };
        assert_eq!(receipt.to_wire(), "1-0000000000000007FFFFFFFFFFFFFFFF");
        assert_eq!(Receipt::from_wire(&receipt.to_wire()), Some(receipt));
        let digits = "0".repeat(32);
        for text in [
            "",
            "1-",
            &digits,
            &format!("2-{digits}"),
            &format!("1-{digits}0"),
            "1-+0000000000000000000000000000000",
        ] {
            assert_eq!(Receipt::from_wire(text), None, "{text}");
        }
        assert_eq!(Receipt::from_wire(&receipt.to_wire().to_lowercase()), None);
    }
}
