//! Reads the form of a value: of a field or of a parameter.

use std::collections::BTreeMap;

use super::super::file_value::{Kind, Parameter, Shape};
use super::super::source::{Node, Table};
use super::qualify;

pub(super) const KINDS: &[(&str, Kind)] = &[
    ("text", Kind::Text),
    ("integer", Kind::Integer),
    ("number", Kind::Number),
    ("boolean", Kind::Boolean),
    ("cidr", Kind::Cidr),
    ("text list", Kind::TextList),
    ("json list", Kind::JsonList),
    ("comma list", Kind::CommaList),
    ("json", Kind::Json),
    ("tags", Kind::Tags),
    ("json tags", Kind::JsonTags),
    ("filters", Kind::Filters),
];

impl Shape {
    /// A value of `kind` without further limits.
    pub(in super::super) fn of(kind: Kind) -> Self {
        let values = Vec::new();
        Self {
            kind,
            length: None,
            range: None,
            values,
            mix: 0,
            secret: false,
            refers: None,
            anywhere: false,
            invalid: None,
            missing: None,
        }
    }
}

/// Reads a parameter: a kind alone, or a table.
pub(super) fn read_parameter(service: &str, node: Node<'_, '_>) -> Option<Parameter> {
    if node.value.get_ref().is_str() {
        return Some(Parameter { shape: Shape::of(read_kind(node)?), required: false, default: None });
    }
    let table = node.table("a kind such as `\"text\"`, or a table")?;
    let parameter = Parameter {
        shape: read_shape(service, &table),
        required: table.flag("required"),
        default: table.get("default").map(Node::json),
    };
    table.finish();
    Some(parameter)
}

/// Reads the keys of `table` that describe a value; the caller reads the others.
pub(super) fn read_shape(service: &str, table: &Table<'_, '_>) -> Shape {
    let code = "the code of an error";
    Shape {
        kind: read_full_kind(service, table).unwrap_or(Kind::Text),
        length: read_pair(table, "length")
            .map(|(least, most)| (usize::try_from(least).unwrap_or(0), usize::try_from(most).unwrap_or(0))),
        range: read_pair(table, "range"),
        values: table.texts("values", "texts").into_iter().map(|value| value.value).collect(),
        mix: table
            .integer("mix", "how many kinds of characters")
            .map_or(0, |mix| usize::try_from(mix).unwrap_or(0)),
        secret: table.flag("secret"),
        refers: table.text("refers", "the name of a type or table").map(|name| qualify(service, name)),
        anywhere: table.flag("anywhere"),
        invalid: table.text("invalid", code),
        missing: table.text("missing", code),
    }
}

fn read_full_kind(service: &str, table: &Table<'_, '_>) -> Option<Kind> {
    let members = table.table("members", "a table of parameters").map(|members| {
        let read = |(name, node): (super::super::source::Located<String>, Node<'_, '_>)| {
            Some((name.value, read_parameter(service, node)?))
        };
        members.entries().filter_map(read).collect::<BTreeMap<_, _>>()
    });
    let kind = table.get("kind");
    match (kind.and_then(|node| node.value.get_ref().as_str().map(str::to_owned)).as_deref(), members) {
        (Some("struct"), Some(members)) => Some(Kind::Struct(members)),
        (Some("structs"), Some(members)) => Some(Kind::Structs(members)),
        (Some("json structs"), Some(members)) => Some(Kind::JsonStructs(members)),
        (Some("struct" | "structs" | "json structs"), None) => {
            table.report("`members` is missing: expected a table of parameters");
            None
        }
        (_, Some(_)) => {
            table.report("only the kinds `\"struct\"`, `\"structs\"` and `\"json structs\"` have `members`");
            None
        }
        (_, None) => kind.map_or(Some(Kind::Text), read_kind),
    }
}

fn read_kind(node: Node<'_, '_>) -> Option<Kind> {
    let text = node.text("a kind such as `\"text\"`")?.value;
    let kind = KINDS.iter().find(|(name, _)| *name == text).map(|(_, kind)| kind.clone());
    if kind.is_none() {
        let names: Vec<String> = KINDS.iter().map(|(name, _)| format!("`\"{name}\"`")).collect();
        node.report(format!("`{text}` is not a kind: expected one of {}", names.join(", ")));
    }
    kind
}

/// Least and greatest.
fn read_pair(table: &Table<'_, '_>, key: &'static str) -> Option<(i64, i64)> {
    let node = table.get(key)?;
    let what = "two numbers, least and greatest";
    let numbers: Vec<i64> = node.list(what).into_iter().filter_map(|node| node.integer("a number")).collect();
    match numbers.as_slice() {
        [least, most] if least <= most => Some((*least, *most)),
        _ => {
            node.report(format!("expected {what}"));
            None
        }
    }
}
