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

fn key(name: &str) -> Key {
    Key::global(GlobalTable::Setting).text(name)
}
