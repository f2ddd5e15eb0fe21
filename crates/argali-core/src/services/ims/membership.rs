//! Memberships as IMS shows them: which users are in which groups.

use serde::{Deserialize, Serialize};

use super::user_key::{Domain, logon_resource, user_by_logon_name};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::UserId;
use crate::logon_name::LogonName;
use crate::model::{Group, User};
use crate::name::{Comments, DisplayName, GroupName, PageSize};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::group_life::{existing_group, group_resource};
use crate::services::ram::membership::{both, groups_of, join, leave, members_of};
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
    pub user_principal_name: LogonName,
    /// Into which group.
    pub group_name: GroupName,
}

impl Operation for AddUserToGroup {
    const NAME: &'static str = "AddUserToGroup";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        both(caller, &self.user_principal_name.user, &self.group_name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let user = user_by_logon_name(cx, &self.user_principal_name)?;
        let group = existing_group(cx, &self.group_name)?;
        join(cx, &user, &group)
    }
}

/// Takes a user out of a group.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemoveUserFromGroup {
    /// Who.
    pub user_principal_name: LogonName,
    /// Out of which group.
    pub group_name: GroupName,
}

impl Operation for RemoveUserFromGroup {
    const NAME: &'static str = "RemoveUserFromGroup";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        both(caller, &self.user_principal_name.user, &self.group_name)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let user = user_by_logon_name(cx, &self.user_principal_name)?;
        let group = existing_group(cx, &self.group_name)?;
        leave(cx, &user, &group)
    }
}

/// Lists the groups that a user is in, in the order of their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListGroupsForUser {
    /// Which user.
    pub user_principal_name: LogonName,
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
    display_name: Option<DisplayName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Comments>,
    join_date: Timestamp,
}

impl Operation for ListGroupsForUser {
    const NAME: &'static str = "ListGroupsForUser";
    const ACCESS: Access = Access::Read;
    type Response = GroupsOfUser;

    fn resources(&self, caller: &Caller) -> Resources {
        logon_resource(caller, &self.user_principal_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<GroupsOfUser, ApiError> {
        let user = user_by_logon_name(cx, &self.user_principal_name)?;
        let view = |(group, join_date): (Group, _)| JoinedGroup {
            group_id: group.id.to_wire(),
            group_name: group.name,
            display_name: group.display_name,
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
    /// How many users a page holds at most: 1 to 100.
    #[serde(default)]
    pub max_items: PageSize<100>,
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
    user_id: UserId,
    user_principal_name: LogonName,
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
        let domain = Domain::of(cx)?;
        let view = |(user, join_date): (User, _)| Member {
            user_id: user.id,
            user_principal_name: domain.logon_name(&user.name),
            display_name: user.display_name,
            join_date,
        };
        let user = members.into_iter().map(view).collect();
        Ok(MemberPage { users: MemberList { user }, is_truncated: marker.is_some(), marker })
    }
}
