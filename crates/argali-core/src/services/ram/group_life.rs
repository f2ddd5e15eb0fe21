//! How groups come, change and go, whichever API asks for it: RAM and IMS show one record.

use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, GroupId};
use crate::model::{Attachment, Entity, Group, Membership, Principal, Quota, Renamable};
use crate::name::{Comments, DisplayName, GroupName};
use crate::operation::ResourceName;

/// What a new group is made of.
#[derive(Debug)]
pub(in crate::services) struct NewGroup {
    /// Its name, which must be free.
    pub(in crate::services) name: GroupName,
    /// What people read.
    pub(in crate::services) display_name: Option<DisplayName>,
    /// A remark.
    pub(in crate::services) comments: Option<Comments>,
}

impl NewGroup {
    /// Makes the group. It has no members and no rights yet.
    ///
    /// Fails with `EntityAlreadyExists.Group` or `LimitExceeded.Group`.
    pub(in crate::services) fn make(self, cx: &mut Context<'_>) -> Result<Group, ApiError> {
        let (account, most) = (cx.account(), cx.limits().groups);
        require_free(cx, &self.name)?;
        if Quota::Groups.used(cx.tx(), account)? >= most {
            let message = format!("The account has {most} groups, which is its limit: delete one first.");
            return Err(ApiError::new(ErrorCode::LimitExceededGroup, message));
        }
        let group = Group {
            id: GroupId::generate(cx.env()),
            name: self.name,
            comments: self.comments,
            created_at: cx.now(),
            updated_at: cx.now(),
            display_name: self.display_name,
        };
        group.insert(cx.tx_mut(), account)?;
        Ok(group)
    }
}

/// A change of a group. What is left out stays as it is; members and policies stay in any case.
#[derive(Debug)]
pub(in crate::services) struct GroupChange {
    /// Another name.
    pub(in crate::services) name: Option<GroupName>,
    /// Another name for people to read.
    pub(in crate::services) display_name: Option<DisplayName>,
    /// Another remark.
    pub(in crate::services) comments: Option<Comments>,
}

impl GroupChange {
    /// Changes the group, and returns it as it is afterwards.
    ///
    /// Fails with `EntityAlreadyExists.Group` if the new name is another's.
    pub(in crate::services) fn make(self, cx: &mut Context<'_>, mut group: Group) -> Result<Group, ApiError> {
        let account = cx.account();
        group.display_name = self.display_name.or(group.display_name);
        group.comments = self.comments.or(group.comments);
        group.updated_at = cx.now();
        match self.name {
            Some(name) if name != group.name => {
                if name.folded() != group.name.folded() {
                    require_free(cx, &name)?;
                }
                group.rename(cx.tx_mut(), account, name);
            }
            _ => group.save(cx.tx_mut(), account),
        }
        Ok(group)
    }
}

/// The group as something that permission is needed for.
pub(in crate::services) fn group_resource(account: AccountId, name: &GroupName) -> ResourceName {
    ResourceName::ram(account, format!("group/{name}"))
}

/// The group of this name, or `EntityNotExist.Group`.
pub(in crate::services) fn existing_group(cx: &Context<'_>, name: &GroupName) -> Result<Group, ApiError> {
    Group::find(cx.tx(), cx.account(), name)?.ok_or_else(|| {
        let message = format!("The group `{name}` does not exist: check GroupName.");
        ApiError::new(ErrorCode::EntityNotExistGroup, message)
    })
}

/// Fails with `DeleteConflict.Group.…` while the group has members or policies attached.
// SPEC: limits, deletion order.
pub(in crate::services) fn require_bare(cx: &Context<'_>, group: &Group) -> Result<(), ApiError> {
    let account = cx.account();
    let conflict = |code, what: &str| {
        Err(ApiError::new(code, format!("The group `{}` still has {what}: remove them first.", group.name)))
    };
    if !Membership::page_of_group(cx.tx(), account, group.id, None, 1)?.records.is_empty() {
        return conflict(ErrorCode::DeleteConflictGroupUser, "members");
    }
    if !Attachment::of_principal(cx.tx(), account, Principal::Group(group.id))?.is_empty() {
        return conflict(ErrorCode::DeleteConflictGroupPolicy, "policies attached");
    }
    Ok(())
}

fn require_free(cx: &Context<'_>, name: &GroupName) -> Result<(), ApiError> {
    if Group::find(cx.tx(), cx.account(), name)?.is_none() {
        return Ok(());
    }
    let message =
        format!("The group `{name}` already exists: choose another name; case makes no difference.");
    Err(ApiError::new(ErrorCode::EntityAlreadyExistsGroup, message))
}
