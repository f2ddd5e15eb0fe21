//! Policies and their versions as Resource Management shows them.

use serde::{Deserialize, Serialize};

use super::page::{PageNumber, PageSize, Place, before};
use super::twin::{Twin, View};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{Attachment, Entity, Policy, Quota, VersionId};
use crate::name::{PolicyName, PolicyType};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::ram::found_policy::{self, FoundPolicy};
use crate::services::ram::policy::{self, CreatePolicy, DeletePolicy, GetPolicy};
use crate::services::ram::policy_version::{
    self, CreatePolicyVersion, DeletePolicyVersion, GetPolicyVersion, ListPolicyVersions,
    SetDefaultPolicyVersion,
};
use crate::services::ram::system_policy;
use crate::time::EastEightTime;

/// Everything that can be done to a policy.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<Twin<CreatePolicy, OnePolicy>>(),
    Entry::of::<Twin<GetPolicy, OnePolicy>>(),
    Entry::of::<ListPolicies>(),
    Entry::of::<Twin<DeletePolicy, ()>>(),
    Entry::of::<Twin<CreatePolicyVersion, NewVersion>>(),
    Entry::of::<Twin<GetPolicyVersion, OneVersion>>(),
    Entry::of::<Twin<ListPolicyVersions, Versions>>(),
    Entry::of::<Twin<SetDefaultPolicyVersion, ()>>(),
    Entry::of::<Twin<DeletePolicyVersion, ()>>(),
];

/// A policy as Resource Management shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyView {
    policy_name: PolicyName,
    policy_type: PolicyType,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    default_version: VersionId,
    create_date: EastEightTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_date: Option<EastEightTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_document: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment_count: Option<usize>,
}

impl From<found_policy::PolicyView> for PolicyView {
    fn from(policy: found_policy::PolicyView) -> Self {
        Self {
            policy_name: policy.policy_name,
            policy_type: policy.policy_type,
            description: policy.description,
            default_version: policy.default_version,
            create_date: EastEightTime(policy.create_date),
            update_date: policy.update_date.map(EastEightTime),
            policy_document: policy.policy_document,
            attachment_count: policy.attachment_count,
        }
    }
}

/// An answer that holds one policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OnePolicy {
    policy: PolicyView,
}

impl View<policy::OnePolicy> for OnePolicy {
    fn of(answer: policy::OnePolicy, _: &Context<'_>) -> Result<Self, ApiError> {
        Ok(Self { policy: answer.policy.into() })
    }
}

impl View<policy::PolicyInForce> for OnePolicy {
    fn of(answer: policy::PolicyInForce, _: &Context<'_>) -> Result<Self, ApiError> {
        Ok(Self { policy: answer.policy.into() })
    }
}

/// A version as Resource Management shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VersionView {
    version_id: VersionId,
    is_default_version: bool,
    create_date: EastEightTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_document: Option<String>,
}

impl VersionView {
    fn new(version: policy_version::PolicyVersionView, with_document: bool) -> Self {
        Self {
            version_id: version.version_id,
            is_default_version: version.is_default_version,
            create_date: EastEightTime(version.create_date),
            policy_document: with_document.then_some(version.policy_document),
        }
    }
}

/// An answer that holds one version.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneVersion {
    policy_version: VersionView,
}

impl View<policy_version::OnePolicyVersion> for OneVersion {
    fn of(answer: policy_version::OnePolicyVersion, _: &Context<'_>) -> Result<Self, ApiError> {
        Ok(Self { policy_version: VersionView::new(answer.policy_version, true) })
    }
}

/// The answer that made a version: without the text, which the caller has.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewVersion {
    policy_version: VersionView,
}

impl View<policy_version::OnePolicyVersion> for NewVersion {
    fn of(answer: policy_version::OnePolicyVersion, _: &Context<'_>) -> Result<Self, ApiError> {
        Ok(Self { policy_version: VersionView::new(answer.policy_version, false) })
    }
}

/// The versions of one policy, without their texts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Versions {
    policy_versions: VersionList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VersionList {
    policy_version: Vec<VersionView>,
}

impl View<policy_version::PolicyVersions> for Versions {
    fn of(answer: policy_version::PolicyVersions, _: &Context<'_>) -> Result<Self, ApiError> {
        let versions = answer.policy_versions.policy_version.into_iter();
        let policy_version = versions.map(|version| VersionView::new(version, false)).collect();
        Ok(Self { policy_versions: VersionList { policy_version } })
    }
}

/// Lists system policies and then the account's own, each in the order of their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPolicies {
    /// Only policies kept by this side.
    pub policy_type: Option<PolicyType>,
    /// Which page.
    #[serde(default)]
    pub page_number: PageNumber,
    /// How many policies a page holds at most.
    #[serde(default)]
    pub page_size: PageSize,
}

/// A page of policies.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyPage {
    policies: PolicyList,
    #[serde(flatten)]
    place: Place,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyList {
    policy: Vec<PolicyView>,
}

impl Operation for ListPolicies {
    const NAME: &'static str = "ListPolicies";
    const ACCESS: Access = Access::Read;
    type Response = PolicyPage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "policy/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<PolicyPage, ApiError> {
        let (skip, size) = (before(self.page_number, self.page_size), self.page_size.get());
        let (mut found, mut total) = (Vec::new(), 0);
        if self.policy_type != Some(PolicyType::Custom) {
            found.extend(system_policy::all().skip(skip).take(size).map(FoundPolicy::System));
            total += system_policy::all().count();
        }
        if self.policy_type != Some(PolicyType::System) {
            let account = cx.account();
            let (skip, size) = (skip.saturating_sub(total), size - found.len());
            let custom = Policy::numbered_page(cx.tx(), account, skip, size)?;
            found.extend(custom.into_iter().map(FoundPolicy::Custom));
            total += usize::try_from(Quota::Policies.used(cx.tx(), account)?).unwrap_or(usize::MAX);
        }
        let mut policy = Vec::with_capacity(found.len());
        for found in found {
            let attachments = Attachment::count_of_policy(cx.tx(), cx.account(), &found.reference())?;
            policy.push(found_policy::PolicyView::from(found).counted(attachments).into());
        }
        let place = Place::of(self.page_number, self.page_size, total);
        Ok(PolicyPage { policies: PolicyList { policy }, place })
    }
}
