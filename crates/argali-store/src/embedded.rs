//! The engine that keeps its data in a folder of this machine.

use std::path::Path;

use crate::StoreError;
use crate::engine::{Engine, Mode, Transaction};

/// How an embedded store is kept.
#[derive(Debug, Clone)]
pub struct EmbeddedOptions {
    /// How many bytes of blocks read from disk stay in memory.
    pub cache_bytes: u64,
}

impl Default for EmbeddedOptions {
    fn default() -> Self {
        EmbeddedOptions { cache_bytes: 64 * 1024 * 1024 }
    }
}

/// Keeps its data in a folder of this machine.
#[derive(Debug)]
pub struct Embedded {}

impl Embedded {
    /// Opens the store in `dir`, or makes it.
    ///
    /// # Errors
    ///
    /// Fails if another process has it open, if it is damaged, or if the system refuses.
    #[expect(clippy::todo, reason = "follows")]
    pub fn open(_dir: &Path, _options: &EmbeddedOptions) -> Result<Embedded, StoreError> {
        todo!()
    }
}

impl Engine for Embedded {
    #[expect(clippy::todo, reason = "follows")]
    fn begin(&self, _mode: Mode) -> Result<Box<dyn Transaction + '_>, StoreError> {
        todo!()
    }
}
