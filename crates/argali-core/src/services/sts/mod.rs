//! STS: temporary credentials.

use crate::operation::Entry;
use crate::registry::Refused;

pub mod arn;
pub mod assume_role;
pub mod assume_role_with_oidc;
pub(super) mod assumption;
pub mod caller_identity;
pub(super) mod oidc_trust;
pub mod session;

/// Everything that STS does.
pub const OPERATIONS: &[&[Entry]] =
    &[assume_role::OPERATIONS, assume_role_with_oidc::OPERATIONS, caller_identity::OPERATIONS];

/// What of its API is left out.
pub const REFUSED: &[Refused] = &[Refused {
    names: &["AssumeRoleWithSAML"],
    reason: "there is no check of XML signatures that is fit to be trusted with it; use an OIDC provider",
}];
