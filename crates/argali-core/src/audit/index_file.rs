//! The index of a closed segment, in a file beside it.
//!
//! ```text
//! magic (8)  bytes of the segment (8)  accounts (4)  postings (4)  terms (4)  earliest (4)  latest (4)
//! accounts   each: digits, filled up with NUL (20); its first posting (4); how many it has (4); in order
//! postings   each: six numbers (24)
//! terms      each: hash (8), offset (4); in order
//! xxh3 of all that (8)
//! ```
//!
//! Numbers are little-endian. The file holds nothing that is not in the segment: when it is missing, damaged or of
//! another segment it is made anew.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use super::index::{Index, Posting, Span, Wanted, Way};
use crate::identifier::AccountId;

const MAGIC: [u8; 8] = *b"ARGAIDX2";
const HEAD: usize = 36;
const ACCOUNT: usize = 28;
const POSTING: usize = 24;
const TERM: usize = 12;
const CHECKSUM: usize = 8;

/// An index that is read from its file piece by piece.
#[derive(Debug)]
pub(super) struct IndexFile {
    file: File,
    accounts: usize,
    postings: usize,
    terms: usize,
    span: Span,
}

impl Index {
    /// Writes the index of a segment of `segment_bytes` to `path`, as a whole or not at all.
    pub(super) fn save(&self, path: &Path, segment_bytes: u64) -> io::Result<()> {
        let unfinished = path.with_extension("index.new");
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
        file.write_all(&self.to_bytes(segment_bytes))?;
        drop(file);
        fs::rename(&unfinished, path)
    }

    fn to_bytes(&self, segment_bytes: u64) -> Vec<u8> {
        let mut terms_in_order = self.terms.clone();
        terms_in_order.sort_unstable();
        let postings: usize = self.postings.values().map(Vec::len).sum();
        let (accounts, terms) = (self.postings.len(), self.terms.len());
        let length = HEAD + accounts * ACCOUNT + postings * POSTING + terms * TERM + CHECKSUM;
        let mut bytes = Vec::with_capacity(length);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&segment_bytes.to_le_bytes());
        let counts = [accounts, postings, terms].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        put(&mut bytes, &counts);
        put(&mut bytes, &[self.span.earliest_s, self.span.latest_s]);
        // In the order of the digits, which is the order in which they are searched.
        let mut in_order: Vec<_> = self.postings.iter().collect();
        in_order.sort_unstable_by_key(|(account, _)| padded(**account));
        let mut first = 0_u32;
        for (account, postings) in &in_order {
            let count = u32::try_from(postings.len()).unwrap_or(u32::MAX);
            bytes.extend_from_slice(&padded(**account));
            put(&mut bytes, &[first, count]);
            first = first.saturating_add(count);
        }
        for posting in in_order.iter().flat_map(|(_, postings)| postings.iter()) {
            let Posting { offset, time_s, product, action, user, flags } = *posting;
            put(&mut bytes, &[offset, time_s, product, action, user, flags]);
        }
        for (term, offset) in &terms_in_order {
            bytes.extend_from_slice(&term.to_le_bytes());
            put(&mut bytes, &[*offset]);
        }
        let checksum = xxh3_64(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        bytes
    }
}

impl IndexFile {
    /// Opens the index of a segment of `segment_bytes`; nothing if it is not there, or not whole, or of another.
    pub(super) fn open(path: &Path, segment_bytes: u64) -> io::Result<Option<Self>> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some((content, checksum)) = bytes.split_last_chunk::<CHECKSUM>() else { return Ok(None) };
        let [accounts, postings, terms, earliest_s, latest_s] = match content.get(16..HEAD) {
            Some(counts) => numbers(counts),
            None => return Ok(None),
        };
        let [accounts, postings, terms] = [accounts, postings, terms].map(|count| count as usize);
        let whole = content.len() == HEAD + accounts * ACCOUNT + postings * POSTING + terms * TERM
            && content.starts_with(&MAGIC)
            && content.get(8..16) == Some(&segment_bytes.to_le_bytes()[..])
            && xxh3_64(content).to_le_bytes() == *checksum;
        if !whole {
            return Ok(None);
        }
        let span = Span { earliest_s, latest_s };
        Ok(Some(Self { file: File::open(path)?, accounts, postings, terms, span }))
    }

    pub(super) fn span(&self) -> Span {
        self.span
    }

    /// Whether there is an index at `path` that says it is of a segment of `segment_bytes`.
    pub(super) fn is_there(path: &Path, segment_bytes: u64) -> bool {
        let mut head = [0; 16];
        let read = File::open(path).and_then(|file| file.read_exact_at(&mut head, 0));
        read.is_ok() && head.starts_with(&MAGIC) && head.ends_with(&segment_bytes.to_le_bytes())
    }

    /// The offsets of records that may be what is wanted, in ascending order.
    pub(super) fn candidates(&self, wanted: &Wanted) -> io::Result<Vec<u32>> {
        match wanted.by {
            Way::Term(term) => self.with_term(term),
            Way::Account(account) => Ok(wanted.offsets(&self.postings_of(account)?)),
        }
    }

    fn postings_of(&self, account: AccountId) -> io::Result<Vec<Posting>> {
        let wanted = padded(account);
        let before = self.partition_point(self.accounts, |at| {
            let entry: [u8; ACCOUNT] = self.read(HEAD + at * ACCOUNT)?;
            Ok(entry < with_zeros(&wanted))
        })?;
        if before == self.accounts {
            return Ok(Vec::new());
        }
        let entry: [u8; ACCOUNT] = self.read(HEAD + before * ACCOUNT)?;
        let Some(counts) = entry.strip_prefix(&wanted[..]) else { return Ok(Vec::new()) };
        let [first, count] = numbers(counts);
        let mut bytes = vec![0; count as usize * POSTING];
        let start = HEAD + self.accounts * ACCOUNT + first as usize * POSTING;
        self.file.read_exact_at(&mut bytes, start as u64)?;
        let postings = bytes.chunks_exact(POSTING).map(|chunk| {
            let [offset, time_s, product, action, user, flags] = numbers(chunk);
            Posting { offset, time_s, product, action, user, flags }
        });
        Ok(postings.collect())
    }

    fn with_term(&self, wanted: u64) -> io::Result<Vec<u32>> {
        let start = HEAD + self.accounts * ACCOUNT + self.postings * POSTING;
        let term_at = |at: usize| -> io::Result<(u64, u32)> {
            let entry: [u8; TERM] = self.read(start + at * TERM)?;
            let [low, high, offset] = numbers(&entry);
            Ok((u64::from(high) << 32 | u64::from(low), offset))
        };
        let mut at = self.partition_point(self.terms, |at| Ok(term_at(at)?.0 < wanted))?;
        let mut offsets = Vec::new();
        while at < self.terms
            && let (term, offset) = term_at(at)?
            && term == wanted
        {
            offsets.push(offset);
            at += 1;
        }
        Ok(offsets)
    }

    /// How many of `count` entries, which are in order, `is_before` what is looked for.
    fn partition_point(
        &self,
        count: usize,
        is_before: impl Fn(usize) -> io::Result<bool>,
    ) -> io::Result<usize> {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if is_before(middle)? { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }

    fn read<const N: usize>(&self, at: usize) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.read_exact_at(&mut bytes, at as u64)?;
        Ok(bytes)
    }
}

/// The digits of an account's id, filled up with NUL.
fn padded(account: AccountId) -> [u8; 20] {
    let mut digits = [0; 20];
    for (to, from) in digits.iter_mut().zip(account.as_str().bytes()) {
        *to = from;
    }
    digits
}

/// The least entry of an account.
fn with_zeros(account: &[u8; 20]) -> [u8; ACCOUNT] {
    let mut entry = [0; ACCOUNT];
    for (to, from) in entry.iter_mut().zip(account) {
        *to = *from;
    }
    entry
}

fn put(bytes: &mut Vec<u8>, numbers: &[u32]) {
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

/// The first `N` numbers of `bytes`; what is missing is 0.
fn numbers<const N: usize>(bytes: &[u8]) -> [u32; N] {
    let mut numbers = [0; N];
    for (number, four) in numbers.iter_mut().zip(bytes.chunks_exact(4)) {
        *number = four.try_into().map_or(0, u32::from_le_bytes);
    }
    numbers
}
