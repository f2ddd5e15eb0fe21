//! What transactions see of each other, and when a change is durable.

use super::{Subject, abcd, abcd_pairs, block_on, change, commit, get, increment, pair, put, scan};
use crate::StoreError;

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
