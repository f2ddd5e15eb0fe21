//! Events of trails, brought into the buckets that trails name: what is due is core's to say, the bytes are made here.

use std::io::Write as _;

use argali_core::Batch;
use argali_core::error::ApiError;
use argali_core::model::TrailDelivery;
use argali_core::services::oss::NewBytes;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::Full;

use crate::intake::Claims;
use crate::storage::ObjectStorage;

/// How many batches of a trail are delivered before the next trail has its turn.
const BATCHES_A_TURN: usize = 16;

impl ObjectStorage {
    /// Delivers what is due of all trails: now and then. It blocks the thread while records are read.
    ///
    /// # Errors
    ///
    /// Fails if the bytes or the records cannot be used; it goes on where it was the next time.
    pub async fn deliver_trails(&self) -> Result<(), ApiError> {
        let mut after: Option<Vec<u8>> = None;
        loop {
            let (deliveries, next) = self.core().deliveries(after.as_deref())?;
            for delivery in &deliveries {
                self.deliver_trail(delivery).await?;
            }
            if next.is_none() {
                return Ok(());
            }
            after = next;
        }
    }

    async fn deliver_trail(&self, delivery: &TrailDelivery) -> Result<(), ApiError> {
        for _ in 0..BATCHES_A_TURN {
            let Some(batch) = self.core().next_batch(delivery)? else { return Ok(()) };
            if !self.core().may_deliver(&batch)? {
                return Ok(());
            }
            let stored = self.store_files(&batch).await?;
            if !self.core().deliver(&batch, &stored)? {
                // Bytes that nothing speaks of are removed at the next start at the latest.
                for bytes in stored {
                    if let Err(error) = self.blobs().remove(bytes.piece.blob).await {
                        tracing::debug!(%error, "bytes of a batch stay until the next start");
                    }
                }
                return Ok(());
            }
        }
        Ok(())
    }

    async fn store_files(&self, batch: &Batch) -> Result<Vec<NewBytes>, ApiError> {
        let mut stored = Vec::with_capacity(batch.files.len());
        for file in &batch.files {
            let body = Full::new(Bytes::from(compressed(&file.text)?));
            stored.push(self.take_in(body, &Claims::default()).await?);
        }
        Ok(stored)
    }
}

/// The bytes as gzip, the same for the same bytes.
fn compressed(bytes: &[u8]) -> Result<Vec<u8>, ApiError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).map_err(ApiError::internal)?;
    encoder.finish().map_err(ApiError::internal)
}
