//! Where object storage is asked, by tools and by whoever holds a link.

use std::net::SocketAddr;

use crate::visit::{Visit, is_loopback};

/// Where object storage is asked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(super) scheme: &'static str,
    /// Without the bucket.
    pub(super) host: String,
    /// Whether buckets have hosts below that, or are the first part of paths.
    pub(super) names_buckets: bool,
}

impl Place {
    /// `http://127.0.0.1:2744`, as endpoints are written.
    pub(crate) fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.host)
    }

    /// Object storage's own listener, if whoever came to `host` comes to it as well. It speaks plain HTTP.
    fn of_listener(listener: SocketAddr, host: &str, is_secure: bool) -> Option<Self> {
        let is_near = is_loopback(host);
        if !is_near && (is_secure || listener.ip().is_loopback()) {
            return None;
        }
        let name = host.rsplit_once(':').map_or(host, |(name, port)| {
            if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host }
        });
        Some(Self { scheme: "http", host: format!("{name}:{}", listener.port()), names_buckets: false })
    }
}

impl Visit<'_> {
    /// Where the viewer's tools ask object storage: at its own listener if they can reach it, and otherwise by the host
    /// that stands for it, which has to lead here.
    pub(crate) fn storage_place(&self) -> Place {
        let console = self.console();
        let listener = console.storage_listener;
        let near = listener.and_then(|listener| Place::of_listener(listener, self.host(), self.is_secure()));
        near.unwrap_or_else(|| Place {
            scheme: if self.is_secure() { "https" } else { "http" },
            host: console.bytes.host(),
            names_buckets: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_named_to_whoever_can_reach_it() {
        let of = |listener: &str, host: &str, is_secure| {
            Place::of_listener(listener.parse().unwrap(), host, is_secure).map(|place| place.origin())
        };
        for (host, origin) in [
            ("127.0.0.1:2742", "http://127.0.0.1:2744"),
            ("localhost", "http://localhost:2744"),
            ("[::1]:2742", "http://[::1]:2744"),
            ("[::1]", "http://[::1]:2744"),
        ] {
            for is_secure in [true, false] {
                assert_eq!(of("127.0.0.1:2744", host, is_secure).as_deref(), Some(origin), "{host}");
            }
        }
        assert_eq!(of("127.0.0.1:2744", "argali.example", false), None, "it is another machine's loopback");
        let open = "0.0.0.0:2744";
        assert_eq!(of(open, "argali.example:80", false).as_deref(), Some("http://argali.example:2744"));
        assert_eq!(of(open, "argali.example", true), None, "a token goes through no clear line");
    }
}
