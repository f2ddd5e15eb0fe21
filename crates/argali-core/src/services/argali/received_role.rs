//! Access received: roles of other accounts that trust the account, or that its users have used.
// SPEC: console, delegations, access received; design, may the trusted account see the role.

use serde::{Deserialize, Serialize};

use super::account_name::alias_of;
use super::delegation_use::{Use, Uses, found_uses, uses};
use crate::caller::Caller;
use crate::dispatch::{Context, Errand};
use crate::error::ApiError;
use crate::identifier::{AccountId, RoleId};
use crate::model::{Account, AccountStatus, AccountTable, Entity, Key, Role};
use crate::name::{AccountAlias, Description, PageSize, RoleName, RoleVisibility};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::time::Timestamp;

/// How received roles are looked at.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListReceivedRoles>()];

/// Lists the roles of other accounts that are shown to the account, because their trust policies name it, or a user or role
/// of it, in the order of account and name; after the last of them, those that its identities have used and that are hidden
/// from it or do not trust it any more.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListReceivedRoles {
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many roles a page holds at most, besides those that are there because they were used.
    #[serde(default)]
    pub max_items: PageSize,
}

/// A page of received roles.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReceivedRolePage {
    roles: ReceivedRoleList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ReceivedRoleList {
    role: Vec<ReceivedRole>,
}

/// A role as the account that it trusts sees it: not what it may do, nor under which conditions it is trusted.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ReceivedRole {
    account_id: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_alias: Option<AccountAlias>,
    role_name: RoleName,
    arn: String,
    status: ReceivedStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Description>,
    live_sessions: usize,
    /// When one of the account's identities last assumed it, as far back as the records are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_use_date: Option<Timestamp>,
}

/// Whether a role trusts the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum ReceivedStatus {
    /// It does.
    Offered,
    /// It did when it was used.
    Withdrawn,
}

impl Operation for ListReceivedRoles {
    const NAME: &'static str = "ListReceivedRoles";
    const ACCESS: Access = Access::Read;
    const HAS_ERRAND: bool = true;
    type Response = ReceivedRolePage;

    fn resources(&self, caller: &Caller) -> Resources {
        let own = caller.account();
        ResourceName::new(own, format!("acs:argali:*:{own}:received-role/*")).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let own = cx.account();
        Ok(uses(cx, move |claims, source| claims.account != own && source == own))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ReceivedRolePage, ApiError> {
        let own = cx.account();
        let list = Key::account(own, AccountTable::RoleTrusting);
        let after = self.marker.as_deref().map(|marker| cx.open_marker(&list, marker)).transpose()?;
        let size = self.max_items.get();
        let roles = Role::of_others_shown_to(cx.tx(), own, after.as_deref(), size)?;
        let uses = found_uses(cx)?;
        let mut role = Vec::with_capacity(roles.records.len());
        for (account, offered) in roles.records {
            if is_open(cx, account)? {
                role.push(ReceivedRole::offered(cx, account, offered, &uses)?);
            }
        }
        if roles.next.is_none() {
            for ((id, _), made) in &uses {
                match role_used(cx, *id, made)? {
                    Some(shown) if shown.visibility() == RoleVisibility::Shown => {}
                    Some(hidden) => role.push(ReceivedRole::offered(cx, made.account, hidden, &uses)?),
                    None => role.push(ReceivedRole::withdrawn(cx, made)?),
                }
            }
        }
        let marker = roles.next.map(|next| cx.seal_marker(&list, &next));
        Ok(ReceivedRolePage { roles: ReceivedRoleList { role }, is_truncated: marker.is_some(), marker })
    }
}

impl ReceivedRole {
    fn offered(cx: &Context<'_>, account: AccountId, role: Role, uses: &Uses) -> Result<Self, ApiError> {
        let made = uses.get(&(role.id, cx.account()));
        Ok(Self {
            account_id: account,
            account_alias: alias_of(cx, account)?,
            arn: role.arn(account),
            status: ReceivedStatus::Offered,
            live_sessions: made.map_or(0, |made| made.live),
            last_use_date: made.map(|made| made.last),
            role_name: role.name,
            description: role.description,
        })
    }

    fn withdrawn(cx: &Context<'_>, made: &Use) -> Result<Self, ApiError> {
        let Use { account, role_name, last, live } = made;
        Ok(Self {
            account_id: *account,
            account_alias: alias_of(cx, *account)?,
            arn: format!("acs:ram::{account}:role/{role_name}"),
            role_name: role_name.clone(),
            status: ReceivedStatus::Withdrawn,
            description: None,
            live_sessions: *live,
            last_use_date: Some(*last),
        })
    }
}

/// The role that was used, if it still trusts the account.
fn role_used(cx: &Context<'_>, id: RoleId, made: &Use) -> Result<Option<Role>, ApiError> {
    let role = trusting_role(cx, made.account, &made.role_name)?;
    Ok(role.filter(|role| role.id == id))
}

/// The role of another account that the caller knows of already, if its trust policy names the caller's.
pub(super) fn trusting_role(
    cx: &Context<'_>,
    account: AccountId,
    name: &RoleName,
) -> Result<Option<Role>, ApiError> {
    if !is_open(cx, account)? {
        return Ok(None);
    }
    let role = Role::find(cx.tx(), account, name)?;
    Ok(role.filter(|role| role.names(cx.account())))
}

/// Whether an account is there and open.
pub(super) fn is_open(cx: &Context<'_>, account: AccountId) -> Result<bool, ApiError> {
    let found = Account::find(cx.tx(), account)?;
    Ok(found.is_some_and(|account| account.status == AccountStatus::Open))
}
