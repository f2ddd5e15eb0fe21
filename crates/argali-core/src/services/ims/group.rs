//! Groups as IMS shows them: the same that RAM shows, with a name for people to read.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::Group;
use crate::name::{Comments, DisplayName, GroupName, ShortDisplayName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::ram::group::{DeleteGroup, GetGroup, ListGroups, OneGroup};
use crate::services::ram::group_life::{GroupChange, NewGroup, existing_group, group_resource};
use crate::time::Timestamp;

/// Everything that can be done to a group.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateGroup>(),
    Entry::of::<GetGroup<GroupView>>(),
    Entry::of::<ListGroups<GroupView>>(),
    Entry::of::<UpdateGroup>(),
    Entry::of::<DeleteGroup>(),
];

/// A group as IMS shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupView {
    group_id: String,
    group_name: GroupName,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<DisplayName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Comments>,
    create_date: Timestamp,
    update_date: Timestamp,
}

impl From<Group> for GroupView {
    fn from(group: Group) -> Self {
        Self {
            group_id: group.id.to_wire(),
            group_name: group.name,
            display_name: group.display_name,
            comments: group.comments,
            create_date: group.created_at,
            update_date: group.updated_at,
        }
    }
}

/// Makes a group. It has no members and no rights yet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateGroup {
    /// What the group is called.
    pub group_name: GroupName,
    /// What people read.
    pub display_name: Option<ShortDisplayName>,
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

    fn run(self, cx: &mut Context<'_>) -> Result<Self::Response, ApiError> {
        let display_name = self.display_name.map(DisplayName::from);
        let new = NewGroup { name: self.group_name, display_name, comments: self.comments };
        Ok(OneGroup { group: new.make(cx)?.into() })
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
    /// Another name for people to read.
    pub new_display_name: Option<ShortDisplayName>,
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

    fn run(self, cx: &mut Context<'_>) -> Result<Self::Response, ApiError> {
        let group = existing_group(cx, &self.group_name)?;
        let change = GroupChange {
            name: self.new_group_name,
            display_name: self.new_display_name.map(DisplayName::from),
            comments: self.new_comments,
        };
        Ok(OneGroup { group: change.make(cx, group)?.into() })
    }
}
