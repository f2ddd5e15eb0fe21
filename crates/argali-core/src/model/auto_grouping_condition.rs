//! The conditions of rules that put resources into groups: JSON as callers write it.
// SPEC: the Resource Management API, CreateAutoGroupingRule, samples.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::resource_group::ResourceGroupId;

/// More characters than any condition needs.
const LONGEST: usize = 8_192;
/// How many conditions may lie within each other.
const DEEPEST: usize = 4;

/// Which resources a rule is about, by their tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagCondition {
    /// All of these hold.
    All(Vec<TagCondition>),
    /// One of these holds.
    Any(Vec<TagCondition>),
    /// It has all these tags.
    Has(BTreeMap<String, String>),
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Written {
    Several { operator: Connective, children: Vec<Written> },
    One(Comparison),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Connective {
    And,
    Or,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Comparison {
    feature_path: String,
    #[serde(rename = "featureSource")]
    source: Source,
    operator: String,
    desired: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Source {
    Resource,
}

impl TagCondition {
    /// Reads one.
    ///
    /// # Errors
    ///
    /// Fails with a sentence that says what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::of(read(text)?, DEEPEST)
    }

    fn of(written: Written, deeper: usize) -> Result<Self, String> {
        match written {
            Written::Several { .. } if deeper == 0 => {
                Err(format!("at most {DEEPEST} conditions may lie within each other"))
            }
            Written::Several { operator, children } => {
                let children = children
                    .into_iter()
                    .map(|child| Self::of(child, deeper - 1))
                    .collect::<Result<_, _>>()?;
                Ok(match operator {
                    Connective::And => Self::All(children),
                    Connective::Or => Self::Any(children),
                })
            }
            Written::One(Comparison { feature_path, source: Source::Resource, operator, desired }) => {
                if feature_path != "$.tags" || operator != "TagMatchAll" {
                    return Err(format!(
                        "resources are told by `TagMatchAll` of `$.tags`, not by `{operator}` of `{feature_path}`"
                    ));
                }
                let tags = serde_json::from_str::<BTreeMap<String, String>>(&desired);
                match tags {
                    Ok(tags) if !tags.is_empty() => Ok(Self::Has(tags)),
                    _ => Err(r#"`desired` names tags as JSON: "{\"env\":\"online\"}""#.to_owned()),
                }
            }
        }
    }

    /// Whether it holds of a resource with these tags.
    pub fn holds(&self, tags: &BTreeMap<String, String>) -> bool {
        match self {
            Self::All(children) => children.iter().all(|child| child.holds(tags)),
            Self::Any(children) => children.iter().any(|child| child.holds(tags)),
            Self::Has(wanted) => wanted.iter().all(|(key, value)| tags.get(key) == Some(value)),
        }
    }
}

/// Reads which group a rule puts resources into.
///
/// # Errors
///
/// Fails with a sentence that says what to write.
pub fn parse_target(text: &str) -> Result<ResourceGroupId, String> {
    let comparison = match read(text)? {
        Written::One(comparison) => Some(comparison),
        Written::Several { children, .. } => match <[Written; 1]>::try_from(children) {
            Ok([Written::One(comparison)]) => Some(comparison),
            _ => None,
        },
    };
    let named = comparison.filter(|comparison| {
        comparison.feature_path == "$.resourceGroupId" && comparison.operator == "StringEquals"
    });
    let named = named.and_then(|comparison| comparison.desired.parse().ok());
    named.ok_or_else(|| "the target is one `StringEquals` of `$.resourceGroupId`".to_owned())
}

fn read(text: &str) -> Result<Written, String> {
    let form = r#"{"operator":"and","children":[{"featurePath":…,"featureSource":"RESOURCE","operator":…,"desired":…}]}"#;
    let read = (text.len() <= LONGEST).then(|| serde_json::from_str(text).ok()).flatten();
    read.ok_or_else(|| format!("a condition has the form {form} and at most {LONGEST} characters"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(tags: &str) -> String {
        serde_json::json!({
            "featurePath": "$.tags", "featureSource": "RESOURCE", "operator": "TagMatchAll", "desired": tags,
        })
        .to_string()
    }

    fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn resources_are_told_by_their_tags() {
        let (online, project) = (has(r#"{"env":"online"}"#), has(r#"{"project":"A"}"#));
        let both =
            TagCondition::parse(&format!(r#"{{"operator":"and","children":[{online},{project}]}}"#)).unwrap();
        let either =
            TagCondition::parse(&format!(r#"{{"operator":"or","children":[{online},{project}]}}"#)).unwrap();
        for (pairs, by_both, by_either) in [
            (&[("env", "online"), ("project", "A"), ("more", "")][..], true, true),
            (&[("env", "online")], false, true),
            (&[("env", "test"), ("project", "B")], false, false),
            (&[], false, false),
        ] {
            assert_eq!(
                (both.holds(&tags(pairs)), either.holds(&tags(pairs))),
                (by_both, by_either),
                "{pairs:?}"
            );
        }
    }

    #[test]
    fn what_is_no_condition_is_told_why() {
        let named = has(r#"{"env":"online"}"#);
        let deep = (0..=DEEPEST)
            .fold(named.clone(), |inner, _| format!(r#"{{"operator":"and","children":[{inner}]}}"#));
        for (text, reason) in [
            (String::from("{}"), "has the form"),
            (String::from("[]"), "has the form"),
            (named.replace("RESOURCE", "ELSEWHERE"), "has the form"),
            (named.replace("$.tags", "$.resourceName"), "not by `TagMatchAll` of `$.resourceName`"),
            (has("{}"), "names tags"),
            (has("online"), "names tags"),
            (deep, "within each other"),
            (" ".repeat(LONGEST + 1), "has the form"),
        ] {
            let told = TagCondition::parse(&text).unwrap_err();
            assert!(told.contains(reason), "{text}: {told}");
        }
    }

    #[test]
    fn the_target_is_one_group() {
        let target = |path: &str, operator: &str| {
            serde_json::json!({ "operator": "and", "children": [{
                "featurePath": path, "featureSource": "RESOURCE", "operator": operator, "desired": "rg-acfmxh4em5jxxxx",
            }] })
            .to_string()
        };
        assert!(parse_target(&target("$.resourceGroupId", "StringEquals")).is_ok());
        assert!(parse_target(&target("$.resourceGroupId", "StringLike")).is_err());
        assert!(parse_target(&target("$.tags", "StringEquals")).is_err());
        assert!(parse_target(&has(r#"{"env":"online"}"#)).is_err());
    }
}
