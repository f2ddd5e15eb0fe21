//! Accounts and gates for the operators of the server: what the operator's socket does, for people of one account.
//!
//! Nobody is an operator here unless the configuration names an account for it; then its own policies say who of its
//! people may do what. [Decision 9](../../../../../docs/decisions/0009-who-is-an-operator.md).

use serde::{Deserialize, Serialize};

use crate::caller::{Caller, Identity};
use crate::dispatch::{Context, Errand};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{Account, AccountStatus};
use crate::name::{AccountAlias, OwnerEmail};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::operator::{self, CreatedAccount, Gate, NewAccount, OwnerDevice, named_account};
use crate::time::Timestamp;
use crate::vault::SecretText;

/// What operators do with accounts.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<ListAccounts>(),
    Entry::of::<CreateAccount>(),
    Entry::of::<CloseAccount>(),
    Entry::of::<OpenAccount>(),
    Entry::of::<ReplaceOwnerPassword>(),
    Entry::of::<SetGate>(),
];

/// How short an owner's password may be, in characters.
const SHORTEST_PASSWORD: usize = 8;
/// How long, in bytes.
const LONGEST_PASSWORD: usize = 128;

/// An account as operators see it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountView {
    account_id: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_alias: Option<AccountAlias>,
    account_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_email: Option<OwnerEmail>,
    /// `Open` or `Closed`.
    status: &'static str,
    /// The services that are open to other accounts though they are closed by default.
    open_gates: Vec<String>,
    create_date: Timestamp,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            account_id: account.id,
            account_alias: account.alias,
            account_name: account.name,
            owner_email: account.owner_email,
            status: match account.status {
                AccountStatus::Open => "Open",
                AccountStatus::Closed => "Closed",
            },
            open_gates: account.open_gates,
            create_date: account.created_at,
        }
    }
}

/// An answer that holds one account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneAccount {
    account: AccountView,
}

/// Lists all accounts of the server, in the order of their numbers.
#[derive(Debug, Deserialize)]
pub struct ListAccounts {}

/// The accounts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Accounts {
    accounts: AccountList,
    /// The services that an account has to have opened before other accounts are let in.
    gated_services: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccountList {
    account: Vec<AccountView>,
}

impl Operation for ListAccounts {
    const NAME: &'static str = "ListAccounts";
    const ACCESS: Access = Access::Read;
    type Response = Accounts;

    fn resources(&self, caller: &Caller) -> Resources {
        account_resource(caller, "*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<Accounts, ApiError> {
        require_operator(cx)?;
        let ids = Account::all(cx.tx(), usize::MAX - 1)?;
        let found = ids.into_iter().filter_map(|id| Account::find(cx.tx(), id).transpose());
        let account = found.map(|account| account.map(AccountView::from)).collect::<Result<_, _>>()?;
        Ok(Accounts { accounts: AccountList { account }, gated_services: gated_services(cx) })
    }
}

/// Makes an account, with an AccessKey of its own that is seen once.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateAccount {
    /// What operators call it.
    #[serde(default)]
    pub account_name: String,
    /// Its number; one is made if none is given.
    pub account_id: Option<AccountId>,
    /// Its second name.
    pub account_alias: Option<AccountAlias>,
    /// The e-mail address under which its owner logs on, too.
    pub owner_email: Option<OwnerEmail>,
    /// With what its owner logs on to the console; nobody does if it is left out.
    pub owner_password: Option<SecretText>,
}

impl Operation for CreateAccount {
    const NAME: &'static str = "CreateAccount";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    const HAS_ERRAND: bool = true;
    type Response = CreatedAccount;

    fn resources(&self, caller: &Caller) -> Resources {
        account_resource(caller, "*").into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        require_operator(cx)?;
        self.owner_password.as_ref().map_or(Ok(Errand::Nothing), new_password)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<CreatedAccount, ApiError> {
        require_operator(cx)?;
        const LONGEST_NAME: usize = 128;
        if self.account_name.len() > LONGEST_NAME || self.account_name.chars().any(char::is_control) {
            let message = format!("A name has at most {LONGEST_NAME} bytes and no control characters.");
            return Err(ApiError::invalid("AccountName", message));
        }
        let new = NewAccount {
            name: self.account_name,
            id: self.account_id,
            alias: self.account_alias,
            owner_email: self.owner_email,
            owner_password: self.owner_password.map(|_| cx.brought_hash()).transpose()?,
        };
        let core = cx.core();
        let created = core.make_account(cx.tx_mut(), &new)?;
        cx.concerns(created.account_id);
        Ok(created)
    }
}

/// Closes an account: none of its credentials works, and none of its roles can be used. Nothing is lost.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CloseAccount {
    /// Which one: its number or alias.
    pub account: String,
}

impl Operation for CloseAccount {
    const NAME: &'static str = "CloseAccount";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = OneAccount;

    fn resources(&self, caller: &Caller) -> Resources {
        account_resource(caller, &self.account).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneAccount, ApiError> {
        require_operator(cx)?;
        if named_account(cx.tx(), &self.account)?.id == cx.account() {
            let message =
                "This is the operator's own account, and nobody could open it again here: close another.";
            return Err(ApiError::invalid("Account", message));
        }
        put_status(cx, &self.account, AccountStatus::Closed)
    }
}

/// Opens an account again that was closed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OpenAccount {
    /// Which one: its number or alias.
    pub account: String,
}

impl Operation for OpenAccount {
    const NAME: &'static str = "OpenAccount";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = OneAccount;

    fn resources(&self, caller: &Caller) -> Resources {
        account_resource(caller, &self.account).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneAccount, ApiError> {
        require_operator(cx)?;
        put_status(cx, &self.account, AccountStatus::Open)
    }
}

/// Gives the owner of an account another password, and ends every console logon of the owner.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReplaceOwnerPassword {
    /// Which one: its number or alias.
    pub account: String,
    /// The password from now on.
    pub owner_password: SecretText,
    /// Whether the owner's MFA device is unbound and forgotten, because it was lost; it stays otherwise.
    #[serde(rename = "UnbindMFADevice", default)]
    pub unbind_mfa_device: bool,
}

impl Operation for ReplaceOwnerPassword {
    const NAME: &'static str = "ReplaceOwnerPassword";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    const HAS_ERRAND: bool = true;
    type Response = OneAccount;

    fn resources(&self, caller: &Caller) -> Resources {
        account_resource(caller, &self.account).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        require_operator(cx)?;
        named_account(cx.tx(), &self.account)?;
        new_password(&self.owner_password)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneAccount, ApiError> {
        require_operator(cx)?;
        let (core, hash) = (cx.core(), cx.brought_hash()?);
        let device = OwnerDevice::unbound_if(self.unbind_mfa_device);
        let account = core.put_owner_password(cx.tx_mut(), &self.account, &hash, device)?;
        Ok(changed(cx, account))
    }
}

/// Opens or closes a service of one account to other accounts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetGate {
    /// Of which account: its number or alias.
    pub account: String,
    /// Which service, such as `expressconnect`.
    pub service: String,
    /// Whether it is open from now on.
    pub open: bool,
}

impl Operation for SetGate {
    const NAME: &'static str = "SetGate";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = OneAccount;

    fn resources(&self, caller: &Caller) -> Resources {
        account_resource(caller, &self.account).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneAccount, ApiError> {
        require_operator(cx)?;
        let known = gated_services(cx);
        if !known.contains(&self.service) {
            let known = known.join("`, `");
            let message =
                format!("There is no service `{}` that has a gate; there are `{known}`.", self.service);
            return Err(ApiError::invalid("Service", message));
        }
        let gate = if self.open { Gate::Open } else { Gate::Closed };
        let account = operator::turn_gate(cx.tx_mut(), &self.account, &self.service, gate)?;
        cx.note("service", self.service);
        Ok(changed(cx, account))
    }
}

/// Refuses everybody whose authority does not begin in the operators' account: a role of that account does not make
/// operators of people of another.
pub(super) fn require_operator(cx: &Context<'_>) -> Result<(), ApiError> {
    let origin = match cx.caller().identity() {
        Identity::Session(claims) => claims.account_of_origin(),
        Identity::Account | Identity::User { .. } => cx.account(),
    };
    let operators = cx.settings().operator_account;
    if operators.is_some() && operators == Some(cx.account()) && operators == Some(origin) {
        return Ok(());
    }
    let message = "Only people of the operators' account do this: ask whoever runs the server.";
    Err(ApiError::new(ErrorCode::NoPermission, message))
}

fn account_resource(caller: &Caller, name: &str) -> ResourceName {
    let owner = caller.account();
    ResourceName::new(owner, format!("acs:argali:*:{owner}:account/{name}"))
}

fn put_status(cx: &mut Context<'_>, name: &str, status: AccountStatus) -> Result<OneAccount, ApiError> {
    let account = operator::put_status(cx.tx_mut(), name, status)?;
    Ok(changed(cx, account))
}

/// Says that the account may read the record of what was done to it.
fn changed(cx: &mut Context<'_>, account: Account) -> OneAccount {
    cx.concerns(account.id);
    cx.changes_access_in(account.id);
    OneAccount { account: account.into() }
}

fn new_password(password: &SecretText) -> Result<Errand, ApiError> {
    let typed = password.expose();
    if typed.chars().count() < SHORTEST_PASSWORD || typed.len() > LONGEST_PASSWORD {
        let message = format!("A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.");
        return Err(ApiError::invalid("OwnerPassword", message));
    }
    Ok(Errand::NewPassword { password: password.clone(), not_one_of: Vec::new() })
}

/// The services that are closed to other accounts until an operator opens them.
fn gated_services(cx: &Context<'_>) -> Vec<String> {
    cx.core().registry().catalog().gated().map(str::to_owned).collect()
}
