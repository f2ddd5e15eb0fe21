//! Tags: what roles and policies are labelled with.

use std::collections::BTreeMap;

use crate::name::{TagKey, TagValue};

/// Labels of one thing, each key once, in the order of the keys.
pub type Tags = BTreeMap<TagKey, TagValue>;
