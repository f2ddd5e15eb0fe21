//! Policies: what is allowed, kept by the account or by Argali for all.

use argali_policy::{Context as Conditions, DocumentKind};
use serde::{Deserialize, Serialize};

use super::document::read_document;
use super::found_policy::{FoundPolicy, PolicyView};
use super::policy_version::PolicyVersionView;
use super::tag_list::{TagList, tag_conditions};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::PolicyId;
use crate::model::{Attachment, Entity, Policy, PolicyRef, PolicyVersion, PrincipalKind, Quota, VersionId};
use crate::name::{Description, PolicyName, PolicyType};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};

/// Everything that can be done to a policy as a whole.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreatePolicy>(),
    Entry::of::<GetPolicy>(),
    Entry::of::<UpdatePolicyDescription>(),
    Entry::of::<DeletePolicy>(),
];

/// An answer that holds one policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OnePolicy {
    pub(in crate::services) policy: PolicyView,
}

/// Makes a custom policy with a first version. It counts for nobody until it is attached.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreatePolicy {
    /// What the policy is called.
    pub policy_name: PolicyName,
    /// Its text.
    pub policy_document: String,
    /// What it is for.
    pub description: Option<Description>,
    /// What it is labelled with.
    pub tag: Option<TagList>,
}

impl Operation for CreatePolicy {
    const NAME: &'static str = "CreatePolicy";
    const ACCESS: Access = Access::Identity;
    type Response = OnePolicy;

    fn resources(&self, caller: &Caller) -> Resources {
        custom_policy_resource(caller, &self.policy_name)
    }

    fn conditions(&self, conditions: &mut Conditions) {
        tag_conditions(self.tag.iter().flat_map(TagList::as_slice), conditions);
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OnePolicy, ApiError> {
        let account = cx.account();
        let tags = self.tag.map(TagList::into_tags).transpose()?.unwrap_or_default();
        let most = cx.limits().policy_document_characters;
        read_document(DocumentKind::Identity, "PolicyDocument", most, &self.policy_document)?;
        if Policy::find(cx.tx(), account, &self.policy_name)?.is_some() {
            let message = format!(
                "The policy `{}` already exists: choose another name; case makes no difference.",
                self.policy_name
            );
            return Err(ApiError::new(ErrorCode::EntityAlreadyExistsPolicy, message));
        }
        if Quota::Policies.used(cx.tx(), account)? >= cx.limits().policies {
            let message = format!(
                "The account has {} custom policies, which is its limit: delete one first.",
                cx.limits().policies
            );
            return Err(ApiError::new(ErrorCode::LimitExceededPolicy, message));
        }
        let policy = Policy {
            id: PolicyId::generate(cx.env()),
            name: self.policy_name,
            description: self.description,
            default_version: VersionId::FIRST,
            latest_version: VersionId::FIRST,
            created_at: cx.now(),
            updated_at: cx.now(),
            tags,
        };
        let version =
            PolicyVersion { id: VersionId::FIRST, document: self.policy_document, created_at: cx.now() };
        version.insert(cx.tx_mut(), account, policy.id);
        policy.insert(cx.tx_mut(), account)?;
        Ok(OnePolicy { policy: PolicyView::new(FoundPolicy::Custom(policy)) })
    }
}

/// Shows a policy and the version of it that is in force.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetPolicy {
    /// Which policy.
    pub policy_name: PolicyName,
    /// Who keeps it.
    pub policy_type: PolicyType,
}

/// A policy with the version that is in force.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyInForce {
    pub(in crate::services) policy: PolicyView,
    pub(in crate::services) default_policy_version: PolicyVersionView,
}

impl Operation for GetPolicy {
    const NAME: &'static str = "GetPolicy";
    const ACCESS: Access = Access::Read;
    type Response = PolicyInForce;

    fn resources(&self, caller: &Caller) -> Resources {
        let policy = PolicyRef { kind: self.policy_type, name: self.policy_name.clone() };
        ResourceName::policy(caller.account(), &policy).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<PolicyInForce, ApiError> {
        let policy = PolicyRef { kind: self.policy_type, name: self.policy_name };
        let found = FoundPolicy::existing(cx, &policy)?;
        let default = found.default_version();
        let version = found.existing_version(cx, default)?;
        let attachment_count = Attachment::count_of_policy(cx.tx(), cx.account(), &policy)?;
        Ok(PolicyInForce {
            policy: PolicyView::from(found).counted(attachment_count).with_document(version.document.clone()),
            default_policy_version: PolicyVersionView::of(version, default),
        })
    }
}

/// Says anew what a custom policy is for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdatePolicyDescription {
    /// Which policy.
    pub policy_name: PolicyName,
    /// What it is for.
    pub new_description: Description,
}

impl Operation for UpdatePolicyDescription {
    const NAME: &'static str = "UpdatePolicyDescription";
    const ACCESS: Access = Access::Identity;
    type Response = OnePolicy;

    fn resources(&self, caller: &Caller) -> Resources {
        custom_policy_resource(caller, &self.policy_name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OnePolicy, ApiError> {
        let account = cx.account();
        let mut policy = existing_custom_policy(cx, &self.policy_name)?;
        policy.description = Some(self.new_description);
        policy.updated_at = cx.now();
        policy.save(cx.tx_mut(), account);
        Ok(OnePolicy { policy: FoundPolicy::Custom(policy).into() })
    }
}

/// Removes a custom policy, which must be attached to nobody.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeletePolicy {
    /// Which policy.
    pub policy_name: PolicyName,
    /// Whether versions that are not in force go with it; unless told, there must be none.
    #[serde(default)]
    pub cascading_delete: bool,
}

impl Operation for DeletePolicy {
    const NAME: &'static str = "DeletePolicy";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        custom_policy_resource(caller, &self.policy_name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let policy = existing_custom_policy(cx, &self.policy_name)?;
        let reference = PolicyRef { kind: PolicyType::Custom, name: policy.name.clone() };
        if let Some(attachment) = Attachment::of_policy(cx.tx(), account, &reference)?.first() {
            let (code, whom) = match attachment.principal.kind() {
                PrincipalKind::User => (ErrorCode::DeleteConflictPolicyUser, "a user"),
                PrincipalKind::Group => (ErrorCode::DeleteConflictPolicyGroup, "a group"),
                PrincipalKind::Role => (ErrorCode::DeleteConflictPolicyRole, "a role"),
            };
            let message =
                format!("The policy `{}` is still attached to {whom}: detach it first.", policy.name);
            return Err(ApiError::new(code, message));
        }
        if !self.cascading_delete && PolicyVersion::of(cx.tx(), account, policy.id)?.len() > 1 {
            let message = format!(
                "The policy `{}` has versions that are not in force: delete them, or set CascadingDelete.",
                policy.name
            );
            return Err(ApiError::new(ErrorCode::DeleteConflictPolicyVersion, message));
        }
        Ok(policy.delete(cx.tx_mut(), account)?)
    }
}

/// The custom policy as something that permission is needed for.
pub(super) fn custom_policy_resource(caller: &Caller, name: &PolicyName) -> Resources {
    let policy = PolicyRef { kind: PolicyType::Custom, name: name.clone() };
    ResourceName::policy(caller.account(), &policy).into()
}

/// The custom policy of this name, or `EntityNotExist.Policy`.
pub(super) fn existing_custom_policy(cx: &Context<'_>, name: &PolicyName) -> Result<Policy, ApiError> {
    Policy::find(cx.tx(), cx.account(), name)?.ok_or_else(|| {
        let message = format!("The custom policy `{name}` does not exist: check PolicyName.");
        ApiError::new(ErrorCode::EntityNotExistPolicy, message)
    })
}
