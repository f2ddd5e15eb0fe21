//! How the session of a role came to its end to which somebody who is logged on had switched.
// SPEC: console, switch role: when the other side ends a session, the next page says when.

use serde::{Deserialize, Serialize};

use super::account_name::alias_of;
use super::switch_role::not_switched;
use crate::caller::Caller;
use crate::dispatch::{Context, ending_of};
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::logon_name::named_account;
use crate::name::{AccountAlias, RoleName};
use crate::operation::{Access, Entry, Operation, Permission, Resources};
use crate::time::Timestamp;

/// How ends are told.
pub const OPERATIONS: &[Entry] = &[Entry::of::<GetSwitchedRoleEnd>()];

/// Tells which account ended the session of a role to which the logon has switched, and when. What is not known for certain
/// is left out, as is everything while the session holds; how the other side ended it is its own affair.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetSwitchedRoleEnd {
    /// The alias, default domain or number of the role's account.
    pub account: String,
    /// Which role.
    pub role_name: RoleName,
}

/// How a session came to its end.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SwitchedRoleEnd {
    #[serde(flatten)]
    by: Option<EndingAccount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date: Option<Timestamp>,
}

/// The account that ended it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct EndingAccount {
    account_id: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_alias: Option<AccountAlias>,
}

impl Operation for GetSwitchedRoleEnd {
    const NAME: &'static str = "GetSwitchedRoleEnd";
    const ACCESS: Access = Access::Read;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = SwitchedRoleEnd;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<SwitchedRoleEnd, ApiError> {
        let logon = cx.logon()?;
        let account = named_account(cx.tx(), &self.account, &cx.settings().domain_suffix)?;
        let switched = account.and_then(|account| logon.session.role(account, &self.role_name));
        let switched = switched.ok_or_else(not_switched)?;
        // A token that opens no more, as after a restore of a backup, tells nothing.
        let opened = cx.core().token_keys().open(&switched.access_key_id, &switched.token).ok();
        let ending = match opened {
            Some((claims, _)) => ending_of(cx.core(), cx.tx(), cx.now(), &claims)?,
            None => None,
        };
        Ok(SwitchedRoleEnd {
            end_date: ending.and_then(|ending| ending.at),
            by: match ending {
                Some(ending) => {
                    Some(EndingAccount { account_id: ending.by, account_alias: alias_of(cx, ending.by)? })
                }
                None => None,
            },
        })
    }
}
