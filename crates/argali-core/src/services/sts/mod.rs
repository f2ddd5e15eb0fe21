//! STS: temporary credentials.

use crate::operation::Entry;

pub mod arn;
pub mod assume_role;
pub mod assume_role_with_oidc;
pub mod caller_identity;
pub mod session;

/// Everything that STS does.
pub const OPERATIONS: &[&[Entry]] =
    &[assume_role::OPERATIONS, assume_role_with_oidc::OPERATIONS, caller_identity::OPERATIONS];
