//! Rows that were read before, by key: found in one step, however much is stored.
//!
//! The tables look for a key where changes gather and then in one file after another, which takes the longer the more
//! there is, even for what is read at every request. A row that was read is kept here with the sequence that it was
//! read at; whether it still is so for a snapshot follows from when its key was last changed.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::marks::Marks;

/// What a row takes beside its key and value, in bytes.
const BYTES_A_ROW: u64 = 96;
/// How large a row usually is, in bytes.
const USUAL_ROW: u64 = 256;

/// The rows that were read lately.
pub(super) struct Rows {
    cache: Cache<Box<[u8]>, Row, Size>,
    /// By key.
    marks: Marks,
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
        Rows { cache: Cache::with_weighter(usual, bytes, Size), marks: Marks::new() }
    }

    /// The value of `key` in the state before `sequence`, if that is known: it may be known that there is none.
    pub(super) fn get(&self, key: &[u8], sequence: u64) -> Option<Option<Vec<u8>>> {
        let row = self.cache.get(key)?;
        self.marks.same(key, row.read_at, sequence).then(|| row.value.map(|value| value.to_vec()))
    }

    /// Keeps what `key` leads to in the state before `sequence`.
    pub(super) fn keep(&self, key: &[u8], sequence: u64, value: Option<&[u8]>) {
        self.cache.insert(key.into(), Row { read_at: sequence, value: value.map(Arc::from) });
    }

    /// Says that the group numbered `sequence` changes `key`. To be said before any snapshot shows the change.
    pub(super) fn change(&self, key: &[u8], sequence: u64) {
        self.marks.change(key, sequence);
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
