//! What everybody in an account logs on and signs with, looked at as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use argali_store::{StoreError, Transaction};

use super::access_key::{AccessKey, KeyOwner};
use super::entity::Entity;
use super::last_use::LastUse;
use super::login_profile::LoginProfile;
use super::logon_trace::LogonTrace;
use super::mfa_device::MfaDevice;
use super::passkey::Passkey;
use super::second_factor::SecondFactors;
use super::security_preference::SecurityPreference;
use super::user::User;
use crate::identifier::AccountId;
use crate::name::KeyStatus;
use crate::time::Timestamp;

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

/// A user with its credentials.
#[derive(Clone, Debug)]
pub struct UserCredentials {
    /// Whose they are.
    pub user: User,
    /// What there is.
    pub credentials: Credentials,
}

/// What somebody logs on and signs with.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// When somebody last logged on.
    pub last_logon: Option<Timestamp>,
    /// The password, if there is one.
    pub password: Option<Password>,
    /// Whether there is an MFA device, or a passkey that the account accepts.
    pub has_second_factor: bool,
    /// AccessKeys, the oldest first.
    pub keys: Vec<HeldKey>,
}

/// A password.
#[derive(Clone, Debug)]
pub struct Password {
    /// Whether its login profile lets anybody log on.
    pub is_active: bool,
    /// When it was set.
    pub set_at: Timestamp,
}

/// An AccessKey.
#[derive(Clone, Debug)]
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
    ///
    /// Each table is read from its beginning to its end, which is far less work than asking it for one user after the
    /// other.
    pub(crate) fn of(
        tx: &dyn Transaction,
        account: AccountId,
        recent: &RecentUses,
    ) -> Result<Self, StoreError> {
        let mut everybody = Everybody::read(tx, account, recent)?;
        let owner = everybody.take(KeyOwner::Account);
        let held = |user: User| {
            let credentials = everybody.take(KeyOwner::User(user.id));
            UserCredentials { user, credentials }
        };
        Ok(Self { owner, users: User::all(tx, account)?.into_iter().map(held).collect() })
    }
}

impl Credentials {
    /// What one user or the account's owner has.
    pub(crate) fn of(
        tx: &dyn Transaction,
        account: AccountId,
        owner: KeyOwner,
        recent: &RecentUses,
    ) -> Result<Self, StoreError> {
        let mut keys = Vec::new();
        for key in AccessKey::of_owner(tx, account, owner)? {
            let noted = recent.get(key.id.as_str()).copied();
            let written = || Ok::<_, StoreError>(LastUse::find(tx, account, &key.id)?.map(|last| last.at));
            let last_use = noted.map_or_else(written, |at| Ok(Some(at)))?;
            keys.push(HeldKey::of(key, last_use));
        }
        keys.sort_by_key(|key| key.created_at);
        Ok(Self {
            last_logon: LogonTrace::of(tx, account, owner)?.last_at,
            password: LoginProfile::find(tx, account, owner)?.as_ref().map(Password::of),
            has_second_factor: !SecondFactors::of(tx, account, owner)?.is_empty(),
            keys,
        })
    }

    /// When whoever has them last logged on or signed anything.
    pub fn last_use(&self) -> Option<Timestamp> {
        self.last_logon.max(self.last_key_use())
    }

    /// When one of the keys was last used.
    pub fn last_key_use(&self) -> Option<Timestamp> {
        self.keys.iter().filter_map(|key| key.last_use).max()
    }
}

impl Password {
    fn of(profile: &LoginProfile) -> Self {
        Self { is_active: profile.status == KeyStatus::Active, set_at: profile.password_set_at }
    }
}

impl HeldKey {
    fn of(key: AccessKey, last_use: Option<Timestamp>) -> Self {
        Self { id: key.id, is_active: key.status == KeyStatus::Active, created_at: key.created_at, last_use }
    }
}

/// What the tables of an account hold of everybody, by the number of whose it is.
#[derive(Debug, Default)]
struct Everybody {
    last_logons: BTreeMap<u64, Timestamp>,
    passwords: BTreeMap<u64, Password>,
    with_factor: BTreeSet<u64>,
    keys: BTreeMap<u64, Vec<HeldKey>>,
}

impl Everybody {
    fn read(tx: &dyn Transaction, account: AccountId, recent: &RecentUses) -> Result<Self, StoreError> {
        let mut all = Self::default();
        LogonTrace::each(tx, account, |owner, trace| {
            all.last_logons.extend(trace.last_at.map(|at| (owner, at)));
        })?;
        LoginProfile::each(tx, account, |owner, profile| {
            all.passwords.insert(owner, Password::of(&profile));
        })?;
        let mut has_factor = |owner| _ = all.with_factor.insert(owner);
        MfaDevice::each_owner(tx, account, &mut has_factor)?;
        if SecurityPreference::of(tx, account)?.passkeys {
            Passkey::each_owner(tx, account, has_factor)?;
        }
        let mut uses = BTreeMap::new();
        LastUse::each(tx, account, |id, last| {
            uses.insert(id.to_owned(), last.at);
        })?;
        AccessKey::each(tx, account, |key| {
            let last = recent.get(key.id.as_str()).or_else(|| uses.get(&key.id)).copied();
            all.keys.entry(key.owner.number()).or_default().push(HeldKey::of(key, last));
        })?;
        Ok(all)
    }

    /// What one has, which is asked for once.
    fn take(&mut self, owner: KeyOwner) -> Credentials {
        let number = owner.number();
        let mut keys = self.keys.remove(&number).unwrap_or_default();
        keys.sort_by_key(|key| key.created_at);
        Credentials {
            last_logon: self.last_logons.get(&number).copied(),
            password: self.passwords.remove(&number),
            has_second_factor: self.with_factor.contains(&number),
            keys,
        }
    }
}
