//! RAM users.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::account::Quota;
use super::key::{AccountTable, Key};
use super::record::{Page, Record, page, read, write};
use crate::identifier::{AccountId, UserId};
use crate::name::{Comments, DisplayName, Email, MobilePhone, UserName};
use crate::time::Timestamp;

/// A person or program of an account, with rights of its own.
#[derive(Clone, Debug, Encode, Decode)]
pub struct User {
    /// Its identifier, never used again.
    #[n(0)]
    pub id: UserId,
    /// Its name; it may change.
    #[n(1)]
    pub name: UserName,
    /// What people read.
    #[n(2)]
    pub display_name: Option<DisplayName>,
    /// A telephone number.
    #[n(3)]
    pub mobile_phone: Option<MobilePhone>,
    /// An e-mail address.
    #[n(4)]
    pub email: Option<Email>,
    /// A remark.
    #[n(5)]
    pub comments: Option<Comments>,
    /// When it was made.
    #[n(6)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[n(7)]
    pub updated_at: Timestamp,
    /// Sessions that it began at this generation or before are refused.
    #[n(8)]
    pub sessions_not_before: u64,
}

impl Record for User {}

impl User {
    /// The user of this name, whatever the case of its letters.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        name: &UserName,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::key(account, &name.folded()))
    }

    /// The user with this id, whatever it is called now.
    pub fn find_by_id(
        tx: &dyn Transaction,
        account: AccountId,
        id: UserId,
    ) -> Result<Option<Self>, StoreError> {
        match tx.get(Self::id_key(account, id).as_bytes())? {
            Some(name) => read(tx, &Self::key(account, &String::from_utf8_lossy(&name))),
            None => Ok(None),
        }
    }

    /// Users in the order of their names.
    pub fn page(
        tx: &dyn Transaction,
        account: AccountId,
        after: Option<&[u8]>,
        size: usize,
    ) -> Result<Page<Self>, StoreError> {
        page(tx, &Self::table(account), after, size)
    }

    /// Adds the user, whose name must be free.
    pub fn insert(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        self.save(tx, account);
        tx.put(Self::id_key(account, self.id).as_bytes(), self.name.folded().as_bytes());
        Quota::Users.add(tx, account)
    }

    /// Writes changes to a user that keeps its name.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &Self::key(account, &self.name.folded()), self);
    }

    /// Gives the user another name, which must be free or its own.
    pub fn rename(&mut self, tx: &mut dyn Transaction, account: AccountId, name: UserName) {
        tx.delete(Self::key(account, &self.name.folded()).as_bytes());
        self.name = name;
        self.save(tx, account);
        tx.put(Self::id_key(account, self.id).as_bytes(), self.name.folded().as_bytes());
    }

    /// Removes the user. What belongs to it must be gone.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        tx.delete(Self::key(account, &self.name.folded()).as_bytes());
        tx.delete(Self::id_key(account, self.id).as_bytes());
        Quota::Users.remove(tx, account)
    }

    /// What the keys of all users of an account begin with.
    pub fn table(account: AccountId) -> Key {
        Key::account(account, AccountTable::User)
    }

    fn key(account: AccountId, folded: &str) -> Key {
        Self::table(account).text(folded)
    }

    fn id_key(account: AccountId, id: UserId) -> Key {
        Key::account(account, AccountTable::UserById).number(id.number())
    }
}
