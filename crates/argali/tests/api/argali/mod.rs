//! Our own operations.

mod session;
mod test_access;
mod who_can;
mod why;
