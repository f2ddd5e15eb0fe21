//! Addresses of documents and services on the web, read strictly: what is checked is what is connected to.

use std::fmt;
use std::ops::{Deref, Range};
use std::str::FromStr;

use argali_protocol::{Invalid, Reason};

/// What a path and query may hold besides letters and digits.
const IN_PATHS: &str = "-._~!$&'()*+,;=:@%/?";

/// How a host is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// In clear.
    Http,
    /// Under TLS.
    Https,
}

impl Scheme {
    /// What a URL begins with.
    const fn start(self) -> &'static str {
        match self {
            Self::Http => "http://",
            Self::Https => "https://",
        }
    }

    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// `http[s]://<host>[:<port>][<path>][?<query>]`, without user name or fragment.
#[derive(Clone, PartialEq, Eq)]
pub struct WebUrl {
    text: String,
    scheme: Scheme,
    host: Range<usize>,
    port: u16,
    path: usize,
}

impl WebUrl {
    /// The URL as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How its host is spoken to.
    pub fn scheme(&self) -> Scheme {
        self.scheme
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
        self.text.get(self.host.start..self.path).unwrap_or_default()
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

    /// Takes apart what must begin as URLs of `scheme` do.
    fn read(text: &str, scheme: Scheme) -> Result<Self, Invalid> {
        let start = scheme.start();
        let rest = text
            .strip_prefix(start)
            .ok_or_else(|| wrong(format!("it must be a URL that begins with `{start}`")))?;
        let authority = rest.find(['/', '?']).map_or(rest, |end| rest.get(..end).unwrap_or_default());
        let path = start.len() + authority.len();
        let in_path = |c: char| c.is_ascii_alphanumeric() || IN_PATHS.contains(c);
        if !text.get(path..).unwrap_or_default().chars().all(in_path) {
            return Err(wrong("its path holds a character that no URL may hold, or a fragment"));
        }
        let (host, port) = split_port(authority)
            .ok_or_else(|| wrong(format!("`{start}` must be followed by a host, and a port at most")))?;
        let host = start.len()..start.len() + host.len();
        let port = port.unwrap_or(scheme.default_port());
        Ok(Self { text: text.to_owned(), scheme, host, port, path })
    }
}

impl FromStr for WebUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match [Scheme::Http, Scheme::Https].into_iter().find(|scheme| text.starts_with(scheme.start())) {
            Some(scheme) => Self::read(text, scheme),
            None => Err(wrong("it must be a URL that begins with `http://` or `https://`")),
        }
    }
}

/// A URL whose host is spoken to under TLS.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpsUrl(WebUrl);

impl Deref for HttpsUrl {
    type Target = WebUrl;

    fn deref(&self) -> &WebUrl {
        &self.0
    }
}

impl FromStr for HttpsUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        WebUrl::read(text, Scheme::Https).map(Self)
    }
}

fn wrong(message: impl Into<String>) -> Invalid {
    Invalid::new(Reason::Value, message.into())
}

/// Host and port, if one is named, of an authority; none if it is anything else, such as one with a user name.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
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
        None => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
        Some(_) => return None,
    };
    (port != Some(0)).then_some((host, port))
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
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
    fn what_is_in_clear_has_a_port_of_its_own() {
        for (text, scheme, port, authority) in [
            ("http://example.com", Scheme::Http, 80, "example.com"),
            ("http://127.0.0.1:9000/tower", Scheme::Http, 9000, "127.0.0.1:9000"),
            ("https://example.com", Scheme::Https, 443, "example.com"),
        ] {
            let url: WebUrl = text.parse().unwrap();
            assert_eq!((url.scheme(), url.port(), url.authority()), (scheme, port, authority), "{text}");
        }
        for text in ["ftp://example.com", "example.com", "http://", "http://a@b", "http://a:0", "http://a/#f"]
        {
            assert!(text.parse::<WebUrl>().is_err(), "{text}");
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
