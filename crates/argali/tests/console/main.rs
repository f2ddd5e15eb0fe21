//! The console's pages, over HTTP and in a real browser.

#![cfg(test)]

mod activity;
mod analyzer;
mod api_call;
mod conflict;
mod delegation;
mod developer;
mod device;
mod estate;
mod every_page;
mod grant;
mod home;
mod journey;
mod list;
mod logon;
mod manual;
mod me;
mod messaging;
mod need;
mod operator;
mod oss;
mod passkey;
mod picker;
mod policy;
mod policy_start;
mod refused;
mod refused_in_chinese;
mod resource;
mod resource_group;
mod role;
mod safety;
mod session;
mod settings;
mod sso;
mod sso_test;
mod stage;
mod switch_role;
mod test_access;
mod trust;
mod user;
mod webhook;
