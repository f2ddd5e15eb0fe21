//! The recycle bin of AccessKeys: what users signed with, deleted through IMS, and can come back for a while.
//!
//! A key comes back switched off. Sessions that were begun with it before stay ended.

use serde::{Deserialize, Serialize};

use super::user_bin::missing_user_id;
use super::user_key::Domain;
use crate::caller::{Caller, Identity};
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::UserId;
use crate::logon_name::LogonName;
use crate::model::{AccessKey, Entity, KeyOwner, RecycledKey, RecycledUser, User, generation};
use crate::name::KeyStatus;
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::access_key_life::{no_such_key, require_room};
use crate::services::ram::password_policy::settings_resource;
use crate::services::ram::user_life::no_such_user;
use crate::time::Timestamp;

/// Everything that can be done to an AccessKey in the bin.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<ListAccessKeysInRecycleBin>(),
    Entry::of::<GetAccessKeyInfoInRecycleBin>(),
    Entry::of::<RestoreAccessKeyFromRecycleBin>(),
    Entry::of::<DeleteAccessKeyInRecycleBin>(),
];

/// How many keys of one user a bin holds: one more, and the one that was deleted first goes for good.
const MOST_KEYS: usize = 3;

/// Lists the keys of a user in the bin, in the order in which they were deleted.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAccessKeysInRecycleBin {
    /// Which user; the caller itself if it is left out.
    pub user_id: Option<UserId>,
}

/// The keys of a user in the bin.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecycledKeys {
    access_keys: RecycledKeyList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RecycledKeyList {
    access_key: Vec<RecycledKeyView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RecycledKeyView {
    access_key_id: String,
    create_date: Timestamp,
    recycle_date: Timestamp,
    delete_date: Timestamp,
}

impl From<RecycledKey> for RecycledKeyView {
    fn from(recycled: RecycledKey) -> Self {
        Self {
            access_key_id: recycled.key.id,
            create_date: recycled.key.created_at,
            recycle_date: recycled.recycled_at,
            delete_date: recycled.expires_at,
        }
    }
}

impl Operation for ListAccessKeysInRecycleBin {
    const NAME: &'static str = "ListAccessKeysInRecycleBin";
    const ACCESS: Access = Access::Read;
    type Response = RecycledKeys;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<RecycledKeys, ApiError> {
        let user = user_or_caller(cx, self.user_id)?;
        let keys = RecycledKey::of_user(cx.tx(), cx.account(), user)?.into_iter();
        let keys = keys.filter(|recycled| cx.now() < recycled.expires_at);
        Ok(RecycledKeys { access_keys: RecycledKeyList { access_key: keys.map(Into::into).collect() } })
    }
}

/// Shows a key in the bin, and whose it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAccessKeyInfoInRecycleBin {
    /// Which key.
    pub user_access_key_id: String,
}

/// An answer that holds one key in the bin.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneRecycledKey {
    access_key: RecycledKeyInfo,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RecycledKeyInfo {
    access_key_id: String,
    create_date: Timestamp,
    recycle_date: Timestamp,
    delete_date: Timestamp,
    user_id: UserId,
    user_principal_name: LogonName,
    user_recycled: bool,
}

impl Operation for GetAccessKeyInfoInRecycleBin {
    const NAME: &'static str = "GetAccessKeyInfoInRecycleBin";
    const ACCESS: Access = Access::Read;
    type Response = OneRecycledKey;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneRecycledKey, ApiError> {
        let account = cx.account();
        let recycled = RecycledKey::find(cx.tx(), account, &self.user_access_key_id)?;
        let recycled = recycled.filter(|recycled| cx.now() < recycled.expires_at).ok_or_else(no_such_key)?;
        let user_id = recycled.key.owner.user().ok_or_else(no_such_key)?;
        let user = User::find_by_id(cx.tx(), account, user_id.number())?;
        let user_recycled = user.is_none();
        let binned = RecycledUser::find(cx.tx(), account, user_id)?.map(|recycled| recycled.user);
        let user = user.or(binned).ok_or_else(no_such_key)?;
        let user_principal_name = Domain::of(cx)?.logon_name(&user.name);
        let RecycledKeyView { access_key_id, create_date, recycle_date, delete_date } = recycled.into();
        let access_key = RecycledKeyInfo {
            access_key_id,
            create_date,
            recycle_date,
            delete_date,
            user_id,
            user_principal_name,
            user_recycled,
        };
        Ok(OneRecycledKey { access_key })
    }
}

/// Brings a key back out of the bin, switched off.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RestoreAccessKeyFromRecycleBin {
    /// Whose it is; the caller's own if it is left out.
    pub user_id: Option<UserId>,
    /// Which key.
    pub user_access_key_id: String,
}

impl Operation for RestoreAccessKeyFromRecycleBin {
    const NAME: &'static str = "RestoreAccessKeyFromRecycleBin";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let user = user_or_caller(cx, self.user_id)?;
        if User::find_by_id(cx.tx(), account, user.number())?.is_none() {
            return Err(no_such_user(user));
        }
        let recycled = existing(cx, user, &self.user_access_key_id)?;
        require_room(cx, KeyOwner::User(user))?;
        recycled.delete(cx.tx_mut());
        // INVARIANT: sessions that were begun with the key before it was deleted do not revive with it.
        let mut key = recycled.key;
        key.sessions_not_before = Some(generation(cx.tx(), account)?);
        key.status = KeyStatus::Inactive;
        key.updated_at = Some(cx.now());
        key.save(cx.tx_mut());
        cx.note("userAccessKeyId", key.id);
        Ok(())
    }
}

/// Removes a key in the bin for good.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteAccessKeyInRecycleBin {
    /// Whose it is; the caller's own if it is left out.
    pub user_id: Option<UserId>,
    /// Which key.
    pub user_access_key_id: String,
}

impl Operation for DeleteAccessKeyInRecycleBin {
    const NAME: &'static str = "DeleteAccessKeyInRecycleBin";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let user = user_or_caller(cx, self.user_id)?;
        let recycled = existing(cx, user, &self.user_access_key_id)?;
        recycled.delete(cx.tx_mut());
        cx.note("userAccessKeyId", recycled.key.id);
        Ok(())
    }
}

/// Puts a key that is deleted into the bin; the account's own keys go for good.
pub(super) fn recycle(cx: &mut Context<'_>, key: AccessKey) -> Result<(), ApiError> {
    key.delete(cx.tx_mut());
    cx.note("userAccessKeyId", key.id.as_str());
    let kept_s = cx.settings().recycle_bin_s;
    let KeyOwner::User(user) = key.owner else { return Ok(()) };
    if kept_s <= 0 {
        return Ok(());
    }
    let binned = RecycledKey::of_user(cx.tx(), cx.account(), user)?;
    for first in binned.iter().take((binned.len() + 1).saturating_sub(MOST_KEYS)) {
        first.delete(cx.tx_mut());
    }
    let expires_at = cx.now().plus_seconds(kept_s);
    RecycledKey { key, recycled_at: cx.now(), expires_at }.save(cx.tx_mut());
    Ok(())
}

fn existing(cx: &Context<'_>, user: UserId, id: &str) -> Result<RecycledKey, ApiError> {
    let recycled = RecycledKey::find(cx.tx(), cx.account(), id)?;
    let is_meant =
        |recycled: &RecycledKey| recycled.key.owner == KeyOwner::User(user) && cx.now() < recycled.expires_at;
    recycled.filter(is_meant).ok_or_else(no_such_key)
}

/// The user whose id is given, or the caller.
fn user_or_caller(cx: &Context<'_>, id: Option<UserId>) -> Result<UserId, ApiError> {
    match (id, cx.caller().identity()) {
        (Some(id), _) => Ok(id),
        (None, Identity::User { id, .. }) => Ok(*id),
        (None, Identity::Account | Identity::Session(_)) => Err(missing_user_id()),
    }
}
