//! Keeps ordered bytes in serialisable transactions, on any engine.
//!
//! A [`Store`] is what callers hold; which [`Engine`] is behind it is known only to whoever made
//! it. Reads answer from a snapshot and never wait. Changes run one after another, each on what
//! the one before it left, and return a [`Durable`]: the promise that they are on disk, which is
//! to be kept before anybody is told of success.

pub mod conformance;
mod dice;
mod durable;
mod embedded;
mod engine;
mod error;
mod fault;
mod group;
mod memory;
mod transaction;

use std::path::Path;
use std::sync::Arc;

pub use durable::Durable;
pub use embedded::{Embedded, EmbeddedOptions, Family};
pub use engine::{Engine, MAX_KEY_BYTES, MAX_VALUE_BYTES, Mode, Pair, Room, Transaction};
pub use error::StoreError;
pub use fault::{Fault, Faults, Faulty};
pub use group::Flushing;
pub use memory::Memory;

/// How often a change is run when others come first.
// SPEC: revocation protocol, several nodes, write
const MAX_ATTEMPTS: u32 = 16;

/// A store on some engine. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Arc<dyn Engine>,
}

impl Store {
    /// Makes an empty store in memory.
    pub fn memory() -> Store {
        Store::with_engine(Memory::default())
    }

    /// Opens the store in the folder `dir`, or makes it.
    ///
    /// # Errors
    ///
    /// Fails if another process has it open, if it is damaged, or if the system refuses.
    pub fn embedded(dir: &Path, options: &EmbeddedOptions) -> Result<Store, StoreError> {
        Ok(Store::with_engine(Embedded::open(dir, options)?))
    }

    /// Makes a store on an engine of one's own.
    pub fn with_engine(engine: impl Engine + 'static) -> Store {
        Store { engine: Arc::new(engine) }
    }

    /// Begins to read the published state. It never waits for a writer.
    ///
    /// # Errors
    ///
    /// Fails if the engine cannot read.
    pub fn read(&self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.engine.begin(Mode::Read)
    }

    /// Begins a change by hand; [`transact`](Store::transact) is the better way.
    ///
    /// # Errors
    ///
    /// Fails once the engine has failed.
    pub fn write(&self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.engine.begin(Mode::Write)
    }

    /// Runs `body` on the state that the last change left and accepts what it changed.
    ///
    /// After a conflict `body` runs again, so it changes nothing outside the transaction. If it
    /// returns an error, nothing has changed.
    ///
    /// # Errors
    ///
    /// Fails with what `body` failed with; with [`StoreError::Conflict`] if others came first 16
    /// times; and otherwise as [`Transaction::commit`] does.
    pub fn transact<T, E: From<StoreError>>(
        &self,
        mut body: impl FnMut(&mut dyn Transaction) -> Result<T, E>,
    ) -> Result<(T, Durable), E> {
        for _ in 0..MAX_ATTEMPTS {
            let mut transaction = self.engine.begin(Mode::Write)?;
            let value = body(transaction.as_mut())?;
            match transaction.commit() {
                Ok(durable) => return Ok((value, durable)),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// How much room the store takes on disk, and how much there is; nothing if it is in memory.
    ///
    /// # Errors
    ///
    /// Fails if the system does not say.
    pub fn room(&self) -> Result<Option<Room>, StoreError> {
        self.engine.room()
    }

    /// Why the store takes no more changes, if it does not. The process should then end.
    pub fn failure(&self) -> Option<StoreError> {
        self.engine.failure()
    }
}
