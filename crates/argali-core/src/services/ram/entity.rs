//! Who has a policy: the other side of attachments.

use serde::{Deserialize, Serialize};

use super::found_policy::FoundPolicy;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::{RoleId, UserId};
use crate::model::{Attachment, AttachmentScope, Entity, Group, PolicyRef, Principal, Role, User};
use crate::name::{
    Comments, Description, DisplayName, GroupName, PolicyName, PolicyType, RoleName, UserName,
};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::time::Timestamp;

/// The listing.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListEntitiesForPolicy>()];

/// Lists the users, groups and roles of the caller's account for whom a policy counts everywhere in it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListEntitiesForPolicy {
    /// Which policy.
    pub policy_name: PolicyName,
    /// Who keeps it.
    pub policy_type: PolicyType,
}

/// Everybody who has a policy, by kind.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Entities {
    users: UserList,
    groups: GroupList,
    roles: RoleList,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserList {
    user: Vec<AttachedUser>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GroupList {
    group: Vec<AttachedGroup>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoleList {
    role: Vec<AttachedRole>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachedUser {
    user_id: UserId,
    user_name: UserName,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<DisplayName>,
    attach_date: Timestamp,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachedGroup {
    group_name: GroupName,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Comments>,
    attach_date: Timestamp,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachedRole {
    role_id: RoleId,
    role_name: RoleName,
    arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Description>,
    attach_date: Timestamp,
}

impl Operation for ListEntitiesForPolicy {
    const NAME: &'static str = "ListEntitiesForPolicy";
    const ACCESS: Access = Access::Read;
    type Response = Entities;

    fn resources(&self, caller: &Caller) -> Resources {
        let policy = PolicyRef { kind: self.policy_type, name: self.policy_name.clone() };
        ResourceName::policy(caller.account(), &policy).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<Entities, ApiError> {
        let policy = PolicyRef { kind: self.policy_type, name: self.policy_name };
        let policy = FoundPolicy::existing(cx, &policy)?.reference();
        let mut entities = Entities::default();
        for attachment in Attachment::of_policy(cx.tx(), cx.account(), &policy)? {
            if attachment.scope == AttachmentScope::Account {
                entities.add(cx, &attachment)?;
            }
        }
        Ok(entities)
    }
}

impl Entities {
    fn add(&mut self, cx: &Context<'_>, attachment: &Attachment) -> Result<(), ApiError> {
        let (tx, account, attach_date) = (cx.tx(), cx.account(), attachment.attached_at);
        match attachment.principal {
            Principal::User(id) => {
                let found = User::find_by_id(tx, account, id.number())?;
                self.users.user.extend(found.map(|user| AttachedUser {
                    user_id: user.id,
                    user_name: user.name,
                    display_name: user.display_name,
                    attach_date,
                }));
            }
            Principal::Group(id) => {
                let found = Group::find_by_id(tx, account, id.number())?;
                self.groups.group.extend(found.map(|group| AttachedGroup {
                    group_name: group.name,
                    comments: group.comments,
                    attach_date,
                }));
            }
            Principal::Role(id) => {
                let found = Role::find_by_id(tx, account, id.number())?;
                self.roles.role.extend(found.map(|role| AttachedRole {
                    role_id: role.id,
                    arn: role.arn(account),
                    role_name: role.name,
                    description: role.description,
                    attach_date,
                }));
            }
        }
        Ok(())
    }
}
