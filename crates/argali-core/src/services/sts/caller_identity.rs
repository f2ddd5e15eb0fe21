//! Who the caller is.

use serde::{Deserialize, Serialize};

use crate::caller::{Caller, Identity};
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::operation::{Access, Entry, Operation, Permission, Resources};

/// Everything that can be asked about oneself.
pub const OPERATIONS: &[Entry] = &[Entry::of::<GetCallerIdentity>()];

/// Tells the caller who it is. No permission is needed, and no policy can deny it.
// SPEC: evaluation, AssumeRole, the note on GetCallerIdentity.
#[derive(Debug, Deserialize)]
pub struct GetCallerIdentity {}

/// Who a caller is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CallerIdentity {
    /// The account; for a session, the role's.
    pub account_id: AccountId,
    /// The caller's ARN.
    pub arn: String,
    /// `Account`, `RAMUser` or `AssumedRoleUser`.
    pub identity_type: &'static str,
    /// The account's or user's number, or `<role id>:<session>`.
    pub principal_id: String,
    /// The role, for sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_id: Option<String>,
    /// The user, or the account when it calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
}

impl Operation for GetCallerIdentity {
    const NAME: &'static str = "GetCallerIdentity";
    const ACCESS: Access = Access::Read;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = CallerIdentity;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<CallerIdentity, ApiError> {
        let caller = cx.caller();
        let (identity_type, role_id, user_id) = match caller.identity() {
            Identity::Account => ("Account", None, Some(caller.account().to_string())),
            Identity::User { id, .. } => ("RAMUser", None, Some(id.to_string())),
            Identity::Session(claims) => ("AssumedRoleUser", Some(claims.role_id.to_string()), None),
        };
        let (account_id, arn, principal_id) = (caller.account(), caller.arn(), caller.principal_id());
        Ok(CallerIdentity { account_id, arn, identity_type, principal_id, role_id, user_id })
    }
}
