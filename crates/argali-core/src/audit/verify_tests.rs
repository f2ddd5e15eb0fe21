//! Every kind of damage to a trail, and that the first record that is wrong is named.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;

use super::event::Event;
use super::head::{self, HeadFile};
use super::index::Marks;
use super::line::{self, Seam};
use super::segment::files;
use super::segments::{Record, Segments};
use super::verify::{Damage, Verdict, verify};
use crate::vault::SecretKey;

fn key() -> SecretKey {
    SecretKey::new([9; 32])
}

fn record(number: usize) -> Record {
    let event =
        Event { request_id: format!("request {number}"), action: "ListUsers".to_owned(), ..Event::default() };
    let text = serde_json::to_vec(&event).unwrap();
    Record { text, marks: Marks::of(&event), again: None }
}

/// A trail whose segments have two lines each.
struct Kept(TempDir);

impl Kept {
    fn of(records: usize) -> Self {
        let kept = Self(tempfile::tempdir().unwrap());
        let mut file = HeadFile::open(kept.path(), key()).unwrap();
        let mut segments = Segments::open(kept.path(), 250, None).unwrap();
        file.write(segments.head()).unwrap();
        for number in 0..records {
            segments.append(&[record(number)]).unwrap();
        }
        file.write(segments.head()).unwrap();
        assert_eq!(kept.verdict(), Verdict::Intact { records: records as u64 });
        kept
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn verdict(&self) -> Verdict {
        verify(self.path(), &key()).unwrap()
    }

    /// Goes on writing after a restart, as a server does, and signs.
    fn go_on(&self, records: usize) {
        let signed = head::read(self.path(), &key()).unwrap();
        let mut segments = Segments::open(self.path(), 250, signed).unwrap();
        for number in 0..records {
            segments.append(&[record(1_000 + number)]).unwrap();
        }
        HeadFile::open(self.path(), key()).unwrap().write(segments.head()).unwrap();
    }

    /// The first thing that is wrong.
    #[track_caller]
    fn damage(&self) -> Damage {
        match self.verdict() {
            Verdict::Damaged(damage) => damage,
            Verdict::Intact { records } => panic!("{records} records, chain intact"),
        }
    }

    /// The damage is found in this record, and still after the server has gone on.
    #[track_caller]
    fn found(&self, record: u64, what: &str) {
        let damage = self.damage();
        assert_eq!(damage.record, record, "{what}: {damage}");
        let (file, line) = place_of(record);
        let name = damage.file.file_name().unwrap().to_str().unwrap();
        // What is missing is named where it should be: at the end of a file, or at the start of the next.
        let at_seam = damage.why.contains("missing") || damage.why.contains("second");
        assert!(at_seam || (name == file && damage.line == line), "{what}: {damage}");
        self.go_on(3);
        assert_eq!(self.damage().record, record, "{what}, gone on from");
    }

    fn lines(&self) -> Vec<String> {
        let text: String =
            files(self.path()).unwrap().iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        text.lines().map(|line| format!("{line}\n")).collect()
    }

    /// Puts `lines` in place of what is there: two a file, named as they were.
    fn put(&self, lines: &[String]) {
        let old = files(self.path()).unwrap();
        for (at, file) in old.iter().enumerate() {
            let last = at + 1 == old.len();
            let end = if last { lines.len() } else { (2 * at + 2).min(lines.len()) };
            replace(file, lines.get(2 * at..end).unwrap_or_default().concat());
        }
    }
}

fn place_of(record: u64) -> (String, u64) {
    (format!("{:020}.jsonl", record / 2 * 2), record % 2 + 1)
}

/// Replaces a file. Some file systems flush one that is cut and written anew, which is slow.
fn replace(file: &Path, content: impl AsRef<[u8]>) {
    fs::remove_file(file).unwrap();
    fs::write(file, content).unwrap();
}

/// Every byte of every file: the record that it belongs to, and where it is.
fn bytes(kept: &Kept) -> Vec<(u64, PathBuf, usize)> {
    let mut all = Vec::new();
    let mut record = 0;
    for file in files(kept.path()).unwrap() {
        for (at, byte) in fs::read(&file).unwrap().into_iter().enumerate() {
            all.push((record, file.clone(), at));
            record += u64::from(byte == b'\n');
        }
    }
    all
}

#[test]
fn any_byte_that_differs_is_found_in_its_record() {
    let kept = Kept::of(5);
    for (record, file, at) in bytes(&kept) {
        let good = fs::read(&file).unwrap();
        for flip in [1, 0x80] {
            let mut bent = good.clone();
            bent[at] ^= flip;
            replace(&file, &bent);
            let damage = kept.damage();
            assert_eq!(damage.record, record, "byte {at} of {file:?} ^ {flip:#x}: {damage}");
        }
        let mut bent = good.clone();
        bent[at] = if bent[at] == b'\n' { b' ' } else { b'\n' };
        replace(&file, &bent);
        assert_eq!(kept.damage().record, record, "byte {at} of {file:?}, line feed");
        bent = good.clone();
        bent.remove(at);
        replace(&file, &bent);
        assert_eq!(kept.damage().record, record, "byte {at} of {file:?}, left out");
        replace(&file, good);
    }
}

#[test]
fn any_cut_is_found() {
    let kept = Kept::of(5);
    for (record, file, at) in bytes(&kept) {
        let good = fs::read(&file).unwrap();
        replace(&file, &good[..at]);
        assert_eq!(kept.damage().record, record, "{file:?} cut to {at} bytes");
        replace(&file, good);
    }
    let last = files(kept.path()).unwrap().pop().unwrap();
    replace(&last, "");
    kept.found(4, "the last file emptied");
    let kept = Kept::of(6);
    let last = files(kept.path()).unwrap().pop().unwrap();
    fs::remove_file(last).unwrap();
    kept.found(4, "the last file removed");
    let kept = Kept::of(6);
    fs::remove_file(files(kept.path()).unwrap().remove(0)).unwrap();
    kept.found(0, "the first file removed");
    let kept = Kept::of(4);
    for file in files(kept.path()).unwrap() {
        fs::remove_file(file).unwrap();
    }
    kept.found(0, "everything removed");
}

#[test]
fn lines_that_are_left_out_exchanged_repeated_or_put_in_are_found() {
    let whole = Kept::of(8);
    let lines = whole.lines();
    for at in 0..lines.len() {
        let number = at as u64;
        let with = |change: &dyn Fn(&mut Vec<String>)| {
            let kept = Kept::of(8);
            let mut lines = lines.clone();
            change(&mut lines);
            kept.put(&lines);
            kept
        };
        with(&|lines| drop(lines.remove(at))).found(number, "left out");
        with(&|lines| lines.insert(at, lines[at].clone())).found(number, "repeated");
        with(&|lines| {
            // It says rightly what was before it.
            let seam = line::read(lines[at].trim_end().as_bytes()).unwrap().seam;
            let (mut text, mut forged) = (Vec::new(), seam);
            forged.write(&mut text, &record(77).text);
            lines.insert(at, String::from_utf8(text).unwrap());
        })
        .found(number, "put in");
        for other in at + 1..lines.len() {
            with(&|lines| lines.swap(at, other)).found(number, "exchanged");
        }
    }
}

#[test]
fn a_word_that_is_replaced_everywhere_is_found_where_it_comes_first() {
    for first in 0..6 {
        let kept = Kept::of(6);
        let edit = |(at, line): (usize, String)| {
            if at < first { line } else { line.replace("ListUsers", "GetRole") }
        };
        let lines: Vec<_> = kept.lines().into_iter().enumerate().map(edit).collect();
        kept.put(&lines);
        kept.found(first as u64, "replaced");
    }
}

#[test]
fn a_chain_that_was_made_anew_is_not_the_one_that_was_signed() {
    let kept = Kept::of(6);
    let mut seam = Seam::default();
    let mut text = Vec::new();
    for number in 0..6 {
        seam.write(&mut text, &record(number + usize::from(number > 2)).text);
    }
    let text = String::from_utf8(text).unwrap();
    let lines: Vec<_> = text.lines().map(|line| format!("{line}\n")).collect();
    kept.put(&lines);
    kept.found(5, "made anew");
}

#[test]
fn without_its_head_nobody_knows_where_a_trail_ends() {
    let kept = Kept::of(3);
    assert!(
        matches!(verify(kept.path(), &SecretKey::new([8; 32])).unwrap(), Verdict::Damaged(_)),
        "another key"
    );
    fs::remove_file(kept.path().join(head::NAME)).unwrap();
    assert!(kept.damage().why.contains("signed head"));
    kept.go_on(2);
    assert_eq!(kept.damage().record, 3, "a server goes on, and it still shows");
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(verify(empty.path(), &key()).unwrap(), Verdict::Intact { records: 0 });
}

#[test]
fn what_was_written_and_not_yet_signed_is_no_damage() {
    let kept = Kept::of(3);
    let signed = head::read(kept.path(), &key()).unwrap();
    let mut segments = Segments::open(kept.path(), 250, signed).unwrap();
    for number in 0..4 {
        segments.append(&[record(number)]).unwrap();
    }
    assert_eq!(kept.verdict(), Verdict::Intact { records: 7 });
    let last = files(kept.path()).unwrap().pop().unwrap();
    let half = [fs::read(&last).unwrap(), b"{\"n\":7,".to_vec()].concat();
    replace(&last, half);
    assert_eq!(kept.verdict(), Verdict::Intact { records: 7 }, "a line that is being written");
    kept.go_on(1);
    assert_eq!(kept.verdict(), Verdict::Intact { records: 8 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn several_bytes_that_differ_are_found_where_they_begin(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..4),
    ) {
        let kept = Kept::of(9);
        let all = bytes(&kept);
        let mut first = u64::MAX;
        let mut touched = std::collections::BTreeMap::new();
        for (at, flip) in edits {
            let (record, file, at) = at.get(&all);
            touched.entry((file.clone(), *at)).or_insert((*record, flip));
        }
        for ((file, at), (record, flip)) in touched {
            let mut content = fs::read(&file).unwrap();
            content[at] ^= flip;
            replace(&file, content);
            first = first.min(record);
        }
        // What a record was is not known when the one after it can no longer be read.
        let found = kept.damage().record;
        prop_assert!(found == first || found == first + 1, "{found}, not {first}");
    }
}
