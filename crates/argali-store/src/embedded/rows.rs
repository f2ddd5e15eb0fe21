//! Rows that were read before, by key: found in one step, however much is stored.
//!
//! The tables look for a key where changes gather and then in one file after another, which takes the longer the more
//! there is, even for what is read at every request. A row that was read is kept here with the sequence that it was
//! read at; whether it still is so for a snapshot follows from when its key was last changed.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::Cache;

/// How many last changes are told apart. Keys that share one only make one another be read again.
const MARKS: usize = 1 << 16;
/// What a row takes beside its key and value, in bytes.
const BYTES_A_ROW: u64 = 96;
/// How large a row usually is, in bytes.
const USUAL_ROW: u64 = 256;

/// The rows that were read lately.
pub(super) struct Rows {
    cache: Cache<Box<[u8]>, Row, Size>,
    /// By hash of the key: the sequence of the last group that changed such a key.
    changed: Box<[AtomicU64]>,
    hashes: RandomState,
}

/// What a key led to: nothing, too, is worth knowing.
#[derive(Clone)]
struct Row {
    /// The snapshot that showed it: the state before this sequence.
    read_at: u64,
    value: Option<Arc<[u8]>>,
}

#[derive(Clone)]
struct Size;

impl Weighter<Box<[u8]>, Row> for Size {
    fn weight(&self, key: &Box<[u8]>, row: &Row) -> u64 {
        let value = row.value.as_ref().map_or(0, |value| value.len());
        BYTES_A_ROW + key.len() as u64 + value as u64
    }
}

impl Rows {
    /// Room for about as many `bytes`.
    pub(super) fn new(bytes: u64) -> Rows {
        let usual = usize::try_from(bytes / USUAL_ROW).unwrap_or(usize::MAX);
        Rows {
            cache: Cache::with_weighter(usual, bytes, Size),
            changed: std::iter::repeat_with(AtomicU64::default).take(MARKS).collect(),
            hashes: RandomState::new(),
        }
    }

    /// The value of `key` in the state before `sequence`, if that is known: it may be known that there is none.
    ///
    /// INVARIANT: what a group changed is marked before any snapshot shows it. So whoever holds a snapshot, or a row
    /// that somebody read from one, sees the mark of every change in it; and a key that was not changed since the
    /// older of the two snapshots is the same in both. The mark is looked at last, after the row.
    pub(super) fn get(&self, key: &[u8], sequence: u64) -> Option<Option<Vec<u8>>> {
        let row = self.cache.get(key)?;
        let unchanged = self.mark(key).load(Ordering::Acquire) < sequence.min(row.read_at);
        unchanged.then(|| row.value.map(|value| value.to_vec()))
    }

    /// Keeps what `key` leads to in the state before `sequence`.
    pub(super) fn keep(&self, key: &[u8], sequence: u64, value: Option<&[u8]>) {
        self.cache.insert(key.into(), Row { read_at: sequence, value: value.map(Arc::from) });
    }

    /// Says that the group numbered `sequence` changes `key`. To be said before any snapshot shows the change.
    pub(super) fn change(&self, key: &[u8], sequence: u64) {
        self.mark(key).fetch_max(sequence, Ordering::Release);
    }

    #[expect(clippy::indexing_slicing, reason = "the remainder is less than the number of marks")]
    #[expect(clippy::cast_possible_truncation, reason = "it is only to be spread")]
    fn mark(&self, key: &[u8]) -> &AtomicU64 {
        &self.changed[self.hashes.hash_one(key) as usize % MARKS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"key";

    #[test]
    fn a_row_is_known_while_its_key_is_unchanged() {
        let rows = Rows::new(1 << 20);
        assert_eq!(rows.get(KEY, 5), None);
        rows.keep(KEY, 5, Some(b"old"));
        let old = Some(Some(b"old".to_vec()));
        assert_eq!([rows.get(KEY, 5), rows.get(KEY, 9)], [old.clone(), old.clone()]);
        assert_eq!(rows.get(KEY, 1), old, "it was never changed");
        rows.change(KEY, 9);
        assert_eq!(rows.get(KEY, 9), None, "the row says nothing about what changed after it was read");
        assert_eq!(rows.get(KEY, 10), None, "the change shows");
        rows.keep(KEY, 10, None);
        assert_eq!(rows.get(KEY, 10), Some(None));
        assert_eq!(rows.get(KEY, 12), Some(None));
        assert_eq!(rows.get(KEY, 9), None, "before the change");
        rows.keep(KEY, 9, Some(b"old"));
        assert_eq!(
            rows.get(KEY, 12),
            None,
            "a late reader of an old state tells nobody of a newer one anything"
        );
    }

    #[test]
    fn it_takes_no_more_than_it_may() {
        let rows = Rows::new(64 << 10);
        for number in 0..10_000_u32 {
            rows.keep(&number.to_be_bytes(), 1, Some(&[7; 200]));
        }
        assert!(rows.cache.weight() <= 64 << 10, "{}", rows.cache.weight());
    }
}
