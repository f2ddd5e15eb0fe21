//! Reads a file that says what a world is to be.

use std::collections::{BTreeMap, BTreeSet};

use argali_server::hosted::{At, Bounds, Handling, Identity, Located, Mistake, Node, Source, Table};
use serde_json::Value;

use super::model::{
    BUCKET, GROUP, Grant, IN_GROUP, Key, Kinds, POLICY, RESOURCE_GROUP, ROLE, SHOWN, TAGS, Thing, Things,
    USER, membership,
};

/// Such a file can hold hundreds of policies.
const BOUNDS: Bounds = Bounds { longest_file: 16 << 20, longest_line: 64 << 10 };

/// The accounts of a file, by what it calls them.
pub(super) type World = BTreeMap<String, Account>;

/// An account of a file.
#[derive(Debug)]
pub(super) struct Account {
    /// Its number, if the file says it.
    pub(super) id: Option<String>,
    /// What is to be in it.
    pub(super) things: Things,
}

/// Reads a file, or lists its mistakes.
pub(super) fn read(file: &str, text: &str, kinds: &Kinds<'_>) -> Result<World, Vec<Mistake>> {
    let source = Source::new(file, text, BOUNDS);
    let mut world = World::new();
    if let Some(root) = source.parse() {
        let root = Table::new(&source, root.get_ref(), At { line: 1, column: 1 });
        if !root.has("account") {
            root.report("there is no account: expected a table `[account.NAME]`");
        }
        let accounts = root.table("account", "tables, each an account");
        let read = |(name, node): (Located<String>, Node<'_, '_>)| {
            let table = node.table("an account")?;
            Some((name.value, read_account(table, kinds)))
        };
        world.extend(
            accounts.into_iter().flat_map(|accounts| accounts.entries().filter_map(read).collect::<Vec<_>>()),
        );
        root.finish();
    }
    let mistakes = source.into_mistakes();
    if mistakes.is_empty() { Ok(world) } else { Err(mistakes) }
}

fn read_account(table: Table<'_, '_>, kinds: &Kinds<'_>) -> Account {
    let id = table.text("id", "the account's number, in quotes").map(|id| id.value);
    let mut things = Things::new();
    for (kind, read) in [
        (RESOURCE_GROUP, resource_group as ReadOne),
        (POLICY, policy),
        (GROUP, group),
        (USER, user),
        (ROLE, role),
        (BUCKET, bucket),
    ] {
        for (name, node) in entries(&table, kind) {
            if let Some(own) = node.table("a table") {
                let mut thing = Thing { at: name.at, ..Thing::default() };
                read(&own, &name.value, &mut thing, &mut things);
                own.finish();
                things.insert(Key::new(kind, name.value), thing);
            }
        }
    }
    for own in table.tables("grant", "a policy, to whom and in which resource group") {
        read_grant(own, &mut things);
    }
    for (kind, node) in entries(&table, "resource") {
        match (kinds.handling(&kind.value), node.table("resources by name")) {
            (Some(handling), Some(own)) => read_resources(&own, handling, &mut things),
            (None, _) => {
                let message = format!("there is no type `{}` that can be made and listed", kind.value);
                node.source.report(kind.at, message);
            }
            (_, None) => {}
        }
    }
    table.finish();
    Account { id, things }
}

type ReadOne = fn(&Table<'_, '_>, &str, &mut Thing, &mut Things);

fn entries<'a, 's>(table: &Table<'a, 's>, key: &'static str) -> Vec<(Located<String>, Node<'a, 's>)> {
    let found = table.table(key, "tables by name");
    found.map(|found| found.entries().collect()).unwrap_or_default()
}

fn resource_group(table: &Table<'_, '_>, _: &str, thing: &mut Thing, _: &mut Things) {
    texts_of(table, thing, &["display_name"]);
    tags(table, thing);
}

fn policy(table: &Table<'_, '_>, _: &str, thing: &mut Thing, _: &mut Things) {
    texts_of(table, thing, &["description"]);
    document(table, "document", thing);
    tags(table, thing);
}

fn group(table: &Table<'_, '_>, name: &str, thing: &mut Thing, things: &mut Things) {
    texts_of(table, thing, &["comments"]);
    policies(table, GROUP, name, things);
}

fn user(table: &Table<'_, '_>, name: &str, thing: &mut Thing, things: &mut Things) {
    texts_of(table, thing, &["display_name", "comments", "email", "mobile_phone"]);
    tags(table, thing);
    policies(table, USER, name, things);
    for group in table.texts("groups", "names of groups") {
        things.extend([membership(name, &group.value, group.at)]);
    }
}

fn role(table: &Table<'_, '_>, name: &str, thing: &mut Thing, things: &mut Things) {
    texts_of(table, thing, &["description"]);
    document(table, "trust", thing);
    tags(table, thing);
    if let Some(seconds) = table.integer("max_session_duration", "seconds") {
        thing.properties.insert("max_session_duration".to_owned(), seconds.into());
    }
    for key in ["console_use", SHOWN] {
        if let Some(said) = table.get(key).and_then(|node| node.boolean("`true` or `false`")) {
            thing.properties.insert(key.to_owned(), said.into());
        }
    }
    policies(table, ROLE, name, things);
}

fn bucket(table: &Table<'_, '_>, _: &str, thing: &mut Thing, _: &mut Things) {
    texts_of(table, thing, &["acl"]);
}

fn texts_of(table: &Table<'_, '_>, thing: &mut Thing, keys: &[&'static str]) {
    for key in keys {
        if let Some(text) = table.text(key, "a text") {
            thing.properties.insert((*key).to_owned(), text.value.into());
        }
    }
}

fn tags(table: &Table<'_, '_>, thing: &mut Thing) {
    let Some(node) = table.get(TAGS) else { return };
    match node.json() {
        Value::Object(tags) if tags.values().all(Value::is_string) => {
            thing.properties.insert(TAGS.to_owned(), Value::Object(tags));
        }
        _ => node.report("expected tags, such as `{ team = \"web\" }`"),
    }
}

/// A policy document: JSON as text, or the same as tables.
fn document(table: &Table<'_, '_>, key: &'static str, thing: &mut Thing) {
    let what = "a policy document: JSON as text, or the same as tables";
    let Some(node) = table.get(key) else {
        return table.report(format!("`{key}` is missing: expected {what}"));
    };
    let document = match node.json() {
        Value::String(text) => serde_json::from_str(&text).map_err(|error| error.to_string()),
        other => Ok(other),
    };
    match document {
        Ok(document @ Value::Object(_)) => {
            thing.properties.insert(key.to_owned(), document);
        }
        Ok(_) => node.report(format!("expected {what}")),
        Err(error) => node.report(format!("this is not JSON: {error}")),
    }
}

fn policies(table: &Table<'_, '_>, to_kind: &str, to: &str, things: &mut Things) {
    for policy in table.texts("policies", "names of policies") {
        let grant =
            Grant { to_kind: to_kind.to_owned(), to: to.to_owned(), policy: policy.value, in_group: None };
        things.insert(grant.key(), grant.thing(policy.at));
    }
}

fn read_grant(table: Table<'_, '_>, things: &mut Things) {
    let policy = table.required_text("policy", "the name of a policy");
    let what = "to whom, such as `\"user/alice\"`, `\"group/ops\"` or `\"role/admin\"`";
    let to = table.required_text("to", what);
    let in_group = table.required_text("in", "the name of a resource group");
    match to.value.split_once('/') {
        Some((kind @ (USER | GROUP | ROLE), name)) if !name.is_empty() => {
            let (to_kind, to) = (kind.to_owned(), name.to_owned());
            let grant = Grant { to_kind, to, policy: policy.value, in_group: Some(in_group.value) };
            things.insert(grant.key(), grant.thing(table.at));
        }
        _ if table.has("to") => table.source.report(to.at, format!("expected {what}")),
        _ => {}
    }
    table.finish();
}

fn read_resources(table: &Table<'_, '_>, handling: &Handling, things: &mut Things) {
    for (name, node) in table.entries() {
        let Some(own) = node.table("a resource") else { continue };
        let mut thing = Thing { at: name.at, ..Thing::default() };
        if let Some(regions) = &handling.regions {
            let region = own.text("region", "a region");
            if let Some(unknown) = region.as_ref().filter(|region| !regions.all.contains(&region.value)) {
                own.source.report(unknown.at, format!("there is no region `{}`", unknown.value));
            }
            thing.region = Some(region.map_or_else(|| regions.default.clone(), |region| region.value));
        }
        named_so(&name, handling, &mut thing, &own);
        for (key, node) in own.entries().filter(|(key, _)| key.value != "region") {
            let value = node.json();
            match key.value.as_str() {
                IN_GROUP if handling.group.is_some() && value.is_string() => {}
                TAGS if handling.tags.is_some() && value.is_object() => {}
                other if can_be_given(handling, other) => {}
                _ => {
                    let message = format!(
                        "`{}` cannot be said of `{}`: expected one of {}",
                        key.value,
                        handling.resource,
                        givable(handling)
                    );
                    own.source.report(key.at, message);
                    continue;
                }
            }
            thing.properties.insert(key.value, value);
        }
        things.insert(Key::new(&handling.resource, name.value), thing);
    }
}

/// The name says the value of the field that a resource is known by; or what it is within, and its name there.
fn named_so(name: &Located<String>, handling: &Handling, thing: &mut Thing, table: &Table<'_, '_>) {
    let own = without_number(&name.value);
    match &handling.identity {
        Identity::Field(field) => {
            thing.properties.insert(field.clone(), own.into());
        }
        Identity::Within { whole, name: field } => match name.value.rsplit_once('/') {
            Some((within, own)) => {
                thing.properties.insert(whole.clone(), within.into());
                thing.properties.insert(field.clone(), own.into());
            }
            None => {
                let message = format!("expected a name such as `\"<{whole}>/<{field}>\"`");
                table.source.report(name.at, message);
            }
        },
    }
}

/// `web` of `web#2`: what has the name of another is numbered.
pub(super) fn without_number(name: &str) -> &str {
    match name.rsplit_once('#') {
        Some((own, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => own,
        _ => name,
    }
}

fn can_be_given(handling: &Handling, key: &str) -> bool {
    let takes = |make: &argali_server::hosted::MakeCall| {
        make.parameters.contains_key(key) || make.fixed.contains_key(key)
    };
    handling.makes.iter().any(takes)
        || handling.changes.iter().any(|change| change.parameters.contains_key(key))
}

fn givable(handling: &Handling) -> String {
    let made = handling.makes.iter().flat_map(|make| make.parameters.keys().chain(make.fixed.keys()));
    let is_other = |key: &&String| !["ResourceGroupId", "Tag", "ClientToken"].contains(&key.as_str());
    let mut keys: BTreeSet<&str> = made.filter(is_other).map(String::as_str).collect();
    keys.extend(handling.group.as_ref().map(|_| IN_GROUP));
    keys.extend(handling.tags.as_ref().map(|_| TAGS));
    keys.extend(handling.regions.as_ref().map(|_| "region"));
    keys.into_iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

/// The text with `{account}` and `{account.NAME}` replaced by numbers of accounts.
pub(super) fn fill_in(value: &Value, own: &str, world: &World) -> Result<Value, String> {
    let mut text = value.to_string().replace("{account}", own);
    while let Some(start) = text.find("{account.") {
        let rest = text.get(start + "{account.".len()..).unwrap_or_default();
        let Some((name, _)) = rest.split_once('}') else { break };
        let id = world.get(name).and_then(|account| account.id.as_ref());
        let Some(id) = id else {
            return Err(format!("`{{account.{name}}}` needs an account `{name}` with an `id` in this file"));
        };
        text = text.replace(&format!("{{account.{name}}}"), id);
    }
    serde_json::from_str(&text).map_err(|error| error.to_string())
}
