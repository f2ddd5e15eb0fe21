//! Whether the accounts that a role trusts find it among the roles of others. RAM has no parameter for it.
// SPEC: console, create role; design, may the trusted account see the role.

use serde::Deserialize;

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::name::{RoleName, RoleVisibility};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::role_life::{changeable_role, role_resource};

/// How roles are shown and hidden.
pub const OPERATIONS: &[Entry] = &[Entry::of::<SetRoleVisibility>()];

/// Shows a role to the accounts that its trust policy names, as every role is at first, or hides it from them. Hidden, it
/// is in no list of theirs until they have used it; who may assume it stays as it is. Whoever may update the role may.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetRoleVisibility {
    /// Which role.
    pub role_name: RoleName,
    /// `Shown` or `Hidden`.
    pub visibility: RoleVisibility,
}

impl Operation for SetRoleVisibility {
    const NAME: &'static str = "SetRoleVisibility";
    const ACCESS: Access = Access::Identity;
    const ACTION: Option<&'static str> = Some("ram:UpdateRole");
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        role_resource(caller.account(), &self.role_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let mut role = changeable_role(cx, &self.role_name)?;
        role.updated_at = cx.now();
        role.set_visibility(cx.tx_mut(), account, self.visibility);
        Ok(())
    }
}
