//! Our own operations.

mod session;
