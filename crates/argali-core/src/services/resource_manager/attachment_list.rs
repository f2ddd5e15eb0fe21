//! Attachments of the whole account, by what is asked for.

use serde::{Deserialize, Serialize};

use super::attachment::GrantScope;
use super::page::{PageNumber, PageSize, Place, before};
use super::principal::{Domains, PrincipalName, PrincipalType};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::model::{Attachment, AttachmentScope, PolicyRef, WantedAttachments};
use crate::name::{PolicyName, PolicyType};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::ram::found_policy::FoundPolicy;
use crate::time::EastEightTime;

/// The listing.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListPolicyAttachments>()];

/// Lists who has which policy where.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPolicyAttachments {
    /// Only in this scope: the account's number, or a group.
    pub resource_group_id: Option<GrantScope>,
    /// Only policies of this name.
    pub policy_name: Option<PolicyName>,
    /// Only policies kept by this side.
    pub policy_type: Option<PolicyType>,
    /// Only of this principal.
    pub principal_name: Option<PrincipalName>,
    /// Only of principals of this kind.
    pub principal_type: Option<PrincipalType>,
    /// Which page.
    #[serde(default)]
    pub page_number: PageNumber,
    /// How many attachments a page holds at most.
    #[serde(default)]
    pub page_size: PageSize,
}

/// A page of attachments.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachmentPage {
    policy_attachments: AttachmentList,
    #[serde(flatten)]
    place: Place,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachmentList {
    policy_attachment: Vec<AttachmentView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachmentView {
    policy_name: PolicyName,
    policy_type: PolicyType,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    principal_name: String,
    principal_type: PrincipalType,
    /// The account's number where it counts everywhere.
    // SPEC: forms of identifiers and dates, surprises, 13.
    resource_group_id: String,
    attach_date: EastEightTime,
}

impl Operation for ListPolicyAttachments {
    const NAME: &'static str = "ListPolicyAttachments";
    const ACCESS: Access = Access::Read;
    type Response = AttachmentPage;

    // SPEC: service authorization; evaluation, list operations: with a resource group they are judged in it.
    fn resources(&self, caller: &Caller) -> Resources {
        let group = self.resource_group_id.as_ref().and_then(GrantScope::group);
        ResourceName::ram(caller.account(), "*").in_group(group.cloned()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AttachmentPage, ApiError> {
        let (number, size) = (self.page_number, self.page_size);
        let wanted = self.wanted(cx)?;
        let (found, total) = match &wanted {
            Some(wanted) => wanted.page(cx.tx(), cx.account(), before(number, size), size.get())?,
            None => (Vec::new(), 0),
        };
        let domains = Domains::of(cx)?;
        let mut policy_attachment = Vec::with_capacity(found.len());
        for attachment in found {
            policy_attachment.extend(view(cx, &domains, attachment)?);
        }
        Ok(AttachmentPage {
            policy_attachments: AttachmentList { policy_attachment },
            place: Place::of(number, size, total),
        })
    }
}

impl ListPolicyAttachments {
    /// What is asked for; none if it names a principal that is not there.
    fn wanted(&self, cx: &Context<'_>) -> Result<Option<WantedAttachments>, ApiError> {
        let scope = self.resource_group_id.as_ref().map(|scope| scope.existing(cx)).transpose()?;
        let policies = self.policies(cx)?;
        let principal = match &self.principal_name {
            None => None,
            Some(name) => {
                let kind = self.principal_type.unwrap_or_else(|| name.kind());
                let local = name.local(cx, kind)?;
                let found = local.map(|local| local.find(cx.tx(), cx.account())).transpose()?.flatten();
                if found.is_none() {
                    return Ok(None);
                }
                found
            }
        };
        Ok(Some(WantedAttachments {
            principal,
            principal_kind: self.principal_type.map(Into::into),
            scope,
            policies,
            policy_kind: self.policy_type,
        }))
    }

    /// The policies of the name that is asked for, one of each kind at most, or `EntityNotExist.Policy`.
    fn policies(&self, cx: &Context<'_>) -> Result<Vec<PolicyRef>, ApiError> {
        let Some(name) = &self.policy_name else { return Ok(Vec::new()) };
        let kinds = match self.policy_type {
            Some(kind) => vec![kind],
            None => vec![PolicyType::System, PolicyType::Custom],
        };
        let mut found = Vec::new();
        let mut missing = None;
        for kind in kinds {
            match FoundPolicy::existing(cx, &PolicyRef { kind, name: name.clone() }) {
                Ok(policy) => found.push(policy.reference()),
                Err(error) if *error.code() == ErrorCode::EntityNotExistPolicy => missing = Some(error),
                Err(error) => return Err(error),
            }
        }
        match missing {
            Some(error) if found.is_empty() => Err(error),
            _ => Ok(found),
        }
    }
}

/// The attachment as it is shown; none if whom it is about is gone.
fn view(
    cx: &Context<'_>,
    domains: &Domains,
    attachment: Attachment,
) -> Result<Option<AttachmentView>, ApiError> {
    let Some(principal_name) = domains.name_of(cx, attachment.principal)? else { return Ok(None) };
    let policy = FoundPolicy::existing(cx, &attachment.policy)?;
    Ok(Some(AttachmentView {
        policy_name: policy.name().clone(),
        policy_type: policy.kind(),
        description: policy.description(),
        principal_name,
        principal_type: attachment.principal.kind().into(),
        resource_group_id: match attachment.scope {
            AttachmentScope::Account => cx.account().to_string(),
            AttachmentScope::ResourceGroup(id) => id.to_string(),
        },
        attach_date: EastEightTime(attachment.attached_at),
    }))
}
