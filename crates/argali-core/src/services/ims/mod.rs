//! IMS: the newer view of users, groups, AccessKeys and how people log on.

use crate::operation::Entry;
use crate::registry::Refused;

pub mod access_key;
pub mod account_summary;
pub mod default_domain;
pub mod group;
pub mod membership;
mod metadata;
pub mod oidc_provider;
pub mod oidc_provider_entry;
pub mod saml_provider;
pub mod tag;
pub mod user;
pub(in crate::services) mod user_key;
pub mod user_list;
pub mod user_sso;

/// Everything that it does.
pub const OPERATIONS: &[&[Entry]] = &[
    user::OPERATIONS,
    user_list::OPERATIONS,
    group::OPERATIONS,
    membership::OPERATIONS,
    access_key::OPERATIONS,
    oidc_provider::OPERATIONS,
    oidc_provider_entry::OPERATIONS,
    saml_provider::OPERATIONS,
    user_sso::OPERATIONS,
    tag::OPERATIONS,
    default_domain::OPERATIONS,
    account_summary::OPERATIONS,
];

/// What of its API is left out.
pub const REFUSED: &[Refused] = &[];
