//! Tags of users, roles, policies and resource groups: three APIs know them, each in its own way.

use serde_json::{Map, Value, json};

use super::calls::{IMS, RESOURCE_MANAGER};
use super::difference::operation;
use super::model::{POLICY, RESOURCE_GROUP, ROLE, USER, plain, text};
use super::plan::{Argument, Call};
use crate::client::{Api, RAM};

/// The kinds that have tags, but for resources of declared services.
pub(super) const TAGGED: [&str; 4] = [USER, ROLE, POLICY, RESOURCE_GROUP];

/// The parameter of tags.
const TAG: &str = "Tag";

/// How a call names one thing of a kind: by its name with the account's `domain`, by its name, or by its identifier.
fn named(kind: &str, target: Argument, domain: &str) -> (Api<'static>, Vec<(String, Argument)>) {
    let (api, word, parameter) = match kind {
        USER => (IMS, "user", "ResourcePrincipalName.1"),
        RESOURCE_GROUP => (RESOURCE_MANAGER, "ResourceGroup", "ResourceId.1"),
        ROLE => (RAM, "role", "ResourceNames"),
        _ => (RAM, "policy", "ResourceNames"),
    };
    let target = match (kind, target) {
        (USER, Argument::Text(name)) => Argument::Text(format!("{name}@{domain}")),
        (ROLE | POLICY, Argument::Text(name)) => Argument::Text(json!([name]).to_string()),
        (_, target) => target,
    };
    (api, vec![("ResourceType".to_owned(), word.into()), (parameter.to_owned(), target)])
}

/// The call that lists the tags of one, as its API and parameters.
pub(super) fn listing(kind: &str, target: &str, domain: &str) -> (Api<'static>, Vec<(String, String)>) {
    let (api, arguments) = named(kind, target.into(), domain);
    let mut parameters: Vec<(String, String)> = Vec::new();
    for (name, argument) in arguments {
        if let Argument::Text(value) = argument {
            parameters.push((name, value));
        }
    }
    (api, parameters)
}

/// The tags that such a call answers.
pub(super) fn listed(answer: &Value) -> Map<String, Value> {
    let found = answer.get("TagResources").map(|found| found.get("TagResource").unwrap_or(found));
    let found = found.and_then(Value::as_array).into_iter().flatten();
    found
        .filter_map(|tag| Some((text(tag.get("TagKey"))?.to_owned(), tag.get("TagValue")?.clone())))
        .collect()
}

/// The call that sets tags on one.
pub(super) fn setting(kind: &str, target: Argument, tags: &Value, domain: &str) -> Call {
    let (api, mut arguments) = named(kind, target, domain);
    arguments.extend(if matches!(kind, ROLE | POLICY) {
        let tags = tags.as_object().into_iter().flatten();
        let tags: Vec<Value> =
            tags.map(|(key, value)| json!({ "Key": key, "Value": plain(value) })).collect();
        vec![(TAG.to_owned(), Argument::Text(Value::from(tags).to_string()))]
    } else {
        numbered(tags)
    });
    operation(api, "TagResources", arguments)
}

/// Tags as most operations take them.
pub(super) fn numbered(tags: &Value) -> Vec<(String, Argument)> {
    let tags = tags.as_object().into_iter().flatten().enumerate();
    tags.flat_map(|(at, (key, value))| {
        let place = format!("{TAG}.{}", at + 1);
        [
            (format!("{place}.Key"), Argument::from(key.as_str())),
            (format!("{place}.Value"), Argument::Text(plain(value))),
        ]
    })
    .collect()
}

/// Whether a thing lacks one of the tags that are wanted, or has it with another value. Others stay.
pub(super) fn differ(wanted: &Value, there: Option<&Value>) -> bool {
    let tag = |key: &String| there.and_then(|tags| tags.get(key));
    wanted.as_object().is_some_and(|tags| tags.iter().any(|(key, value)| tag(key) != Some(value)))
}
