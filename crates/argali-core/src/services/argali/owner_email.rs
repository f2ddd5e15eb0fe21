//! The e-mail address under which the owner of an account logs on.
// SPEC: console, log on: account ID or e-mail; security settings, account.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::{Context, Errand};
use crate::error::{ApiError, ErrorCode};
use crate::guess::{Guess, Verdict};
use crate::model::Account;
use crate::name::OwnerEmail;
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::operator::require_free_email;

/// How the address is looked at and changed.
pub const OPERATIONS: &[Entry] = &[Entry::of::<GetOwnerEmail>(), Entry::of::<SetOwnerEmail>()];

/// Shows the e-mail address of the owner of the caller's account.
#[derive(Debug, Deserialize)]
pub struct GetOwnerEmail {}

/// The address, if there is one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ShownEmail {
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_email: Option<OwnerEmail>,
}

impl Operation for GetOwnerEmail {
    const NAME: &'static str = "GetOwnerEmail";
    const ACCESS: Access = Access::Read;
    type Response = ShownEmail;

    fn resources(&self, caller: &Caller) -> Resources {
        own_account(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ShownEmail, ApiError> {
        Ok(ShownEmail { owner_email: account(cx)?.owner_email })
    }
}

/// Changes the e-mail address of the owner of the caller's account, or takes it away. An address is of one account, whatever
/// its case; its owner logs on under the account's number and alias as well.
///
/// That an address is taken tells that some owner here has it, so nobody may try many.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetOwnerEmail {
    /// The address; none if it is left out.
    pub owner_email: Option<OwnerEmail>,
}

impl Operation for SetOwnerEmail {
    const NAME: &'static str = "SetOwnerEmail";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    const HAS_ERRAND: bool = true;
    type Response = ShownEmail;

    fn resources(&self, caller: &Caller) -> Resources {
        own_account(caller)
    }

    /// Counts the try, so that no account finds out which addresses there are.
    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let guess = Guess::about_addresses(cx.account(), cx.origin().source_ip);
        match cx.core().guesses().count(&guess, cx.request_id(), cx.now())? {
            Verdict::Judge(_) => Ok(Errand::Nothing),
            Verdict::Waste(_) | Verdict::Refuse => {
                let message = "The address was changed too often: wait a quarter of an hour.";
                Err(ApiError::new(ErrorCode::ThrottlingUser, message))
            }
        }
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ShownEmail, ApiError> {
        let mut account = account(cx)?;
        if let Some(email) = &self.owner_email {
            require_free_email(cx.tx(), account.id, email)?;
        }
        account.set_owner_email(cx.tx_mut(), self.owner_email);
        Ok(ShownEmail { owner_email: account.owner_email })
    }
}

fn account(cx: &Context<'_>) -> Result<Account, ApiError> {
    let found = Account::find(cx.tx(), cx.account())?;
    found.ok_or_else(|| ApiError::internal("the account of a caller has no record"))
}

fn own_account(caller: &Caller) -> Resources {
    let own = caller.account();
    ResourceName::new(own, format!("acs:argali:*:{own}:owner/email")).into()
}
