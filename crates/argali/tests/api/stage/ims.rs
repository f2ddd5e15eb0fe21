//! IMS.

use super::{Params, Stage};

impl Stage<'_> {
    pub(super) fn ims(&self, action: &str) -> Option<Params> {
        let _ = action;
        None
    }
}
