//! Attachments with their scope: the account, or one resource group.

use serde::{Deserialize, Deserializer};

use super::principal::{LocalName, PrincipalName, PrincipalType};
use super::resource_group::{existing_group, no_group};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::{AttachmentScope, PolicyRef, ResourceGroupId};
use crate::name::{PolicyName, PolicyType};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::ram::attachment::{attach, detach};
use crate::services::ram::found_policy::is_high_risk;

/// Everything that changes an attachment.
pub const OPERATIONS: &[Entry] = &[Entry::of::<AttachPolicy>(), Entry::of::<DetachPolicy>()];

/// Where a grant counts: everywhere in the account whose number is given, or in one resource group.
#[derive(Clone, Debug)]
pub enum GrantScope {
    /// In the account.
    Account(AccountId),
    /// In the group.
    ResourceGroup(ResourceGroupId),
}

impl GrantScope {
    /// The group, if it is one.
    pub(in crate::services) fn group(&self) -> Option<&ResourceGroupId> {
        match self {
            Self::Account(_) => None,
            Self::ResourceGroup(id) => Some(id),
        }
    }

    /// The scope as attachments name it, or `EntityNotExists.ResourceGroup`.
    pub(in crate::services) fn existing(&self, cx: &Context<'_>) -> Result<AttachmentScope, ApiError> {
        match self {
            Self::Account(id) if *id == cx.account() => Ok(AttachmentScope::Account),
            Self::Account(id) => Err(no_group(id.as_str())),
            Self::ResourceGroup(id) => Ok(AttachmentScope::ResourceGroup(existing_group(cx, id)?.id)),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Account(id) => id.as_str(),
            Self::ResourceGroup(id) => id.as_str(),
        }
    }
}

impl<'de> Deserialize<'de> for GrantScope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.parse() {
            Ok(account) => Ok(Self::Account(account)),
            Err(_) => text.parse().map(Self::ResourceGroup).map_err(serde::de::Error::custom),
        }
    }
}

/// A policy, for whom it is or is not to count, and where.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Grant {
    /// Which policy.
    pub policy_name: PolicyName,
    /// Who keeps the policy.
    pub policy_type: PolicyType,
    /// For whom.
    pub principal_name: PrincipalName,
    /// Of which kind that is.
    pub principal_type: PrincipalType,
    /// Where.
    pub resource_group_id: GrantScope,
}

impl Grant {
    fn policy(&self) -> PolicyRef {
        PolicyRef { kind: self.policy_type, name: self.policy_name.clone() }
    }

    /// The policy, the principal and the scope. What counts in one group alone may be given by whoever administers
    /// that group.
    // SPEC: service authorization, AttachPolicy; evaluation, scope: a group administrator manages the grants there.
    fn resources(&self, caller: &Caller) -> Resources {
        let account = caller.account();
        let sides = [
            ResourceName::policy(account, &self.policy()),
            self.principal_name.resource(account, self.principal_type),
            ResourceName::ram(account, format!("resourcegroup/{}", self.resource_group_id.as_str())),
        ];
        sides.into_iter().map(|side| side.in_group(self.resource_group_id.group().cloned())).collect()
    }

    /// Where the policy counts, and for whom.
    fn existing(&self, cx: &Context<'_>) -> Result<(AttachmentScope, LocalName), ApiError> {
        let scope = self.resource_group_id.existing(cx)?;
        let local = self.principal_name.local(cx, self.principal_type)?;
        Ok((scope, local.ok_or_else(|| self.principal_name.unknown(self.principal_type))?))
    }
}

/// Attaches a policy, so that it counts from the next request on: everywhere in the account, or in one group.
#[derive(Debug, Deserialize)]
pub struct AttachPolicy(pub Grant);

impl Operation for AttachPolicy {
    const NAME: &'static str = "AttachPolicy";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        self.0.resources(caller)
    }

    fn is_sensitive(&self, cx: &Context<'_>) -> Result<bool, ApiError> {
        is_high_risk(cx, &self.0.policy())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let (scope, name) = self.0.existing(cx)?;
        let policy = self.0.policy();
        match &name {
            LocalName::User(name) => attach(cx, name, &policy, scope),
            LocalName::Group(name) => attach(cx, name, &policy, scope),
            LocalName::Role(name) => attach(cx, name, &policy, scope),
        }
    }
}

/// Detaches a policy, so that it no longer counts there from the next request on.
#[derive(Debug, Deserialize)]
pub struct DetachPolicy(pub Grant);

impl Operation for DetachPolicy {
    const NAME: &'static str = "DetachPolicy";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        self.0.resources(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let (scope, name) = self.0.existing(cx)?;
        let policy = self.0.policy();
        match &name {
            LocalName::User(name) => detach(cx, name, &policy, &scope),
            LocalName::Group(name) => detach(cx, name, &policy, &scope),
            LocalName::Role(name) => detach(cx, name, &policy, &scope),
        }
    }
}
