//! Whether a form was filled in on a page of ours: its token, and where it says it comes from.
// SPEC: security, console: a token and a check of the origin on every change.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::visit::Visit;

/// What a browser's forms carry. It follows from the cookie, and the cookie does not follow from it.
pub(crate) fn token(browser: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(b"argali console form\0");
    digest.update(browser.as_bytes());
    hex::encode(digest.finalize())
}

/// Who filled a form in, so that nobody else sees it where it is kept: it tells nothing about them.
pub(crate) fn person(browser: &str, name: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(b"argali console person\0");
    digest.update(browser.as_bytes());
    digest.update([0]);
    digest.update(name.as_bytes());
    let hash = hex::encode(digest.finalize());
    hash.get(..32).unwrap_or(&hash).to_owned()
}

/// Whether a change may be made as the form of this visit asks for.
pub(crate) fn admits(visit: &Visit<'_>) -> bool {
    comes_from_here(visit) && has_token(visit)
}

fn has_token(visit: &Visit<'_>) -> bool {
    let expected = token(visit.browser());
    bool::from(visit.form().get("csrf").as_bytes().ct_eq(expected.as_bytes()))
}

/// Browsers say where a form comes from. One that does not say so says which page led here.
fn comes_from_here(visit: &Visit<'_>) -> bool {
    let own = visit.own_origin();
    match (visit.header("origin"), visit.header("referer")) {
        (Some(origin), _) => origin == own,
        (None, Some(referer)) => referer.strip_prefix(&own).is_some_and(|rest| rest.starts_with('/')),
        (None, None) => false,
    }
}
