//! What the keeper of blobs must know of the records: which bytes belong to something, and which do no longer.

use crate::core::Core;
use crate::error::ApiError;
use crate::model::{BlobId, Runs, discarded, forget, is_kept};
use crate::time::Timestamp;

impl Core {
    /// Begins a run of the server as far as blobs go, and says which runs before it have not been looked through.
    ///
    /// # Errors
    ///
    /// Fails if that cannot be written down.
    pub fn begin_blob_run(&self) -> Result<Runs, ApiError> {
        let (runs, durable) = self.store().transact(|tx| {
            let mut runs = Runs::of(tx)?;
            runs.latest = runs.latest.saturating_add(1);
            runs.save(tx);
            Ok::<_, ApiError>(runs)
        })?;
        durable.wait()?;
        Ok(runs)
    }

    /// Writes down that nothing unfinished is left of the runs up to this one.
    ///
    /// # Errors
    ///
    /// Fails if that cannot be written down.
    pub fn blob_runs_are_swept(&self, up_to: u32) -> Result<(), ApiError> {
        let ((), durable) = self.store().transact(|tx| {
            let mut runs = Runs::of(tx)?;
            runs.swept = runs.swept.max(up_to);
            runs.save(tx);
            Ok::<_, ApiError>(())
        })?;
        Ok(durable.wait()?)
    }

    /// Whether a blob belongs to something, or is among those that were discarded.
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be read.
    pub fn is_blob_kept(&self, blob: BlobId) -> Result<bool, ApiError> {
        Ok(is_kept(self.store().read()?.as_ref(), blob)?)
    }

    /// At most `limit` blobs that were discarded before an instant, each with what [`Core::forget_blobs`] wants.
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be read.
    pub fn discarded_blobs(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<(BlobId, Vec<u8>)>, ApiError> {
        let mut found = discarded(self.store().read()?.as_ref(), before, limit)?;
        // What a server for trying can go back to stays.
        found.retain(|(blob, _)| !self.is_of_seed(*blob));
        Ok(found)
    }

    /// Forgets discarded blobs, whose bytes are gone.
    ///
    /// # Errors
    ///
    /// Fails if that cannot be written down.
    pub fn forget_blobs(&self, blobs: &[(BlobId, Vec<u8>)]) -> Result<(), ApiError> {
        let ((), durable) = self.store().transact(|tx| {
            blobs.iter().for_each(|(blob, row)| forget(tx, *blob, row));
            Ok::<_, ApiError>(())
        })?;
        Ok(durable.wait()?)
    }
}
