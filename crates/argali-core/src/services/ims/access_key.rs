//! AccessKeys as IMS shows them: the same that RAM shows.
//!
//! Without `UserPrincipalName` a call is about the caller's own keys.

use serde::{Deserialize, Serialize};

use super::access_key_bin;
use super::user_key::local_name;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::logon_name::LogonName;
use crate::model::{AccessKey, KeyOwner};
use crate::name::KeyStatus;
use crate::operation::{Access, Entry, Operation, Resources, SelfService};
use crate::services::ram::access_key_life::{
    self, NewAccessKey, UseDate, existing_key, make_key, own_keys, owner_resource, switch_key,
};
use crate::time::Timestamp;

/// Everything that can be done to an AccessKey.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateAccessKey>(),
    Entry::of::<UpdateAccessKey>(),
    Entry::of::<DeleteAccessKey>(),
    Entry::of::<ListAccessKeys>(),
    Entry::of::<GetAccessKeyLastUsed>(),
];

/// Makes an AccessKey. Its secret is in the answer and can never be read again.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateAccessKey {
    /// Whose it is to be; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
}

impl Operation for CreateAccessKey {
    const NAME: &'static str = "CreateAccessKey";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = NewAccessKey;

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_keys(caller, self.user_principal_name.as_ref().map(|name| &name.user))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<NewAccessKey, ApiError> {
        let owner = owner(cx, self.user_principal_name.as_ref())?;
        make_key(cx, owner)
    }
}

/// Switches an AccessKey on or off. Sessions that were begun with it end when it is switched off.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateAccessKey {
    /// Whose it is; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// Which key.
    pub user_access_key_id: String,
    /// Whether it may be used from now on.
    pub status: KeyStatus,
}

impl Operation for UpdateAccessKey {
    const NAME: &'static str = "UpdateAccessKey";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_keys(caller, self.user_principal_name.as_ref().map(|name| &name.user))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let owner = owner(cx, self.user_principal_name.as_ref())?;
        switch_key(cx, owner, &self.user_access_key_id, self.status)
    }
}

/// Puts an AccessKey of a user into the recycle bin; the account's own go for good. Sessions that were begun with it
/// end.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteAccessKey {
    /// Whose it is; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// Which key.
    pub user_access_key_id: String,
}

impl Operation for DeleteAccessKey {
    const NAME: &'static str = "DeleteAccessKey";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_keys(caller, self.user_principal_name.as_ref().map(|name| &name.user))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let owner = owner(cx, self.user_principal_name.as_ref())?;
        let key = existing_key(cx, owner, &self.user_access_key_id)?;
        access_key_bin::recycle(cx, key)
    }
}

/// Lists AccessKeys, in the order of their ids, without their secrets.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAccessKeys {
    /// Whose; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
}

/// The keys of one owner.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKeys {
    access_keys: AccessKeyList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccessKeyList {
    access_key: Vec<AccessKeyView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccessKeyView {
    access_key_id: String,
    status: KeyStatus,
    create_date: Timestamp,
    update_date: Timestamp,
}

impl Operation for ListAccessKeys {
    const NAME: &'static str = "ListAccessKeys";
    const ACCESS: Access = Access::Read;
    type Response = AccessKeys;

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_keys(caller, self.user_principal_name.as_ref().map(|name| &name.user))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AccessKeys, ApiError> {
        let owner = owner(cx, self.user_principal_name.as_ref())?;
        let keys = AccessKey::of_owner(cx.tx(), cx.account(), owner)?.into_iter();
        let view = |key: AccessKey| {
            Ok(AccessKeyView {
                status: cx.core().key_status(cx.tx(), &key, cx.now())?,
                access_key_id: key.id,
                create_date: key.created_at,
                update_date: key.updated_at.unwrap_or(key.created_at),
            })
        };
        let access_key = keys.map(view).collect::<Result<_, ApiError>>()?;
        Ok(AccessKeys { access_keys: AccessKeyList { access_key } })
    }
}

/// Tells when an AccessKey was used last, and for what.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAccessKeyLastUsed {
    /// Whose it is; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// Which key.
    pub user_access_key_id: String,
}

/// The last use of a key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LastUsed {
    access_key_last_used: LastUsedView,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LastUsedView {
    last_used_date: UseDate,
    service_name: String,
}

impl Operation for GetAccessKeyLastUsed {
    const NAME: &'static str = "GetAccessKeyLastUsed";
    const ACCESS: Access = Access::Read;
    type Response = LastUsed;

    fn resources(&self, caller: &Caller) -> Resources {
        resources(caller, self.user_principal_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_keys(caller, self.user_principal_name.as_ref().map(|name| &name.user))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<LastUsed, ApiError> {
        let owner = owner(cx, self.user_principal_name.as_ref())?;
        let key = existing_key(cx, owner, &self.user_access_key_id)?;
        let last = cx.core().last_use(cx.tx(), &key)?;
        let (at, service_name) = last.map(|last| (last.at, last.service)).unzip();
        let last =
            LastUsedView { last_used_date: UseDate(at), service_name: service_name.unwrap_or_default() };
        Ok(LastUsed { access_key_last_used: last })
    }
}

/// Whose keys are meant, as something that permission is needed for.
pub(super) fn resources(caller: &Caller, user: Option<&LogonName>) -> Resources {
    owner_resource(caller, user.map(|name| &name.user))
}

/// Whose keys are meant: those of the user, or the caller's own.
pub(super) fn owner(cx: &Context<'_>, user: Option<&LogonName>) -> Result<KeyOwner, ApiError> {
    let user = user.map(|name| local_name(cx, name)).transpose()?;
    access_key_life::owner(cx, user, "UserPrincipalName")
}
