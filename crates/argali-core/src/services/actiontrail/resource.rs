//! What a call was about, as events name it: the type and the name of a resource.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::Event;

/// The resources of a call: names by type, such as `ACS::RAM::User` and `alice`.
pub(super) type Referenced = BTreeMap<String, BTreeSet<String>>;

/// The resources that permission was asked for, those that were to be made under the names that the call gave.
pub(super) fn referenced(event: &Event) -> Referenced {
    let mut referenced = Referenced::new();
    for resource in &event.resources {
        // acs:<service>:<region>:<account>:<type>/<name>
        let mut parts = resource.arn.splitn(5, ':').skip(1);
        let (service, path) = (parts.next().unwrap_or_default(), parts.nth(2).unwrap_or_default());
        let Some((kind, name)) = path.split_once('/') else { continue };
        let kind = pascal_case(kind);
        let name = match name {
            "*" => event.parameters.get(&format!("{kind}Name")).map(String::as_str),
            name => Some(name),
        };
        let names = referenced.entry(format!("ACS::{}::{kind}", service.to_ascii_uppercase())).or_default();
        names.extend(name.map(str::to_owned));
    }
    referenced.retain(|_, names| !names.is_empty());
    referenced
}

/// `securitygroup` stays one word, `access-key` and `access_key` become `AccessKey`.
fn pascal_case(kind: &str) -> String {
    let words = kind.split(['-', '_']).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    words.map(capital).collect()
}
