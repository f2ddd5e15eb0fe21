//! Time that moves when a test moves it.

use std::sync::Arc;
use std::time::Duration;

use argali_core::env::{Clock, Env, MovableClock};
use argali_core::time::Timestamp;
use parking_lot::Mutex;

/// When a test begins unless it says otherwise: 2026-12-01T08:00:00Z.
const BEGINNING: Timestamp = Timestamp::from_seconds(1_796_112_000);

/// A clock that stands still, or runs with the real time at a distance. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<State>);

#[derive(Debug)]
struct State {
    real: Env,
    time: Mutex<Time>,
}

#[derive(Clone, Copy, Debug)]
enum Time {
    /// Standing at an instant.
    Standing(Timestamp),
    /// Running, so many milliseconds from the real time.
    Running(i64),
}

impl Default for TestClock {
    fn default() -> Self {
        Self(Arc::new(State { real: Env::system(), time: Mutex::new(Time::Standing(BEGINNING)) }))
    }
}

impl TestClock {
    /// A clock that shows the real time, for clients that sign with it.
    pub fn real() -> Self {
        let clock = Self::default();
        clock.follow_real_time();
        clock
    }

    /// The instant that it shows.
    pub fn now(&self) -> Timestamp {
        match *self.0.time.lock() {
            Time::Standing(at) => at,
            Time::Running(distance_ms) => Timestamp::from_millis(self.0.real.now().as_millis() + distance_ms),
        }
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let mut time = self.0.time.lock();
        *time = match *time {
            Time::Standing(at) => {
                Time::Standing(Timestamp::from_millis(at.as_millis().saturating_add(by_ms)))
            }
            Time::Running(distance_ms) => Time::Running(distance_ms.saturating_add(by_ms)),
        };
    }

    /// Stops it at an instant.
    pub fn set(&self, to: Timestamp) {
        *self.0.time.lock() = Time::Standing(to);
    }

    /// Lets it run with the real time.
    pub fn follow_real_time(&self) {
        *self.0.time.lock() = Time::Running(0);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        TestClock::now(self)
    }

    /// Servers of tests are for trying.
    fn movable(&self) -> Option<&dyn MovableClock> {
        Some(self)
    }
}

impl MovableClock for TestClock {
    fn ahead_s(&self) -> i64 {
        self.now().as_seconds() - self.0.real.now().as_seconds()
    }

    fn advance(&self, seconds: i64) {
        TestClock::advance(self, Duration::from_secs(u64::try_from(seconds).unwrap_or_default()));
    }
}

/// So many seconds.
pub const fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

/// So many minutes.
pub const fn minutes(number: u64) -> Duration {
    Duration::from_secs(number * 60)
}

/// So many hours.
pub const fn hours(number: u64) -> Duration {
    Duration::from_secs(number * 3_600)
}

/// So many days.
pub const fn days(number: u64) -> Duration {
    hours(24 * number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_until_it_is_moved() {
        let clock = TestClock::default();
        assert_eq!(clock.now().to_string(), "2026-12-01T08:00:00Z");
        clock.advance(minutes(61));
        assert_eq!(clock.clone().now().to_string(), "2026-12-01T09:01:00Z");
        clock.set(Timestamp::from_seconds(0));
        assert_eq!(clock.now(), Timestamp::from_seconds(0));
    }

    #[test]
    fn it_can_run_with_the_real_time_and_be_moved() {
        let clock = TestClock::real();
        let before = Env::system().now();
        assert!(clock.now() >= before);
        clock.advance(hours(1));
        assert!(clock.now() >= before.plus_seconds(3_600));
    }
}
