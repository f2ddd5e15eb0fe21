//! Randomness that a seed reproduces. Never for anything but tests.

use argali_core::env::{Entropy, Env};
use parking_lot::Mutex;

/// The variable that brings a seed back.
const VARIABLE: &str = "ARGALI_TEST_SEED";

/// SplitMix64: small, and every seed gives another sequence.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<u64>);

impl SeededEntropy {
    /// The sequence of `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    /// The seed of this run: from `ARGALI_TEST_SEED`, or another each time.
    pub fn seed_of_this_run() -> u64 {
        let given = std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok());
        given.unwrap_or_else(|| u64::from_le_bytes(Env::system().random()))
    }

    fn next(&self) -> u64 {
        let mut state = self.0.lock();
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.next().to_le_bytes();
            for (to, from) in chunk.iter_mut().zip(next) {
                *to = from;
            }
        }
    }
}

/// Prints the seed if the test that holds it fails.
#[derive(Debug)]
pub(crate) struct PrintedOnFailure(pub(crate) u64);

impl Drop for PrintedOnFailure {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the server's seed was {}: run again with {VARIABLE}={}", self.0, self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_sequence() {
        let draw = |seed| {
            let mut bytes = [0; 21];
            SeededEntropy::new(seed).fill(&mut bytes);
            bytes
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_ne!(draw(7), [0; 21]);
    }
}
