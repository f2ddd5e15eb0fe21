//! The console logon that a caller presents: shown and ended.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize, Serializer};

use super::preference::PreferencesView;
use crate::caller::Caller;
use crate::dispatch::{Context, LogonCredential, PresentLogon, verified_until};
use crate::env::Env;
use crate::error::ApiError;
use crate::identifier::{AccountId, UserId};
use crate::logon_name::default_domain;
use crate::model::{Account, ConsolePreference, ConsoleSession, FavouriteRole, SecondFactors, SwitchedRole};
use crate::name::{AccountAlias, DisplayName, RoleColour, RoleName, UserName};
use crate::operation::{Access, Entry, Operation, Permission, Resources};
use crate::session::SessionId;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// How one's own logon is looked at and ended.
pub const OPERATIONS: &[Entry] = &[Entry::of::<GetLogonSession>(), Entry::of::<LogOff>()];

/// Shows who is logged on, since when and until when.
#[derive(Debug, Deserialize)]
pub struct GetLogonSession {}

/// A logon.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogonSession {
    logon_id: SessionId,
    account_id: AccountId,
    /// What the operator calls the account; empty if that is its alias or number.
    account_name: String,
    /// The alias of the account, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_alias: Option<AccountAlias>,
    /// What stands behind the `@` of its users' logon names.
    default_domain: String,
    /// Absent where the account's owner is logged on.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<UserName>,
    #[serde(rename = "MFAPresent")]
    mfa_present: bool,
    /// Whether there is a device that could show a second factor.
    #[serde(rename = "HasMFADevice")]
    has_mfa_device: bool,
    /// Whether there is a passkey that could.
    has_passkey: bool,
    /// Whether it is of the account whose people are operators of the server.
    is_operator: bool,
    source_ip: String,
    begin_date: Timestamp,
    /// Until when sensitive operations are open to it.
    verification_expiration: Timestamp,
    expiration: Timestamp,
    /// How the console is to look.
    preferences: PreferencesView,
    /// The roles that it has switched to, the latest last.
    switched_roles: SwitchedRoles,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SwitchedRoles {
    switched_role: Vec<SwitchedRoleView>,
}

/// A role in which whoever is logged on can act.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SwitchedRoleView {
    account_id: AccountId,
    /// By what the account was asked for.
    account: String,
    role_name: RoleName,
    session_id: SessionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<DisplayName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    colour: Option<RoleColour>,
    /// Whether the user has marked it as a favourite.
    is_favourite: bool,
    /// The account of the role from which it was switched to; absent where the user itself did.
    #[serde(skip_serializing_if = "Option::is_none")]
    from_account_id: Option<AccountId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_role_name: Option<RoleName>,
    expiration: Timestamp,
}

impl SwitchedRoleView {
    fn of(cx: &Context<'_>, logon: &PresentLogon, role: &SwitchedRole) -> Result<Self, ApiError> {
        let marked = match &logon.user {
            Some(user) => FavouriteRole::find(cx.tx(), (logon.account, user.id), role.account, &role.name)?,
            None => None,
        };
        Ok(Self {
            account_id: role.account,
            account: role.look.account.clone(),
            role_name: role.name.clone(),
            session_id: role.session,
            display_name: role.look.display_name.clone(),
            colour: role.look.colour,
            is_favourite: marked.is_some(),
            from_account_id: role.manner.as_ref().and_then(|manner| manner.from_account),
            from_role_name: role.manner.as_ref().and_then(|manner| manner.from_role.clone()),
            expiration: role.ends_at,
        })
    }
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
        let account = Account::find(cx.tx(), logon.account)?;
        let account = account.ok_or_else(|| ApiError::internal("the account of a logon has no record"))?;
        let factors = SecondFactors::of(cx.tx(), logon.account, logon.session.owner)?;
        let preferences = ConsolePreference::of(cx.tx(), logon.account, logon.session.owner)?.into();
        let live = logon.session.switched.iter().filter(|role| cx.now() < role.ends_at);
        let switched_role =
            live.map(|role| SwitchedRoleView::of(cx, logon, role)).collect::<Result<_, _>>()?;
        Ok(LogonSession {
            logon_id: logon.session.id,
            account_id: logon.account,
            default_domain: default_domain(&account, &cx.settings().domain_suffix),
            has_mfa_device: factors.device.is_some(),
            has_passkey: !factors.passkeys.is_empty(),
            is_operator: cx.settings().operator_account == Some(logon.account),
            account_name: account.name,
            account_alias: account.alias,
            user_id: logon.user.as_ref().map(|user| user.id),
            user_name: logon.user.as_ref().map(|user| user.name.clone()),
            mfa_present: logon.mfa_present,
            source_ip: logon.session.source_ip.clone(),
            begin_date: logon.session.began_at,
            verification_expiration: verified_until(&logon.session),
            expiration: logon.ends_at,
            preferences,
            switched_roles: SwitchedRoles { switched_role },
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
        let (account, session) = own_session(cx)?;
        session.delete(cx.tx_mut(), account);
        // Sessions of roles stand on it, whoever it was that logged off: its user, or a role that it switched to.
        cx.changes_access_in(account);
        Ok(())
    }
}

/// The record of the logon that the caller presents, with its account. Fails with `Logon.Required`.
pub(super) fn own_session(cx: &Context<'_>) -> Result<(AccountId, ConsoleSession), ApiError> {
    let logon = cx.logon()?;
    let found = ConsoleSession::find(cx.tx(), logon.account, logon.session.id)?;
    let found = found.ok_or_else(|| ApiError::internal("the logon that was presented has no record"))?;
    Ok((logon.account, found))
}

/// Writes the record of the caller's logon, and gives it another value for the browser to hold, which is returned.
pub(super) fn renew(cx: &mut Context<'_>, account: AccountId, session: &mut ConsoleSession) -> SecretText {
    let value = new_value(cx.env());
    session.renew(cx.tx_mut(), account, LogonCredential::new(value.clone()).hash());
    value
}

/// A value for a browser to hold.
// SPEC: security, sessions, console sessions: 256 random bits.
pub(super) fn new_value(env: &Env) -> SecretText {
    SecretText::new(URL_SAFE_NO_PAD.encode(env.random::<32>()))
}

/// Shows a secret in an answer, where it is seen once.
pub(super) fn shown_once<S: Serializer>(secret: &SecretText, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}
