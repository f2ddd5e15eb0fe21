//! Groups of users, and who is in them.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::account::Quota;
use super::key::{AccountTable, Key};
use super::record::{Page, Record, page, read, write};
use crate::identifier::{AccountId, GroupId, UserId};
use crate::name::{Comments, GroupName};
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
}

impl Record for Group {}

impl Group {
    /// The group of this name, whatever the case of its letters.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        name: &GroupName,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::key(account, &name.folded()))
    }

    /// The group with this id, whatever it is called now.
    pub fn find_by_id(
        tx: &dyn Transaction,
        account: AccountId,
        id: GroupId,
    ) -> Result<Option<Self>, StoreError> {
        match tx.get(Self::id_key(account, id).as_bytes())? {
            Some(name) => read(tx, &Self::key(account, &String::from_utf8_lossy(&name))),
            None => Ok(None),
        }
    }

    /// Groups in the order of their names.
    pub fn page(
        tx: &dyn Transaction,
        account: AccountId,
        after: Option<&[u8]>,
        size: usize,
    ) -> Result<Page<Self>, StoreError> {
        page(tx, &Self::table(account), after, size)
    }

    /// Adds the group, whose name must be free.
    pub fn insert(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        self.save(tx, account);
        tx.put(Self::id_key(account, self.id).as_bytes(), self.name.folded().as_bytes());
        Quota::Groups.add(tx, account)
    }

    /// Writes changes to a group that keeps its name.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &Self::key(account, &self.name.folded()), self);
    }

    /// Gives the group another name, which must be free or its own.
    pub fn rename(&mut self, tx: &mut dyn Transaction, account: AccountId, name: GroupName) {
        tx.delete(Self::key(account, &self.name.folded()).as_bytes());
        self.name = name;
        self.save(tx, account);
        tx.put(Self::id_key(account, self.id).as_bytes(), self.name.folded().as_bytes());
    }

    /// Removes the group. Its members and policies must be gone.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        tx.delete(Self::key(account, &self.name.folded()).as_bytes());
        tx.delete(Self::id_key(account, self.id).as_bytes());
        Quota::Groups.remove(tx, account)
    }

    /// What the keys of all groups of an account begin with.
    pub fn table(account: AccountId) -> Key {
        Key::account(account, AccountTable::Group)
    }

    fn key(account: AccountId, folded: &str) -> Key {
        Self::table(account).text(folded)
    }

    fn id_key(account: AccountId, id: GroupId) -> Key {
        Key::account(account, AccountTable::GroupById).number(id.number())
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
