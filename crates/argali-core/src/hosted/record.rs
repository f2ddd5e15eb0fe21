//! A resource as it is kept.

use std::collections::BTreeMap;
use std::path::PathBuf;

use argali_store::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::file::{ResourceType, Step};
use super::file_value::{Kind, Shape};

/// The format that is written. Raised only when old bytes would no longer read.
const VERSION: u8 = 1;

/// A resource as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its identifier.
    #[serde(skip)]
    pub id: String,
    /// Where it is; `*` if its service has no regions.
    #[serde(skip)]
    pub region: String,
    /// The resource group that it is in, if its type has them.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its tags.
    #[serde(rename = "t", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// When it was made, in milliseconds since 1970 UTC.
    #[serde(rename = "c")]
    pub created_ms: i64,
    /// The states that it goes through, each with the instant from which it holds.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<(i64, String)>,
    /// Its fields.
    #[serde(rename = "f")]
    pub fields: Map<String, Value>,
}

impl Record {
    /// The state at an instant; empty if the type has no states.
    pub fn state(&self, now_ms: i64) -> &str {
        state_of(&self.path, now_ms)
    }

    /// Sets out on a path of states at an instant.
    pub(super) fn set_out(&mut self, steps: &[Step], now_ms: i64) {
        let mut from = now_ms;
        self.path = Vec::with_capacity(steps.len());
        for step in steps {
            self.path.push((from, step.state.clone()));
            from = from.saturating_add(i64::from(step.seconds.unwrap_or_default()) * 1_000);
        }
    }

    /// What it refers to: types or tables and identifiers.
    pub(super) fn references<'r>(&'r self, resource: &'r ResourceType) -> Vec<(&'r str, &'r str)> {
        let mut found = Vec::new();
        for (name, value) in &self.fields {
            if let Some(field) = resource.fields.get(name) {
                gather_references(&field.shape, value, &mut found);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The region comes first, so that a scan can pass over other regions without reading on.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, StoreError> {
        let mut bytes = vec![VERSION, u8::try_from(self.region.len()).unwrap_or(u8::MAX)];
        bytes.extend_from_slice(self.region.as_bytes());
        match serde_json::to_writer(&mut bytes, self) {
            Ok(()) => Ok(bytes),
            Err(error) => Err(damaged(format!("a resource cannot be written: {error}"))),
        }
    }

    pub(super) fn from_bytes(id: &str, bytes: &[u8]) -> Result<Self, StoreError> {
        let (region, rest) = split_region(bytes)?;
        let mut record: Self = serde_json::from_slice(rest)
            .map_err(|error| damaged(format!("a resource cannot be read: {error}")))?;
        record.id = id.to_owned();
        record.region = region.to_owned();
        Ok(record)
    }
}

/// The state at an instant on a path of states; empty if it has none.
pub(super) fn state_of(path: &[(i64, String)], now_ms: i64) -> &str {
    let reached = path.iter().rev().find(|(from, _)| *from <= now_ms);
    reached.or(path.first()).map(|(_, state)| state.as_str()).unwrap_or_default()
}

/// The region of a record, without reading the rest of it.
pub(super) fn region_of(bytes: &[u8]) -> Result<&str, StoreError> {
    Ok(split_region(bytes)?.0)
}

/// The identifiers that a value of a shape refers to.
pub(super) fn gather_references<'r>(shape: &'r Shape, value: &'r Value, found: &mut Vec<(&'r str, &'r str)>) {
    if let Some(refers) = &shape.refers {
        let ids = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice).iter();
        found.extend(
            ids.filter_map(Value::as_str).filter(|id| !id.is_empty()).map(|id| (refers.value.as_str(), id)),
        );
    }
    let tables = match &shape.kind {
        Kind::Structs(_) | Kind::JsonStructs(_) => value.as_array().map(Vec::as_slice).unwrap_or_default(),
        Kind::Struct(_) => std::slice::from_ref(value),
        _ => return,
    };
    for (name, member) in shape.kind.members().into_iter().flatten() {
        for value in tables.iter().filter_map(|table| table.get(name)) {
            gather_references(&member.shape, value, found);
        }
    }
}

/// Stored bytes that are not what was written.
pub(super) fn damaged(detail: impl Into<String>) -> StoreError {
    StoreError::Damaged { file: PathBuf::from("resources"), offset: None, detail: detail.into() }
}

fn split_region(bytes: &[u8]) -> Result<(&str, &[u8]), StoreError> {
    let damaged = || damaged("a resource has an unknown format");
    let rest = match bytes {
        [VERSION, length, rest @ ..] => rest.split_at_checked(usize::from(*length)),
        _ => None,
    };
    let (region, rest) = rest.ok_or_else(damaged)?;
    Ok((std::str::from_utf8(region).map_err(|_| damaged())?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        let steps = [
            Step { state: "Pending".to_owned(), seconds: Some(2) },
            Step { state: "Running".to_owned(), seconds: None },
        ];
        let mut record = Record {
            id: "i-1".to_owned(),
            region: "cn-hangzhou".to_owned(),
            group: Some("rg-1".to_owned()),
            tags: BTreeMap::from([("env".to_owned(), "test".to_owned())]),
            created_ms: 5,
            path: Vec::new(),
            fields: Map::from_iter([("Name".to_owned(), Value::from("a"))]),
        };
        record.set_out(&steps, 1_000);
        record
    }

    #[test]
    fn states_pass_with_the_instant_of_the_question() {
        let record = record();
        for (now, state) in [
            (0, "Pending"),
            (1_000, "Pending"),
            (2_999, "Pending"),
            (3_000, "Running"),
            (i64::MAX, "Running"),
        ] {
            assert_eq!(record.state(now), state, "{now}");
        }
    }

    #[test]
    fn what_is_written_is_read_and_what_is_damaged_is_refused() {
        let bytes = record().to_bytes().unwrap();
        assert_eq!(region_of(&bytes).unwrap(), "cn-hangzhou");
        assert_eq!(Record::from_bytes("i-1", &bytes).unwrap(), record());
        for bad in [&[] as &[u8], &[9, 0], &[1, 200, 1], &bytes[..20]] {
            assert!(Record::from_bytes("i-1", bad).is_err(), "{bad:?}");
        }
    }

    /// A record of format 1 as it was first written: it must be read for ever.
    #[test]
    fn old_bytes_still_read() {
        let bytes = b"\x01\x0bcn-hangzhou{\"g\":\"rg-1\",\"t\":{\"env\":\"test\"},\"c\":5,\
            \"s\":[[1000,\"Pending\"],[3000,\"Running\"]],\"f\":{\"Name\":\"a\"}}";
        assert_eq!(Record::from_bytes("i-1", bytes).unwrap(), record());
    }
}
