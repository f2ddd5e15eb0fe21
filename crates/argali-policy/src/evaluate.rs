//! From policies and a request to a decision.

use crate::{Decision, Policies, Request};

/// Decides an ordinary request on one resource.
///
/// For several resources, combine the decisions with [`Decision::and_also`].
#[must_use]
pub fn evaluate(_policies: &Policies<'_>, _request: &Request<'_>) -> Decision {
    todo!()
}

/// Decides whether the caller may assume the role named by the request's resource.
#[must_use]
pub fn evaluate_assume_role(_policies: &Policies<'_>, _request: &Request<'_>) -> Decision {
    todo!()
}
