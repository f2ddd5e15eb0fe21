//! What is kept of sessions: the keys that seal their tokens, and those that were ended by hand.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, GlobalTable, Key};
use super::record::{Record, page, write};
use crate::identifier::AccountId;
use crate::session::SessionId;
use crate::time::Timestamp;

/// A key that seals security tokens, wrapped by the master key.
#[derive(Clone, Debug, Encode, Decode)]
pub struct TokenKeyRecord {
    /// Its number, which stands in each token.
    #[n(0)]
    pub id: u32,
    /// The key, wrapped.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub wrapped: Vec<u8>,
    /// When it was made.
    #[n(2)]
    pub created_at: Timestamp,
    /// When it was succeeded, from which on it only opens tokens.
    #[n(3)]
    pub verify_only_since: Option<Timestamp>,
}

impl Record for TokenKeyRecord {}

impl TokenKeyRecord {
    /// All token keys, oldest first.
    pub fn all(tx: &dyn Transaction) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Key::global(GlobalTable::TokenKey), None, usize::MAX - 1)?.records)
    }

    /// Writes the key.
    pub fn save(&self, tx: &mut dyn Transaction) {
        write(tx, &self.key(), self);
    }

    /// Removes the key: tokens that it sealed open no more.
    pub fn delete(&self, tx: &mut dyn Transaction) {
        tx.delete(self.key().as_bytes());
    }

    /// The number of the token key that lies under this key, if one does.
    pub fn number_in(key: &[u8]) -> Option<u32> {
        let number = key.strip_prefix(Key::global(GlobalTable::TokenKey).as_bytes())?;
        u32::try_from(u64::from_be_bytes(number.try_into().ok()?)).ok()
    }

    fn key(&self) -> Key {
        Key::global(GlobalTable::TokenKey).number(u64::from(self.id))
    }
}

/// A session that was ended by hand.
#[derive(Clone, Copy, Debug)]
pub struct EndedSession;

impl EndedSession {
    /// Whether the session with this id has been ended.
    pub fn is_ended(
        tx: &dyn Transaction,
        account: AccountId,
        session: SessionId,
    ) -> Result<bool, StoreError> {
        Ok(tx.get(Self::key(account, session).as_bytes())?.is_some())
    }

    /// Ends the session. The row goes once `until`, the session's end, has passed.
    pub fn insert(tx: &mut dyn Transaction, account: AccountId, session: SessionId, until: Timestamp) {
        let key = Self::key(account, session);
        tx.put(key.as_bytes(), &until.as_millis().to_be_bytes());
        let seconds = u64::try_from(until.as_seconds()).unwrap_or_default();
        let expiry = Key::global(GlobalTable::EndedSessionExpiry).number(seconds).bytes(key.as_bytes());
        tx.put(expiry.as_bytes(), &[]);
    }

    /// Forgets those whose sessions would have ended before `now` anyway, at most `limit`; returns how many.
    pub fn sweep(tx: &mut dyn Transaction, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let table = Key::global(GlobalTable::EndedSessionExpiry);
        let end = table.clone().number(u64::try_from(now.as_seconds()).unwrap_or_default());
        let rows = tx.scan(table.as_bytes(), end.as_bytes(), limit)?;
        for (row, _) in &rows {
            tx.delete(row.get(table.as_bytes().len() + size_of::<u64>()..).unwrap_or_default());
            tx.delete(row);
        }
        Ok(rows.len())
    }

    fn key(account: AccountId, session: SessionId) -> Key {
        Key::account(account, AccountTable::EndedSession).bytes(session.as_bytes())
    }
}
