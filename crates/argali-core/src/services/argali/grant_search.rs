//! Grants as the console lists them: who has which policy where, since when, and when it last let something through.
//!
//! Whoever may list the policies of one principal, or the principals of one policy, sees the grants of that one;
//! permission to list all is needed for the rest.
// SPEC: console, grant permission, the list of all attachments; users, roles and policies, permissions and references.

use serde::{Deserialize, Serialize};

use super::grant_holder::{HolderType, Names, Risks};
use super::ranked::{self, Place, RankedPage};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{
    AccountTable, Attachment, AttachmentScope, GrantUsage, PolicyRef, Principal, PrincipalKind,
    ResourceGroupId, WantedAttachments,
};
use crate::name::{GroupName, PageSize, PolicyName, PolicyType, RoleName, UserName};
use crate::operation::{Access, Check, Entry, Operation, Permission, ResourceName, Resources};
use crate::services::ram::found_policy::FoundPolicy;
use crate::services::ram::grantee::Grantee;
use crate::services::resource_manager::attachment::GrantScope;
use crate::time::Timestamp;

/// How grants are looked for.
pub const OPERATIONS: &[Entry] = &[Entry::of::<SearchGrants>()];

const DAY_S: i64 = 24 * 60 * 60;
/// After how many days at most a grant counts as unused.
const MOST_DAYS: u32 = 3_650;
/// How many grants are looked through at once.
const AT_ONCE: usize = 10_000;

/// What grants are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum GrantOrder {
    /// The names of those who have them.
    #[default]
    PrincipalName,
    /// The names of the policies.
    PolicyName,
    /// When they were made.
    AttachDate,
    /// When they were last used; those that never were come first.
    LastUseDate,
}

/// Lists the grants of the account that are looked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SearchGrants {
    /// Only those of this kind of principals.
    pub principal_type: Option<HolderType>,
    /// Only those of the principal of this kind and name.
    pub principal_name: Option<String>,
    /// Only those of principals in whose name this is, whatever the case of its letters.
    #[serde(default)]
    pub principal_text: String,
    /// Only those of policies kept by this side.
    pub policy_type: Option<PolicyType>,
    /// Only those of the policy of this type and name.
    pub policy_name: Option<PolicyName>,
    /// Only those of policies in whose name this is, whatever the case of its letters.
    #[serde(default)]
    pub policy_text: String,
    /// Only those that count in this scope: the account's number, or a resource group.
    pub resource_group_id: Option<GrantScope>,
    /// Only those that for so many days neither let anything through nor were made: 1 to 3,650.
    pub unused_days: Option<u32>,
    /// What they are ordered by.
    #[serde(default)]
    pub order_by: GrantOrder,
    /// Whether the last come first.
    #[serde(default)]
    pub descending: bool,
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many grants a page holds at most.
    #[serde(default)]
    pub max_items: PageSize,
}

/// A page of grants.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FoundGrantPage {
    grants: Vec<FoundGrant>,
    total_count: usize,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FoundGrant {
    principal_type: HolderType,
    principal_name: String,
    policy_type: PolicyType,
    policy_name: PolicyName,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Where it counts, if that is not the whole account.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_group_id: Option<ResourceGroupId>,
    /// Whether it lets its holder change who may do what.
    is_high_risk: bool,
    attach_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_use_date: Option<Timestamp>,
}

/// A grant with what it is looked for by.
struct Known {
    attachment: Attachment,
    principal: String,
    last_use: Option<Timestamp>,
}

impl Operation for SearchGrants {
    const NAME: &'static str = "SearchGrants";
    const ACCESS: Access = Access::Read;
    const ACTION: Option<&'static str> = Some("ram:ListPolicyAttachments");
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = FoundGrantPage;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<FoundGrantPage, ApiError> {
        if self.unused_days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
            let message = format!("Grants are looked for that were not used for 1 to {MOST_DAYS} days.");
            return Err(ApiError::invalid("UnusedDays", message));
        }
        let wanted = self.permitted(cx)?;
        let page = self.page(cx, &wanted)?;
        let mut risks = Risks::default();
        let mut grants = Vec::with_capacity(page.entries.len());
        for known in page.entries {
            grants.push(known.view(cx, &mut risks)?);
        }
        Ok(FoundGrantPage {
            grants,
            total_count: page.total,
            is_truncated: page.marker.is_some(),
            marker: page.marker,
        })
    }
}

impl SearchGrants {
    /// The attachments to look through, once that is allowed.
    fn permitted(&self, cx: &mut Context<'_>) -> Result<WantedAttachments, ApiError> {
        let mut wanted = WantedAttachments {
            principal_kind: self.principal_type.map(PrincipalKind::from),
            policy_kind: self.policy_type,
            ..WantedAttachments::default()
        };
        if let Some(name) = &self.principal_name {
            wanted.principal = Some(self.principal(cx, name)?);
        } else if let Some(name) = &self.policy_name {
            wanted.policies = vec![self.policy(cx, name)?];
        } else {
            let group = self.resource_group_id.as_ref().and_then(GrantScope::group).cloned();
            let all = ResourceName::ram(cx.account(), "*").in_group(group);
            cx.authorize_on(all)?;
        }
        wanted.scope = self.resource_group_id.as_ref().map(|scope| scope.existing(cx)).transpose()?;
        Ok(wanted)
    }

    /// The one principal whose grants are asked for.
    fn principal(&self, cx: &mut Context<'_>, name: &str) -> Result<Principal, ApiError> {
        match self.principal_type {
            Some(HolderType::User) => holder::<UserName>(cx, name),
            Some(HolderType::Group) => holder::<GroupName>(cx, name),
            Some(HolderType::Role) => holder::<RoleName>(cx, name),
            None => {
                let message = "Say with PrincipalType what the PrincipalName is of: User, Group or Role.";
                Err(ApiError::invalid("PrincipalType", message))
            }
        }
    }

    /// The one policy of which the grants are asked for.
    fn policy(&self, cx: &mut Context<'_>, name: &PolicyName) -> Result<PolicyRef, ApiError> {
        let kind = self.policy_type.ok_or_else(|| {
            let message = "Say with PolicyType who keeps the policy PolicyName: System or Custom.";
            ApiError::invalid("PolicyType", message)
        })?;
        let policy = PolicyRef { kind, name: name.clone() };
        let resource = ResourceName::policy(cx.account(), &policy);
        authorize(cx, "ram:ListEntitiesForPolicy".to_owned(), resource)?;
        Ok(FoundPolicy::existing(cx, &policy)?.reference())
    }

    fn page(&self, cx: &Context<'_>, wanted: &WantedAttachments) -> Result<RankedPage<Known>, ApiError> {
        let (tx, account) = (cx.tx(), cx.account());
        let recent = cx.core().grant_uses().of_account(account);
        let usage = GrantUsage::read(tx, account, wanted.principal, recent)?;
        let (mut names, mut entries, mut skip) = (Names::default(), Vec::new(), 0);
        loop {
            let (attachments, total) = wanted.page(tx, account, skip, AT_ONCE)?;
            skip += attachments.len();
            let is_last = attachments.is_empty() || skip >= total;
            for attachment in attachments {
                let last_use = usage.of(&attachment);
                if !self.wants_policy(&attachment) || !self.wants_use(&attachment, last_use, cx.now()) {
                    continue;
                }
                let Some(principal) = names.of(cx, attachment.principal)? else { continue };
                let known = Known { attachment, principal, last_use };
                if known.principal.to_lowercase().contains(&self.principal_text.trim().to_lowercase()) {
                    entries.push((self.place(&known), known));
                }
            }
            if is_last {
                break;
            }
        }
        let wanted = ranked::Wanted {
            table: AccountTable::Attachment,
            order: self.order_by as u64,
            descending: self.descending,
            marker: self.marker.as_deref(),
            size: self.max_items.get(),
        };
        ranked::page(cx, entries, wanted)
    }

    fn wants_policy(&self, attachment: &Attachment) -> bool {
        let name = attachment.policy.name.folded();
        self.policy_name.as_ref().is_none_or(|wanted| wanted.folded() == name)
            && name.contains(&self.policy_text.trim().to_lowercase())
    }

    fn wants_use(&self, attachment: &Attachment, last: Option<Timestamp>, now: Timestamp) -> bool {
        let last = last.unwrap_or(attachment.attached_at);
        self.unused_days.is_none_or(|days| last <= now.plus_seconds(-DAY_S * i64::from(days)))
    }

    fn place(&self, known: &Known) -> Place {
        let Known { attachment, principal, last_use } = known;
        let Attachment { policy, scope, attached_at, .. } = attachment;
        let group = match scope {
            AttachmentScope::Account => "",
            AttachmentScope::ResourceGroup(id) => id.as_str(),
        };
        let holder = HolderType::from(attachment.principal.kind()) as u8;
        let principal_name = principal.to_lowercase();
        // No name holds a line break.
        let name = format!(
            "{principal_name}\n{holder}\n{}\n{}\n{group}",
            policy.kind.as_str(),
            policy.name.folded()
        );
        match self.order_by {
            GrantOrder::PrincipalName => Place::named(name),
            GrantOrder::PolicyName => Place::by_text(policy.name.as_str(), name),
            GrantOrder::AttachDate => Place::by_time(Some(*attached_at), name),
            GrantOrder::LastUseDate => Place::by_time(*last_use, name),
        }
    }
}

/// The principal of a name, once its policies may be listed.
fn holder<G: Grantee + std::str::FromStr>(cx: &mut Context<'_>, name: &str) -> Result<Principal, ApiError> {
    let name: G = name.parse().map_err(|_| {
        let message = format!("PrincipalName must be the name of a {}, without a domain.", G::KIND);
        ApiError::invalid("PrincipalName", message)
    })?;
    authorize(cx, format!("ram:{}", G::LIST), name.resource(cx.account()))?;
    name.existing(cx)
}

fn authorize(cx: &mut Context<'_>, action: String, resource: ResourceName) -> Result<(), ApiError> {
    cx.authorize_check(&Check { action: action.into(), resource, conditions: Default::default() })
}

impl Known {
    fn view(self, cx: &Context<'_>, risks: &mut Risks) -> Result<FoundGrant, ApiError> {
        let Attachment { principal, scope, policy, attached_at } = self.attachment;
        let found = FoundPolicy::existing(cx, &policy)?;
        Ok(FoundGrant {
            principal_type: principal.kind().into(),
            principal_name: self.principal,
            is_high_risk: risks.of(cx, &policy)?,
            policy_type: found.kind(),
            policy_name: found.name().clone(),
            description: found.description(),
            resource_group_id: match scope {
                AttachmentScope::Account => None,
                AttachmentScope::ResourceGroup(id) => Some(id),
            },
            attach_date: attached_at,
            last_use_date: self.last_use,
        })
    }
}
