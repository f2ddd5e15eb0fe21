//! Keeps failed authentications of one address from filling the trail.
// SPEC: security, audit, A4: ten records a second from one address, then a count.

use std::collections::BTreeMap;

const MOST_IN_A_SECOND: u32 = 10;

/// How many failed authentications came from where in the present second.
#[derive(Debug, Default)]
pub(super) struct Flood {
    second: u32,
    from: BTreeMap<String, u32>,
}

impl Flood {
    /// Whether the record of a failure from `address` in this second is kept.
    pub(super) fn admits(&mut self, address: &str, second: u32) -> bool {
        if second != self.second {
            for (address, count) in std::mem::take(&mut self.from) {
                if let Some(left_out) = count.checked_sub(MOST_IN_A_SECOND).filter(|count| *count > 0) {
                    tracing::warn!(
                        address,
                        left_out,
                        "failed authentications beyond ten a second are not recorded"
                    );
                }
            }
            self.second = second;
        }
        let count = self.from.entry(address.to_owned()).or_default();
        *count = count.saturating_add(1);
        *count <= MOST_IN_A_SECOND
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_cut_off_and_others_are_not() {
        let mut flood = Flood::default();
        let kept = (0..25).filter(|_| flood.admits("10.0.0.1", 7)).count();
        assert_eq!(kept, 10);
        assert!(flood.admits("10.0.0.2", 7));
        assert!(flood.admits("10.0.0.1", 8), "the next second");
    }
}
