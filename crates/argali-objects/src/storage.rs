//! What all requests to object storage share.

use std::sync::Arc;

use argali_core::Core;
use argali_core::error::ApiError;
use argali_core::model::BlobId;

use crate::blobs::{BlobError, Blobs, Place};

/// How long the bytes of what was deleted stay, so that whoever has just read of them finds them, in seconds.
const GRACE_S: i64 = 60;
/// How many blobs are removed in one go.
const AT_ONCE: usize = 1_000;

/// How object storage shows itself.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A domain of its own besides the built-in ones, in lower case; none if empty.
    pub domain: String,
    /// The region that its buckets are said to be in, such as `cn-hangzhou`.
    pub region: String,
}

/// Object storage: the protocol, and the bytes. Who may do what is core's to say.
#[derive(Debug)]
pub struct ObjectStorage {
    core: Arc<Core>,
    blobs: Blobs,
    settings: Settings,
    /// Earlier runs of the server that may have left blobs which nobody knows, up to and with the last of these.
    to_sweep: std::ops::Range<u32>,
}

/// Why object storage cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The records cannot be used.
    #[error("the records of objects cannot be used")]
    Records(#[source] ApiError),
    /// The bytes cannot be used.
    #[error("the bytes of objects cannot be used")]
    Bytes(#[source] BlobError),
}

impl ObjectStorage {
    /// Opens the place of the bytes, for a run of the server of its own.
    ///
    /// # Errors
    ///
    /// Fails if the place cannot be used.
    pub fn open(core: Arc<Core>, place: &Place, settings: Settings) -> Result<Self, OpenError> {
        let runs = core.begin_blob_run().map_err(OpenError::Records)?;
        let blobs = Blobs::open(place, runs.latest).map_err(OpenError::Bytes)?;
        let to_sweep = runs.swept.saturating_add(1)..runs.latest;
        Ok(Self { core, blobs, settings, to_sweep })
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Removes what earlier runs finished writing and never wrote down: once, after the start.
    ///
    /// # Errors
    ///
    /// Fails if the bytes or the records cannot be used; nothing that is known is lost.
    pub async fn sweep(&self) -> Result<(), OpenError> {
        for run in self.to_sweep.clone() {
            for blob in self.blobs.of_run(run).await.map_err(OpenError::Bytes)? {
                if !self.core.is_blob_kept(blob).map_err(OpenError::Records)? {
                    self.blobs.remove(blob).await.map_err(OpenError::Bytes)?;
                }
            }
            self.core.blob_runs_are_swept(run).map_err(OpenError::Records)?;
        }
        Ok(())
    }

    /// Removes the bytes of what was deleted or replaced a while ago, and that nobody reads: now and then.
    ///
    /// # Errors
    ///
    /// Fails if the bytes or the records cannot be used; it goes on where it was the next time.
    pub async fn tidy(&self) -> Result<(), OpenError> {
        let before = self.core.env().now().plus_seconds(-GRACE_S);
        let mut seen: Option<BlobId> = None;
        loop {
            let discarded = self.core.discarded_blobs(before, AT_ONCE).map_err(OpenError::Records)?;
            let first = discarded.first().map(|(blob, _)| *blob);
            let is_last = discarded.len() < AT_ONCE || (first.is_some() && first == seen);
            seen = first;
            let mut gone = Vec::new();
            for (blob, row) in discarded.into_iter().filter(|(blob, _)| !self.blobs.is_in_use(*blob)) {
                self.blobs.remove(blob).await.map_err(OpenError::Bytes)?;
                gone.push((blob, row));
            }
            if !gone.is_empty() {
                self.core.forget_blobs(&gone).map_err(OpenError::Records)?;
            }
            if is_last {
                return Ok(());
            }
        }
    }
}
