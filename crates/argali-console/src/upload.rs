//! How many files may be on their way to the console at once: each is held in memory as a whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How long the body of a form with a file may be, in bytes.
pub const LONGEST_UPLOAD: usize = 32 << 20;
/// How many may be on their way at once.
const MOST_AT_ONCE: usize = 8;

/// Counts those that are on their way.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Arc<AtomicUsize>);

/// Room for one of them, until it is dropped.
#[derive(Debug)]
pub struct UploadRoom(Arc<AtomicUsize>);

impl Uploads {
    /// Room for another, if there is any.
    pub(crate) fn room(&self) -> Option<UploadRoom> {
        let taken = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| {
            (count < MOST_AT_ONCE).then_some(count + 1)
        });
        taken.ok().map(|_| UploadRoom(Arc::clone(&self.0)))
    }
}

impl Drop for UploadRoom {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_back() {
        let uploads = Uploads::default();
        let mut rooms: Vec<_> = (0..MOST_AT_ONCE).map(|_| uploads.room().unwrap()).collect();
        assert!(uploads.room().is_none());
        rooms.pop();
        assert!(uploads.room().is_some());
    }
}
