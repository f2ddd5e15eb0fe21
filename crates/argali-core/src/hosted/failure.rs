//! Why an operation of a declared service fails.

use argali_store::StoreError;

/// A refusal that the service file describes, or a fault of the store.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What the caller is told.
    #[error("{code}: {message}")]
    Told {
        /// The code on the wire.
        code: String,
        /// The HTTP status.
        status: u16,
        /// What to do next.
        message: String,
    },
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure {
    /// The code on the wire, if the caller is told one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Told { code, .. } => Some(code),
            Self::Store(_) => None,
        }
    }
}
