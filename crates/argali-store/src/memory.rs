//! The engine that keeps everything in memory, for tests and for trying Argali out.

use crate::StoreError;
use crate::engine::{Engine, Mode, Transaction};

/// Keeps everything in memory, with the semantics of the engine that keeps it on disk.
#[derive(Debug, Default)]
pub struct Memory {}

impl Engine for Memory {
    #[expect(clippy::todo, reason = "follows")]
    fn begin(&self, _mode: Mode) -> Result<Box<dyn Transaction + '_>, StoreError> {
        todo!()
    }
}
