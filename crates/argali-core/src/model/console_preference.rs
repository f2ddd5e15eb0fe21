//! How the console is to look to somebody, in whatever browser.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::access_key::KeyOwner;
use super::key::{AccountTable, Key};
use super::record::{Record, read, write};
use crate::identifier::AccountId;

/// What somebody has chosen; nothing where the browser decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct ConsolePreference {
    /// The tag of a language.
    #[n(0)]
    pub language: Option<String>,
    /// The name of a set of colours.
    #[n(1)]
    pub theme: Option<String>,
    /// Whether single keys do something.
    #[n(2)]
    pub shortcuts: Option<bool>,
}

impl Record for ConsolePreference {}

impl ConsolePreference {
    /// What a user or the account's owner has chosen.
    pub fn of(tx: &dyn Transaction, account: AccountId, owner: KeyOwner) -> Result<Self, StoreError> {
        Ok(read(tx, &key(account, owner))?.unwrap_or_default())
    }

    /// Writes it.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId, owner: KeyOwner) {
        write(tx, &key(account, owner), self);
    }

    /// Forgets it.
    pub fn forget(tx: &mut dyn Transaction, account: AccountId, owner: KeyOwner) {
        tx.delete(key(account, owner).as_bytes());
    }
}

fn key(account: AccountId, owner: KeyOwner) -> Key {
    Key::account(account, AccountTable::ConsolePreference).number(owner.number())
}
