//! Where time and randomness come from: made once in `main`, replaced in tests.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::time::Timestamp;

/// Tells the time of day.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// The same clock, if whoever runs the server may move it: one of a server for trying.
    fn movable(&self) -> Option<&dyn MovableClock> {
        None
    }
}

/// A clock that can be moved on, and never back.
pub trait MovableClock: Send + Sync {
    /// How far it is ahead of the real time, in seconds.
    fn ahead_s(&self) -> i64;

    /// Moves it on.
    fn advance(&self, seconds: i64);
}

/// Gives bytes that nobody can guess.
pub trait Entropy: Send + Sync + fmt::Debug {
    /// Fills `bytes` with randomness.
    fn fill(&self, bytes: &mut [u8]);
}

/// The outside world as far as core may see it.
#[derive(Clone, Debug)]
pub struct Env {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Env {
    /// The machine's clock and its random number generator.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock::default()), Arc::new(SystemEntropy))
    }

    /// A world made of the given parts.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy }
    }

    /// The present instant. The dispatcher asks once per request, so that one request is one instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock, if it can be moved: then this is a server for trying.
    pub fn movable_clock(&self) -> Option<&dyn MovableClock> {
        self.clock.movable()
    }

    /// `N` random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// `length` random characters of `alphabet`, each equally likely.
    ///
    /// The alphabet must hold 2 to 256 characters.
    pub fn random_text(&self, alphabet: &[u8], length: usize) -> String {
        // Bytes past the last whole multiple are drawn again, or early characters would be likelier.
        let whole = 256 - 256 % alphabet.len().max(1);
        let mut text = String::with_capacity(length);
        while text.len() < length {
            for byte in self.random::<32>() {
                let byte = usize::from(byte);
                if byte < whole
                    && text.len() < length
                    && let Some(character) = alphabet.get(byte % alphabet.len())
                {
                    text.push(char::from(*character));
                }
            }
        }
        text
    }
}

/// Letters and digits.
pub const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Digits.
pub const DIGITS: &[u8] = b"0123456789";

/// How far the wall clock may jump against the clock that only runs, in milliseconds.
const LARGEST_JUMP_MS: i64 = 30_000;
/// How long a larger jump is disbelieved on a single node, in milliseconds.
const DISBELIEF_MS: i64 = 60_000;

/// The wall clock, guarded against jumps by the clock that has run since boot.
// SPEC: security, requests, R6.
#[derive(Debug)]
struct SystemClock {
    /// Wall clock minus running clock, as adopted last.
    offset_ms: AtomicI64,
    /// When, on the running clock, a jump was first seen; `NO_JUMP` if none is being watched.
    jumped_at_ms: AtomicI64,
    /// The latest time that was told: what has expired stays expired when the clock is put back a little.
    highest_ms: AtomicI64,
}

const NO_JUMP: i64 = i64::MIN;

impl Default for SystemClock {
    fn default() -> Self {
        Self::adopting(wall_ms() - running_ms())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = self.settle(wall_ms(), running_ms());
        Timestamp::from_millis(now.max(self.highest_ms.fetch_max(now, Ordering::Relaxed)))
    }
}

impl SystemClock {
    fn adopting(offset_ms: i64) -> Self {
        Self {
            offset_ms: AtomicI64::new(offset_ms),
            jumped_at_ms: AtomicI64::new(NO_JUMP),
            highest_ms: AtomicI64::new(i64::MIN),
        }
    }

    /// The time to go by when the wall clock says `wall` and the running clock `running`.
    fn settle(&self, wall: i64, running: i64) -> i64 {
        let adopted = self.offset_ms.load(Ordering::Relaxed);
        let offset = wall - running;
        let jumped_at = self.jumped_at_ms.load(Ordering::Relaxed);
        if (offset - adopted).abs() <= LARGEST_JUMP_MS {
            if jumped_at != NO_JUMP {
                self.jumped_at_ms.store(NO_JUMP, Ordering::Relaxed);
            }
            self.offset_ms.store(offset, Ordering::Relaxed);
            return wall;
        }
        if jumped_at == NO_JUMP {
            self.jumped_at_ms.store(running, Ordering::Relaxed);
        } else if running - jumped_at >= DISBELIEF_MS {
            self.jumped_at_ms.store(NO_JUMP, Ordering::Relaxed);
            self.offset_ms.store(offset, Ordering::Relaxed);
            return wall;
        }
        running + adopted
    }
}

fn wall_ms() -> i64 {
    to_ms(rustix::time::clock_gettime(rustix::time::ClockId::Realtime))
}

fn running_ms() -> i64 {
    to_ms(rustix::time::clock_gettime(rustix::time::ClockId::Boottime))
}

fn to_ms(time: rustix::time::Timespec) -> i64 {
    time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
}

#[derive(Debug)]
struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::disallowed_methods,
        clippy::expect_used,
        reason = "the one place that asks the system; without randomness nothing may go on"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_steps_are_followed_and_large_ones_disbelieved_for_a_minute() {
        let clock = SystemClock::adopting(1_000_000);
        assert_eq!(clock.settle(1_000_500, 400), 1_000_500, "a step of 100 ms");
        assert_eq!(clock.settle(4_600_000, 1_000), 1_001_100, "an hour ahead: not believed");
        assert_eq!(clock.settle(4_650_000, 51_000), 1_051_100, "nor after 50 s");
        assert_eq!(clock.settle(4_661_000, 61_000), 4_661_000, "but after a minute");
    }

    #[test]
    fn a_jump_that_is_taken_back_is_forgotten() {
        let clock = SystemClock::adopting(0);
        assert_eq!(clock.settle(3_600_000, 0), 0);
        assert_eq!(clock.settle(59_000, 59_000), 59_000);
        assert_eq!(clock.settle(3_661_000, 61_000), 61_000, "watched anew");
    }

    #[test]
    fn random_text_has_its_length_and_alphabet() {
        let text = Env::system().random_text(DIGITS, 100);
        assert_eq!(text.len(), 100);
        assert!(text.bytes().all(|byte| byte.is_ascii_digit()));
    }
}
