//! One's own logons to the console: seen together, and ended from any of them.
// SPEC: console, my security, own sessions.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::{Context, PresentLogon, verified_until};
use crate::error::{ApiError, ErrorCode};
use crate::operation::{Access, Entry, Operation, Permission, Resources};
use crate::session::SessionId;
use crate::time::Timestamp;

/// What is done with one's own logons.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListLogonSessions>(), Entry::of::<EndLogonSessions>()];

/// Lists the logons of whoever is logged on that are under way, the latest first: a hundred at most.
#[derive(Debug, Deserialize)]
pub struct ListLogonSessions {}

/// The logons.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogonSessions {
    logon_sessions: LogonSessionList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LogonSessionList {
    logon_session: Vec<LogonView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LogonView {
    logon_id: SessionId,
    /// Whether it is the one that asks.
    is_current: bool,
    #[serde(rename = "MFAPresent")]
    mfa_present: bool,
    source_ip: String,
    begin_date: Timestamp,
    verification_expiration: Timestamp,
    expiration: Timestamp,
}

impl LogonView {
    fn of(logon: PresentLogon, current: SessionId) -> Self {
        Self {
            logon_id: logon.session.id,
            is_current: logon.session.id == current,
            mfa_present: logon.mfa_present,
            begin_date: logon.session.began_at,
            verification_expiration: verified_until(&logon.session),
            expiration: logon.ends_at,
            source_ip: logon.session.source_ip,
        }
    }
}

impl Operation for ListLogonSessions {
    const NAME: &'static str = "ListLogonSessions";
    const ACCESS: Access = Access::Read;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = LogonSessions;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<LogonSessions, ApiError> {
        let current = cx.logon()?.session.id;
        let logons = own_logons(cx)?.into_iter().map(|logon| LogonView::of(logon, current));
        Ok(LogonSessions { logon_sessions: LogonSessionList { logon_session: logons.collect() } })
    }
}

/// Ends one of the logons of whoever is logged on, or all but the one that asks. The sessions of roles that stand on them
/// end, too.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EndLogonSessions {
    /// Which one; it may be the one that asks.
    pub logon_id: Option<SessionId>,
    /// All others.
    #[serde(default)]
    pub others: bool,
}

impl Operation for EndLogonSessions {
    const NAME: &'static str = "EndLogonSessions";
    const ACCESS: Access = Access::Identity;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = ();

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let (account, current) = (cx.logon()?.account, cx.logon()?.session.id);
        let mut logons = own_logons(cx)?;
        match (self.logon_id, self.others) {
            (Some(id), false) => {
                logons.retain(|logon| logon.session.id == id);
                if logons.is_empty() {
                    let message = format!("You have no logon `{id}` that is under way: check LogonId.");
                    return Err(ApiError::new(ErrorCode::EntityNotExistSession, message));
                }
            }
            (None, true) => logons.retain(|logon| logon.session.id != current),
            _ => {
                let message = "Say which logons end: send either LogonId or Others=true.";
                return Err(ApiError::invalid("LogonId", message));
            }
        }
        for logon in logons {
            logon.session.delete(cx.tx_mut(), account);
        }
        // In a role, the caller's own account is another.
        cx.changes_access_in(account);
        Ok(())
    }
}

fn own_logons(cx: &Context<'_>) -> Result<Vec<PresentLogon>, ApiError> {
    let logon = cx.logon()?;
    cx.core().logons_of(cx.tx(), (logon.account, logon.session.owner), cx.now())
}
