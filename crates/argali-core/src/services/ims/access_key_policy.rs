//! From which networks AccessKeys may be used: a policy of each key, and one of the account for all that have none.
//!
//! They do not touch sessions, those that were begun with such a key included.

use serde::{Deserialize, Serialize};

use super::access_key::{owner, resources};
use crate::caller::{Caller, Identity};
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::logon_name::LogonName;
use crate::model::{AccessKey, NetworkPolicy};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources, SelfService};
use crate::services::ram::access_key_life::{existing_key, own_keys};

/// Everything that can be done to a network policy.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<GetAccessKeyPolicy>(),
    Entry::of::<SetAccessKeyPolicy>(),
    Entry::of::<GetAccessKeyPolicyForAccount>(),
    Entry::of::<SetAccessKeyPolicyForAccount>(),
];

/// The network policy of a key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyOfKey {
    access_key_id: String,
    access_key_policy: String,
}

/// The network policy of an account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyOfAccount {
    access_key_policy: String,
}

/// Shows from which networks a key may be used.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAccessKeyPolicy {
    /// Whose key it is; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// Which key.
    pub user_access_key_id: String,
}

impl Operation for GetAccessKeyPolicy {
    const NAME: &'static str = "GetAccessKeyPolicy";
    const ACCESS: Access = Access::Read;
    type Response = PolicyOfKey;

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_keys(caller, self.user_principal_name.as_ref().map(|name| &name.user))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<PolicyOfKey, ApiError> {
        let owner = owner(cx, self.user_principal_name.as_ref())?;
        let key = existing_key(cx, owner, &self.user_access_key_id)?;
        let access_key_policy = key.network_policy.ok_or_else(|| {
            let message =
                "The AccessKey has no network policy of its own: that of the account counts, if any.";
            ApiError::new(ErrorCode::EntityNotExistAccessKeyPolicy, message)
        })?;
        Ok(PolicyOfKey { access_key_id: key.id, access_key_policy })
    }
}

/// Says from which networks a key may be used, in place of what the account says of all its keys. An inactive policy
/// without statements is none.
///
/// Users do not do this to themselves without a policy: it lifts what the account says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetAccessKeyPolicy {
    /// Whose key it is; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// Which key.
    pub user_access_key_id: String,
    /// The policy, as JSON.
    pub access_key_policy: String,
}

impl Operation for SetAccessKeyPolicy {
    const NAME: &'static str = "SetAccessKeyPolicy";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = PolicyOfKey;

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<PolicyOfKey, ApiError> {
        let owner = owner(cx, self.user_principal_name.as_ref())?;
        let mut key = existing_key(cx, owner, &self.user_access_key_id)?;
        key.network_policy = given(&self.access_key_policy)?;
        key.save(cx.tx_mut());
        require_way_back(cx)?;
        Ok(PolicyOfKey { access_key_id: key.id, access_key_policy: self.access_key_policy })
    }
}

/// Shows from which networks the account's keys may be used.
#[derive(Debug, Deserialize)]
pub struct GetAccessKeyPolicyForAccount {}

impl Operation for GetAccessKeyPolicyForAccount {
    const NAME: &'static str = "GetAccessKeyPolicyForAccount";
    const ACCESS: Access = Access::Read;
    type Response = PolicyOfAccount;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<PolicyOfAccount, ApiError> {
        let given = NetworkPolicy::of_account(cx.tx(), cx.account())?;
        Ok(PolicyOfAccount { access_key_policy: given.unwrap_or_else(|| NetworkPolicy::NONE.to_owned()) })
    }
}

/// Says from which networks all keys of the account may be used that have no policy of their own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetAccessKeyPolicyForAccount {
    /// The policy, as JSON.
    pub access_key_policy: String,
}

impl Operation for SetAccessKeyPolicyForAccount {
    const NAME: &'static str = "SetAccessKeyPolicyForAccount";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = PolicyOfAccount;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<PolicyOfAccount, ApiError> {
        let (account, given) = (cx.account(), given(&self.access_key_policy)?);
        NetworkPolicy::set_of_account(cx.tx_mut(), account, given);
        require_way_back(cx)?;
        Ok(PolicyOfAccount { access_key_policy: self.access_key_policy })
    }
}

/// The policy as it is kept, if it is one: nothing, if it says nothing.
fn given(text: &str) -> Result<Option<String>, ApiError> {
    match NetworkPolicy::parse(text) {
        Ok(policy) if policy.is_none() => Ok(None),
        Ok(_) => Ok(Some(text.to_owned())),
        Err(reason) => Err(ApiError::invalid(
            "AccessKeyPolicy",
            format!("The network policy cannot be set: it {reason}."),
        )),
    }
}

/// That the key with which a policy was set may still be used from where that was done: a slip in an address would
/// otherwise shut out whoever could mend it.
fn require_way_back(cx: &Context<'_>) -> Result<(), ApiError> {
    if matches!(cx.caller().identity(), Identity::Session(_)) {
        return Ok(());
    }
    let Some(key) = AccessKey::find(cx.tx(), cx.caller().access_key_id())? else { return Ok(()) };
    let address = cx.origin().source_ip;
    if NetworkPolicy::of_key(cx.tx(), &key)?.is_none_or(|policy| policy.admits(address)) {
        return Ok(());
    }
    let message = format!(
        "The AccessKey that you call with could no longer be used from {address}: name that address, too, or call \
         with a session."
    );
    Err(ApiError::invalid("AccessKeyPolicy", message))
}
