//! Reads and writes resources together with their index rows.

use argali_store::StoreError;

use super::catalog::Catalog;
use super::file::ResourceType;
use super::host::{Host, Shelf};
use super::record::{Record, damaged};

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

/// What refers to a resource, of one type or of any: types and identifiers.
pub(super) fn referrers(
    host: &dyn Host,
    (type_name, id): (&str, &str),
    user_type: Option<&str>,
) -> Result<Vec<(String, String)>, StoreError> {
    let prefix: Vec<&str> = [type_name, id].into_iter().chain(user_type).collect();
    let mut found = Vec::new();
    let mut after: Option<Vec<String>> = None;
    loop {
        let last: Option<Vec<&str>> = after.as_ref().map(|path| path.iter().map(String::as_str).collect());
        let rows = host.scan(Shelf::Reference, &prefix, last.as_deref(), BATCH)?;
        let more = rows.len() == BATCH;
        after = rows.last().map(|row| row.rest.clone());
        for row in rows {
            match (user_type, row.rest.as_slice()) {
                (Some(user), [id]) => found.push((user.to_owned(), id.clone())),
                (None, [user, id]) => found.push((user.clone(), id.clone())),
                _ => return Err(damaged("a reference row is malformed")),
            }
        }
        if !more {
            return Ok(found);
        }
    }
}

/// Writes a resource and brings its index rows from those of `old` to its own.
pub(super) fn save(
    catalog: &Catalog,
    host: &mut dyn Host,
    resource: &ResourceType,
    old: Option<&Record>,
    new: &Record,
) -> Result<(), StoreError> {
    let before = old.map(|old| index_rows(catalog, resource, old)).unwrap_or_default();
    let after = index_rows(catalog, resource, new);
    for (shelf, path) in before.iter().filter(|row| !after.contains(row)) {
        host.delete(*shelf, &parts(path));
    }
    for (shelf, path) in after.iter().filter(|row| !before.contains(row)) {
        host.put(*shelf, &parts(path), &[]);
    }
    let bytes = new.to_bytes()?;
    host.put(Shelf::Resource, &[&resource.name, &new.id], &bytes);
    Ok(())
}

/// Removes a resource and its index rows.
pub(super) fn remove(catalog: &Catalog, host: &mut dyn Host, resource: &ResourceType, record: &Record) {
    for (shelf, path) in index_rows(catalog, resource, record) {
        host.delete(shelf, &parts(&path));
    }
    host.delete(Shelf::Resource, &[&resource.name, &record.id]);
}

fn index_rows(catalog: &Catalog, resource: &ResourceType, record: &Record) -> Vec<(Shelf, Vec<String>)> {
    let (name, id) = (&resource.name, &record.id);
    let mut rows = Vec::new();
    for (target, target_id) in record.references(resource) {
        if catalog.resource(target).is_some() {
            rows.push((Shelf::Reference, [target, target_id, name, id].map(str::to_owned).to_vec()));
        }
    }
    if let Some(group) = &record.group {
        rows.push((Shelf::Group, [group, name, id].map(|part| part.to_owned()).to_vec()));
    }
    for (key, value) in &record.tags {
        rows.push((Shelf::Tag, [name, key, value, id].map(|part| part.to_owned()).to_vec()));
    }
    rows
}

fn parts(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}
