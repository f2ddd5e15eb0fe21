//! Keeps failed authentications from filling the trail: those of one address, and those that are in one account's.
// SPEC: security, audit, A4: ten records a second from one address, then a count; nobody fills another's trail.

use std::collections::BTreeMap;

const MOST_IN_A_SECOND: u32 = 10;

/// How many failed authentications there were of whom in the present second.
#[derive(Debug, Default)]
pub(super) struct Flood {
    second: u32,
    whose: BTreeMap<String, u32>,
}

impl Flood {
    /// Whether the record of a failure in this second is kept; `whose` it is, an address says or an account.
    pub(super) fn admits(&mut self, whose: &str, second: u32) -> bool {
        if second != self.second {
            for (whose, count) in std::mem::take(&mut self.whose) {
                if let Some(left_out) = count.checked_sub(MOST_IN_A_SECOND).filter(|count| *count > 0) {
                    tracing::warn!(
                        whose,
                        left_out,
                        "failed authentications beyond ten a second are not recorded"
                    );
                }
            }
            self.second = second;
        }
        let count = self.whose.entry(whose.to_owned()).or_default();
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
