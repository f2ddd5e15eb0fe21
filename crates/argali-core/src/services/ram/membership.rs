//! Memberships: which users are in which groups, and so have their policies.

use serde::{Deserialize, Serialize};

use super::group_life::{existing_group, group_resource};
use super::user_life::{existing_user, user_resource};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::model::{Entity, Group, Membership, User};
use crate::name::{Comments, DisplayName, GroupName, PageSize, UserName};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::time::Timestamp;

/// Everything that can be done to a membership.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<AddUserToGroup>(),
    Entry::of::<RemoveUserFromGroup>(),
    Entry::of::<ListGroupsForUser>(),
    Entry::of::<ListUsersForGroup>(),
];

/// Puts a user into a group.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddUserToGroup {
    /// Who.
    pub user_name: UserName,
    /// Into which group.
    pub group_name: GroupName,
}

impl Operation for AddUserToGroup {
    const NAME: &'static str = "AddUserToGroup";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        both(caller, &self.user_name, &self.group_name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let user = existing_user(cx, &self.user_name)?;
        let group = existing_group(cx, &self.group_name)?;
        join(cx, &user, &group)
    }
}

/// Takes a user out of a group.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemoveUserFromGroup {
    /// Who.
    pub user_name: UserName,
    /// Out of which group.
    pub group_name: GroupName,
}

impl Operation for RemoveUserFromGroup {
    const NAME: &'static str = "RemoveUserFromGroup";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        both(caller, &self.user_name, &self.group_name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let user = existing_user(cx, &self.user_name)?;
        let group = existing_group(cx, &self.group_name)?;
        leave(cx, &user, &group)
    }
}

/// Lists the groups that a user is in, in the order of their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListGroupsForUser {
    /// Which user.
    pub user_name: UserName,
}

/// The groups of one user.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupsOfUser {
    groups: JoinedGroupList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct JoinedGroupList {
    group: Vec<JoinedGroup>,
}

/// A group, with the date since which the user is in it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct JoinedGroup {
    group_id: String,
    group_name: GroupName,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Comments>,
    join_date: Timestamp,
}

impl Operation for ListGroupsForUser {
    const NAME: &'static str = "ListGroupsForUser";
    const ACCESS: Access = Access::Read;
    type Response = GroupsOfUser;

    fn resources(&self, caller: &Caller) -> Resources {
        user_resource(caller.account(), &self.user_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<GroupsOfUser, ApiError> {
        let user = existing_user(cx, &self.user_name)?;
        let view = |(group, join_date): (Group, _)| JoinedGroup {
            group_id: group.id.to_wire(),
            group_name: group.name,
            comments: group.comments,
            join_date,
        };
        let group = groups_of(cx, &user)?.into_iter().map(view).collect();
        Ok(GroupsOfUser { groups: JoinedGroupList { group } })
    }
}

/// Lists the users that are in a group, in the order of their ids.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUsersForGroup {
    /// Which group.
    pub group_name: GroupName,
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many users a page holds at most: 1 to 1,000.
    #[serde(default)]
    pub max_items: PageSize,
}

/// A page of the users of one group.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MemberPage {
    users: MemberList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MemberList {
    user: Vec<Member>,
}

/// A user, with the date since which it is in the group.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Member {
    user_name: UserName,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<DisplayName>,
    join_date: Timestamp,
}

impl Operation for ListUsersForGroup {
    const NAME: &'static str = "ListUsersForGroup";
    const ACCESS: Access = Access::Read;
    type Response = MemberPage;

    fn resources(&self, caller: &Caller) -> Resources {
        group_resource(caller.account(), &self.group_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<MemberPage, ApiError> {
        let group = existing_group(cx, &self.group_name)?;
        let (members, marker) = members_of(cx, &group, self.marker.as_deref(), self.max_items.get())?;
        let view = |(user, join_date): (User, _)| Member {
            user_name: user.name,
            display_name: user.display_name,
            join_date,
        };
        let user = members.into_iter().map(view).collect();
        Ok(MemberPage { users: MemberList { user }, is_truncated: marker.is_some(), marker })
    }
}

/// What permission is needed for to change whether a user is in a group.
pub(in crate::services) fn both(caller: &Caller, user: &UserName, group: &GroupName) -> Resources {
    [user_resource(caller.account(), user), group_resource(caller.account(), group)].into_iter().collect()
}

/// Puts a user into a group. Fails with `EntityAlreadyExists.User.Group` or `LimitExceeded.User.Group`.
pub(in crate::services) fn join(cx: &mut Context<'_>, user: &User, group: &Group) -> Result<(), ApiError> {
    let (account, most) = (cx.account(), cx.limits().groups_of_user);
    if Membership::find(cx.tx(), account, user.id, group.id)?.is_some() {
        let message = format!("The user `{}` is already in the group `{}`.", user.name, group.name);
        return Err(ApiError::new(ErrorCode::EntityAlreadyExistsUserGroup, message));
    }
    if Membership::of_user(cx.tx(), account, user.id, most)?.len() >= most {
        let message =
            format!("The user `{}` is in {most} groups, which is the limit: remove it from one.", user.name);
        return Err(ApiError::new(ErrorCode::LimitExceededUserGroup, message));
    }
    let membership = Membership { user: user.id, group: group.id, joined_at: cx.now() };
    membership.insert(cx.tx_mut(), account);
    Ok(())
}

/// Takes a user out of a group. Fails with `EntityNotExist.User.Group`.
pub(in crate::services) fn leave(cx: &mut Context<'_>, user: &User, group: &Group) -> Result<(), ApiError> {
    let account = cx.account();
    let membership = Membership::find(cx.tx(), account, user.id, group.id)?.ok_or_else(|| {
        let message = format!("The user `{}` is not in the group `{}`.", user.name, group.name);
        ApiError::new(ErrorCode::EntityNotExistUserGroup, message)
    })?;
    membership.delete(cx.tx_mut(), account);
    Ok(())
}

/// The groups that a user is in, in the order of their names, with the date since which it is.
pub(in crate::services) fn groups_of(
    cx: &Context<'_>,
    user: &User,
) -> Result<Vec<(Group, Timestamp)>, ApiError> {
    let account = cx.account();
    let mut groups = Vec::new();
    for membership in Membership::of_user(cx.tx(), account, user.id, usize::MAX - 1)? {
        if let Some(group) = Group::find_by_id(cx.tx(), account, membership.group.number())? {
            groups.push((group, membership.joined_at));
        }
    }
    groups.sort_by_key(|(group, _)| group.name.folded());
    Ok(groups)
}

/// A user, with the date since which it is in a group.
pub(in crate::services) type Joined = (User, Timestamp);

/// A page of the users that are in a group, in the order of their ids, with the date since which they are; and the
/// marker of the next page.
pub(in crate::services) fn members_of(
    cx: &Context<'_>,
    group: &Group,
    marker: Option<&str>,
    size: usize,
) -> Result<(Vec<Joined>, Option<String>), ApiError> {
    let account = cx.account();
    let list = Membership::users_of(account, group.id);
    let after = marker.map(|marker| cx.open_marker(&list, marker)).transpose()?;
    let page = Membership::page_of_group(cx.tx(), account, group.id, after.as_deref(), size)?;
    let mut members = Vec::new();
    for membership in page.records {
        if let Some(user) = User::find_by_id(cx.tx(), account, membership.user.number())? {
            members.push((user, membership.joined_at));
        }
    }
    Ok((members, page.next.map(|next| cx.seal_marker(&list, &next))))
}
