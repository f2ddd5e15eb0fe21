//! Keys, values and ranges.

use super::{Subject, abcd, change, commit, get, pair, put, scan};
use crate::{MAX_KEY_BYTES, MAX_VALUE_BYTES, StoreError};

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
