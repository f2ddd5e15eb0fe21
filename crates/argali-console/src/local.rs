//! Where the browser may be sent on to.
// SPEC: security, console: redirects go to a fixed list of local paths.

/// The first parts of the paths below `/console` that lead to pages.
const PLACES: &[&str] = &[
    "ram",
    "switch-role",
    "settings",
    "me",
    "as",
    "kept",
    "sso",
    "developer",
    "operator",
    "delegations",
    "sessions",
    "activity",
    "analyzer",
    "why",
    "test",
    "search",
    "resource-groups",
    "resources",
    "oss",
    "messaging",
    "manual",
];

/// A path that somebody asked to be sent to, if it is one of our pages; nothing if it could lead anywhere else.
pub(crate) fn page(path: &str) -> Option<&str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%?&=:@".contains(c);
    let rest = path.strip_prefix("/console")?;
    if !rest.chars().all(is_plain) || rest.contains("//") || rest.contains("..") {
        return None;
    }
    let (below, _) = rest.split_once('?').unwrap_or((rest, ""));
    let known = match below.strip_prefix('/') {
        None => below.is_empty(),
        Some(below) => PLACES.contains(&below.split('/').next().unwrap_or_default()),
    };
    known.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_are_led_to() {
        for path in [
            "/console",
            "/console?tab=x",
            "/console/ram/users/alice?tab=keys",
            "/console/as/company-a/ops/ram/users",
        ] {
            assert_eq!(page(path), Some(path));
        }
        for path in [
            "",
            "/",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/console//evil.example",
            "/consoles",
            "/console.evil.example",
            "/console@evil.example",
            "/console/../x",
            "/console/log-off",
            "/logon",
            "/console/ram\r\nset-cookie: a=b",
            "/console/ram/\u{202e}",
            " /console",
            "javascript:alert(1)",
            "/console/unknown",
        ] {
            assert_eq!(page(path), None, "{path}");
        }
    }
}
