//! Our own operations.

mod logon;
mod session;
mod test_access;
mod who_can;
mod why;
