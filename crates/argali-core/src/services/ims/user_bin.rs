//! The recycle bin of users: who was deleted through IMS, and can come back for a while.
//!
//! A user is deleted only when nothing hangs on it, so what comes back has no rights, keys or logon. Sessions that it
//! began before it was deleted stay ended.

use serde::{Deserialize, Serialize};

use super::user_key::Domain;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::UserId;
use crate::logon_name::LogonName;
use crate::model::{Entity, RecycledKey, RecycledUser, User, generation};
use crate::name::{DisplayName, PageSize};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::password_policy::settings_resource;
use crate::services::ram::user_life::{no_such_user, require_free, require_room};
use crate::time::Timestamp;

/// Everything that can be done to a user in the bin.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<ListUsersInRecycleBin>(),
    Entry::of::<GetUserInRecycleBin>(),
    Entry::of::<RestoreUserFromRecycleBin>(),
    Entry::of::<DeleteUserInRecycleBin>(),
];

/// How many users a bin holds: one more, and the one that was deleted first goes for good.
const MOST_USERS: usize = 1_000;

/// A user in the bin as IMS shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RecycledUserView {
    user_id: UserId,
    user_principal_name: LogonName,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<DisplayName>,
    create_date: Timestamp,
    recycle_date: Timestamp,
    delete_date: Timestamp,
}

impl RecycledUserView {
    fn new(recycled: RecycledUser, domain: &Domain<'_>) -> Self {
        Self {
            user_id: recycled.user.id,
            user_principal_name: domain.logon_name(&recycled.user.name),
            display_name: recycled.user.display_name,
            create_date: recycled.user.created_at,
            recycle_date: recycled.recycled_at,
            delete_date: recycled.expires_at,
        }
    }
}

/// Lists the users in the bin, in the order of their ids.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUsersInRecycleBin {
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many users a page holds at most: 1 to 100.
    #[serde(default)]
    pub max_items: PageSize<100>,
    /// Only the one of a name: `UserPrincipalName eq alice@company-a.onaliyun.com`.
    pub filter: Option<String>,
}

/// A page of users in the bin.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecycledUserPage {
    users: RecycledUserList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RecycledUserList {
    user: Vec<RecycledUserView>,
}

impl Operation for ListUsersInRecycleBin {
    const NAME: &'static str = "ListUsersInRecycleBin";
    const ACCESS: Access = Access::Read;
    type Response = RecycledUserPage;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<RecycledUserPage, ApiError> {
        let list = RecycledUser::table(cx.account());
        let after = self.marker.as_deref().map(|marker| cx.open_marker(&list, marker)).transpose()?;
        let wanted = self.filter.as_deref().map(named_in).transpose()?;
        // A name is looked for in the whole bin, which is small.
        let size = if wanted.is_some() { MOST_USERS } else { self.max_items.get() };
        let page = RecycledUser::page(cx.tx(), cx.account(), after.as_deref(), size)?;
        let domain = Domain::of(cx)?;
        let is_wanted = |recycled: &RecycledUser| {
            let name = || domain.logon_name(&recycled.user.name).to_string();
            wanted.as_ref().is_none_or(|wanted| name().eq_ignore_ascii_case(wanted))
        };
        let user = page.records.into_iter().filter(is_wanted);
        let user = user.map(|recycled| RecycledUserView::new(recycled, &domain)).collect();
        let marker = page.next.map(|next| cx.seal_marker(&list, &next));
        Ok(RecycledUserPage { users: RecycledUserList { user }, is_truncated: marker.is_some(), marker })
    }
}

/// The name that a filter asks for.
fn named_in(filter: &str) -> Result<String, ApiError> {
    let mut words = filter.split_whitespace();
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some("UserPrincipalName"), Some("eq"), Some(name), None) => Ok(name.to_owned()),
        _ => {
            let message = "The filter is not known: write `UserPrincipalName eq <logon name>`.";
            Err(ApiError::invalid("Filter", message))
        }
    }
}

/// Shows a user in the bin.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserInRecycleBin {
    /// Which user, by id;
    pub user_id: Option<UserId>,
    /// or by an AccessKey of it in the bin.
    pub user_access_key_id: Option<String>,
}

/// An answer that holds one user in the bin.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneRecycledUser {
    user: RecycledUserView,
}

impl Operation for GetUserInRecycleBin {
    const NAME: &'static str = "GetUserInRecycleBin";
    const ACCESS: Access = Access::Read;
    type Response = OneRecycledUser;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneRecycledUser, ApiError> {
        let id = match (self.user_id, self.user_access_key_id) {
            (Some(id), None) => id,
            (None, Some(key)) => {
                let key = RecycledKey::find(cx.tx(), cx.account(), &key)?.map(|recycled| recycled.key.owner);
                key.and_then(|owner| owner.user()).ok_or_else(|| no_such_user("of this AccessKey"))?
            }
            (None, None) => return Err(missing_user_id()),
            (Some(_), Some(_)) => {
                let message = "The user is named in two ways: send one of them alone.";
                return Err(ApiError::invalid("UserId", message));
            }
        };
        let recycled = existing(cx, Some(id))?;
        Ok(OneRecycledUser { user: RecycledUserView::new(recycled, &Domain::of(cx)?) })
    }
}

/// Brings a user back out of the bin, under its id and the name that it had.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RestoreUserFromRecycleBin {
    /// Which user.
    pub user_id: Option<UserId>,
}

impl Operation for RestoreUserFromRecycleBin {
    const NAME: &'static str = "RestoreUserFromRecycleBin";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let recycled = existing(cx, self.user_id)?;
        require_free(cx, &recycled.user.name)?;
        require_room(cx)?;
        recycled.delete(cx.tx_mut(), account);
        // INVARIANT: sessions that the user began before it was deleted do not revive with it.
        let sessions_not_before = generation(cx.tx(), account)?;
        let user = User { sessions_not_before, updated_at: cx.now(), ..recycled.user };
        Ok(user.insert(cx.tx_mut(), account)?)
    }
}

/// Removes a user in the bin for good, with its AccessKeys there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUserInRecycleBin {
    /// Which user.
    pub user_id: Option<UserId>,
}

impl Operation for DeleteUserInRecycleBin {
    const NAME: &'static str = "DeleteUserInRecycleBin";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let recycled = existing(cx, self.user_id)?;
        purge(cx, &recycled)
    }
}

/// Puts a user that is deleted into the bin.
pub(super) fn recycle(cx: &mut Context<'_>, user: User) -> Result<(), ApiError> {
    let account = cx.account();
    user.delete(cx.tx_mut(), account)?;
    let kept_s = cx.settings().recycle_bin_s;
    if kept_s <= 0 {
        return Ok(());
    }
    let binned = RecycledUser::page(cx.tx(), account, None, MOST_USERS)?.records;
    if binned.len() >= MOST_USERS
        && let Some(first) = binned.iter().min_by_key(|recycled| recycled.recycled_at)
    {
        purge(cx, first)?;
    }
    let expires_at = cx.now().plus_seconds(kept_s);
    RecycledUser { user, recycled_at: cx.now(), expires_at }.save(cx.tx_mut(), account);
    Ok(())
}

fn purge(cx: &mut Context<'_>, recycled: &RecycledUser) -> Result<(), ApiError> {
    let account = cx.account();
    for key in RecycledKey::of_user(cx.tx(), account, recycled.user.id)? {
        key.delete(cx.tx_mut());
    }
    recycled.delete(cx.tx_mut(), account);
    Ok(())
}

fn existing(cx: &Context<'_>, id: Option<UserId>) -> Result<RecycledUser, ApiError> {
    let id = id.ok_or_else(missing_user_id)?;
    let recycled = RecycledUser::find(cx.tx(), cx.account(), id)?;
    // What is past its time may wait for the next round of tidying.
    recycled.filter(|recycled| cx.now() < recycled.expires_at).ok_or_else(|| no_such_user(id))
}

pub(super) fn missing_user_id() -> ApiError {
    let message = "UserId is mandatory for this action.";
    ApiError::new(ErrorCode::Missing("UserId".to_owned()), message)
}
