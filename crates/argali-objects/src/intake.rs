//! Bytes that come in: taken piece by piece into a blob, while they are measured.

use std::time::Duration;

use argali_core::error::ApiError;
use argali_core::model::Piece;
use argali_core::services::oss::{NewBytes, storage_error};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use crc64fast::Digest as Crc64;
use http_body::Body;
use http_body_util::BodyExt as _;
use md5::{Digest as _, Md5};
use opendal_core::Buffer;
use sha2::Sha256;
use tokio::time::{Instant, timeout_at};

use crate::blobs::{BlobError, Unfinished};
use crate::storage::ObjectStorage;

/// How long an object or a part may be, in bytes.
// SPEC: limits, OSS single PutObject, part, parts.
pub(crate) const LONGEST: u64 = 5 << 30;
/// How much is gathered before it is written.
const CHUNK: usize = 256 << 10;
/// How fast a body must come at least, in bytes a second, once it has had time to start.
// SPEC: security, requests, limits; also the next.
const SLOWEST_BODY: u64 = 1 << 10;
const TIME_TO_START: Duration = Duration::from_secs(30);

/// What a request claims about its bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claims {
    /// How many there are.
    pub(crate) length: Option<u64>,
    /// Their MD5.
    pub(crate) md5: Option<[u8; 16]>,
    /// Their SHA-256.
    pub(crate) sha256: Option<[u8; 32]>,
}

impl Claims {
    /// What the headers say.
    pub(crate) fn of(
        length: Option<&str>,
        md5: Option<&str>,
        payload: Option<&str>,
    ) -> Result<Self, ApiError> {
        let length = length.map(|text| text.parse()).transpose();
        let length: Option<u64> = length.map_err(|_| {
            storage_error(
                "InvalidArgument",
                400,
                "Content-Length is no number: send how many bytes there are.",
            )
        })?;
        if length.is_some_and(|length| length > LONGEST) {
            return Err(too_large());
        }
        let md5 = md5.map(|text| {
            let bytes = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
            bytes.ok_or_else(|| {
                storage_error(
                    "InvalidDigest",
                    400,
                    "The Content-MD5 you specified is not the base64 of 16 bytes.",
                )
            })
        });
        let sha256 = match payload {
            None | Some("UNSIGNED-PAYLOAD") => None,
            Some(text) => {
                let mut bytes = [0; 32];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| {
                    let message = "Bodies that are signed in pieces are not taken: send UNSIGNED-PAYLOAD, or the hash of the whole.";
                    storage_error("NotImplemented", 501, message)
                })?;
                Some(bytes)
            }
        };
        Ok(Self { length, md5: md5.transpose()?, sha256 })
    }

    /// Refuses bytes that are not what was claimed.
    pub(crate) fn check(&self, bytes: &[u8]) -> Result<(), ApiError> {
        let mut measure = Measure::new(self);
        measure.take(bytes);
        measure.end(self).map(drop)
    }
}

/// Measures bytes as they go by.
struct Measure {
    md5: Md5,
    crc64: Crc64,
    sha256: Option<Sha256>,
    length: u64,
}

impl Measure {
    fn new(claims: &Claims) -> Self {
        Self { md5: Md5::new(), crc64: Crc64::new(), sha256: claims.sha256.map(|_| Sha256::new()), length: 0 }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.length = self.length.saturating_add(bytes.len() as u64);
        self.md5.update(bytes);
        self.crc64.write(bytes);
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(bytes);
        }
    }

    /// What was measured, unless it is not what was claimed.
    fn end(self, claims: &Claims) -> Result<([u8; 16], u64), ApiError> {
        if claims.length.is_some_and(|claimed| claimed != self.length) {
            let message = "The body has not the length that Content-Length says: send it again.";
            return Err(storage_error("IncompleteBody", 400, message));
        }
        let md5: [u8; 16] = self.md5.finalize().into();
        if claims.md5.is_some_and(|claimed| claimed != md5) {
            let message = "The Content-MD5 you specified did not match what we received: send it again.";
            return Err(storage_error("InvalidDigest", 400, message));
        }
        let sha256: Option<[u8; 32]> = self.sha256.map(|sha256| sha256.finalize().into());
        if sha256 != claims.sha256 {
            let message = "The body is not the one whose hash was signed: sign the hash of what you send.";
            return Err(storage_error("XAmzContentSHA256Mismatch", 400, message));
        }
        Ok((md5, self.crc64.sum64()))
    }
}

impl ObjectStorage {
    /// Takes a body into a blob. Nothing of it stays if it is not all there, or not what was claimed.
    pub(crate) async fn take_in<B>(&self, body: B, claims: &Claims) -> Result<NewBytes, ApiError>
    where
        B: Body<Data = Bytes> + Send + Unpin,
        B::Error: std::fmt::Display,
    {
        let mut blob = self.blobs().create(self.core().env()).await.map_err(unwritable)?;
        let mut measure = Measure::new(claims);
        let taken = pour(body, &mut blob, &mut measure).await;
        let ended = taken.and_then(|()| measure.end(claims));
        match ended {
            Ok((md5, crc64)) => {
                let piece = blob.finish().await.map_err(unwritable)?;
                Ok(NewBytes { piece, md5, crc64 })
            }
            Err(error) => {
                blob.abandon().await;
                Err(error)
            }
        }
    }

    /// Copies ranges of blobs into a new one.
    pub(crate) async fn copy(
        &self,
        ranges: Vec<(Piece, std::ops::Range<u64>)>,
    ) -> Result<NewBytes, ApiError> {
        let hold = self.blobs().hold(ranges.iter().map(|(piece, _)| piece.blob));
        let mut blob = self.blobs().create(self.core().env()).await.map_err(unwritable)?;
        let mut measure = Measure::new(&Claims::default());
        for (piece, range) in ranges {
            let copied = self.copy_range((piece, range), &mut blob, &mut measure).await;
            if let Err(error) = copied {
                blob.abandon().await;
                return Err(error);
            }
        }
        drop(hold);
        let (md5, crc64) = measure.end(&Claims::default())?;
        let piece = blob.finish().await.map_err(unwritable)?;
        Ok(NewBytes { piece, md5, crc64 })
    }

    async fn copy_range(
        &self,
        (piece, range): (Piece, std::ops::Range<u64>),
        blob: &mut Unfinished<'_>,
        measure: &mut Measure,
    ) -> Result<(), ApiError> {
        let mut reading = self.blobs().read(piece, range).await.map_err(ApiError::internal)?;
        while let Some(bytes) = reading.next().await.map_err(ApiError::internal)? {
            measure.take(&bytes);
            blob.write(Buffer::from(bytes)).await.map_err(unwritable)?;
        }
        Ok(())
    }
}

/// Pours a body into a blob, at the pace at which it comes; a body that comes too slowly is refused.
async fn pour<B>(mut body: B, blob: &mut Unfinished<'_>, measure: &mut Measure) -> Result<(), ApiError>
where
    B: Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let began = Instant::now();
    let mut gathered: Vec<Bytes> = Vec::new();
    let mut waiting = 0;
    loop {
        let owed = TIME_TO_START + Duration::from_secs(measure.length / SLOWEST_BODY);
        let soon = Instant::now() + TIME_TO_START;
        let Ok(frame) = timeout_at(soon.min(began + owed), body.frame()).await else {
            let message = "The body came too slowly: send it again.";
            return Err(storage_error("RequestTimeout", 408, message));
        };
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|error| {
            tracing::debug!(%error, "a body broke off");
            storage_error("IncompleteBody", 400, "The body broke off: send it again.")
        })?;
        let Ok(bytes) = frame.into_data() else { continue };
        measure.take(&bytes);
        if measure.length > LONGEST {
            return Err(too_large());
        }
        waiting += bytes.len();
        gathered.push(bytes);
        if waiting >= CHUNK {
            blob.write(Buffer::from(std::mem::take(&mut gathered))).await.map_err(unwritable)?;
            waiting = 0;
        }
    }
    if waiting > 0 {
        blob.write(Buffer::from(gathered)).await.map_err(unwritable)?;
    }
    Ok(())
}

/// Bytes that cannot be stored: nothing has changed.
// SPEC: security, storage, S3.
fn unwritable(error: BlobError) -> ApiError {
    tracing::error!(error = &error as &dyn std::error::Error, "bytes cannot be stored");
    let message = "The bytes could not be stored and nothing was changed; try again in a moment.";
    storage_error("ServiceUnavailable", 503, message)
}

fn too_large() -> ApiError {
    let message = "Your proposed upload exceeds 5 GiB, the largest object in one piece: upload it in parts.";
    storage_error("EntityTooLarge", 400, message)
}
