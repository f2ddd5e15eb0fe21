//! Conditions of auto-grouping rules: read or refused, and they hold where a slow reading of the same text says so.

use std::collections::BTreeMap;

use argali_core::model::{TagCondition, parse_target};
use serde_json::Value;

use super::{Probe, Target, gist, outcome};
use crate::engine::{Shape, Words, part};

pub(super) static TARGET: Target = Target {
    name: "grouping",
    shape: Shape::Json,
    words: Words {
        any: &["children", "operator", "desired", "featurePath", "featureSource", "RESOURCE", "rg-1"],
        of_members: &[
            ("operator", &["and", "or", "TagMatchAll", "StringEquals"]),
            ("featurePath", &["$.tags", "$.resourceGroupId"]),
            ("desired", &[r#"{"env":"online"}"#, r#"{"env":"online","project":"A"}"#, "{}", "rg-1"]),
        ],
    },
    seeds: || {
        let tags = r#"{"featurePath":"$.tags","featureSource":"RESOURCE","operator":"TagMatchAll","desired":"{\"env\":\"online\"}"}"#;
        let target = r#"{"featurePath":"$.resourceGroupId","featureSource":"RESOURCE","operator":"StringEquals","desired":"rg-1"}"#;
        let joined =
            |operator: &str, child: &str| format!(r#"{{"operator":"{operator}","children":[{child}]}}"#);
        let seeds = [joined("and", tags), joined("or", &joined("and", tags)), joined("and", target)];
        seeds.map(String::into_bytes).into()
    },
    start: || Box::new(Grouping),
};

struct Grouping;

impl Probe for Grouping {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let Ok(text) = std::str::from_utf8(input) else { return 0 };
        let target = part(|| parse_target(text));
        let condition = match part(|| TagCondition::parse(text)) {
            Ok(condition) => condition,
            Err(reason) => return outcome((gist(&reason), target.is_ok())),
        };
        assert!(target.is_err(), "one text is both a condition and a target");
        let written: Value = serde_json::from_str(text).unwrap();
        let held = [&[][..], &[("env", "online")], &[("env", "online"), ("project", "A")]].map(|tags| {
            let tags: BTreeMap<String, String> =
                tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
            let held = condition.holds(&tags);
            assert_eq!(held, holds(&written, &tags), "{tags:?}");
            held
        });
        outcome(held)
    }
}

/// The same, read as it stands there.
fn holds(written: &Value, tags: &BTreeMap<String, String>) -> bool {
    if let Some(children) = written["children"].as_array() {
        let mut held = children.iter().map(|child| holds(child, tags));
        return if written["operator"] == "or" { held.any(|held| held) } else { held.all(|held| held) };
    }
    let wanted: Value = serde_json::from_str(written["desired"].as_str().unwrap()).unwrap();
    let mut wanted = wanted.as_object().unwrap().iter();
    wanted.all(|(key, value)| tags.get(key).map(String::as_str) == value.as_str())
}
