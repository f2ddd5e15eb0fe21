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
use crate::services::ram::role::{self, CreateRole, DeleteRole, GetRole, UpdateRole};
use crate::time::EastEightTime;

/// Everything that can be done to a role.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<Twin<CreateRole, OneRole>>(),
    Entry::of::<Twin<GetRole, OneRole>>(),
    Entry::of::<ListRoles>(),
    Entry::of::<Twin<UpdateRole, OneRole>>(),
    Entry::of::<Twin<DeleteRole, ()>>(),
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
        let view = |role| RoleView::new(role::RoleView::listed(account, role), &domains);
        let role = roles.into_iter().map(view).collect();
        Ok(RolePage { roles: RoleList { role }, place: Place::of(self.page_number, self.page_size, total) })
    }
}
