//! Looking into the records of one account.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::event::Event;
use super::index::Wanted;
use super::line;
use super::segment::{Closed, Part};
use crate::identifier::AccountId;
use crate::session::SessionId;
use crate::time::Timestamp;

/// How many records one look-up reads at most. It is gone on with by its position.
const MOST_READ: usize = 10_000;

/// What is looked for.
pub struct Query {
    /// Whose records: others are never shown.
    pub account: AccountId,
    /// Not older than this.
    pub from: Timestamp,
    /// Older than this.
    pub until: Timestamp,
    /// Which come first.
    pub order: Order,
    /// By which index they are found.
    pub by: By,
    /// What they have in common.
    pub facets: Facets,
    /// Which of those are kept.
    pub keep: Keep,
    /// Only what follows this one.
    pub after: Option<Position>,
    /// How many at most.
    pub at_most: usize,
}

/// What tells the records that are kept from others.
pub type Keep = Box<dyn Fn(&Event) -> bool + Send + Sync>;

/// By which index records are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// All of the account.
    Account,
    /// The one of this request.
    Request(String),
    /// Those of calls that this key signed.
    AccessKey(String),
    /// The one of the call that began this session.
    Session(SessionId),
}

/// What the index knows of each record: whatever is named must be so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// The product.
    pub product: Option<String>,
    /// The operation.
    pub action: Option<String>,
    /// The caller's name, as [`CallerRecord::user_name`](super::CallerRecord::user_name) has it.
    pub user: Option<String>,
    /// Whether the operation changes anything.
    pub write: Option<bool>,
    /// Only calls that began a session.
    pub begins_session: bool,
    /// Only calls that change something or were refused.
    pub notable: bool,
}

/// In which order records are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The newest first.
    NewestFirst,
    /// The oldest first.
    OldestFirst,
}

/// The place of a record in its trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The number of the first record of its segment.
    pub(super) segment: u64,
    /// Where its line begins there.
    pub(super) offset: u32,
}

/// Some of what was looked for.
#[derive(Debug, Default)]
pub struct Found {
    /// The records, in the order that was asked for.
    pub events: Vec<Event>,
    /// Where the last of them lies.
    pub last: Option<Position>,
    /// Where to go on, if there may be more. A page may hold fewer than asked for, and even none, although more
    /// follow.
    pub next: Option<Position>,
}

impl Query {
    /// Everything that concerns `account`, the newest first.
    pub fn of(account: AccountId) -> Self {
        Self {
            account,
            from: Timestamp::from_millis(i64::MIN),
            until: Timestamp::from_millis(i64::MAX),
            order: Order::NewestFirst,
            by: By::Account,
            facets: Facets::default(),
            keep: Box::new(|_| true),
            after: None,
            at_most: 1,
        }
    }

    /// Goes through the segments that are closed, the oldest first, and the candidates of the open one.
    pub(super) fn run(&self, closed: &[Arc<Closed>], open: Option<Part>) -> io::Result<Found> {
        let wanted = Wanted::of(self);
        let parts = closed.iter().filter(|closed| self.may_follow(closed.first()));
        let parts = parts.map(|closed| closed.candidates(&wanted)).chain(std::iter::once(Ok(open)));
        let search =
            Search { query: self, found: Found::default(), last_kept: None, last_read: None, read: 0 };
        match self.order {
            Order::NewestFirst => search.go_through_all(parts.rev()),
            Order::OldestFirst => search.go_through_all(parts),
        }
    }

    /// Whether anything in the segment that begins with this record can follow where the last page ended.
    fn may_follow(&self, segment: u64) -> bool {
        self.after.is_none_or(|after| match self.order {
            Order::NewestFirst => segment <= after.segment,
            Order::OldestFirst => segment >= after.segment,
        })
    }

    fn follows(&self, position: Position) -> bool {
        self.after.is_none_or(|after| match self.order {
            Order::NewestFirst => position < after,
            Order::OldestFirst => position > after,
        })
    }

    fn wants(&self, event: &Event) -> bool {
        let time = Timestamp::from_millis(event.time_ms);
        let found_by = match &self.by {
            By::Account => true,
            By::Request(id) => event.request_id == *id,
            By::AccessKey(id) => event.access_key_id.as_deref() == Some(id),
            By::Session(id) => event.session.as_ref().is_some_and(|session| session.id == *id),
        };
        event.accounts.contains(&self.account)
            && (self.from..self.until).contains(&time)
            && found_by
            && self.facets.hold(event)
            && (self.keep)(event)
    }
}

impl Facets {
    fn hold(&self, event: &Event) -> bool {
        (!self.begins_session || event.session.is_some())
            && (!self.notable || event.is_notable())
            && self.write.is_none_or(|write| event.write == write)
            && self.action.as_ref().is_none_or(|action| event.action == *action)
            && self.product.as_ref().is_none_or(|product| event.product.as_ref() == Some(product))
            && self.user.as_ref().is_none_or(|user| {
                event.caller.as_ref().is_some_and(|caller| caller.user_name() == user.as_str())
            })
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("account", &self.account)
            .field("by", &self.by)
            .field("facets", &self.facets)
            .finish_non_exhaustive()
    }
}

impl Position {
    /// Whether it is in the same segment as another.
    pub(crate) fn is_near(self, other: Self) -> bool {
        self.segment == other.segment
    }

    /// The place as bytes, for page markers.
    pub fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        let parts = self.segment.to_be_bytes().into_iter().chain(self.offset.to_be_bytes());
        for (to, from) in bytes.iter_mut().zip(parts) {
            *to = from;
        }
        bytes
    }

    /// The place that [`Position::to_bytes`] wrote; nothing if it did not.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (segment, offset) = bytes.split_first_chunk::<8>()?;
        Some(Self {
            segment: u64::from_be_bytes(*segment),
            offset: u32::from_be_bytes(offset.try_into().ok()?),
        })
    }
}

/// A query under way.
struct Search<'q> {
    query: &'q Query,
    found: Found,
    last_kept: Option<Position>,
    last_read: Option<Position>,
    read: usize,
}

impl Search<'_> {
    fn go_through_all(mut self, parts: impl Iterator<Item = io::Result<Option<Part>>>) -> io::Result<Found> {
        for part in parts {
            // A segment may have been removed for its age meanwhile.
            if let Some(part) = part?
                && self.go_through(&part)?
            {
                break;
            }
        }
        Ok(self.found)
    }

    /// Reads candidates of one segment; says whether there is no need to read on.
    fn go_through(&mut self, part: &Part) -> io::Result<bool> {
        let offsets = &part.offsets;
        for at in 0..offsets.len() {
            let newest_first = self.query.order == Order::NewestFirst;
            let at = if newest_first { offsets.len() - 1 - at } else { at };
            let Some(offset) = offsets.get(at).copied() else { continue };
            let position = Position { segment: part.segment, offset };
            if !self.query.follows(position) {
                continue;
            }
            if self.read == MOST_READ {
                self.found.next = self.last_read;
                return Ok(true);
            }
            (self.last_read, self.read) = (Some(position), self.read + 1);
            let text = part.source.line_at(offset)?;
            // What is damaged is named when the trail is verified; it hides nothing else.
            let Some(event) = line::read(&text).and_then(|line| Event::from_json(line.event)) else {
                continue;
            };
            if !self.query.wants(&event) {
                continue;
            }
            if self.found.events.len() == self.query.at_most {
                self.found.next = self.last_kept;
                return Ok(true);
            }
            self.found.events.push(event);
            self.last_kept = Some(position);
            self.found.last = Some(position);
        }
        Ok(false)
    }
}
