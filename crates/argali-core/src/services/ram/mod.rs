//! RAM: users, groups, roles, policies, AccessKeys and who holds what.

use crate::operation::Entry;

pub mod access_key;
mod document;
pub mod group;
pub mod membership;
pub mod system_policy;
pub mod user;

/// Everything that RAM does.
pub const OPERATIONS: &[&[Entry]] =
    &[user::OPERATIONS, access_key::OPERATIONS, group::OPERATIONS, membership::OPERATIONS];
