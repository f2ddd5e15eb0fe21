//! Findings of the analyzer that somebody has looked at and put away.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, Key};
use super::record::{Record, read, write};
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// That a finding is put away, for as long as it is found again.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ArchivedFinding {
    /// Why, in the words of whoever did it.
    #[n(0)]
    pub reason: String,
    /// Who did it, by ARN.
    #[n(1)]
    pub by: String,
    /// When.
    #[n(2)]
    pub at: Timestamp,
}

impl Record for ArchivedFinding {}

impl ArchivedFinding {
    /// What was said of the finding with this number when it was put away; nothing if it was not.
    pub fn find(tx: &dyn Transaction, account: AccountId, id: &str) -> Result<Option<Self>, StoreError> {
        read(tx, &key(account, id))
    }

    /// Puts a finding away.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId, id: &str) {
        write(tx, &key(account, id), self);
    }

    /// Takes it out again.
    pub fn delete(tx: &mut dyn Transaction, account: AccountId, id: &str) {
        tx.delete(key(account, id).as_bytes());
    }
}

fn key(account: AccountId, id: &str) -> Key {
    Key::account(account, AccountTable::ArchivedFinding).text(id)
}
