//! Switching roles in the console: to a role, for as long as the logon and both sides allow, and back.
//!
//! The session of the role is one like any other, begun by AssumeRole's own code and standing on the logon. Its token
//! stays with the logon's record; whoever is logged on acts in it by naming the role.
// SPEC: design, sessions; console, switch role; security, console.

use serde::{Deserialize, Serialize};

use super::logon_session::{own_session, renew, shown_once};
use crate::caller::{Caller, Identity};
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, UserId};
use crate::logon_name::named_account;
use crate::model::{EndedSession, RecentRole, RoleLook, SessionEnd, SwitchManner, SwitchedRole};
use crate::name::{DisplayName, ExternalId, RoleColour, RoleName, SessionName, UserName};
use crate::operation::{Access, Entry, Operation, Permission, Resources};
use crate::services::sts::assumption::{Assumption, Manner};
use crate::services::sts::session::AssumedRoleUser;
use crate::session::{Claims, SessionId};
use crate::time::Timestamp;
use crate::vault::SecretText;

/// How roles are switched.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<SwitchRole>(), Entry::of::<ExtendRole>(), Entry::of::<SwitchBack>()];

/// Switches to a role: whoever is logged on can act in it from now on, and as itself as before.
///
/// A role that was switched to already is begun anew. In a role, that role itself switches.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SwitchRole {
    /// The alias, default domain or number of the role's account.
    pub account: String,
    /// Which role.
    pub role_name: RoleName,
    /// What the session is called in records; the user's name unless told.
    pub role_session_name: Option<SessionName>,
    /// How long it lasts, in seconds: 900 up to the role's longest, which it is unless told.
    pub duration_seconds: Option<i64>,
    /// What both sides agreed upon beforehand.
    pub external_id: Option<ExternalId>,
    /// What the console is to call the role.
    pub display_name: Option<DisplayName>,
    /// The colour in which the console is to show it.
    pub colour: Option<RoleColour>,
}

/// A role that was switched to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SwitchedTo {
    /// What the browser holds from now on; what it held before is good for nothing.
    #[serde(serialize_with = "shown_once")]
    session: SecretText,
    account_id: AccountId,
    role_name: RoleName,
    session_id: SessionId,
    assumed_role_user: AssumedRoleUser,
    expiration: Timestamp,
}

impl Operation for SwitchRole {
    const NAME: &'static str = "SwitchRole";
    const ACCESS: Access = Access::Resource;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = SwitchedTo;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<SwitchedTo, ApiError> {
        let account = named_account(cx.tx(), &self.account, &cx.settings().domain_suffix)?
            .or_else(|| self.account.parse().ok());
        let from = acting_role(cx.caller());
        let manner = SwitchManner {
            session_name: match self.role_session_name {
                Some(name) => name,
                None => session_name(cx.caller())?,
            },
            duration_s: self.duration_seconds,
            external_id: self.external_id,
            from_account: from.map(|claims| claims.account),
            from_role: from.map(|claims| claims.role_name.clone()),
        };
        let look = RoleLook { account: self.account, display_name: self.display_name, colour: self.colour };
        switch(cx, account, self.role_name, manner, look)
    }
}

/// Begins a role anew that was switched to, in the same way, so that it lasts longer. Asked as whoever switched to it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExtendRole {
    /// The alias, default domain or number of the role's account.
    pub account: String,
    /// Which role.
    pub role_name: RoleName,
}

impl Operation for ExtendRole {
    const NAME: &'static str = "ExtendRole";
    const ACCESS: Access = Access::Resource;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = SwitchedTo;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<SwitchedTo, ApiError> {
        let (_, session) = own_session(cx)?;
        let account = named_account(cx.tx(), &self.account, &cx.settings().domain_suffix)?;
        let known = account.and_then(|account| session.role(account, &self.role_name));
        let Some(SwitchedRole { account, name, look, manner, .. }) = known.cloned() else {
            return Err(not_switched());
        };
        let manner = match manner {
            Some(manner) => manner,
            None => SwitchManner::plain(session_name(cx.caller())?),
        };
        switch(cx, Some(account), name, manner, look)
    }
}

/// Begins the session of a role and keeps it with the logon.
fn switch(
    cx: &mut Context<'_>,
    account: Option<AccountId>,
    role: RoleName,
    manner: SwitchManner,
    look: RoleLook,
) -> Result<SwitchedTo, ApiError> {
    let (own_account, mut session) = own_session(cx)?;
    let assumption = Assumption {
        account,
        role,
        session_name: manner.session_name.clone(),
        duration_s: manner.duration_s,
        policy: None,
        external_id: manner.external_id.clone(),
        source_identity: None,
        manner: Manner::Switch,
    };
    let (claims, assumed_role_user, credentials) = assumption.begin(cx)?;
    let recent = RecentRole {
        account: claims.account,
        name: claims.role_name.clone(),
        switched_at: cx.now(),
        look: look.clone(),
    };
    let user = own_user(cx)?;
    recent.remember(cx.tx_mut(), own_account, user)?;
    let switched = SwitchedRole {
        account: claims.account,
        name: claims.role_name.clone(),
        session: claims.session_id,
        access_key_id: credentials.access_key_id,
        token: credentials.security_token,
        ends_at: claims.ends_at,
        look,
        manner: Some(manner),
    };
    session.switch_to(switched, cx.now());
    Ok(SwitchedTo {
        session: renew(cx, own_account, &mut session),
        account_id: claims.account,
        role_name: claims.role_name,
        session_id: claims.session_id,
        assumed_role_user,
        expiration: claims.ends_at,
    })
}

/// Switches back from a role. Its session ends, and with it those that were begun from it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SwitchBack {
    /// The alias, default domain or number of the role's account.
    pub account: String,
    /// From which role.
    pub role_name: RoleName,
}

impl Operation for SwitchBack {
    const NAME: &'static str = "SwitchBack";
    const ACCESS: Access = Access::Identity;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = ();

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let (own_account, mut session) = own_session(cx)?;
        let account = named_account(cx.tx(), &self.account, &cx.settings().domain_suffix)?;
        let left = account.and_then(|account| session.switch_back(account, &self.role_name));
        let left = left.ok_or_else(not_switched)?;
        cx.concerns(left.account);
        session.save(cx.tx_mut(), own_account);
        let end = SessionEnd { by: own_account, at: cx.now() };
        EndedSession::insert(cx.tx_mut(), (left.account, left.session), left.ends_at, end);
        cx.changes_access_in(left.account);
        Ok(())
    }
}

/// The refusal where a logon has not switched to a role.
pub(super) fn not_switched() -> ApiError {
    let message = "This logon has not switched to that role: check its name and the account's.";
    ApiError::new(ErrorCode::EntityNotExistSession, message)
}

/// The role that the caller acts in.
fn acting_role(caller: &Caller) -> Option<&Claims> {
    match caller.identity() {
        Identity::Session(claims) => Some(claims),
        Identity::User { .. } | Identity::Account => None,
    }
}

/// The user behind the logon. Where the account's owner is logged on nobody gets as far as to ask.
fn own_user(cx: &Context<'_>) -> Result<UserId, ApiError> {
    let user = cx.logon()?.user.as_ref();
    user.map(|user| user.id).ok_or_else(|| ApiError::internal("an account has switched to a role"))
}

/// What a session is called unless its caller says so: a session keeps its own name, a user gives its own.
// SPEC: evaluation, console role switching.
fn session_name(caller: &Caller) -> Result<SessionName, ApiError> {
    match caller.identity() {
        Identity::Session(claims) => Ok(claims.session_name.clone()),
        Identity::User { name, .. } => named_after(name),
        // It is refused in a moment, for a better reason.
        Identity::Account => "owner".parse().map_err(|_| ApiError::internal("a session name is refused")),
    }
}

/// The name of a user as one of a session, which has two characters at least.
fn named_after(user: &UserName) -> Result<SessionName, ApiError> {
    let named = user.as_str().parse().or_else(|_| format!("{user}-").parse());
    named.map_err(|_| ApiError::internal("a user's name does not name a session"))
}
