//! Whether a trail is what was written: the first record that is not, after any edit, deletion, insertion, exchange
//! or cut.
//!
//! A record is vouched for by the hash of it in the record after it, and the last one by the signed head; one that is
//! followed by what cannot be read is taken for good. It only reads, so a server may be writing meanwhile.
// SPEC: security, audit, A3.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;

use super::head::{self, Head};
use super::line::{self, Line, Seam};
use super::segment;
use crate::vault::SecretKey;

/// Of two hashes that have more digits in common than this, one was made from the other.
const BY_CHANCE: usize = 24;

const NO_RECORD: &str = "the line is no record";

/// What came of looking at a trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All is there, as it was written.
    Intact {
        /// How many records there are.
        records: u64,
    },
    /// Something is not.
    Damaged(Damage),
}

/// The first thing that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; 0 for the file as a whole.
    pub line: u64,
    /// The number of the record.
    pub record: u64,
    /// What is wrong.
    pub why: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: record {}: {}", self.file.display(), self.line, self.record, self.why)
    }
}

/// Looks at all records of the trail in `folder`, with the key that [`head_key`](super::head_key) derives.
///
/// # Errors
///
/// Fails if a file cannot be read.
pub fn verify(folder: &Path, head_key: &SecretKey) -> io::Result<Verdict> {
    loop {
        // First the head, then the files: a server that goes on writing only adds to what the head speaks of, unless
        // it removes files for their age. Then there is another head.
        let head = head::read(folder, head_key)?;
        let verdict = look(folder, head);
        let first = |head: Option<Head>| head.map(|head| head.first);
        if first(head) == first(head::read(folder, head_key)?) {
            return verdict;
        }
    }
}

fn look(folder: &Path, head: Option<Head>) -> io::Result<Verdict> {
    let mut files = segment::files(folder)?;
    let first = head.map_or_else(Seam::default, |head| head.first);
    // What was about to be removed for its age counts no more.
    while let [_, second, ..] = files.as_slice()
        && segment::first_of(second) <= first.number
    {
        files.remove(0);
    }
    let place = (folder.to_owned(), 0);
    let mut walk = Walk { head, next: first, last: None, place, torn: None, doubt: None };
    for file in &files {
        walk.place = (file.clone(), 0);
        if let Some(damage) = walk.go_through(BufReader::new(File::open(file)?))? {
            return Ok(Verdict::Damaged(damage));
        }
    }
    Ok(match walk.finish(&folder.join(head::NAME), !files.is_empty()) {
        Some(damage) => Verdict::Damaged(damage),
        None => Verdict::Intact { records: walk.next.number - first.number },
    })
}

/// How far a look has come.
struct Walk {
    head: Option<Head>,
    /// What the next line must be joined by.
    next: Seam,
    /// The line before: what joins it to the one before it, and where it is.
    last: Option<(Seam, (PathBuf, u64))>,
    /// The present file and line.
    place: (PathBuf, u64),
    /// The end of a file that has no line feed: no other file may follow.
    torn: Option<Damage>,
    /// A line that does not say what it should of the line before it. Whichever was changed, the next line or the
    /// head tells.
    doubt: Option<Doubt>,
}

/// Two lines of which one was changed.
struct Doubt {
    before: Option<Damage>,
    /// The line that speaks wrongly of the one before.
    this: Damage,
    /// Whether what it says is the right hash but for some digits.
    nearly_right: bool,
}

impl Doubt {
    /// The damage, now that it is known whether the later line is as it was written.
    fn resolve(self, this_is_vouched_for: bool) -> Damage {
        match self.before {
            Some(before) if this_is_vouched_for || !self.nearly_right => before,
            _ => self.this,
        }
    }
}

impl Walk {
    fn go_through(&mut self, mut reader: impl BufRead) -> io::Result<Option<Damage>> {
        if self.torn.is_some() {
            return Ok(self.torn.take());
        }
        let mut text = Vec::new();
        loop {
            text.clear();
            reader.read_until(b'\n', &mut text)?;
            if text.is_empty() {
                return Ok(None);
            }
            self.place.1 += 1;
            let Some(text) = text.strip_suffix(b"\n") else {
                // It is being written, or was when the process ended. What was signed does not end like that.
                self.torn = Some(self.damage(self.next.number, NO_RECORD));
                return Ok(None);
            };
            if let Some(damage) = self.step(text) {
                return Ok(Some(damage));
            }
        }
    }

    fn step(&mut self, text: &[u8]) -> Option<Damage> {
        let read = line::read(text).filter(|line| serde_json::from_slice::<IgnoredAny>(line.event).is_ok());
        if let Some(doubt) = self.doubt.take() {
            return Some(doubt.resolve(read.is_some_and(|line| line.seam == self.next)));
        }
        let Some(Line { seam, .. }) = read else {
            return Some(self.damage(self.next.number, NO_RECORD));
        };
        if self.last.as_ref().is_some_and(|(last, _)| *last == seam) {
            return Some(self.damage(seam.number, "it stands here a second time"));
        }
        if seam.number != self.next.number {
            let why = format!("it is missing: record {} stands in its place", seam.number);
            return Some(self.damage(self.next.number, &why));
        }
        let place_before = self.last.replace((seam, self.place.clone())).map(|(_, place)| place);
        let joined = seam.hash == self.next.hash;
        let expected = std::mem::replace(&mut self.next, seam.after(text));
        let signed = self.head.filter(|head| head.next.number == self.next.number);
        let vouched_for = signed.map(|head| head.next.hash == self.next.hash);
        if !joined {
            let before = place_before.map(|(file, line)| Damage {
                file,
                line,
                record: seam.number - 1,
                why: "it was changed: the record after it knows it otherwise".to_owned(),
            });
            let this = self.damage(seam.number, "it was changed: it knows the record before it otherwise");
            let nearly_right = in_common(&seam, &expected) > BY_CHANCE;
            let doubt = Doubt { before, this, nearly_right };
            return match vouched_for {
                Some(vouched_for) => Some(doubt.resolve(vouched_for)),
                None => {
                    self.doubt = Some(doubt);
                    None
                }
            };
        }
        match vouched_for {
            Some(false) => Some(self.damage(seam.number, "it was changed: another was signed as the last")),
            _ => None,
        }
    }

    /// What is wrong with the end.
    fn finish(&mut self, head_file: &Path, has_files: bool) -> Option<Damage> {
        if let Some(doubt) = self.doubt.take() {
            return Some(doubt.resolve(false));
        }
        let Some(head) = self.head else {
            let why = "the signed head is missing, or was not signed with this master key";
            let damage =
                Damage { file: head_file.to_owned(), line: 0, record: self.next.number, why: why.to_owned() };
            return has_files.then_some(damage);
        };
        if head.next.number > self.next.number {
            if let Some((_, (file, line))) = self.last.take() {
                self.place = (file, line + 1);
            }
            let last = head.next.number - 1;
            let why = format!("it is missing: the trail was cut, records up to {last} were signed");
            return Some(self.damage(self.next.number, &why));
        }
        None
    }

    fn damage(&self, record: u64, why: &str) -> Damage {
        let (file, line) = self.place.clone();
        Damage { file, line, record, why: why.to_owned() }
    }
}

/// How many digits of two hashes agree.
fn in_common(a: &Seam, b: &Seam) -> usize {
    let (a, b) = (line::hash_text(&a.hash), line::hash_text(&b.hash));
    a.bytes().zip(b.bytes()).filter(|(a, b)| a == b).count()
}
