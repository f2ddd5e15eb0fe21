//! Reads how pages name a service and what it has.

use std::collections::BTreeMap;

use super::super::file::{Names, Pages, ResourceType};
use super::super::file_operation::Operation;
use super::super::source::{Located, Node, Table};

/// The languages that pages come in.
const LANGUAGES: [&str; 2] = ["en", "zh-CN"];
/// How many characters a name has at most.
const LONGEST: usize = 64;

/// Reads what a file says to pages of its resources and operations.
pub(super) fn read(
    (resources, operations): (&BTreeMap<String, ResourceType>, &BTreeMap<String, Operation>),
    table: Table<'_, '_>,
) -> Pages {
    let place = table.integer("place", "a number").and_then(|place| u32::try_from(place).ok());
    let pages = Pages {
        names: table.get("names").map(read_names).unwrap_or_default(),
        place,
        types: super::named(&table, "types", "names by language", |name, node| {
            Some(read_names_of("resource type", name, resources.contains_key(&name.value), node))
        }),
        operations: super::named(&table, "operations", "names by language", |name, node| {
            Some(read_names_of("operation", name, operations.contains_key(&name.value), node))
        }),
        fields: super::named(&table, "fields", "names by language", |_, node| Some(read_names(node))),
        states: super::named(&table, "states", "names by language", |_, node| Some(read_names(node))),
    };
    table.finish();
    pages
}

/// Reads the names of something that must be in the file.
fn read_names_of(what: &str, name: &Located<String>, is_there: bool, node: Node<'_, '_>) -> Names {
    if !is_there {
        node.source.report(name.at, format!("there is no {what} `{}` in this file", name.value));
    }
    read_names(node)
}

fn read_names(node: Node<'_, '_>) -> Names {
    let Some(table) = node.table("names by language, such as `{ en = \"Towers\" }`") else {
        return Names::new();
    };
    let mut names = Names::new();
    for (language, node) in table.entries() {
        if !LANGUAGES.contains(&language.value.as_str()) {
            let message = format!("pages do not come in `{}`: expected `en` or `zh-CN`", language.value);
            node.source.report(language.at, message);
        }
        let Some(name) = node.text("what people call it") else { continue };
        let length = name.value.chars().count();
        if !(1..=LONGEST).contains(&length) || name.value.chars().any(char::is_control) {
            node.report(format!(
                "a name has 1 to {LONGEST} characters, none of which is a control character"
            ));
        }
        names.insert(language.value, name.value);
    }
    names
}
