//! Custom policies and their versions. System policies are data: see `services::ram::system_policy`.

use std::fmt;
use std::str::FromStr;

use argali_protocol::{Invalid, Reason};
use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::account::Quota;
use super::entity::Entity;
use super::key::{AccountTable, Key};
use super::record::{Record, page, read, write};
use super::tag::Tags;
use crate::identifier::{AccountId, PolicyId};
use crate::name::{Description, PolicyName};
use crate::time::Timestamp;

/// The number of a policy version, `v1` and up, never used again within its policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct VersionId(#[n(0)] u32);

impl VersionId {
    /// `v1`.
    pub const FIRST: Self = Self(1);

    /// The version after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl FromStr for VersionId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = text.strip_prefix('v').filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
        let number = digits.filter(|rest| !rest.starts_with('0')).and_then(|rest| rest.parse().ok());
        number
            .map(Self)
            .ok_or_else(|| Invalid::new(Reason::Format, "a version is `v` and a number, such as `v1`"))
    }
}

impl Serialize for VersionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VersionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A policy that an account keeps for itself.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Policy {
    /// What tells it from a later policy of the same name. Never shown.
    #[n(0)]
    pub id: PolicyId,
    /// Its name; it never changes.
    #[n(1)]
    pub name: PolicyName,
    /// What it is for.
    #[n(2)]
    pub description: Option<Description>,
    /// The version in force.
    #[n(3)]
    pub default_version: VersionId,
    /// The version made last, deleted or not.
    #[n(4)]
    pub latest_version: VersionId,
    /// When it was made.
    #[n(5)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[n(6)]
    pub updated_at: Timestamp,
    /// What it is labelled with.
    #[cbor(n(7), default)]
    pub tags: Tags,
}

impl Record for Policy {}

impl Entity for Policy {
    type Name = PolicyName;
    const TABLE: AccountTable = AccountTable::Policy;
    const NAMES_BY_ID: AccountTable = AccountTable::PolicyById;
    const QUOTA: Quota = Quota::Policies;
    const COUNTED: bool = true;

    fn id_number(&self) -> u64 {
        self.id.number()
    }

    fn name(&self) -> &PolicyName {
        &self.name
    }

    fn fold(name: &PolicyName) -> String {
        name.folded()
    }

    /// The versions go with their policy.
    fn unindex(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        for version in PolicyVersion::of(tx, account, self.id)? {
            version.delete(tx, account, self.id);
        }
        Ok(())
    }
}

/// One text of a policy. It never changes.
#[derive(Clone, Debug, Encode, Decode)]
pub struct PolicyVersion {
    /// Its number.
    #[n(0)]
    pub id: VersionId,
    /// The document as given.
    #[n(1)]
    pub document: String,
    /// When it was made.
    #[n(2)]
    pub created_at: Timestamp,
}

impl Record for PolicyVersion {}

impl PolicyVersion {
    /// One version of a policy.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        policy: PolicyId,
        id: VersionId,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::key(account, policy, id))
    }

    /// All versions of a policy, oldest first.
    pub fn of(tx: &dyn Transaction, account: AccountId, policy: PolicyId) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Self::table(account, policy), None, MOST_VERSIONS)?.records)
    }

    /// Writes the version.
    pub fn insert(&self, tx: &mut dyn Transaction, account: AccountId, policy: PolicyId) {
        write(tx, &Self::key(account, policy, self.id), self);
    }

    /// Removes the version for good.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId, policy: PolicyId) {
        tx.delete(Self::key(account, policy, self.id).as_bytes());
    }

    fn table(account: AccountId, policy: PolicyId) -> Key {
        Key::account(account, AccountTable::PolicyVersion).number(policy.number())
    }

    fn key(account: AccountId, policy: PolicyId, id: VersionId) -> Key {
        Self::table(account, policy).number(u64::from(id.0))
    }
}

/// More versions than any policy may have.
const MOST_VERSIONS: usize = 100;
