//! The words that policies can use with effect.

use std::collections::BTreeMap;

use crate::pattern::{Case, Pattern};

/// Condition keys that any request can have; what ends in `/` goes on with the key of a tag. Each has one value.
// SPEC: policy language, global keys.
pub(super) const GLOBAL_KEYS: &[&str] = &[
    "acs:CurrentTime",
    "acs:SecureTransport",
    "acs:SourceIp",
    "acs:SourceVpc",
    "acs:MFAPresent",
    "acs:PrincipalARN",
    "acs:PrincipalRDId",
    "acs:PrincipalRDPath",
    "acs:RequestTag/",
    "acs:ResourceTag/",
    "acs:Service",
    "acs:UserAgent",
    "acs:AccessId",
];

/// How many letters a word may differ in from the one that was meant.
const MOST_SLIPS: usize = 2;

/// The services that there are, by what policies call them: their actions and condition keys.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// By RAM code, then by operation in lower case: as it is spelled, and how finely it is told apart.
    services: BTreeMap<String, BTreeMap<String, (String, Granularity)>>,
    keys: Vec<String>,
}

/// Whether policies can tell the resources of an operation apart.
// SPEC: evaluation, service notes, granularity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granularity {
    /// They can.
    Resource,
    /// They cannot: only statements on `*` count.
    Service,
}

impl Vocabulary {
    /// Adds an action, such as `ecs:StopInstance`.
    pub fn add_action(&mut self, action: &str, granularity: Granularity) {
        let Some((service, operation)) = action.split_once(':') else { return };
        let operations = self.services.entry(service.to_ascii_lowercase()).or_default();
        operations.insert(operation.to_ascii_lowercase(), (action.to_owned(), granularity));
    }

    /// Adds a condition key, such as `sts:ExternalId`, or the beginning of some, such as `ecs:tag/`.
    pub fn add_condition_key(&mut self, key: &str) {
        self.keys.push(key.to_owned());
    }

    /// The services that it knows, by RAM code.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.services.keys().map(String::as_str)
    }

    /// Whether it knows a service.
    pub(super) fn knows(&self, service: &str) -> bool {
        self.services.contains_key(service)
    }

    /// The actions that a pattern in lower case covers, as they are spelled.
    pub(super) fn covered(&self, pattern: &Pattern) -> impl Iterator<Item = (&str, Granularity)> {
        self.services.iter().flat_map(move |(service, operations)| {
            let covers =
                move |name: &str| pattern.matches(format!("{service}:{name}").as_bytes(), Case::Keep);
            let covered = operations.iter().filter(move |(name, _)| covers(name));
            covered.map(|(_, (action, granularity))| (action.as_str(), *granularity))
        })
    }

    /// The action of a service that is spelled nearly so.
    pub(super) fn similar_action(&self, service: &str, operation: &str) -> Option<&str> {
        let operations = self.services.get(service)?;
        let near = operations.iter().map(|(name, (action, _))| (distance(operation, name), action.as_str()));
        near.filter(|(slips, _)| *slips <= MOST_SLIPS).min().map(|(_, action)| action)
    }

    /// Whether requests can have a condition key.
    pub(super) fn has_key(&self, key: &str) -> bool {
        self.known_keys().any(|known| match known.strip_suffix('/') {
            Some(family) => key
                .split_once('/')
                .is_some_and(|(name, tag)| name.eq_ignore_ascii_case(family) && !tag.is_empty()),
            None => known.eq_ignore_ascii_case(key),
        })
    }

    /// Whether all keys that begin as this one does are known.
    pub(super) fn knows_keys_like(&self, key: &str) -> bool {
        let Some((prefix, _)) = key.split_once(':') else { return false };
        let prefix = prefix.to_ascii_lowercase();
        self.knows(&prefix)
            || self.known_keys().any(|known| known.split_once(':').is_some_and(|(known, _)| known == prefix))
    }

    /// The condition key that is spelled nearly so.
    pub(super) fn similar_key(&self, key: &str) -> Option<&str> {
        let (name, tag) = key.split_once('/').map_or((key, false), |(name, _)| (name, true));
        let name = name.to_ascii_lowercase();
        let near = self
            .known_keys()
            .filter(|known| known.ends_with('/') == tag)
            .map(|known| (distance(&name, &known.trim_end_matches('/').to_ascii_lowercase()), known));
        near.filter(|(slips, _)| *slips <= MOST_SLIPS).min().map(|(_, known)| known)
    }

    fn known_keys(&self) -> impl Iterator<Item = &str> {
        GLOBAL_KEYS.iter().copied().chain(self.keys.iter().map(String::as_str))
    }
}

/// How many letters must be changed, added or left out to make `b` from `a`.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (to, above) in b.chars().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(from != to)).min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
