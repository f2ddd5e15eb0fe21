//! Where in an action or resource name a key stands, and what it is.
//!
//! A resource name has four colons before its relative part, which may hold more. A literal colon of a
//! pattern stands for a colon of the name, in order; so if the pattern has at least four, its k-th stands
//! for the k-th of the name or, if the name has more than four, for one of the next. What a pattern says
//! right after its k-th colon therefore follows one of these few colons of the name.

use memchr::memchr_iter;
use smallvec::SmallVec;

use crate::pattern::Pattern;
use crate::question::Question;

/// Colons before the relative part of a resource's name.
const COLONS: usize = 4;

/// Colons up to which looking up is worth while. Whoever puts more into the name of an object gets the
/// same answer without the index.
const MAX_COLONS: usize = 12;

/// Where the colons of a request's resource name are; `None` if they are too many.
pub(super) fn colons(question: &Question<'_>) -> Option<Colons> {
    let colons: Colons = memchr_iter(b':', &question.resource_folded).take(MAX_COLONS + 1).collect();
    (colons.len() <= MAX_COLONS).then_some(colons)
}

/// Positions of colons.
pub(super) type Colons = SmallVec<[usize; MAX_COLONS + 1]>;

/// A place at which keys begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The beginning of the action.
    Action,
    /// The beginning of the resource's name.
    Resource,
    /// After so many colons of the resource's name, 1 to 4.
    AfterColon(u8),
}

/// A literal stretch of a pattern.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub(super) place: Place,
    pub(super) key: u64,
    pub(super) length: u16,
    /// Whether nothing may follow it.
    pub(super) whole: bool,
}

impl Place {
    /// The parts of the request that keys of this place may be the beginning of.
    pub(super) fn texts<'q>(self, question: &'q Question<'_>, colons: &Colons) -> SmallVec<[&'q [u8]; 2]> {
        match self {
            Self::Action => SmallVec::from_iter([question.action.as_slice()]),
            Self::Resource => SmallVec::from_iter([question.resource_folded.as_slice()]),
            Self::AfterColon(colon) => {
                let name = question.resource_folded.as_slice();
                let spare = colons.len().saturating_sub(COLONS);
                let colon = usize::from(colon);
                let possible = colons.get(colon - 1..colon + spare).unwrap_or_default();
                possible.iter().filter_map(|position| name.get(position + 1..)).collect()
            }
        }
    }

    /// The key for a text at this place.
    pub(super) fn key(self, text: &[u8], whole: bool) -> u64 {
        let place = match self {
            Self::Action => 5,
            Self::Resource => 6,
            Self::AfterColon(colon) => u64::from(colon),
        };
        hash(text, place << 1 | u64::from(whole))
    }
}

/// The stretch with which an action pattern begins.
pub(super) fn action_stretch(pattern: &Pattern) -> Option<Stretch> {
    stretch(Place::Action, pattern.as_str().as_bytes())
}

/// The literal stretches of a resource pattern that begin at a place, the longer before those inside them.
pub(super) fn resource_stretches(pattern: &Pattern) -> SmallVec<[Stretch; 5]> {
    let text = pattern.as_str().to_ascii_lowercase();
    let text = text.as_bytes();
    let mut stretches: SmallVec<[Stretch; 5]> = stretch(Place::Resource, text).into_iter().collect();
    let colons: SmallVec<[usize; 8]> =
        text.iter().enumerate().filter(|(_, byte)| **byte == b':').map(|(position, _)| position).collect();
    if colons.len() < COLONS {
        return stretches;
    }
    for (place, position) in (1..=4).map(Place::AfterColon).zip(colons) {
        stretches.extend(text.get(position + 1..).and_then(|text| stretch(place, text)));
    }
    stretches
}

/// What `text` says literally before the first wildcard.
fn stretch(place: Place, text: &[u8]) -> Option<Stretch> {
    let wildcard = text.iter().position(|byte| matches!(byte, b'*' | b'?'));
    let literal = text.get(..wildcard.unwrap_or(text.len())).filter(|literal| !literal.is_empty())?;
    let whole = wildcard.is_none();
    let length = u16::try_from(literal.len()).ok()?;
    Some(Stretch { place, key: place.key(literal, whole), length, whole })
}

/// Hashes eight bytes at a time. Whoever finds two texts with the same hash gains nothing but a longer
/// bucket among his own policies.
pub(super) fn hash(text: &[u8], seed: u64) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    let (words, rest) = text.as_chunks::<8>();
    let hash = words.iter().fold(seed, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let last = rest.iter().fold(1, |word, byte| word << 8 | u64::from(*byte));
    let hash = mix(hash, last);
    hash ^ hash >> 32
}
