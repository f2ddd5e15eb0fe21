//! Where bytes lie: behind OpenDAL, by numbers that nobody chooses.
//!
//! A blob is written to a place of its own, flushed, and only then does a record speak of it. What a crash leaves
//! behind is found by the run that wrote it: each start of the server is a run, whose number begins those of its blobs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use argali_core::env::Env;
use argali_core::model::{BlobId, Piece};
use bytes::Bytes;
use futures_core::Stream;
use opendal_core::{Buffer, BufferStream, Operator, Writer};
use parking_lot::Mutex;

/// How much is read at once.
const CHUNK: usize = 256 << 10;
/// The folder of what is being written, beside that of what is.
const UNFINISHED: &str = "new";
const FINISHED: &str = "blobs";

/// Where the bytes of objects are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In memory, and gone when the server ends.
    Memory,
    /// In a folder, which is made if it is not there.
    Folder(PathBuf),
}

/// Why bytes cannot be kept or had.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// OpenDAL says so.
    #[error("the store of bytes cannot be used")]
    Store(#[from] opendal_core::Error),
    /// The system says so.
    #[error("the folder of bytes cannot be used")]
    Folder(#[from] std::io::Error),
    /// There are fewer bytes than were written.
    #[error("the bytes of a blob are not all there")]
    Short,
}

/// All blobs.
#[derive(Debug)]
pub(crate) struct Blobs {
    operator: Operator,
    /// Where they lie, if that is a folder whose entries must be flushed.
    folder: Option<PathBuf>,
    /// The present run of the server.
    run: u32,
    /// Whether a part of the run's folder was made and flushed.
    parts: Box<[AtomicBool]>,
    in_use: Arc<InUse>,
}

/// How many readers blobs have at present.
#[derive(Debug, Default)]
pub(crate) struct InUse(Mutex<BTreeMap<BlobId, usize>>);

/// Keeps blobs from being removed for as long as it is there.
#[derive(Debug)]
pub(crate) struct Hold {
    in_use: Arc<InUse>,
    blobs: Vec<BlobId>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut counts = self.in_use.0.lock();
        for blob in &self.blobs {
            match counts.get_mut(blob) {
                Some(count) if *count > 1 => *count -= 1,
                _ => {
                    counts.remove(blob);
                }
            }
        }
    }
}

impl Blobs {
    /// Opens the place, for a run of the server.
    pub(crate) fn open(place: &Place, run: u32) -> Result<Self, BlobError> {
        let (operator, folder) = match place {
            Place::Memory => (Operator::new(opendal_core::services::Memory::default())?, None),
            Place::Folder(folder) => {
                let (finished, unfinished) = (folder.join(FINISHED), folder.join(UNFINISHED));
                // What was being written when an earlier run ended is of no use to anybody.
                if unfinished.exists() {
                    std::fs::remove_dir_all(&unfinished)?;
                }
                for made in [&finished, &unfinished] {
                    std::fs::create_dir_all(made)?;
                }
                flush_folder(folder)?;
                let fs = opendal_service_fs::Fs::default();
                let fs = fs.root(&finished.to_string_lossy()).atomic_write_dir(&unfinished.to_string_lossy());
                (Operator::new(fs)?, Some(finished))
            }
        };
        let parts = (0..=u8::MAX).map(|_| AtomicBool::new(false)).collect();
        Ok(Self { operator, folder, run, parts, in_use: Arc::default() })
    }

    /// Begins a blob.
    pub(crate) async fn create(&self, env: &Env) -> Result<Unfinished<'_>, BlobError> {
        let blob = BlobId::generate(env, self.run);
        let writer = self.operator.writer(&path(blob)).await?;
        Ok(Unfinished { blobs: self, blob, writer, size: 0 })
    }

    /// The bytes of a range of a blob, as they come.
    pub(crate) async fn read(&self, piece: Piece, range: std::ops::Range<u64>) -> Result<Reading, BlobError> {
        let reader = self.operator.reader_with(&path(piece.blob)).chunk(CHUNK).await?;
        let left = range.end.saturating_sub(range.start);
        Ok(Reading { stream: reader.into_stream(range).await?, left })
    }

    /// Keeps blobs from being removed.
    pub(crate) fn hold(&self, blobs: impl Iterator<Item = BlobId>) -> Hold {
        let blobs: Vec<_> = blobs.collect();
        let mut counts = self.in_use.0.lock();
        for blob in &blobs {
            *counts.entry(*blob).or_default() += 1;
        }
        Hold { in_use: Arc::clone(&self.in_use), blobs }
    }

    /// Whether somebody reads a blob.
    pub(crate) fn is_in_use(&self, blob: BlobId) -> bool {
        self.in_use.0.lock().contains_key(&blob)
    }

    /// Removes a blob, if it is there.
    pub(crate) async fn remove(&self, blob: BlobId) -> Result<(), BlobError> {
        Ok(self.operator.delete(&path(blob)).await?)
    }

    /// The blobs that a run wrote and that are there.
    pub(crate) async fn of_run(&self, run: u32) -> Result<Vec<BlobId>, BlobError> {
        let listed = self.operator.list_with(&format!("{run:08x}/")).recursive(true).await?;
        Ok(listed.iter().filter_map(|entry| blob_at(entry.path())).collect())
    }

    /// Flushes the folder that a blob was put into, and those above that were made for it.
    async fn flush(&self, blob: BlobId) -> Result<(), BlobError> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let of_run = folder.join(format!("{:08x}", blob.run()));
        let number = part(blob);
        let made = self.parts.get(usize::from(number));
        let is_new = made.is_some_and(|made| !made.load(Ordering::Acquire));
        let flushed = tokio::task::spawn_blocking(move || -> std::io::Result<()> {
            flush_folder(&of_run.join(format!("{number:02x}")))?;
            if is_new {
                flush_folder(&of_run)?;
                flush_folder(&folder)?;
            }
            Ok(())
        });
        flushed.await.map_err(std::io::Error::other)??;
        if let Some(made) = made {
            made.store(true, Ordering::Release);
        }
        Ok(())
    }
}

/// A blob that is being written. Unless it is finished, nothing of it can be seen.
pub(crate) struct Unfinished<'b> {
    blobs: &'b Blobs,
    blob: BlobId,
    writer: Writer,
    size: u64,
}

impl Unfinished<'_> {
    pub(crate) async fn write(&mut self, bytes: Buffer) -> Result<(), BlobError> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        Ok(self.writer.write(bytes).await?)
    }

    /// Puts it where it belongs, flushed.
    // SPEC: security, storage, S1: file flushed, renamed, folder flushed.
    pub(crate) async fn finish(mut self) -> Result<Piece, BlobError> {
        self.writer.close().await?;
        self.blobs.flush(self.blob).await?;
        Ok(Piece { blob: self.blob, size: self.size })
    }

    /// Drops what was written.
    pub(crate) async fn abandon(mut self) {
        if let Err(error) = self.writer.abort().await {
            tracing::debug!(%error, "what was written of a blob stays until the next start");
        }
    }
}

/// Bytes of a blob on their way.
pub(crate) struct Reading {
    stream: BufferStream,
    left: u64,
}

impl Reading {
    /// The next bytes, none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, BlobError> {
        if self.left == 0 {
            return Ok(None);
        }
        let next = std::future::poll_fn(|cx| Pin::new(&mut self.stream).poll_next(cx)).await;
        let bytes = next.ok_or(BlobError::Short)??.to_bytes();
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or(BlobError::Short)?;
        if bytes.is_empty() { Err(BlobError::Short) } else { Ok(Some(bytes)) }
    }
}

fn flush_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// The part of a run's folder that a blob lies in.
fn part(blob: BlobId) -> u8 {
    blob.as_bytes().get(4).copied().unwrap_or_default()
}

fn path(blob: BlobId) -> String {
    format!("{:08x}/{:02x}/{}", blob.run(), part(blob), hex::encode(blob.as_bytes()))
}

fn blob_at(path: &str) -> Option<BlobId> {
    let mut bytes = [0; 16];
    hex::decode_to_slice(path.rsplit('/').next()?, &mut bytes).ok()?;
    Some(BlobId::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn written(blobs: &Blobs, bytes: &[u8]) -> Piece {
        let mut unfinished = blobs.create(&Env::system()).await.unwrap();
        for chunk in bytes.chunks(1_000) {
            unfinished.write(Bytes::copy_from_slice(chunk).into()).await.unwrap();
        }
        unfinished.finish().await.unwrap()
    }

    async fn read(blobs: &Blobs, piece: Piece, range: std::ops::Range<u64>) -> Vec<u8> {
        let mut reading = blobs.read(piece, range).await.unwrap();
        let mut bytes = Vec::new();
        while let Some(chunk) = reading.next().await.unwrap() {
            bytes.extend_from_slice(&chunk);
        }
        bytes
    }

    #[tokio::test]
    async fn what_is_written_is_read_in_any_range() {
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..=255).cycle().take(600_000).collect();
        for place in [Place::Memory, Place::Folder(folder.path().join("objects"))] {
            let blobs = Blobs::open(&place, 7).unwrap();
            let piece = written(&blobs, &bytes).await;
            assert_eq!(piece.size, 600_000);
            for range in [0..600_000, 0..1, 599_999..600_000, 262_143..262_146, 5..5] {
                let [start, end] = [range.start, range.end].map(|at| usize::try_from(at).unwrap());
                let expected = &bytes[start..end];
                assert_eq!(read(&blobs, piece, range).await, expected);
            }
            let empty = written(&blobs, b"").await;
            assert_eq!(read(&blobs, empty, 0..0).await, b"");
            let mut of_run = blobs.of_run(7).await.unwrap();
            of_run.sort();
            let mut both = vec![piece.blob, empty.blob];
            both.sort();
            assert_eq!(of_run, both);
            blobs.remove(piece.blob).await.unwrap();
            assert_eq!(blobs.of_run(7).await.unwrap(), [empty.blob]);
            assert_eq!(blobs.of_run(6).await.unwrap(), []);
        }
    }

    #[tokio::test]
    async fn what_is_not_finished_is_never_there() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().join("objects"));
        let blobs = Blobs::open(&place, 1).unwrap();
        let mut left = blobs.create(&Env::system()).await.unwrap();
        left.write(Bytes::from_static(b"half").into()).await.unwrap();
        let mut abandoned = blobs.create(&Env::system()).await.unwrap();
        abandoned.write(Bytes::from_static(b"half").into()).await.unwrap();
        abandoned.abandon().await;
        assert_eq!(blobs.of_run(1).await.unwrap(), []);
        drop(left);
        drop(Blobs::open(&place, 2).unwrap());
        let unfinished = folder.path().join("objects").join(UNFINISHED);
        assert_eq!(std::fs::read_dir(unfinished).unwrap().count(), 0);
    }

    #[test]
    fn a_blob_is_held_until_the_last_reader_goes() {
        let blobs = Blobs::open(&Place::Memory, 1).unwrap();
        let blob = BlobId::generate(&Env::system(), 1);
        let (first, second) = (blobs.hold([blob].into_iter()), blobs.hold([blob].into_iter()));
        drop(first);
        assert!(blobs.is_in_use(blob));
        drop(second);
        assert!(!blobs.is_in_use(blob));
    }
}
