//! RAM: users, groups, roles, policies, AccessKeys and who holds what.

use crate::operation::Entry;

pub mod access_key;
pub(in crate::services) mod access_key_life;
pub mod account_alias;
pub mod attachment;
pub mod diagnostic;
mod document;
pub mod entity;
pub mod found_policy;
pub mod grantee;
pub mod group;
pub(in crate::services) mod group_life;
pub mod linked_role;
pub mod linked_role_deletion;
pub mod login_profile;
pub mod membership;
pub mod mfa_binding;
pub mod mfa_device;
pub(in crate::services) mod mfa_image;
pub mod own_password;
pub mod password_policy;
pub mod policy;
pub mod policy_list;
pub mod policy_version;
pub mod role;
pub(in crate::services) mod role_life;
pub mod security_preference;
pub mod system_policy;
pub mod tag;
pub mod tag_list;
pub(in crate::services) mod trust;
pub mod user;
pub(in crate::services) mod user_life;

/// Everything that RAM does.
pub const OPERATIONS: &[&[Entry]] = &[
    user::OPERATIONS,
    access_key::OPERATIONS,
    login_profile::OPERATIONS,
    own_password::OPERATIONS,
    mfa_device::OPERATIONS,
    mfa_binding::OPERATIONS,
    password_policy::OPERATIONS,
    security_preference::OPERATIONS,
    account_alias::OPERATIONS,
    group::OPERATIONS,
    membership::OPERATIONS,
    role::OPERATIONS,
    linked_role::OPERATIONS,
    linked_role_deletion::OPERATIONS,
    policy::OPERATIONS,
    policy_list::OPERATIONS,
    policy_version::OPERATIONS,
    attachment::OPERATIONS,
    entity::OPERATIONS,
    tag::OPERATIONS,
    diagnostic::OPERATIONS,
];
