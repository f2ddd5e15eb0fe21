//! What answers look like: the members and types that the reference gives them, in `shape/*.json`;
//! `shape/argali.json` is the reference of our own operations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

/// Members of an answer, by the path to them: `Users.User[].Email`, with the type that the reference gives.
type Members = BTreeMap<String, String>;

/// Members that are answered although the reference shows them in lists alone. This list only shrinks.
const MORE: &[(&str, &str)] =
    &[("DescribeVpcAttribute", "CenStatus"), ("DescribeVpcAttribute", "RouterTableIds.RouterTableIds[]")];

/// Refuses an answer that has a member which the reference does not know, or one of another type.
#[track_caller]
pub(crate) fn known(product: &str, action: &str, answer: &Value) {
    let (members, seen) = (members_of(product, action), seen_in(answer));
    for (path, kind) in &seen {
        if MORE.contains(&(action, path)) {
            continue;
        }
        let expected = members.get(path);
        // Below `Events[].*` an event may have whatever members it has.
        if members.iter().any(|(free, kind)| kind == "any" && below(path, free)) {
            continue;
        }
        assert!(expected.is_some(), "{action}: the reference knows no member `{path}`: {answer}");
        let expected = expected.map_or("", |kind| kind.split('(').next().unwrap_or_default());
        let fits = kind == expected || expected == "any" || (kind == "int" && expected == "float");
        assert!(fits, "{action}: `{path}` is a {kind}, the reference says {expected}: {answer}");
    }
}

/// Whether a path lies below `free`, which ends with `*`.
fn below(path: &str, free: &str) -> bool {
    free.strip_suffix('*').is_some_and(|parent| path.starts_with(parent))
}

/// Refuses an answer as [`known`] does, and one that lacks any member but `absent`, or has one of these.
#[track_caller]
pub(crate) fn complete(product: &str, action: &str, answer: &Value, absent: &[&str]) {
    known(product, action, answer);
    let seen = seen_in(answer);
    let members = members_of(product, action);
    let lacking: BTreeSet<&str> = members
        .keys()
        .filter(|path| !seen.keys().any(|seen| seen == *path || below(seen, path)))
        .map(String::as_str)
        .collect();
    let absent: BTreeSet<&str> = absent.iter().copied().collect();
    assert_eq!(lacking, absent, "{action}: the members that are not answered: {answer}");
}

/// Shapes of answers by operation.
type Shapes = BTreeMap<String, Value>;

/// The same by product, in lower case.
pub(crate) static SHAPES: LazyLock<BTreeMap<&str, Shapes>> = LazyLock::new(|| {
    let read = |text| serde_json::from_str(text).unwrap();
    [
        ("ram", read(include_str!("shape/ram.json"))),
        ("sts", read(include_str!("shape/sts.json"))),
        ("ims", read(include_str!("shape/ims.json"))),
        ("resourcemanager", read(include_str!("shape/resourcemanager.json"))),
        ("actiontrail", read(include_str!("shape/actiontrail.json"))),
        ("argali", read(include_str!("shape/argali.json"))),
        ("ecs", read(include_str!("shape/ecs.json"))),
        ("rds", read(include_str!("shape/rds.json"))),
        ("slb", read(include_str!("shape/slb.json"))),
        ("sofa", read(include_str!("shape/sofa.json"))),
        ("vpc", read(include_str!("shape/vpc.json"))),
    ]
    .into()
});

#[track_caller]
fn members_of(product: &str, action: &str) -> Members {
    let shape = SHAPES.get(product.to_ascii_lowercase().as_str()).and_then(|shapes| shapes.get(action));
    let shape = shape.unwrap_or_else(|| panic!("shape/*.json has no {product} {action}"));
    let mut members = Members::new();
    walk(shape, "", &mut |path, leaf| {
        members.insert(path, leaf.as_str().unwrap_or("empty").to_owned());
    });
    members
}

/// The members of an answer with their types; an empty list stands for itself and whatever it could hold.
fn seen_in(answer: &Value) -> Members {
    let mut seen = Members::new();
    walk(answer, "", &mut |path, leaf| {
        let kind = match leaf {
            Value::String(_) => "string",
            Value::Bool(_) => "bool",
            Value::Number(number) if number.is_f64() => "float",
            Value::Number(_) => "int",
            Value::Null => "null",
            // An empty list or object says nothing of its members.
            Value::Array(_) | Value::Object(_) => return,
        };
        seen.insert(path, kind.to_owned());
    });
    seen
}

/// Calls `visit` with each leaf and its path. Empty lists and objects are leaves.
fn walk(value: &Value, path: &str, visit: &mut impl FnMut(String, &Value)) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            for (name, value) in object {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(value, &path, visit);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for value in list {
                walk(value, &format!("{path}[]"), visit);
            }
        }
        leaf => visit(path.to_owned(), leaf),
    }
}
