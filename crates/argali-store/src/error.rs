//! What can go wrong in a store.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::{MAX_KEY_BYTES, MAX_VALUE_BYTES};

/// Why a store could not do what was asked. Cheap to clone: one failed flush is told to everyone
/// whose change was in it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another change came first; run the transaction again.
    #[error("another change came first")]
    Conflict,

    /// The disk is full or the quota is used up. Reads go on.
    #[error("no space left on the device of the store")]
    Full(#[source] Arc<io::Error>),

    /// Stored bytes are not what was written.
    #[error("`{}` is damaged{}: {detail}", file.display(), At(*offset))]
    Damaged {
        /// The file, or the folder of the store where the engine does not tell.
        file: PathBuf,
        /// Where in the file, in bytes, where the engine tells.
        offset: Option<u64>,
        /// What was found.
        detail: String,
    },

    /// The operating system refused.
    #[error("cannot {doing} `{}`", path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// The refusal.
        #[source]
        source: Arc<io::Error>,
    },

    /// Another process, or this one, has the store open.
    #[error("`{}` is in use by another process", .0.display())]
    InUse(PathBuf),

    /// A change in a read transaction, or in a store that is open for reading only.
    #[error("the store is open for reading only")]
    ReadOnly,

    /// A key is empty or too long.
    #[error("a key of {0} bytes; it must have 1 to {MAX_KEY_BYTES}")]
    KeyLength(usize),

    /// A value is too long.
    #[error("a value of {0} bytes; it may have at most {MAX_VALUE_BYTES}")]
    ValueLength(usize),

    /// An earlier flush failed. What it held is unknown, so the engine takes no more changes.
    #[error("the store has failed and takes no more changes")]
    Failed(#[source] Arc<StoreError>),

    /// The engine cannot go on, for a reason of its own.
    #[error("the storage engine gave up: {0}")]
    Engine(String),
}

impl StoreError {
    /// Sorts an error of the operating system: full, or something else.
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> StoreError {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full(Arc::new(source)),
            _ => StoreError::Io { doing, path: path.to_owned(), source: Arc::new(source) },
        }
    }
}

/// Prints ` at byte N` if there is one.
struct At(Option<u64>);

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(offset) => write!(f, " at byte {offset}"),
            None => Ok(()),
        }
    }
}
