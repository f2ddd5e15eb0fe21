//! Which pages are worth reading before they are asked for.
//!
//! Whoever reads a long list asks for one page after the other, and each begins with a search in every file. Once a page
//! follows on one that was read, some of the next are read with it, in one search.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use super::pages::Asked;
use crate::Pair;

/// How many pages are read at once, with the one that was asked for.
const PAGES: usize = 8;
/// How many pairs, at most: larger pages are worth a search each.
const MOST_PAIRS: usize = 256;
/// How many places are remembered. Those that share one only have a page read by itself.
const PLACES: usize = 1 << 13;
/// The bit of a remembered place that tells how far its pages are apart.
const SHOWS_ALL: u64 = 1;

/// Where the pages are likely to begin that are asked for next.
pub(super) struct Ahead {
    places: Box<[AtomicU64]>,
    hashes: RandomState,
}

/// What is read in one search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// How many pairs a page has at most.
    limit: usize,
    /// After how many pairs the next page begins.
    step: usize,
    pages: usize,
}

impl Ahead {
    pub(super) fn new() -> Ahead {
        let places = std::iter::repeat_with(AtomicU64::default).take(PLACES).collect();
        Ahead { places, hashes: RandomState::new() }
    }

    /// What is to be read for a page: more than it, if it follows on one that was read.
    pub(super) fn stretch(&self, asked: Asked<'_>) -> Stretch {
        let alone = Stretch { limit: asked.limit, step: asked.limit, pages: 1 };
        // The first key that follows another is that key and a NUL.
        let Some(last) = asked.start.strip_suffix(&[0]) else { return alone };
        let place = self.place(last, asked);
        let remembered = self.at(place).load(Ordering::Relaxed);
        if remembered | SHOWS_ALL != place | SHOWS_ALL {
            return alone;
        }
        let step = if remembered & SHOWS_ALL == 0 { asked.limit.saturating_sub(1) } else { asked.limit };
        Stretch { step, pages: PAGES.min(MOST_PAIRS / asked.limit).max(1), ..alone }
    }

    /// Remembers that these `pairs` were read, and so where the next page may begin: after all of them, or after all but
    /// the last, which those ask for who want to know whether there are more.
    pub(super) fn expect(&self, asked: Asked<'_>, pairs: &[Pair]) {
        if let [.., (shown, _), (last, _)] = pairs
            && pairs.len() == asked.limit
        {
            let after_all = self.place(last, asked) | SHOWS_ALL;
            let after_shown = self.place(shown, asked) & !SHOWS_ALL;
            for place in [after_all, after_shown] {
                self.at(place).store(place, Ordering::Relaxed);
            }
        }
    }

    fn place(&self, last: &[u8], asked: Asked<'_>) -> u64 {
        self.hashes.hash_one((last, asked.end, asked.limit))
    }

    #[expect(clippy::indexing_slicing, reason = "the remainder is less than the number of places")]
    fn at(&self, place: u64) -> &AtomicU64 {
        &self.places[(place >> 1) as usize % PLACES]
    }
}

impl Stretch {
    /// How many pairs it has at most.
    pub(super) fn pairs(self) -> usize {
        self.step.saturating_mul(self.pages - 1).saturating_add(self.limit)
    }

    /// The pages of it, each with where it begins: the first at `start`. `pairs` are what was read.
    pub(super) fn pages<'a>(
        self,
        start: &'a [u8],
        pairs: &'a [Pair],
    ) -> impl Iterator<Item = (Vec<u8>, &'a [Pair])> {
        // Where there are fewer than were looked for, there are no more.
        let ends = pairs.len() < self.pairs();
        (0..self.pages).map_while(move |number| {
            let from = number * self.step;
            let page = pairs.get(from..)?;
            let start = match from.checked_sub(1) {
                None => start.to_vec(),
                Some(before) => [pairs.get(before)?.0.as_slice(), &[0]].concat(),
            };
            let page = page.get(..self.limit).or_else(|| ends.then_some(page))?;
            Some((start, page))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(start: &[u8]) -> Asked<'_> {
        Asked { start, end: b"v", limit: 3 }
    }

    fn pairs(numbers: std::ops::Range<u32>) -> Vec<Pair> {
        numbers.map(|number| (format!("u{number:03}").into_bytes(), b"value".to_vec())).collect()
    }

    #[test]
    fn more_is_read_where_a_page_follows_on_another() {
        let ahead = Ahead::new();
        let alone = Stretch { limit: 3, step: 3, pages: 1 };
        for start in [b"u".as_slice(), b"u002\0"] {
            assert_eq!(ahead.stretch(asked(start)), alone, "nobody read what comes before");
        }
        ahead.expect(asked(b"u"), &pairs(0..3));
        assert_eq!(ahead.stretch(asked(b"u002\0")), Stretch { pages: PAGES, ..alone }, "after all");
        assert_eq!(
            ahead.stretch(asked(b"u001\0")),
            Stretch { step: 2, pages: PAGES, ..alone },
            "all but one"
        );
        for start in [b"u".as_slice(), b"u000\0", b"u002"] {
            assert_eq!(ahead.stretch(asked(start)), alone, "this begins elsewhere");
        }
        for other in [Asked { limit: 4, ..asked(b"u002\0") }, Asked { end: b"u5", ..asked(b"u002\0") }] {
            assert_eq!(ahead.stretch(other).pages, 1, "this is another list");
        }
        ahead.expect(asked(b"u1"), &pairs(100..102));
        assert_eq!(ahead.stretch(asked(b"u101\0")), alone, "nothing follows on a page that is not full");
    }

    #[test]
    fn large_pages_are_read_one_by_one() {
        let ahead = Ahead::new();
        for (limit, pages) in [(101, 2), (1_001, 1)] {
            let first = Asked { limit, ..asked(b"u") };
            ahead.expect(first, &pairs(0..u32::try_from(limit).unwrap()));
            let next = format!("u{:03}\0", limit - 1);
            assert_eq!(ahead.stretch(Asked { start: next.as_bytes(), ..first }).pages, pages, "{limit}");
        }
    }

    #[test]
    fn a_stretch_falls_into_the_pages_that_will_be_asked_for() {
        let stretch = Stretch { limit: 3, step: 2, pages: 4 };
        assert_eq!(stretch.pairs(), 9);
        let pages = |pairs: &[Pair]| -> Vec<(Vec<u8>, Vec<Pair>)> {
            stretch.pages(b"u", pairs).map(|(start, page)| (start, page.to_vec())).collect()
        };
        let starts = [b"u".as_slice(), b"u001\0", b"u003\0", b"u005\0"].map(<[u8]>::to_vec);
        let [first, second, third, fourth] = starts;
        let full = pages(&pairs(0..9));
        let wanted = [(&first, 0..3), (&second, 2..5), (&third, 4..7), (&fourth, 6..9)];
        assert_eq!(full, wanted.map(|(start, numbers)| (start.clone(), pairs(numbers))));
        let short = pages(&pairs(0..4));
        let wanted = [(first.clone(), pairs(0..3)), (second, pairs(2..4)), (third, Vec::new())];
        assert_eq!(short, wanted, "there are no more");
        assert_eq!(pages(&[]), [(first, Vec::new())], "there are none");
    }
}
