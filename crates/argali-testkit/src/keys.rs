//! Every key of an installation, opened as a server opens them, for tests that must find none of them anywhere.

use std::path::Path;

use argali_core::audit::head_key;
use argali_core::model::{Account, TokenKeyRecord};
use argali_core::vault::{SecretKey, Vault};
use argali_store::{EmbeddedOptions, Store};

/// The master key of the data in `folder`, what is derived from it, and what it wraps, each with what it is.
///
/// # Panics
///
/// Panics if the folder is not that of an installation which nobody serves, or a key does not open.
pub fn keys_of(folder: &Path) -> Vec<(String, [u8; 32])> {
    let text = std::fs::read_to_string(folder.join("master.key"));
    let text = text.unwrap_or_else(|error| panic!("no master key: {error}"));
    let bytes = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    let master = SecretKey::new(bytes.unwrap_or_else(|| panic!("the master key has another form")));
    let vault = Vault::new(&master);
    let mut keys = vec![
        ("the master key".to_owned(), *master.expose()),
        ("the key that wraps keys".to_owned(), *master.derive("argali wrapping").expose()),
        ("the key of page markers".to_owned(), *vault.marker_key().expose()),
        ("the key of refusals".to_owned(), *vault.diagnostic_key().expose()),
        ("the key of logons".to_owned(), *vault.attempt_key().expose()),
        ("the key that signs the trail".to_owned(), *head_key(&master).expose()),
    ];
    let store = Store::embedded(&folder.join("store"), &EmbeddedOptions::default());
    let store = store.unwrap_or_else(|error| panic!("no store: {error}"));
    let tx = store.read().unwrap_or_else(|error| panic!("no snapshot: {error}"));
    let mut wrapped = Vec::new();
    for key in TokenKeyRecord::all(tx.as_ref()).unwrap_or_else(|error| panic!("no token keys: {error}")) {
        wrapped.push((format!("token key {}", key.id), key.wrapped));
    }
    for id in Account::all(tx.as_ref(), 1_000).unwrap_or_else(|error| panic!("no accounts: {error}")) {
        let account = Account::find(tx.as_ref(), id).ok().flatten();
        let account = account.unwrap_or_else(|| panic!("no account {id}"));
        wrapped.push((format!("data key of account {id}"), account.wrapped_data_key));
    }
    for (place, wrapped) in wrapped {
        let key = vault.unwrap(&place, &wrapped).unwrap_or_else(|| panic!("the {place} does not open"));
        for purpose in ["argali token", "argali session secret"] {
            keys.push((format!("the {place} as {purpose}"), *key.derive(purpose).expose()));
        }
        keys.push((format!("the {place}"), *key.expose()));
    }
    keys
}
