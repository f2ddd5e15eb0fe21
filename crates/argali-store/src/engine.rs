//! What an engine promises: ordered bytes, read and changed in serialisable transactions.
//!
//! The traits are small on purpose, so that an engine can be replaced. Whatever can be built from
//! ordered bytes (indexes, counters, typed records) is built once, above them.

use std::fmt::Debug;

use crate::{Durable, StoreError};

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// The longest key in bytes. The shortest has one byte.
pub const MAX_KEY_BYTES: usize = 4096;

/// The longest value in bytes. An empty value is a value.
pub const MAX_VALUE_BYTES: usize = 1024 * 1024;

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Reads one published state and changes nothing.
    Read,
    /// Reads the state that the last accepted change left, durable or not, and may change it.
    Write,
}

/// Something that keeps ordered bytes.
pub trait Engine: Send + Sync + Debug {
    /// Begins a transaction.
    ///
    /// A read transaction sees what is published, which is durable, and stays with it; it never
    /// waits for a writer. A write transaction sees everything accepted before it. An engine may
    /// let one writer in at a time: a thread that begins a second write transaction while it holds
    /// one waits for itself.
    ///
    /// # Errors
    ///
    /// A write fails once the engine has [failed](Engine::failure). Reads go on.
    fn begin(&self, mode: Mode) -> Result<Box<dyn Transaction + '_>, StoreError>;

    /// Why the engine takes no more changes, if it does not.
    ///
    /// This is for good: what is on disk after a failed flush is unknown until the store is opened
    /// again, so the process should end.
    fn failure(&self) -> Option<StoreError> {
        None
    }

    /// How much room it takes, and how much there is; nothing if it keeps no files.
    ///
    /// # Errors
    ///
    /// Fails if the system does not say.
    fn room(&self) -> Result<Option<Room>, StoreError> {
        Ok(None)
    }
}

/// Room on disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What the files of the store take.
    pub used_bytes: u64,
    /// What is free on their device for whoever runs the process.
    pub free_bytes: u64,
}

/// A view of the state and the changes made to it. Dropping it rolls them back.
pub trait Transaction {
    /// Returns the value of `key`, this transaction's own changes included.
    ///
    /// # Errors
    ///
    /// Fails if the engine cannot read or finds damage.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Returns at most `limit` pairs with `start <= key < end`, in ascending byte order, this
    /// transaction's own changes included. An empty or inverted range holds nothing.
    ///
    /// A page shorter than `limit` is the last. The next one starts at the last key with a zero
    /// byte added.
    ///
    /// # Errors
    ///
    /// Fails if the engine cannot read or finds damage.
    fn scan(&self, start: &[u8], end: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError>;

    /// Sets `key` to `value`. What is wrong with either (their length, or that this is a read
    /// transaction) is said by [`commit`](Transaction::commit).
    fn put(&mut self, key: &[u8], value: &[u8]);

    /// Removes `key`. Removing what is not there is fine.
    fn delete(&mut self, key: &[u8]);

    /// Accepts the changes, all or none. The next write transaction sees them at once; readers see
    /// them when they are durable, which is when the returned promise is kept.
    ///
    /// The promise of a write transaction without changes is kept when all that it could see is
    /// durable.
    ///
    /// # Errors
    ///
    /// Nothing has changed after an error: the key or value was too long, the transaction was for
    /// reading, another change came first, or the engine has failed.
    fn commit(self: Box<Self>) -> Result<Durable, StoreError>;
}
