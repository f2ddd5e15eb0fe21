//! Our own operations.

use super::{Params, Stage};

impl Stage<'_> {
    pub(super) fn argali(&self, action: &str) -> Option<Params> {
        let _ = action;
        None
    }
}
