//! Where a request came from, and whether under TLS, when proxies stand between.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use argali_core::caller::Origin;
use hyper::HeaderMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An address, or all addresses that share their first bits: `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// A text that names no network.
#[derive(Clone, Debug, thiserror::Error)]
#[error("`{0}` is no network: write an address such as `10.1.2.3`, or a range such as `10.0.0.0/8`")]
pub struct NotANetwork(String);

impl Network {
    /// The machine itself, by either kind of address.
    pub const LOOPBACK: [Self; 2] = [
        Self { address: IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), prefix: 8 },
        Self { address: IpAddr::V6(Ipv6Addr::LOCALHOST), prefix: 128 },
    ];

    /// Whether `address` lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (own, other, width) = match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (u128::from(own.to_bits()), u128::from(other.to_bits()), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits(), other.to_bits(), 128),
            _ => return false,
        };
        let rest = width - u32::from(self.prefix);
        own.checked_shr(rest).unwrap_or(0) == other.checked_shr(rest).unwrap_or(0)
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(width), str::parse).map_err(|_| wrong())?;
        if prefix > width { Err(wrong()) } else { Ok(Self { address, prefix }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Where a request came from that `peer` sent, under TLS if `is_tls`.
pub(crate) fn origin(peer: IpAddr, is_tls: bool, headers: &HeaderMap, trusted: &[Network]) -> Origin {
    Origin {
        source_ip: source_address(peer, headers, trusted),
        secure_transport: forwarded_under_tls(peer, headers, trusted).unwrap_or(is_tls),
    }
}

/// Whether the client spoke TLS, as the trusted proxy before us says, if there is one and it does.
fn forwarded_under_tls(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Option<bool> {
    if !is_trusted(peer.to_canonical(), trusted) {
        return None;
    }
    // Whatever is further left may be what the client sent.
    let line = headers.get_all("x-forwarded-proto").iter().next_back()?;
    let word = line.as_bytes().rsplit(|byte| *byte == b',').next()?.trim_ascii();
    Some(word.eq_ignore_ascii_case(b"https"))
}

fn is_trusted(address: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|network| network.contains(address))
}

/// The address to judge a request by: the socket's peer, or, if that is a trusted proxy, the last hop that is not.
// SPEC: security, requests, R8.
fn source_address(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let mut source = peer.to_canonical();
    if trusted.is_empty() {
        return source;
    }
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    let hops = lines.iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    for hop in hops {
        if !is_trusted(source, trusted) {
            break;
        }
        // What a trusted proxy did not understand says nothing about who came before it.
        let Some(address) = std::str::from_utf8(hop).ok().and_then(|hop| hop.trim().parse::<IpAddr>().ok())
        else {
            break;
        };
        source = address.to_canonical();
    }
    source
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        source_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        for (peer, forwarded, trusted, expected) in [
            ("203.0.113.9", &["1.2.3.4"][..], &[][..], "203.0.113.9"),
            ("203.0.113.9", &["1.2.3.4"], &["10.0.0.0/8"], "203.0.113.9"),
            ("10.0.0.1", &["1.2.3.4"], &["10.0.0.0/8"], "1.2.3.4"),
            ("10.0.0.1", &["6.6.6.6, 1.2.3.4"], &["10.0.0.0/8"], "1.2.3.4"),
            ("10.0.0.1", &["6.6.6.6, 1.2.3.4, 10.9.9.9"], &["10.0.0.0/8"], "1.2.3.4"),
            ("10.0.0.1", &["6.6.6.6", "1.2.3.4,10.9.9.9"], &["10.0.0.0/8"], "1.2.3.4"),
            ("10.0.0.1", &["1.2.3.4, nonsense"], &["10.0.0.0/8"], "10.0.0.1"),
            ("10.0.0.1", &[], &["10.0.0.0/8"], "10.0.0.1"),
            ("::ffff:10.0.0.1", &["1.2.3.4"], &["10.0.0.1"], "1.2.3.4"),
            ("fd00::1", &["2001:db8::7"], &["fd00::/8"], "2001:db8::7"),
        ] {
            assert_eq!(source(peer, forwarded, trusted), expected, "{peer} {forwarded:?} {trusted:?}");
        }
    }

    #[test]
    fn a_trusted_proxy_says_whether_the_client_spoke_tls() {
        let secure = |peer: &str, is_tls, forwarded: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-proto", line.parse().unwrap());
            }
            let trusted = ["10.0.0.0/8".parse().unwrap()];
            origin(peer.parse().unwrap(), is_tls, &headers, &trusted).secure_transport
        };
        for (peer, is_tls, forwarded, expected) in [
            ("10.0.0.1", false, &["https"][..], true),
            ("10.0.0.1", false, &["HTTPS"], true),
            ("10.0.0.1", true, &["http"], false),
            ("10.0.0.1", false, &["https, http"], false),
            ("10.0.0.1", false, &["http", "https"], true),
            ("10.0.0.1", false, &["nonsense"], false),
            ("10.0.0.1", false, &[], false),
            ("10.0.0.1", true, &[], true),
            ("203.0.113.9", false, &["https"], false),
            ("203.0.113.9", true, &["http"], true),
        ] {
            assert_eq!(secure(peer, is_tls, forwarded), expected, "{peer} {is_tls} {forwarded:?}");
        }
    }

    #[test]
    fn networks_are_read_strictly() {
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/-1", "10.0.0.0/", "a/8"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        let everyone: Network = "0.0.0.0/0".parse().unwrap();
        assert!(
            everyone.contains("255.1.2.3".parse().unwrap()) && !everyone.contains("::1".parse().unwrap())
        );
    }
}
