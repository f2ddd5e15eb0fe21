//! Versions of policies: texts that never change, one of them in force.

use argali_policy::DocumentKind;
use serde::{Deserialize, Serialize};

use super::document::read_document;
use super::found_policy::{FoundPolicy, no_version};
use super::policy::{custom_policy_resource, existing_custom_policy};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::model::{Entity, Policy, PolicyRef, PolicyVersion, VersionId};
use crate::name::{PolicyName, PolicyType, RotateStrategy};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::time::Timestamp;

/// Everything that can be done to a version of a policy.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreatePolicyVersion>(),
    Entry::of::<GetPolicyVersion>(),
    Entry::of::<ListPolicyVersions>(),
    Entry::of::<SetDefaultPolicyVersion>(),
    Entry::of::<DeletePolicyVersion>(),
];

/// A version as RAM shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyVersionView {
    pub(in crate::services) version_id: VersionId,
    pub(in crate::services) is_default_version: bool,
    pub(in crate::services) policy_document: String,
    pub(in crate::services) create_date: Timestamp,
}

impl PolicyVersionView {
    /// `version` of a policy of which `default` is in force.
    pub(super) fn of(version: PolicyVersion, default: VersionId) -> Self {
        Self {
            version_id: version.id,
            is_default_version: version.id == default,
            policy_document: version.document,
            create_date: version.created_at,
        }
    }
}

/// An answer that holds one version.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OnePolicyVersion {
    pub(in crate::services) policy_version: PolicyVersionView,
}

/// Gives a custom policy another text, in force at once or kept for later.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreatePolicyVersion {
    /// Of which policy.
    pub policy_name: PolicyName,
    /// The text.
    pub policy_document: String,
    /// Whether it comes into force; it does not unless told.
    #[serde(default)]
    pub set_as_default: bool,
    /// What happens when the policy has as many versions as it may; the new one is refused unless told.
    pub rotate_strategy: Option<RotateStrategy>,
}

impl Operation for CreatePolicyVersion {
    const NAME: &'static str = "CreatePolicyVersion";
    const ACCESS: Access = Access::Identity;
    type Response = OnePolicyVersion;

    fn resources(&self, caller: &Caller) -> Resources {
        custom_policy_resource(caller, &self.policy_name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OnePolicyVersion, ApiError> {
        let account = cx.account();
        let most = cx.limits().policy_document_characters;
        read_document(DocumentKind::Identity, "PolicyDocument", most, &self.policy_document)?;
        let mut policy = existing_custom_policy(cx, &self.policy_name)?;
        make_room(cx, &policy, self.rotate_strategy.unwrap_or(RotateStrategy::None))?;
        let id = policy.latest_version.next();
        let version = PolicyVersion { id, document: self.policy_document, created_at: cx.now() };
        version.insert(cx.tx_mut(), account, policy.id);
        policy.latest_version = id;
        policy.updated_at = cx.now();
        if self.set_as_default {
            policy.default_version = id;
        }
        policy.save(cx.tx_mut(), account);
        cx.note("versionId", id.to_string());
        Ok(OnePolicyVersion { policy_version: PolicyVersionView::of(version, policy.default_version) })
    }
}

/// Shows a version of a policy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetPolicyVersion {
    /// Of which policy.
    pub policy_name: PolicyName,
    /// Who keeps the policy.
    pub policy_type: PolicyType,
    /// Which version.
    pub version_id: VersionId,
}

impl Operation for GetPolicyVersion {
    const NAME: &'static str = "GetPolicyVersion";
    const ACCESS: Access = Access::Read;
    type Response = OnePolicyVersion;

    fn resources(&self, caller: &Caller) -> Resources {
        let policy = PolicyRef { kind: self.policy_type, name: self.policy_name.clone() };
        ResourceName::policy(caller.account(), &policy).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OnePolicyVersion, ApiError> {
        let policy = PolicyRef { kind: self.policy_type, name: self.policy_name };
        let policy = FoundPolicy::existing(cx, &policy)?;
        let version = policy.existing_version(cx, self.version_id)?;
        Ok(OnePolicyVersion { policy_version: PolicyVersionView::of(version, policy.default_version()) })
    }
}

/// Lists the versions of a policy, oldest first.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPolicyVersions {
    /// Of which policy.
    pub policy_name: PolicyName,
    /// Who keeps the policy.
    pub policy_type: PolicyType,
}

/// The versions of one policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyVersions {
    pub(in crate::services) policy_versions: PolicyVersionList,
}

/// Versions, oldest first.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyVersionList {
    pub(in crate::services) policy_version: Vec<PolicyVersionView>,
}

impl Operation for ListPolicyVersions {
    const NAME: &'static str = "ListPolicyVersions";
    const ACCESS: Access = Access::Read;
    type Response = PolicyVersions;

    fn resources(&self, caller: &Caller) -> Resources {
        let policy = PolicyRef { kind: self.policy_type, name: self.policy_name.clone() };
        ResourceName::policy(caller.account(), &policy).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<PolicyVersions, ApiError> {
        let policy = PolicyRef { kind: self.policy_type, name: self.policy_name };
        let policy = FoundPolicy::existing(cx, &policy)?;
        let versions = policy.versions(cx)?.into_iter();
        let default = policy.default_version();
        let policy_version = versions.map(|version| PolicyVersionView::of(version, default)).collect();
        Ok(PolicyVersions { policy_versions: PolicyVersionList { policy_version } })
    }
}

/// Brings a version of a custom policy into force, for all who have the policy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetDefaultPolicyVersion {
    /// Of which policy.
    pub policy_name: PolicyName,
    /// Which version.
    pub version_id: VersionId,
}

impl Operation for SetDefaultPolicyVersion {
    const NAME: &'static str = "SetDefaultPolicyVersion";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        custom_policy_resource(caller, &self.policy_name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let mut policy = existing_custom_policy(cx, &self.policy_name)?;
        existing_version(cx, &policy, self.version_id)?;
        policy.default_version = self.version_id;
        policy.updated_at = cx.now();
        policy.save(cx.tx_mut(), account);
        cx.note("versionId", self.version_id.to_string());
        Ok(())
    }
}

/// Removes a version of a custom policy that is not in force.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeletePolicyVersion {
    /// Of which policy.
    pub policy_name: PolicyName,
    /// Which version.
    pub version_id: VersionId,
}

impl Operation for DeletePolicyVersion {
    const NAME: &'static str = "DeletePolicyVersion";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        custom_policy_resource(caller, &self.policy_name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let policy = existing_custom_policy(cx, &self.policy_name)?;
        let version = existing_version(cx, &policy, self.version_id)?;
        if version.id == policy.default_version {
            let message = format!("The version {} is in force: set another as default first.", version.id);
            return Err(ApiError::new(ErrorCode::DeleteConflictPolicyVersionDefault, message));
        }
        version.delete(cx.tx_mut(), account, policy.id);
        cx.note("versionId", version.id.to_string());
        Ok(())
    }
}

fn existing_version(cx: &Context<'_>, policy: &Policy, id: VersionId) -> Result<PolicyVersion, ApiError> {
    let found = PolicyVersion::find(cx.tx(), cx.account(), policy.id, id)?;
    found.ok_or_else(|| no_version(&policy.name, id))
}

/// Sees to it that one more version fits, by the caller's choice of how.
fn make_room(cx: &mut Context<'_>, policy: &Policy, strategy: RotateStrategy) -> Result<(), ApiError> {
    let (account, most) = (cx.account(), cx.limits().policy_versions);
    let versions = PolicyVersion::of(cx.tx(), account, policy.id)?;
    if versions.len() < most {
        return Ok(());
    }
    let oldest = versions.iter().find(|version| version.id != policy.default_version);
    match (strategy, oldest) {
        (RotateStrategy::DeleteOldestNonDefaultVersionWhenLimitExceeded, Some(oldest)) => {
            oldest.delete(cx.tx_mut(), account, policy.id);
            Ok(())
        }
        _ => {
            let message = format!(
                "The policy `{}` has {most} versions, which is the limit: delete one, or set RotateStrategy to \
                 DeleteOldestNonDefaultVersionWhenLimitExceeded.",
                policy.name
            );
            Err(ApiError::new(ErrorCode::LimitExceededPolicyVersion, message))
        }
    }
}
