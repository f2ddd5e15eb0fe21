//! Addresses of documents under https, read strictly: what is checked is what is connected to.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use argali_protocol::{Invalid, Reason};

const SCHEME: &str = "https://";
const DEFAULT_PORT: u16 = 443;
/// What a path and query may hold besides letters and digits.
const IN_PATHS: &str = "-._~!$&'()*+,;=:@%/?";

/// `https://<host>[:<port>][<path>][?<query>]`, without user name or fragment.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpsUrl {
    text: String,
    host: Range<usize>,
    port: u16,
    path: usize,
}

impl HttpsUrl {
    /// The URL as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name or address of the host; an IPv6 address without its brackets.
    pub fn host(&self) -> &str {
        let host = self.text.get(self.host.clone()).unwrap_or_default();
        host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port as they were written, for the `Host` header.
    pub fn authority(&self) -> &str {
        self.text.get(SCHEME.len()..self.path).unwrap_or_default()
    }

    /// What to ask the host for; at least `/`.
    pub fn target(&self) -> String {
        match self.text.get(self.path..).unwrap_or_default() {
            "" => "/".to_owned(),
            query if query.starts_with('?') => format!("/{query}"),
            path => path.to_owned(),
        }
    }

    /// Whether it has a query.
    pub fn has_query(&self) -> bool {
        self.text.contains('?')
    }
}

impl FromStr for HttpsUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = |message: &str| Invalid::new(Reason::Value, message.to_owned());
        let rest =
            text.strip_prefix(SCHEME).ok_or_else(|| wrong("it must be a URL that begins with `https://`"))?;
        let authority = rest.find(['/', '?']).map_or(rest, |end| rest.get(..end).unwrap_or_default());
        let path = SCHEME.len() + authority.len();
        let in_path = |c: char| c.is_ascii_alphanumeric() || IN_PATHS.contains(c);
        if !text.get(path..).unwrap_or_default().chars().all(in_path) {
            return Err(wrong("its path holds a character that no URL may hold, or a fragment"));
        }
        let (host, port) = split_port(authority)
            .ok_or_else(|| wrong("`https://` must be followed by a host, and a port at most"))?;
        let host = SCHEME.len()..SCHEME.len() + host.len();
        Ok(Self { text: text.to_owned(), host, port, path })
    }
}

/// Host and port of an authority; none if it is anything else, such as one with a user name.
fn split_port(authority: &str) -> Option<(&str, u16)> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let is_address = |host: &str| {
        let inside = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        inside.is_some_and(|inside| inside.parse::<std::net::Ipv6Addr>().is_ok())
    };
    if !(is_address(host) || !host.is_empty() && host.chars().all(in_name)) {
        return None;
    }
    let port = match port {
        None => DEFAULT_PORT,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
        Some(_) => return None,
    };
    (port != 0).then_some((host, port))
}

impl fmt::Display for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        for (text, host, port, authority, target) in [
            ("https://example.com", "example.com", 443, "example.com", "/"),
            ("https://example.com/", "example.com", 443, "example.com", "/"),
            ("https://example.com:8443/a/b", "example.com", 8443, "example.com:8443", "/a/b"),
            ("https://example.com?p=1", "example.com", 443, "example.com", "/?p=1"),
            ("https://10.0.0.1/keys?a=b/c", "10.0.0.1", 443, "10.0.0.1", "/keys?a=b/c"),
            ("https://[::1]:8443/", "::1", 8443, "[::1]:8443", "/"),
            ("https://[2001:db8::1]", "2001:db8::1", 443, "[2001:db8::1]", "/"),
        ] {
            let url: HttpsUrl = text.parse().unwrap();
            assert_eq!(
                (url.host(), url.port(), url.authority(), url.target().as_str()),
                (host, port, authority, target),
                "{text}"
            );
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for text in [
            "",
            "https://",
            "https:///path",
            "http://example.com",
            "HTTPS://example.com",
            "https://user@example.com",
            "https://a:b@example.com",
            "https://example.com#f",
            "https://example.com/#f",
            "https://example.com\\@evil.example",
            "https://exam ple.com",
            "https://example.com/a b",
            "https://example.com/\r\nHost:x",
            "https://example.com:",
            "https://example.com:0",
            "https://example.com:65536",
            "https://example.com:+443",
            "https://example.com:443:443",
            "https://[::1",
            "https://::1",
            "https://[::1%25eth0]",
            "https://exämple.com",
            "https://example.com/ä",
        ] {
            assert!(text.parse::<HttpsUrl>().is_err(), "{text}");
        }
    }
}
