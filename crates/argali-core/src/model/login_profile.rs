//! Login profiles: that, and with which password, somebody logs on to the console.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::access_key::KeyOwner;
use super::key::{AccountTable, Key, leading_number};
use super::record::{Record, each_row, from_bytes, read, write};
use crate::identifier::AccountId;
use crate::name::KeyStatus;
use crate::password::PasswordHash;
use crate::time::Timestamp;

/// How many earlier passwords are remembered.
// SPEC: limits, password policy, the largest PasswordReusePrevention.
const MOST_REMEMBERED: usize = 24;

/// The console logon of a user, or of the account's owner.
#[derive(Clone, Debug, Encode, Decode)]
pub struct LoginProfile {
    /// Who logs on with it.
    #[n(0)]
    pub owner: KeyOwner,
    /// The hash of the password.
    #[n(1)]
    password: PasswordHash,
    /// Hashes of the passwords before it, the latest first.
    #[n(2)]
    earlier: Vec<PasswordHash>,
    /// When the password was set.
    #[n(3)]
    pub password_set_at: Timestamp,
    /// Who chose the password.
    #[n(4)]
    pub chosen_by: ChosenBy,
    /// Whether it must be changed at the next logon.
    #[n(5)]
    pub password_reset_required: bool,
    /// Whether a second factor must be shown.
    #[n(6)]
    pub mfa_bind_required: bool,
    /// Whether logging on is possible.
    #[n(7)]
    pub status: KeyStatus,
    /// When it was made.
    #[n(8)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[n(9)]
    pub updated_at: Timestamp,
}

/// Who chose a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum ChosenBy {
    /// Whoever logs on with it.
    #[n(0)]
    Holder,
    /// Somebody else, for the holder: until it is first used it is an initial password.
    #[n(1)]
    Administrator,
}

impl Record for LoginProfile {}

impl LoginProfile {
    /// A new profile with a password that somebody else chose.
    pub fn new(owner: KeyOwner, password: PasswordHash, at: Timestamp) -> Self {
        Self {
            owner,
            password,
            earlier: Vec::new(),
            password_set_at: at,
            chosen_by: ChosenBy::Administrator,
            password_reset_required: false,
            mfa_bind_required: false,
            status: KeyStatus::Active,
            created_at: at,
            updated_at: at,
        }
    }

    /// The profile of a user or of the account's owner.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        owner: KeyOwner,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &key(account, owner))
    }

    /// Every profile of an account, by the number of whose it is.
    pub(super) fn each(
        tx: &dyn Transaction,
        account: AccountId,
        mut take: impl FnMut(u64, Self),
    ) -> Result<(), StoreError> {
        each_row(tx, &Key::account(account, AccountTable::LoginProfile), |place, bytes| {
            take(leading_number(place), from_bytes(bytes)?);
            Ok(())
        })
    }

    /// Writes it as it is now.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &key(account, self.owner), self);
    }

    /// Removes it, with the memory of earlier passwords.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) {
        tx.delete(key(account, self.owner).as_bytes());
    }

    /// The hash of the password.
    pub fn password(&self) -> &PasswordHash {
        &self.password
    }

    /// Takes another password.
    pub fn set_password(&mut self, password: PasswordHash, chosen_by: ChosenBy, at: Timestamp) {
        self.earlier.insert(0, std::mem::replace(&mut self.password, password));
        self.earlier.truncate(MOST_REMEMBERED);
        (self.password_set_at, self.chosen_by) = (at, chosen_by);
    }

    /// The `number` latest passwords, the present one among them.
    pub fn latest_passwords(&self, number: usize) -> Vec<PasswordHash> {
        std::iter::once(&self.password).chain(&self.earlier).take(number).cloned().collect()
    }
}

fn key(account: AccountId, owner: KeyOwner) -> Key {
    Key::account(account, AccountTable::LoginProfile).number(owner.number())
}
