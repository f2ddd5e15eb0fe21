//! STS: temporary credentials.

use crate::operation::Entry;

pub mod assume_role;
pub mod caller_identity;

/// Everything that STS does.
pub const OPERATIONS: &[&[Entry]] = &[assume_role::OPERATIONS, caller_identity::OPERATIONS];
