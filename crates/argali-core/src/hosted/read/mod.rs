//! Reads a service file into its description. What can be seen in the file alone is checked here; what
//! needs the other files, in `check`.

mod backend;
mod linked_role;
mod operation;
mod pages;
mod resource;
mod shape;

pub(super) use resource::OWN_NAMES;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::file::{ErrorForm, FixedTable, Gate, Level, Region, Service, Situations, TypeName};
use super::situation::Situation;
use super::source::{Bounds, Located, Mistake, Node, Source, Table};
use super::template::Template;

/// Reads one file. What could be read is returned along with the mistakes.
pub(super) fn read(file: &str, text: &str) -> (Option<Service>, Vec<Mistake>) {
    let source = Source::new(file, text, Bounds::SERVICE);
    let service = source.parse().map(|root| {
        let root_node = Table::new(&source, root.get_ref(), super::source::At { line: 1, column: 1 });
        read_service(file, root_node)
    });
    (service, source.into_mistakes())
}

fn read_service(file: &str, root: Table<'_, '_>) -> Service {
    let name = root.required_text("service", "the name that other files use, such as `\"ecs\"`").value;
    let backend = root.get("backend");
    let answers = if backend.is_some() { Answers::Backend } else { Answers::Engine };
    let resources = named(&root, "resource", "a resource type", |key, node| {
        resource::read(&name, answers, key, node.table("a resource type")?)
    });
    let operations = named(&root, "operation", "an operation", |key, node| {
        operation::read(&name, answers, &resources, key, node.table("an operation")?)
    });
    let service = Service {
        file: file.to_owned(),
        title: root.required_text("title", "the name for people").value,
        product: root.required_text("product", "the product code, such as `\"Ecs\"`").value,
        version: root.required_text("version", "the API version, such as `\"2014-05-26\"`").value,
        ram_code: root.required_text("ram_code", "the code in actions and ARNs, such as `\"ecs\"`").value,
        level: root.get("authorization").and_then(read_level).unwrap_or(Level::Resource),
        other_accounts: root.get("other_accounts").and_then(read_gate).unwrap_or(Gate::Open),
        region: root.table("region", "a table").and_then(|table| read_region(&name, table)),
        backend: backend.and_then(backend::read).map(Arc::new),
        errors: named(&root, "errors", "an error", |_, node| read_error(node)),
        situations: root.get("situations").map(read_situations).unwrap_or_default(),
        tables: named(&root, "table", "a fixed table", |key, node| {
            read_fixed(&name, key, node.table("a fixed table")?)
        }),
        linked_roles: named(&root, "linked_role", "a service-linked role", |service, node| {
            linked_role::read(&name, service, node.table("a service-linked role")?)
        }),
        pages: root
            .table("pages", "a table")
            .map(|table| pages::read((&resources, &operations), table))
            .unwrap_or_default(),
        resources,
        operations,
        name,
    };
    root.finish();
    service
}

/// Who answers the calls of a service, and so whether its file must say how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answers {
    /// The engine.
    Engine,
    /// What lies behind it.
    Backend,
}

/// The kinds of values and the verbs of operations, as files write them.
#[cfg(test)]
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    shape::KINDS.iter().map(|(name, _)| *name).chain(operation::VERBS.iter().copied())
}

/// The entries of the table at `key`, each read with `read`.
fn named<T>(
    table: &Table<'_, '_>,
    key: &'static str,
    what: &str,
    mut read: impl FnMut(&Located<String>, Node<'_, '_>) -> Option<T>,
) -> BTreeMap<String, T> {
    let Some(table) = table.table(key, &format!("tables, each {what}")) else { return BTreeMap::new() };
    table.entries().filter_map(|(name, node)| Some((name.value.clone(), read(&name, node)?))).collect()
}

/// A word of a fixed list.
fn read_word<T: Copy>(node: Node<'_, '_>, words: &[(&str, T)]) -> Option<T> {
    let expected: Vec<String> = words.iter().map(|(word, _)| format!("`\"{word}\"`")).collect();
    let expected = format!("one of {}", expected.join(", "));
    let text = node.text(&expected)?;
    let found = words.iter().find(|(word, _)| *word == text.value).map(|(_, value)| *value);
    if found.is_none() {
        node.report(format!("expected {expected}, found `{}`", text.value));
    }
    found
}

fn read_level(node: Node<'_, '_>) -> Option<Level> {
    let words = [("service", Level::Service), ("operation", Level::Operation), ("resource", Level::Resource)];
    read_word(node, &words)
}

fn read_gate(node: Node<'_, '_>) -> Option<Gate> {
    read_word(node, &[("open", Gate::Open), ("closed", Gate::Closed)])
}

fn read_region(service: &str, table: Table<'_, '_>) -> Option<Region> {
    let region = Region {
        parameter: table
            .text("parameter", "a parameter's name")
            .map_or("RegionId".to_owned(), |text| text.value),
        table: qualify(service, table.required_text("table", "the fixed table of regions")),
        default: table.required_text("default", "the region of a call that names none").value,
    };
    table.finish();
    Some(region)
}

fn read_error(node: Node<'_, '_>) -> Option<ErrorForm> {
    let table = node.table("a table with `status` and `message`")?;
    let what = "an HTTP status from 400 to 599";
    let status =
        table.integer("status", what).and_then(|status| u16::try_from(status).ok()).unwrap_or_default();
    if !(400..600).contains(&status) {
        table.report(format!("`status` must be {what}"));
    }
    let message = table.required_text("message", "one sentence that says what to do next").value;
    table.finish();
    Some(ErrorForm { status, message })
}

/// A table of situations and their codes.
fn read_situations(node: Node<'_, '_>) -> Situations {
    let Some(table) = node.table("a table of situations") else { return Situations::new() };
    let mut situations = Situations::new();
    for (name, node) in table.entries() {
        let situation = Situation::ALL.iter().find(|(word, _)| *word == name.value);
        match (situation, node.text("the code of an error")) {
            (Some((_, situation)), Some(code)) => {
                situations.insert(*situation, code);
            }
            (None, _) => {
                let known: Vec<String> = Situation::ALL.iter().map(|(word, _)| format!("`{word}`")).collect();
                let message =
                    format!("`{}` is not a situation: expected one of {}", name.value, known.join(", "));
                node.source.report(name.at, message);
            }
            (Some(_), None) => {}
        }
    }
    situations
}

fn read_fixed(service: &str, key: &Located<String>, table: Table<'_, '_>) -> Option<FixedTable> {
    let column = table.required_text("key", "the column that identifies a row").value;
    let mut rows = BTreeMap::new();
    let mut order = Vec::new();
    for node in table.get("rows").map(|node| node.list("an array of tables")).unwrap_or_default() {
        let row = node.json();
        match row.get(&column).and_then(Value::as_str) {
            Some(id) if !rows.contains_key(id) => {
                order.push(id.to_owned());
                rows.insert(id.to_owned(), row);
            }
            Some(id) => node.report(format!("there is another row `{id}`")),
            None => node.report(format!("the row has no text in its key column `{column}`")),
        }
    }
    let fixed = FixedTable {
        name: format!("{service}.{}", key.value),
        key: column,
        arn: table.get("arn").map(Template::read),
        rows,
        order,
        view: table.get("view").map(Template::read),
        at: key.at,
    };
    table.finish();
    Some(fixed)
}

/// The full name of a type that a file may name without its own service.
fn qualify(service: &str, name: Located<String>) -> TypeName {
    if name.value.contains('.') {
        name
    } else {
        Located { value: format!("{service}.{}", name.value), at: name.at }
    }
}
