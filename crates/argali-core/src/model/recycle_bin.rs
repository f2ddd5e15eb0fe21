//! The recycle bins of an account: users and AccessKeys that were deleted through IMS and can come back for a while.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::access_key::{AccessKey, KeyOwner};
use super::key::{AccountTable, GlobalTable, Key};
use super::record::{Page, Record, page, read, write};
use super::user::User;
use crate::identifier::{AccountId, UserId};
use crate::time::Timestamp;

/// A user in the bin. Its name is free for others meanwhile.
#[derive(Clone, Debug, Encode, Decode)]
pub struct RecycledUser {
    /// The user as it was.
    #[n(0)]
    pub user: User,
    /// When it was deleted.
    #[n(1)]
    pub recycled_at: Timestamp,
    /// When it goes for good.
    #[n(2)]
    pub expires_at: Timestamp,
}

impl Record for RecycledUser {}

impl RecycledUser {
    /// The user with this id, if it is in the bin.
    pub fn find(tx: &dyn Transaction, account: AccountId, id: UserId) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::table(account).number(id.number()))
    }

    /// At most `size` of them, in the order of their ids.
    pub fn page(
        tx: &dyn Transaction,
        account: AccountId,
        after: Option<&[u8]>,
        size: usize,
    ) -> Result<Page<Self>, StoreError> {
        page(tx, &Self::table(account), after, size)
    }

    /// Puts it into the bin.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        let key = Self::table(account).number(self.user.id.number());
        write(tx, &key, self);
        tx.put(expiry(self.expires_at, &key).as_bytes(), &[]);
    }

    /// Takes it out of the bin.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) {
        let key = Self::table(account).number(self.user.id.number());
        tx.delete(key.as_bytes());
        tx.delete(expiry(self.expires_at, &key).as_bytes());
    }

    /// What the keys of all of them in an account begin with.
    pub fn table(account: AccountId) -> Key {
        Key::account(account, AccountTable::RecycledUser)
    }
}

/// An AccessKey in the bin, with its secret sealed as before.
#[derive(Clone, Debug, Encode, Decode)]
pub struct RecycledKey {
    /// The key as it was.
    #[n(0)]
    pub key: AccessKey,
    /// When it was deleted.
    #[n(1)]
    pub recycled_at: Timestamp,
    /// When it goes for good.
    #[n(2)]
    pub expires_at: Timestamp,
}

impl Record for RecycledKey {}

impl RecycledKey {
    /// The key with this id, if it is in the bin.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        access_key_id: &str,
    ) -> Result<Option<Self>, StoreError> {
        if access_key_id.contains('\0') {
            return Ok(None);
        }
        read(tx, &Self::table(account).text(access_key_id))
    }

    /// Those of one user, in the order in which they were deleted.
    pub fn of_user(tx: &dyn Transaction, account: AccountId, user: UserId) -> Result<Vec<Self>, StoreError> {
        let table = Self::of_owner(account, KeyOwner::User(user));
        let rows = tx.scan(table.as_bytes(), table.end().as_bytes(), usize::MAX)?;
        let ids = rows.iter().map(|(_, id)| String::from_utf8_lossy(id));
        let found = ids.filter_map(|id| Self::find(tx, account, &id).transpose());
        let mut keys = found.collect::<Result<Vec<Self>, _>>()?;
        keys.sort_by_key(|recycled| recycled.recycled_at);
        Ok(keys)
    }

    /// Puts it into the bin.
    pub fn save(&self, tx: &mut dyn Transaction) {
        let (key, index) = (Self::table(self.key.account).text(&self.key.id), self.index());
        write(tx, &key, self);
        tx.put(index.as_bytes(), self.key.id.as_bytes());
        tx.put(expiry(self.expires_at, &key).as_bytes(), index.as_bytes());
    }

    /// Takes it out of the bin.
    pub fn delete(&self, tx: &mut dyn Transaction) {
        let key = Self::table(self.key.account).text(&self.key.id);
        tx.delete(key.as_bytes());
        tx.delete(self.index().as_bytes());
        tx.delete(expiry(self.expires_at, &key).as_bytes());
    }

    fn index(&self) -> Key {
        Self::of_owner(self.key.account, self.key.owner).text(&self.key.id)
    }

    fn of_owner(account: AccountId, owner: KeyOwner) -> Key {
        Key::account(account, AccountTable::RecycledKeyOfUser).number(owner.number())
    }

    fn table(account: AccountId) -> Key {
        Key::account(account, AccountTable::RecycledKey)
    }
}

/// Removes for good what has been in a bin long enough at `now`, at most `limit` of it; returns how much.
pub fn empty_recycle_bins(
    tx: &mut dyn Transaction,
    now: Timestamp,
    limit: usize,
) -> Result<usize, StoreError> {
    let table = Key::global(GlobalTable::RecycledExpiry);
    let end = table.clone().number(seconds(now).saturating_add(1));
    let rows = tx.scan(table.as_bytes(), end.as_bytes(), limit)?;
    for (row, index) in &rows {
        tx.delete(row.get(table.as_bytes().len() + size_of::<u64>()..).unwrap_or_default());
        if !index.is_empty() {
            tx.delete(index);
        }
        tx.delete(row);
    }
    Ok(rows.len())
}

/// The row by which what lies at `key` goes for good in time. Its value is the key of what else leads there.
pub(super) fn expiry(at: Timestamp, key: &Key) -> Key {
    Key::global(GlobalTable::RecycledExpiry).number(seconds(at)).bytes(key.as_bytes())
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_seconds()).unwrap_or_default()
}
