//! The index by value: what of a resource lists find it by.
//!
//! In it are the fields that some list is narrowed by, the state, the instant of making, the resource group, the tags,
//! and, under no name, every resource. States pass with the clock while nothing is written: a resource is in the index
//! under the state in which it comes to rest, and among those in transit until it is there.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use argali_store::StoreError;

use super::catalog::Catalog;
use super::file::ResourceType;
use super::file_operation::{Comparison, Does, ListFilter};
use super::host::{Host, Shelf};
use super::record::{Record, damaged, state_of};
use super::shelves::BATCH;
use super::template::plain;

/// Under this name is every resource.
pub(super) const ALL: &str = "";
/// The state in which a resource comes to rest.
pub(super) const STATE: &str = "state";
/// The instant at which a resource was made.
pub(super) const CREATED: &str = "created";
/// The resource group.
pub(super) const GROUP: &str = "group";

/// The keys of the tags.
pub(super) const TAGS: &str = "tags";

/// How many bytes of a value are in the index at most.
const LONGEST_VALUE: usize = 256;

/// The name under which the values of a tag are.
pub(super) fn tag(key: &str) -> String {
    format!("tag:{}", text(key))
}

/// What stands behind a value of which only the beginning is in the index.
const CUT: char = '\u{1}';

/// A value as it is in the index: of one that is too long, and of one that holds a NUL, the beginning.
pub(super) fn text(value: &str) -> Cow<'_, str> {
    let start = beginning(value);
    if start.len() == value.len() { Cow::Borrowed(value) } else { Cow::Owned(format!("{start}{CUT}")) }
}

/// As much of a value as can be in the index.
pub(super) fn beginning(value: &str) -> &str {
    let end = value.find('\0').unwrap_or(value.len()).min(value.floor_char_boundary(LONGEST_VALUE));
    value.get(..end).unwrap_or_default()
}

/// Whether a value in the index may be the beginning of a longer one.
pub(super) fn is_cut(value: &str) -> bool {
    value.ends_with(CUT)
}

/// An instant, in the order of time.
pub(super) fn instant(ms: i64) -> String {
    format!("{:020}", ms.max(0))
}

impl ResourceType {
    /// Whether a list that `filter` narrows can look into the index for it.
    pub(super) fn is_indexed(&self, filter: &ListFilter) -> bool {
        self.indexed.contains(&filter.field) && is_of_index(self, filter)
    }
}

/// Finds for every type what its lists are narrowed by.
pub(super) fn derive(catalog: &mut Catalog) {
    let mut indexed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, operation) in catalog.operations() {
        let (Does::List(listing), Some(name)) = (&operation.does, &operation.resource) else { continue };
        let Some(resource) = catalog.resource(&name.value) else { continue };
        let fields = listing.filters.iter().filter(|filter| is_of_index(resource, filter));
        let fields = fields.map(|filter| filter.field.clone());
        indexed.entry(resource.name.clone()).or_default().extend(fields);
    }
    for resource in catalog.services.values_mut().flat_map(|service| service.resources.values_mut()) {
        resource.indexed = indexed.remove(&resource.name).unwrap_or_default();
    }
}

fn is_of_index(resource: &ResourceType, filter: &ListFilter) -> bool {
    match filter.by {
        Comparison::Equal | Comparison::Wildcard => {
            filter.field == STATE || resource.fields.contains_key(&filter.field)
        }
        Comparison::AtLeast | Comparison::AtMost => filter.field == CREATED,
        Comparison::Contains => false,
    }
}

/// The names and values under which a resource is in the index, each once.
pub(super) fn entries(resource: &ResourceType, record: &Record) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::from([(ALL.to_owned(), String::new())]);
    let mut add = |name: &str, value: &str| found.insert((name.to_owned(), text(value).into_owned()));
    if let Some(group) = &record.group {
        add(GROUP, group);
    }
    for (key, value) in &record.tags {
        add(TAGS, key);
        add(&tag(key), value);
    }
    for name in &resource.indexed {
        match (name.as_str(), record.fields.get(name)) {
            (STATE, _) => {
                let rest = record.path.last().map(|(_, state)| add(STATE, state));
                rest.unwrap_or_default()
            }
            (CREATED, _) => add(CREATED, &instant(record.created_ms)),
            (_, Some(serde_json::Value::Array(values))) => {
                values.iter().map(|value| add(name, &plain(value))).fold(false, |any, new| any | new)
            }
            (_, Some(value)) => add(name, &plain(value)),
            (_, None) => false,
        };
    }
    found
}

/// When a resource comes to rest, and the states on its way there; none if it was there from the beginning.
pub(super) fn transit(resource: &ResourceType, record: &Record) -> Option<(String, String)> {
    let (due, _) =
        record.path.last().filter(|_| record.path.len() > 1 && resource.indexed.contains(STATE))?;
    Some((instant(*due), serde_json::to_string(&record.path).unwrap_or_default()))
}

/// What the index by state does not know yet at an instant.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Underway {
    /// What has one of some states now, and will come to rest in another.
    pub(super) also: BTreeSet<String>,
    /// What will come to rest in one of them, and has another now.
    pub(super) without: BTreeSet<String>,
}

impl Underway {
    /// What is on its way to or from one of `states`.
    pub(super) fn read(
        host: &dyn Host,
        (type_name, region): (&str, &str),
        states: &[String],
    ) -> Result<Self, StoreError> {
        let now = host.now_ms();
        let mut found = Self::default();
        let mut after = vec![instant(now.saturating_add(1))];
        loop {
            let last: Vec<&str> = after.iter().map(String::as_str).collect();
            let rows = host.scan(Shelf::Transit, &[type_name, region], Some(&last), BATCH)?;
            let more = rows.len() == BATCH;
            for row in rows {
                found.consider(row.rest.last().cloned().unwrap_or_default(), &row.value, (states, now))?;
                after = row.rest;
            }
            if !more {
                return Ok(found);
            }
        }
    }

    fn consider(
        &mut self,
        id: String,
        path: &[u8],
        (states, now): (&[String], i64),
    ) -> Result<(), StoreError> {
        let path: Vec<(i64, String)> = serde_json::from_slice(path)
            .map_err(|error| damaged(format!("states cannot be read: {error}")))?;
        let asked = |state: &str| states.iter().any(|known| known == state);
        let rests = path.last().is_some_and(|(_, state)| asked(state));
        match (asked(state_of(&path, now)), rests) {
            (true, false) => self.also.insert(id),
            (false, true) => self.without.insert(id),
            _ => false,
        };
        Ok(())
    }

    /// Whether the index by state is right as it is.
    pub(super) fn is_empty(&self) -> bool {
        self.also.is_empty() && self.without.is_empty()
    }
}
