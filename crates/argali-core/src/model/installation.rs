//! OAuth applications that an account has installed: its own, or those of others that may be.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::account::Quota;
use super::key::{AccountTable, Key};
use super::record::{Record, damaged, page, read, write};
use crate::application::Scope;
use crate::identifier::{AccountId, ApplicationId};
use crate::time::Timestamp;

/// An application, installed.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Installation {
    /// Which application.
    #[n(0)]
    pub application: ApplicationId,
    /// Whose application that is.
    #[n(1)]
    pub owner: AccountId,
    /// What it may learn of the account's users.
    #[n(2)]
    pub scopes: Vec<Scope>,
    /// When it was installed.
    #[n(3)]
    pub created_at: Timestamp,
    /// When its scopes were changed last.
    #[n(4)]
    pub updated_at: Timestamp,
}

impl Record for Installation {}

impl Installation {
    /// That of an application in `tenant`.
    pub fn find(
        tx: &dyn Transaction,
        tenant: AccountId,
        application: ApplicationId,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::key(tenant, application))
    }

    /// All in `tenant`, in the order of the applications' ids.
    pub fn all(tx: &dyn Transaction, tenant: AccountId) -> Result<Vec<Self>, StoreError> {
        let table = Key::account(tenant, AccountTable::Installation);
        Ok(page(tx, &table, None, usize::MAX - 1)?.records)
    }

    /// Adds a new one.
    pub fn insert(&self, tx: &mut dyn Transaction, tenant: AccountId) -> Result<(), StoreError> {
        write(tx, &Self::place(self.owner, self.application).text(tenant.as_str()), &tenant);
        self.save(tx, tenant);
        Quota::Installations.add(tx, tenant)
    }

    /// Writes it as it is now.
    pub fn save(&self, tx: &mut dyn Transaction, tenant: AccountId) {
        write(tx, &Self::key(tenant, self.application), self);
    }

    /// Removes it.
    pub fn delete(&self, tx: &mut dyn Transaction, tenant: AccountId) -> Result<(), StoreError> {
        tx.delete(Self::place(self.owner, self.application).text(tenant.as_str()).as_bytes());
        tx.delete(Self::key(tenant, self.application).as_bytes());
        Quota::Installations.remove(tx, tenant)
    }

    /// Removes every one of an application, which goes.
    pub(super) fn remove_all(
        tx: &mut dyn Transaction,
        owner: AccountId,
        application: ApplicationId,
    ) -> Result<(), StoreError> {
        let tenants = page::<AccountId>(tx, &Self::place(owner, application), None, usize::MAX - 1)?.records;
        for tenant in tenants {
            let installed = Self::find(tx, tenant, application)?;
            let missing =
                || damaged(format!("application {application} is not installed where it should be"));
            installed.ok_or_else(missing)?.delete(tx, tenant)?;
        }
        Ok(())
    }

    fn key(tenant: AccountId, application: ApplicationId) -> Key {
        Key::account(tenant, AccountTable::Installation).number(application.number())
    }

    fn place(owner: AccountId, application: ApplicationId) -> Key {
        Key::account(owner, AccountTable::InstalledIn).number(application.number())
    }
}
