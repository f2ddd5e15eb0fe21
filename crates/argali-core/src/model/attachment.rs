//! Attachments: which policy counts for whom, in which scope.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::grant_use::GrantUse;
use super::key::{AccountTable, Key};
use super::record::{Record, page, read, write};
use super::resource_group::ResourceGroupId;
use super::stretch::Stretches;
use crate::identifier::{AccountId, GroupId, RoleId, UserId};
use crate::name::{PolicyName, PolicyType};
use crate::time::Timestamp;

/// Where attachments lie by policy, and by scope: both are counted.
pub(super) const BY_POLICY: AccountTable = AccountTable::AttachmentByPolicy;
pub(super) const BY_SCOPE: AccountTable = AccountTable::AttachmentByScope;

/// Who a policy is attached to, by an id that is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Principal {
    /// A RAM user.
    #[n(0)]
    User(#[n(0)] UserId),
    /// A group, for all its members.
    #[n(1)]
    Group(#[n(0)] GroupId),
    /// A role, for all its sessions.
    #[n(2)]
    Role(#[n(0)] RoleId),
}

/// The kinds of [`Principal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalKind {
    /// A RAM user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
}

impl Principal {
    /// Which kind it is.
    pub const fn kind(self) -> PrincipalKind {
        match self {
            Self::User(_) => PrincipalKind::User,
            Self::Group(_) => PrincipalKind::Group,
            Self::Role(_) => PrincipalKind::Role,
        }
    }

    pub(super) fn append_to(self, key: Key) -> Key {
        let key = self.kind().append_to(key);
        match self {
            Self::User(id) => key.number(id.number()),
            Self::Group(id) => key.number(id.number()),
            Self::Role(id) => key.number(id.number()),
        }
    }
}

impl PrincipalKind {
    /// What the numbers of a kind follow in keys.
    pub(super) fn append_to(self, key: Key) -> Key {
        key.bytes(match self {
            Self::User => &[1],
            Self::Group => &[2],
            Self::Role => &[3],
        })
    }
}

/// Where an attachment counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum AttachmentScope {
    /// For everything in the account.
    #[n(0)]
    Account,
    /// For the resources of one group.
    #[n(1)]
    ResourceGroup(#[n(0)] ResourceGroupId),
}

impl AttachmentScope {
    fn as_str(&self) -> &str {
        match self {
            Self::Account => "",
            Self::ResourceGroup(id) => id.as_str(),
        }
    }
}

/// A policy, by the name that callers give it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PolicyRef {
    /// Who keeps it.
    #[n(0)]
    pub kind: PolicyType,
    /// What it is called.
    #[n(1)]
    pub name: PolicyName,
}

impl PolicyRef {
    /// `acs:ram:*:<account>:policy/<name>`, with `system` in place of the account for system policies.
    pub fn arn(&self, account: AccountId) -> String {
        match self.kind {
            PolicyType::System => format!("acs:ram:*:system:policy/{}", self.name),
            PolicyType::Custom => format!("acs:ram:*:{account}:policy/{}", self.name),
        }
    }

    /// The policy of which [`PolicyRef::arn`] makes this, in whatever account.
    pub fn from_arn(arn: &str) -> Option<Self> {
        let (account, name) = arn.strip_prefix("acs:ram:*:")?.split_once(":policy/")?;
        let kind = if account == "system" { PolicyType::System } else { PolicyType::Custom };
        Some(Self { kind, name: name.parse().ok()? })
    }

    pub(super) fn append_to(&self, key: Key) -> Key {
        key.bytes(&[self.kind as u8]).text(&self.name.folded())
    }
}

/// That a policy counts for a principal. Kept three times, so that it is found from every side.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Attachment {
    /// For whom.
    #[n(0)]
    pub principal: Principal,
    /// Where.
    #[n(1)]
    pub scope: AttachmentScope,
    /// Which policy.
    #[n(2)]
    pub policy: PolicyRef,
    /// Since when.
    #[n(3)]
    pub attached_at: Timestamp,
}

impl Record for Attachment {}

impl Attachment {
    /// The attachment of `policy` to `principal` in `scope`.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        principal: Principal,
        scope: &AttachmentScope,
        policy: &PolicyRef,
    ) -> Result<Option<Self>, StoreError> {
        let key = Self::of_principal_key(account, principal).text(scope.as_str());
        read(tx, &policy.append_to(key))
    }

    /// Everything attached to `principal`, in any scope: account scope first, then group by group.
    pub fn of_principal(
        tx: &dyn Transaction,
        account: AccountId,
        principal: Principal,
    ) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Self::of_principal_key(account, principal), None, MOST_ATTACHMENTS)?.records)
    }

    /// Everybody that `policy` is attached to in this account, in any scope: users, groups, then roles.
    pub fn of_policy(
        tx: &dyn Transaction,
        account: AccountId,
        policy: &PolicyRef,
    ) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Self::of_policy_key(account, policy), None, MOST_ATTACHMENTS)?.records)
    }

    /// Everything that is attached in `scope`, in any order.
    pub fn of_scope(
        tx: &dyn Transaction,
        account: AccountId,
        scope: &AttachmentScope,
    ) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Self::of_scope_key(account, scope), None, MOST_ATTACHMENTS)?.records)
    }

    /// How often `policy` is attached in this account, every scope counted.
    pub fn count_of_policy(
        tx: &dyn Transaction,
        account: AccountId,
        policy: &PolicyRef,
    ) -> Result<usize, StoreError> {
        Stretches::of(account, BY_POLICY).count(tx, &Self::of_policy_key(account, policy))
    }

    /// Writes the attachment, which must be new.
    pub fn insert(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        let [by_principal, by_policy, by_scope] = self.keys(account);
        for key in [&by_principal, &by_policy, &by_scope] {
            write(tx, key, self);
        }
        Stretches::of(account, BY_POLICY).add(tx, &by_policy)?;
        Stretches::of(account, BY_SCOPE).add(tx, &by_scope)
    }

    /// Ends the attachment, and forgets when it was used.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        GrantUse::forget(tx, account, self);
        let [by_principal, by_policy, by_scope] = self.keys(account);
        for key in [&by_principal, &by_policy, &by_scope] {
            tx.delete(key.as_bytes());
        }
        Stretches::of(account, BY_POLICY).remove(tx, &by_policy)?;
        Stretches::of(account, BY_SCOPE).remove(tx, &by_scope)
    }

    /// Where it lies in a table that is ordered by principal, and then by scope and policy.
    pub(super) fn place_in(&self, table: Key) -> Key {
        self.policy.append_to(self.principal.append_to(table).text(self.scope.as_str()))
    }

    fn keys(&self, account: AccountId) -> [Key; 3] {
        let by_policy = self.principal.append_to(Self::of_policy_key(account, &self.policy));
        let by_scope = self.policy.append_to(Self::of_scope_key(account, &self.scope));
        [
            self.place_in(Key::account(account, AccountTable::Attachment)),
            by_policy.text(self.scope.as_str()),
            self.principal.append_to(by_scope),
        ]
    }

    fn of_principal_key(account: AccountId, principal: Principal) -> Key {
        principal.append_to(Key::account(account, AccountTable::Attachment))
    }

    fn of_policy_key(account: AccountId, policy: &PolicyRef) -> Key {
        policy.append_to(Key::account(account, BY_POLICY))
    }

    pub(super) fn of_scope_key(account: AccountId, scope: &AttachmentScope) -> Key {
        Key::account(account, BY_SCOPE).text(scope.as_str())
    }
}

/// More attachments than the quotas allow for one principal or one policy in an account.
const MOST_ATTACHMENTS: usize = 1_000_000;
