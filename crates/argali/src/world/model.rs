//! What a world is made of: things, each of a kind and with a name, and what is to be known of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use argali_server::hosted::{At, Handling};
use serde_json::Value;

pub(super) const RESOURCE_GROUP: &str = "resource_group";
pub(super) const POLICY: &str = "policy";
pub(super) const GROUP: &str = "group";
pub(super) const USER: &str = "user";
pub(super) const ROLE: &str = "role";
/// Whether the accounts that a role trusts find it: RAM has no parameter for it.
pub(super) const SHOWN: &str = "shown";
/// A user in a group.
pub(super) const MEMBERSHIP: &str = "membership";
/// A policy that is attached to somebody, in the account or in one resource group.
pub(super) const GRANT: &str = "grant";
pub(super) const BUCKET: &str = "bucket";

/// The kinds that are not declared in service files, each after those that it refers to.
pub(super) const OWN_KINDS: [&str; 8] =
    [RESOURCE_GROUP, POLICY, GROUP, USER, ROLE, MEMBERSHIP, GRANT, BUCKET];

/// The property of a resource that says in which resource group it is.
pub(super) const IN_GROUP: &str = "resource_group";
/// The property of a resource that says what it is labelled with.
pub(super) const TAGS: &str = "tags";

/// What a thing is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// `user`, or the type of a declared service, such as `vpc.vpc`.
    pub(super) kind: String,
    /// Its name among those of its kind.
    pub(super) name: String,
}

impl Key {
    pub(super) fn new(kind: &str, name: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), name: name.into() }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.replace('_', " "), self.name)
    }
}

/// Something that is there, or is to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Thing {
    /// Its identifier on the server, if it has one there.
    pub(super) id: Option<String>,
    /// The region that it is in, if its kind has regions.
    pub(super) region: Option<String>,
    /// What is known of it. What a file does not say of a thing is left as it is.
    pub(super) properties: BTreeMap<String, Value>,
    /// Where it stands in the file.
    pub(super) at: At,
}

/// All things of an account.
pub(super) type Things = BTreeMap<Key, Thing>;

/// A policy that is attached: the parts of which the name of a grant is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    /// `user`, `group` or `role`.
    pub(super) to_kind: String,
    pub(super) to: String,
    pub(super) policy: String,
    /// The resource group in which it counts; everywhere if none.
    pub(super) in_group: Option<String>,
}

impl Grant {
    pub(super) fn key(&self) -> Key {
        let place = self.in_group.as_ref().map(|group| format!(" in {group}")).unwrap_or_default();
        Key::new(GRANT, format!("{} to {} {}{place}", self.policy, self.to_kind, self.to))
    }

    pub(super) fn thing(&self, at: At) -> Thing {
        let mut properties = BTreeMap::from([
            ("policy".to_owned(), Value::from(self.policy.as_str())),
            ("to_kind".to_owned(), Value::from(self.to_kind.as_str())),
            ("to".to_owned(), Value::from(self.to.as_str())),
        ]);
        properties.extend(self.in_group.clone().map(|group| ("in".to_owned(), Value::from(group))));
        Thing { properties, at, ..Thing::default() }
    }

    pub(super) fn of(thing: &Thing) -> Self {
        let text = |name: &str| text(thing.properties.get(name)).map(str::to_owned);
        Self {
            to_kind: text("to_kind").unwrap_or_default(),
            to: text("to").unwrap_or_default(),
            policy: text("policy").unwrap_or_default(),
            in_group: text("in"),
        }
    }
}

/// A user in a group.
pub(super) fn membership(user: &str, group: &str, at: At) -> (Key, Thing) {
    let properties = [("user", user), ("group", group)];
    let properties = properties.map(|(name, value)| (name.to_owned(), Value::from(value))).into();
    (Key::new(MEMBERSHIP, format!("{user} in {group}")), Thing { properties, at, ..Thing::default() })
}

/// A text that is there.
pub(super) fn text(value: Option<&Value>) -> Option<&str> {
    value?.as_str().filter(|text| !text.is_empty())
}

/// A value as a call says it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The kinds in the order in which things are made.
#[derive(Debug)]
pub(super) struct Kinds<'h> {
    handlings: &'h [Handling],
}

impl<'h> Kinds<'h> {
    pub(super) fn new(handlings: &'h [Handling]) -> Self {
        Self { handlings }
    }

    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = &str> + use<'_> {
        let declared = self.handlings.iter().map(|handling| handling.resource.as_str());
        OWN_KINDS.into_iter().chain(declared)
    }

    pub(super) fn handling(&self, kind: &str) -> Option<&'h Handling> {
        self.handlings.iter().find(|handling| handling.resource == kind)
    }

    /// The declared types among `kinds`, with all that they refer to.
    pub(super) fn with_what_they_refer_to(&self, kinds: BTreeSet<String>) -> Vec<&'h Handling> {
        let mut wanted = kinds;
        // Each stands after those that it refers to, so that one pass from the last finds them all.
        for handling in self.handlings.iter().rev() {
            if wanted.contains(&handling.resource) {
                wanted.extend(handling.fields.values().filter_map(|shown| shown.refers.clone()));
            }
        }
        self.handlings.iter().filter(|handling| wanted.contains(&handling.resource)).collect()
    }
}
