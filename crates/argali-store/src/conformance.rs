//! What every engine has to do, as tests that run on any of them.
//!
//! ```
//! mod memory {
//!     argali_store::conformance!(
//!         || argali_store::conformance::Subject::new(argali_store::Store::memory),
//!         skip { reopening_keeps_what_was_durable: "memory is gone when the process is" },
//!     );
//! }
//! ```
//!
//! Each case is a `#[test]` of its own name. An engine opts out of one by name, with the reason.

#![expect(clippy::missing_panics_doc, reason = "a case panics when the engine does not conform")]
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};

use crate::{MAX_KEY_BYTES, MAX_VALUE_BYTES, Pair, Store, StoreError, Transaction};

/// Makes a `#[test]` of every case. The first argument is a closure that returns a [`Subject`].
#[macro_export]
macro_rules! conformance {
    ($make:expr $(, skip { $($name:ident: $reason:literal),+ $(,)? })? $(,)?) => {
        const SKIPPED: &[(&str, &str)] = &[$($((stringify!($name), $reason)),+)?];

        #[test]
        fn skips_name_cases() {
            $crate::conformance::check_skips(SKIPPED);
        }

        $crate::conformance_cases!(@tests ($make));
    };
}

/// The list of the cases, and what is made of it.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_cases {
    (@tests ($make:expr)) => {
        $crate::conformance_cases!(@each test ($make));
    };
    (@each $what:ident $argument:tt) => {
        $crate::conformance_cases! { @$what $argument
            what_was_never_put_is_absent
            what_was_put_is_read
            putting_again_replaces
            what_was_deleted_is_absent
            deleting_what_is_absent_is_fine
            an_empty_value_is_a_value
            keys_are_any_bytes_in_byte_order
            the_longest_key_and_value_are_kept
            an_empty_or_too_long_key_is_refused
            a_too_long_value_is_refused
            a_refused_change_changes_nothing
            a_range_is_half_open
            an_empty_or_inverted_range_holds_nothing
            a_page_has_at_most_its_limit
            pages_join_without_gap
            a_transaction_reads_its_own_changes
            a_transaction_scans_its_own_changes
            a_dropped_transaction_leaves_no_trace
            a_failed_body_leaves_no_trace
            a_reader_keeps_its_state
            a_reader_keeps_its_state_through_deletions
            a_reader_does_not_wait_for_the_writer
            a_reader_cannot_change_anything
            a_reader_without_changes_commits
            a_writer_sees_what_was_accepted_before
            a_writer_scans_what_was_accepted_before
            what_is_durable_is_read
            a_reader_sees_a_transaction_whole_or_not_at_all
            an_empty_transaction_is_durable_after_what_it_saw
            a_promise_is_a_future
            a_dropped_promise_drops_no_change
            concurrent_increments_lose_nothing
            reopening_keeps_what_was_durable
            it_behaves_like_an_ordered_map
        }
    };
    (@test ($make:expr) $($case:ident)+) => {
        $(
            #[test]
            fn $case() {
                let skipped = SKIPPED.iter().any(|(name, _)| *name == stringify!($case));
                if !skipped {
                    $crate::conformance::$case(&($make)());
                }
            }
        )+
    };
    (@names () $($case:ident)+) => { &[$(stringify!($case)),+] };
}

const CASES: &[&str] = conformance_cases!(@each names ());

/// What a case runs on.
#[expect(missing_debug_implementations, reason = "it holds a closure")]
pub struct Subject {
    open: Box<dyn Fn() -> Store>,
}

impl Subject {
    /// `open` opens the engine; called again, it opens it on the same data, if it keeps any.
    pub fn new(open: impl Fn() -> Store + 'static) -> Subject {
        Subject { open: Box::new(open) }
    }

    fn open(&self) -> Store {
        (self.open)()
    }
}

/// Every skipped case exists and has a reason.
pub fn check_skips(skipped: &[(&str, &str)]) {
    for (name, reason) in skipped {
        assert!(CASES.contains(name), "`{name}` is not a case");
        assert!(!reason.is_empty(), "`{name}` is skipped without a reason");
    }
}

/// Nothing is invented.
pub fn what_was_never_put_is_absent(subject: &Subject) {
    let store = subject.open();
    assert_eq!(get(&store, b"a"), None);
    assert_eq!(scan(&store, b"a", b"z", 10), []);
}

/// A value comes back as it was.
pub fn what_was_put_is_read(subject: &Subject) {
    let store = subject.open();
    put(&store, &[(b"a", b"1"), (b"b", b"2")]);
    assert_eq!(get(&store, b"a").unwrap(), b"1");
    assert_eq!(get(&store, b"b").unwrap(), b"2");
    assert_eq!(get(&store, b"ab"), None);
}

/// The last value counts, within a transaction and across them.
pub fn putting_again_replaces(subject: &Subject) {
    let store = subject.open();
    put(&store, &[(b"a", b"1"), (b"a", b"2")]);
    assert_eq!(get(&store, b"a").unwrap(), b"2");
    put(&store, &[(b"a", b"3")]);
    assert_eq!(get(&store, b"a").unwrap(), b"3");
}

/// A deleted key is gone, and may come back.
pub fn what_was_deleted_is_absent(subject: &Subject) {
    let store = subject.open();
    put(&store, &[(b"a", b"1"), (b"b", b"2")]);
    change(&store, |transaction| transaction.delete(b"a"));
    assert_eq!(get(&store, b"a"), None);
    assert_eq!(scan(&store, b"a", b"z", 10), [pair(b"b", b"2")]);
    put(&store, &[(b"a", b"3")]);
    assert_eq!(get(&store, b"a").unwrap(), b"3");
}

/// There is no difference between absent and deleted.
pub fn deleting_what_is_absent_is_fine(subject: &Subject) {
    let store = subject.open();
    change(&store, |transaction| transaction.delete(b"a"));
    assert_eq!(scan(&store, b"\0", b"\xff", 10), []);
}

/// Empty is not absent.
pub fn an_empty_value_is_a_value(subject: &Subject) {
    let store = subject.open();
    put(&store, &[(b"a", b"")]);
    assert_eq!(get(&store, b"a").unwrap(), b"");
    assert_eq!(scan(&store, b"a", b"b", 10), [pair(b"a", b"")]);
}

/// Order is that of unsigned bytes, a prefix first.
pub fn keys_are_any_bytes_in_byte_order(subject: &Subject) {
    let store = subject.open();
    let keys: [&[u8]; 8] = [b"\0", b"\0\0", b"\0\xff", b"\x7f", b"\x80", b"\xfe\xff", b"\xff", b"\xff\xff"];
    for key in keys.iter().rev() {
        put(&store, &[(key, key)]);
    }
    let found = scan(&store, b"", b"\xff\xff\xff", 100);
    assert_eq!(found, keys.map(|key| pair(key, key)));
}

/// The limits are inclusive.
pub fn the_longest_key_and_value_are_kept(subject: &Subject) {
    let store = subject.open();
    let (key, value) = (vec![7; MAX_KEY_BYTES], vec![8; MAX_VALUE_BYTES]);
    put(&store, &[(&key, &value)]);
    assert_eq!(get(&store, &key).unwrap(), value);
}

/// Beyond the limits, commit says so.
pub fn an_empty_or_too_long_key_is_refused(subject: &Subject) {
    let store = subject.open();
    for bytes in [0, MAX_KEY_BYTES + 1] {
        let refused = commit(&store, |transaction| transaction.put(&vec![7; bytes], b"1"));
        assert!(matches!(refused, Err(StoreError::KeyLength(length)) if length == bytes), "{refused:?}");
        let refused = commit(&store, |transaction| transaction.delete(&vec![7; bytes]));
        assert!(matches!(refused, Err(StoreError::KeyLength(length)) if length == bytes), "{refused:?}");
    }
}

/// Beyond the limits, commit says so.
pub fn a_too_long_value_is_refused(subject: &Subject) {
    let store = subject.open();
    let refused = commit(&store, |transaction| transaction.put(b"a", &vec![7; MAX_VALUE_BYTES + 1]));
    assert!(matches!(refused, Err(StoreError::ValueLength(_))), "{refused:?}");
}

/// All or nothing.
pub fn a_refused_change_changes_nothing(subject: &Subject) {
    let store = subject.open();
    let refused = commit(&store, |transaction| {
        transaction.put(b"a", b"1");
        transaction.put(b"", b"2");
        transaction.put(b"c", b"3");
    });
    assert!(refused.is_err());
    assert_eq!(scan(&store, b"\0", b"\xff", 10), []);
}

/// The start belongs to a range and the end does not.
pub fn a_range_is_half_open(subject: &Subject) {
    let store = abcd(subject);
    assert_eq!(scan(&store, b"b", b"d", 10), [pair(b"b", b"2"), pair(b"c", b"3")]);
    assert_eq!(scan(&store, b"bb", b"cc", 10), [pair(b"c", b"3")]);
    assert_eq!(scan(&store, b"b", b"b\0", 10), [pair(b"b", b"2")]);
}

/// And nothing panics.
pub fn an_empty_or_inverted_range_holds_nothing(subject: &Subject) {
    let store = abcd(subject);
    assert_eq!(scan(&store, b"b", b"b", 10), []);
    assert_eq!(scan(&store, b"d", b"a", 10), []);
    change(&store, |transaction| {
        transaction.put(b"b", b"9");
        assert_eq!(transaction.scan(b"d", b"a", 10).unwrap(), []);
        assert_eq!(transaction.scan(b"b", b"b", 10).unwrap(), []);
    });
}

/// Zero is a limit too.
pub fn a_page_has_at_most_its_limit(subject: &Subject) {
    let store = abcd(subject);
    for limit in 0..6 {
        assert_eq!(scan(&store, b"a", b"z", limit).len(), limit.min(4));
    }
    assert_eq!(scan(&store, b"a", b"z", 1), [pair(b"a", b"1")]);
    assert_eq!(scan(&store, b"a", b"z", usize::MAX).len(), 4);
}

/// As long as the next page starts after the last key.
pub fn pages_join_without_gap(subject: &Subject) {
    let store = subject.open();
    let keys: Vec<_> = (0..100_u32).map(|number| number.to_be_bytes()).collect();
    change(&store, |transaction| keys.iter().for_each(|key| transaction.put(key, key)));
    let (mut start, mut found) = (vec![], vec![]);
    loop {
        let page = scan(&store, &start, b"\xff", 7);
        found.extend(page.iter().map(|(key, _)| key.clone()));
        let Some((last, _)) = page.last().filter(|_| page.len() == 7) else { break };
        start = [last.as_slice(), b"\0"].concat();
    }
    assert_eq!(found, keys);
}

/// Before anybody else does.
pub fn a_transaction_reads_its_own_changes(subject: &Subject) {
    let store = abcd(subject);
    change(&store, |transaction| {
        transaction.put(b"a", b"9");
        transaction.delete(b"b");
        transaction.put(b"e", b"5");
        assert_eq!(transaction.get(b"a").unwrap().unwrap(), b"9");
        assert_eq!(transaction.get(b"b").unwrap(), None);
        assert_eq!(transaction.get(b"c").unwrap().unwrap(), b"3");
        assert_eq!(transaction.get(b"e").unwrap().unwrap(), b"5");
        assert_eq!(get(&store, b"a").unwrap(), b"1");
        transaction.delete(b"a");
        transaction.put(b"b", b"8");
        assert_eq!(transaction.get(b"a").unwrap(), None);
        assert_eq!(transaction.get(b"b").unwrap().unwrap(), b"8");
    });
}

/// Merged into what was there, within the limit.
pub fn a_transaction_scans_its_own_changes(subject: &Subject) {
    let store = abcd(subject);
    change(&store, |transaction| {
        transaction.delete(b"a");
        transaction.put(b"b", b"9");
        transaction.put(b"bb", b"new");
        transaction.put(b"e", b"5");
        let whole =
            [pair(b"b", b"9"), pair(b"bb", b"new"), pair(b"c", b"3"), pair(b"d", b"4"), pair(b"e", b"5")];
        for limit in 0..7 {
            let page = transaction.scan(b"a", b"z", limit).unwrap();
            assert_eq!(page, whole[..limit.min(whole.len())]);
        }
        assert_eq!(transaction.scan(b"a", b"b", 10).unwrap(), []);
    });
}

/// Dropping is rolling back.
pub fn a_dropped_transaction_leaves_no_trace(subject: &Subject) {
    let store = abcd(subject);
    let mut transaction = store.write().unwrap();
    transaction.put(b"a", b"9");
    transaction.delete(b"b");
    drop(transaction);
    assert_eq!(scan(&store, b"a", b"c", 10), [pair(b"a", b"1"), pair(b"b", b"2")]);
    change(&store, |transaction| assert_eq!(transaction.get(b"a").unwrap().unwrap(), b"1"));
}

/// And the error comes through.
pub fn a_failed_body_leaves_no_trace(subject: &Subject) {
    let store = abcd(subject);
    let refused = store.transact(|transaction| {
        transaction.put(b"a", b"9");
        Err::<(), StoreError>(StoreError::ReadOnly)
    });
    assert!(matches!(refused, Err(StoreError::ReadOnly)));
    assert_eq!(get(&store, b"a").unwrap(), b"1");
}

/// Whatever others change.
pub fn a_reader_keeps_its_state(subject: &Subject) {
    let store = abcd(subject);
    let reader = store.read().unwrap();
    for number in 0..20_u8 {
        put(&store, &[(b"a", &[number]), (&[b'm', number], b"")]);
        assert_eq!(reader.get(b"a").unwrap().unwrap(), b"1");
        assert_eq!(reader.scan(b"a", b"z", 10).unwrap().len(), 4);
    }
    assert_eq!(get(&store, b"a").unwrap(), [19]);
}

/// Deleted and put again, several times.
pub fn a_reader_keeps_its_state_through_deletions(subject: &Subject) {
    let store = abcd(subject);
    let reader = store.read().unwrap();
    change(&store, |transaction| transaction.delete(b"a"));
    let later = store.read().unwrap();
    put(&store, &[(b"a", b"7")]);
    change(&store, |transaction| transaction.delete(b"b"));
    assert_eq!(reader.scan(b"a", b"c", 10).unwrap(), [pair(b"a", b"1"), pair(b"b", b"2")]);
    assert_eq!(later.scan(b"a", b"c", 10).unwrap(), [pair(b"b", b"2")]);
    assert_eq!(scan(&store, b"a", b"c", 10), [pair(b"a", b"7")]);
    drop(reader);
    change(&store, |transaction| transaction.delete(b"c"));
    assert_eq!(later.get(b"c").unwrap().unwrap(), b"3");
}

/// Even in the writer's own thread.
pub fn a_reader_does_not_wait_for_the_writer(subject: &Subject) {
    let store = abcd(subject);
    let mut writer = store.write().unwrap();
    writer.put(b"a", b"9");
    assert_eq!(get(&store, b"a").unwrap(), b"1");
    drop(writer);
}

/// Commit says so.
pub fn a_reader_cannot_change_anything(subject: &Subject) {
    let store = abcd(subject);
    let mut putting = store.read().unwrap();
    putting.put(b"a", b"9");
    assert!(matches!(putting.commit(), Err(StoreError::ReadOnly)));
    let mut deleting = store.read().unwrap();
    deleting.delete(b"a");
    assert!(matches!(deleting.commit(), Err(StoreError::ReadOnly)));
    assert_eq!(get(&store, b"a").unwrap(), b"1");
}

/// It has nothing to wait for.
pub fn a_reader_without_changes_commits(subject: &Subject) {
    let store = abcd(subject);
    let reader = store.read().unwrap();
    assert_eq!(reader.get(b"a").unwrap().unwrap(), b"1");
    reader.commit().unwrap().wait().unwrap();
}

/// Durable or not.
pub fn a_writer_sees_what_was_accepted_before(subject: &Subject) {
    let store = subject.open();
    let mut promises = vec![];
    for number in 0..50_u8 {
        let ((), durable) = store
            .transact::<_, StoreError>(|transaction| {
                let before = transaction.get(b"last")?;
                assert_eq!(before, number.checked_sub(1).map(|last| vec![last]));
                transaction.put(b"last", &[number]);
                Ok(())
            })
            .unwrap();
        promises.push(durable);
    }
    for durable in promises {
        durable.wait().unwrap();
    }
    assert_eq!(get(&store, b"last").unwrap(), [49]);
}

/// Durable or not, deletions included.
pub fn a_writer_scans_what_was_accepted_before(subject: &Subject) {
    let store = abcd(subject);
    let mut last = None;
    for number in 0..50_u8 {
        let ((), durable) = store
            .transact::<_, StoreError>(|transaction| {
                let found = transaction.scan(b"a", b"z", 100)?;
                let expected = if number == 0 { abcd_pairs() } else { vec![pair(b"m", &[number - 1])] };
                assert_eq!(found, expected);
                found.iter().for_each(|(key, _)| transaction.delete(key));
                transaction.put(b"m", &[number]);
                Ok(())
            })
            .unwrap();
        last = Some(durable);
    }
    last.unwrap().wait().unwrap();
    assert_eq!(scan(&store, b"a", b"z", 100), [pair(b"m", &[49])]);
}

/// By whoever begins afterwards.
pub fn what_is_durable_is_read(subject: &Subject) {
    let store = subject.open();
    for number in 0..20_u8 {
        put(&store, &[(b"a", &[number])]);
        assert_eq!(get(&store, b"a").unwrap(), [number]);
    }
}

/// At every moment.
pub fn a_reader_sees_a_transaction_whole_or_not_at_all(subject: &Subject) {
    let store = subject.open();
    put(&store, &[(b"a", b"\0"), (b"m", b"\0"), (b"z", b"\0")]);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in 1..=100_u8 {
                put(&store, &[(b"a", &[number]), (b"m", &[number]), (b"z", &[number])]);
            }
        });
        while !writer.is_finished() {
            let reader = store.read().unwrap();
            let first = reader.get(b"a").unwrap();
            assert_eq!(reader.get(b"z").unwrap(), first);
            assert!(
                reader.scan(b"a", b"zz", 10).unwrap().iter().all(|(_, value)| Some(value) == first.as_ref())
            );
        }
    });
}

/// Or its answer could be forgotten.
pub fn an_empty_transaction_is_durable_after_what_it_saw(subject: &Subject) {
    let store = subject.open();
    for number in 0..20_u8 {
        let _unwaited = commit(&store, |transaction| transaction.put(b"a", &[number])).unwrap();
        let looked = commit(&store, |transaction| {
            assert_eq!(transaction.get(b"a").unwrap().unwrap(), [number]);
        });
        looked.unwrap().wait().unwrap();
        assert_eq!(get(&store, b"a").unwrap(), [number]);
    }
}

/// It wakes whoever polled it last.
pub fn a_promise_is_a_future(subject: &Subject) {
    let store = subject.open();
    for number in 0..20_u8 {
        let durable = commit(&store, |transaction| transaction.put(b"a", &[number])).unwrap();
        block_on(durable).unwrap();
        assert_eq!(get(&store, b"a").unwrap(), [number]);
    }
}

/// The change was accepted.
pub fn a_dropped_promise_drops_no_change(subject: &Subject) {
    let store = subject.open();
    drop(commit(&store, |transaction| transaction.put(b"a", b"1")).unwrap());
    put(&store, &[(b"b", b"2")]);
    assert_eq!(get(&store, b"a").unwrap(), b"1");
}

/// Each runs on what the one before it left.
pub fn concurrent_increments_lose_nothing(subject: &Subject) {
    let store = subject.open();
    let (threads, times) = (8, 50);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..times).for_each(|_| increment(&store)));
        }
    });
    assert_eq!(get(&store, b"count").unwrap(), u32::to_be_bytes(threads * times));
}

/// And deletions stay deleted.
pub fn reopening_keeps_what_was_durable(subject: &Subject) {
    for round in 0..4_u8 {
        let store = subject.open();
        let expected = round.checked_sub(1).map(|last| vec![last]);
        assert_eq!(get(&store, b"round"), expected);
        assert_eq!(get(&store, b"deleted"), None);
        put(&store, &[(b"round", &[round]), (b"deleted", b"1")]);
        change(&store, |transaction| transaction.delete(b"deleted"));
    }
}

/// Whatever is done to it, in any order. A seed that fails is named.
pub fn it_behaves_like_an_ordered_map(subject: &Subject) {
    for seed in 0..20 {
        let store = subject.open();
        change(&store, |transaction| {
            let all = transaction.scan(b"\0", &[0xff; 5], usize::MAX).unwrap();
            all.iter().for_each(|(key, _)| transaction.delete(key));
        });
        let mut dice = Dice(seed);
        let mut map = BTreeMap::new();
        for step in 0..60 {
            random_transaction(&store, &mut map, &mut dice)
                .unwrap_or_else(|difference| panic!("seed {seed}, step {step}: {difference}"));
        }
    }
}

fn random_transaction(
    store: &Store,
    map: &mut BTreeMap<Vec<u8>, Vec<u8>>,
    dice: &mut Dice,
) -> Result<(), String> {
    let mut draft = map.clone();
    let mut transaction = store.write().unwrap();
    for _ in 0..dice.below(8) {
        let key = dice.key();
        match dice.below(4) {
            0 => {
                transaction.delete(&key);
                draft.remove(&key);
            }
            1 => same("get", &transaction.get(&key).unwrap(), &draft.get(&key).cloned())?,
            2 => {
                let (end, limit) = (dice.key(), dice.below(6));
                let found = transaction.scan(&key, &end, limit).unwrap();
                same("scan", &found, &page_of(&draft, &key, &end, limit))?;
            }
            _ => {
                let value = vec![dice.byte(); dice.below(40)];
                transaction.put(&key, &value);
                draft.insert(key, value);
            }
        }
    }
    match dice.below(4) {
        0 => drop(transaction),
        1 => {
            drop(transaction.commit().unwrap());
            *map = draft;
        }
        _ => {
            transaction.commit().unwrap().wait().unwrap();
            *map = draft;
            let reader = store.read().unwrap();
            let all = reader.scan(b"\0", &[0xff; 5], usize::MAX).unwrap();
            same("the whole", &all, &page_of(map, b"\0", &[0xff; 5], usize::MAX))?;
        }
    }
    Ok(())
}

fn page_of(map: &BTreeMap<Vec<u8>, Vec<u8>>, start: &[u8], end: &[u8], limit: usize) -> Vec<Pair> {
    if start >= end {
        return vec![];
    }
    let range = map.range::<[u8], _>((Bound::Included(start), Bound::Excluded(end)));
    range.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?} instead of {expected:?}")) }
}

/// Numbers that look random and follow from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    #[expect(clippy::cast_possible_truncation, reason = "the result is below `end`")]
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    /// Few and alike, so that they meet.
    fn key(&mut self) -> Vec<u8> {
        (0..=self.below(3)).map(|_| [0, b'a', b'b', 0xff][self.below(4)]).collect()
    }
}

fn abcd(subject: &Subject) -> Store {
    let store = subject.open();
    put(&store, &[(b"a", b"1"), (b"b", b"2"), (b"c", b"3"), (b"d", b"4")]);
    store
}

fn abcd_pairs() -> Vec<Pair> {
    vec![pair(b"a", b"1"), pair(b"b", b"2"), pair(b"c", b"3"), pair(b"d", b"4")]
}

fn pair(key: &[u8], value: &[u8]) -> Pair {
    (key.to_vec(), value.to_vec())
}

fn get(store: &Store, key: &[u8]) -> Option<Vec<u8>> {
    store.read().unwrap().get(key).unwrap()
}

fn scan(store: &Store, start: &[u8], end: &[u8], limit: usize) -> Vec<Pair> {
    store.read().unwrap().scan(start, end, limit).unwrap()
}

fn put(store: &Store, pairs: &[(&[u8], &[u8])]) {
    change(store, |transaction| pairs.iter().for_each(|(key, value)| transaction.put(key, value)));
}

fn change(store: &Store, body: impl Fn(&mut dyn Transaction)) {
    commit(store, body).unwrap().wait().unwrap();
}

fn commit(store: &Store, body: impl Fn(&mut dyn Transaction)) -> Result<crate::Durable, StoreError> {
    let changed = store.transact(|transaction| {
        body(transaction);
        Ok::<_, StoreError>(())
    });
    changed.map(|((), durable)| durable)
}

fn increment(store: &Store) {
    let ((), durable) = store
        .transact::<_, StoreError>(|transaction| {
            let count = transaction.get(b"count")?;
            let count = count.map_or(0, |bytes| u32::from_be_bytes(bytes.try_into().unwrap()));
            transaction.put(b"count", &(count + 1).to_be_bytes());
            Ok(())
        })
        .unwrap();
    durable.wait().unwrap();
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return outcome;
        }
        std::thread::park();
    }
}
