//! Making a backup, and handing it to whoever was allowed to have one.
//!
//! Whoever calls for one is given a number, which is good once and for a minute: with it the file is fetched as a stream,
//! for as long as the call would be allowed.

use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::part::{BackupError, Head, PartReader, PartWriter, Seal};
use crate::core::Core;
use crate::dispatch::Watch;
use crate::env::ALPHANUMERIC;
use crate::model::each_record;
use crate::time::Timestamp;

/// How long a backup that was called for may be fetched, in seconds.
const FETCHED_WITHIN_S: i64 = 60;
/// How many may wait to be fetched.
const MOST_WAITING: usize = 16;
/// How many letters and digits lead to one: nobody guesses them.
const NUMBER_LENGTH: usize = 43;

/// A backup that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What it says of itself.
    pub head: Head,
    /// How many records it holds.
    pub rows: u64,
    /// How long it is, in bytes.
    pub bytes: u64,
}

/// Backups that were called for.
#[derive(Debug, Default)]
pub(crate) struct BackupRequests {
    waiting: Mutex<Vec<Waiting>>,
    /// Whether one is being fetched.
    is_running: Arc<AtomicBool>,
}

/// A backup that waits to be fetched.
#[derive(Debug)]
struct Waiting {
    /// The hash of the number that leads to it.
    hash: [u8; 32],
    until: Timestamp,
    watch: Watch,
}

/// A backup that is being fetched. One is at a time.
pub struct Download {
    core: Arc<Core>,
    watch: Watch,
    _turn: Turn,
}

/// Gives way to the next when it is dropped.
struct Turn(Arc<AtomicBool>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Why a backup cannot be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDownload {
    /// There is none of this number, or no longer.
    Unknown,
    /// Another one is being fetched.
    Busy,
}

impl Core {
    /// Writes all records as they are at this moment. It blocks, and holds that state for as long as it takes; changes
    /// go on meanwhile.
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be read, or if `to` takes no more.
    pub fn write_backup(&self, to: &mut dyn Write) -> Result<Made, BackupError> {
        // Asked before the state is taken: a change that is not in it has its record from here on.
        let next_record = self.trail().next_number();
        let snapshot = self.store().read()?;
        let head = Head::new(self.env().now(), self.vault().check_value(), next_record);
        let mut writer = PartWriter::begin(to, &head)?;
        each_record(snapshot.as_ref(), |key, value| writer.row(key, value))?;
        let (rows, bytes) = writer.end(self.vault().backup_key())?;
        Ok(Made { head, rows, bytes })
    }

    /// Lets whoever is allowed fetch a backup; returns the number by which.
    pub(crate) fn offer_backup(&self, watch: Watch, now: Timestamp) -> String {
        let number = self.env().random_text(ALPHANUMERIC, NUMBER_LENGTH);
        let mut waiting = self.backups().waiting.lock();
        waiting.retain(|offer| now < offer.until);
        if waiting.len() >= MOST_WAITING {
            waiting.remove(0);
        }
        let until = now.plus_seconds(FETCHED_WITHIN_S);
        waiting.push(Waiting { hash: hash(&number), until, watch });
        number
    }

    /// The backup that a number leads to, once.
    ///
    /// # Errors
    ///
    /// Fails if there is none, or while another one is being fetched; then it waits on.
    pub fn fetch_backup(self: &Arc<Self>, number: &str) -> Result<Download, NoDownload> {
        let (now, hash) = (self.env().now(), hash(number));
        let requests = self.backups();
        let mut waiting = requests.waiting.lock();
        let at = waiting.iter().position(|offer| offer.hash == hash && now < offer.until);
        let at = at.ok_or(NoDownload::Unknown)?;
        if requests.is_running.swap(true, Ordering::Acquire) {
            return Err(NoDownload::Busy);
        }
        let turn = Turn(Arc::clone(&requests.is_running));
        let Waiting { watch, .. } = waiting.remove(at);
        Ok(Download { core: Arc::clone(self), watch, _turn: turn })
    }
}

impl Download {
    /// Writes it; see [`Core::write_backup`].
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be read, or if `to` takes no more.
    pub fn write(&self, to: &mut dyn Write) -> Result<Made, BackupError> {
        self.core.write_backup(to)
    }

    /// Whether whoever called for it would be allowed to now.
    // SPEC: security, the promise, P6.
    pub fn may_go_on(&self) -> bool {
        self.watch.holds(&self.core)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("watch", &self.watch).finish_non_exhaustive()
    }
}

/// Whether a backup is whole, as far as that can be told without the master key.
///
/// # Errors
///
/// Fails, and says which part is to blame, if it is not.
pub fn check(from: impl Read) -> Result<Made, BackupError> {
    Ok(check_with_seal(from)?.0)
}

/// The same, with what shows who made it.
///
/// # Errors
///
/// Fails as [`check`] does.
pub fn check_with_seal(from: impl Read) -> Result<(Made, Seal), BackupError> {
    let (head, mut reader) = PartReader::begin(from)?;
    while reader.next(None)?.is_some() {}
    let made = Made { head, rows: reader.rows(), bytes: reader.bytes() };
    Ok((made, reader.seal()))
}

/// Numbers are kept as hashes: whoever sees the memory, or compares times, learns none.
fn hash(number: &str) -> [u8; 32] {
    Sha256::digest(number.as_bytes()).into()
}
