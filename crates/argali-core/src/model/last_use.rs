//! When AccessKeys were used last.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, Key};
use super::record::{Record, each_row, from_bytes, read, write};
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// The last use of an AccessKey that is known of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct LastUse {
    /// When it was.
    #[n(0)]
    pub at: Timestamp,
    /// The product that was called.
    #[n(1)]
    pub service: String,
}

impl Record for LastUse {}

impl LastUse {
    /// The last use of a key; `None` if it was never used.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        access_key_id: &str,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &key(account, access_key_id))
    }

    /// The last use of every key of an account that is written down, by the key's id.
    pub(super) fn each(
        tx: &dyn Transaction,
        account: AccountId,
        mut take: impl FnMut(&str, Self),
    ) -> Result<(), StoreError> {
        each_row(tx, &Key::account(account, AccountTable::LastUse), |place, bytes| {
            let id = place.strip_suffix(&[0]).unwrap_or(place);
            take(&String::from_utf8_lossy(id), from_bytes(bytes)?);
            Ok(())
        })
    }

    /// Writes it down.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId, access_key_id: &str) {
        write(tx, &key(account, access_key_id), self);
    }

    /// Forgets it.
    pub fn delete(tx: &mut dyn Transaction, account: AccountId, access_key_id: &str) {
        tx.delete(key(account, access_key_id).as_bytes());
    }
}

fn key(account: AccountId, access_key_id: &str) -> Key {
    Key::account(account, AccountTable::LastUse).text(access_key_id)
}
