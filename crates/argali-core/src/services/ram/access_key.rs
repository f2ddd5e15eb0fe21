//! AccessKeys: what programs sign with, of users and of the account itself.
//!
//! Without `UserName` a call is about the caller's own keys.

use serde::{Deserialize, Serialize};

use super::access_key_life::{
    NewAccessKey, UseDate, existing_key, make_key, own_keys, owner, owner_resource, switch_key,
};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::AccessKey;
use crate::name::{KeyStatus, UserName};
use crate::operation::{Access, Entry, Operation, Resources, SelfService};
use crate::time::Timestamp;

/// The parameter that says whose keys are meant.
const USER: &str = "UserName";

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
    pub user_name: Option<UserName>,
}

impl Operation for CreateAccessKey {
    const NAME: &'static str = "CreateAccessKey";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = NewAccessKey;

    fn resources(&self, caller: &Caller) -> Resources {
        owner_resource(caller, self.user_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_keys(caller, self.user_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<NewAccessKey, ApiError> {
        let owner = owner(cx, self.user_name.as_ref(), USER)?;
        make_key(cx, owner)
    }
}

/// Switches an AccessKey on or off. Sessions that were begun with it end when it is switched off.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateAccessKey {
    /// Whose it is; the caller's own if it is left out.
    pub user_name: Option<UserName>,
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
        owner_resource(caller, self.user_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_keys(caller, self.user_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let owner = owner(cx, self.user_name.as_ref(), USER)?;
        switch_key(cx, owner, &self.user_access_key_id, self.status)
    }
}

/// Removes an AccessKey for good. Sessions that were begun with it end.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteAccessKey {
    /// Whose it is; the caller's own if it is left out.
    pub user_name: Option<UserName>,
    /// Which key.
    pub user_access_key_id: String,
}

impl Operation for DeleteAccessKey {
    const NAME: &'static str = "DeleteAccessKey";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        owner_resource(caller, self.user_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_keys(caller, self.user_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let owner = owner(cx, self.user_name.as_ref(), USER)?;
        let key = existing_key(cx, owner, &self.user_access_key_id)?;
        key.delete(cx.tx_mut());
        cx.note("userAccessKeyId", key.id);
        Ok(())
    }
}

/// Lists AccessKeys, in the order of their ids, without their secrets.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAccessKeys {
    /// Whose; the caller's own if it is left out.
    pub user_name: Option<UserName>,
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
}

impl Operation for ListAccessKeys {
    const NAME: &'static str = "ListAccessKeys";
    const ACCESS: Access = Access::Read;
    type Response = AccessKeys;

    fn resources(&self, caller: &Caller) -> Resources {
        owner_resource(caller, self.user_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_keys(caller, self.user_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AccessKeys, ApiError> {
        let owner = owner(cx, self.user_name.as_ref(), USER)?;
        let keys = AccessKey::of_owner(cx.tx(), cx.account(), owner)?.into_iter();
        let view = |key: AccessKey| {
            Ok(AccessKeyView {
                status: cx.core().key_status(cx.tx(), &key, cx.now())?,
                access_key_id: key.id,
                create_date: key.created_at,
            })
        };
        let access_key = keys.map(view).collect::<Result<_, ApiError>>()?;
        Ok(AccessKeys { access_keys: AccessKeyList { access_key } })
    }
}

/// Tells when an AccessKey was used last.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAccessKeyLastUsed {
    /// Whose it is; the caller's own if it is left out.
    pub user_name: Option<UserName>,
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
}

impl Operation for GetAccessKeyLastUsed {
    const NAME: &'static str = "GetAccessKeyLastUsed";
    const ACCESS: Access = Access::Read;
    type Response = LastUsed;

    fn resources(&self, caller: &Caller) -> Resources {
        owner_resource(caller, self.user_name.as_ref())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own_keys(caller, self.user_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<LastUsed, ApiError> {
        let owner = owner(cx, self.user_name.as_ref(), USER)?;
        let key = existing_key(cx, owner, &self.user_access_key_id)?;
        let last_used_date = UseDate(cx.core().last_use(cx.tx(), &key)?.map(|last| last.at));
        Ok(LastUsed { access_key_last_used: LastUsedView { last_used_date } })
    }
}
