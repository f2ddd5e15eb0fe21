//! `kill -9` at any moment: what was acknowledged is there, and nothing is half there.
//!
//! The test runs itself as a child, which writes and says so on its standard output.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use argali_store::Store;

use crate::{Dice, change, folder, little_room, open};

const THREADS: u8 = 4;
const ROUNDS: u64 = 8;
const ROWS: u8 = 6;
const FOLDER: &str = "ARGALI_STORE_KILL_TEST";

#[test]
fn acknowledged_changes_survive_and_none_is_half_there() {
    let dir = folder();
    let mut dice = Dice::new(1);
    let mut acknowledged = [0_u32; THREADS as usize];
    for round in 0..ROUNDS {
        // Early ones hit the recovery from the kill before.
        let kill_after = if round % 3 == 0 { dice.below(4) } else { 50 + dice.below(400) };
        run_child(dir.path(), kill_after, &mut acknowledged);
        let store = open(dir.path(), &little_room());
        for (thread, acknowledged) in (0..).zip(&mut acknowledged) {
            let found = count(&store, thread);
            assert!(found >= *acknowledged, "thread {thread}: {found} of {acknowledged}");
            *acknowledged = found;
        }
    }
    assert!(acknowledged.iter().all(|count| *count > 0), "{acknowledged:?}");
}

/// How many changes of a thread there are, each of them whole.
fn count(store: &Store, thread: u8) -> u32 {
    let reader = store.read().unwrap();
    let mut number = 0;
    loop {
        let rows = reader.scan(&row(thread, number, 0), &row(thread, number, ROWS), 99).unwrap();
        if rows.is_empty() {
            break;
        }
        assert_eq!(rows.len(), usize::from(ROWS), "thread {thread}, change {number}");
        assert!(rows.iter().all(|(_, value)| *value == value_of(thread, number)));
        number += 1;
    }
    let later = reader.scan(&row(thread, number, 0), &[thread + 1], 1).unwrap();
    assert_eq!(later, [], "thread {thread}: a gap at {number}");
    let counter = reader.get(&[b'#', thread]).unwrap();
    assert_eq!(counter.unwrap_or_else(|| vec![0; 4]), number.to_be_bytes(), "thread {thread}");
    number
}

/// Runs the child until it has acknowledged so many changes, then kills it.
fn run_child(dir: &Path, kill_after: u64, acknowledged: &mut [u32]) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture"])
        .env(FOLDER, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut killed = false;
    let mut seen = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        // The end of the pipe can be torn, and the test harness has lines of its own.
        let Some((thread, number)) = line.as_deref().ok().and_then(parse) else { continue };
        let count = &mut acknowledged[usize::from(thread)];
        *count = (*count).max(number + 1);
        seen += 1;
        if seen >= kill_after && !killed {
            child.kill().unwrap();
            killed = true;
        }
    }
    assert!(killed, "the child ended by itself");
    child.wait().unwrap();
}

fn parse(line: &str) -> Option<(u8, u32)> {
    let mut words = line.strip_prefix("ack ")?.strip_suffix('.')?.split(' ');
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

/// Writes until it is killed; does nothing when it is run as a test.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let store = open(Path::new(&dir), &little_room());
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let store = &store;
            scope.spawn(move || {
                for number in count(store, thread).. {
                    change(store, |transaction| write_rows(transaction, thread, number)).unwrap();
                    let line = format!("ack {thread} {number}.\n");
                    std::io::stdout().write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
}

fn write_rows(transaction: &mut dyn argali_store::Transaction, thread: u8, number: u32) {
    for part in 0..ROWS {
        transaction.put(&row(thread, number, part), &value_of(thread, number));
    }
    transaction.put(&[b'#', thread], &(number + 1).to_be_bytes());
}

fn row(thread: u8, number: u32, part: u8) -> Vec<u8> {
    [&[thread][..], &number.to_be_bytes(), &[part]].concat()
}

fn value_of(thread: u8, number: u32) -> Vec<u8> {
    [[thread].as_slice(), &number.to_be_bytes()].concat().repeat(10)
}
