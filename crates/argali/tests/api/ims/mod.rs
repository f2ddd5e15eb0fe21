//! IMS: the newer view of what RAM keeps, each operation with its unhappy cases first.

mod access_key;
mod access_key_policy;
mod account_summary;
mod app_secret;
mod application;
mod credential_report;
mod default_domain;
mod governance_report;
mod group;
mod idle;
mod last_used;
mod logon;
mod membership;
mod oidc_provider;
mod passkey;
mod recycle_bin;
mod saml_provider;
mod service_credential;
mod tag;
mod user;
mod user_key;
mod user_list;
mod user_sso;
mod verification_info;

use argali_testkit::Enterprise;

/// Parameters of a call, as tests write them.
type Given<'a> = &'a [(&'a str, &'a str)];

/// The whole logon name of a user.
fn logon_name(owner: &Enterprise, user: &str) -> String {
    format!("{user}@{}.onaliyun.com", owner.alias)
}

/// A user of this name, made by IMS.
fn user(owner: &Enterprise, name: &str) -> serde_json::Value {
    let params = [("UserPrincipalName", logon_name(owner, name)), ("DisplayName", name.to_owned())];
    owner.must("Ims", "CreateUser", &params.each_ref().map(|(key, value)| (*key, value.as_str())))["User"]
        .clone()
}
