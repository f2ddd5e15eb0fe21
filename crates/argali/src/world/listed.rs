//! The resources of declared services that an account has, as lists show them.

use std::collections::{BTreeMap, BTreeSet};

use argali_server::hosted::{Handling, Identity, Kind, Path};
use serde_json::Value;

use crate::client::Api;
use crate::failure::Failure;

use super::model::{IN_GROUP, Key, TAGS, Thing, Things, plain, text};
use super::server::{Reader, list};

impl Reader<'_> {
    /// All resources of a type in some regions, by a name of their own each. `wholes` are those that they may be
    /// within.
    pub(super) fn resources(
        &self,
        handling: &Handling,
        regions: &BTreeSet<String>,
        wholes: &Things,
    ) -> Result<Things, Failure> {
        let mut found = Vec::new();
        let regions: Vec<Option<&str>> = match &handling.regions {
            Some(_) => regions.iter().map(|region| Some(region.as_str())).collect(),
            None => vec![None],
        };
        for region in regions {
            let in_region: Vec<Option<&str>> = match &handling.list.among {
                Some(_) => {
                    let here = |whole: &&Thing| whole.region.as_deref() == region;
                    wholes.values().filter(here).filter_map(|whole| whole.id.as_deref()).map(Some).collect()
                }
                None => vec![None],
            };
            for whole in in_region {
                for item in self.list_of(handling, region, whole)? {
                    found.push(thing(handling, region, &item));
                }
            }
        }
        Ok(named(handling, found, wholes))
    }

    /// Adds what lists leave out of resources and making one takes: a call for each.
    pub(super) fn show_more(&self, handlings: &[&Handling], things: &mut Things) -> Result<(), Failure> {
        for (key, thing) in things {
            let handling = handlings.iter().find(|handling| handling.resource == key.kind);
            let show = handling.and_then(|handling| Some((handling, handling.show.as_ref()?)));
            let (Some((handling, show)), Some(id)) = (show, &thing.id) else { continue };
            let api = Api { product: &handling.product, version: &handling.version };
            let region = handling.regions.as_ref().zip(thing.region.as_deref());
            let mut own = vec![(show.target.as_str(), id.as_str())];
            own.extend(region.map(|(regions, region)| (regions.parameter.as_str(), region)));
            let answer = self.call(api, &show.action, &own)?;
            for (parameter, path) in &show.more {
                if let Some(value) = at(&answer, path).filter(|value| !value.is_null() && **value != "") {
                    thing.properties.insert(parameter.clone(), value.clone());
                }
            }
        }
        Ok(())
    }

    /// The state of a resource at this moment; none if it is not there.
    pub(super) fn state_of(
        &self,
        handling: &Handling,
        region: Option<&str>,
        id: &str,
    ) -> Result<Option<String>, Failure> {
        let (Some(id_at), Some(state_at)) = (&handling.id, &handling.state) else { return Ok(None) };
        let items = self.list_of(handling, region, None)?;
        let found = items.iter().find(|item| at(item, id_at).map(plain).as_deref() == Some(id));
        Ok(found.and_then(|item| at(item, state_at)).map(plain))
    }

    fn list_of(
        &self,
        handling: &Handling,
        region: Option<&str>,
        whole: Option<&str>,
    ) -> Result<Vec<Value>, Failure> {
        let api = Api { product: &handling.product, version: &handling.version };
        let mut own: Vec<(&str, &str)> = Vec::new();
        if let (Some(regions), Some(region)) = (&handling.regions, region) {
            own.push((&regions.parameter, region));
        }
        if let (Some(among), Some(whole)) = (&handling.list.among, whole) {
            own.push((among, whole));
        }
        let path: Vec<&str> = handling.list.items.iter().map(String::as_str).collect();
        let Some(size) = handling.list.page else {
            let answer = self.call(api, &handling.list.action, &own)?;
            return Ok(list(&answer, &path).to_vec());
        };
        let size = size.min(100).to_string();
        own.push(("PageSize", &size));
        self.by_number(api, &handling.list.action, &own, &path)
    }
}

/// The value that a path leads to, the first where lists are on the way.
fn at<'v>(value: &'v Value, path: &Path) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, member| match value {
        Value::Array(elements) => elements.first()?.get(member),
        value => value.get(member),
    })
}

/// A resource as a list shows it.
fn thing(handling: &Handling, region: Option<&str>, item: &Value) -> Thing {
    let mut properties = BTreeMap::new();
    for (field, shown) in &handling.fields {
        let value = shown.path.as_ref().and_then(|path| at(item, path));
        let value = match (value, &shown.kind) {
            // One address in a list of addresses.
            (Some(Value::Array(only)), Kind::Text | Kind::Integer) => only.first(),
            (value, _) => value,
        };
        if let Some(value) = value.filter(|value| !value.is_null()) {
            properties.insert(field.clone(), value.clone());
        }
    }
    if let Some(group) = handling.group.as_ref().and_then(|path| at(item, path)) {
        properties.insert(IN_GROUP.to_owned(), group.clone());
    }
    if let Some(tags) = &handling.tags {
        let listed = at(item, &tags.list).and_then(Value::as_array).into_iter().flatten();
        let pair = |tag: &Value| Some((text(tag.get(&tags.key))?.to_owned(), tag.get(&tags.value)?.clone()));
        let listed: serde_json::Map<String, Value> = listed.filter_map(pair).collect();
        properties.insert(TAGS.to_owned(), Value::Object(listed));
    }
    let id = handling.id.as_ref().and_then(|path| at(item, path)).map(plain);
    Thing { id, region: region.map(str::to_owned), properties, ..Thing::default() }
}

/// Gives each resource a name: what it is known by, numbered where others are known by the same.
fn named(handling: &Handling, mut found: Vec<Thing>, wholes: &Things) -> Things {
    found.sort_by(|one, other| (&one.region, &one.id).cmp(&(&other.region, &other.id)));
    let mut things = Things::new();
    for thing in found {
        let own = known_by(handling, &thing, wholes);
        // The first has the name alone; what has no name, a number alone.
        let is_free = |name: &String| !things.contains_key(&Key::new(&handling.resource, name));
        let numbered = (if own.is_empty() { 1_u32 } else { 2 }..).map(|number| format!("{own}#{number}"));
        let names = Some(own.clone()).filter(|own| !own.is_empty()).into_iter().chain(numbered);
        let free = names.into_iter().find(is_free).map(|name| Key::new(&handling.resource, name));
        if let Some(key) = free {
            things.insert(key, thing);
        }
    }
    things
}

/// What a resource is known by: a name that people gave it, or the name of what it is within, and its own there.
fn known_by(handling: &Handling, thing: &Thing, wholes: &Things) -> String {
    let value = |field: &str| thing.properties.get(field).map(plain).unwrap_or_default();
    match &handling.identity {
        Identity::Field(field) => value(field),
        Identity::Within { whole, name } => {
            let id = value(whole);
            let found = wholes.iter().find(|(_, whole)| whole.id.as_deref() == Some(id.as_str()));
            format!("{}/{}", found.map_or(id.as_str(), |(key, _)| key.name.as_str()), value(name))
        }
    }
}
