//! What the records of a segment are found by.

use std::collections::BTreeMap;

use smallvec::SmallVec;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::event::Event;
use super::look_up::{By, Query};
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// What one record is found by. Texts are kept as hashes: whoever finds a record looks at it.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    posting: Posting,
    terms: SmallVec<[u64; 2]>,
    accounts: SmallVec<[AccountId; 2]>,
}

/// A record among those of one account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Posting {
    /// Where its line begins in the segment.
    pub(super) offset: u32,
    /// When it came, in seconds since 1970.
    pub(super) time_s: u32,
    pub(super) product: u32,
    pub(super) action: u32,
    pub(super) user: u32,
    /// Of [`WRITES`], [`BEGINS_SESSION`] and [`NOTABLE`].
    pub(super) flags: u32,
}

/// The call changed something.
pub(super) const WRITES: u32 = 1;
/// The call began a session.
pub(super) const BEGINS_SESSION: u32 = 2;
/// The call changed something, or was refused.
pub(super) const NOTABLE: u32 = 4;

/// From which kind of text a term is made; records are found by each kind apart from the others.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
enum Kind {
    Request = 1,
    AccessKey = 2,
    Session = 3,
}

/// The index of one segment in memory.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The records of each account, in the order of their offsets.
    pub(super) postings: BTreeMap<AccountId, Vec<Posting>>,
    /// Hashes of what few records have in common, each with the offset of one of them.
    pub(super) terms: Vec<(u64, u32)>,
    pub(super) span: Span,
}

/// The earliest and the latest second of some records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) earliest_s: u32,
    pub(super) latest_s: u32,
}

impl Default for Span {
    fn default() -> Self {
        Self { earliest_s: u32::MAX, latest_s: 0 }
    }
}

impl Marks {
    pub(super) fn of(event: &Event) -> Self {
        let mut terms = SmallVec::new();
        terms.push(term(Kind::Request, &event.request_id));
        terms.extend(event.access_key_id.as_deref().map(|id| term(Kind::AccessKey, id)));
        let mut flags = if event.write { WRITES } else { 0 };
        if let Some(session) = &event.session {
            terms.push(term(Kind::Session, &session.id.to_string()));
            flags |= BEGINS_SESSION;
        }
        if event.is_notable() {
            flags |= NOTABLE;
        }
        Self {
            posting: Posting {
                offset: 0,
                time_s: seconds(Timestamp::from_millis(event.time_ms)),
                product: event.product.as_deref().map_or(0, short),
                action: short(&event.action),
                user: event.caller.as_ref().map_or(0, |caller| short(&caller.user_name())),
                flags,
            },
            terms,
            accounts: SmallVec::from_slice(&event.accounts),
        }
    }

    pub(super) fn time_s(&self) -> u32 {
        self.posting.time_s
    }
}

impl Index {
    /// Adds the record whose line begins at `offset`, which lies after all that were added before.
    pub(super) fn add(&mut self, offset: u32, marks: &Marks) {
        let posting = Posting { offset, ..marks.posting };
        for account in &marks.accounts {
            self.postings.entry(*account).or_default().push(posting);
        }
        self.terms.extend(marks.terms.iter().map(|term| (*term, offset)));
        self.span.earliest_s = self.span.earliest_s.min(posting.time_s);
        self.span.latest_s = self.span.latest_s.max(posting.time_s);
    }

    /// The offsets of records that may be what is wanted, in ascending order.
    pub(super) fn candidates(&self, wanted: &Wanted) -> Vec<u32> {
        match &wanted.by {
            Way::Term(wanted) => {
                let with_term = self.terms.iter().filter(|(term, _)| term == wanted);
                with_term.map(|(_, offset)| *offset).collect()
            }
            Way::Account(account) => {
                let postings = self.postings.get(account).map(Vec::as_slice).unwrap_or_default();
                wanted.offsets(postings)
            }
        }
    }
}

/// What a look-up wants of indexes.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) by: Way,
    span: Span,
    product: Option<u32>,
    action: Option<u32>,
    user: Option<u32>,
    flags: u32,
    /// Which flags matter.
    mask: u32,
}

/// By what an index is entered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    Term(u64),
    Account(AccountId),
}

impl Wanted {
    pub(super) fn of(query: &Query) -> Self {
        let facets = &query.facets;
        let begins = facets.begins_session.then_some(true);
        let only = if facets.notable { NOTABLE } else { 0 };
        let with =
            |flag, wanted: Option<bool>, of: fn(bool) -> bool| if wanted.is_some_and(of) { flag } else { 0 };
        Self {
            by: match &query.by {
                By::Account => Way::Account(query.account),
                By::Request(id) => Way::Term(term(Kind::Request, id)),
                By::AccessKey(id) => Way::Term(term(Kind::AccessKey, id)),
                By::Session(id) => Way::Term(term(Kind::Session, &id.to_string())),
            },
            span: Span { earliest_s: seconds(query.from), latest_s: seconds(query.until) },
            product: facets.product.as_deref().map(short),
            action: facets.action.as_deref().map(short),
            user: facets.user.as_deref().map(short),
            flags: with(WRITES, facets.write, |write| write)
                | with(BEGINS_SESSION, begins, |begins| begins)
                | only,
            mask: with(WRITES, facets.write, |_| true) | with(BEGINS_SESSION, begins, |_| true) | only,
        }
    }

    /// The record of one request, whosever it is.
    pub(super) fn request(id: &str) -> Self {
        Self {
            by: Way::Term(term(Kind::Request, id)),
            span: Span { earliest_s: 0, latest_s: u32::MAX },
            product: None,
            action: None,
            user: None,
            flags: 0,
            mask: 0,
        }
    }

    /// Whether records of a segment can be as old as is wanted.
    pub(super) fn meets(&self, span: Span) -> bool {
        span.earliest_s <= self.span.latest_s && span.latest_s >= self.span.earliest_s
    }

    /// Where those of `postings` lie that may be wanted.
    pub(super) fn offsets(&self, postings: &[Posting]) -> Vec<u32> {
        postings.iter().filter(|posting| self.holds(posting)).map(|posting| posting.offset).collect()
    }

    fn holds(&self, posting: &Posting) -> bool {
        (self.span.earliest_s..=self.span.latest_s).contains(&posting.time_s)
            && posting.flags & self.mask == self.flags
            && self.product.is_none_or(|product| posting.product == product)
            && self.action.is_none_or(|action| posting.action == action)
            && self.user.is_none_or(|user| posting.user == user)
    }
}

/// Whole seconds that lie in what an index can hold.
fn seconds(time: Timestamp) -> u32 {
    u32::try_from(time.as_seconds().max(0)).unwrap_or(u32::MAX)
}

fn term(kind: Kind, text: &str) -> u64 {
    xxh3_64_with_seed(text.as_bytes(), kind as u64)
}

#[expect(clippy::cast_possible_truncation, reason = "half a hash is a hash")]
fn short(text: &str) -> u32 {
    xxh3_64(text.as_bytes()) as u32
}
