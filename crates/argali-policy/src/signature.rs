//! A quick test that most statements fail: which pairs of neighbouring letters must occur.
//!
//! Every pair of neighbouring bytes is hashed to a bit. A text has the bits of all its pairs; a pattern
//! needs the bits of the pairs in its literal parts. A pattern that needs a bit which the text lacks cannot
//! match, and finding that out takes about a nanosecond, wherever the wildcards stand.
// INVARIANT: a pattern that matches a text needs no bit that the text lacks, with and without case.

use smallvec::SmallVec;

use crate::pattern::Pattern;

/// Pairs of an action and of a resource name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Signature {
    action: u64,
    resource: [u64; 2],
}

impl Signature {
    /// What a request has; both texts are in lower case.
    pub(crate) fn of_request(action: &[u8], resource: &[u8]) -> Self {
        Self { action: narrow(pairs(action)), resource: pairs(resource) }
    }

    /// What a statement needs; an empty list of patterns needs nothing.
    pub(crate) fn of_statement(actions: &[Pattern], resources: &[Pattern]) -> Self {
        Self { action: narrow(common(actions)), resource: common(resources) }
    }

    /// Whether a request that has `request` can match a statement that needs `self`.
    #[inline]
    pub(crate) fn may_match(&self, request: &Self) -> bool {
        let [low, high] = self.resource;
        let [has_low, has_high] = request.resource;
        (self.action & !request.action) | (low & !has_low) | (high & !has_high) == 0
    }
}

/// What every one of the patterns needs.
fn common(patterns: &[Pattern]) -> [u64; 2] {
    let needs = |pattern: &Pattern| {
        let mut text: SmallVec<[u8; 128]> = SmallVec::from_slice(pattern.as_str().as_bytes());
        text.make_ascii_lowercase();
        let runs = text.split(|byte| matches!(byte, b'*' | b'?'));
        runs.map(pairs).fold([0, 0], |[low, high], [more_low, more_high]| [low | more_low, high | more_high])
    };
    let both =
        |[low, high]: [u64; 2], [other_low, other_high]: [u64; 2]| [low & other_low, high & other_high];
    patterns.iter().map(needs).reduce(both).unwrap_or_default()
}

/// The bits of all pairs of neighbouring bytes. Every request pays for it, hence no wide shifts or branches.
#[inline]
fn pairs(text: &[u8]) -> [u64; 2] {
    let (mut low, mut high) = (0, 0);
    for pair in text.windows(2) {
        let &[first, second] = pair else { continue };
        let hash = (u32::from(first) << 8 | u32::from(second)).wrapping_mul(0x9E37_79B1) >> 25;
        let bit = 1u64 << (hash & 63);
        let is_high = u64::from(hash >> 6).wrapping_neg();
        low |= bit & !is_high;
        high |= bit & is_high;
    }
    [low, high]
}

/// Half as many bits, for shorter texts: two bits fall into one, so what was covered stays covered.
fn narrow([low, high]: [u64; 2]) -> u64 {
    low | high
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pattern::Case;

    #[test]
    fn most_patterns_that_do_not_match_are_found_out() {
        let have = Signature::of_request(b"ecs:stopinstance", b"acs:ecs:cn-hangzhou:1:instance/i-1");
        let need = |action: &str, resource: &str| {
            Signature::of_statement(&[Pattern::new(action)], &[Pattern::new(resource)])
        };
        assert!(need("*:stop*", "*instance/*").may_match(&have));
        assert!(!need("*:describe*", "*").may_match(&have));
        assert!(!need("*", "*bucket*").may_match(&have));
    }

    /// A text, and a pattern made from it that matches: letters keep or change their case, or give way to a
    /// wildcard.
    fn text_and_pattern() -> impl Strategy<Value = (String, String)> {
        prop::collection::vec(("[a-zA-Zé:/]", 0..6), 0..40).prop_map(|letters| {
            let pattern = letters.iter().map(|(letter, choice)| match choice {
                0 => "*".to_owned(),
                1 => "?".to_owned(),
                2 => letter.to_ascii_uppercase(),
                _ => letter.clone(),
            });
            (letters.iter().map(|(letter, _)| letter.as_str()).collect(), pattern.collect())
        })
    }

    proptest! {
        #[test]
        fn what_matches_is_never_ruled_out((text, pattern) in text_and_pattern()) {
            let pattern = Pattern::new(pattern);
            prop_assert!(pattern.matches(text.as_bytes(), Case::Ignore));
            let text = text.to_ascii_lowercase();
            let have = Signature::of_request(text.as_bytes(), text.as_bytes());
            let patterns = [pattern];
            prop_assert!(Signature::of_statement(&patterns, &patterns).may_match(&have));
        }
    }
}
