//! The console logon that a caller presents: shown and ended.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::{AccountId, UserId};
use crate::name::UserName;
use crate::operation::{Access, Entry, Operation, Permission, Resources};
use crate::time::Timestamp;

/// Everything that is done with one's own logon.
pub const OPERATIONS: &[Entry] = &[Entry::of::<GetLogonSession>(), Entry::of::<LogOff>()];

/// Shows who is logged on, since when and until when.
#[derive(Debug, Deserialize)]
pub struct GetLogonSession {}

/// A logon.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogonSession {
    account_id: AccountId,
    /// Absent where the account's owner is logged on.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<UserName>,
    #[serde(rename = "MFAPresent")]
    mfa_present: bool,
    source_ip: String,
    begin_date: Timestamp,
    expiration: Timestamp,
}

impl Operation for GetLogonSession {
    const NAME: &'static str = "GetLogonSession";
    const ACCESS: Access = Access::Read;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = LogonSession;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<LogonSession, ApiError> {
        let logon = cx.logon()?;
        Ok(LogonSession {
            account_id: logon.account,
            user_id: logon.user.as_ref().map(|user| user.id),
            user_name: logon.user.as_ref().map(|user| user.name.clone()),
            mfa_present: logon.mfa_present,
            source_ip: logon.session.source_ip.clone(),
            begin_date: logon.session.began_at,
            expiration: logon.ends_at,
        })
    }
}

/// Ends the logon.
#[derive(Debug, Deserialize)]
pub struct LogOff {}

impl Operation for LogOff {
    const NAME: &'static str = "LogOff";
    const ACCESS: Access = Access::Identity;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = ();

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let logon = cx.logon()?;
        logon.session.delete(cx.tx_mut(), logon.account);
        Ok(())
    }
}
