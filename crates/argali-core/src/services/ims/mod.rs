//! IMS: the newer view of users, groups, AccessKeys and how people log on.

use crate::operation::Entry;
use crate::registry::Refused;

/// Everything that it does.
pub const OPERATIONS: &[&[Entry]] = &[];

/// What of its API is left out.
pub const REFUSED: &[Refused] = &[];
