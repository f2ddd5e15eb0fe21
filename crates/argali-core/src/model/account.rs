//! Accounts: who owns resources and identities, and how often access has changed in each.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, GlobalTable, Key};
use super::last_two::LastTwo;
use super::record::{Record, damaged, page, read, write};
use crate::identifier::AccountId;
use crate::name::{AccountAlias, OwnerEmail};
use crate::time::Timestamp;

/// Whether an account is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum AccountStatus {
    /// It is.
    #[n(0)]
    Open,
    /// None of its credentials works and none of its roles can be used, until it is opened again.
    #[n(1)]
    Closed,
}

/// An account, made by the operator.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Account {
    /// Its number.
    #[n(0)]
    pub id: AccountId,
    /// Its second name, if it has one.
    #[n(1)]
    pub alias: Option<AccountAlias>,
    /// What the operator calls it.
    #[n(2)]
    pub name: String,
    /// Whether it is in use.
    #[n(3)]
    pub status: AccountStatus,
    /// When it was made.
    #[n(4)]
    pub created_at: Timestamp,
    /// The key that seals its secrets, wrapped by the master key.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub wrapped_data_key: Vec<u8>,
    /// Sessions issued at this generation or before are refused.
    #[n(6)]
    pub sessions_not_before: u64,
    /// Codes of services that are closed to other accounts and that the operator has opened here.
    #[n(7)]
    pub open_gates: Vec<String>,
    /// When all its sessions were ended.
    #[cbor(n(8), default)]
    pub sessions_ended: Option<LastTwo>,
    /// The e-mail address under which its owner logs on, if there is one.
    #[cbor(n(9), default)]
    pub owner_email: Option<OwnerEmail>,
}

impl Record for Account {}

impl Account {
    /// The account with this id.
    pub fn find(tx: &dyn Transaction, id: AccountId) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::key(id))
    }

    /// The id of the account that has this alias.
    pub fn find_alias(tx: &dyn Transaction, alias: &AccountAlias) -> Result<Option<AccountId>, StoreError> {
        let Some(bytes) = tx.get(Self::alias_key(alias).as_bytes())? else { return Ok(None) };
        let id = std::str::from_utf8(&bytes).ok().and_then(|text| text.parse().ok());
        id.map(Some).ok_or_else(|| damaged(format!("the alias `{alias}` leads to no account id")))
    }

    /// The id of the account whose owner has this e-mail address.
    pub fn find_email(tx: &dyn Transaction, email: &OwnerEmail) -> Result<Option<AccountId>, StoreError> {
        let Some(bytes) = tx.get(Self::email_key(email).as_bytes())? else { return Ok(None) };
        let id = std::str::from_utf8(&bytes).ok().and_then(|text| text.parse().ok());
        id.map(Some)
            .ok_or_else(|| damaged("the e-mail address of an owner leads to no account id".to_owned()))
    }

    /// All accounts, in the order of their ids, at most `limit`.
    pub fn all(tx: &dyn Transaction, limit: usize) -> Result<Vec<AccountId>, StoreError> {
        let page = page::<AccountId>(tx, &Key::global(GlobalTable::Account), None, limit)?;
        Ok(page.records)
    }

    /// Writes the account and its place in the operator's list.
    pub fn save(&self, tx: &mut dyn Transaction) {
        write(tx, &Self::key(self.id), self);
        write(tx, &Key::global(GlobalTable::Account).text(self.id.as_str()), &self.id);
    }

    /// Takes `alias`, which must be free, in place of the one before it.
    pub fn set_alias(&mut self, tx: &mut dyn Transaction, alias: Option<AccountAlias>) {
        if let Some(old) = self.alias.take() {
            tx.delete(Self::alias_key(&old).as_bytes());
        }
        if let Some(new) = &alias {
            tx.put(Self::alias_key(new).as_bytes(), self.id.as_str().as_bytes());
        }
        self.alias = alias;
        self.save(tx);
    }

    /// Takes `email` for its owner, which must be free, in place of the one before it.
    pub fn set_owner_email(&mut self, tx: &mut dyn Transaction, email: Option<OwnerEmail>) {
        if let Some(old) = self.owner_email.take() {
            tx.delete(Self::email_key(&old).as_bytes());
        }
        if let Some(new) = &email {
            tx.put(Self::email_key(new).as_bytes(), self.id.as_str().as_bytes());
        }
        self.owner_email = email;
        self.save(tx);
    }

    fn key(id: AccountId) -> Key {
        Key::account(id, AccountTable::Account)
    }

    fn email_key(email: &OwnerEmail) -> Key {
        Key::global(GlobalTable::OwnerEmail).text(&email.folded())
    }

    fn alias_key(alias: &AccountAlias) -> Key {
        Key::global(GlobalTable::Alias).text(alias.as_str())
    }
}

impl Record for AccountId {}

/// How often access has changed in `account`: what was judged under one generation holds while it lasts.
// INVARIANT: it is raised in the transaction that changes access, so nothing cached outlives a change.
pub fn generation(tx: &dyn Transaction, account: AccountId) -> Result<u64, StoreError> {
    number(tx, &Key::account(account, AccountTable::Generation))
}

/// Marks that access changes in `account` with this transaction.
pub fn bump_generation(tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
    pass_generation(tx, account, 0)
}

/// Marks that access in `account` is another than it was at any generation up to `known`.
pub fn pass_generation(tx: &mut dyn Transaction, account: AccountId, known: u64) -> Result<(), StoreError> {
    let key = Key::account(account, AccountTable::Generation);
    let next = number(tx, &key)?.max(known).saturating_add(1);
    tx.put(key.as_bytes(), &next.to_be_bytes());
    Ok(())
}

/// Kinds of which an account may have only so many.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum Quota {
    /// RAM users.
    Users = 1,
    /// Groups of users.
    Groups = 2,
    /// Roles.
    Roles = 3,
    /// Custom policies.
    Policies = 4,
    /// Virtual MFA devices.
    MfaDevices = 5,
    /// Resource groups, the default one not counted.
    ResourceGroups = 20,
    /// OIDC providers.
    OidcProviders = 30,
    /// SAML providers.
    SamlProviders = 31,
    /// OAuth applications.
    Applications = 32,
    /// OAuth applications that are installed.
    Installations = 33,
    /// Buckets.
    Buckets = 40,
    /// Queues.
    Queues = 50,
    /// Topics.
    Topics = 51,
}

impl Quota {
    /// How many there are in `account`.
    pub fn used(self, tx: &dyn Transaction, account: AccountId) -> Result<u64, StoreError> {
        number(tx, &self.key(account))
    }

    /// Counts one more.
    pub fn add(self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        let used = self.used(tx, account)?;
        tx.put(self.key(account).as_bytes(), &used.saturating_add(1).to_be_bytes());
        Ok(())
    }

    /// Counts one less.
    pub fn remove(self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        let used = self.used(tx, account)?;
        tx.put(self.key(account).as_bytes(), &used.saturating_sub(1).to_be_bytes());
        Ok(())
    }

    fn key(self, account: AccountId) -> Key {
        Key::account(account, AccountTable::Counter).bytes(&[self as u8])
    }
}

fn number(tx: &dyn Transaction, key: &Key) -> Result<u64, StoreError> {
    match tx.get(key.as_bytes())? {
        None => Ok(0),
        Some(bytes) => match bytes.try_into() {
            Ok(bytes) => Ok(u64::from_be_bytes(bytes)),
            Err(_) => Err(damaged("a counter has not eight bytes".to_owned())),
        },
    }
}
