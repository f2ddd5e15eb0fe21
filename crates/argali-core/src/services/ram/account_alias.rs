//! The alias of an account: a second name that stands in logon names where its number would.

use serde::{Deserialize, Serialize};

use super::password_policy::settings_resource;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::model::Account;
use crate::name::AccountAlias;
use crate::operation::{Access, Entry, Operation, Resources};

/// Everything that can be done to an alias.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<SetAccountAlias>(), Entry::of::<GetAccountAlias>(), Entry::of::<ClearAccountAlias>()];

/// Takes an alias, in place of the one before it. The logon names of all users change with it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetAccountAlias {
    /// The alias, which no other account has.
    pub account_alias: AccountAlias,
}

impl Operation for SetAccountAlias {
    const NAME: &'static str = "SetAccountAlias";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        take_alias(cx, self.account_alias, ErrorCode::EntityAlreadyExistsAccountAlias)
    }
}

/// Tells the alias.
#[derive(Debug, Deserialize)]
pub struct GetAccountAlias {}

/// The alias of the caller's account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AliasView {
    account_alias: AccountAlias,
}

impl Operation for GetAccountAlias {
    const NAME: &'static str = "GetAccountAlias";
    const ACCESS: Access = Access::Read;
    type Response = AliasView;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AliasView, ApiError> {
        let account_alias = cx.account_record()?.alias.ok_or_else(no_alias)?;
        Ok(AliasView { account_alias })
    }
}

/// Gives the alias up. The account's number stands in for it again, and others may take it.
#[derive(Debug, Deserialize)]
pub struct ClearAccountAlias {}

impl Operation for ClearAccountAlias {
    const NAME: &'static str = "ClearAccountAlias";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let mut account = cx.account_record()?;
        if account.alias.is_none() {
            return Err(no_alias());
        }
        account.set_alias(cx.tx_mut(), None);
        Ok(())
    }
}

/// Gives the caller's account this alias, unless it is another's, which is told with `taken`.
pub(in crate::services) fn take_alias(
    cx: &mut Context<'_>,
    alias: AccountAlias,
    taken: ErrorCode,
) -> Result<(), ApiError> {
    let mut account = cx.account_record()?;
    match Account::find_alias(cx.tx(), &alias)? {
        Some(id) if id != account.id => {
            Err(ApiError::new(taken, format!("The alias `{alias}` is taken: choose another.")))
        }
        _ => {
            account.set_alias(cx.tx_mut(), Some(alias));
            Ok(())
        }
    }
}

fn no_alias() -> ApiError {
    let message = "The account has no alias: SetAccountAlias gives it one.";
    ApiError::new(ErrorCode::EntityNotExistAccountAlias, message)
}
