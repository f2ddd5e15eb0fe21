//! Looking up which resources came into a resource group and left it, as the records of the calls that moved them say.
// SPEC: limits, ActionTrail, for how far back; the reference's LookupResourceGroupEvents.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::setting::all_groups;
use crate::audit::{Event, Facets, GroupMove, Position, Query};
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::{AccountTable, Key, ResourceGroup};
use crate::name::PageSize;
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::actiontrail::lookup::LookupAttribute;
use crate::services::flat_list::FlatList;
use crate::time::Timestamp;

/// The look-up.
pub const OPERATIONS: &[Entry] = &[Entry::of::<LookupResourceGroupEvents>()];

/// The one category of events that there is.
const CATEGORY: &str = "MemberShipChange";
/// How far back events are shown, and from when on unless told, in days.
const HISTORY_DAYS: i64 = 90;
const USUAL_SPAN_DAYS: i64 = 7;
const DAY_S: i64 = 86_400;
/// How many conditions a look-up may have.
const MOST_CONDITIONS: usize = 5;

/// Shows what has come into the account's resource groups and left them, the newest first.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LookupResourceGroupEvents {
    /// What kind of events: `MemberShipChange`.
    pub event_category: String,
    /// Only those of this group.
    pub resource_group_id: Option<String>,
    /// Only those of groups that people know by this name.
    pub resource_group_display_name: Option<String>,
    /// What else must be so of each event: members of it, and their values.
    #[serde(default)]
    pub lookup_attributes: FlatList<LookupAttribute, MOST_CONDITIONS>,
    /// Not older than this: seven days before the end unless told.
    pub start_time: Option<String>,
    /// Older than this: now unless told.
    pub end_time: Option<String>,
    /// How many a page holds at most: 1 to 100.
    #[serde(default)]
    pub max_results: PageSize<100, 10>,
    /// Where the previous page ended; everything else stays as it was.
    pub next_token: Option<String>,
}

/// A page of events.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupEventPage {
    events: Vec<GroupEvent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// What came into a group, or left it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GroupEvent {
    change_type: Change,
    event_time: Timestamp,
    region_id: String,
    #[serde(flatten)]
    group: GroupInfo,
    resource_id: String,
    resource_type: String,
    service: String,
    source_resource_group_info: GroupInfo,
    target_resource_group_info: GroupInfo,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GroupInfo {
    resource_group_id: String,
    /// Absent where the group is no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_group_display_name: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Change {
    Add,
    Remove,
}

impl Change {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "Add",
            Self::Remove => "Remove",
        }
    }
}

impl Operation for LookupResourceGroupEvents {
    const NAME: &'static str = "LookupResourceGroupEvents";
    const ACCESS: Access = Access::Read;
    const HAS_ERRAND: bool = true;
    type Response = GroupEventPage;

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        if self.event_category != CATEGORY {
            let message = format!("EventCategory must be {CATEGORY}.");
            return Err(ApiError::invalid("EventCategory", message));
        }
        let place = self.place(cx)?;
        let wanted = self.wanted(cx)?;
        Ok(Errand::LookUp(Query {
            from: self.start(place.until, cx.now())?,
            until: place.until,
            facets: Facets { write: Some(true), ..Facets::default() },
            keep: Box::new(move |event| wanted.of(event).next().is_some()),
            at_most: self.max_results.get(),
            after: place.after,
            ..Query::of(cx.account())
        }))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<GroupEventPage, ApiError> {
        let Some(Brought::Records(found)) = cx.brought() else {
            return Err(ApiError::internal("events are looked up without their records"));
        };
        let (place, wanted, size) = (self.place(cx)?, self.wanted(cx)?, self.max_results.get());
        let all: Vec<_> = found.events.iter().flat_map(|event| wanted.of(event)).collect();
        let shown = all.iter().skip(place.skip).take(size);
        let events = shown.map(|(time, change, moved)| wanted.shown(*time, *change, moved)).collect();
        // A record may tell of more than a page holds: it is read once more for the rest.
        let next = match (all.len() > place.skip.saturating_add(size), found.next) {
            (true, _) => Some(Place { skip: place.skip.saturating_add(size), ..place }),
            (false, Some(next)) => Some(Place { after: Some(next), skip: 0, ..place }),
            (false, None) => None,
        };
        let next_token = next.map(|next| cx.seal_marker(&self.list(cx), &next.to_bytes()));
        Ok(GroupEventPage { events, next_token })
    }
}

impl LookupResourceGroupEvents {
    /// Where this page begins.
    fn place(&self, cx: &Context<'_>) -> Result<Place, ApiError> {
        if let Some(token) = &self.next_token {
            let opened = cx.open_marker(&self.list(cx), token).ok();
            return opened.and_then(|bytes| Place::from_bytes(&bytes)).ok_or_else(|| {
                let message =
                    "NextToken goes on with the look-up that gave it: send the other parameters unchanged.";
                ApiError::invalid("NextToken", message)
            });
        }
        let until = match &self.end_time {
            Some(end) => date("EndTime", end)?,
            None => cx.now().plus_seconds(1),
        };
        Ok(Place { until, after: None, skip: 0 })
    }

    fn start(&self, until: Timestamp, now: Timestamp) -> Result<Timestamp, ApiError> {
        let start = match &self.start_time {
            Some(start) => date("StartTime", start)?,
            None => until.plus_seconds(-USUAL_SPAN_DAYS * DAY_S),
        };
        if start >= until {
            return Err(ApiError::invalid("StartTime", "StartTime must be before EndTime."));
        }
        Ok(start.max(now.plus_seconds(-HISTORY_DAYS * DAY_S)))
    }

    fn wanted(&self, cx: &Context<'_>) -> Result<Wanted, ApiError> {
        let conditions = self.lookup_attributes.as_slice().iter().map(|attribute| {
            let (Some(key), Some(value)) = (&attribute.key, &attribute.value) else {
                return Err(ApiError::invalid("LookupAttributes", "Each attribute needs a Key and a Value."));
            };
            let known = Attribute::ALL.iter().find(|(name, _)| name == key);
            let (_, attribute) = known.ok_or_else(|| {
                let names: Vec<_> = Attribute::ALL.iter().map(|(name, _)| *name).collect();
                let message = format!("An attribute's Key is one of {}.", names.join(", "));
                ApiError::invalid("LookupAttributes", message)
            })?;
            Ok((*attribute, value.clone()))
        });
        let groups = ResourceGroup::all(cx.tx(), cx.account())?.into_iter();
        Ok(Wanted {
            account: cx.account(),
            group: self.resource_group_id.clone(),
            display_name: self.resource_group_display_name.clone(),
            conditions: conditions.collect::<Result<_, _>>()?,
            names: groups.map(|group| (group.id.to_string(), group.display_name.to_string())).collect(),
        })
    }

    /// What tells this look-up from others of the account.
    fn list(&self, cx: &Context<'_>) -> Key {
        let size = self.max_results.get().to_string();
        let conditions = self.lookup_attributes.as_slice().iter();
        let conditions = conditions.flat_map(|attribute| [&attribute.key, &attribute.value]);
        let given =
            [&self.resource_group_id, &self.resource_group_display_name, &self.start_time, &self.end_time];
        let texts = given.into_iter().chain(conditions).map(|text| text.as_deref().unwrap_or_default());
        let list = Key::account(cx.account(), AccountTable::ResourceGroup).text("events").text(&size);
        texts.fold(list, |list, text| list.number(text.len() as u64).bytes(text.as_bytes()))
    }
}

/// Which events are wanted.
struct Wanted {
    account: AccountId,
    group: Option<String>,
    display_name: Option<String>,
    conditions: Vec<(Attribute, String)>,
    /// How people know the account's groups, by id.
    names: BTreeMap<String, String>,
}

impl Wanted {
    /// Those of one record: the account's own, if the call came to anything.
    fn of<'e>(&'e self, event: &'e Event) -> impl Iterator<Item = (Timestamp, Change, &'e GroupMove)> {
        let time = Timestamp::from_millis(event.time_ms);
        let own = |moved: &&GroupMove| moved.owner == self.account && event.error_code.is_none();
        let both = |moved| [(Change::Add, moved), (Change::Remove, moved)];
        let changes = event.moves.iter().filter(own).flat_map(both);
        changes
            .filter(|(change, moved)| self.holds(*change, moved))
            .map(move |(change, moved)| (time, change, moved))
    }

    fn holds(&self, change: Change, moved: &GroupMove) -> bool {
        let group = group_of(change, moved);
        self.group.as_ref().is_none_or(|wanted| wanted == group)
            && self.display_name.as_ref().is_none_or(|wanted| self.names.get(group) == Some(wanted))
            && self.conditions.iter().all(|(attribute, value)| attribute.of(change, moved) == value)
    }

    fn shown(&self, event_time: Timestamp, change: Change, moved: &GroupMove) -> GroupEvent {
        let group = |id: &str| GroupInfo {
            resource_group_id: id.to_owned(),
            resource_group_display_name: self.names.get(id).cloned(),
        };
        GroupEvent {
            change_type: change,
            event_time,
            region_id: moved.region.clone(),
            group: group(group_of(change, moved)),
            resource_id: moved.id.clone(),
            resource_type: moved.resource_type.clone(),
            service: moved.service.clone(),
            source_resource_group_info: group(&moved.from),
            target_resource_group_info: group(&moved.to),
        }
    }
}

/// The group that something came into or left.
fn group_of(change: Change, moved: &GroupMove) -> &str {
    match change {
        Change::Add => &moved.to,
        Change::Remove => &moved.from,
    }
}

/// A member of events by which they are looked up.
#[derive(Clone, Copy, Debug)]
enum Attribute {
    Change,
    Region,
    Id,
    Type,
    Service,
}

impl Attribute {
    /// All of them, as the members are called. Which attributes the reference knows is not published.
    const ALL: &[(&str, Self)] = &[
        ("ChangeType", Self::Change),
        ("RegionId", Self::Region),
        ("ResourceId", Self::Id),
        ("ResourceType", Self::Type),
        ("Service", Self::Service),
    ];

    fn of(self, change: Change, moved: &GroupMove) -> &str {
        match self {
            Self::Change => change.as_str(),
            Self::Region => &moved.region,
            Self::Id => &moved.id,
            Self::Type => &moved.resource_type,
            Self::Service => &moved.service,
        }
    }
}

/// Where a page begins: what came since the first page does not move it.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Events are older than this.
    until: Timestamp,
    /// Which record the records of the page follow.
    after: Option<Position>,
    /// How many of their events were shown already.
    skip: usize,
}

impl Place {
    fn to_bytes(self) -> Vec<u8> {
        let skip = u32::try_from(self.skip).unwrap_or(u32::MAX);
        let mut bytes = [&self.until.as_millis().to_be_bytes()[..], &skip.to_be_bytes()].concat();
        bytes.extend(self.after.map(Position::to_bytes).into_iter().flatten());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (until, rest) = bytes.split_first_chunk::<8>()?;
        let (skip, after) = rest.split_first_chunk::<4>()?;
        let after = match after {
            [] => None,
            after => Some(Position::from_bytes(after)?),
        };
        let until = Timestamp::from_millis(i64::from_be_bytes(*until));
        Some(Self { until, after, skip: usize::try_from(u32::from_be_bytes(*skip)).ok()? })
    }
}

/// A time as the reference writes it here, `2025-11-30 23:43:16`, or elsewhere.
fn date(parameter: &str, text: &str) -> Result<Timestamp, ApiError> {
    let usual = match text.split_once(' ') {
        Some((day, time)) => format!("{day}T{time}Z"),
        None => text.to_owned(),
    };
    usual.parse().map_err(|_| {
        let message = format!("{parameter} is no time: write it as 2015-01-23 12:33:18, in UTC.");
        ApiError::invalid(parameter, message)
    })
}
