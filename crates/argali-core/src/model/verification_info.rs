//! To where a user would have codes sent: a telephone and a mailbox.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::access_key::KeyOwner;
use super::key::{AccountTable, Key};
use super::record::{Record, read, write};
use crate::identifier::AccountId;
use crate::name::{Email, MobilePhone};

/// The telephone and the mailbox of a user. Whoever has neither has no record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct VerificationInfo {
    /// The telephone.
    #[n(0)]
    pub phone: Option<MobilePhone>,
    /// The mailbox.
    #[n(1)]
    pub email: Option<Email>,
}

impl Record for VerificationInfo {}

impl VerificationInfo {
    /// Those of a user.
    pub fn of(tx: &dyn Transaction, account: AccountId, owner: KeyOwner) -> Result<Self, StoreError> {
        Ok(read(tx, &key(account, owner))?.unwrap_or_default())
    }

    /// Keeps it as it is now, or nothing if there is neither.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId, owner: KeyOwner) {
        let key = key(account, owner);
        if self.phone.is_none() && self.email.is_none() {
            tx.delete(key.as_bytes())
        } else {
            write(tx, &key, self)
        }
    }
}

fn key(account: AccountId, owner: KeyOwner) -> Key {
    Key::account(account, AccountTable::VerificationInfo).number(owner.number())
}
