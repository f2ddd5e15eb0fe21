//! Our own operations: what the reference has no API for, such as logging on, sessions and why.

use crate::operation::Entry;

pub mod account;
pub mod account_name;
pub mod activity;
pub mod delegation;
mod delegation_use;
pub mod explanation;
pub mod favourite_role;
pub mod finding;
mod fix;
mod gate;
pub mod grant_holder;
pub mod grant_search;
pub mod group_search;
pub mod high_risk_policy;
pub mod invitation;
mod judgement;
pub mod logon;
mod logon_attempt;
mod logon_device;
pub mod logon_list;
pub mod logon_passkey;
pub mod logon_session;
pub mod logon_step;
mod oidc_check;
pub mod oidc_test;
pub mod owner_device;
pub mod owner_email;
pub mod passkey;
mod passkey_challenge;
pub mod password_rule;
pub mod preference;
mod ranked;
pub mod received_role;
pub mod recent_role;
mod refused;
mod replay;
pub mod role_search;
pub mod role_visibility;
pub mod server;
pub mod session;
pub mod session_end;
pub mod statement;
pub mod switch_role;
pub mod switched_end;
pub mod test_access;
pub mod trust_preview;
pub mod trusted;
pub mod usable_role;
pub mod user_search;
pub mod verification;
pub mod vocabulary;
pub mod webhook;
pub mod webhook_ping;
pub mod webhook_view;
pub mod who;
pub mod who_can;
pub mod why;

/// Everything that it does.
pub const OPERATIONS: &[&[Entry]] = &[
    account::OPERATIONS,
    server::OPERATIONS,
    logon::OPERATIONS,
    logon_step::OPERATIONS,
    logon_passkey::OPERATIONS,
    logon_session::OPERATIONS,
    logon_list::OPERATIONS,
    preference::OPERATIONS,
    verification::OPERATIONS,
    passkey::OPERATIONS,
    password_rule::OPERATIONS,
    switch_role::OPERATIONS,
    switched_end::OPERATIONS,
    recent_role::OPERATIONS,
    favourite_role::OPERATIONS,
    usable_role::OPERATIONS,
    account_name::OPERATIONS,
    owner_email::OPERATIONS,
    owner_device::OPERATIONS,
    user_search::OPERATIONS,
    role_search::OPERATIONS,
    role_visibility::OPERATIONS,
    group_search::OPERATIONS,
    grant_search::OPERATIONS,
    high_risk_policy::OPERATIONS,
    delegation::OPERATIONS,
    received_role::OPERATIONS,
    invitation::OPERATIONS,
    trust_preview::OPERATIONS,
    oidc_test::OPERATIONS,
    session::OPERATIONS,
    session_end::OPERATIONS,
    test_access::OPERATIONS,
    who_can::OPERATIONS,
    why::OPERATIONS,
    activity::OPERATIONS,
    finding::OPERATIONS,
    vocabulary::OPERATIONS,
    webhook::OPERATIONS,
    webhook_view::OPERATIONS,
    webhook_ping::OPERATIONS,
];
