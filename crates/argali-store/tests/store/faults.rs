//! What is promised when the disk does not do its part.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use argali_store::{Durable, Engine, Fault, Faults, Faulty, Flushing, Mode, StoreError};

use crate::{Dice, folder, little_room, one_segment};

#[test]
fn a_full_disk_breaks_the_promise_and_nothing_else() {
    for flushing in [Flushing::Caller, Flushing::Thread] {
        let faults = Faults::new();
        let engine = Faulty::memory(flushing, faults.clone()).unwrap();
        put(&engine, b"a", b"1").wait().unwrap();
        faults.plan(Some(Fault::DiskFull));
        let broken = put(&engine, b"a", b"2").wait();
        assert!(matches!(broken, Err(StoreError::Full(_))), "{broken:?}");
        assert_eq!(get(&engine, b"a").unwrap(), b"1");
        assert!(engine.failure().is_none());
        put(&engine, b"b", b"3").wait().unwrap();
        assert_eq!(get(&engine, b"a").unwrap(), b"1");
        assert_eq!(get(&engine, b"b").unwrap(), b"3");
    }
}

#[test]
fn a_failed_flush_ends_all_changes_and_no_reads() {
    for fault in [Fault::FlushFailsKept, Fault::FlushFailsLost] {
        for flushing in [Flushing::Caller, Flushing::Thread] {
            let faults = Faults::new();
            let engine = Faulty::memory(flushing, faults.clone()).unwrap();
            put(&engine, b"a", b"1").wait().unwrap();
            faults.plan(Some(fault));
            let broken = put(&engine, b"a", b"2").wait();
            assert!(matches!(broken, Err(StoreError::Io { .. })), "{broken:?}");
            assert!(matches!(engine.failure(), Some(StoreError::Io { .. })));
            for _ in 0..3 {
                let refused = engine.begin(Mode::Write).map(drop);
                assert!(matches!(refused, Err(StoreError::Failed(_))), "{refused:?}");
            }
            assert_eq!(get(&engine, b"a").unwrap(), b"1", "what was not flushed is not seen");
        }
    }
}

#[test]
fn after_a_failed_flush_the_disk_decides() {
    for (fault, expected) in [(Fault::FlushFailsKept, b"2"), (Fault::FlushFailsLost, b"1")] {
        let dir = folder();
        let faults = Faults::new();
        for engine in [
            Faulty::memory(Flushing::Thread, faults.clone()).unwrap(),
            Faulty::embedded(dir.path(), &one_segment(), faults.clone()).unwrap(),
        ] {
            put(&engine, b"a", b"1").wait().unwrap();
            faults.plan(Some(fault));
            put(&engine, b"a", b"2").wait().unwrap_err();
            let engine = engine.crash().unwrap();
            assert_eq!(get(&engine, b"a").unwrap(), expected);
            put(&engine, b"a", b"3").wait().unwrap();
        }
    }
}

#[test]
fn until_the_flush_writers_see_a_change_and_readers_do_not() {
    let faults = Faults::new();
    let engine = Faulty::memory(Flushing::Thread, faults.clone()).unwrap();
    put(&engine, b"a", b"1").wait().unwrap();
    faults.hold();
    let mut in_flight = pin!(put(&engine, b"a", b"2"));
    faults.wait_until_held();
    let mut gathering = pin!(put(&engine, b"b", b"3"));
    let mut observing = pin!(engine.begin(Mode::Write).unwrap().commit().unwrap());

    let writer = engine.begin(Mode::Write).unwrap();
    assert_eq!(writer.get(b"a").unwrap().unwrap(), b"2");
    assert_eq!(writer.get(b"b").unwrap().unwrap(), b"3");
    assert_eq!(writer.scan(b"a", b"c", 9).unwrap().len(), 2);
    drop(writer);
    let reader = engine.begin(Mode::Read).unwrap();
    assert_eq!(reader.scan(b"a", b"c", 9).unwrap(), [(b"a".to_vec(), b"1".to_vec())]);
    let mut cx = Context::from_waker(Waker::noop());
    for promise in [&mut in_flight, &mut gathering, &mut observing] {
        assert!(promise.as_mut().poll(&mut cx).is_pending());
    }

    faults.release();
    observing.get_mut_wait();
    for promise in [&mut in_flight, &mut gathering] {
        assert!(matches!(promise.as_mut().poll(&mut cx), Poll::Ready(Ok(()))));
    }
    assert_eq!(get(&engine, b"a").unwrap(), b"2");
    assert_eq!(reader.get(b"b").unwrap(), None, "it keeps its state");
}

#[test]
fn what_was_built_on_a_lost_change_is_lost_with_it() {
    let faults = Faults::new();
    let engine = Faulty::memory(Flushing::Thread, faults.clone()).unwrap();
    faults.hold();
    faults.plan(Some(Fault::DiskFull));
    let lost = put(&engine, b"a", b"1");
    faults.wait_until_held();
    let built_on_it = put(&engine, b"b", b"2");
    // This one has seen both and has not committed when they are lost.
    let mut late = engine.begin(Mode::Write).unwrap();
    assert_eq!(late.get(b"a").unwrap().unwrap(), b"1");
    late.put(b"c", b"3");
    faults.release();
    assert!(matches!(lost.wait(), Err(StoreError::Full(_))));
    assert!(matches!(built_on_it.wait(), Err(StoreError::Full(_))));
    assert!(matches!(late.commit(), Err(StoreError::Conflict)));
    let reader = engine.begin(Mode::Read).unwrap();
    assert_eq!(reader.scan(b"a", b"z", 9).unwrap(), []);
}

#[test]
fn a_crash_loses_what_was_not_flushed() {
    let faults = Faults::new();
    let dir = folder();
    for engine in [
        Faulty::memory(Flushing::Thread, faults.clone()).unwrap(),
        Faulty::embedded(dir.path(), &one_segment(), faults.clone()).unwrap(),
    ] {
        put(&engine, b"a", b"1").wait().unwrap();
        faults.hold();
        let in_flight = put(&engine, b"a", b"2");
        faults.wait_until_held();
        let gathering = put(&engine, b"b", b"3");
        let engine = engine.crash().unwrap();
        assert!(in_flight.wait().is_err());
        assert!(gathering.wait().is_err());
        assert_eq!(get(&engine, b"a").unwrap(), b"1");
        assert_eq!(get(&engine, b"b"), None);
        faults.release();
    }
}

#[test]
fn an_engine_that_is_dropped_flushes_first() {
    let dir = folder();
    for number in 0..10_u8 {
        let engine = Faulty::embedded(dir.path(), &little_room(), Faults::new()).unwrap();
        assert_eq!(get(&engine, b"a"), number.checked_sub(1).map(|last| vec![last]));
        drop(put(&engine, b"a", &[number]));
    }
}

/// Transfers between accounts, with faults and crashes at random: the sum stays, and nothing that
/// was acknowledged is lost. A seed that fails is named.
#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_half_there() {
    for seed in 0..300 {
        let faults = Faults::seeded(seed, 6);
        let mut engine = Faulty::memory(Flushing::Caller, faults.clone()).unwrap();
        faults.plan(None);
        transfer(&engine, [100, 0, 0]).unwrap().wait().unwrap();
        let mut dice = Dice::new(seed);
        let mut acknowledged = vec![100, 0, 0];
        for step in 0..60 {
            let mut wanted = acknowledged.clone();
            let amount = dice.below(5);
            let (from, to) = (dice.index(3), dice.index(3));
            wanted[from] += amount;
            wanted[to] += 7;
            let outcome = transfer(&engine, [wanted[0], wanted[1], wanted[2]]).and_then(Durable::wait);
            let unknown = matches!(outcome, Err(StoreError::Io { .. }));
            if engine.failure().is_some() || dice.below(10) == 0 {
                engine = engine.crash().unwrap();
            }
            let found = balances(&engine);
            if outcome.is_ok() || (unknown && found == wanted) {
                acknowledged = wanted;
            }
            assert_eq!(found, acknowledged, "seed {seed}, step {step}");
        }
    }
}

trait WaitPinned {
    fn get_mut_wait(self);
}

impl WaitPinned for std::pin::Pin<&mut Durable> {
    /// Waits for a promise that has been polled.
    fn get_mut_wait(self) {
        std::mem::replace(self.get_mut(), Durable::kept()).wait().unwrap();
    }
}

fn transfer(engine: &Faulty, balances: [u64; 3]) -> Result<Durable, StoreError> {
    let mut transaction = engine.begin(Mode::Write)?;
    for (account, balance) in (0_u8..).zip(balances) {
        transaction.put(&[account], &balance.to_be_bytes());
    }
    transaction.commit()
}

fn balances(engine: &Faulty) -> Vec<u64> {
    let rows = engine.begin(Mode::Read).unwrap().scan(&[0], &[9], 9).unwrap();
    rows.iter().map(|(_, value)| u64::from_be_bytes(value.as_slice().try_into().unwrap())).collect()
}

fn put(engine: &Faulty, key: &[u8], value: &[u8]) -> Durable {
    let mut transaction = engine.begin(Mode::Write).unwrap();
    transaction.put(key, value);
    transaction.commit().unwrap()
}

fn get(engine: &Faulty, key: &[u8]) -> Option<Vec<u8>> {
    engine.begin(Mode::Read).unwrap().get(key).unwrap()
}
