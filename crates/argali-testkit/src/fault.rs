//! A bug on demand: randomness that panics where an operation draws a secret or an identifier.

use std::sync::atomic::{AtomicBool, Ordering};

use argali_core::env::Entropy;

use crate::entropy::SeededEntropy;

/// How many bytes are drawn at once for texts of random characters, such as secrets.
const DRAWN_FOR_TEXT: usize = 32;

/// Seeded randomness that can be set to panic, once, in the middle of the next operation that makes an AccessKey.
///
/// The number of a request is drawn in another size, so that the panic hits the operation and not the listener.
#[derive(Debug)]
pub struct PanickingEntropy {
    inner: SeededEntropy,
    armed: AtomicBool,
}

impl PanickingEntropy {
    /// The sequence of `seed`, without a panic until [`Self::arm`].
    pub const fn new(seed: u64) -> Self {
        Self { inner: SeededEntropy::new(seed), armed: AtomicBool::new(false) }
    }

    /// Makes the next draw of a text panic.
    pub fn arm(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }
}

impl Entropy for PanickingEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if bytes.len() == DRAWN_FOR_TEXT && self.armed.swap(false, Ordering::SeqCst) {
            panic!("a bug that a test asked for");
        }
        self.inner.fill(bytes);
    }
}
