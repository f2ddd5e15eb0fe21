//! Looking up events.
// SPEC: limits, ActionTrail; the ActionTrail reference, LookupEvents.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::event::shown;
use super::resource::referenced;
use super::{all_records, failure, unacceptable};
use crate::audit::{By, Event, Facets, Order, Position, Query};
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::ApiError;
use crate::model::{AccountTable, Key};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::time::Timestamp;

/// How events are looked up.
pub const OPERATIONS: &[Entry] = &[Entry::of::<LookupEvents>()];

const DAY_S: i64 = 86_400;
/// How far back events are shown, how long a span may be, and how long it is unless told, in days.
const HISTORY_DAYS: i64 = 90;
const LONGEST_SPAN_DAYS: i64 = 30;
const USUAL_SPAN_DAYS: i64 = 7;
/// How many events a page holds at most, and unless told.
const MOST_EVENTS: i64 = 50;
const USUAL_EVENTS: i64 = 20;
/// How many conditions a look-up may have.
const MOST_CONDITIONS: usize = 2;

/// Shows the account's events, the newest first unless told.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LookupEvents {
    /// Not older than this; with `EndTime` or not at all.
    pub start_time: Option<String>,
    /// Not newer than this.
    pub end_time: Option<String>,
    /// What must be so of each event.
    #[serde(default)]
    pub lookup_attribute: Vec<LookupAttribute>,
    /// Which come first.
    #[serde(default)]
    pub direction: Direction,
    /// How many a page holds at most: 0 to 50.
    pub max_results: Option<i64>,
    /// Where the previous page ended; everything else stays as it was.
    pub next_token: Option<String>,
}

/// A condition.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LookupAttribute {
    /// Of what.
    pub key: Option<String>,
    /// What it must be.
    pub value: Option<String>,
}

/// Which events come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Direction {
    /// The oldest.
    #[serde(rename = "FORWARD")]
    Forward,
    /// The newest.
    #[default]
    #[serde(rename = "BACKWARD")]
    Backward,
}

/// A page of events.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventPage {
    start_time: Timestamp,
    end_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    events: Vec<Value>,
}

impl Operation for LookupEvents {
    const NAME: &'static str = "LookupEvents";
    const ACCESS: Access = Access::Read;
    const HAS_ERRAND: bool = true;
    type Response = EventPage;

    fn resources(&self, caller: &Caller) -> Resources {
        all_records(caller.account()).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let (start, end) = self.span(cx.now())?;
        let mut query = Query {
            from: start,
            // The second that is named is still among them.
            until: end.plus_seconds(1),
            order: match self.direction {
                Direction::Forward => Order::OldestFirst,
                Direction::Backward => Order::NewestFirst,
            },
            at_most: self.page_size()?,
            after: self.next_token.as_deref().map(|token| self.position(cx, token)).transpose()?,
            ..Query::of(cx.account())
        };
        if self.lookup_attribute.len() > MOST_CONDITIONS {
            return Err(unacceptable(format!("A look-up has at most {MOST_CONDITIONS} attributes.")));
        }
        let mut resource = Vec::new();
        for attribute in &self.lookup_attribute {
            resource.extend(condition(attribute, &mut query)?);
        }
        query.keep = Box::new(move |event| resource.iter().all(|wanted| wanted.holds(event)));
        Ok(Errand::LookUp(query))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<EventPage, ApiError> {
        let (start_time, end_time) = self.span(cx.now())?;
        let Some(Brought::Records(found)) = cx.brought() else {
            return Err(ApiError::internal("events are looked up without their records"));
        };
        let viewer = cx.account();
        let mut events: Vec<_> = found.events.iter().collect();
        // Records lie in the order in which calls ended, and are shown in that in which they came.
        events.sort_by_key(|event| match self.direction {
            Direction::Forward => event.time_ms,
            Direction::Backward => -event.time_ms,
        });
        let next_token = found.next.map(|next| cx.seal_marker(&self.list(cx), &next.to_bytes()));
        let events = events.into_iter().map(|event| shown(event, viewer)).collect();
        Ok(EventPage { start_time, end_time, next_token, events })
    }
}

impl LookupEvents {
    /// The first and the last second that is looked at.
    fn span(&self, now: Timestamp) -> Result<(Timestamp, Timestamp), ApiError> {
        let (start, end) = match (&self.start_time, &self.end_time) {
            (None, None) => {
                let end = Timestamp::from_seconds(now.as_seconds());
                return Ok((end.plus_seconds(-USUAL_SPAN_DAYS * DAY_S), end));
            }
            (Some(start), Some(end)) => (date("StartTime", start)?, date("EndTime", end)?),
            _ => return Err(combination("Send both StartTime and EndTime, or neither.")),
        };
        if start.plus_seconds(HISTORY_DAYS * DAY_S + 1) < now {
            let message =
                format!("StartTime is more than {HISTORY_DAYS} days ago: events are kept no longer.");
            return Err(failure("InvalidParameterStartTime", message));
        }
        if end <= start {
            return Err(combination("EndTime must be after StartTime."));
        }
        if start.plus_seconds(LONGEST_SPAN_DAYS * DAY_S) < end {
            return Err(combination("StartTime and EndTime may lie at most 30 days apart."));
        }
        Ok((start, end))
    }

    fn page_size(&self) -> Result<usize, ApiError> {
        match self.max_results.unwrap_or(USUAL_EVENTS) {
            0 => Ok(usize::try_from(USUAL_EVENTS).unwrap_or_default()),
            size @ 1..=MOST_EVENTS => Ok(usize::try_from(size).unwrap_or_default()),
            _ => Err(unacceptable(format!("MaxResults must be 0 to {MOST_EVENTS}."))),
        }
    }

    fn position(&self, cx: &Context<'_>, token: &str) -> Result<Position, ApiError> {
        let opened = cx.open_marker(&self.list(cx), token).ok();
        opened.and_then(|bytes| Position::from_bytes(&bytes)).ok_or_else(|| {
            unacceptable(
                "NextToken goes on with the look-up that gave it: send the other parameters unchanged.",
            )
        })
    }

    /// What tells this look-up from others of the account.
    fn list(&self, cx: &Context<'_>) -> Key {
        let mut list =
            Key::account(cx.account(), AccountTable::Trail).text("events").bytes(&[self.direction as u8]);
        let given = [&self.start_time, &self.end_time]
            .into_iter()
            .chain(self.lookup_attribute.iter().flat_map(|attribute| [&attribute.key, &attribute.value]));
        for text in given {
            let text = text.as_deref().unwrap_or_default();
            list = list.number(text.len() as u64).bytes(text.as_bytes());
        }
        list
    }
}

/// A condition that no index knows.
struct OfResource {
    name: Option<String>,
    kind: Option<String>,
}

impl OfResource {
    fn holds(&self, event: &Event) -> bool {
        referenced(event).iter().any(|(kind, names)| {
            self.kind.as_ref().is_none_or(|wanted| kind == wanted)
                && self.name.as_ref().is_none_or(|wanted| names.contains(wanted))
        })
    }
}

/// Adds a condition to a query, or returns it if no index knows it.
fn condition(attribute: &LookupAttribute, query: &mut Query) -> Result<Option<OfResource>, ApiError> {
    let (Some(key), Some(value)) = (&attribute.key, &attribute.value) else {
        return Err(unacceptable("Each LookupAttribute needs a Key and a Value."));
    };
    let twice = || unacceptable(format!("The attribute {key} is given twice."));
    let Facets { product, action, user, write, .. } = &mut query.facets;
    let once = |place: &mut Option<String>| place.replace(value.clone()).map_or(Ok(()), |_| Err(twice()));
    match key.as_str() {
        "ServiceName" => once(product)?,
        "EventName" => once(action)?,
        "User" => once(user)?,
        "EventRW" => {
            let wanted = match value.as_str() {
                "Write" => true,
                "Read" => false,
                _ => return Err(unacceptable("EventRW is Read or Write.")),
            };
            if write.replace(wanted).is_some() {
                return Err(twice());
            }
        }
        "EventId" | "EventAccessKeyId" => {
            let by = if key == "EventId" { By::Request(value.clone()) } else { By::AccessKey(value.clone()) };
            if std::mem::replace(&mut query.by, by) != By::Account {
                return Err(unacceptable("Of EventId and EventAccessKeyId give one only, and that once."));
            }
        }
        "ResourceType" => return Ok(Some(OfResource { name: None, kind: Some(value.clone()) })),
        "ResourceName" => return Ok(Some(OfResource { name: Some(value.clone()), kind: None })),
        _ => {
            return Err(unacceptable(
                "A LookupAttribute's Key is one of ServiceName, EventName, User, EventId, ResourceType, \
                 ResourceName, EventRW and EventAccessKeyId.",
            ));
        }
    }
    Ok(None)
}

fn date(parameter: &str, text: &str) -> Result<Timestamp, ApiError> {
    text.parse().map_err(|_| {
        let code =
            if parameter == "StartTime" { "InvalidParameterStartTime" } else { "InvalidParameterEndTime" };
        failure(code, format!("{parameter} is no time: write it as 2015-01-23T12:33:18Z."))
    })
}

fn combination(message: &'static str) -> ApiError {
    failure("InvalidParameterCombination", message)
}
