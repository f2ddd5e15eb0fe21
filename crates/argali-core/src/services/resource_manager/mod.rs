//! Resource Management: resource groups, and policies and roles as its API shows them.

use crate::operation::Entry;

pub mod page;
mod refused;
pub mod resource_group;
pub mod resource_group_list;

/// Everything that it does.
pub const OPERATIONS: &[&[Entry]] = &[resource_group::OPERATIONS, resource_group_list::OPERATIONS];

pub use refused::REFUSED;
