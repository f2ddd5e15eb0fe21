//! A clock that can be moved on, so that a story need not wait for machines to start.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use argali_server::{Clock, Entropy, Env, MovableClock, Timestamp};

/// The real time and what has been skipped. Clones are the same clock.
#[derive(Clone, Debug)]
pub(crate) struct StoryClock {
    real: Env,
    skipped_s: Arc<AtomicI64>,
}

impl StoryClock {
    /// A clock that is `seconds` behind the real time.
    pub(crate) fn behind_by(seconds: i64) -> Self {
        Self { real: Env::system(), skipped_s: Arc::new(AtomicI64::new(-seconds)) }
    }

    /// Moves it on.
    pub(crate) fn skip(&self, seconds: i64) {
        self.skipped_s.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Shows the real time from now on, if it has not come that far yet.
    pub(crate) fn catch_up(&self) {
        self.skipped_s.fetch_max(0, Ordering::Relaxed);
    }

    /// A world that goes by this clock.
    pub(crate) fn env(&self) -> Env {
        Env::new(Arc::new(self.clone()), Arc::new(self.clone()))
    }
}

impl Clock for StoryClock {
    fn now(&self) -> Timestamp {
        self.real.now().plus_seconds(self.ahead_s())
    }

    /// Operators may, who try things.
    fn movable(&self) -> Option<&dyn MovableClock> {
        Some(self)
    }
}

impl MovableClock for StoryClock {
    fn ahead_s(&self) -> i64 {
        self.skipped_s.load(Ordering::Relaxed)
    }

    fn advance(&self, seconds: i64) {
        self.skip(seconds);
    }
}

impl Entropy for StoryClock {
    /// Only time is told differently; randomness is the system's.
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            for (to, from) in chunk.iter_mut().zip(self.real.random::<32>()) {
                *to = from;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_moved_on_and_catches_up_but_never_goes_back() {
        let real = Env::system();
        let clock = StoryClock::behind_by(100);
        assert!(clock.env().now() < real.now().plus_seconds(-90));
        clock.skip(10);
        clock.catch_up();
        assert!(clock.env().now() >= real.now().plus_seconds(-1));
        clock.skip(50);
        clock.catch_up();
        assert!(clock.env().now() > real.now().plus_seconds(40));
    }
}
