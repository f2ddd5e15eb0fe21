//! AccessKeys: what programs sign with.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, GlobalTable, Key};
use super::last_use::LastUse;
use super::record::{Record, each_row, read, write};
use crate::env::Env;
use crate::identifier::{AccountId, UserId};
use crate::name::KeyStatus;
use crate::time::Timestamp;
use crate::vault::{SecretKey, SecretText};

/// Whose a key or another credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum KeyOwner {
    /// The account's own.
    #[n(0)]
    Account,
    /// A RAM user's.
    #[n(1)]
    User(#[n(0)] UserId),
}

impl KeyOwner {
    /// The user, if it is one.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::Account => None,
            Self::User(id) => Some(id),
        }
    }

    /// As a number, for keys: no user has the id 0.
    pub(super) const fn number(self) -> u64 {
        match self {
            Self::Account => 0,
            Self::User(id) => id.number(),
        }
    }
}

/// A long-lived key. Its secret is sealed; it is shown once, when the key is made.
#[derive(Clone, Debug, Encode, Decode)]
pub struct AccessKey {
    /// Its public half.
    #[n(0)]
    pub id: String,
    /// The account that it belongs to.
    #[n(1)]
    pub account: AccountId,
    /// Who signs with it.
    #[n(2)]
    pub owner: KeyOwner,
    /// Whether it may be used.
    #[n(3)]
    pub status: KeyStatus,
    /// When it was made.
    #[n(4)]
    pub created_at: Timestamp,
    /// Its secret half, sealed with the account's data key.
    #[cbor(n(5), with = "minicbor::bytes")]
    sealed_secret: Vec<u8>,
    /// When it was switched on or off last, if it ever was.
    #[cbor(n(6), default)]
    pub updated_at: Option<Timestamp>,
    /// Sessions that were begun with it at this generation or before are refused, since it came out of the bin.
    #[cbor(n(7), default)]
    pub sessions_not_before: Option<u64>,
    /// From which networks it may be used, as given; wherever its account's keys may be, if it says nothing.
    #[cbor(n(8), default)]
    pub network_policy: Option<String>,
}

impl Record for AccessKey {}

impl AccessKey {
    /// A new, active key with the given halves; the secret is sealed at once.
    pub fn seal(
        env: &Env,
        data_key: &SecretKey,
        id: String,
        (account, owner): (AccountId, KeyOwner),
        secret: &SecretText,
    ) -> Self {
        let belongs_to = belongs_to(account, owner, &id);
        let sealed_secret = data_key.seal(env, &belongs_to, secret.expose().as_bytes());
        Self {
            id,
            account,
            owner,
            status: KeyStatus::Active,
            created_at: env.now(),
            sealed_secret,
            updated_at: None,
            sessions_not_before: None,
            network_policy: None,
        }
    }

    /// Since when it could be used, as far as its switch goes.
    pub fn ready_at(&self) -> Timestamp {
        self.updated_at.map_or(self.created_at, |at| at.max(self.created_at))
    }

    /// The secret half; `None` if it was moved, or sealed with another key.
    pub fn secret(&self, data_key: &SecretKey) -> Option<SecretText> {
        let plain = data_key.open(&belongs_to(self.account, self.owner, &self.id), &self.sealed_secret)?;
        String::from_utf8(plain.to_vec()).ok().map(SecretText::new)
    }

    /// The key with this id, in any account.
    pub fn find(tx: &dyn Transaction, id: &str) -> Result<Option<Self>, StoreError> {
        if id.contains('\0') {
            return Ok(None);
        }
        read(tx, &Self::key(id))
    }

    /// The keys of one owner, in the order of their ids.
    pub fn of_owner(
        tx: &dyn Transaction,
        account: AccountId,
        owner: KeyOwner,
    ) -> Result<Vec<Self>, StoreError> {
        let prefix = Self::owner_key(account, owner);
        let rows = tx.scan(prefix.as_bytes(), prefix.end().as_bytes(), MOST_KEYS)?;
        let ids = rows.iter().map(|(_, id)| String::from_utf8_lossy(id));
        ids.filter_map(|id| Self::find(tx, &id).transpose()).collect()
    }

    /// Every key of an account.
    pub(super) fn each(
        tx: &dyn Transaction,
        account: AccountId,
        mut take: impl FnMut(Self),
    ) -> Result<(), StoreError> {
        each_row(tx, &Key::account(account, AccountTable::AccessKeyByOwner), |_, id| {
            Self::find(tx, &String::from_utf8_lossy(id))?.map(&mut take);
            Ok(())
        })
    }

    /// Writes the key and its place among its owner's.
    pub fn save(&self, tx: &mut dyn Transaction) {
        write(tx, &Self::key(&self.id), self);
        tx.put(Self::owner_key(self.account, self.owner).text(&self.id).as_bytes(), self.id.as_bytes());
    }

    /// Removes the key for good.
    pub fn delete(&self, tx: &mut dyn Transaction) {
        tx.delete(Self::key(&self.id).as_bytes());
        tx.delete(Self::owner_key(self.account, self.owner).text(&self.id).as_bytes());
        LastUse::delete(tx, self.account, &self.id);
    }

    fn key(id: &str) -> Key {
        Key::global(GlobalTable::AccessKey).text(id)
    }

    fn owner_key(account: AccountId, owner: KeyOwner) -> Key {
        Key::account(account, AccountTable::AccessKeyByOwner).number(owner.number())
    }
}

/// More keys than any owner may have.
const MOST_KEYS: usize = 100;

fn belongs_to(account: AccountId, owner: KeyOwner, id: &str) -> Vec<u8> {
    format!("{account}\0{}\0{id}\0AccessKeySecret", owner.number()).into_bytes()
}
