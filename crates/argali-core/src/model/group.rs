//! Groups of users, and who is in them.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::account::Quota;
use super::entity::{Entity, Renamable};
use super::key::{AccountTable, Key};
use super::record::{Page, Record, each_row, page, read, write};
use crate::identifier::{AccountId, GroupId, UserId};
use crate::name::{Comments, DisplayName, GroupName};
use crate::time::Timestamp;

/// Users that share rights.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Group {
    /// Its identifier, never used again.
    #[n(0)]
    pub id: GroupId,
    /// Its name; it may change.
    #[n(1)]
    pub name: GroupName,
    /// A remark.
    #[n(2)]
    pub comments: Option<Comments>,
    /// When it was made.
    #[n(3)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[n(4)]
    pub updated_at: Timestamp,
    /// What people read.
    #[cbor(n(5), default)]
    pub display_name: Option<DisplayName>,
}

impl Record for Group {}

impl Entity for Group {
    type Name = GroupName;
    const TABLE: AccountTable = AccountTable::Group;
    const NAMES_BY_ID: AccountTable = AccountTable::GroupById;
    const QUOTA: Quota = Quota::Groups;

    fn id_number(&self) -> u64 {
        self.id.number()
    }

    fn name(&self) -> &GroupName {
        &self.name
    }

    fn fold(name: &GroupName) -> String {
        name.folded()
    }
}

impl Renamable for Group {
    fn set_name(&mut self, name: GroupName) {
        self.name = name;
    }
}

/// That a user is in a group. Kept twice, so that both sides can be listed.
#[derive(Clone, Copy, Debug, Encode, Decode)]
pub struct Membership {
    /// Who.
    #[n(0)]
    pub user: UserId,
    /// In which group.
    #[n(1)]
    pub group: GroupId,
    /// Since when.
    #[n(2)]
    pub joined_at: Timestamp,
}

impl Record for Membership {}

impl Membership {
    /// The membership of `user` in `group`.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        user: UserId,
        group: GroupId,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::groups_of(account, user).number(group.number()))
    }

    /// The groups that `user` is in, at most `limit`.
    pub fn of_user(
        tx: &dyn Transaction,
        account: AccountId,
        user: UserId,
        limit: usize,
    ) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Self::groups_of(account, user), None, limit)?.records)
    }

    /// The users that are in `group`, a page of them.
    pub fn page_of_group(
        tx: &dyn Transaction,
        account: AccountId,
        group: GroupId,
        after: Option<&[u8]>,
        size: usize,
    ) -> Result<Page<Self>, StoreError> {
        page(tx, &Self::users_of(account, group), after, size)
    }

    /// How many users are in `group`.
    pub fn count_of_group(
        tx: &dyn Transaction,
        account: AccountId,
        group: GroupId,
    ) -> Result<usize, StoreError> {
        let mut count = 0;
        each_row(tx, &Self::users_of(account, group), |_, _| {
            count += 1;
            Ok(())
        })?;
        Ok(count)
    }

    /// Writes the membership.
    pub fn insert(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &Self::groups_of(account, self.user).number(self.group.number()), self);
        write(tx, &Self::users_of(account, self.group).number(self.user.number()), self);
    }

    /// Ends the membership.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) {
        tx.delete(Self::groups_of(account, self.user).number(self.group.number()).as_bytes());
        tx.delete(Self::users_of(account, self.group).number(self.user.number()).as_bytes());
    }

    fn groups_of(account: AccountId, user: UserId) -> Key {
        Key::account(account, AccountTable::GroupOfUser).number(user.number())
    }

    /// What the keys of all memberships of a group begin with.
    pub fn users_of(account: AccountId, group: GroupId) -> Key {
        Key::account(account, AccountTable::UserOfGroup).number(group.number())
    }
}
