//! The circumstances of a request: condition keys and their values.

use std::borrow::Cow;

/// Condition keys of one request, for example `acs:SourceIp` or `acs:RequestTag/team`.
///
/// A key that was never set is absent, which conditions tell apart from an empty value. Names are
/// compared without case; what follows the first `/` (a tag key) keeps its case.
#[derive(Debug, Clone, Default)]
pub struct Context {
    entries: Vec<(Cow<'static, str>, Vec<String>)>,
}

impl Context {
    /// A context without any key.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// Gives `key` this one value, in place of what it had.
    pub fn set(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        let key = key.into();
        let value = value.into();
        match self.find(&key) {
            Some(values) => {
                values.clear();
                values.push(value);
            }
            None => self.entries.push((key, vec![value])),
        }
    }

    /// Gives `key` one more value.
    pub fn add(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        let key = key.into();
        let value = value.into();
        match self.find(&key) {
            Some(values) => values.push(value),
            None => self.entries.push((key, vec![value])),
        }
    }

    /// The values of `key`; empty if the request does not have it.
    #[must_use]
    pub fn get(&self, key: &str) -> &[String] {
        self.entries.iter().find(|(name, _)| same_key(name, key)).map_or(&[], |(_, values)| values)
    }

    /// All keys with their values, in the order in which they were first set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.entries.iter().map(|(key, values)| (key.as_ref(), values.as_slice()))
    }

    fn find(&mut self, key: &str) -> Option<&mut Vec<String>> {
        self.entries.iter_mut().find(|(name, _)| same_key(name, key)).map(|(_, values)| values)
    }
}

/// Whether two spellings name the same condition key.
// SPEC: policy language, element by element: the case of a key is ignored, that of a tag key is kept.
pub(crate) fn same_key(a: &str, b: &str) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let name = a.bytes().position(|byte| byte == b'/').unwrap_or(a.len());
    let (a_name, a_tag) = a.as_bytes().split_at(name);
    let (b_name, b_tag) = b.as_bytes().split_at(name);
    a_name.eq_ignore_ascii_case(b_name) && a_tag == b_tag
}
