//! What pages call parameters and members of answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::file::{Names, Service};
use super::words;

/// What stands between the names of members that are within each other.
const WITHIN: &str = " · ";

/// The names of a service's parameters and members: as its file says; else as another file says of what has the same
/// name; else made from it.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    own: BTreeMap<String, Names>,
    /// Those of all files; where two differ, of the service that pages name first.
    all: Arc<BTreeMap<String, Names>>,
}

impl Labels {
    pub(super) fn new(service: &Service, all: &Arc<BTreeMap<String, Names>>) -> Self {
        Self { own: service.pages.fields.clone(), all: all.clone() }
    }

    /// The names that `services` give, the first of them first.
    pub(super) fn of_all<'s>(services: impl Iterator<Item = &'s Service>) -> Arc<BTreeMap<String, Names>> {
        let mut services: Vec<_> = services.collect();
        services.sort_by_key(|service| service.pages.place.unwrap_or(u32::MAX));
        let mut all = BTreeMap::<String, Names>::new();
        for (name, names) in services.into_iter().flat_map(|service| &service.pages.fields) {
            all.entry(name.clone()).or_insert_with(|| names.clone());
        }
        Arc::new(all)
    }

    /// What the parameter or member `name` is called in `language`. Of one within another, as `SystemDisk.Size`, both
    /// are named, unless the outer one merely wraps it.
    pub fn of(&self, name: &str, language: &str) -> String {
        if let Some(whole) = self.given(name, language) {
            return whole.to_owned();
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in name.split('.') {
            if !parts.last().is_some_and(|outer| wraps(outer, part)) {
                parts.push(part);
            }
        }
        let called =
            |part: &&str| self.given(part, language).map_or_else(|| words::field(part), str::to_owned);
        parts.iter().map(called).collect::<Vec<_>>().join(WITHIN)
    }

    /// What files say, in English if not in `language`.
    fn given(&self, name: &str, language: &str) -> Option<&str> {
        let files = [&self.own, &*self.all];
        let in_language = |language| files.iter().find_map(|names| names.get(name)?.get(language));
        in_language(language).or_else(|| in_language("en")).map(String::as_str)
    }
}

/// Whether the member `outer` says what its member `inner` says again: `VSwitchIds.VSwitchId`,
/// `PrivateIpAddress.IpAddress`.
fn wraps(outer: &str, inner: &str) -> bool {
    !inner.is_empty()
        && (outer.ends_with(inner) || outer.strip_suffix('s').is_some_and(|one| one.ends_with(inner)))
}
