//! Our own operations.

mod account;
mod account_name;
mod activity;
mod delegation;
mod finding;
mod group_search;
mod invitation;
mod lock_out;
mod logon;
mod logon_list;
mod logon_time;
mod owner_password;
mod passkey;
mod passkey_logon;
mod remembered_mfa;
mod role_search;
mod session;
mod switch_role;
mod test_access;
mod trust_preview;
mod user_search;
mod verification;
mod vocabulary;
mod webhook;
mod who_can;
mod why;
