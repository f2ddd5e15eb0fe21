//! Nonces of changing calls, kept so that no call runs again after a restart, and challenges of passkeys that were met.

use argali_store::{StoreError, Transaction};

use super::key::{GlobalTable, Key};
use crate::time::Timestamp;

/// The hash of a key id with a nonce, and until when it must be remembered.
// SPEC: security, requests, R7: 16-byte hashes in expiry buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredNonce {
    /// Sixteen bytes of SHA-256.
    pub hash: [u8; 16],
    /// When it may be forgotten.
    pub expires_at: Timestamp,
}

impl StoredNonce {
    /// Writes the nonce.
    pub fn insert(&self, tx: &mut dyn Transaction) {
        tx.put(self.key().as_bytes(), &[]);
    }

    /// Whether it was written.
    pub fn is_known(&self, tx: &dyn Transaction) -> Result<bool, StoreError> {
        Ok(tx.get(self.key().as_bytes())?.is_some())
    }

    fn key(&self) -> Key {
        let seconds = u64::try_from(self.expires_at.as_seconds()).unwrap_or_default();
        Key::global(GlobalTable::Nonce).number(seconds).bytes(&self.hash)
    }

    /// All that expire at `from` or later, at most `limit`.
    pub fn after(tx: &dyn Transaction, from: Timestamp, limit: usize) -> Result<Vec<Self>, StoreError> {
        let table = Key::global(GlobalTable::Nonce);
        let start = table.clone().number(u64::try_from(from.as_seconds()).unwrap_or_default());
        let rows = tx.scan(start.as_bytes(), table.end().as_bytes(), limit)?;
        Ok(rows.iter().filter_map(|(key, _)| Self::from_key(key.strip_prefix(table.as_bytes())?)).collect())
    }

    /// Forgets those that expire before `now`, at most `limit`; returns how many.
    pub fn sweep(tx: &mut dyn Transaction, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let table = Key::global(GlobalTable::Nonce);
        let end = table.clone().number(u64::try_from(now.as_seconds()).unwrap_or_default());
        let rows = tx.scan(table.as_bytes(), end.as_bytes(), limit)?;
        for (key, _) in &rows {
            tx.delete(key);
        }
        Ok(rows.len())
    }

    fn from_key(rest: &[u8]) -> Option<Self> {
        let (seconds, hash) = rest.split_first_chunk::<8>()?;
        let expires_at = Timestamp::from_seconds(i64::try_from(u64::from_be_bytes(*seconds)).ok()?);
        Some(Self { hash: hash.try_into().ok()?, expires_at })
    }
}
