//! Attachments: giving policies to users, groups and roles, and taking them away.
//!
//! Every operation is written once; how the three kinds differ stands in [`Grantee`].

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::found_policy::{FoundPolicy, is_high_risk};
use super::grantee::Grantee;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{Attachment, AttachmentScope, PolicyRef, Principal, ResourceGroupId, VersionId};
use crate::name::{GroupName, PolicyName, PolicyType, RoleName, UserName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::resource_manager::resource_group::existing_group;
use crate::time::Timestamp;

/// Everything that can be done to an attachment.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<AttachPolicy<UserName>>(),
    Entry::of::<AttachPolicy<GroupName>>(),
    Entry::of::<AttachPolicy<RoleName>>(),
    Entry::of::<DetachPolicy<UserName>>(),
    Entry::of::<DetachPolicy<GroupName>>(),
    Entry::of::<DetachPolicy<RoleName>>(),
    Entry::of::<ListPoliciesFor<UserName>>(),
    Entry::of::<ListPoliciesFor<GroupName>>(),
    Entry::of::<ListPoliciesFor<RoleName>>(),
];

/// A policy and whom it is, or is not, to count for.
#[derive(Debug)]
pub struct Grant<G> {
    /// For whom.
    pub grantee: G,
    /// Which policy.
    pub policy: PolicyRef,
    /// For the resources of which group only; everywhere in the account if it is left out.
    pub resource_group_id: Option<ResourceGroupId>,
}

/// Attaches a policy, so that it counts from the next request on.
#[derive(Debug, Deserialize)]
#[serde(bound = "G: Grantee")]
pub struct AttachPolicy<G>(pub Grant<G>);

impl<G: Grantee> Operation for AttachPolicy<G> {
    const NAME: &'static str = G::ATTACH;
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        self.0.resources(caller)
    }

    fn is_sensitive(&self, cx: &Context<'_>) -> Result<bool, ApiError> {
        is_high_risk(cx, &self.0.policy)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let scope = self.0.scope(cx)?;
        attach(cx, &self.0.grantee, &self.0.policy, scope)
    }
}

/// Detaches a policy, so that it no longer counts from the next request on.
#[derive(Debug, Deserialize)]
#[serde(bound = "G: Grantee")]
pub struct DetachPolicy<G>(pub Grant<G>);

impl<G: Grantee> Operation for DetachPolicy<G> {
    const NAME: &'static str = G::DETACH;
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        self.0.resources(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let scope = self.0.scope(cx)?;
        detach(cx, &self.0.grantee, &self.0.policy, &scope)
    }
}

/// Lets a policy count for somebody in a scope, which exists.
pub(in crate::services) fn attach<G: Grantee>(
    cx: &mut Context<'_>,
    grantee: &G,
    policy: &PolicyRef,
    scope: AttachmentScope,
) -> Result<(), ApiError> {
    let account = cx.account();
    let (principal, policy) = changeable(cx, grantee, policy)?;
    if Attachment::find(cx.tx(), account, principal, &scope, &policy)?.is_some() {
        let message =
            format!("The policy `{}` is already attached to the {} `{grantee}`.", policy.name, G::KIND);
        return Err(ApiError::new(G::ATTACHED, message));
    }
    let most = match policy.kind {
        PolicyType::System => cx.limits().system_attachments,
        PolicyType::Custom => cx.limits().custom_attachments,
    };
    let attached = Attachment::of_principal(cx.tx(), account, principal)?.into_iter();
    if attached.filter(|other| other.scope == scope && other.policy.kind == policy.kind).count() >= most {
        let message = format!(
            "The {} `{grantee}` has {most} {} policies, which is the limit: detach one first.",
            G::KIND,
            policy.kind.as_str().to_lowercase()
        );
        return Err(ApiError::new(G::FULL, message));
    }
    let attachment = Attachment { principal, scope, policy, attached_at: cx.now() };
    Ok(attachment.insert(cx.tx_mut(), account)?)
}

/// Lets a policy no longer count for somebody in a scope.
pub(in crate::services) fn detach<G: Grantee>(
    cx: &mut Context<'_>,
    grantee: &G,
    policy: &PolicyRef,
    scope: &AttachmentScope,
) -> Result<(), ApiError> {
    let account = cx.account();
    let (principal, policy) = changeable(cx, grantee, policy)?;
    let attachment = Attachment::find(cx.tx(), account, principal, scope, &policy)?.ok_or_else(|| {
        let message = format!(
            "The policy `{}` is not attached to the {} `{grantee}` in this scope.",
            policy.name,
            G::KIND
        );
        ApiError::new(G::NOT_ATTACHED, message)
    })?;
    Ok(attachment.delete(cx.tx_mut(), account)?)
}

/// For whom a policy counts, and which it is, spelt as it was made; or the first of them that does not exist, or
/// cannot be changed.
fn changeable<G: Grantee>(
    cx: &Context<'_>,
    grantee: &G,
    policy: &PolicyRef,
) -> Result<(Principal, PolicyRef), ApiError> {
    let principal = grantee.changeable(cx)?;
    Ok((principal, FoundPolicy::existing(cx, policy)?.reference()))
}

/// Lists the policies that count for somebody everywhere in the account, system policies first.
// SPEC: the RAM API, ListPoliciesForUser: attachments to a resource group are listed by Resource Management.
#[derive(Debug)]
pub struct ListPoliciesFor<G> {
    /// Whose.
    pub grantee: G,
}

/// The policies of one user, group or role.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPolicies {
    policies: AttachedPolicyList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachedPolicyList {
    policy: Vec<AttachedPolicy>,
}

/// A policy, with the date since which it is attached.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachedPolicy {
    policy_name: PolicyName,
    policy_type: PolicyType,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    default_version: VersionId,
    attach_date: Timestamp,
}

impl<G: Grantee> Operation for ListPoliciesFor<G> {
    const NAME: &'static str = G::LIST;
    const ACCESS: Access = Access::Read;
    type Response = AttachedPolicies;

    fn resources(&self, caller: &Caller) -> Resources {
        self.grantee.resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AttachedPolicies, ApiError> {
        let principal = self.grantee.existing(cx)?;
        let mut policy = Vec::new();
        for attachment in Attachment::of_principal(cx.tx(), cx.account(), principal)? {
            if attachment.scope != AttachmentScope::Account {
                continue;
            }
            let found = FoundPolicy::existing(cx, &attachment.policy)?;
            policy.push(AttachedPolicy {
                policy_name: found.name().clone(),
                policy_type: found.kind(),
                description: found.description(),
                default_version: found.default_version(),
                attach_date: attachment.attached_at,
            });
        }
        Ok(AttachedPolicies { policies: AttachedPolicyList { policy } })
    }
}

impl<G: Grantee> Grant<G> {
    /// Both sides: nobody gives away a policy, or to somebody, that they have no say in. What counts in one group
    /// alone may be given by whoever administers that group.
    // SPEC: evaluation, scope: a group administrator manages the group's members' grants.
    fn resources(&self, caller: &Caller) -> Resources {
        let (account, group) = (caller.account(), &self.resource_group_id);
        let sides = [self.grantee.resource(account), ResourceName::policy(account, &self.policy)];
        sides.into_iter().map(|side| side.in_group(group.clone())).collect()
    }

    /// Where the policy counts, or `EntityNotExists.ResourceGroup`.
    fn scope(&self, cx: &Context<'_>) -> Result<AttachmentScope, ApiError> {
        match &self.resource_group_id {
            None => Ok(AttachmentScope::Account),
            Some(id) => Ok(AttachmentScope::ResourceGroup(existing_group(cx, id)?.id)),
        }
    }
}

/// The parameters of all operations here, of which [`Grantee`] names the first. Derived code knows no such names.
struct Parameters<G> {
    grantee: Option<G>,
    policy_type: Option<PolicyType>,
    policy_name: Option<PolicyName>,
    resource_group_id: Option<ResourceGroupId>,
}

const POLICY_TYPE: &str = "PolicyType";
const POLICY_NAME: &str = "PolicyName";
const RESOURCE_GROUP_ID: &str = "ResourceGroupId";

impl<'de, G: Grantee> Deserialize<'de> for Grant<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = const { &[G::PARAMETER, POLICY_TYPE, POLICY_NAME, RESOURCE_GROUP_ID] };
        let read = deserializer.deserialize_struct("Grant", names, ParametersVisitor(PhantomData::<G>))?;
        let missing = D::Error::missing_field;
        Ok(Self {
            grantee: read.grantee.ok_or_else(|| missing(G::PARAMETER))?,
            policy: PolicyRef {
                kind: read.policy_type.ok_or_else(|| missing(POLICY_TYPE))?,
                name: read.policy_name.ok_or_else(|| missing(POLICY_NAME))?,
            },
            resource_group_id: read.resource_group_id,
        })
    }
}

impl<'de, G: Grantee> Deserialize<'de> for ListPoliciesFor<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = const { &[G::PARAMETER] };
        let read =
            deserializer.deserialize_struct("ListPoliciesFor", names, ParametersVisitor(PhantomData::<G>))?;
        Ok(Self { grantee: read.grantee.ok_or_else(|| D::Error::missing_field(G::PARAMETER))? })
    }
}

struct ParametersVisitor<G>(PhantomData<G>);

impl<'de, G: Grantee> Visitor<'de> for ParametersVisitor<G> {
    type Value = Parameters<G>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a policy and the name of a {}", G::KIND)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parameters<G>, A::Error> {
        let mut read =
            Parameters { grantee: None, policy_type: None, policy_name: None, resource_group_id: None };
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                POLICY_TYPE => read.policy_type = Some(map.next_value()?),
                POLICY_NAME => read.policy_name = Some(map.next_value()?),
                RESOURCE_GROUP_ID => read.resource_group_id = Some(map.next_value()?),
                name if name == G::PARAMETER => read.grantee = Some(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(read)
    }
}
