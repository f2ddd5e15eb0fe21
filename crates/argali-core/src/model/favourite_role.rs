//! Roles that users have marked as favourites in the console.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, Key};
use super::record::{Record, page, read, write};
use crate::identifier::{AccountId, UserId};
use crate::name::RoleName;
use crate::time::Timestamp;

/// A role that a user has marked, used or not. It stays marked when the role is gone, until the user unmarks it.
#[derive(Clone, Debug, Encode, Decode)]
pub struct FavouriteRole {
    /// The role's account.
    #[n(0)]
    pub account: AccountId,
    /// The role's name.
    #[n(1)]
    pub name: RoleName,
    /// When the user marked it.
    #[n(2)]
    pub marked_at: Timestamp,
}

impl Record for FavouriteRole {}

/// A user with its account.
type Whose = (AccountId, UserId);

impl FavouriteRole {
    /// How many a user may mark.
    pub const MOST: usize = 100;

    /// All that a user has marked, in the order of account and name.
    pub fn of_user(tx: &dyn Transaction, whose: Whose) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Self::table(whose), None, Self::MOST)?.records)
    }

    /// The role of this account and name, if the user has marked it.
    pub fn find(
        tx: &dyn Transaction,
        whose: Whose,
        account: AccountId,
        name: &RoleName,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::key(whose, account, name))
    }

    /// Marks it.
    pub fn save(&self, tx: &mut dyn Transaction, whose: Whose) {
        write(tx, &Self::key(whose, self.account, &self.name), self);
    }

    /// Unmarks it.
    pub fn delete(&self, tx: &mut dyn Transaction, whose: Whose) {
        tx.delete(Self::key(whose, self.account, &self.name).as_bytes());
    }

    /// Forgets all that a user has marked.
    pub fn forget(tx: &mut dyn Transaction, whose: Whose) -> Result<(), StoreError> {
        for role in Self::of_user(tx, whose)? {
            role.delete(tx, whose);
        }
        Ok(())
    }

    fn table((account, user): Whose) -> Key {
        Key::account(account, AccountTable::FavouriteRole).number(user.number())
    }

    fn key(whose: Whose, account: AccountId, name: &RoleName) -> Key {
        Self::table(whose).text(account.as_str()).text(&name.folded())
    }
}
