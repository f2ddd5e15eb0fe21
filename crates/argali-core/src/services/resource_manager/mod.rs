//! Resource Management: resource groups, and policies and roles as its API shows them.

use crate::operation::Entry;
use crate::registry::Refused;

/// Everything that it does.
pub const OPERATIONS: &[&[Entry]] = &[];

/// What of its API is left out.
pub const REFUSED: &[Refused] = &[];
