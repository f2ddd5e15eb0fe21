//! The roles that somebody has switched to in the console before.
// SPEC: console, switch role, recents; evaluation, console role switching, history.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::RecentRole;
use crate::name::{DisplayName, PageSize, RoleColour, RoleName};
use crate::operation::{Access, Entry, Operation, Permission, Resources};
use crate::time::Timestamp;

/// What is remembered of switching.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListSwitchedRoles>()];

/// Lists the roles that the user who is logged on has switched to, each once, the latest first. Whether they are still
/// there, and may still be switched to, is not asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSwitchedRoles {
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many roles a page holds at most.
    #[serde(default)]
    pub max_items: PageSize,
}

/// A page of roles.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SwitchedRolePage {
    switched_roles: SwitchedRoleList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SwitchedRoleList {
    switched_role: Vec<RecentRoleView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RecentRoleView {
    account_id: AccountId,
    /// By what the account was asked for then.
    account: String,
    role_name: RoleName,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<DisplayName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    colour: Option<RoleColour>,
    switch_date: Timestamp,
}

impl From<RecentRole> for RecentRoleView {
    fn from(role: RecentRole) -> Self {
        Self {
            account_id: role.account,
            account: role.look.account,
            role_name: role.name,
            display_name: role.look.display_name,
            colour: role.look.colour,
            switch_date: role.switched_at,
        }
    }
}

impl Operation for ListSwitchedRoles {
    const NAME: &'static str = "ListSwitchedRoles";
    const ACCESS: Access = Access::Read;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = SwitchedRolePage;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<SwitchedRolePage, ApiError> {
        let logon = cx.logon()?;
        let Some(user) = &logon.user else {
            // Owners switch to nothing.
            let switched_roles = SwitchedRoleList::default();
            return Ok(SwitchedRolePage { switched_roles, is_truncated: false, marker: None });
        };
        let list = RecentRole::of_user(logon.account, user.id);
        let after = self.marker.as_deref().map(|marker| cx.open_marker(&list, marker)).transpose()?;
        let size = self.max_items.get();
        let page = RecentRole::page(cx.tx(), logon.account, user.id, after.as_deref(), size)?;
        let switched_role = page.records.into_iter().map(RecentRoleView::from).collect();
        let switched_roles = SwitchedRoleList { switched_role };
        let marker = page.next.map(|next| cx.seal_marker(&list, &next));
        Ok(SwitchedRolePage { switched_roles, is_truncated: marker.is_some(), marker })
    }
}
