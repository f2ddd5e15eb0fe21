//! OAuth applications, and their secrets.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::account::Quota;
use super::entity::Entity;
use super::installation::Installation;
use super::key::{AccountTable, GlobalTable, Key};
use super::record::{Record, damaged, page, read, write};
use crate::application::{OAuthVersion, RedirectUri, Scope};
use crate::env::Env;
use crate::identifier::{AccountId, ApplicationId};
use crate::name::{AppName, AppType, ShortDisplayName};
use crate::time::Timestamp;
use crate::vault::{SecretKey, SecretText};

/// A program that would log people on, or act for them.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Application {
    /// Its identifier, by which other accounts know it, too.
    #[n(0)]
    pub id: ApplicationId,
    /// Its name, unique in its account; it never changes.
    #[n(1)]
    pub name: AppName,
    /// Its name for people.
    #[n(2)]
    pub display_name: ShortDisplayName,
    /// What kind of program it is; it never changes.
    #[n(3)]
    pub kind: AppType,
    /// What it speaks; it never changes.
    #[n(4)]
    pub protocol: OAuthVersion,
    /// Where it takes people back to.
    #[n(5)]
    pub redirect_uris: Vec<RedirectUri>,
    /// What it may learn, in the order in which scopes are shown.
    #[n(6)]
    pub scopes: Vec<GrantedScope>,
    /// For how long its access tokens would hold, in seconds.
    #[n(7)]
    pub access_token_validity_s: u32,
    /// For how long its refresh tokens would hold, in seconds.
    #[n(8)]
    pub refresh_token_validity_s: u32,
    /// Whether other accounts may install it.
    #[n(9)]
    pub is_multi_tenant: bool,
    /// Whether it must show a secret.
    #[n(10)]
    pub secret_required: bool,
    /// When it was made.
    #[n(11)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[n(12)]
    pub updated_at: Timestamp,
}

/// A scope of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GrantedScope {
    /// Which.
    #[n(0)]
    pub scope: Scope,
    /// Whether who logs on cannot leave it out.
    #[n(1)]
    pub required: bool,
}

impl Record for Application {}

impl Application {
    /// The one with this id in whatever account, and which that is.
    pub fn find_anywhere(
        tx: &dyn Transaction,
        id: ApplicationId,
    ) -> Result<Option<(AccountId, Self)>, StoreError> {
        let Some(owner) = read::<AccountId>(tx, &owner_key(id))? else { return Ok(None) };
        Ok(Self::find_by_id(tx, owner, id.number())?.map(|application| (owner, application)))
    }
}

impl Entity for Application {
    type Name = AppName;
    const TABLE: AccountTable = AccountTable::Application;
    const NAMES_BY_ID: AccountTable = AccountTable::ApplicationById;
    const QUOTA: Quota = Quota::Applications;

    fn id_number(&self) -> u64 {
        self.id.number()
    }

    fn name(&self) -> &AppName {
        &self.name
    }

    fn fold(name: &AppName) -> String {
        name.folded()
    }

    fn index(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &owner_key(self.id), &account);
    }

    fn unindex(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        tx.delete(owner_key(self.id).as_bytes());
        for secret in AppSecret::all(tx, account, self.id)? {
            secret.delete(tx, account);
        }
        Installation::remove_all(tx, account, self.id)
    }
}

fn owner_key(id: ApplicationId) -> Key {
    Key::global(GlobalTable::ApplicationOwner).number(id.number())
}

/// What an application shows to prove that it is the one. Its value is sealed.
#[derive(Clone, Debug, Encode, Decode)]
pub struct AppSecret {
    /// What it is known by.
    #[n(0)]
    pub id: String,
    /// Whose it is.
    #[n(1)]
    pub application: ApplicationId,
    /// When it was made.
    #[n(2)]
    pub created_at: Timestamp,
    /// Its value, sealed with the account's data key.
    #[cbor(n(3), with = "minicbor::bytes")]
    sealed_value: Vec<u8>,
}

impl Record for AppSecret {}

impl AppSecret {
    /// A new secret with the given value, which is sealed at once.
    pub fn seal(
        env: &Env,
        data_key: &SecretKey,
        id: String,
        application: ApplicationId,
        value: &SecretText,
    ) -> Self {
        let sealed_value = data_key.seal(env, &belongs_to(application, &id), value.expose().as_bytes());
        Self { id, application, created_at: env.now(), sealed_value }
    }

    /// The value. Fails if it was moved, or sealed with another key.
    pub fn value(&self, data_key: &SecretKey) -> Result<SecretText, StoreError> {
        let plain = data_key.open(&belongs_to(self.application, &self.id), &self.sealed_value);
        let value = plain.and_then(|plain| String::from_utf8(plain.to_vec()).ok());
        value
            .map(SecretText::new)
            .ok_or_else(|| damaged("a secret of an application does not open".to_owned()))
    }

    /// The one of an application with this id.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        application: ApplicationId,
        id: &str,
    ) -> Result<Option<Self>, StoreError> {
        match id.contains('\0') {
            true => Ok(None),
            false => read(tx, &Self::table(account, application).text(id)),
        }
    }

    /// All of an application, in the order of their ids.
    pub fn all(
        tx: &dyn Transaction,
        account: AccountId,
        application: ApplicationId,
    ) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Self::table(account, application), None, usize::MAX - 1)?.records)
    }

    /// Writes it.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &self.key(account), self);
    }

    /// Removes it for good.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) {
        tx.delete(self.key(account).as_bytes());
    }

    fn key(&self, account: AccountId) -> Key {
        Self::table(account, self.application).text(&self.id)
    }

    fn table(account: AccountId, application: ApplicationId) -> Key {
        Key::account(account, AccountTable::AppSecret).number(application.number())
    }
}

fn belongs_to(application: ApplicationId, id: &str) -> Vec<u8> {
    format!("secret {id} of application {application}").into_bytes()
}
