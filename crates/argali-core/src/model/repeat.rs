//! Answers of changing calls that carried a `ClientToken`, so that a call sent again is not run again.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, GlobalTable, Key};
use super::record::{Record, read, write};
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// What was answered to a call, until it is forgotten.
#[derive(Clone, Debug, Encode, Decode)]
pub struct RepeatedCall {
    /// What the call asked for, as a hash: a call that asks for something else is none of the same.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub fingerprint: [u8; 32],
    /// The answer, in JSON without the request id.
    #[n(1)]
    pub answer: String,
    /// When it may be forgotten.
    #[n(2)]
    pub expires_at: Timestamp,
}

impl Record for RepeatedCall {}

/// Which call: the API's version, the operation, and a hash of the token.
#[derive(Clone, Debug)]
pub struct RepeatKey(Key);

impl RepeatKey {
    /// The place of an account's call of one operation with one token.
    pub fn new(account: AccountId, version: &str, operation: &str, token: &[u8; 16]) -> Self {
        Self(Key::account(account, AccountTable::RepeatedCall).text(version).text(operation).bytes(token))
    }
}

impl RepeatedCall {
    /// What was answered at `key`, if it is not to be forgotten by `now`.
    pub fn find(tx: &dyn Transaction, key: &RepeatKey, now: Timestamp) -> Result<Option<Self>, StoreError> {
        Ok(read::<Self>(tx, &key.0)?.filter(|call| call.expires_at > now))
    }

    /// Writes the answer, and a row by which it is forgotten in time.
    pub fn insert(&self, tx: &mut dyn Transaction, key: &RepeatKey) {
        write(tx, &key.0, self);
        let seconds = u64::try_from(self.expires_at.as_seconds()).unwrap_or_default();
        let expiry = Key::global(GlobalTable::RepeatedCallExpiry).number(seconds).bytes(key.0.as_bytes());
        tx.put(expiry.as_bytes(), &[]);
    }

    /// Forgets those that expired before `now`, at most `limit`; returns how many.
    pub fn sweep(tx: &mut dyn Transaction, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let table = Key::global(GlobalTable::RepeatedCallExpiry);
        let end = table.clone().number(u64::try_from(now.as_seconds()).unwrap_or_default());
        let rows = tx.scan(table.as_bytes(), end.as_bytes(), limit)?;
        for (row, _) in &rows {
            let key = row.get(table.as_bytes().len() + size_of::<u64>()..).unwrap_or_default();
            // A token that was used again since has an answer that lasts longer, and a later row.
            if tx.get(key)?.is_some_and(|bytes| Self::has_expired(&bytes, now)) {
                tx.delete(key);
            }
            tx.delete(row);
        }
        Ok(rows.len())
    }

    fn has_expired(bytes: &[u8], now: Timestamp) -> bool {
        super::record::from_bytes::<Self>(bytes).is_ok_and(|call| call.expires_at <= now)
    }
}
