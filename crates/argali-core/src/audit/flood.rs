//! Keeps failed authentications of one address from filling the trail.
// SPEC: security, audit, A4: ten records a second from one address, then a count.

use std::collections::BTreeMap;

use super::event::Event;

const MOST_IN_A_SECOND: u32 = 10;

/// How many failed authentications came from where in the present second.
#[derive(Debug, Default)]
pub(super) struct Flood {
    second: i64,
    from: BTreeMap<String, u32>,
}

impl Flood {
    /// Whether the record `text` of a failure from `address` is kept.
    pub(super) fn admits(&mut self, address: &str, text: &[u8]) -> bool {
        let second = serde_json::from_slice::<Event>(text).map_or(0, |event| event.time_ms.div_euclid(1_000));
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
        let at =
            |second: i64| serde_json::to_vec(&Event { time_ms: second * 1_000, ..Event::default() }).unwrap();
        let kept = (0..25).filter(|_| flood.admits("10.0.0.1", &at(7))).count();
        assert_eq!(kept, 10);
        assert!(flood.admits("10.0.0.2", &at(7)));
        assert!(flood.admits("10.0.0.1", &at(8)), "the next second");
    }
}
