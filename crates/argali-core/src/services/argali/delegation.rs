//! Access given: the roles of an account that other accounts may assume.
// SPEC: console, delegations, access given.

use serde::{Deserialize, Serialize};

use super::account_name::alias_of;
use super::delegation_use::{Uses, found_uses, uses};
use crate::caller::Caller;
use crate::dispatch::{Context, Errand};
use crate::error::ApiError;
use crate::identifier::{AccountId, RoleId};
use crate::model::{Attachment, AttachmentScope, Principal, ResourceGroupId, Role};
use crate::name::{AccountAlias, Description, PageSize, PolicyName, PolicyType, RoleName, RoleVisibility};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::ram::found_policy::FoundPolicy;
use crate::services::ram::role_life::existing_role;
use crate::time::Timestamp;

/// How delegations are looked at.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListDelegations>()];

/// Lists the roles of the account whose trust policies name other accounts, in the order of their names: whom each
/// trusts, what it may do, and what has been made of it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListDelegations {
    /// Only this role.
    pub role_name: Option<RoleName>,
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many roles a page holds at most.
    #[serde(default)]
    pub max_items: PageSize,
}

/// A page of delegations.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DelegationPage {
    delegations: DelegationList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DelegationList {
    delegation: Vec<DelegationView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DelegationView {
    role_name: RoleName,
    role_id: RoleId,
    arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Description>,
    assume_role_policy_document: String,
    allow_console_login: bool,
    visibility: RoleVisibility,
    create_date: Timestamp,
    policies: PolicyList,
    accounts: TrustedList,
}

/// The policies that a role has, wherever they count.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyList {
    policy: Vec<GivenPolicy>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GivenPolicy {
    policy_name: PolicyName,
    policy_type: PolicyType,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Where it counts, unless that is the whole account.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_group_id: Option<ResourceGroupId>,
    /// Whether people should be warned before they grant it.
    is_high_risk: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TrustedList {
    account: Vec<TrustedAccount>,
}

/// An account that a role trusts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TrustedAccount {
    account_id: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_alias: Option<AccountAlias>,
    live_sessions: usize,
    /// When one of its identities last assumed the role, as far back as the records are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_use_date: Option<Timestamp>,
}

impl Operation for ListDelegations {
    const NAME: &'static str = "ListDelegations";
    const ACCESS: Access = Access::Read;
    const HAS_ERRAND: bool = true;
    type Response = DelegationPage;

    fn resources(&self, caller: &Caller) -> Resources {
        let role = self.role_name.as_ref().map_or("*", RoleName::as_str);
        ResourceName::ram(caller.account(), format!("role/{role}")).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let own = cx.account();
        Ok(uses(cx, move |claims, source| claims.account == own && source != own))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<DelegationPage, ApiError> {
        let own = cx.account();
        let is_given = |role: &Role| role.trusted_accounts().iter().any(|trusted| *trusted != own);
        let (roles, marker) = match &self.role_name {
            Some(name) => (vec![existing_role(cx, name)?], None),
            None => cx.page_where(self.marker.as_deref(), self.max_items.get(), is_given)?,
        };
        let uses = found_uses(cx)?;
        let views = roles.into_iter().map(|role| DelegationView::of(cx, role, &uses));
        let delegations = DelegationList { delegation: views.collect::<Result<_, _>>()? };
        Ok(DelegationPage { delegations, is_truncated: marker.is_some(), marker })
    }
}

impl DelegationView {
    fn of(cx: &Context<'_>, role: Role, uses: &Uses) -> Result<Self, ApiError> {
        let own = cx.account();
        let mut account = Vec::new();
        for trusted in role.trusted_accounts().iter().filter(|trusted| **trusted != own) {
            let made = uses.get(&(role.id, *trusted));
            account.push(TrustedAccount {
                account_id: *trusted,
                account_alias: alias_of(cx, *trusted)?,
                live_sessions: made.map_or(0, |made| made.live),
                last_use_date: made.map(|made| made.last),
            });
        }
        Ok(Self {
            role_id: role.id,
            arn: role.arn(own),
            policies: PolicyList::of_role(cx, own, &role)?,
            visibility: role.visibility(),
            role_name: role.name,
            description: role.description,
            assume_role_policy_document: role.trust_policy,
            allow_console_login: role.allow_console_login,
            create_date: role.created_at,
            accounts: TrustedList { account },
        })
    }
}

impl PolicyList {
    /// What is attached to a role of `account`.
    pub(super) fn of_role(cx: &Context<'_>, account: AccountId, role: &Role) -> Result<Self, ApiError> {
        let mut policy = Vec::new();
        for attachment in Attachment::of_principal(cx.tx(), account, Principal::Role(role.id))? {
            let found = FoundPolicy::existing_in(cx, account, &attachment.policy)?;
            policy.push(GivenPolicy {
                policy_name: found.name().clone(),
                policy_type: found.kind(),
                is_high_risk: found.is_high_risk_in(cx, account)?,
                description: found.description(),
                resource_group_id: match attachment.scope {
                    AttachmentScope::Account => None,
                    AttachmentScope::ResourceGroup(id) => Some(id),
                },
            });
        }
        Ok(Self { policy })
    }
}
