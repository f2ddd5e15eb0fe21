//! The log: what makes a group durable before it is in the tables.
//!
//! The log is a row of segment files. A group is one record, written with one write and one flush
//! before the next, so after a crash at most the last record of the last segment can be torn; it
//! was acknowledged to nobody and is cut. Whatever else cannot be read is damage, which is told
//! from a torn tail by a later record that can be read, or by the segment that follows.
//!
//! A segment whose groups are in the tables is given back. The name of the first that counts is in
//! the file `first`, so that a half-finished removal is no gap.

use std::collections::BTreeSet;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rustix::fs::FallocateFlags;

use super::folder;
use super::segment::{
    ALIGNMENT, RECORD_HEADER_BYTES, Record, SEGMENT_HEADER_BYTES, SegmentHeader, encode_record,
};
use crate::StoreError;
use crate::group::Changes;

/// To tell quickly what was never written.
const ZEROS: [u8; 4096] = [0; 4096];

/// The end of the log, where groups are appended.
#[derive(Debug)]
pub(super) struct Log {
    folder: LogFolder,
    /// How many bytes a segment is given at once.
    segment_bytes: u64,
    segment: OpenSegment,
    /// The sequence of the last record.
    last: u64,
    buffer: Vec<u8>,
    /// Whether the end is unknown, because a write or flush failed.
    broken: bool,
}

#[derive(Debug)]
struct OpenSegment {
    header: SegmentHeader,
    file: File,
    path: PathBuf,
    end: u64,
}

/// Takes what the log holds when it is opened.
pub(super) trait Replay {
    /// One change, in the order in which they were made.
    fn change(&mut self, sequence: u64, key: &[u8], value: Option<&[u8]>);

    /// The segment is over and another follows.
    fn segment_over(&mut self);
}

impl Log {
    /// Opens the log in `dir`, shows what it holds, and cuts a torn tail.
    ///
    /// # Errors
    ///
    /// Fails if there is damage, or if the system refuses.
    pub(super) fn open(dir: &Path, segment_bytes: u64, replay: &mut dyn Replay) -> Result<Log, StoreError> {
        folder::make_folder(dir)?;
        let folder = LogFolder { dir: dir.to_owned() };
        let numbers = folder.counted()?;
        let Some(&newest) = numbers.last() else {
            let segment = folder.begin_segment(1, 0, segment_bytes)?;
            return Ok(Log::new(folder, segment_bytes, segment, 0));
        };
        let mut last = None;
        for &number in numbers.range(..newest) {
            folder.read(number, false, &mut last, replay)?;
            replay.segment_over();
        }
        let (header, end) = folder.read(newest, true, &mut last, replay)?;
        let path = folder.segment_path(newest);
        let segment = OpenSegment { header, file: folder::open_file(&path)?, path, end };
        Ok(Log::new(folder, segment_bytes, segment, last.unwrap_or(header.before)))
    }

    fn new(folder: LogFolder, segment_bytes: u64, segment: OpenSegment, last: u64) -> Log {
        Log { folder, segment_bytes, segment, last, buffer: Vec::new(), broken: false }
    }

    /// Makes a group durable.
    ///
    /// # Errors
    ///
    /// After [`StoreError::Full`] the log is as it was. After any other error its end is unknown.
    pub(super) fn append(&mut self, sequence: u64, group: &Changes) -> Result<(), StoreError> {
        let OpenSegment { header, file, path, end } = &mut self.segment;
        encode_record(&mut self.buffer, header.salt, sequence, self.last, group)
            .ok_or_else(|| StoreError::Engine("a group of over 4 GiB".to_owned()))?;
        if let Err(error) = file.write_all_at(&self.buffer, *end) {
            let error = StoreError::io("write", path, error);
            self.broken = !matches!(error, StoreError::Full(_));
            return Err(error);
        }
        if let Err(error) = file.sync_data() {
            // It may have dropped the pages, and would then succeed if it were tried again.
            // SPEC: security, storage: a failed flush ends the process, never retried
            self.broken = true;
            return Err(StoreError::Io { doing: "flush", path: path.clone(), source: error.into() });
        }
        *end += self.buffer.len() as u64;
        self.last = sequence;
        if self.buffer.capacity() > 4 << 20 {
            self.buffer = Vec::new();
        }
        Ok(())
    }

    /// Whether the segment has used what it was given.
    pub(super) fn is_segment_full(&self) -> bool {
        self.segment.end >= self.segment_bytes
    }

    /// Goes on in a new segment and returns the number of the one before.
    ///
    /// # Errors
    ///
    /// After [`StoreError::Full`] the log goes on where it was.
    pub(super) fn begin_segment(&mut self) -> Result<u64, StoreError> {
        let former = self.segment.header.number;
        self.segment = self.folder.begin_segment(former + 1, self.last, self.segment_bytes)?;
        Ok(former)
    }

    /// The last segment that nothing is added to any more, if there is one.
    pub(super) fn over(&self) -> Result<Option<u64>, StoreError> {
        Ok(self.folder.numbers()?.range(..self.segment.header.number).next_back().copied())
    }

    /// The sequence of the last record, or of the last that was ever in the log.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// Where the files are.
    pub(super) fn folder(&self) -> LogFolder {
        self.folder.clone()
    }
}

impl Drop for Log {
    /// Ends with an empty record, which shows that the one before it was flushed: should that be
    /// damaged later, it is not taken for a torn tail.
    fn drop(&mut self) {
        if !self.broken {
            self.append(self.last + 1, &Changes::new()).ok();
        }
    }
}

/// The files of the log.
#[derive(Debug, Clone)]
pub(super) struct LogFolder {
    dir: PathBuf,
}

impl LogFolder {
    /// Gives back the segments up to `number`, whose groups are in the tables.
    pub(super) fn release(&self, number: u64) -> Result<(), StoreError> {
        folder::replace(&self.dir.join("first"), (number + 1).to_string().as_bytes())?;
        let spare = self.dir.join("spare");
        for over in self.numbers()?.range(..=number) {
            let path = self.segment_path(*over);
            if spare.exists() {
                folder::remove(&path)?;
            } else {
                // Writing over blocks that are there is faster than asking for new ones, and
                // keeps some of the disk for when it is full.
                folder::rename(&path, &spare)?;
            }
        }
        Ok(())
    }

    /// The segments that count, without a gap; the remains of others are removed.
    fn counted(&self) -> Result<BTreeSet<u64>, StoreError> {
        let first = self.first()?;
        let mut numbers = self.numbers()?;
        let counted = numbers.split_off(&first);
        for over in numbers {
            folder::remove(&self.segment_path(over))?;
        }
        let missing = (first..).zip(&counted).find(|(expected, found)| expected != *found);
        let all_missing = counted.is_empty() && first > 1;
        match missing.map(|(expected, _)| expected).or(all_missing.then_some(first)) {
            Some(number) => Err(damaged(&self.segment_path(number), None, "the segment is missing")),
            None => Ok(counted),
        }
    }

    fn first(&self) -> Result<u64, StoreError> {
        let path = self.dir.join("first");
        match std::fs::read_to_string(&path) {
            Ok(text) => text.parse().map_err(|_| damaged(&path, Some(0), "this is not a number")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(1),
            Err(error) => Err(StoreError::io("read", &path, error)),
        }
    }

    fn numbers(&self) -> Result<BTreeSet<u64>, StoreError> {
        let listed = std::fs::read_dir(&self.dir).and_then(|entries| {
            entries.map(|entry| Ok(entry?.file_name())).collect::<Result<Vec<_>, io::Error>>()
        });
        let names = listed.map_err(|error| StoreError::io("list", &self.dir, error))?;
        let number = |name: &std::ffi::OsString| name.to_str()?.strip_suffix(".log")?.parse().ok();
        Ok(names.iter().filter_map(number).collect())
    }

    fn segment_path(&self, number: u64) -> PathBuf {
        self.dir.join(format!("{number:010}.log"))
    }

    /// Makes a segment, complete under its name or not there at all.
    fn begin_segment(&self, number: u64, before: u64, bytes: u64) -> Result<OpenSegment, StoreError> {
        let next = self.dir.join("next");
        // Taken by renaming, so that nobody else takes it.
        std::fs::rename(self.dir.join("spare"), &next).ok();
        let file = folder::open_file(&next)?;
        match rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, bytes) {
            // Some file systems cannot; the file then grows as it is written.
            Ok(()) | Err(rustix::io::Errno::OPNOTSUPP) => {}
            Err(error) => return Err(StoreError::io("allocate", &next, error.into())),
        }
        // It has to be unknown to whoever stores values here, and is seen nowhere else.
        let header = SegmentHeader { number, salt: RandomState::new().hash_one(number), before };
        file.write_all_at(&header.encode(), 0)
            .and_then(|()| file.sync_all())
            .map_err(|error| StoreError::io("write", &next, error))?;
        let path = self.segment_path(number);
        folder::rename(&next, &path)?;
        Ok(OpenSegment { header, file, path, end: SEGMENT_HEADER_BYTES as u64 })
    }

    /// Shows the records of a segment; returns its header and where its records end.
    fn read(
        &self,
        number: u64,
        is_newest: bool,
        last: &mut Option<u64>,
        replay: &mut dyn Replay,
    ) -> Result<(SegmentHeader, u64), StoreError> {
        let path = self.segment_path(number);
        let bytes = std::fs::read(&path).map_err(|error| StoreError::io("read", &path, error))?;
        let header = SegmentHeader::decode(&bytes)
            .filter(|header| header.number == number)
            .ok_or_else(|| damaged(&path, Some(0), "this is not the header of a segment"))?;
        if last.is_some_and(|last| last != header.before) {
            return Err(damaged(&self.segment_path(number - 1), None, "its last records are missing"));
        }
        let mut at = last.unwrap_or(header.before);
        let mut end = SEGMENT_HEADER_BYTES;
        while let Some(record) = record_at(&bytes, end, header.salt).filter(|record| record.before == at) {
            let rows = record.rows();
            let rows = rows.ok_or_else(|| damaged(&path, Some(end as u64), "the record holds no rows"))?;
            for (key, value) in rows {
                replay.change(record.sequence, key, value);
            }
            at = record.sequence;
            end += record.len();
        }
        *last = Some(at);
        if is_newest && is_record_after(&bytes, end, header.salt, at) {
            return Err(damaged(&path, Some(end as u64), "a record is unreadable and later ones are not"));
        }
        Ok((header, end as u64))
    }
}

fn record_at(bytes: &[u8], at: usize, salt: u64) -> Option<Record<'_>> {
    Record::decode(bytes.get(at..)?, salt)
}

/// Whether a record later than `last` can be read somewhere after `start`.
fn is_record_after(bytes: &[u8], start: usize, salt: u64, last: u64) -> bool {
    let mut at = start + ALIGNMENT;
    while let Some(rest) = bytes.get(at..).filter(|rest| rest.len() >= RECORD_HEADER_BYTES) {
        // No record begins with as many zeros, and most of a new segment is zeros.
        if rest.get(..ZEROS.len()) == Some(&ZEROS) {
            at += ZEROS.len() - RECORD_HEADER_BYTES;
            continue;
        }
        if Record::decode(rest, salt).is_some_and(|record| record.sequence > last) {
            return true;
        }
        at += ALIGNMENT;
    }
    false
}

fn damaged(file: &Path, offset: Option<u64>, detail: &str) -> StoreError {
    StoreError::Damaged { file: file.to_owned(), offset, detail: detail.to_owned() }
}
