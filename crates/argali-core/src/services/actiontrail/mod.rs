//! ActionTrail: who did what, looked up by either side.

use crate::operation::Entry;

/// Everything that it does.
pub const OPERATIONS: &[&[Entry]] = &[];
