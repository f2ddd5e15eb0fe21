//! IMS: the newer view of users, groups, AccessKeys and how people log on.

use crate::operation::Entry;

pub mod access_key;
pub mod access_key_bin;
pub mod access_key_policy;
pub mod account_summary;
pub mod app_secret;
pub mod application;
mod application_settings;
mod application_view;
pub mod credential_report;
pub mod default_domain;
pub mod external_application;
mod governance_item;
pub mod governance_report;
pub mod group;
pub mod installation;
pub mod installation_list;
mod kept_report;
pub mod login_profile;
pub mod membership;
mod metadata;
pub mod mfa_device;
pub mod oidc_provider;
pub mod oidc_provider_entry;
pub mod passkey;
pub mod password_policy;
pub mod saml_provider;
pub mod security_practice;
pub mod security_preference;
pub mod service_credential;
pub mod service_credential_list;
pub mod tag;
pub mod user;
pub mod user_bin;
pub(in crate::services) mod user_key;
pub mod user_list;
pub mod user_sso;
pub mod verification_info;

/// Everything that it does.
pub const OPERATIONS: &[&[Entry]] = &[
    user::OPERATIONS,
    user_list::OPERATIONS,
    group::OPERATIONS,
    membership::OPERATIONS,
    access_key::OPERATIONS,
    access_key_policy::OPERATIONS,
    login_profile::OPERATIONS,
    password_policy::OPERATIONS,
    security_preference::OPERATIONS,
    mfa_device::OPERATIONS,
    passkey::OPERATIONS,
    verification_info::OPERATIONS,
    service_credential::OPERATIONS,
    service_credential_list::OPERATIONS,
    oidc_provider::OPERATIONS,
    oidc_provider_entry::OPERATIONS,
    saml_provider::OPERATIONS,
    user_sso::OPERATIONS,
    tag::OPERATIONS,
    user_bin::OPERATIONS,
    access_key_bin::OPERATIONS,
    default_domain::OPERATIONS,
    account_summary::OPERATIONS,
    credential_report::OPERATIONS,
    governance_report::OPERATIONS,
    security_practice::OPERATIONS,
    application::OPERATIONS,
    app_secret::OPERATIONS,
    installation::OPERATIONS,
    installation_list::OPERATIONS,
    external_application::OPERATIONS,
];
