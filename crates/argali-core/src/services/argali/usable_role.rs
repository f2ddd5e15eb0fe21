//! Roles of other accounts that whoever is logged on can switch to: the other side lets it in, and its own policies let it
//! ask.
// SPEC: console, home and switch role, roles you can use.

use serde::{Deserialize, Serialize};

use super::account_name::alias_of;
use super::received_role::is_open;
use super::trusted::lets_in;
use crate::caller::{Caller, Identity};
use crate::dispatch::{Context, Subject};
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::{AccountTable, Key, Role};
use crate::name::{AccountAlias, Description, PageSize, RoleName};
use crate::operation::{Access, Check, Entry, Operation, Permission, ResourceName, Resources};
use crate::services::sts::assumption::trusting;

/// How usable roles are found.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListUsableRoles>()];

/// Lists the roles of other accounts that can be switched to, that are shown to the caller's account, whose trust policies
/// name the caller or its account, and that its own policies let it assume, in the order of account and name. Whether the conditions of the other
/// side hold is not told before it is tried.
///
/// A page may hold fewer roles than it might, while more follow.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUsableRoles {
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many roles a page holds at most.
    #[serde(default)]
    pub max_items: PageSize,
}

/// A page of roles.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UsableRolePage {
    roles: UsableRoleList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UsableRoleList {
    role: Vec<UsableRole>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UsableRole {
    account_id: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_alias: Option<AccountAlias>,
    role_name: RoleName,
    arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Description>,
}

impl Operation for ListUsableRoles {
    const NAME: &'static str = "ListUsableRoles";
    const ACCESS: Access = Access::Read;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = UsableRolePage;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<UsableRolePage, ApiError> {
        cx.logon()?;
        let own = cx.account();
        let list = Key::account(own, AccountTable::RoleTrusting).text("usable");
        let after = self.marker.as_deref().map(|marker| cx.open_marker(&list, marker)).transpose()?;
        let offered = Role::of_others_shown_to(cx.tx(), own, after.as_deref(), self.max_items.get())?;
        let (names, subject) = (names_of(cx.caller()), Subject::caller(cx.standing())?);
        let mut role = Vec::new();
        for (account, offered) in offered.records {
            let is_usable = offered.allow_console_login
                && lets_in(&offered.trust_policy, &names)
                && may_ask(cx, &subject, account, &offered)?
                && is_open(cx, account)?;
            if is_usable {
                role.push(UsableRole {
                    account_id: account,
                    account_alias: alias_of(cx, account)?,
                    arn: offered.arn(account),
                    role_name: offered.name,
                    description: offered.description,
                });
            }
        }
        let marker = offered.next.map(|next| cx.seal_marker(&list, &next));
        Ok(UsableRolePage { roles: UsableRoleList { role }, is_truncated: marker.is_some(), marker })
    }
}

/// What trust policies call the caller, or everybody of its account. Owners assume nothing.
fn names_of(caller: &Caller) -> Vec<String> {
    let own = match caller.identity() {
        Identity::Account => return Vec::new(),
        Identity::User { name, .. } => format!("user/{name}"),
        Identity::Session(claims) => format!("role/{}", claims.role_name),
    };
    let account = caller.account();
    vec![format!("acs:ram::{account}:root"), format!("acs:ram::{account}:{own}")]
}

/// Whether the caller's own policies let it assume a role, whatever the role's trust policy says.
fn may_ask(cx: &Context<'_>, subject: &Subject, account: AccountId, role: &Role) -> Result<bool, ApiError> {
    let check = Check {
        action: "sts:AssumeRole".into(),
        resource: ResourceName::new(account, role.policy_arn(account)),
        conditions: cx.circumstances(),
    };
    Ok(subject.may_assume(&check, &trusting(cx.account())?))
}
