//! ActionTrail.

use super::{Params, Stage};

impl Stage<'_> {
    pub(super) fn actiontrail(&self, action: &str) -> Option<Params> {
        let _ = action;
        None
    }
}
