//! Roles: identities that are assumed, never logged in to.

use argali_policy::Context as Conditions;
use serde::{Deserialize, Serialize};

use super::role_life::{changeable_role, existing_role, require_room, require_unreserved, role_resource};
use super::tag_list::{TagList, TagViews, tag_conditions};
use super::trust::{read_trust, trust_conditions};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, RoleId};
use crate::model::{Attachment, DeletedRole, Entity, NewRole, Principal, Role, RoleDeletion};
use crate::name::{Description, PageSize, RoleName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::session::LONGEST_SESSION_S;
use crate::time::Timestamp;

/// Everything that can be done to a role.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateRole>(),
    Entry::of::<GetRole>(),
    Entry::of::<ListRoles>(),
    Entry::of::<UpdateRole>(),
    Entry::of::<DeleteRole>(),
];

/// How long sessions of a role may last unless told, in seconds.
const DEFAULT_SESSION_S: u32 = 3_600;

/// A role as RAM shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleView {
    pub(in crate::services) role_id: RoleId,
    pub(in crate::services) role_name: RoleName,
    pub(in crate::services) arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::services) description: Option<Description>,
    /// Not in listings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::services) assume_role_policy_document: Option<String>,
    pub(in crate::services) max_session_duration: u32,
    pub(in crate::services) allow_console_login: bool,
    pub(in crate::services) create_date: Timestamp,
    /// Not in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::services) update_date: Option<Timestamp>,
    /// Only where one role is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::services) is_service_linked_role: Option<bool>,
    /// Only where one role is shown that its service still uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::services) latest_deletion_task: Option<DeletionTaskView>,
    /// Only in listings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::services) tags: Option<TagViews>,
}

/// The last wish to delete a service-linked role, which could not be fulfilled.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeletionTaskView {
    create_date: Timestamp,
    deletion_task_id: String,
}

impl RoleView {
    fn new(account: AccountId, role: Role) -> Self {
        Self { update_date: None, ..Self::whole(account, role) }
    }

    fn whole(account: AccountId, role: Role) -> Self {
        let document = role.trust_policy.clone();
        Self { assume_role_policy_document: Some(document), tags: None, ..Self::listed(account, role) }
    }

    /// A role with what links it to a service.
    pub(in crate::services) fn shown(cx: &Context<'_>, role: Role) -> Result<Self, ApiError> {
        let linked = role.linked_to.is_some();
        // Of a role that bears the name of one that was deleted, there is no such wish.
        let deletion = match linked {
            true => RoleDeletion::find(cx.tx(), cx.account(), &role.name)?,
            false => None,
        };
        let deletion = deletion.filter(|deletion| !deletion.uses.is_empty());
        Ok(Self {
            is_service_linked_role: Some(linked),
            latest_deletion_task: deletion.map(|deletion| DeletionTaskView {
                create_date: deletion.at,
                deletion_task_id: deletion.task_id(),
            }),
            ..Self::whole(cx.account(), role)
        })
    }

    /// A role as an entry of a listing.
    pub(in crate::services) fn listed(account: AccountId, role: Role) -> Self {
        Self {
            role_id: role.id,
            arn: role.arn(account),
            role_name: role.name,
            description: role.description,
            assume_role_policy_document: None,
            max_session_duration: role.max_session_duration_s,
            allow_console_login: role.allow_console_login,
            create_date: role.created_at,
            update_date: Some(role.updated_at),
            is_service_linked_role: None,
            latest_deletion_task: None,
            tags: TagViews::of(role.tags),
        }
    }
}

/// An answer that holds one role.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneRole {
    pub(in crate::services) role: RoleView,
}

/// Makes a role. It has no rights yet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateRole {
    /// What the role is called.
    pub role_name: RoleName,
    /// Who may assume it.
    pub assume_role_policy_document: String,
    /// What it is for.
    pub description: Option<Description>,
    /// How long its sessions may last, in seconds: 3,600 (unless told) to 43,200.
    pub max_session_duration: Option<i64>,
    /// Whether people may switch to it in the console; they may unless told.
    pub allow_console_login: Option<bool>,
    /// What it is labelled with.
    pub tag: Option<TagList>,
}

impl Operation for CreateRole {
    const NAME: &'static str = "CreateRole";
    const ACCESS: Access = Access::Identity;
    type Response = OneRole;

    fn resources(&self, caller: &Caller) -> Resources {
        role_resource(caller.account(), &self.role_name).into()
    }

    fn conditions(&self, conditions: &mut Conditions) {
        trust_conditions(&self.assume_role_policy_document, conditions);
        tag_conditions(self.tag.iter().flat_map(TagList::as_slice), conditions);
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneRole, ApiError> {
        let account = cx.account();
        let max_session_duration_s = session_duration(self.max_session_duration)?;
        let tags = self.tag.map(TagList::into_tags).transpose()?.unwrap_or_default();
        let text = self.assume_role_policy_document;
        let trust = read_trust(cx, "AssumeRolePolicyDocument", &text)?;
        require_unreserved(&self.role_name)?;
        require_room(cx, &self.role_name)?;
        let role = Role::from(NewRole {
            id: RoleId::generate(cx.env()),
            name: self.role_name,
            description: self.description,
            trust: (text, &trust),
            max_session_duration_s: max_session_duration_s.unwrap_or(DEFAULT_SESSION_S),
            allow_console_login: self.allow_console_login.unwrap_or(true),
            tags,
            linked_to: None,
            at: cx.now(),
        });
        role.insert(cx.tx_mut(), account)?;
        Ok(OneRole { role: RoleView::new(account, role) })
    }
}

/// Shows a role.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetRole {
    /// Which role.
    pub role_name: RoleName,
}

impl Operation for GetRole {
    const NAME: &'static str = "GetRole";
    const ACCESS: Access = Access::Read;
    type Response = OneRole;

    fn resources(&self, caller: &Caller) -> Resources {
        role_resource(caller.account(), &self.role_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneRole, ApiError> {
        let role = existing_role(cx, &self.role_name)?;
        Ok(OneRole { role: RoleView::shown(cx, role)? })
    }
}

/// Lists the roles of the caller's account, in the order of their names, without their trust policies.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListRoles {
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many roles a page holds at most: 1 to 1,000.
    #[serde(default)]
    pub max_items: PageSize,
    /// Only roles with all these tags.
    pub tag: Option<TagList>,
}

/// A page of roles.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RolePage {
    roles: RoleList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoleList {
    role: Vec<RoleView>,
}

impl Operation for ListRoles {
    const NAME: &'static str = "ListRoles";
    const ACCESS: Access = Access::Read;
    type Response = RolePage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "role/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<RolePage, ApiError> {
        let account = cx.account();
        let (marker, size) = (self.marker.as_deref(), self.max_items.get());
        let (roles, marker) = match &self.tag {
            Some(tags) => cx.page_where(marker, size, |role: &Role| tags.matches(&role.tags))?,
            None => cx.page::<Role>(marker, size)?,
        };
        let role = roles.into_iter().map(|role| RoleView::listed(account, role)).collect();
        Ok(RolePage { roles: RoleList { role }, is_truncated: marker.is_some(), marker })
    }
}

/// Changes a role. What is left out stays as it is.
///
/// Sessions that the new trust policy would no longer begin end at their next request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateRole {
    /// Which role.
    pub role_name: RoleName,
    /// Who may assume it from now on; it replaces the whole trust policy.
    pub new_assume_role_policy_document: Option<String>,
    /// What it is for.
    pub new_description: Option<Description>,
    /// How long its sessions may last, in seconds: 3,600 to 43,200.
    pub new_max_session_duration: Option<i64>,
    /// Whether people may switch to it in the console.
    pub new_allow_console_login: Option<bool>,
}

impl Operation for UpdateRole {
    const NAME: &'static str = "UpdateRole";
    const ACCESS: Access = Access::Identity;
    type Response = OneRole;

    fn resources(&self, caller: &Caller) -> Resources {
        role_resource(caller.account(), &self.role_name).into()
    }

    /// The same as of `CreateRole`: whoever may not make a role that trusts a service may not turn one into it.
    fn conditions(&self, conditions: &mut Conditions) {
        if let Some(document) = &self.new_assume_role_policy_document {
            trust_conditions(document, conditions);
        }
    }

    fn is_sensitive(&self, _cx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(self.new_assume_role_policy_document.is_some())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneRole, ApiError> {
        let account = cx.account();
        let duration = session_duration(self.new_max_session_duration)?;
        let mut role = changeable_role(cx, &self.role_name)?;
        role.max_session_duration_s = duration.unwrap_or(role.max_session_duration_s);
        if let Some(allow) = self.new_allow_console_login {
            role.allow_console_login(allow, cx.now());
        }
        role.description = self.new_description.or(role.description);
        role.updated_at = cx.now();
        match self.new_assume_role_policy_document {
            Some(text) => {
                let trust = read_trust(cx, "NewAssumeRolePolicyDocument", &text)?;
                let at = cx.now();
                role.set_trust(cx.tx_mut(), account, (text, &trust), at);
            }
            None => role.save(cx.tx_mut(), account),
        }
        Ok(OneRole { role: RoleView::whole(account, role) })
    }
}

/// Removes a role, which must have no policies left. Its sessions end, and no later role revives them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteRole {
    /// Which role.
    pub role_name: RoleName,
}

impl Operation for DeleteRole {
    const NAME: &'static str = "DeleteRole";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        role_resource(caller.account(), &self.role_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let role = changeable_role(cx, &self.role_name)?;
        if !Attachment::of_principal(cx.tx(), account, Principal::Role(role.id))?.is_empty() {
            let message = format!("The role `{}` still has policies attached: detach them first.", role.name);
            return Err(ApiError::new(ErrorCode::DeleteConflictRolePolicy, message));
        }
        let at = cx.now();
        let deleted = DeletedRole { at, changed_at: role.quiet_since(at) };
        deleted.insert(cx.tx_mut(), account, role.id);
        Ok(role.delete(cx.tx_mut(), account)?)
    }
}

fn session_duration(seconds: Option<i64>) -> Result<Option<u32>, ApiError> {
    let Some(seconds) = seconds else { return Ok(None) };
    match u32::try_from(seconds) {
        Ok(seconds @ DEFAULT_SESSION_S..=LONGEST_SESSION_S) => Ok(Some(seconds)),
        _ => {
            let message =
                format!("A role's longest session has {DEFAULT_SESSION_S} to {LONGEST_SESSION_S} seconds.");
            Err(ApiError::invalid("MaxSessionDuration", message))
        }
    }
}
