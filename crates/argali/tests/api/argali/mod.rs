//! Our own operations.

mod logon;
mod logon_list;
mod session;
mod switch_role;
mod test_access;
mod verification;
mod who_can;
mod why;
