//! Resources of declared services: the calls that make, change and delete them, as their service files say.

use std::collections::BTreeMap;

use argali_server::hosted::{ChangeCall, Handling, Identity, Kind, MakeCall, MarkCall};
use serde_json::Value;

use crate::client::Api;

use super::difference::{Impossible, Names, Wanted, operation, step};
use super::model::{IN_GROUP, Key, RESOURCE_GROUP, TAGS, Thing, plain};
use super::plan::{Argument, Call, Step, Verb};
use super::tags;

/// The parameters of a resource group and of tags when a resource is made.
const GROUP_PARAMETER: &str = "ResourceGroupId";
const TAG_PARAMETER: &str = "Tag";

/// What makes or mends a resource; nothing if it is as it is wanted.
pub(super) fn steps(
    handling: &Handling,
    wanted: &Wanted<'_, '_>,
    names: &Names<'_, '_>,
) -> Result<Vec<Step>, Impossible> {
    match wanted.there {
        None => made(handling, wanted, names),
        Some(there) => {
            let properties = differing(handling, wanted.thing, there, names);
            let target = target_of(handling, there);
            changed(handling, wanted, &properties, &target, names)
        }
    }
}

/// The properties in which a resource is not as it is wanted, as far as lists show them.
pub(super) fn differing<'t>(
    handling: &Handling,
    wanted: &'t Thing,
    there: &Thing,
    names: &Names<'_, '_>,
) -> Vec<&'t str> {
    let differs = |(property, value): &(&'t String, &Value)| {
        let found = there.properties.get(*property);
        match property.as_str() {
            IN_GROUP => names.id(RESOURCE_GROUP, &plain(value)) != found.map(plain),
            TAGS => tags::differ(value, found),
            field => match handling.fields.get(field).filter(|shown| shown.path.is_some()) {
                Some(shown) => !is_same(value, found, shown.refers.as_deref(), names),
                None => false,
            },
        }
    };
    wanted.properties.iter().filter(differs).map(|(property, _)| property.as_str()).collect()
}

/// Whether two values say the same, however they are written: lists show numbers where files have texts, and the
/// other way round.
fn is_same(wanted: &Value, found: Option<&Value>, refers: Option<&str>, names: &Names<'_, '_>) -> bool {
    let id = |name: String| match refers {
        Some(kind) => names.id(kind, &name),
        None => Some(name),
    };
    match (wanted, found) {
        (Value::Array(wanted), Some(Value::Array(found))) => {
            wanted.len() == found.len()
                && wanted.iter().zip(found).all(|(wanted, found)| id(plain(wanted)) == Some(plain(found)))
        }
        (Value::Array(wanted), None) => wanted.is_empty(),
        (Value::Array(wanted), Some(Value::String(joined))) => {
            wanted.iter().map(plain).collect::<Vec<_>>().join(",") == *joined
        }
        (wanted, found) => id(plain(wanted)) == Some(found.map(plain).unwrap_or_default()),
    }
}

fn made(
    handling: &Handling,
    wanted: &Wanted<'_, '_>,
    names: &Names<'_, '_>,
) -> Result<Vec<Step>, Impossible> {
    let thing = wanted.thing;
    let call = choose(handling, thing).map_err(|message| Impossible { at: thing.at, message })?;
    let mut arguments = region(handling, thing);
    let mut later: Vec<&str> = Vec::new();
    for (property, value) in &thing.properties {
        match property.as_str() {
            IN_GROUP if call.parameters.contains_key(GROUP_PARAMETER) => {
                let group = plain(value);
                let id = names.key(RESOURCE_GROUP, &group).map(Argument::IdOf);
                arguments.push((GROUP_PARAMETER.to_owned(), id.unwrap_or(Argument::Text(group))));
            }
            TAGS if call.parameters.contains_key(TAG_PARAMETER) => arguments.extend(tags::numbered(value)),
            // What has no name is made without.
            _ if *value == "" => {}
            field => match call.parameters.get(field) {
                Some(kind) => arguments.extend(written(handling, field, kind, value, names)),
                None if call.fixed.contains_key(field) => {}
                None => later.push(field),
            },
        }
    }
    let api = Api { product: &handling.product, version: &handling.version };
    let region = thing.region.clone();
    let settles = call.settles.clone().filter(|_| handling.state.is_some()).map(|state| (state, region));
    let is_within = matches!(handling.identity, Identity::Within { .. });
    let first = Step {
        id_at: call.id.clone().filter(|_| !is_within),
        settles: settles.filter(|_| !is_within),
        ..step(Verb::Make, wanted.key, "", operation(api, &call.action, arguments))
    };
    let target = match &handling.identity {
        Identity::Field(_) => vec![Argument::IdOf(wanted.key.clone())],
        Identity::Within { whole, name } => {
            [whole, name].map(|field| own(handling, thing, field, names)).to_vec()
        }
    };
    let more = changed(handling, wanted, &later, &target, names)?;
    Ok(std::iter::once(first).chain(more.into_iter().map(|more| Step { verb: Verb::Make, ..more })).collect())
}

/// The value of a field as a call says it.
fn own(handling: &Handling, thing: &Thing, field: &str, names: &Names<'_, '_>) -> Argument {
    let value = thing.properties.get(field).map(plain).unwrap_or_default();
    let refers = handling.fields.get(field).and_then(|shown| shown.refers.as_deref());
    let key = refers.and_then(|refers| names.key(refers, &value));
    key.map_or(Argument::Text(value), Argument::IdOf)
}

/// The way of making that takes most of what is said and contradicts none of it.
pub(super) fn choose<'h>(handling: &'h Handling, thing: &Thing) -> Result<&'h MakeCall, String> {
    let said = |name: &str| thing.properties.contains_key(name);
    let contradicts = |make: &&MakeCall| {
        make.fixed
            .iter()
            .any(|(field, value)| thing.properties.get(field).is_some_and(|said| plain(said) != plain(value)))
    };
    let fitting: Vec<&MakeCall> = handling.makes.iter().filter(|make| !contradicts(make)).collect();
    let complete = fitting.iter().filter(|make| make.required.iter().all(|name| said(name)));
    let taken = |make: &&&MakeCall| make.parameters.keys().filter(|name| said(name)).count();
    if let Some(found) = complete.max_by_key(taken) {
        return Ok(found);
    }
    let missing = fitting.first().or(handling.makes.first().as_ref()).map(|make| {
        let missing = make.required.iter().filter(|name| !said(name));
        missing.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    });
    Err(format!("`{}` cannot be made without {}", handling.resource, missing.unwrap_or_default()))
}

/// The steps that change these properties of a resource.
fn changed(
    handling: &Handling,
    wanted: &Wanted<'_, '_>,
    properties: &[&str],
    target: &[Argument],
    names: &Names<'_, '_>,
) -> Result<Vec<Step>, Impossible> {
    let mut by_call: BTreeMap<&str, (&ChangeCall, Vec<&str>)> = BTreeMap::new();
    let mut steps = Vec::new();
    for property in properties {
        let value = wanted.thing.properties.get(*property).unwrap_or(&Value::Null);
        let mark = match *property {
            IN_GROUP => {
                let group = plain(value);
                let id = names.key(RESOURCE_GROUP, &group).map_or(Argument::Text(group), Argument::IdOf);
                handling.regroup.as_ref().map(|mark| (mark, vec![(mark.with.clone(), id)]))
            }
            TAGS => handling.tag.as_ref().map(|mark| (mark, tags::numbered(value))),
            _ => None,
        };
        let call = handling.changes.iter().find(|call| call.parameters.contains_key(*property));
        match (mark, call, target) {
            (Some((mark, with)), _, [target]) => {
                let call = marking(handling, wanted.thing, mark, target, with);
                steps.push(step(Verb::Change, wanted.key, *property, call));
            }
            (_, Some(call), _) => by_call.entry(&call.action).or_insert((call, Vec::new())).1.push(property),
            _ => {
                let message = format!(
                    "`{property}` of {} is otherwise and cannot be changed: delete it first, or write what it is",
                    wanted.key
                );
                return Err(Impossible { at: wanted.thing.at, message });
            }
        }
    }
    let api = Api { product: &handling.product, version: &handling.version };
    for (action, (call, fields)) in by_call {
        let mut arguments = region(handling, wanted.thing);
        arguments.extend(call.targets.iter().cloned().zip(target.iter().cloned()));
        for field in &fields {
            if let (Some(kind), Some(value)) =
                (call.parameters.get(*field), wanted.thing.properties.get(*field))
            {
                arguments.extend(written(handling, field, kind, value, names));
            }
        }
        steps.push(step(Verb::Change, wanted.key, fields.join(", "), operation(api, action, arguments)));
    }
    Ok(steps)
}

/// The step that deletes a resource, or why there is none.
pub(super) fn delete(handling: &Handling, key: &Key, there: &Thing) -> Result<Step, String> {
    let Some(call) = &handling.delete else {
        return Err("no operation deletes such a resource".to_owned());
    };
    let mut arguments = region(handling, there);
    arguments.extend(call.targets.iter().cloned().zip(target_of(handling, there)));
    arguments.extend(call.force.iter().map(|force| (force.clone(), "true".into())));
    let api = Api { product: &handling.product, version: &handling.version };
    Ok(step(Verb::Delete, key, "", operation(api, &call.action, arguments)))
}

/// What calls name a resource by that is there.
fn target_of(handling: &Handling, there: &Thing) -> Vec<Argument> {
    let text = |field: &String| Argument::Text(there.properties.get(field).map(plain).unwrap_or_default());
    match &handling.identity {
        Identity::Field(_) => vec![Argument::Text(there.id.clone().unwrap_or_default())],
        Identity::Within { whole, name } => vec![text(whole), text(name)],
    }
}

fn marking(
    handling: &Handling,
    thing: &Thing,
    mark: &MarkCall,
    target: &Argument,
    with: Vec<(String, Argument)>,
) -> Call {
    let mut arguments = region(handling, thing);
    arguments.extend(mark.word.clone().map(|word| ("ResourceType".to_owned(), Argument::Text(word))));
    arguments.push((mark.target.clone(), target.clone()));
    arguments.extend(with);
    operation(Api { product: &handling.product, version: &handling.version }, &mark.action, arguments)
}

fn region(handling: &Handling, thing: &Thing) -> Vec<(String, Argument)> {
    let region = handling.regions.as_ref().zip(thing.region.as_deref());
    region.map(|(regions, region)| (regions.parameter.clone(), region.into())).into_iter().collect()
}

/// A value as parameters of its kind.
fn written(
    handling: &Handling,
    name: &str,
    kind: &Kind,
    value: &Value,
    names: &Names<'_, '_>,
) -> Vec<(String, Argument)> {
    let refers = handling.fields.get(name).and_then(|shown| shown.refers.as_deref());
    let one = |value: &Value| {
        let text = plain(value);
        refers.and_then(|kind| names.key(kind, &text)).map_or(Argument::Text(text), Argument::IdOf)
    };
    let members = |place: &str, value: &Value| -> Vec<(String, Argument)> {
        let members = value.as_object().into_iter().flatten();
        members.map(|(member, value)| (format!("{place}.{member}"), Argument::Text(plain(value)))).collect()
    };
    match (kind, value) {
        (Kind::TextList, Value::Array(elements)) => {
            let numbered = elements.iter().enumerate();
            numbered.map(|(at, element)| (format!("{name}.{}", at + 1), one(element))).collect()
        }
        (Kind::TextList, single) => vec![(format!("{name}.1"), one(single))],
        (Kind::CommaList, Value::Array(elements)) => {
            let joined = elements.iter().map(plain).collect::<Vec<_>>().join(",");
            vec![(name.to_owned(), Argument::Text(joined))]
        }
        (Kind::Struct(_), value) => members(name, value),
        (Kind::Structs(_), Value::Array(elements)) => {
            let numbered = elements.iter().enumerate();
            numbered.flat_map(|(at, element)| members(&format!("{name}.{}", at + 1), element)).collect()
        }
        (_, value) => vec![(name.to_owned(), one(value))],
    }
}
