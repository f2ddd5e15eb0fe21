//! Reads and writes resources together with their index rows.

use std::collections::BTreeMap;

use argali_store::StoreError;
use serde_json::Value;

use super::catalog::Catalog;
use super::file::ResourceType;
use super::file_value::Generate;
use super::host::{Host, HostMut, Moved, Shelf};
use super::index;
use super::inventory::GroupedType;
use super::record::{Record, damaged};
use super::span::{Span, Values};

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

/// How many resources of a type a region has.
pub(super) fn count_in_region(host: &dyn Host, type_name: &str, region: &str) -> Result<usize, StoreError> {
    host.count(&Span {
        type_name: type_name.to_owned(),
        region: region.to_owned(),
        field: index::ALL.to_owned(),
        values: Values::One(String::new()),
    })
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
    for (place, _) in before.iter().filter(|(place, _)| !after.contains_key(*place)) {
        take_out(host, place)?;
    }
    for (place, value) in after.iter().filter(|(place, value)| before.get(*place) != Some(value)) {
        put_in(host, place, value)?;
    }
    let bytes = new.to_bytes()?;
    host.put(Shelf::Resource, &[&resource.name, &new.id], &bytes);
    if let Some(moved) = old.and_then(|old| group_move(catalog, resource, old, new)) {
        host.note_move(moved);
    }
    Ok(())
}

/// That a resource is in another resource group than it was, if it is.
fn group_move(catalog: &Catalog, resource: &ResourceType, old: &Record, new: &Record) -> Option<Moved> {
    let (from, to) = (old.group.clone()?, new.group.clone()?);
    let known = GroupedType::new(catalog.service_of(&resource.name)?, resource);
    (from != to).then(|| Moved {
        service: known.service_code().to_owned(),
        resource_type: known.word(),
        id: new.id.clone(),
        region: new.region.clone(),
        from,
        to,
    })
}

/// Writes what leads to a resource by value.
pub(super) fn put_in_index(
    host: &mut dyn HostMut,
    resource: &ResourceType,
    record: &Record,
) -> Result<(), StoreError> {
    rows_by_value(resource, record).iter().try_for_each(|(place, value)| put_in(host, place, value))
}

/// Removes a resource and its index rows.
pub(super) fn remove(
    catalog: &Catalog,
    host: &mut dyn HostMut,
    resource: &ResourceType,
    record: &Record,
) -> Result<(), StoreError> {
    for place in index_rows(catalog, resource, record).keys() {
        take_out(host, place)?;
    }
    host.delete(Shelf::Resource, &[&resource.name, &record.id]);
    Ok(())
}

/// Where a row that leads to a resource lies.
type Place = (Shelf, Vec<String>);

fn put_in(host: &mut dyn HostMut, (shelf, path): &Place, value: &str) -> Result<(), StoreError> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match (shelf, <[&str; 5]>::try_from(path.as_slice())) {
        (Shelf::Value, Ok(path)) => host.enter(path),
        _ => {
            host.put(*shelf, &path, value.as_bytes());
            Ok(())
        }
    }
}

fn take_out(host: &mut dyn HostMut, (shelf, path): &Place) -> Result<(), StoreError> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match (shelf, <[&str; 5]>::try_from(path.as_slice())) {
        (Shelf::Value, Ok(path)) => host.leave(path),
        _ => {
            host.delete(*shelf, &path);
            Ok(())
        }
    }
}

/// The rows that lead to a resource, with their values.
fn index_rows(catalog: &Catalog, resource: &ResourceType, record: &Record) -> BTreeMap<Place, String> {
    let (name, id) = (resource.name.as_str(), record.id.as_str());
    let mut rows = BTreeMap::new();
    let mut add = |shelf: Shelf, path: &[&str], value: String| {
        rows.insert((shelf, path.iter().map(|part| (*part).to_owned()).collect()), value);
    };
    for (target, target_id) in record.references(resource) {
        if catalog.resource(target).is_some() {
            let addresses = addresses(resource, record, target_id);
            add(Shelf::Reference, &[target, target_id, name, id], addresses);
        }
    }
    if let Some(group) = &record.group {
        add(Shelf::Group, &[group, name, id], String::new());
    }
    for (key, value) in &record.tags {
        add(Shelf::Tag, &[name, key, value, id], String::new());
    }
    rows.extend(rows_by_value(resource, record));
    rows
}

/// The rows of the index by value, and of what is in transit.
fn rows_by_value(resource: &ResourceType, record: &Record) -> BTreeMap<Place, String> {
    let of_type = |rest: [&str; 3]| {
        let path = [resource.name.as_str(), &record.region].into_iter().chain(rest);
        path.map(str::to_owned).collect::<Vec<_>>()
    };
    let entries = index::entries(resource, record);
    let entries = entries.iter().map(|(field, value)| of_type([field, value, &record.id]));
    let mut rows: BTreeMap<Place, String> =
        entries.map(|path| ((Shelf::Value, path), String::new())).collect();
    if let Some((due, path)) = index::transit(resource, record) {
        let place = [resource.name.as_str(), &record.region, &due, &record.id].map(str::to_owned).to_vec();
        rows.insert((Shelf::Transit, place), path);
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
