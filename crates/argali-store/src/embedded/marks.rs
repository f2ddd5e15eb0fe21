//! When something was last changed, so that what was read before can be told from what still holds.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// How many are told apart. Those that share a mark only make one another be read again.
const MARKS: usize = 1 << 16;

/// By hash: the sequence of the last group that changed such a thing.
pub(super) struct Marks {
    changed: Box<[AtomicU64]>,
    hashes: RandomState,
}

impl Marks {
    /// Nothing was changed yet.
    pub(super) fn new() -> Marks {
        let changed = std::iter::repeat_with(AtomicU64::default).take(MARKS).collect();
        Marks { changed, hashes: RandomState::new() }
    }

    /// Says that the group numbered `sequence` changes `what`. To be said before any snapshot shows the change.
    pub(super) fn change(&self, what: &[u8], sequence: u64) {
        self.mark(what).fetch_max(sequence, Ordering::Release);
    }

    /// Whether what somebody read of `what` in the state before `read_at` is the same in the state before `sequence`.
    ///
    /// INVARIANT: what a group changed is marked before any snapshot shows it. So whoever holds a snapshot, or something
    /// that somebody read from one, sees the mark of every change in it; and what was not changed since the older of the
    /// two snapshots is the same in both. The mark is looked at last, after what was read.
    pub(super) fn same(&self, what: &[u8], read_at: u64, sequence: u64) -> bool {
        self.mark(what).load(Ordering::Acquire) < sequence.min(read_at)
    }

    #[expect(clippy::indexing_slicing, reason = "the remainder is less than the number of marks")]
    #[expect(clippy::cast_possible_truncation, reason = "it is only to be spread")]
    fn mark(&self, what: &[u8]) -> &AtomicU64 {
        &self.changed[self.hashes.hash_one(what) as usize % MARKS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_holds_until_a_change_shows() {
        let marks = Marks::new();
        assert!(marks.same(b"key", 5, 9), "it was never changed");
        marks.change(b"key", 9);
        assert!(!marks.same(b"key", 5, 9), "nobody knows whether it was changed in between");
        assert!(!marks.same(b"key", 5, 10), "the change shows");
        assert!(!marks.same(b"key", 10, 9), "what a newer state shows says nothing about an older one");
        assert!(marks.same(b"key", 10, 12));
        marks.change(b"key", 3);
        assert!(!marks.same(b"key", 5, 10), "the latest change counts");
    }
}
