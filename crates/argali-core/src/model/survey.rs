//! What everybody in an account logs on and signs with, looked at as a whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use argali_store::{StoreError, Transaction};

use super::access_key::{AccessKey, KeyOwner};
use super::entity::Entity;
use super::last_use::LastUse;
use super::login_profile::LoginProfile;
use super::logon_trace::LogonTrace;
use super::mfa_device::MfaDevice;
use super::user::User;
use crate::identifier::AccountId;
use crate::name::{KeyStatus, UserName};
use crate::time::Timestamp;

/// How many users are read at once.
const AT_ONCE: usize = 1_000;

/// Uses of AccessKeys that are not written down yet, by the id of the key.
pub(crate) type RecentUses = BTreeMap<Arc<str>, Timestamp>;

/// The credentials of everybody in an account at one time.
#[derive(Debug)]
pub struct Survey {
    /// The owner's.
    pub owner: Credentials,
    /// The users', in the order of their names.
    pub users: Vec<UserCredentials>,
}

/// The credentials of a user.
#[derive(Debug)]
pub struct UserCredentials {
    /// Whose they are.
    pub name: UserName,
    /// When the user was made.
    pub created_at: Timestamp,
    /// What there is.
    pub credentials: Credentials,
}

/// What somebody logs on and signs with.
#[derive(Debug)]
pub struct Credentials {
    /// When somebody last logged on.
    pub last_logon: Option<Timestamp>,
    /// The password, if there is one.
    pub password: Option<Password>,
    /// Whether an MFA device is bound.
    pub has_mfa_device: bool,
    /// AccessKeys, the oldest first.
    pub keys: Vec<HeldKey>,
}

/// A password.
#[derive(Debug)]
pub struct Password {
    /// Whether its login profile lets anybody log on.
    pub is_active: bool,
    /// When it was set.
    pub set_at: Timestamp,
}

/// An AccessKey.
#[derive(Debug)]
pub struct HeldKey {
    /// Its id.
    pub id: String,
    /// Whether it is switched on.
    pub is_active: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last.
    pub last_use: Option<Timestamp>,
}

impl Survey {
    /// Looks at everybody. It takes the longer the more there are: not for a thread that answers requests.
    pub(crate) fn of(
        tx: &dyn Transaction,
        account: AccountId,
        recent: &RecentUses,
    ) -> Result<Self, StoreError> {
        let owner = Credentials::of(tx, account, KeyOwner::Account, recent)?;
        let (mut users, mut after) = (Vec::new(), None);
        loop {
            let page = User::page(tx, account, after.as_deref(), AT_ONCE)?;
            for User { id, name, created_at, .. } in page.records {
                let credentials = Credentials::of(tx, account, KeyOwner::User(id), recent)?;
                users.push(UserCredentials { name, created_at, credentials });
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(Self { owner, users }),
            }
        }
    }
}

impl Credentials {
    fn of(
        tx: &dyn Transaction,
        account: AccountId,
        owner: KeyOwner,
        recent: &RecentUses,
    ) -> Result<Self, StoreError> {
        let password = LoginProfile::find(tx, account, owner)?.map(|profile| Password {
            is_active: profile.status == KeyStatus::Active,
            set_at: profile.password_set_at,
        });
        let mut keys = Vec::new();
        for AccessKey { id, status, created_at, .. } in AccessKey::of_owner(tx, account, owner)? {
            let noted = recent.get(id.as_str()).copied();
            let written = || Ok::<_, StoreError>(LastUse::find(tx, account, &id)?.map(|last| last.at));
            let last_use = noted.map_or_else(written, |at| Ok(Some(at)))?;
            keys.push(HeldKey { id, is_active: status == KeyStatus::Active, created_at, last_use });
        }
        keys.sort_by_key(|key| key.created_at);
        Ok(Self {
            last_logon: LogonTrace::of(tx, account, owner)?.last_at,
            password,
            has_mfa_device: MfaDevice::of_owner(tx, account, owner)?.is_some(),
            keys,
        })
    }
}
