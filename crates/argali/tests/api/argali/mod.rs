//! Our own operations.

mod lock_out;
mod logon;
mod logon_list;
mod logon_time;
mod owner_password;
mod remembered_mfa;
mod session;
mod switch_role;
mod test_access;
mod verification;
mod who_can;
mod why;
