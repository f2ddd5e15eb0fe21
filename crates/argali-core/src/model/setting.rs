//! Settings of the whole installation.

use argali_store::{StoreError, Transaction};

use super::key::{GlobalTable, Key};

/// What was stored to tell whether the master key is the right one.
pub fn master_key_check(tx: &dyn Transaction) -> Result<Option<Vec<u8>>, StoreError> {
    tx.get(key("master key check").as_bytes())
}

/// Stores what tells whether the master key is the right one.
pub fn set_master_key_check(tx: &mut dyn Transaction, check: &[u8]) {
    tx.put(key("master key check").as_bytes(), check);
}

/// The format of the whole store, `None` if it is empty.
pub fn format_version(tx: &dyn Transaction) -> Result<Option<Vec<u8>>, StoreError> {
    tx.get(key("format version").as_bytes())
}

/// Marks the store as having this format.
pub fn set_format_version(tx: &mut dyn Transaction, version: &[u8]) {
    tx.put(key("format version").as_bytes(), version);
}

/// What the index by value of a type of declared resources is of; `None` if there is no such index.
pub fn indexed_fields(tx: &dyn Transaction, type_name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    tx.get(key(&format!("index of {type_name}")).as_bytes())
}

/// Marks the index by value of a type of declared resources as being of these fields.
pub fn set_indexed_fields(tx: &mut dyn Transaction, type_name: &str, fields: &str) {
    tx.put(key(&format!("index of {type_name}")).as_bytes(), fields.as_bytes());
}

/// Whether every trail that was started has a delivery. Trails were started before events were delivered.
pub(super) fn trails_are_delivered(tx: &dyn Transaction) -> Result<bool, StoreError> {
    Ok(tx.get(key("trails are delivered").as_bytes())?.is_some())
}

/// Marks the store as one in which that is so.
pub(super) fn set_trails_are_delivered(tx: &mut dyn Transaction) {
    tx.put(key("trails are delivered").as_bytes(), b"1");
}

fn key(name: &str) -> Key {
    Key::global(GlobalTable::Setting).text(name)
}
