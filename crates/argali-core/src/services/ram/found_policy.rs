//! A policy wherever it is kept: with Argali or with the account.

use argali_policy::{Document, DocumentKind};
use serde::Serialize;

use super::system_policy::{self, SystemPolicy};
use super::tag_list::TagViews;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{Entity, Policy, PolicyRef, PolicyVersion, Tags, VersionId};
use crate::name::{PolicyName, PolicyType};
use crate::time::Timestamp;

/// A policy that was looked up.
#[derive(Debug)]
pub(in crate::services) enum FoundPolicy {
    /// One that every account can use.
    System(&'static SystemPolicy),
    /// One of the account.
    Custom(Policy),
}

/// A policy as RAM shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyView {
    pub(in crate::services) policy_name: PolicyName,
    pub(in crate::services) policy_type: PolicyType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::services) description: Option<String>,
    pub(in crate::services) default_version: VersionId,
    pub(in crate::services) create_date: Timestamp,
    /// Not in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::services) update_date: Option<Timestamp>,
    /// Only where one policy is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::services) policy_document: Option<String>,
    /// How often it is attached in the caller's account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::services) attachment_count: Option<usize>,
    /// Only in listings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::services) tags: Option<TagViews>,
}

impl From<FoundPolicy> for PolicyView {
    fn from(policy: FoundPolicy) -> Self {
        Self {
            policy_name: policy.name().clone(),
            policy_type: policy.kind(),
            description: policy.description(),
            default_version: policy.default_version(),
            create_date: policy.created_at(),
            update_date: Some(policy.updated_at()),
            policy_document: None,
            attachment_count: None,
            tags: None,
        }
    }
}

impl PolicyView {
    /// A policy that was just made.
    pub(in crate::services) fn new(policy: FoundPolicy) -> Self {
        Self { update_date: None, ..policy.into() }
    }

    /// The same with its text, which stands beside it in the version, too: older clients read it here.
    pub(in crate::services) fn with_document(self, document: String) -> Self {
        Self { policy_document: Some(document), ..self }
    }

    /// The same with how often it is attached.
    pub(in crate::services) fn counted(self, attachments: usize) -> Self {
        Self { attachment_count: Some(attachments), ..self }
    }

    /// The same as an entry of a listing.
    pub(in crate::services) fn tagged(self, tags: Tags) -> Self {
        Self { tags: TagViews::of(tags), ..self }
    }
}

impl FoundPolicy {
    /// The policy that is meant, or `EntityNotExist.Policy`.
    pub(in crate::services) fn existing(cx: &Context<'_>, policy: &PolicyRef) -> Result<Self, ApiError> {
        Self::existing_in(cx, cx.account(), policy)
    }

    /// The same of what another account may see of one of its own.
    pub(in crate::services) fn existing_in(
        cx: &Context<'_>,
        account: AccountId,
        policy: &PolicyRef,
    ) -> Result<Self, ApiError> {
        let found = match policy.kind {
            PolicyType::System => system_policy::find(&policy.name).map(Self::System),
            PolicyType::Custom => Policy::find(cx.tx(), account, &policy.name)?.map(Self::Custom),
        };
        found.ok_or_else(|| {
            let kind = policy.kind.as_str().to_lowercase();
            let message = format!(
                "The {kind} policy `{}` does not exist: check PolicyName and PolicyType.",
                policy.name
            );
            ApiError::new(ErrorCode::EntityNotExistPolicy, message)
        })
    }

    /// Its versions, oldest first. A system policy has one.
    pub(in crate::services) fn versions(&self, cx: &Context<'_>) -> Result<Vec<PolicyVersion>, ApiError> {
        match self {
            Self::System(policy) => Ok(vec![only_version(policy)]),
            Self::Custom(policy) => Ok(PolicyVersion::of(cx.tx(), cx.account(), policy.id)?),
        }
    }

    /// One of its versions, or `EntityNotExist.Policy.Version`.
    pub(in crate::services) fn existing_version(
        &self,
        cx: &Context<'_>,
        id: VersionId,
    ) -> Result<PolicyVersion, ApiError> {
        let found = match self {
            Self::System(policy) => Some(only_version(policy)).filter(|version| version.id == id),
            Self::Custom(policy) => PolicyVersion::find(cx.tx(), cx.account(), policy.id, id)?,
        };
        found.ok_or_else(|| no_version(self.name(), id))
    }

    /// Whether people of `account`, which has it, should be warned before they grant it.
    pub(in crate::services) fn is_high_risk_in(
        &self,
        cx: &Context<'_>,
        account: AccountId,
    ) -> Result<bool, ApiError> {
        let policy = match self {
            Self::System(policy) => return Ok(policy.is_high_risk),
            Self::Custom(policy) => policy,
        };
        let id = policy.default_version;
        let version = PolicyVersion::find(cx.tx(), account, policy.id, id)?;
        let version = version.ok_or_else(|| no_version(&policy.name, id))?;
        let document =
            Document::parse(DocumentKind::Identity, &version.document).map_err(ApiError::internal)?;
        Ok(lets_change_access(&document))
    }

    /// The policy as attachments name it, spelt as it was made.
    pub(in crate::services) fn reference(&self) -> PolicyRef {
        PolicyRef { kind: self.kind(), name: self.name().clone() }
    }

    pub(in crate::services) fn name(&self) -> &PolicyName {
        match self {
            Self::System(policy) => &policy.name,
            Self::Custom(policy) => &policy.name,
        }
    }

    pub(in crate::services) fn kind(&self) -> PolicyType {
        match self {
            Self::System(_) => PolicyType::System,
            Self::Custom(_) => PolicyType::Custom,
        }
    }

    pub(in crate::services) fn description(&self) -> Option<String> {
        match self {
            Self::System(policy) => Some(policy.description.clone()),
            Self::Custom(policy) => policy.description.as_ref().map(|text| text.as_str().to_owned()),
        }
    }

    pub(in crate::services) fn default_version(&self) -> VersionId {
        match self {
            Self::System(policy) => policy.version,
            Self::Custom(policy) => policy.default_version,
        }
    }

    /// What it is labelled with; nobody labels system policies.
    pub(in crate::services) fn tags(&self) -> Tags {
        match self {
            Self::System(_) => Tags::new(),
            Self::Custom(policy) => policy.tags.clone(),
        }
    }

    fn created_at(&self) -> Timestamp {
        match self {
            Self::System(_) => SystemPolicy::CREATED_AT,
            Self::Custom(policy) => policy.created_at,
        }
    }

    fn updated_at(&self) -> Timestamp {
        match self {
            Self::System(_) => SystemPolicy::CREATED_AT,
            Self::Custom(policy) => policy.updated_at,
        }
    }
}

/// What is answered where the policy `name` has no version `id`.
pub(in crate::services) fn no_version(name: &PolicyName, id: VersionId) -> ApiError {
    let message = format!("The policy `{name}` has no version {id}: look at ListPolicyVersions.");
    ApiError::new(ErrorCode::EntityNotExistPolicyVersion, message)
}

fn only_version(policy: &SystemPolicy) -> PolicyVersion {
    PolicyVersion { id: policy.version, document: policy.text.clone(), created_at: SystemPolicy::CREATED_AT }
}

/// Whether a document allows something that changes who may do what.
pub(crate) fn lets_change_access(document: &Document) -> bool {
    RISKY.iter().any(|action| document.may_allow(action))
}

/// What changes who may do what: whoever is allowed one of these can make itself more.
const RISKY: [&str; 8] = [
    "ram:AddUserToGroup",
    "ram:AttachPolicyToGroup",
    "ram:AttachPolicyToRole",
    "ram:AttachPolicyToUser",
    "ram:CreateAccessKey",
    "ram:CreateLoginProfile",
    "ram:CreatePolicyVersion",
    "ram:UpdateRole",
];

/// Whether people should be warned before they grant a policy: one of the system by what is declared of it, one of the
/// account if the version that counts lets its holders change who may do what. One that is not there is no risk.
// SPEC: console, grant permission: such as AdministratorAccess.
pub(in crate::services) fn is_high_risk(cx: &Context<'_>, policy: &PolicyRef) -> Result<bool, ApiError> {
    let Ok(policy) = FoundPolicy::existing(cx, policy) else { return Ok(false) };
    policy.is_high_risk_in(cx, cx.account())
}
