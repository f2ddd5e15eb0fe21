//! Labels of users: put on, taken off, looked up.

use argali_policy::Context as Conditions;
use serde::{Deserialize, Serialize};

use super::user_key::{UserKey, logon_resource};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::UserId;
use crate::logon_name::LogonName;
use crate::model::{Entity, Key, User};
use crate::name::{PageSize, TagKey, TagValue};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::flat_list::FlatList;
use crate::services::ram::password_policy::settings_resource;
use crate::services::ram::tag_list::{
    RequestTag, checked_short_tags, has_tags, put_tags, require_some, tag_conditions,
};
use crate::tag::MOST_TAGS;

/// Everything that can be done to a tag.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<TagResources>(), Entry::of::<UntagResources>(), Entry::of::<ListTagResources>()];

/// How many users one call may name.
const MOST_USERS: usize = 50;

/// What can be labelled here: RAM has the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ResourceType {
    /// Users.
    User,
}

/// Labels users. A key that is there takes the new value.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResources {
    /// What they are.
    pub resource_type: ResourceType,
    /// Which users, by id;
    #[serde(default)]
    pub resource_id: FlatList<UserId, MOST_USERS>,
    /// or by name.
    #[serde(default)]
    pub resource_principal_name: FlatList<LogonName, MOST_USERS>,
    /// What they are labelled with.
    #[serde(default)]
    pub tag: FlatList<RequestTag, MOST_TAGS>,
}

impl Operation for TagResources {
    const NAME: &'static str = "TagResources";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        named(caller, &self.resource_principal_name)
    }

    fn conditions(&self, conditions: &mut Conditions) {
        tag_conditions(self.tag.as_slice(), conditions);
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let users = existing_users(cx, &self.resource_id, &self.resource_principal_name)?;
        require_some(users.is_empty(), "ResourceId")?;
        require_some(self.tag.is_empty(), "Tag")?;
        let new = checked_short_tags(self.tag.into_vec())?;
        for mut user in users {
            put_tags(&mut user.tags, &new, &user.name)?;
            user.save(cx.tx_mut(), account);
        }
        Ok(())
    }
}

/// Takes labels off users. Keys that are not there are passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagResources {
    /// What they are.
    pub resource_type: ResourceType,
    /// Which users, by id;
    #[serde(default)]
    pub resource_id: FlatList<UserId, MOST_USERS>,
    /// or by name.
    #[serde(default)]
    pub resource_principal_name: FlatList<LogonName, MOST_USERS>,
    /// Which labels; needed unless all go.
    #[serde(default)]
    pub tag_key: FlatList<TagKey, MOST_TAGS>,
    /// Whether all labels go.
    #[serde(default)]
    pub all: bool,
}

impl Operation for UntagResources {
    const NAME: &'static str = "UntagResources";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        named(caller, &self.resource_principal_name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let users = existing_users(cx, &self.resource_id, &self.resource_principal_name)?;
        require_some(users.is_empty(), "ResourceId")?;
        require_some(!self.all && self.tag_key.is_empty(), "TagKey")?;
        let keys = self.tag_key.as_slice();
        for mut user in users {
            user.tags.retain(|key, _| !self.all && !keys.contains(key));
            user.save(cx.tx_mut(), account);
        }
        Ok(())
    }
}

/// Lists labels of users, by the name of the user and then by key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagResources {
    /// What they are.
    pub resource_type: ResourceType,
    /// Only of these users, by id;
    #[serde(default)]
    pub resource_id: FlatList<UserId, MOST_USERS>,
    /// or by name.
    #[serde(default)]
    pub resource_principal_name: FlatList<LogonName, MOST_USERS>,
    /// Only of users that have all these tags.
    #[serde(default)]
    pub tag: FlatList<RequestTag, MOST_TAGS>,
    /// Where the previous page ended.
    pub next_token: Option<String>,
    /// How many labels a page holds at most: 1 to 100.
    #[serde(default)]
    pub page_size: PageSize<100>,
}

/// A page of labels.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResourcePage {
    tag_resources: TagResourceList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagResourceList {
    tag_resource: Vec<TagResource>,
}

/// One label of one user.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagResource {
    resource_type: ResourceType,
    resource_id: UserId,
    tag_key: TagKey,
    tag_value: TagValue,
    #[serde(skip)]
    place: Vec<u8>,
}

impl Operation for ListTagResources {
    const NAME: &'static str = "ListTagResources";
    const ACCESS: Access = Access::Read;
    type Response = TagResourcePage;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<TagResourcePage, ApiError> {
        let list: Key = User::table(cx.account()).text("tags");
        let after = self.next_token.as_deref().map(|token| cx.open_marker(&list, token)).transpose();
        // What is called a marker elsewhere is a token here.
        let after = after.map_err(|error| ApiError::invalid("NextToken", error.message().to_owned()))?;
        let size = self.page_size.get();
        let mut found = self.labels_after(cx, after.as_deref(), size.saturating_add(1))?;
        let is_truncated = found.len() > size;
        found.truncate(size);
        let next_token = found.last().filter(|_| is_truncated).map(|last| cx.seal_marker(&list, &last.place));
        Ok(TagResourcePage {
            tag_resources: TagResourceList { tag_resource: found },
            is_truncated,
            next_token,
        })
    }
}

impl ListTagResources {
    /// At most `most` labels that follow the place `after`.
    fn labels_after(
        &self,
        cx: &mut Context<'_>,
        after: Option<&[u8]>,
        most: usize,
    ) -> Result<Vec<TagResource>, ApiError> {
        let is_wanted = |user: &User| !user.tags.is_empty() && has_tags(&user.tags, self.tag.as_slice());
        let follows = |label: &TagResource| after.is_none_or(|after| label.place.as_slice() > after);
        let labels = |users: Vec<User>| -> Vec<TagResource> {
            users.into_iter().flat_map(labels_of).filter(follows).take(most).collect()
        };
        let mut users = existing_users(cx, &self.resource_id, &self.resource_principal_name)?;
        if !self.resource_id.is_empty() || !self.resource_principal_name.is_empty() {
            users.retain(is_wanted);
            users.sort_by_cached_key(|user| user.name.folded());
            users.dedup_by_key(|user| user.id);
            return Ok(labels(users));
        }
        // From the user whose labels the last page broke off at; each has one label at least.
        let user = after.map(|place| place.split(|byte| *byte == 0).next().unwrap_or_default());
        let users = most.saturating_add(1);
        Ok(labels(User::page_where(cx.tx(), cx.account(), user, users, is_wanted)?.records))
    }
}

/// The labels of a user, each with its place in the listing: no name holds a NUL.
fn labels_of(user: User) -> impl Iterator<Item = TagResource> {
    let name = user.name.folded();
    user.tags.into_iter().map(move |(tag_key, tag_value)| TagResource {
        resource_type: ResourceType::User,
        resource_id: user.id,
        place: format!("{name}\0{tag_key}").into_bytes(),
        tag_key,
        tag_value,
    })
}

/// What permission is needed for, as far as the parameters tell: ids are looked up first.
fn named(caller: &Caller, names: &FlatList<LogonName, MOST_USERS>) -> Resources {
    names.as_slice().iter().map(|name| logon_resource(caller, name)).collect()
}

/// Everybody who is named, in one way or the other; nobody if nobody is.
fn existing_users(
    cx: &mut Context<'_>,
    ids: &FlatList<UserId, MOST_USERS>,
    names: &FlatList<LogonName, MOST_USERS>,
) -> Result<Vec<User>, ApiError> {
    if !ids.is_empty() && !names.is_empty() {
        let message = "Users are named in ResourceId or in ResourcePrincipalName: leave one of them out.";
        return Err(ApiError::new(ErrorCode::InvalidParameter("ResourceId".to_owned()), message));
    }
    let keys =
        ids.as_slice().iter().copied().map(UserKey::Id).chain(names.as_slice().iter().map(UserKey::Name));
    keys.map(|key| key.existing(cx)).collect()
}
