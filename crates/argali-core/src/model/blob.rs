//! Blobs: bytes that lie in files, and which of them belong to something.
//!
//! A blob is written before the record that it belongs to. Its row is written in the transaction of that record, and
//! removed when the file is gone; so a file without a row is one that nobody finished.

use std::collections::BTreeSet;

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{GlobalTable, Key};
use super::record::{Record, damaged, each_row, read, write};
use crate::env::Env;
use crate::time::Timestamp;

/// The number of a blob: the run of the server that wrote it, and randomness. Never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct BlobId(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

impl BlobId {
    /// The number of no blob.
    pub(crate) const NOWHERE: Self = Self([0; 16]);

    /// A new number.
    pub fn generate(env: &Env, run: u32) -> Self {
        let mut bytes = env.random::<16>();
        for (to, from) in bytes.iter_mut().zip(run.to_be_bytes()) {
            *to = from;
        }
        Self(bytes)
    }

    /// The run of the server that wrote it.
    pub fn run(&self) -> u32 {
        let [a, b, c, d, ..] = self.0;
        u32::from_be_bytes([a, b, c, d])
    }

    /// The bytes of the number.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The blob whose row lies under this key, if one does.
    pub fn of_row(key: &[u8]) -> Option<Self> {
        let number = key.strip_prefix(Key::global(GlobalTable::Blob).as_bytes())?;
        number.try_into().ok().map(Self)
    }

    /// The number whose bytes these are.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// Some of an object's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Piece {
    /// Where they lie.
    #[n(0)]
    pub blob: BlobId,
    /// How many they are.
    #[n(1)]
    pub size: u64,
}

impl Piece {
    /// Writes down that the bytes belong to something.
    pub fn keep(&self, tx: &mut dyn Transaction) {
        tx.put(row(self.blob).as_bytes(), &self.size.to_be_bytes());
    }

    /// Writes down that the bytes belong to nothing any more.
    pub fn discard(&self, tx: &mut dyn Transaction, now: Timestamp) {
        let millis = u64::try_from(now.as_millis()).unwrap_or_default();
        let key = Key::global(GlobalTable::DiscardedBlob).number(millis).bytes(self.blob.as_bytes());
        tx.put(key.as_bytes(), &[]);
    }
}

/// Whether a blob belongs to something, or did and is still to be removed.
pub fn is_kept(tx: &dyn Transaction, blob: BlobId) -> Result<bool, StoreError> {
    Ok(tx.get(row(blob).as_bytes())?.is_some())
}

/// At most `limit` blobs that were discarded before an instant, the oldest first, each with its row.
pub fn discarded(
    tx: &dyn Transaction,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<(BlobId, Vec<u8>)>, StoreError> {
    let table = Key::global(GlobalTable::DiscardedBlob);
    let millis = u64::try_from(before.as_millis()).unwrap_or_default();
    let rows = tx.scan(table.as_bytes(), table.clone().number(millis).as_bytes(), limit)?;
    let blob = |(key, _): (Vec<u8>, Vec<u8>)| {
        let bytes = key.last_chunk::<16>().copied();
        let bytes = bytes.ok_or_else(|| damaged("a discarded blob has no number".to_owned()))?;
        Ok((BlobId(bytes), key))
    };
    rows.into_iter().map(blob).collect()
}

/// All blobs that belong to something, or did and are still to be removed.
pub fn all_blobs(tx: &dyn Transaction) -> Result<BTreeSet<BlobId>, StoreError> {
    let table = Key::global(GlobalTable::Blob);
    let mut blobs = BTreeSet::new();
    each_row(tx, &table, |key, _| {
        blobs.extend(key.last_chunk::<16>().copied().map(BlobId));
        Ok(())
    })?;
    Ok(blobs)
}

/// Takes it that these blobs belong to something, and no others: whatever else there is was discarded at `now`.
pub fn keep_only(
    tx: &mut dyn Transaction,
    kept: &BTreeSet<BlobId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let table = Key::global(GlobalTable::DiscardedBlob);
    for (key, _) in tx.scan(table.as_bytes(), table.end().as_bytes(), usize::MAX - 1)? {
        if key.last_chunk().is_some_and(|bytes| kept.contains(&BlobId(*bytes))) {
            tx.delete(&key);
        }
    }
    for blob in all_blobs(tx)?.difference(kept) {
        Piece { blob: *blob, size: 0 }.discard(tx, now);
    }
    Ok(())
}

/// Forgets a discarded blob, whose bytes are gone.
pub fn forget(tx: &mut dyn Transaction, blob: BlobId, discarded_row: &[u8]) {
    tx.delete(row(blob).as_bytes());
    tx.delete(discarded_row);
}

/// The runs of the server, as far as blobs go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Runs {
    /// The present one, or the last.
    #[n(0)]
    pub latest: u32,
    /// What earlier runs left unfinished was removed up to this one.
    #[n(1)]
    pub swept: u32,
}

impl Record for Runs {}

impl Runs {
    /// What was written down.
    pub fn of(tx: &dyn Transaction) -> Result<Self, StoreError> {
        Ok(read(tx, &Self::key())?.unwrap_or_default())
    }

    /// Writes it down.
    pub fn save(&self, tx: &mut dyn Transaction) {
        write(tx, &Self::key(), self);
    }

    fn key() -> Key {
        Key::global(GlobalTable::BlobRuns)
    }
}

fn row(blob: BlobId) -> Key {
    Key::global(GlobalTable::Blob).bytes(blob.as_bytes())
}
