//! Finds the few statements of a large pool that could match a request.
//!
//! Every statement is filed under what its patterns say literally, in the place that fewest statements
//! share: the beginning of the action, or a literal stretch of the resource's name. A request looks up the
//! beginnings of its own action and name. What says nothing literally in a useful place stands in a rest
//! that is read through by signature. Whatever is found is then held against the request in full, so a
//! look-up may find too much (different texts with one hash, say) but never too little.
// INVARIANT: a statement that matches a request is in the rest or under a key that the request looks up.

mod build;
mod key;

#[expect(clippy::disallowed_types, reason = "only looked up, never gone through")]
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::sync::Arc;

use key::Place;
use smallvec::SmallVec;

use crate::question::Question;
use crate::set::Verdict;
use crate::signature::Signature;
use crate::statement::Statement;
use crate::{Document, Effect, PolicyLabel};

/// The policies of a pool.
type Policies = [(PolicyLabel, Arc<Document>)];

#[expect(clippy::disallowed_types, reason = "only looked up, never gone through")]
type Buckets = HashMap<u64, Bucket, BuildHasherDefault<AlreadyHashed>>;

/// An index over the statements of a pool.
#[derive(Debug)]
pub(crate) struct Index {
    /// All places under which something is filed, with the lengths to look up there.
    places: Box<[PlaceLengths]>,
    buckets: Buckets,
    /// Statements that are filed nowhere.
    rest: Bucket,
    postings: Box<[Posting]>,
}

/// The keys of one place.
#[derive(Debug)]
struct PlaceLengths {
    place: Place,
    /// Lengths of keys that more may follow, each once.
    beginnings: Box<[u16]>,
    /// Whether there are keys that nothing may follow.
    whole: bool,
}

/// Postings under one key: those of Deny statements, then those of Allow statements.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    start: u32,
    allow: u32,
    end: u32,
}

/// A statement in a bucket.
#[derive(Debug, Clone, Copy)]
struct Posting {
    /// Copied from the statement, so that most of a bucket is passed over without fetching it.
    signature: Signature,
    policy: u32,
    statement: u32,
}

impl Index {
    pub(crate) fn new(policies: &Policies) -> Self {
        build::index(policies)
    }

    /// Holds a request against the pool: all Deny statements first, then Allow until one matches. `None` if
    /// the request does not lend itself to being looked up.
    pub(crate) fn judge<'a>(
        &self,
        policies: &'a Policies,
        question: &Question<'_>,
        next_change_ms: &mut Option<i64>,
    ) -> Option<Verdict<'a>> {
        let found = self.find(question)?;
        for (effect, part) in [
            (Effect::ExplicitDeny, Bucket::denies as fn(&Bucket) -> Range<usize>),
            (Effect::Allow, Bucket::allows),
        ] {
            for bucket in &found {
                for posting in self.postings.get(part(bucket)).unwrap_or_default() {
                    if !posting.signature.may_match(&question.signature) {
                        continue;
                    }
                    let Some((label, statement)) = posting.fetch(policies) else { continue };
                    if statement.matches(question, next_change_ms) {
                        let by = Some((Some(label), posting.statement as usize));
                        return Some(Verdict { effect, by });
                    }
                }
            }
        }
        Some(Verdict::NOTHING)
    }

    /// The buckets in which every statement that could match stands.
    fn find(&self, question: &Question<'_>) -> Option<SmallVec<[Bucket; 16]>> {
        let colons = key::colons(question)?;
        let mut found = SmallVec::new();
        found.push(self.rest);
        for PlaceLengths { place, beginnings, whole } in &self.places {
            for text in place.texts(question, &colons) {
                let lengths = beginnings.iter().map(|length| usize::from(*length));
                let beginnings = lengths.map_while(|length| text.get(..length));
                found
                    .extend(beginnings.filter_map(|text| self.buckets.get(&place.key(text, false)).copied()));
                if *whole {
                    found.extend(self.buckets.get(&place.key(text, true)).copied());
                }
            }
        }
        Some(found)
    }
}

impl Bucket {
    fn denies(&self) -> Range<usize> {
        self.start as usize..self.allow as usize
    }

    fn allows(&self) -> Range<usize> {
        self.allow as usize..self.end as usize
    }
}

impl Posting {
    fn fetch<'a>(&self, policies: &'a Policies) -> Option<(&'a PolicyLabel, &'a Statement)> {
        let (label, document) = policies.get(self.policy as usize)?;
        Some((label, document.statements().get(self.statement as usize)?))
    }
}

/// Keys are hashes already.
#[derive(Debug, Default)]
struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = key::hash(bytes, self.0);
    }
}

#[cfg(test)]
mod tests;
