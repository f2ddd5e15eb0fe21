//! RAM users.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::access_key::KeyOwner;
use super::account::Quota;
use super::console_preference::ConsolePreference;
use super::entity::{Entity, Renamable};
use super::favourite_role::FavouriteRole;
use super::key::AccountTable;
use super::logon_trace::LogonTrace;
use super::record::Record;
use super::switched_role::RecentRole;
use super::tag::Tags;
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
    /// What it is labelled with.
    #[cbor(n(9), default)]
    pub tags: Tags,
}

impl Record for User {}

impl Entity for User {
    type Name = UserName;
    const TABLE: AccountTable = AccountTable::User;
    const NAMES_BY_ID: AccountTable = AccountTable::UserById;
    const QUOTA: Quota = Quota::Users;

    fn id_number(&self) -> u64 {
        self.id.number()
    }

    fn name(&self) -> &UserName {
        &self.name
    }

    fn fold(name: &UserName) -> String {
        name.folded()
    }

    fn unindex(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        LogonTrace::forget(tx, account, KeyOwner::User(self.id));
        ConsolePreference::forget(tx, account, KeyOwner::User(self.id));
        FavouriteRole::forget(tx, (account, self.id))?;
        RecentRole::forget(tx, account, self.id)
    }
}

impl Renamable for User {
    fn set_name(&mut self, name: UserName) {
        self.name = name;
    }
}

#[cfg(test)]
mod tests {
    use argali_store::Store;

    use super::super::golden::example_user;
    use super::*;
    use crate::env::Env;

    #[test]
    fn nothing_of_a_user_stays_behind() {
        let (store, account) = (Store::memory(), "11223344".parse().unwrap());
        let user =
            example_user(UserId::generate(&Env::system()), Timestamp::from_seconds(1), Tags::default());
        let owner = KeyOwner::User(user.id);
        let (left, durable) = store
            .transact(|tx| {
                user.insert(tx, account)?;
                LogonTrace::default().save(tx, account, owner);
                user.delete(tx, account)?;
                tx.scan(&[0], &[0xff], usize::MAX)
            })
            .unwrap();
        durable.wait().unwrap();
        assert_eq!(left.len(), 1, "only the count of users: {left:?}");
    }
}
