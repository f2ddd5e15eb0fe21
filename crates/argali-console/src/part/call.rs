//! A call as a command and as a request. Secrets stand as the names of what is to be put there.

use crate::pairs::encode;
use crate::plan::Planned;
use crate::visit::Visit;

/// The call as a command of `argali`, within the role that the page acts in.
pub(crate) fn command(visit: &Visit<'_>, call: &Planned) -> String {
    let role = visit.switched().map(|role| format!("argali assume {}/{} -- ", role.account, role.role));
    let product = call.product.to_lowercase();
    let mut command = format!("{}argali call {product} {}", role.unwrap_or_default(), call.action);
    for (name, value) in &call.params {
        let value = value.as_ref().map_or_else(|| format!("\"${}\"", variable(name)), |value| quoted(value));
        command.push_str(&format!(" \\\n  {name}={value}"));
    }
    command
}

/// The call as a request over HTTP.
pub(crate) fn request(visit: &Visit<'_>, call: &Planned) -> String {
    let params = call.params.iter().map(|(name, value)| (name.as_str(), value.as_deref().unwrap_or("…")));
    let (host, action, version) = (visit.host(), &call.action, &call.version);
    format!(
        "POST / HTTP/1.1\nhost: {host}\nx-acs-action: {action}\nx-acs-version: {version}\n\
         content-type: application/x-www-form-urlencoded\n\n{}",
        encode(params).replace("%E2%80%A6", "…")
    )
}

/// A value as a shell takes it.
pub(crate) fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._/:@,+".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', "'\\''"))
}

/// The variable that a secret is to be put into: `NEW_PASSWORD`.
fn variable(name: &str) -> String {
    let (mut variable, mut after_small) = (String::new(), false);
    for c in name.chars() {
        if c.is_uppercase() && after_small {
            variable.push('_');
        }
        after_small = c.is_lowercase();
        variable.push(c.to_ascii_uppercase());
    }
    variable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_values_as_they_are() {
        for (value, written) in
            [("alice", "alice"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("$(x)", "'$(x)'"), ("", "''")]
        {
            assert_eq!(quoted(value), written);
        }
        assert_eq!(
            (variable("NewPassword"), variable("OIDCToken")),
            ("NEW_PASSWORD".to_owned(), "OIDCTOKEN".to_owned())
        );
    }
}
