//! Service-linked roles: made from what a service declares, assumed by that service alone, changed by nobody.
// SPEC: evaluation, sessions and what ends them, service-linked role.

use argali_policy::{Context as Conditions, Document, DocumentKind};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::role_life::require_room;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::hosted::LinkedRole;
use crate::identifier::RoleId;
use crate::model::{Attachment, AttachmentScope, Entity, NewRole, PolicyRef, Principal, Role, Tags};
use crate::name::{Description, PolicyName, PolicyType, RoleName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::time::Timestamp;

/// How they come into being.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<CreateServiceLinkedRole>(), Entry::of::<GetServiceLinkedRoleTemplate>()];

/// How long their sessions last at most, in seconds.
// SPEC: policy language, sizes and limits: fixed for service-linked roles.
const SESSION_S: u32 = 3_600;
/// The condition key of the service.
pub(super) const SERVICE_NAME: &str = "ram:ServiceName";

/// A service-linked role that was just made, as RAM shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewLinkedRole {
    pub(in crate::services) role_id: RoleId,
    pub(in crate::services) role_name: RoleName,
    pub(in crate::services) arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::services) description: Option<Description>,
    pub(in crate::services) assume_role_policy_document: String,
    pub(in crate::services) is_service_linked_role: bool,
    pub(in crate::services) create_date: Timestamp,
}

/// An answer that holds one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneLinkedRole {
    pub(in crate::services) role: NewLinkedRole,
}

/// Makes the role that is linked to a service, with the policy that it has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateServiceLinkedRole {
    /// Which service, as trust policies call it.
    pub service_name: String,
    /// What is appended to the role's name, for services of which an account may have several.
    pub custom_suffix: Option<RoleName>,
    /// What it is for; without a suffix, the text is the service's.
    pub description: Option<Description>,
}

impl Operation for CreateServiceLinkedRole {
    const NAME: &'static str = "CreateServiceLinkedRole";
    const ACCESS: Access = Access::Identity;
    type Response = OneLinkedRole;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "role/*").into()
    }

    fn conditions(&self, conditions: &mut Conditions) {
        conditions.add(SERVICE_NAME, self.service_name.as_str());
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneLinkedRole, ApiError> {
        let account = cx.account();
        let declared = declared_role(cx, &self.service_name)?;
        let name = name_of(declared, self.custom_suffix.as_ref())?;
        require_room(cx, &name)?;
        let described = self.description.filter(|_| self.custom_suffix.is_some());
        let text = trust_in(&declared.service);
        let trust = Document::parse(DocumentKind::Trust, &text).map_err(ApiError::internal)?;
        let role = Role::from(NewRole {
            id: RoleId::generate(cx.env()),
            name,
            description: described.or_else(|| declared.description().cloned()),
            trust: (text, &trust),
            max_session_duration_s: SESSION_S,
            allow_console_login: false,
            tags: Tags::new(),
            linked_to: Some(declared.service.clone()),
            at: cx.now(),
        });
        role.insert(cx.tx_mut(), account)?;
        let attachment = Attachment {
            principal: Principal::Role(role.id),
            scope: AttachmentScope::Account,
            policy: PolicyRef { kind: PolicyType::System, name: declared.policy.clone() },
            attached_at: cx.now(),
        };
        attachment.insert(cx.tx_mut(), account)?;
        let role = NewLinkedRole {
            role_id: role.id,
            arn: role.arn(account),
            role_name: role.name,
            description: role.description,
            assume_role_policy_document: role.trust_policy,
            is_service_linked_role: true,
            create_date: role.created_at,
        };
        Ok(OneLinkedRole { role })
    }
}

/// Shows what the role that is linked to a service will be.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetServiceLinkedRoleTemplate {
    /// Which service, as trust policies call it.
    pub service_name: String,
}

/// An answer that holds a template.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneTemplate {
    service_linked_role_template: Template,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Template {
    service_name: String,
    role_name_prefix: RoleName,
    multiple_roles_allowed: bool,
    system_policy_name: PolicyName,
    role_descriptions: TemplateDescriptions,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TemplateDescriptions {
    role_description: Vec<TemplateDescription>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TemplateDescription {
    language: String,
    description: Description,
}

impl Operation for GetServiceLinkedRoleTemplate {
    const NAME: &'static str = "GetServiceLinkedRoleTemplate";
    const ACCESS: Access = Access::Read;
    type Response = OneTemplate;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "role/*").into()
    }

    fn conditions(&self, conditions: &mut Conditions) {
        conditions.add(SERVICE_NAME, self.service_name.as_str());
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneTemplate, ApiError> {
        let declared = declared_role(cx, &self.service_name)?.clone();
        let descriptions = declared.descriptions.into_iter();
        let role_description =
            descriptions.map(|(language, description)| TemplateDescription { language, description });
        let service_linked_role_template = Template {
            service_name: declared.service,
            role_name_prefix: declared.name,
            multiple_roles_allowed: declared.suffixes,
            system_policy_name: declared.policy,
            role_descriptions: TemplateDescriptions { role_description: role_description.collect() },
        };
        Ok(OneTemplate { service_linked_role_template })
    }
}

/// What the role of a service is made of, or `InvalidParameter.ServiceName`.
fn declared_role<'a>(cx: &Context<'a>, service: &str) -> Result<&'a LinkedRole, ApiError> {
    cx.core().registry().catalog().linked_role(service).ok_or_else(|| {
        let message = "No service of this ServiceName has a service-linked role here: check its spelling.";
        ApiError::invalid("ServiceName", message)
    })
}

fn name_of(declared: &LinkedRole, suffix: Option<&RoleName>) -> Result<RoleName, ApiError> {
    let Some(suffix) = suffix else { return Ok(declared.name.clone()) };
    if !declared.suffixes {
        let message = "An account has one role of this service: leave CustomSuffix out.";
        return Err(ApiError::invalid("CustomSuffix", message));
    }
    declared.with_suffix(suffix.as_str()).parse().map_err(|_| {
        let message = "The role's name has at most 64 characters with its suffix: choose a shorter one.";
        ApiError::invalid("CustomSuffix.Length", message)
    })
}

/// A trust policy that names a service alone.
fn trust_in(service: &str) -> String {
    let statement = json!({
        "Action": "sts:AssumeRole",
        "Effect": "Allow",
        "Principal": { "Service": [service] },
    });
    json!({ "Statement": [statement], "Version": "1" }).to_string()
}
