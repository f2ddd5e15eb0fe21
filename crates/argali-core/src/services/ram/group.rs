//! Groups: users that share rights.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use super::group_life::{GroupChange, NewGroup, existing_group, group_resource, require_bare};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{Entity, Group};
use crate::name::{Comments, GroupName, PageSize};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::time::Timestamp;

/// Everything that can be done to a group.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateGroup>(),
    Entry::of::<GetGroup<GroupView>>(),
    Entry::of::<ListGroups<GroupView>>(),
    Entry::of::<UpdateGroup>(),
    Entry::of::<DeleteGroup>(),
];

/// A group as RAM shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupView {
    group_id: String,
    group_name: GroupName,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Comments>,
    create_date: Timestamp,
    /// Not in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    update_date: Option<Timestamp>,
}

impl GroupView {
    fn new(group: Group) -> Self {
        Self { update_date: None, ..group.into() }
    }
}

impl From<Group> for GroupView {
    fn from(group: Group) -> Self {
        Self {
            group_id: group.id.to_wire(),
            group_name: group.name,
            comments: group.comments,
            create_date: group.created_at,
            update_date: Some(group.updated_at),
        }
    }
}

/// An answer that holds one group.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneGroup<V> {
    pub(in crate::services) group: V,
}

/// Makes a group. It has no members and no rights yet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateGroup {
    /// What the group is called.
    pub group_name: GroupName,
    /// A remark.
    pub comments: Option<Comments>,
}

impl Operation for CreateGroup {
    const NAME: &'static str = "CreateGroup";
    const ACCESS: Access = Access::Identity;
    type Response = OneGroup<GroupView>;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "group/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneGroup<GroupView>, ApiError> {
        let new = NewGroup { name: self.group_name, display_name: None, comments: self.comments };
        let group = new.make(cx)?;
        Ok(OneGroup { group: GroupView::new(group) })
    }
}

/// Shows a group as `V`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", bound = "")]
pub struct GetGroup<V> {
    /// Which group.
    pub group_name: GroupName,
    #[serde(skip)]
    view: PhantomData<V>,
}

impl<V: From<Group> + Serialize> Operation for GetGroup<V> {
    const NAME: &'static str = "GetGroup";
    const ACCESS: Access = Access::Read;
    type Response = OneGroup<V>;

    fn resources(&self, caller: &Caller) -> Resources {
        group_resource(caller.account(), &self.group_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneGroup<V>, ApiError> {
        Ok(OneGroup { group: existing_group(cx, &self.group_name)?.into() })
    }
}

/// Lists the groups of the caller's account as `V`, in the order of their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", bound = "")]
pub struct ListGroups<V> {
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many groups a page holds at most: 1 to 100.
    #[serde(default)]
    pub max_items: PageSize<100>,
    #[serde(skip)]
    view: PhantomData<V>,
}

/// A page of groups.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupPage<V> {
    groups: GroupList<V>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GroupList<V> {
    group: Vec<V>,
}

impl<V: From<Group> + Serialize> Operation for ListGroups<V> {
    const NAME: &'static str = "ListGroups";
    const ACCESS: Access = Access::Read;
    type Response = GroupPage<V>;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "group/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<GroupPage<V>, ApiError> {
        let (groups, marker) = cx.page::<Group>(self.marker.as_deref(), self.max_items.get())?;
        let group = groups.into_iter().map(V::from).collect();
        Ok(GroupPage { groups: GroupList { group }, is_truncated: marker.is_some(), marker })
    }
}

/// Changes a group. What is left out stays as it is; members and policies stay in any case.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateGroup {
    /// Which group.
    pub group_name: GroupName,
    /// Another name.
    pub new_group_name: Option<GroupName>,
    /// Another remark.
    pub new_comments: Option<Comments>,
}

impl Operation for UpdateGroup {
    const NAME: &'static str = "UpdateGroup";
    const ACCESS: Access = Access::Identity;
    type Response = OneGroup<GroupView>;

    fn resources(&self, caller: &Caller) -> Resources {
        group_resource(caller.account(), &self.group_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneGroup<GroupView>, ApiError> {
        let change =
            GroupChange { name: self.new_group_name, display_name: None, comments: self.new_comments };
        let group = existing_group(cx, &self.group_name)?;
        let group = change.make(cx, group)?;
        Ok(OneGroup { group: group.into() })
    }
}

/// Removes a group, which must have no members or policies left. RAM and IMS have one such operation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteGroup {
    /// Which group.
    pub group_name: GroupName,
}

impl Operation for DeleteGroup {
    const NAME: &'static str = "DeleteGroup";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        group_resource(caller.account(), &self.group_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let group = existing_group(cx, &self.group_name)?;
        require_bare(cx, &group)?;
        Ok(group.delete(cx.tx_mut(), account)?)
    }
}
