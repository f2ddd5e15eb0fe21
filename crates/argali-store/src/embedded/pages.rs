//! Pages that were read before, by range: lists that people and programs look at again and again.
//!
//! A walk through the tables begins with a search in each file and costs the more, the more there is. A page that was
//! walked through is kept here like a [row](super::rows). Whether it still is so follows from when a key of its family
//! was last changed. Whoever reads one page after the other has the next ones [read ahead](super::ahead).

use std::hash::Hash;
use std::sync::Arc;

use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};

use super::ahead::Ahead;
use super::marks::Marks;
use crate::Pair;

/// What the keys of one family begin with, or nothing if a key is too short to belong to one. Pages that lie in one
/// family are kept until one of its keys is changed.
///
/// Whatever begins with what this returns must be of the same family.
pub type Family = fn(&[u8]) -> Option<&[u8]>;

/// What a page takes beside its pairs, and a pair beside its bytes, in bytes.
const BYTES_A_PAGE: u64 = 160;
const BYTES_A_PAIR: u64 = 64;
/// How large a page usually is, in bytes.
const USUAL_PAGE: u64 = 4 << 10;
/// What larger pages are not kept: in bytes. A walk through all there is would leave no room for anything else.
const LARGEST_PAGE: u64 = 64 << 10;

/// The pages that were read lately.
pub(super) struct Pages {
    cache: Cache<Range, Page, Size>,
    /// By family.
    marks: Marks,
    family: Family,
    ahead: Ahead,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Asked<'k> {
    /// The first key that may be in it.
    pub(super) start: &'k [u8],
    /// The first that may not.
    pub(super) end: &'k [u8],
    /// How many pairs it has at most.
    pub(super) limit: usize,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Range {
    start: Box<[u8]>,
    end: Box<[u8]>,
    limit: usize,
}

#[derive(Clone)]
struct Page {
    /// The snapshot that showed it: the state before this sequence.
    read_at: u64,
    pairs: Arc<[Pair]>,
}

#[derive(Clone)]
struct Size;

impl Weighter<Range, Page> for Size {
    fn weight(&self, range: &Range, page: &Page) -> u64 {
        BYTES_A_PAGE + (range.start.len() + range.end.len()) as u64 + bytes_of(&page.pairs)
    }
}

impl Equivalent<Range> for Asked<'_> {
    fn equivalent(&self, range: &Range) -> bool {
        *self == Asked { start: &range.start, end: &range.end, limit: range.limit }
    }
}

impl Pages {
    /// Room for about as many `bytes`.
    pub(super) fn new(bytes: u64, family: Family) -> Pages {
        let usual = usize::try_from(bytes / USUAL_PAGE).unwrap_or(usize::MAX);
        Pages {
            cache: Cache::with_weighter(usual, bytes, Size),
            marks: Marks::new(),
            family,
            ahead: Ahead::new(),
        }
    }

    /// What was `asked` for, in the state before `sequence`, if that is known.
    pub(super) fn get(&self, asked: Asked<'_>, sequence: u64) -> Option<Vec<Pair>> {
        let family = self.family_of(asked)?;
        let page = self.cache.get(&asked)?;
        self.marks.same(family, page.read_at, sequence).then(|| page.pairs.to_vec())
    }

    /// What was `asked` for, in the state before `sequence`, from `read`, which is told how many pairs to read at most.
    /// It is kept if it lies in one family and is not too large, and so are the pages that were read ahead.
    pub(super) fn fill<E>(
        &self,
        asked: Asked<'_>,
        sequence: u64,
        read: impl FnOnce(usize) -> Result<Vec<Pair>, E>,
    ) -> Result<Vec<Pair>, E> {
        if self.family_of(asked).is_none() {
            return read(asked.limit);
        }
        let stretch = self.ahead.stretch(asked);
        let mut pairs = read(stretch.pairs())?;
        for (start, page) in stretch.pages(asked.start, &pairs) {
            self.keep(Asked { start: &start, ..asked }, sequence, page);
        }
        pairs.truncate(asked.limit);
        Ok(pairs)
    }

    fn keep(&self, asked: Asked<'_>, sequence: u64, pairs: &[Pair]) {
        if bytes_of(pairs) <= LARGEST_PAGE {
            let range = Range { start: asked.start.into(), end: asked.end.into(), limit: asked.limit };
            self.cache.insert(range, Page { read_at: sequence, pairs: pairs.into() });
            self.ahead.expect(asked, pairs);
        }
    }

    /// Says that the group numbered `sequence` changes `key`. To be said before any snapshot shows the change.
    pub(super) fn change(&self, key: &[u8], sequence: u64) {
        if let Some(family) = (self.family)(key) {
            self.marks.change(family, sequence);
        }
    }

    /// The family that all keys belong to that may be in the page.
    fn family_of<'k>(&self, asked: Asked<'k>) -> Option<&'k [u8]> {
        let family = (self.family)(asked.start)?;
        (asked.end.starts_with(family) || is_next(family, asked.end)).then_some(family)
    }
}

/// Whether `end` follows directly after all that begins with `prefix`.
fn is_next(prefix: &[u8], end: &[u8]) -> bool {
    match (prefix.split_last(), end.split_last()) {
        (Some((last, head)), Some((next, same))) => head == same && last.checked_add(1) == Some(*next),
        _ => false,
    }
}

fn bytes_of(pairs: &[Pair]) -> u64 {
    pairs.iter().map(|(key, value)| BYTES_A_PAIR + (key.len() + value.len()) as u64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(bytes: u64) -> Pages {
        Pages::new(bytes, |key| key.get(..1))
    }

    fn asked<'k>(start: &'k [u8], end: &'k [u8]) -> Asked<'k> {
        Asked { start, end, limit: 10 }
    }

    fn pair(key: &str) -> Pair {
        (key.into(), b"value".to_vec())
    }

    /// Keeps `pairs`, which are all there are.
    fn keep(pages: &Pages, asked: Asked<'_>, sequence: u64, pairs: &[Pair]) {
        let read: Result<_, ()> = pages.fill(asked, sequence, |_| Ok(pairs.to_vec()));
        assert_eq!(read, Ok(pairs.to_vec()));
    }

    #[test]
    fn a_page_is_known_while_its_family_is_unchanged() {
        let pages = pages(1 << 20);
        let (users, first) = (asked(b"u", b"v"), vec![pair("u1"), pair("u2")]);
        assert_eq!(pages.get(users, 5), None);
        keep(&pages, users, 5, &first);
        assert_eq!(pages.get(users, 9), Some(first.clone()));
        assert_eq!(pages.get(Asked { limit: 11, ..users }, 9), None, "more was asked for");
        assert_eq!(pages.get(asked(b"u1", b"v"), 9), None, "something else was asked for");
        pages.change(b"v1", 9);
        assert_eq!(pages.get(users, 10), Some(first), "another family was changed");
        pages.change(b"u3", 10);
        assert_eq!(pages.get(users, 11), None, "what was added may belong in it");
    }

    #[test]
    fn pages_that_follow_one_another_are_read_ahead() {
        let pages = pages(1 << 20);
        let all: Vec<Pair> = (0..1_000).map(|number| pair(&format!("u{number:03}"))).collect();
        let searches = std::cell::Cell::new(0);
        // Ten are shown, and one more is asked for, to know whether there are any.
        let read = |start: &[u8], sequence| {
            let asked = Asked { limit: 11, ..asked(start, b"v") };
            let first = all.partition_point(|(key, _)| key.as_slice() < start);
            let known = pages.get(asked, sequence).unwrap_or_else(|| {
                let filled: Result<_, ()> = pages.fill(asked, sequence, |most| {
                    searches.set(searches.get() + 1);
                    Ok(all[first..].iter().take(most).cloned().collect())
                });
                filled.unwrap()
            });
            assert_eq!(known, all[first..all.len().min(first + 11)], "{start:?}");
            known
        };
        for _ in 0..2 {
            let mut start = b"u".to_vec();
            while let [shown @ .., _] = read(&start, 5).as_slice()
                && shown.len() == 10
            {
                start = [shown[9].0.as_slice(), &[0]].concat();
            }
        }
        assert_eq!(searches.get(), 1 + 99_usize.div_ceil(8), "the second time all is known");
        pages.change(b"u777", 5);
        read(b"u009\0", 6);
        assert_eq!(searches.get(), 15, "what was read ahead may have changed");
    }

    #[test]
    fn what_lies_in_several_families_is_not_kept() {
        let pages = pages(1 << 20);
        for (start, end) in [("u", "w"), ("u", "t"), ("", "a"), ("u1", "v0")] {
            let asked = asked(start.as_bytes(), end.as_bytes());
            keep(&pages, asked, 5, &[pair("u1")]);
            assert_eq!(pages.get(asked, 5), None, "{start} to {end}");
        }
        let last = asked(&[0xff], &[0xff, 0xff]);
        keep(&pages, last, 5, &[pair("u1")]);
        assert_eq!(pages.get(last, 5), Some(vec![pair("u1")]), "the last family has no next");
    }

    #[test]
    fn it_takes_no_more_than_it_may() {
        let pages = pages(64 << 10);
        let large = (b"u".to_vec(), vec![7; 64 << 10]);
        keep(&pages, asked(b"u", b"v"), 1, &[large]);
        assert_eq!(pages.get(asked(b"u", b"v"), 1), None, "it would leave room for nothing else");
        for number in 0..10_000_u32 {
            let start = [b"u".as_slice(), &number.to_be_bytes()].concat();
            keep(&pages, asked(&start, b"v"), 1, &[pair("u1"), pair("u2")]);
        }
        assert!(pages.cache.weight() <= 64 << 10, "{}", pages.cache.weight());
    }
}
