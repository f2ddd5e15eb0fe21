//! The end of service-linked roles: decided when it is asked for, and told by a task that is looked up afterwards.
// SPEC: evaluation, sessions and what ends them: deletion is refused while the service uses the role.

use argali_policy::Context as Conditions;
use serde::{Deserialize, Serialize};

use super::linked_role::SERVICE_NAME;
use super::role_life::existing_role;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::RequestId;
use crate::model::{Attachment, Entity, Principal, Role, RoleDeletion, RoleUse};
use crate::name::RoleName;
use crate::operation::{Access, Check, Entry, Operation, ResourceName, Resources};
use crate::services::actiontrail;

/// The deletion. What became of it is asked of Resource Management, which lists the operation for that.
pub const OPERATIONS: &[Entry] = &[Entry::of::<DeleteServiceLinkedRole>()];

/// How many resources that use a role are named.
const MOST_USES: usize = 20;
/// For how long what became of a deletion can be asked, in seconds.
const ANSWERED_FOR_S: i64 = 30 * 24 * 3_600;

/// Removes the role that is linked to a service with its policy, unless the service uses it. What became of it is
/// answered by `GetServiceLinkedRoleDeletionStatus`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteServiceLinkedRole {
    /// Which role.
    pub role_name: RoleName,
}

/// By what to ask for the outcome.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeletionTask {
    deletion_task_id: String,
}

impl Operation for DeleteServiceLinkedRole {
    const NAME: &'static str = "DeleteServiceLinkedRole";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = DeletionTask;

    /// Nothing yet: which service the role belongs to is known to the catalog of services alone.
    fn resources(&self, _: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<DeletionTask, ApiError> {
        let account = cx.account();
        // The name tells the service whether or not there is such a role, so that a refusal tells nothing.
        let declared = cx.core().registry().catalog().linked_role_called(&self.role_name);
        let mut conditions = Conditions::new();
        if let Some(declared) = declared {
            conditions.add(SERVICE_NAME, declared.service.as_str());
        }
        let resource = ResourceName::ram(account, "role/*");
        cx.authorize_check(&Check { action: "ram:DeleteServiceLinkedRole".into(), resource, conditions })?;

        let role = existing_role(cx, &self.role_name)?;
        let Some(service) = role.linked_to.clone() else {
            let message = format!("The role `{}` is linked to no service: use DeleteRole.", role.name);
            return Err(ApiError::invalid("RoleName", message));
        };
        let uses = uses_of(cx, &role, &service)?;
        if uses.is_empty() {
            for attachment in Attachment::of_principal(cx.tx(), account, Principal::Role(role.id))? {
                attachment.delete(cx.tx_mut(), account)?;
            }
            role.delete(cx.tx_mut(), account)?;
        }
        let deletion = RoleDeletion {
            role: role.name,
            service,
            number: RequestId::generate(cx.env()).to_string().to_lowercase(),
            at: cx.now(),
            uses,
            expires_at: cx.now().plus_seconds(ANSWERED_FOR_S),
        };
        deletion.save(cx.tx_mut(), account)?;
        Ok(DeletionTask { deletion_task_id: deletion.task_id() })
    }
}

/// Shows what became of the deletion of a service-linked role. Resource Management offers it for both products.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetServiceLinkedRoleDeletionStatus {
    /// What `DeleteServiceLinkedRole` answered.
    pub deletion_task_id: String,
}

/// How a deletion ended. Deletions are decided at once, so that none is under way.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeletionStatus {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reason {
    message: String,
    role_usages: RoleUsages,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoleUsages {
    role_usage: Vec<RoleUsage>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoleUsage {
    region: String,
    resources: UsingResources,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UsingResources {
    resource: Vec<String>,
}

impl GetServiceLinkedRoleDeletionStatus {
    /// The service and the role of `task/acs-service-role/<service>/<role>/<uuid>`.
    fn named(&self) -> Option<(&str, RoleName)> {
        let mut parts = self.deletion_task_id.strip_prefix("task/acs-service-role/")?.split('/');
        Some((parts.next()?, parts.next()?.parse().ok()?))
    }
}

impl Operation for GetServiceLinkedRoleDeletionStatus {
    const NAME: &'static str = "GetServiceLinkedRoleDeletionStatus";
    const ACCESS: Access = Access::Read;
    type Response = DeletionStatus;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "role/*").into()
    }

    fn conditions(&self, conditions: &mut Conditions) {
        if let Some((service, _)) = self.named() {
            conditions.add(SERVICE_NAME, service);
        }
    }

    fn run(self, cx: &mut Context<'_>) -> Result<DeletionStatus, ApiError> {
        let account = cx.account();
        let deletion = match self.named() {
            Some((_, role)) => RoleDeletion::find(cx.tx(), account, &role)?,
            None => None,
        };
        let deletion =
            deletion.filter(|found| found.task_id() == self.deletion_task_id).ok_or_else(|| {
                let message = "There is no such deletion: send DeletionTaskId as the last \
                           DeleteServiceLinkedRole of the role answered it.";
                ApiError::new(ErrorCode::EntityNotExistDeletionTask, message)
            })?;
        if deletion.uses.is_empty() {
            return Ok(DeletionStatus { status: "SUCCEEDED", reason: None });
        }
        let message = format!(
            "Service-Linked Role acs:ram::{account}:role/{} cannot be deleted as it is in use by {}.",
            deletion.role, deletion.service
        );
        let usage = |RoleUse { region, resources }| RoleUsage {
            region,
            resources: UsingResources { resource: resources },
        };
        let role_usages = RoleUsages { role_usage: deletion.uses.into_iter().map(usage).collect() };
        Ok(DeletionStatus { status: "FAILED", reason: Some(Reason { message, role_usages }) })
    }
}

/// What of the account uses a role: resources that services declare, and trails.
fn uses_of(cx: &Context<'_>, role: &Role, service: &str) -> Result<Vec<RoleUse>, ApiError> {
    let catalog = cx.core().registry().catalog();
    let mut uses = match catalog.linked_role(service) {
        Some(declared) => catalog.uses_of(cx, declared, MOST_USES)?,
        None => Vec::new(),
    };
    if service == actiontrail::PRINCIPAL {
        uses.extend(actiontrail::trail::use_of_role(cx, &role.arn(cx.account()))?);
    }
    Ok(uses)
}
