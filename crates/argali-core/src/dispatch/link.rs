//! Under which conditions a session was begun: the keys that a trust policy can ask for.

use argali_policy::Context as Conditions;

use crate::name::SourceIdentity;
use crate::session::{Circumstances, Claims};
use crate::time::Timestamp;

/// The condition keys under which a session began, with the present as the time and what is left of a second factor.
pub(super) fn conditions(claims: &Claims, mfa_present: Option<bool>, now: Timestamp) -> Conditions {
    let source_identity = claims.source_identity.as_ref().map(SourceIdentity::as_str);
    let circumstances = Circumstances { mfa_present, ..claims.circumstances.clone() };
    assume_role_conditions(&circumstances, source_identity, now)
}

/// The condition keys of an `AssumeRole` call, with the present as the time.
pub(crate) fn assume_role_conditions(
    circumstances: &Circumstances,
    source_identity: Option<&str>,
    now: Timestamp,
) -> Conditions {
    let mut conditions = Conditions::new();
    conditions.set("acs:CurrentTime", now.to_string());
    conditions.set("acs:SourceIp", circumstances.source_ip.to_string());
    conditions.set("acs:SecureTransport", circumstances.secure_transport.to_string());
    if let Some(mfa_present) = circumstances.mfa_present {
        conditions.set("acs:MFAPresent", mfa_present.to_string());
    }
    if let Some(external_id) = &circumstances.external_id {
        conditions.set("sts:ExternalId", external_id.as_str());
    }
    if let Some(source_identity) = source_identity {
        conditions.set("sts:SourceIdentity", source_identity);
    }
    conditions
}
