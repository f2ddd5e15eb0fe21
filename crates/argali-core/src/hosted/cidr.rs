//! IPv4 blocks: `192.168.0.0/24`.

use std::net::Ipv4Addr;
use std::str::FromStr;

/// The addresses that upstream keeps of every block: the first and the last three.
const KEPT: u32 = 4;

/// A block of IPv4 addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    first: u32,
    bits: u32,
}

impl Cidr {
    /// How many leading bits the addresses share, 0 to 32.
    pub(super) const fn bits(self) -> u32 {
        self.bits
    }

    /// Whether all of `other` lies in it.
    pub(super) fn holds(self, other: Self) -> bool {
        other.bits >= self.bits && other.first & self.mask() == self.first
    }

    /// Whether `address` lies in it.
    pub(super) fn has(self, address: Ipv4Addr) -> bool {
        u32::from(address) & self.mask() == self.first
    }

    /// Whether an address lies in both.
    pub(super) fn overlaps(self, other: Self) -> bool {
        self.holds(other) || other.holds(self)
    }

    /// How many addresses can be given out.
    pub(super) fn usable(self) -> u32 {
        (!self.mask()).saturating_add(1).saturating_sub(KEPT)
    }

    /// The addresses that can be given out, lowest first.
    pub(super) fn addresses(self) -> impl Iterator<Item = Ipv4Addr> {
        (1..=self.usable()).map(move |step| Ipv4Addr::from(self.first.saturating_add(step)))
    }

    /// An address that can be given out, the same for the same `number`; the first if there is none.
    pub(super) fn address(self, number: u32) -> Ipv4Addr {
        let step = number.checked_rem(self.usable()).map_or(0, |step| step + 1);
        Ipv4Addr::from(self.first.saturating_add(step))
    }

    fn mask(self) -> u32 {
        u32::MAX.checked_shl(32 - self.bits).unwrap_or_default()
    }
}

impl FromStr for Cidr {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = text.split_once('/').ok_or(())?;
        let address: Ipv4Addr = address.parse().map_err(|_| ())?;
        let plain = bits.len() <= 2 && bits.bytes().all(|byte| byte.is_ascii_digit());
        let bits: u32 = bits.parse().ok().filter(|bits| plain && *bits <= 32).ok_or(())?;
        let block = Self { first: u32::from(address), bits };
        // A block whose address has bits beyond the mask names no block.
        if block.first & block.mask() == block.first { Ok(block) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_no_block_is_refused() {
        for text in
            ["", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/+8", "10.0.0.1/24", "10.0.0/8", "::/0", "10.0.0.0/"]
        {
            assert!(text.parse::<Cidr>().is_err(), "{text}");
        }
    }

    #[test]
    fn blocks_hold_and_overlap_as_their_addresses_do() {
        let vpc = cidr("192.168.0.0/16");
        assert!(vpc.holds(cidr("192.168.3.0/24")) && vpc.holds(vpc));
        assert!(!vpc.holds(cidr("10.0.0.0/24")) && !cidr("192.168.3.0/24").holds(vpc));
        assert!(
            cidr("192.168.3.0/24").overlaps(vpc) && !cidr("192.168.3.0/24").overlaps(cidr("192.168.4.0/24"))
        );
        assert!(cidr("0.0.0.0/0").holds(vpc) && vpc.has(Ipv4Addr::new(192, 168, 255, 1)));
        assert_eq!(cidr("192.168.3.0/24").usable(), 252);
        assert_eq!(cidr("192.168.3.0/29").addresses().next(), Some(Ipv4Addr::new(192, 168, 3, 1)));
        assert_eq!(cidr("192.168.3.0/30").addresses().count(), 0);
    }
}
