//! Bytes in one piece, for callers inside of the process.

use argali_core::error::ApiError;
use argali_core::model::Object;
use argali_core::services::oss::{Moving, NewBytes, ObjectBytes};
use bytes::Bytes;
use http_body_util::Full;

use crate::intake::Claims;
use crate::storage::{ObjectStorage, Settings};

impl ObjectBytes for ObjectStorage {
    fn host(&self) -> String {
        let Settings { domain, region } = self.settings();
        if domain.is_empty() { format!("oss-{region}.aliyuncs.com") } else { domain.clone() }
    }

    fn take(&self, bytes: Vec<u8>) -> Moving<'_, NewBytes> {
        let claims = Claims { length: Some(bytes.len() as u64), ..Claims::default() };
        Box::pin(async move { self.take_in(Full::new(Bytes::from(bytes)), &claims).await })
    }

    fn fetch<'a>(&'a self, object: &'a Object) -> Moving<'a, Vec<u8>> {
        Box::pin(async move {
            // Held from here on: the record that speaks of these blobs was read a moment ago.
            let hold = self.blobs().hold(object.pieces.iter().map(|piece| piece.blob));
            let mut bytes = Vec::new();
            for piece in &object.pieces {
                let mut reading = self.blobs().read(*piece, 0..piece.size).await.map_err(unreadable)?;
                while let Some(chunk) = reading.next().await.map_err(unreadable)? {
                    bytes.extend_from_slice(&chunk);
                }
            }
            drop(hold);
            Ok(bytes)
        })
    }
}

fn unreadable(error: crate::blobs::BlobError) -> ApiError {
    tracing::error!(error = &error as &dyn std::error::Error, "bytes of an object cannot be read");
    ApiError::internal("bytes of an object cannot be read")
}
