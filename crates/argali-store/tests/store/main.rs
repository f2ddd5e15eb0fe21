//! The store from outside: every engine, on good days and bad ones.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod damage;
mod engines;
mod faults;
mod kill;

use std::path::Path;

use argali_store::{EmbeddedOptions, Store, StoreError, Transaction};

/// An empty folder on a real disk, removed when dropped.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// Gathers so little that segments and tables are made all the time.
fn little_room() -> EmbeddedOptions {
    EmbeddedOptions { gather_bytes: 2048, cache_bytes: 0, ..EmbeddedOptions::default() }
}

/// Gathers everything, in a log that is quick to copy.
fn one_segment() -> EmbeddedOptions {
    EmbeddedOptions { gather_bytes: 64 << 10, cache_bytes: 0, ..EmbeddedOptions::default() }
}

fn open(dir: &Path, options: &EmbeddedOptions) -> Store {
    Store::embedded(dir, options).unwrap()
}

/// Makes a change and waits until it is durable.
fn change(store: &Store, body: impl Fn(&mut dyn Transaction)) -> Result<(), StoreError> {
    let changed = store.transact(|transaction| {
        body(transaction);
        Ok::<_, StoreError>(())
    });
    changed?.1.wait()
}

fn get(store: &Store, key: &[u8]) -> Option<Vec<u8>> {
    store.read().unwrap().get(key).unwrap()
}

/// Numbers that look random and follow from a seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn index(&mut self, end: u64) -> usize {
        usize::try_from(self.below(end)).unwrap()
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) % end
    }
}
