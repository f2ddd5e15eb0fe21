//! Passkeys of users: keys that an authenticator holds, and with which somebody shows a second factor.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::access_key::KeyOwner;
use super::key::{AccountTable, Key, leading_number};
use super::record::{Record, each_row, page, read, write};
use crate::identifier::{AccountId, PasskeyId};
use crate::name::PasskeyName;
use crate::passkey::{CredentialId, PublicKey};
use crate::time::Timestamp;

/// A passkey. Nothing of it is secret: it holds the public half of a key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Passkey {
    /// Its number.
    #[n(0)]
    pub id: PasskeyId,
    /// Whose it is.
    #[n(1)]
    pub owner: KeyOwner,
    /// What its owner calls it.
    #[n(2)]
    pub name: PasskeyName,
    /// By what its authenticator knows it.
    #[n(3)]
    pub credential: CredentialId,
    /// What its signatures are checked with.
    #[n(4)]
    pub key: PublicKey,
    /// How often its authenticator says to have signed; 0 if it does not count.
    #[n(5)]
    pub counter: u32,
    /// What the authenticator was told instead of whose it is: a random number.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub handle: [u8; 16],
    /// At which host it was made, and can be used.
    #[n(7)]
    pub relying_party: String,
    /// When it was made.
    #[n(8)]
    pub created_at: Timestamp,
    /// When it was used last.
    #[n(9)]
    pub last_used_at: Option<Timestamp>,
}

impl Record for Passkey {}

impl Passkey {
    /// The passkey of this number, if it is the owner's.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        owner: KeyOwner,
        id: PasskeyId,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &key(account, owner, id))
    }

    /// The passkeys of somebody, in the order of their numbers: there are few.
    pub fn of_owner(
        tx: &dyn Transaction,
        account: AccountId,
        owner: KeyOwner,
    ) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &table(account, owner), None, usize::MAX - 1)?.records)
    }

    /// The numbers of all in an account who have one, as often as they have.
    pub(super) fn each_owner(
        tx: &dyn Transaction,
        account: AccountId,
        mut take: impl FnMut(u64),
    ) -> Result<(), StoreError> {
        each_row(tx, &Key::account(account, AccountTable::Passkey), |place, _| {
            take(leading_number(place));
            Ok(())
        })
    }

    /// Writes it as it is now.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &key(account, self.owner, self.id), self);
    }

    /// Removes it.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) {
        tx.delete(key(account, self.owner, self.id).as_bytes());
    }
}

fn table(account: AccountId, owner: KeyOwner) -> Key {
    Key::account(account, AccountTable::Passkey).number(owner.number())
}

fn key(account: AccountId, owner: KeyOwner, id: PasskeyId) -> Key {
    table(account, owner).number(id.number())
}
