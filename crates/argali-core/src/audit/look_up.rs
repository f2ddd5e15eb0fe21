//! Looking into the records of one account.

use std::fmt;

use super::event::Event;
use crate::identifier::AccountId;
use crate::time::Timestamp;

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
    /// Which are kept.
    pub keep: Box<dyn Fn(&Event) -> bool + Send + Sync>,
    /// Only what follows this one.
    pub after: Option<Position>,
    /// How many at most.
    pub at_most: usize,
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("account", &self.account)
            .field("from", &self.from)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
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
pub struct Position(u64);

impl Position {
    /// The place as bytes, for page markers.
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    /// The place that [`Position::to_bytes`] wrote; nothing if it did not.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(u64::from_be_bytes(bytes.try_into().ok()?)))
    }
}

/// Some of what was looked for.
#[derive(Debug)]
pub struct Found {
    /// The records, in the order that was asked for.
    pub events: Vec<Event>,
    /// Where to go on, if there may be more.
    pub next: Option<Position>,
}

impl Query {
    /// What of `events`, all there are and the oldest first, is looked for.
    pub(super) fn select(&self, events: Vec<Event>) -> Found {
        let mut numbered: Vec<_> = (0..).map(Position).zip(events).collect();
        if self.order == Order::NewestFirst {
            numbered.reverse();
        }
        let follows = |at: Position| match (self.after, self.order) {
            (None, _) => true,
            (Some(after), Order::NewestFirst) => at < after,
            (Some(after), Order::OldestFirst) => at > after,
        };
        let wanted = |(at, event): &(Position, Event)| {
            let time = Timestamp::from_millis(event.time_ms);
            follows(*at)
                && event.accounts.contains(&self.account)
                && (self.from..self.until).contains(&time)
                && (self.keep)(event)
        };
        let mut found: Vec<_> =
            numbered.into_iter().filter(wanted).take(self.at_most.saturating_add(1)).collect();
        let more = found.len() > self.at_most;
        found.truncate(self.at_most);
        let next = found.last().map(|(at, _)| *at).filter(|_| more);
        Found { events: found.into_iter().map(|(_, event)| event).collect(), next }
    }
}
