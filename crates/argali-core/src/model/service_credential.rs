//! Service credentials: a name and a secret that a user shows to one service.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::access_key::KeyOwner;
use super::key::{AccountTable, Key};
use super::record::{Page, Record, damaged, page, read, write};
use crate::env::Env;
use crate::identifier::AccountId;
use crate::name::{KeyStatus, ServiceCredentialName, ServiceName};
use crate::time::Timestamp;
use crate::vault::{SecretKey, SecretText};

/// A service credential. Its secret is sealed; it is shown once, when it is made.
#[derive(Clone, Debug, Encode, Decode)]
pub struct ServiceCredential {
    /// What it is known by.
    #[n(0)]
    pub id: String,
    /// Whose it is.
    #[n(1)]
    pub owner: KeyOwner,
    /// What it is called.
    #[n(2)]
    pub name: ServiceCredentialName,
    /// For which service.
    #[n(3)]
    pub service: ServiceName,
    /// Whether it is switched on.
    #[n(4)]
    pub status: KeyStatus,
    /// When it was made.
    #[n(5)]
    pub created_at: Timestamp,
    /// When it ends, if it does.
    #[n(6)]
    pub expires_at: Option<Timestamp>,
    #[cbor(n(7), with = "minicbor::bytes")]
    sealed_secret: Vec<u8>,
}

/// What a new credential is made of.
#[derive(Debug)]
pub struct NewServiceCredential {
    /// What it is known by.
    pub id: String,
    /// Whose it is.
    pub owner: KeyOwner,
    /// What it is called.
    pub name: ServiceCredentialName,
    /// For which service.
    pub service: ServiceName,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
}

impl Record for ServiceCredential {}

impl ServiceCredential {
    /// A new credential with the given secret, which is sealed at once.
    pub fn seal(
        env: &Env,
        data_key: &SecretKey,
        account: AccountId,
        new: NewServiceCredential,
        secret: &SecretText,
    ) -> Self {
        let NewServiceCredential { id, owner, name, service, expires_at } = new;
        let sealed_secret = data_key.seal(env, &belongs_to(account, &id), secret.expose().as_bytes());
        let (status, created_at) = (KeyStatus::Active, env.now());
        Self { id, owner, name, service, status, created_at, expires_at, sealed_secret }
    }

    /// The secret. Fails if it was moved, or sealed with another key.
    pub fn secret(&self, data_key: &SecretKey, account: AccountId) -> Result<SecretText, StoreError> {
        let plain = data_key.open(&belongs_to(account, &self.id), &self.sealed_secret);
        let secret = plain.and_then(|plain| String::from_utf8(plain.to_vec()).ok());
        let damaged = || damaged("the secret of a service credential does not open".to_owned());
        secret.map(SecretText::new).ok_or_else(damaged)
    }

    /// The one of somebody with this id.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        owner: KeyOwner,
        id: &str,
    ) -> Result<Option<Self>, StoreError> {
        match id.contains('\0') {
            true => Ok(None),
            false => read(tx, &Self::of(account, owner).text(id)),
        }
    }

    /// All of somebody, in the order of their ids.
    pub fn of_owner(
        tx: &dyn Transaction,
        account: AccountId,
        owner: KeyOwner,
    ) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Self::of(account, owner), None, usize::MAX - 1)?.records)
    }

    /// At most `size` of those under `list`, after the one at `after`.
    pub fn page(
        tx: &dyn Transaction,
        list: &Key,
        after: Option<&[u8]>,
        size: usize,
    ) -> Result<Page<Self>, StoreError> {
        page(tx, list, after, size)
    }

    /// Where those of everybody lie, by whose they are.
    pub fn table(account: AccountId) -> Key {
        Key::account(account, AccountTable::ServiceCredential)
    }

    /// Where those of somebody lie.
    pub fn of(account: AccountId, owner: KeyOwner) -> Key {
        Self::table(account).number(owner.number())
    }

    /// Writes it as it is now.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &Self::of(account, self.owner).text(&self.id), self);
    }

    /// Removes it for good.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) {
        tx.delete(Self::of(account, self.owner).text(&self.id).as_bytes());
    }
}

fn belongs_to(account: AccountId, id: &str) -> Vec<u8> {
    format!("{account}\0{id}\0ServiceCredentialSecret").into_bytes()
}
