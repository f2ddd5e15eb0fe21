//! Passkeys of users: listed, renamed and removed. Their owners register them when they are logged on.

use serde::{Deserialize, Serialize};

use super::access_key::{owner, resources};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::PasskeyId;
use crate::logon_name::LogonName;
use crate::model::Passkey;
use crate::name::PasskeyName;
use crate::operation::{Access, Entry, Operation, Resources, SelfService};
use crate::services::ram::access_key_life::on_own;
use crate::time::Timestamp;

/// Everything that can be done to a passkey.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<ListPasskeys>(), Entry::of::<UpdatePasskey>(), Entry::of::<DeletePasskey>()];

/// Lists the passkeys of a user.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPasskeys {
    /// Whose; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
}

/// The passkeys of a user.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Passkeys {
    passkeys: Vec<PasskeyView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PasskeyView {
    passkey_id: PasskeyId,
    passkey_name: PasskeyName,
    create_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_use_date: Option<Timestamp>,
}

impl From<Passkey> for PasskeyView {
    fn from(passkey: Passkey) -> Self {
        Self {
            passkey_id: passkey.id,
            passkey_name: passkey.name,
            create_date: passkey.created_at,
            last_use_date: passkey.last_used_at,
        }
    }
}

impl Operation for ListPasskeys {
    const NAME: &'static str = "ListPasskeys";
    const ACCESS: Access = Access::Read;
    type Response = Passkeys;

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_passkeys(caller, self.user_principal_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<Passkeys, ApiError> {
        let mut passkeys = of_user(cx, self.user_principal_name.as_ref())?;
        passkeys.sort_by_key(|passkey| (passkey.created_at, passkey.id));
        Ok(Passkeys { passkeys: passkeys.into_iter().map(PasskeyView::from).collect() })
    }
}

/// Gives a passkey another name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdatePasskey {
    /// Whose it is; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// Which passkey.
    pub passkey_id: PasskeyId,
    /// What it is to be called.
    pub passkey_name: PasskeyName,
}

impl Operation for UpdatePasskey {
    const NAME: &'static str = "UpdatePasskey";
    const ACCESS: Access = Access::Resource;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_passkeys(caller, self.user_principal_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let (account, known) = (cx.account(), of_user(cx, self.user_principal_name.as_ref())?);
        let passkey = one_of(known, self.passkey_id)?;
        Passkey { name: self.passkey_name, ..passkey }.save(cx.tx_mut(), account);
        Ok(())
    }
}

/// Removes a passkey: what stands on it as a second factor does so no more.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeletePasskey {
    /// Whose it is; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// Which passkey.
    pub passkey_id: PasskeyId,
}

impl Operation for DeletePasskey {
    const NAME: &'static str = "DeletePasskey";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_passkeys(caller, self.user_principal_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let (account, known) = (cx.account(), of_user(cx, self.user_principal_name.as_ref())?);
        one_of(known, self.passkey_id)?.delete(cx.tx_mut(), account);
        Ok(())
    }
}

/// Whether the passkeys that are meant are the calling user's own.
fn own_passkeys(caller: &Caller, user: Option<&LogonName>) -> Option<SelfService> {
    on_own(caller, user.map(|name| &name.user), SelfService::MfaDevices)
}

/// The passkeys of a user, or the caller's own. An account's owner has none.
fn of_user(cx: &Context<'_>, user: Option<&LogonName>) -> Result<Vec<Passkey>, ApiError> {
    Ok(Passkey::of_owner(cx.tx(), cx.account(), owner(cx, user)?)?)
}

/// The one of this number, or `EntityNotExist.User.Passkey`: those of others are as good as absent.
fn one_of(passkeys: Vec<Passkey>, id: PasskeyId) -> Result<Passkey, ApiError> {
    passkeys.into_iter().find(|passkey| passkey.id == id).ok_or_else(|| {
        let message = "The passkey does not exist: check PasskeyId, and whose it is.";
        ApiError::new(ErrorCode::EntityNotExistUserPasskey, message)
    })
}
