//! Roles as Resource Management shows them.

use serde::{Deserialize, Serialize};

use super::page::{PageNumber, PageSize, Place, before};
use super::principal::Domains;
use super::twin::{Twin, View};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::RoleId;
use crate::model::{Entity, Quota, Role};
use crate::name::{Description, RoleName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::ram::linked_role::{self, CreateServiceLinkedRole};
use crate::services::ram::linked_role_deletion::{
    DeleteServiceLinkedRole, DeletionTask, GetServiceLinkedRoleDeletionStatus,
};
use crate::services::ram::role::{self, CreateRole, DeleteRole, DeletionTaskView, GetRole, UpdateRole};
use crate::time::EastEightTime;

/// Everything that can be done to a role.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<Twin<CreateRole, OneRole>>(),
    Entry::of::<Twin<GetRole, OneRole>>(),
    Entry::of::<ListRoles>(),
    Entry::of::<Twin<UpdateRole, OneRole>>(),
    Entry::of::<Twin<DeleteRole, ()>>(),
    Entry::of::<Twin<CreateServiceLinkedRole, OneLinkedRole>>(),
    Entry::of::<Twin<DeleteServiceLinkedRole, DeletionTask>>(),
    Entry::of::<GetServiceLinkedRoleDeletionStatus>(),
];

/// A role as Resource Management shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleView {
    role_id: RoleId,
    role_name: RoleName,
    arn: String,
    /// What attachments call it.
    role_principal_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Description>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assume_role_policy_document: Option<String>,
    max_session_duration: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_service_linked_role: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_deletion_task: Option<DeletionTaskView>,
    create_date: EastEightTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_date: Option<EastEightTime>,
}

impl RoleView {
    fn new(role: role::RoleView, domains: &Domains) -> Self {
        Self {
            role_principal_name: domains.role(&role.role_name),
            role_id: role.role_id,
            role_name: role.role_name,
            arn: role.arn,
            description: role.description,
            assume_role_policy_document: role.assume_role_policy_document,
            max_session_duration: role.max_session_duration,
            is_service_linked_role: role.is_service_linked_role,
            latest_deletion_task: role.latest_deletion_task,
            create_date: EastEightTime(role.create_date),
            update_date: role.update_date.map(EastEightTime),
        }
    }
}

/// An answer that holds one role.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneRole {
    role: RoleView,
}

impl View<role::OneRole> for OneRole {
    fn of(answer: role::OneRole, cx: &Context<'_>) -> Result<Self, ApiError> {
        Ok(Self { role: RoleView::new(answer.role, &Domains::of(cx)?) })
    }
}

/// A service-linked role that was just made, as Resource Management shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewLinkedRole {
    role_id: RoleId,
    role_name: RoleName,
    arn: String,
    role_principal_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Description>,
    assume_role_policy_document: String,
    is_service_linked_role: bool,
    create_date: EastEightTime,
}

/// An answer that holds one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneLinkedRole {
    role: NewLinkedRole,
}

impl View<linked_role::OneLinkedRole> for OneLinkedRole {
    fn of(answer: linked_role::OneLinkedRole, cx: &Context<'_>) -> Result<Self, ApiError> {
        let role = answer.role;
        let role = NewLinkedRole {
            role_principal_name: Domains::of(cx)?.role(&role.role_name),
            role_id: role.role_id,
            role_name: role.role_name,
            arn: role.arn,
            description: role.description,
            assume_role_policy_document: role.assume_role_policy_document,
            is_service_linked_role: role.is_service_linked_role,
            create_date: EastEightTime(role.create_date),
        };
        Ok(Self { role })
    }
}

/// Lists the roles of the caller's account, in the order of their names, without their trust policies.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListRoles {
    /// Which page.
    #[serde(default)]
    pub page_number: PageNumber,
    /// How many roles a page holds at most.
    #[serde(default)]
    pub page_size: PageSize,
}

/// A page of roles.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RolePage {
    roles: RoleList,
    #[serde(flatten)]
    place: Place,
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
        let (account, skip) = (cx.account(), before(self.page_number, self.page_size));
        let roles = Role::numbered_page(cx.tx(), account, skip, self.page_size.get())?;
        let total = usize::try_from(Quota::Roles.used(cx.tx(), account)?).unwrap_or(usize::MAX);
        let domains = Domains::of(cx)?;
        let view = |role| {
            let shown = RoleView::new(role::RoleView::shown(cx, role)?, &domains);
            Ok(RoleView { assume_role_policy_document: None, ..shown })
        };
        let role = roles.into_iter().map(view).collect::<Result<_, ApiError>>()?;
        Ok(RolePage { roles: RoleList { role }, place: Place::of(self.page_number, self.page_size, total) })
    }
}
