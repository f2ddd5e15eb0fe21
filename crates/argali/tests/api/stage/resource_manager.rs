//! Resource Management.

use super::{Params, Stage};

impl Stage<'_> {
    pub(super) fn resource_manager(&self, action: &str) -> Option<Params> {
        let _ = action;
        None
    }
}
