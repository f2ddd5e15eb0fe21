//! Page tokens: where a page ended, as text that clients hand back unchanged.
//!
//! A token is good for the list that it came from, in its own account.
// SPEC: security, requests, R10.

use super::host::Host;

/// A token for the path of the last row of a page of `list`.
pub(super) fn write(host: &dyn Host, list: &str, path: &[&str]) -> String {
    host.seal(list, path.join("\0").as_bytes())
}

/// The path in a token of `list`, or `None` if it is no token of it.
pub(super) fn read(host: &dyn Host, list: &str, token: &str) -> Option<Vec<String>> {
    let text = String::from_utf8(host.open(list, token)?).ok()?;
    Some(text.split('\0').map(str::to_owned).collect())
}
