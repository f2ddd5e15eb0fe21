//! Reads and writes resources together with their index rows.

use argali_store::StoreError;
use serde_json::Value;

use super::catalog::Catalog;
use super::file::ResourceType;
use super::file_value::Generate;
use super::host::{Host, HostMut, Shelf};
use super::record::{Record, damaged, region_of};

/// How many rows are read at once.
pub(super) const BATCH: usize = 256;

/// The resource with a type and identifier.
pub(super) fn load(host: &dyn Host, type_name: &str, id: &str) -> Result<Option<Record>, StoreError> {
    // No identifier holds a NUL, and no row could be found under one.
    if id.contains('\0') {
        return Ok(None);
    }
    let bytes = host.get(Shelf::Resource, &[type_name, id])?;
    bytes.map(|bytes| Record::from_bytes(id, &bytes)).transpose()
}

/// Something that refers to a resource.
pub(super) struct Referrer {
    /// Its type.
    pub(super) type_name: String,
    /// Its identifier.
    pub(super) id: String,
    /// The addresses that it holds of the resource, joined with commas.
    pub(super) addresses: Vec<u8>,
}

/// What refers to a resource, of one type or of any.
pub(super) fn referrers(
    host: &dyn Host,
    (type_name, id): (&str, &str),
    user_type: Option<&str>,
) -> Result<Vec<Referrer>, StoreError> {
    let prefix: Vec<&str> = [type_name, id].into_iter().chain(user_type).collect();
    let mut found = Vec::new();
    let mut after: Option<Vec<String>> = None;
    loop {
        let last: Option<Vec<&str>> = after.as_ref().map(|path| path.iter().map(String::as_str).collect());
        let rows = host.scan(Shelf::Reference, &prefix, last.as_deref(), BATCH)?;
        let more = rows.len() == BATCH;
        after = rows.last().map(|row| row.rest.clone());
        for row in rows {
            let (type_name, id) = match (user_type, row.rest.as_slice()) {
                (Some(user), [id]) => (user.to_owned(), id.clone()),
                (None, [user, id]) => (user.clone(), id.clone()),
                _ => return Err(damaged("a reference row is malformed")),
            };
            found.push(Referrer { type_name, id, addresses: row.value });
        }
        if !more {
            return Ok(found);
        }
    }
}

/// How many resources of a type a region has, counted no further than `most`.
pub(super) fn count_in_region(
    host: &dyn Host,
    type_name: &str,
    region: &str,
    most: usize,
) -> Result<usize, StoreError> {
    let (mut count, mut after) = (0, None);
    loop {
        let last: Option<[&str; 1]> = after.as_deref().map(|id| [id]);
        let rows =
            host.scan(Shelf::Resource, &[type_name], last.as_ref().map(|last| last.as_slice()), BATCH)?;
        for row in &rows {
            count += usize::from(region_of(&row.value)? == region);
        }
        if rows.len() < BATCH || count >= most {
            return Ok(count);
        }
        after = rows.last().and_then(|row| row.rest.first().cloned());
    }
}

/// Writes a resource and brings its index rows from those of `old` to its own.
pub(super) fn save(
    catalog: &Catalog,
    host: &mut dyn HostMut,
    resource: &ResourceType,
    old: Option<&Record>,
    new: &Record,
) -> Result<(), StoreError> {
    let before = old.map(|old| index_rows(catalog, resource, old)).unwrap_or_default();
    let after = index_rows(catalog, resource, new);
    for row in before.iter().filter(|row| !after.iter().any(|kept| kept.is_at(row))) {
        host.delete(row.shelf, &row.parts());
    }
    for row in after.iter().filter(|row| !before.contains(row)) {
        host.put(row.shelf, &row.parts(), row.value.as_bytes());
    }
    let bytes = new.to_bytes()?;
    host.put(Shelf::Resource, &[&resource.name, &new.id], &bytes);
    Ok(())
}

/// Removes a resource and its index rows.
pub(super) fn remove(catalog: &Catalog, host: &mut dyn HostMut, resource: &ResourceType, record: &Record) {
    for row in index_rows(catalog, resource, record) {
        host.delete(row.shelf, &row.parts());
    }
    host.delete(Shelf::Resource, &[&resource.name, &record.id]);
}

/// A row that leads to a resource.
#[derive(PartialEq)]
struct IndexRow {
    shelf: Shelf,
    path: [String; 4],
    /// How many parts of the path are used.
    length: usize,
    value: String,
}

impl IndexRow {
    fn new<const N: usize>(shelf: Shelf, parts: [&str; N]) -> Self {
        let mut path = <[String; 4]>::default();
        for (to, from) in path.iter_mut().zip(parts) {
            from.clone_into(to);
        }
        Self { shelf, path, length: N, value: String::new() }
    }

    fn parts(&self) -> Vec<&str> {
        self.path.iter().take(self.length).map(String::as_str).collect()
    }

    fn is_at(&self, other: &Self) -> bool {
        (self.shelf, &self.path) == (other.shelf, &other.path)
    }
}

fn index_rows(catalog: &Catalog, resource: &ResourceType, record: &Record) -> Vec<IndexRow> {
    let (name, id) = (resource.name.as_str(), record.id.as_str());
    let mut rows = Vec::new();
    for (target, target_id) in record.references(resource) {
        if catalog.resource(target).is_some() {
            let row = IndexRow::new(Shelf::Reference, [target, target_id, name, id]);
            rows.push(IndexRow { value: addresses(resource, record, target_id), ..row });
        }
    }
    if let Some(group) = &record.group {
        rows.push(IndexRow::new(Shelf::Group, [group, name, id]));
    }
    for (key, value) in &record.tags {
        rows.push(IndexRow::new(Shelf::Tag, [name, key, value, id]));
    }
    rows
}

/// The addresses that a resource holds of another, joined with commas. They stand in the reference row, so that a
/// free one is found without reading every resource that has one.
fn addresses(resource: &ResourceType, record: &Record, target_id: &str) -> String {
    let mut found = Vec::new();
    for (name, field) in &resource.fields {
        if let Some(Generate::Address { among, .. }) = &field.generate
            && record.fields.get(among).and_then(Value::as_str) == Some(target_id)
        {
            found.extend(record.fields.get(name).and_then(Value::as_str));
        }
    }
    found.join(",")
}
