//! Who asks for a passkey: the address under which people see the console.

/// The address under which people see the console, as browsers name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    id: String,
    origin: String,
}

impl RelyingParty {
    /// The relying party that pages from `host` are of, which may have a port. `None` where browsers allow no passkeys:
    /// at numeric addresses, and without TLS anywhere but on this machine itself.
    pub fn of(host: &str, is_secure: bool) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let (name, port) = match host.split_once(':') {
            Some((name, port)) => (name, Some(port.parse::<u16>().ok()?)),
            None => (host.as_str(), None),
        };
        let is_own = name == "localhost" || name.ends_with(".localhost");
        if !is_domain(name) || !(is_secure || is_own) {
            return None;
        }
        let (scheme, usual) = if is_secure { ("https", 443) } else { ("http", 80) };
        let port = port.filter(|port| *port != usual).map(|port| format!(":{port}")).unwrap_or_default();
        Some(Self { id: name.to_owned(), origin: format!("{scheme}://{name}{port}") })
    }

    /// What passkeys are bound to: the host, without its port.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where its pages come from, as browsers write it.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

/// Whether a host is a name. Browsers take one whose last part is a number for an address.
fn is_domain(name: &str) -> bool {
    let mut labels = name.split('.');
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
    };
    let last = labels.next_back().unwrap_or_default();
    name.len() <= 253
        && is_label(last)
        && !last.starts_with(|c: char| c.is_ascii_digit())
        && labels.all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_name_and_tls_or_this_machine_itself() {
        for (host, is_secure, expected) in [
            ("argali.example", true, Some(("argali.example", "https://argali.example"))),
            ("Argali.Example:443", true, Some(("argali.example", "https://argali.example"))),
            ("argali.example:8443", true, Some(("argali.example", "https://argali.example:8443"))),
            ("localhost:2742", false, Some(("localhost", "http://localhost:2742"))),
            ("a.localhost:80", false, Some(("a.localhost", "http://a.localhost"))),
            ("argali.example", false, None),
            ("127.0.0.1:2742", true, None),
            ("127.1", true, None),
            ("[::1]:2742", true, None),
            ("localhost.", false, None),
            ("localhost:port", false, None),
            ("evil.example/localhost", true, None),
            ("", true, None),
        ] {
            let found = RelyingParty::of(host, is_secure);
            assert_eq!(found.as_ref().map(|party| (party.id(), party.origin())), expected, "{host}");
        }
    }
}
