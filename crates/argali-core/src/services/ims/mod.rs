//! IMS: the newer view of users, groups, AccessKeys and how people log on.

use crate::operation::Entry;
use crate::registry::Refused;

pub mod access_key;
pub mod group;
pub mod membership;
pub mod user;
pub(in crate::services) mod user_key;
pub mod user_list;

/// Everything that it does.
pub const OPERATIONS: &[&[Entry]] = &[
    user::OPERATIONS,
    user_list::OPERATIONS,
    group::OPERATIONS,
    membership::OPERATIONS,
    access_key::OPERATIONS,
];

/// What of its API is left out.
pub const REFUSED: &[Refused] = &[];
