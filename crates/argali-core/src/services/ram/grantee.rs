//! Who policies are attached to: what users, groups and roles have in common, and where they differ.

use std::fmt;

use serde::de::DeserializeOwned;

use super::group_life::{existing_group, group_resource};
use super::role_life::{changeable_role, existing_role, role_resource};
use super::user_life::{existing_user, user_resource};
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::Principal;
use crate::name::{GroupName, RoleName, UserName};
use crate::operation::ResourceName;

/// The name of a user, group or role, with everything that sets its kind apart.
pub trait Grantee: DeserializeOwned + fmt::Display + fmt::Debug + Send + 'static {
    /// The kind, as messages write it.
    const KIND: &'static str;
    /// The parameter that holds the name.
    const PARAMETER: &'static str;
    /// The operation that attaches a policy.
    const ATTACH: &'static str;
    /// The operation that detaches a policy.
    const DETACH: &'static str;
    /// The operation that lists policies.
    const LIST: &'static str;
    /// The code of a policy that is attached already.
    const ATTACHED: ErrorCode;
    /// The code of a policy that is not attached.
    const NOT_ATTACHED: ErrorCode;
    /// The code of one policy too many.
    const FULL: ErrorCode;

    /// What permission is needed for.
    fn resource(&self, account: AccountId) -> ResourceName;

    /// Whoever has the name, or `EntityNotExist.<Kind>`.
    fn existing(&self, cx: &Context<'_>) -> Result<Principal, ApiError>;

    /// The same, if its policies may be changed.
    fn changeable(&self, cx: &Context<'_>) -> Result<Principal, ApiError> {
        self.existing(cx)
    }
}

impl Grantee for UserName {
    const KIND: &'static str = "user";
    const PARAMETER: &'static str = "UserName";
    const ATTACH: &'static str = "AttachPolicyToUser";
    const DETACH: &'static str = "DetachPolicyFromUser";
    const LIST: &'static str = "ListPoliciesForUser";
    const ATTACHED: ErrorCode = ErrorCode::EntityAlreadyExistsUserPolicy;
    const NOT_ATTACHED: ErrorCode = ErrorCode::EntityNotExistUserPolicy;
    const FULL: ErrorCode = ErrorCode::LimitExceededUserPolicy;

    fn resource(&self, account: AccountId) -> ResourceName {
        user_resource(account, self)
    }

    fn existing(&self, cx: &Context<'_>) -> Result<Principal, ApiError> {
        existing_user(cx, self).map(|user| Principal::User(user.id))
    }
}

impl Grantee for GroupName {
    const KIND: &'static str = "group";
    const PARAMETER: &'static str = "GroupName";
    const ATTACH: &'static str = "AttachPolicyToGroup";
    const DETACH: &'static str = "DetachPolicyFromGroup";
    const LIST: &'static str = "ListPoliciesForGroup";
    const ATTACHED: ErrorCode = ErrorCode::EntityAlreadyExistsGroupPolicy;
    const NOT_ATTACHED: ErrorCode = ErrorCode::EntityNotExistGroupPolicy;
    const FULL: ErrorCode = ErrorCode::LimitExceededGroupPolicy;

    fn resource(&self, account: AccountId) -> ResourceName {
        group_resource(account, self)
    }

    fn existing(&self, cx: &Context<'_>) -> Result<Principal, ApiError> {
        existing_group(cx, self).map(|group| Principal::Group(group.id))
    }
}

impl Grantee for RoleName {
    const KIND: &'static str = "role";
    const PARAMETER: &'static str = "RoleName";
    const ATTACH: &'static str = "AttachPolicyToRole";
    const DETACH: &'static str = "DetachPolicyFromRole";
    const LIST: &'static str = "ListPoliciesForRole";
    const ATTACHED: ErrorCode = ErrorCode::EntityAlreadyExistsRolePolicy;
    const NOT_ATTACHED: ErrorCode = ErrorCode::EntityNotExistRolePolicy;
    const FULL: ErrorCode = ErrorCode::LimitExceededRolePolicy;

    fn resource(&self, account: AccountId) -> ResourceName {
        role_resource(account, self)
    }

    fn existing(&self, cx: &Context<'_>) -> Result<Principal, ApiError> {
        existing_role(cx, self).map(|role| Principal::Role(role.id))
    }

    fn changeable(&self, cx: &Context<'_>) -> Result<Principal, ApiError> {
        changeable_role(cx, self).map(|role| Principal::Role(role.id))
    }
}
