//! Groups: users that share rights.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, GroupId};
use crate::model::{Attachment, Entity, Group, Membership, Principal, Quota, Renamable};
use crate::name::{Comments, GroupName, PageSize};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::time::Timestamp;

/// Everything that can be done to a group.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateGroup>(),
    Entry::of::<GetGroup>(),
    Entry::of::<ListGroups>(),
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
pub struct OneGroup {
    group: GroupView,
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
    type Response = OneGroup;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "group/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneGroup, ApiError> {
        let account = cx.account();
        require_free(cx, &self.group_name)?;
        if Quota::Groups.used(cx.tx(), account)? >= cx.limits().groups {
            let message = format!(
                "The account has {} groups, which is its limit: delete one first.",
                cx.limits().groups
            );
            return Err(ApiError::new(ErrorCode::LimitExceededGroup, message));
        }
        let group = Group {
            id: GroupId::generate(cx.env()),
            name: self.group_name,
            comments: self.comments,
            created_at: cx.now(),
            updated_at: cx.now(),
        };
        group.insert(cx.tx_mut(), account)?;
        Ok(OneGroup { group: GroupView::new(group) })
    }
}

/// Shows a group.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetGroup {
    /// Which group.
    pub group_name: GroupName,
}

impl Operation for GetGroup {
    const NAME: &'static str = "GetGroup";
    const ACCESS: Access = Access::Read;
    type Response = OneGroup;

    fn resources(&self, caller: &Caller) -> Resources {
        group_resource(caller.account(), &self.group_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneGroup, ApiError> {
        Ok(OneGroup { group: existing_group(cx, &self.group_name)?.into() })
    }
}

/// Lists the groups of the caller's account, in the order of their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListGroups {
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many groups a page holds at most: 1 to 100.
    #[serde(default)]
    pub max_items: PageSize<100>,
}

/// A page of groups.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupPage {
    groups: GroupList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GroupList {
    group: Vec<GroupView>,
}

impl Operation for ListGroups {
    const NAME: &'static str = "ListGroups";
    const ACCESS: Access = Access::Read;
    type Response = GroupPage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "group/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<GroupPage, ApiError> {
        let (groups, marker) = cx.page::<Group>(self.marker.as_deref(), self.max_items.get())?;
        let group = groups.into_iter().map(GroupView::from).collect();
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
    type Response = OneGroup;

    fn resources(&self, caller: &Caller) -> Resources {
        group_resource(caller.account(), &self.group_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneGroup, ApiError> {
        let account = cx.account();
        let mut group = existing_group(cx, &self.group_name)?;
        group.comments = self.new_comments.or(group.comments);
        group.updated_at = cx.now();
        match self.new_group_name {
            Some(name) if name != group.name => {
                if name.folded() != group.name.folded() {
                    require_free(cx, &name)?;
                }
                group.rename(cx.tx_mut(), account, name);
            }
            _ => group.save(cx.tx_mut(), account),
        }
        Ok(OneGroup { group: group.into() })
    }
}

/// Removes a group, which must have no members or policies left.
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
        let conflict = |code, what: &str| {
            Err(ApiError::new(
                code,
                format!("The group `{}` still has {what}: remove them first.", group.name),
            ))
        };
        if !Membership::page_of_group(cx.tx(), account, group.id, None, 1)?.records.is_empty() {
            return conflict(ErrorCode::DeleteConflictGroupUser, "members");
        }
        if !Attachment::of_principal(cx.tx(), account, Principal::Group(group.id))?.is_empty() {
            return conflict(ErrorCode::DeleteConflictGroupPolicy, "policies attached");
        }
        Ok(group.delete(cx.tx_mut(), account)?)
    }
}

/// The group as something that permission is needed for.
pub(super) fn group_resource(account: AccountId, name: &GroupName) -> ResourceName {
    ResourceName::ram(account, format!("group/{name}"))
}

/// The group of this name, or `EntityNotExist.Group`.
pub(super) fn existing_group(cx: &Context<'_>, name: &GroupName) -> Result<Group, ApiError> {
    Group::find(cx.tx(), cx.account(), name)?.ok_or_else(|| {
        let message = format!("The group `{name}` does not exist: check GroupName.");
        ApiError::new(ErrorCode::EntityNotExistGroup, message)
    })
}

fn require_free(cx: &Context<'_>, name: &GroupName) -> Result<(), ApiError> {
    if Group::find(cx.tx(), cx.account(), name)?.is_none() {
        return Ok(());
    }
    let message =
        format!("The group `{name}` already exists: choose another name; case makes no difference.");
    Err(ApiError::new(ErrorCode::EntityAlreadyExistsGroup, message))
}
