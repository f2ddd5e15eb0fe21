//! Nonces seen on this node: each is good once.
// SPEC: security, requests, R7.

#![expect(clippy::disallowed_types, reason = "look-ups only: no order reaches an answer")]

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hasher};

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use crate::model::StoredNonce;
use crate::time::Timestamp;

/// Keys are spread over this many parts, so that requests seldom wait for one another.
const PARTS: usize = 64;
/// What remembering one nonce takes, in bytes, with its share of the tables.
const BYTES_A_NONCE: usize = 96;

/// What is known of a nonce.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It is good; a change stores this.
    New(StoredNonce),
    /// It was used.
    Before,
    /// The memory is full, and this key has more than its share of it.
    TooMany,
}

/// The nonces that may not be used again.
#[derive(Debug)]
pub(crate) struct NonceMemory {
    parts: Vec<Mutex<Part>>,
    most_in_a_part: usize,
}

#[derive(Debug, Default)]
struct Part {
    /// By hash: the key that used it.
    seen: HashMap<[u8; 16], u64>,
    /// By the minute in which they may be forgotten.
    by_minute: BTreeMap<i64, Vec<[u8; 16]>>,
    /// How many each key has.
    by_key: HashMap<u64, usize>,
}

impl NonceMemory {
    /// A memory of at most about `bytes`.
    pub(crate) fn new(bytes: usize) -> Self {
        let parts = std::iter::repeat_with(Mutex::default).take(PARTS).collect();
        Self { parts, most_in_a_part: (bytes / BYTES_A_NONCE / PARTS).max(1) }
    }

    /// Takes note of a nonce of `access_key_id` and tells whether it is new.
    pub(crate) fn see(
        &self,
        access_key_id: &str,
        nonce: &str,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Seen {
        let nonce = StoredNonce { hash: hash(access_key_id, nonce), expires_at };
        let mut key = DefaultHasher::new();
        key.write(access_key_id.as_bytes());
        self.part(&nonce).lock().see(key.finish(), nonce, now, self.most_in_a_part)
    }

    /// Takes note of a nonce from before the start. Whose it was is not stored: it counts for nobody's share.
    pub(crate) fn remember(&self, nonce: StoredNonce) {
        self.part(&nonce).lock().insert(0, nonce);
    }

    /// The hash spreads every key's nonces over all parts, so that shares are the same in each.
    fn part(&self, nonce: &StoredNonce) -> &Mutex<Part> {
        let [first, ..] = nonce.hash;
        #[expect(clippy::indexing_slicing, reason = "the remainder is less than the number of parts")]
        &self.parts[usize::from(first) % PARTS]
    }
}

impl Part {
    fn see(&mut self, key: u64, nonce: StoredNonce, now: Timestamp, most: usize) -> Seen {
        self.forget(now);
        if self.seen.contains_key(&nonce.hash) {
            return Seen::Before;
        }
        if self.seen.len() >= most {
            let share = most / self.by_key.len().max(1);
            if self.by_key.get(&key).is_some_and(|used| *used >= share) {
                return Seen::TooMany;
            }
        }
        self.insert(key, nonce);
        Seen::New(nonce)
    }

    fn insert(&mut self, key: u64, nonce: StoredNonce) {
        if self.seen.insert(nonce.hash, key).is_none() {
            self.by_minute.entry(minute(nonce.expires_at) + 1).or_default().push(nonce.hash);
            *self.by_key.entry(key).or_default() += 1;
        }
    }

    fn forget(&mut self, now: Timestamp) {
        while let Some(first) = self.by_minute.first_entry().filter(|entry| *entry.key() < minute(now)) {
            for hash in first.remove() {
                let Some(key) = self.seen.remove(&hash) else { continue };
                if let Some(used) = self.by_key.get_mut(&key) {
                    *used -= 1;
                    if *used == 0 {
                        self.by_key.remove(&key);
                    }
                }
            }
        }
    }
}

fn minute(at: Timestamp) -> i64 {
    at.as_seconds().div_euclid(60)
}

fn hash(access_key_id: &str, nonce: &str) -> [u8; 16] {
    let mut hasher = Sha256::new();
    hasher.update(access_key_id.as_bytes());
    hasher.update([0]);
    hasher.update(nonce.as_bytes());
    let mut short = [0; 16];
    short.iter_mut().zip(hasher.finalize()).for_each(|(to, from)| *to = from);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
    const LATER: Timestamp = NOW.plus_seconds(900);

    #[test]
    fn a_nonce_is_good_once_for_each_key() {
        let memory = NonceMemory::new(1 << 20);
        assert!(matches!(memory.see("a", "1", LATER, NOW), Seen::New(_)));
        assert_eq!(memory.see("a", "1", LATER, NOW), Seen::Before);
        assert_eq!(memory.see("a", "1", LATER.plus_seconds(5), NOW), Seen::Before, "signed anew");
        assert!(matches!(memory.see("b", "1", LATER, NOW), Seen::New(_)));
    }

    #[test]
    fn a_nonce_is_forgotten_only_when_its_request_is_too_old_to_be_accepted() {
        let memory = NonceMemory::new(1 << 20);
        memory.see("a", "1", LATER, NOW);
        assert_eq!(memory.see("a", "1", LATER, LATER), Seen::Before);
        assert!(matches!(memory.see("a", "1", LATER, LATER.plus_seconds(120)), Seen::New(_)));
    }

    #[test]
    fn only_a_key_over_its_share_of_a_full_memory_is_throttled() {
        let mut part = Part::default();
        let mut see =
            |key: u64, n: u8| part.see(key, StoredNonce { hash: [n; 16], expires_at: LATER }, NOW, 8);
        let greedy = (0..100).map(|n| see(1, n)).collect::<Vec<_>>();
        assert_eq!(greedy.iter().filter(|seen| matches!(seen, Seen::New(_))).count(), 8);
        assert!((100..=200).all(|n| matches!(see(u64::from(n), n), Seen::New(_))));
        assert_eq!(see(1, 201), Seen::TooMany);
    }

    #[test]
    fn what_was_stored_before_the_start_is_refused() {
        let Seen::New(stored) = NonceMemory::new(1 << 20).see("a", "1", LATER, NOW) else { panic!("new") };
        let memory = NonceMemory::new(1 << 20);
        memory.remember(stored);
        assert_eq!(memory.see("a", "1", LATER, NOW), Seen::Before);
    }
}
