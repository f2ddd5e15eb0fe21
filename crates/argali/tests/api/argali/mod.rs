//! Our own operations.

mod logon;
mod session;
mod switch_role;
mod test_access;
mod who_can;
mod why;
