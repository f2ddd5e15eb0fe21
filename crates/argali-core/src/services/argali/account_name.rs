//! Accounts by their names: what a number is called, and which number a name means.
// SPEC: console, create role, account ID: an alias known here is turned into its ID.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::logon_name::named_account;
use crate::model::Account;
use crate::name::AccountAlias;
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};

/// How accounts are found.
pub const OPERATIONS: &[Entry] = &[Entry::of::<FindAccount>()];

/// Finds an account by its alias, its default domain or its number, so that it can be trusted and is known by sight.
///
/// Aliases are what people log on with, and no secret; nothing else of another account is told.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FindAccount {
    /// The alias, default domain or number.
    pub account: String,
}

/// An account by both of its names.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FoundAccount {
    account_id: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_alias: Option<AccountAlias>,
}

impl Operation for FindAccount {
    const NAME: &'static str = "FindAccount";
    const ACCESS: Access = Access::Read;
    type Response = FoundAccount;

    fn resources(&self, caller: &Caller) -> Resources {
        let own = caller.account();
        ResourceName::new(own, format!("acs:argali:*:{own}:account/*")).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<FoundAccount, ApiError> {
        let suffix = &cx.settings().domain_suffix;
        let account_id = named_account(cx.tx(), self.account.trim(), suffix)?.ok_or_else(|| {
            let message = format!("No account here is called `{}`: check its alias or ID.", self.account);
            ApiError::new(ErrorCode::EntityNotExistAccount, message)
        })?;
        Ok(FoundAccount { account_id, account_alias: alias_of(cx, account_id)? })
    }
}

/// The alias of an account, if it has one.
pub(super) fn alias_of(cx: &Context<'_>, account: AccountId) -> Result<Option<AccountAlias>, ApiError> {
    Ok(Account::find(cx.tx(), account)?.and_then(|account| account.alias))
}
