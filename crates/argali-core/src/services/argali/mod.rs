//! Our own operations: what the reference has no API for, such as logging on, sessions and why.

use crate::operation::Entry;

/// Everything that it does.
pub const OPERATIONS: &[&[Entry]] = &[];
