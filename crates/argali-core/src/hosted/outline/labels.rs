//! What pages call parameters, members of answers, and states.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::file::{Names, Service};
use super::words;

/// What stands between the names of members that are within each other.
const WITHIN: &str = " · ";

/// The names of a service's parameters, members and states: as its file says; else as another file says of what has the
/// same name; else made from it.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    own: Given,
    /// Those of all files; where two differ, of the service that pages name first.
    all: Arc<Given>,
}

/// What files say.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    fields: BTreeMap<String, Names>,
    states: BTreeMap<String, Names>,
}

impl Given {
    fn of(service: &Service) -> Self {
        Self { fields: service.pages.fields.clone(), states: service.pages.states.clone() }
    }

    fn add(&mut self, other: Self) {
        let both = [(&mut self.fields, other.fields), (&mut self.states, other.states)];
        for (own, others) in both {
            for (name, names) in others {
                own.entry(name).or_insert(names);
            }
        }
    }
}

impl Labels {
    pub(super) fn new(service: &Service, all: &Arc<Given>) -> Self {
        Self { own: Given::of(service), all: all.clone() }
    }

    /// The names that `services` give, the first of them first.
    pub(super) fn of_all<'s>(services: impl Iterator<Item = &'s Service>) -> Arc<Given> {
        let mut services: Vec<_> = services.collect();
        services.sort_by_key(|service| service.pages.place.unwrap_or(u32::MAX));
        let mut all = Given::default();
        for service in services {
            all.add(Given::of(service));
        }
        Arc::new(all)
    }

    /// What the state `code` is called in `language`.
    pub fn state(&self, code: &str, language: &str) -> String {
        let given = given([&self.own.states, &self.all.states], code, language);
        given.map_or_else(|| words::state(code), str::to_owned)
    }

    /// What the parameter or member `name` is called in `language`. Of one within another, as `SystemDisk.Size`, both
    /// are named, unless the outer one merely wraps it.
    pub fn of(&self, name: &str, language: &str) -> String {
        if let Some(whole) = self.field(name, language) {
            return whole.to_owned();
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in name.split('.') {
            if !parts.last().is_some_and(|outer| wraps(outer, part)) {
                parts.push(part);
            }
        }
        let called =
            |part: &&str| self.field(part, language).map_or_else(|| words::field(part), str::to_owned);
        parts.iter().map(called).collect::<Vec<_>>().join(WITHIN)
    }

    /// What files say of a parameter or member.
    fn field(&self, name: &str, language: &str) -> Option<&str> {
        given([&self.own.fields, &self.all.fields], name, language)
    }
}

/// What the first of `files` says that says something of `name`: in English if not in `language`.
fn given<'f>(files: [&'f BTreeMap<String, Names>; 2], name: &str, language: &str) -> Option<&'f str> {
    let in_language = |language| files.iter().find_map(|names| names.get(name)?.get(language));
    in_language(language).or_else(|| in_language("en")).map(String::as_str)
}

/// Whether the member `outer` says what its member `inner` says again: `VSwitchIds.VSwitchId`,
/// `PrivateIpAddress.IpAddress`.
fn wraps(outer: &str, inner: &str) -> bool {
    !inner.is_empty()
        && (outer.ends_with(inner) || outer.strip_suffix('s').is_some_and(|one| one.ends_with(inner)))
}
