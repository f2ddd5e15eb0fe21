//! IMS: the newer view of users, groups, AccessKeys and how people log on.

use crate::operation::Entry;
use crate::registry::Refused;

pub mod user;
pub(in crate::services) mod user_key;
pub mod user_list;

/// Everything that it does.
pub const OPERATIONS: &[&[Entry]] = &[user::OPERATIONS, user_list::OPERATIONS];

/// What of its API is left out.
pub const REFUSED: &[Refused] = &[];
