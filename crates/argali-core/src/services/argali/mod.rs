//! Our own operations: what the reference has no API for, such as logging on, sessions and why.

use crate::operation::Entry;

pub mod session;
pub mod session_end;

/// Everything that it does.
pub const OPERATIONS: &[&[Entry]] = &[session::OPERATIONS, session_end::OPERATIONS];
