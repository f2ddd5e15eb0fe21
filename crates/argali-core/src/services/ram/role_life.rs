//! What must hold of a role before something is done to it, whichever API asks for it.

use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::hosted::LINKED_ROLE_PREFIX;
use crate::identifier::AccountId;
use crate::model::{Entity, Quota, Role};
use crate::name::RoleName;
use crate::operation::{ResourceName, Tagged};

/// The role as something that permission is needed for.
pub(in crate::services) fn role_resource(account: AccountId, name: &RoleName) -> ResourceName {
    ResourceName::ram(account, format!("role/{name}")).with_tags_of(Tagged::Role(name.clone()))
}

/// The role of this name, or `EntityNotExist.Role`.
pub(in crate::services) fn existing_role(cx: &Context<'_>, name: &RoleName) -> Result<Role, ApiError> {
    Role::find(cx.tx(), cx.account(), name)?.ok_or_else(|| {
        let message = format!("The role `{name}` does not exist: check RoleName.");
        ApiError::new(ErrorCode::EntityNotExistRole, message)
    })
}

/// The same, unless a service owns it: nobody else changes its trust, its policies or how it is assumed.
// SPEC: evaluation, AssumeRole, service-linked role: trust and policies cannot be edited.
pub(in crate::services) fn changeable_role(cx: &Context<'_>, name: &RoleName) -> Result<Role, ApiError> {
    let role = existing_role(cx, name)?;
    let Some(service) = &role.linked_to else { return Ok(role) };
    let message = format!(
        "The role `{name}` is linked to {service} and cannot be changed: at most, delete it with \
         DeleteServiceLinkedRole."
    );
    Err(ApiError::new(ErrorCode::NotSupportServiceLinkedRole, message))
}

/// That a new role may have this name, and that the account may have one more.
pub(super) fn require_room(cx: &Context<'_>, name: &RoleName) -> Result<(), ApiError> {
    let account = cx.account();
    if Role::find(cx.tx(), account, name)?.is_some() {
        let message =
            format!("The role `{name}` already exists: choose another name; case makes no difference.");
        return Err(ApiError::new(ErrorCode::EntityAlreadyExistsRole, message));
    }
    if Quota::Roles.used(cx.tx(), account)? >= cx.limits().roles {
        let message =
            format!("The account has {} roles, which is its limit: delete one first.", cx.limits().roles);
        return Err(ApiError::new(ErrorCode::LimitExceededRole, message));
    }
    Ok(())
}

/// That no role of one's own takes the place, or the looks, of one that a service owns.
pub(super) fn require_unreserved(name: &RoleName) -> Result<(), ApiError> {
    if name.folded().starts_with(&LINKED_ROLE_PREFIX.to_lowercase()) {
        let message = format!(
            "Names that begin with `{LINKED_ROLE_PREFIX}` are those of service-linked roles: choose another, or \
             use CreateServiceLinkedRole."
        );
        return Err(ApiError::invalid("RoleName", message));
    }
    Ok(())
}
