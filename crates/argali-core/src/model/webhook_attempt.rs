//! What webhooks sent lately, and what became of it.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::key::{AccountTable, Key};
use super::record::{Record, read, write};
use crate::identifier::AccountId;
use crate::time::Timestamp;
use crate::webhook::{PostError, WebhookId};

/// How many attempts are kept of a webhook.
const MOST_ATTEMPTS: usize = 20;

/// What became of something that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Outcome {
    /// In a word.
    #[n(0)]
    pub verdict: Verdict,
    /// What the receiver answered with, if it did.
    #[n(1)]
    pub status: Option<u16>,
}

/// The same in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(index_only)]
pub enum Verdict {
    /// The receiver took it.
    #[n(0)]
    Delivered,
    /// The receiver answered with another status than those from 200 to 299.
    #[n(1)]
    BadStatus,
    /// The receiver answered that it is elsewhere, which is not followed.
    #[n(2)]
    Redirect,
    /// No address of its host may be connected to.
    #[n(3)]
    AddressForbidden,
    /// The host cannot be reached, or broke off.
    #[n(4)]
    Unreachable,
    /// The host's certificate is not trusted.
    #[n(5)]
    NotTrusted,
    /// The receiver took too long.
    #[n(6)]
    TooSlow,
}

impl Outcome {
    /// What it came to; nothing if nothing was tried.
    pub(crate) fn of(posted: &Result<u16, PostError>) -> Option<Self> {
        let verdict = match posted {
            Ok(200..=299) => Verdict::Delivered,
            Ok(300..=399) => Verdict::Redirect,
            Ok(_) => Verdict::BadStatus,
            Err(PostError::Forbidden) => Verdict::AddressForbidden,
            Err(PostError::Unreachable(_)) => Verdict::Unreachable,
            Err(PostError::NotTrusted(_)) => Verdict::NotTrusted,
            Err(PostError::TooSlow) => Verdict::TooSlow,
            Err(PostError::Busy) => return None,
        };
        Some(Self { verdict, status: posted.as_ref().ok().copied() })
    }

    /// Whether the receiver took it.
    pub fn is_delivered(self) -> bool {
        self.verdict == Verdict::Delivered
    }
}

/// Something that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Attempt {
    /// The number of the message, which is the same when it is sent again.
    #[n(0)]
    pub message: String,
    /// When it ended.
    #[n(1)]
    pub at: Timestamp,
    /// Of how many events it tells.
    #[n(2)]
    pub events: u32,
    /// The request of the first of them; nothing of a message that only tries the way.
    #[n(3)]
    pub first_event: Option<String>,
    /// What became of it.
    #[n(4)]
    pub outcome: Outcome,
    /// How long it took, in milliseconds.
    #[n(5)]
    pub took_ms: u32,
    /// Which attempt in a row it was, from 1.
    #[n(6)]
    pub number: u32,
}

/// What was sent lately, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Attempts {
    /// The latest of them.
    #[n(0)]
    pub list: Vec<Attempt>,
}

impl Record for Attempts {}

impl Attempts {
    /// Those of a webhook.
    pub fn of(tx: &dyn Transaction, account: AccountId, id: &WebhookId) -> Result<Self, StoreError> {
        Ok(read(tx, &Self::key(account, id))?.unwrap_or_default())
    }

    /// Adds one. The oldest is forgotten.
    pub fn add(
        tx: &mut dyn Transaction,
        account: AccountId,
        id: &WebhookId,
        attempt: Attempt,
    ) -> Result<(), StoreError> {
        let mut attempts = Self::of(tx, account, id)?;
        attempts.list.insert(0, attempt);
        attempts.list.truncate(MOST_ATTEMPTS);
        write(tx, &Self::key(account, id), &attempts);
        Ok(())
    }

    /// Forgets those of a webhook.
    pub(super) fn delete(tx: &mut dyn Transaction, account: AccountId, id: &WebhookId) {
        tx.delete(Self::key(account, id).as_bytes());
    }

    fn key(account: AccountId, id: &WebhookId) -> Key {
        Key::account(account, AccountTable::WebhookAttempts).text(id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::check;
    use super::*;

    #[test]
    fn what_every_format_wrote_reads_as_the_same() {
        let attempt = Attempt {
            message: "msg-1".to_owned(),
            at: Timestamp::from_millis(1_750_000_000_123),
            events: 2,
            first_event: Some("7C1C6F62-0000-0000-0000-000000000001".to_owned()),
            outcome: Outcome { verdict: Verdict::BadStatus, status: Some(500) },
            took_ms: 12,
            number: 3,
        };
        check("Attempts", &Attempts { list: vec![attempt] });
    }
}
