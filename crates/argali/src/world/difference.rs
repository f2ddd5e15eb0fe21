//! What differs between what a file says and what an account has, as steps that mend it.

use std::collections::{BTreeMap, BTreeSet};

use argali_server::hosted::{At, Handling, Identity};
use serde_json::Value;

use super::belonging;
use super::calls::{Entity, NEW, entity};
use super::file::without_number;
use super::model::{
    BUCKET, GRANT, GROUP, Grant, Key, Kinds, MEMBERSHIP, POLICY, RESOURCE_GROUP, ROLE, SHOWN, TAGS, Thing,
    Things, USER, plain, text,
};
use super::plan::{Argument, Call, Step, Verb};
use super::resource;
use super::server::is_default_group;
use super::tags;
use crate::client::{ARGALI, Api, RAM};

/// Something in the file that cannot be done, with its place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Impossible {
    pub(super) at: At,
    pub(super) message: String,
}

/// What is to be compared.
pub(super) struct Difference<'a> {
    pub(super) kinds: &'a Kinds<'a>,
    pub(super) wanted: &'a Things,
    pub(super) there: &'a Things,
    /// The default domain of the account.
    pub(super) domain: &'a str,
}

/// The pairs that were found: what is wanted, and what is there for it.
pub(super) type Pairs<'a> = BTreeMap<&'a Key, (&'a Key, &'a Thing)>;

impl<'a> Difference<'a> {
    /// The steps that make what is missing and change what differs, in order; and which things are the same.
    pub(super) fn to_make(&self) -> Result<(Vec<Step>, Pairs<'a>), Vec<Impossible>> {
        let (mut steps, mut mistakes, mut pairs) = (Vec::new(), Vec::new(), Pairs::new());
        for kind in self.kinds.all() {
            self.pair(kind, &mut pairs);
            for (key, thing) in self.wanted.iter().filter(|(key, _)| key.kind == kind) {
                let there = pairs.get(key).map(|(_, thing)| *thing);
                match self.steps_for(key, thing, there, &pairs) {
                    Ok(found) => steps.extend(found),
                    Err(mistake) => mistakes.push(mistake),
                }
            }
        }
        if mistakes.is_empty() { Ok((steps, pairs)) } else { Err(mistakes) }
    }

    fn steps_for(
        &self,
        key: &'a Key,
        thing: &'a Thing,
        there: Option<&Thing>,
        pairs: &Pairs<'a>,
    ) -> Result<Vec<Step>, Impossible> {
        if let Some(entity) = entity(&key.kind) {
            let mut steps = match there {
                None => vec![make(entity, key, thing)],
                Some(there) => change(entity, key, thing, there),
            };
            steps.extend(self.label(key, thing, there));
            steps.extend(show(key, thing, there));
            return Ok(steps);
        }
        match (key.kind.as_str(), there) {
            (MEMBERSHIP | GRANT, Some(_)) => Ok(Vec::new()),
            (MEMBERSHIP, None) => {
                self.names_are_known(key, thing).map(|()| vec![belonging::member(key, thing, Verb::Make)])
            }
            (GRANT, None) => {
                self.names_are_known(key, thing).map(|()| vec![self.grant(key, thing, Verb::Make)])
            }
            (BUCKET, there) => Ok(bucket(key, thing, there)),
            _ => {
                let Some(handling) = self.kinds.handling(&key.kind) else { return Ok(Vec::new()) };
                resource::steps(handling, &Wanted { key, thing, there }, &Names { of: self, pairs })
            }
        }
    }

    /// The step that sets the tags that are wanted and not there.
    fn label(&self, key: &Key, thing: &Thing, there: Option<&Thing>) -> Option<Step> {
        let wanted = thing.properties.get(TAGS)?;
        if !tags::differ(wanted, there.and_then(|there| there.properties.get(TAGS))) {
            return None;
        }
        let target = match key.kind.as_str() {
            RESOURCE_GROUP => Argument::IdOf(key.clone()),
            _ => key.name.as_str().into(),
        };
        let verb = if there.is_some() { Verb::Change } else { Verb::Make };
        Some(step(verb, key, TAGS, tags::setting(&key.kind, target, wanted, self.domain)))
    }

    fn grant(&self, key: &Key, thing: &Thing, verb: Verb) -> Step {
        let custom = Key::new(POLICY, Grant::of(thing).policy);
        let is_custom = self.wanted.contains_key(&custom) || self.there.contains_key(&custom);
        belonging::grant(key, thing, verb, (is_custom, self.domain))
    }

    /// Whom a grant or membership names must be in the file or the account, and so must the resource group.
    fn names_are_known(&self, key: &Key, thing: &Thing) -> Result<(), Impossible> {
        let of = |name: &str| text(thing.properties.get(name)).unwrap_or_default();
        let named = if key.kind == MEMBERSHIP {
            vec![Key::new(GROUP, of("group"))]
        } else {
            let group = text(thing.properties.get("in")).map(|group| Key::new(RESOURCE_GROUP, group));
            std::iter::once(Key::new(of("to_kind"), of("to"))).chain(group).collect()
        };
        match named
            .into_iter()
            .find(|named| !self.wanted.contains_key(named) && !self.there.contains_key(named))
        {
            None => Ok(()),
            Some(unknown) => Err(Impossible {
                at: thing.at,
                message: format!("there is no {unknown} in the file or the account"),
            }),
        }
    }

    /// Finds for each wanted thing of a kind the one that it is: the one of the same name, and of several the one that
    /// differs least.
    fn pair(&self, kind: &str, pairs: &mut Pairs<'a>) {
        let mut taken: BTreeSet<&Key> = BTreeSet::new();
        for (key, thing) in self.wanted.iter().filter(|(key, _)| key.kind == kind) {
            let handling = self.kinds.handling(kind);
            let is_same = |found: &Key, candidate: &Thing| match handling {
                None => found == key,
                Some(handling) => {
                    candidate.region == thing.region
                        && self.known_by(handling, found) == self.known_by(handling, key)
                }
            };
            let candidates = self.there.iter().filter(|(found, candidate)| {
                found.kind == kind && !taken.contains(found) && is_same(found, candidate)
            });
            let names = Names { of: self, pairs };
            let differs = |(_, candidate): &(&Key, &Thing)| {
                handling.map_or(0, |handling| resource::differing(handling, thing, candidate, &names).len())
            };
            if let Some((found, candidate)) = candidates.min_by_key(differs) {
                taken.insert(found);
                pairs.insert(key, (found, candidate));
            }
        }
    }

    fn known_by<'k>(&self, handling: &Handling, key: &'k Key) -> &'k str {
        match handling.identity {
            Identity::Field(_) => without_number(&key.name),
            Identity::Within { .. } => &key.name,
        }
    }

    /// What is there and not wanted, in the order in which it can go; the caller's own user stays.
    pub(super) fn not_wanted(&self, pairs: &Pairs<'a>, own_user: Option<&str>) -> Vec<(&'a Key, &'a Thing)> {
        let taken: BTreeSet<&Key> = pairs.values().map(|(key, _)| *key).collect();
        let is_own = |key: &Key, thing: &Thing| {
            let of = |name: &str| text(thing.properties.get(name));
            own_user.is_some_and(|own| match key.kind.as_str() {
                USER => key.name == own,
                MEMBERSHIP => of("user") == Some(own),
                GRANT => of("to_kind") == Some(USER) && of("to") == Some(own),
                _ => false,
            })
        };
        let others = self
            .there
            .iter()
            .filter(|(key, thing)| !taken.contains(key) && !is_default_group(key) && !is_own(key, thing));
        let others: Vec<_> = others.collect();
        let mut ordered = Vec::new();
        for kind in self.kinds.all().rev() {
            ordered.extend(others.iter().filter(|(key, _)| key.kind == kind).copied());
        }
        ordered
    }

    /// The step that deletes something, or why there is none.
    pub(super) fn delete(&self, key: &Key, thing: &Thing) -> Result<Step, String> {
        if let Some(entity) = entity(&key.kind) {
            let target = match entity.kind {
                RESOURCE_GROUP => Argument::Text(thing.id.clone().unwrap_or_default()),
                _ => key.name.as_str().into(),
            };
            let mut arguments = vec![(entity.target.to_owned(), target)];
            if entity.kind == POLICY {
                arguments.push(("CascadingDelete".to_owned(), "true".into()));
            }
            return Ok(step(Verb::Delete, key, "", operation(entity.api, entity.remove, arguments)));
        }
        match key.kind.as_str() {
            MEMBERSHIP => Ok(belonging::member(key, thing, Verb::Delete)),
            GRANT => Ok(self.grant(key, thing, Verb::Delete)),
            BUCKET => Ok(step(Verb::Delete, key, "", bucket_call("DELETE", key, "", None))),
            _ => match self.kinds.handling(&key.kind) {
                Some(handling) => resource::delete(handling, key, thing),
                None => Err("nothing is known of it".to_owned()),
            },
        }
    }
}

/// A declared resource that is wanted, and what is there for it.
pub(super) struct Wanted<'a, 't> {
    pub(super) key: &'a Key,
    pub(super) thing: &'a Thing,
    pub(super) there: Option<&'t Thing>,
}

/// What names lead to.
pub(super) struct Names<'n, 'a> {
    of: &'n Difference<'a>,
    pairs: &'n Pairs<'a>,
}

impl Names<'_, '_> {
    /// What a name of a kind leads to, if it leads to a thing of the file or the account.
    pub(super) fn key(&self, kind: &str, name: &str) -> Option<Key> {
        let key = Key::new(kind, name);
        (self.of.wanted.contains_key(&key) || self.of.there.contains_key(&key)).then_some(key)
    }

    /// The identifier that the account has for a name, if it has the thing; the name itself if it is none.
    pub(super) fn id(&self, kind: &str, name: &str) -> Option<String> {
        let key = Key::new(kind, name);
        if self.of.wanted.contains_key(&key) {
            return self.pairs.get(&key).and_then(|(_, thing)| thing.id.clone());
        }
        match self.of.there.get(&key) {
            Some(thing) => thing.id.clone(),
            None => Some(name.to_owned()),
        }
    }
}

pub(super) fn step(verb: Verb, key: &Key, what: impl Into<String>, call: Call) -> Step {
    Step { verb, key: key.clone(), what: what.into(), call, id_at: None, settles: None }
}

pub(super) fn operation(api: Api<'_>, action: &str, arguments: Vec<(String, Argument)>) -> Call {
    Call::Operation {
        product: api.product.to_owned(),
        version: api.version.to_owned(),
        action: action.to_owned(),
        arguments,
    }
}

fn make(entity: &Entity, key: &Key, thing: &Thing) -> Step {
    let mut arguments = vec![(entity.name.to_owned(), Argument::from(key.name.as_str()))];
    for (property, _, parameter) in entity.properties {
        if let Some(value) = thing.properties.get(*property) {
            arguments.push(((*parameter).to_owned(), Argument::Text(plain(value))));
        }
    }
    // Making one needs what people read, which a file may leave out.
    if entity.kind == RESOURCE_GROUP && !thing.properties.contains_key("display_name") {
        arguments.push(("DisplayName".to_owned(), key.name.as_str().into()));
    }
    let id_at = (entity.kind == RESOURCE_GROUP).then(|| vec!["ResourceGroup".to_owned(), "Id".to_owned()]);
    Step { id_at, ..step(Verb::Make, key, "", operation(entity.api, entity.make, arguments)) }
}

fn change(entity: &Entity, key: &Key, thing: &Thing, there: &Thing) -> Vec<Step> {
    let empty = Value::from("");
    let differs = |property: &str| {
        let wanted = thing.properties.get(property)?;
        (there.properties.get(property).unwrap_or(&empty) != wanted).then_some(wanted)
    };
    let target = || {
        let id = if entity.kind == RESOURCE_GROUP { there.id.as_deref() } else { None };
        (entity.target.to_owned(), Argument::from(id.unwrap_or(&key.name)))
    };
    let mut steps = Vec::new();
    let (mut arguments, mut what) = (vec![target()], Vec::new());
    for (property, _, parameter) in entity.properties {
        let Some(wanted) = differs(property) else { continue };
        if entity.kind == POLICY && *property == "document" {
            let version = [
                ("PolicyDocument", plain(wanted)),
                ("SetAsDefault", "true".to_owned()),
                ("RotateStrategy", "DeleteOldestNonDefaultVersionWhenLimitExceeded".to_owned()),
            ];
            let version = version.map(|(name, value)| (name.to_owned(), Argument::Text(value)));
            let arguments = std::iter::once(target()).chain(version).collect();
            steps.push(step(Verb::Change, key, *property, operation(RAM, "CreatePolicyVersion", arguments)));
        } else {
            arguments.push((format!("{NEW}{parameter}"), Argument::Text(plain(wanted))));
            what.push(*property);
        }
    }
    if !what.is_empty() {
        steps.push(step(Verb::Change, key, what.join(", "), operation(entity.api, entity.change, arguments)));
    }
    steps
}

/// The step that shows a role to the accounts that it trusts, or hides it. A new one is shown.
fn show(key: &Key, thing: &Thing, there: Option<&Thing>) -> Option<Step> {
    let wanted = thing.properties.get(SHOWN)?.as_bool()?;
    let is = there.and_then(|there| there.properties.get(SHOWN)).and_then(Value::as_bool);
    if key.kind != ROLE || is.unwrap_or(true) == wanted {
        return None;
    }
    let visibility = if wanted { "Shown" } else { "Hidden" };
    let arguments = [("RoleName", key.name.as_str()), ("Visibility", visibility)];
    let arguments = arguments.map(|(name, value)| (name.to_owned(), Argument::from(value))).into();
    let verb = if there.is_some() { Verb::Change } else { Verb::Make };
    Some(step(verb, key, SHOWN, operation(ARGALI, "SetRoleVisibility", arguments)))
}

fn bucket(key: &Key, thing: &Thing, there: Option<&Thing>) -> Vec<Step> {
    let acl = text(thing.properties.get("acl"));
    match there {
        None => vec![step(Verb::Make, key, "", bucket_call("PUT", key, "", acl))],
        Some(there) if acl.is_some() && text(there.properties.get("acl")) != acl => {
            vec![step(Verb::Change, key, "acl", bucket_call("PUT", key, "acl", acl))]
        }
        Some(_) => Vec::new(),
    }
}

fn bucket_call(method: &'static str, key: &Key, query: &'static str, acl: Option<&str>) -> Call {
    let headers = acl.map(|acl| ("x-oss-acl", acl.to_owned()));
    Call::Bucket { method, name: key.name.clone(), query, headers: headers.into_iter().collect() }
}

/// The steps that take away what a user signs and logs on with.
pub(super) fn without_credentials(key: &Key, keys: &[String], logs_on: bool) -> Vec<Step> {
    let user = || ("UserName".to_owned(), Argument::from(key.name.as_str()));
    let mut steps: Vec<Step> = Vec::new();
    for id in keys {
        let arguments = vec![user(), ("UserAccessKeyId".to_owned(), id.as_str().into())];
        let call = operation(RAM, "DeleteAccessKey", arguments);
        steps.push(step(Verb::Delete, key, format!("its AccessKey {id}"), call));
    }
    if logs_on {
        let call = operation(RAM, "DeleteLoginProfile", vec![user()]);
        steps.push(step(Verb::Delete, key, "its console logon", call));
    }
    steps
}
