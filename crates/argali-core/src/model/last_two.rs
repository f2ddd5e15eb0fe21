//! When something was last done, and when the time before: enough to tell what came after a given instant, or that it cannot
//! be told.

use minicbor::{Decode, Encode};

use crate::time::Timestamp;

/// The last two times at which something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LastTwo {
    #[n(0)]
    last: Timestamp,
    #[n(1)]
    before: Option<Timestamp>,
}

impl LastTwo {
    /// What it is once it has been done at `at`, too.
    pub fn and(earlier: Option<Self>, at: Timestamp) -> Self {
        Self { last: at, before: earlier.map(|earlier| earlier.last) }
    }

    /// When it was done last.
    pub fn last(self) -> Timestamp {
        self.last
    }

    /// Whether it was certainly not done from `since` on until before `until`.
    pub fn spares(self, since: Timestamp, until: Timestamp) -> bool {
        self.last < since || (self.last >= until && self.before.is_none_or(|before| before < since))
    }

    /// When it was first done after `since`; nothing if it was not, or more than once, so that the first time is not known.
    pub fn first_since(self, since: Timestamp) -> Option<Timestamp> {
        let once = self.last >= since && self.before.is_none_or(|before| before < since);
        once.then_some(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_told() {
        let at = Timestamp::from_seconds;
        let once = LastTwo::and(None, at(10));
        assert_eq!(once.first_since(at(10)), Some(at(10)));
        assert_eq!(once.first_since(at(11)), None, "it was done before");
        let thrice = LastTwo::and(Some(LastTwo::and(Some(once), at(20))), at(30));
        assert_eq!((thrice.last(), thrice.first_since(at(21))), (at(30), Some(at(30))));
        assert_eq!(thrice.first_since(at(20)), None, "20 or 30: the first may be forgotten");
        assert_eq!(thrice.first_since(at(5)), None);
        let spares = |since, until| thrice.spares(at(since), at(until));
        assert!(spares(31, 40) && spares(21, 30) && !spares(30, 31));
        assert!(!spares(12, 15), "what was before 20 may be forgotten");
    }
}
