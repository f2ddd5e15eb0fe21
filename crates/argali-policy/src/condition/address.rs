//! Addresses and networks of IPv4 and IPv6.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address, or all addresses that share its first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(Shared);

/// What they share, and which bits those are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shared {
    V4 { bits: u32, mask: u32 },
    V6 { bits: u128, mask: u128 },
}

/// Reads an address of a request.
pub(super) fn parse(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

impl Network {
    /// Reads `address` or `address/length`. Bits after the length are ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(prefix_length(length)?)),
            None => (text, None),
        };
        match parse(address)? {
            IpAddr::V4(address) => {
                let host = Ipv4Addr::BITS.checked_sub(length.unwrap_or(Ipv4Addr::BITS))?;
                let mask = u32::MAX.checked_shl(host).unwrap_or(0);
                Some(Self(Shared::V4 { bits: address.to_bits() & mask, mask }))
            }
            IpAddr::V6(address) => {
                let host = Ipv6Addr::BITS.checked_sub(length.unwrap_or(Ipv6Addr::BITS))?;
                let mask = u128::MAX.checked_shl(host).unwrap_or(0);
                Some(Self(Shared::V6 { bits: address.to_bits() & mask, mask }))
            }
        }
    }

    /// Whether the address lies in the network. One family's addresses are in no network of the other.
    // SPEC: policy language, operators: addresses.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.0, address) {
            (Shared::V4 { bits, mask }, IpAddr::V4(address)) => address.to_bits() & mask == bits,
            (Shared::V6 { bits, mask }, IpAddr::V6(address)) => address.to_bits() & mask == bits,
            _ => false,
        }
    }
}

/// One to three digits; Rust's own reading would also take `+8` and `0008`.
fn prefix_length(text: &str) -> Option<u32> {
    let digits = matches!(text.len(), 1..=3) && text.bytes().all(|byte| byte.is_ascii_digit());
    let padded = text.len() > 1 && text.starts_with('0');
    if digits && !padded { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_network() {
        let cases = [
            "",
            "/",
            "/8",
            "*",
            "10.*",
            "10",
            "10.0.0",
            "10.0.0.256",
            "010.0.0.1",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "10.0.0.0/08",
            "10.0.0.0/-1",
            "10.0.0.0/8/8",
            "10.0.0.0/255.0.0.0",
            " 10.0.0.1",
            "10.0.0.1 ",
            "10.0.0.1:80",
            "::1/129",
            "fe80::1%eth0",
            "[::1]",
            ":::",
            "example.com",
        ];
        for text in cases {
            assert_eq!(Network::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn networks_contain_their_addresses() {
        let cases = [
            ("0.0.0.0/0", "255.255.255.255", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "10.0.0.1", false),
            ("::/0", "::ffff:10.0.0.1", true),
            ("10.0.0.0/8", "::ffff:10.0.0.1", false),
            ("192.168.0.0/16", "192.168.40.7", true),
            ("192.168.0.0/16", "192.169.0.0", false),
            ("192.168.77.88/16", "192.168.0.1", true),
            ("10.0.0.7", "10.0.0.7", true),
            ("10.0.0.7", "10.0.0.8", false),
            ("10.0.0.7/32", "10.0.0.6", false),
            ("10.0.0.128/31", "10.0.0.129", true),
            ("2001:db8::/32", "2001:DB8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::", false),
            ("2001:db8::1", "2001:db8:0:0:0:0:0:1", true),
        ];
        for (network, address, expected) in cases {
            let found = Network::parse(network).unwrap().contains(parse(address).unwrap());
            assert_eq!(found, expected, "{address} in {network}");
        }
    }
}
