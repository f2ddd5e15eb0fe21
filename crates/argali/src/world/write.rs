//! Writes what an account has as a file that says it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use argali_server::hosted::{Handling, Identity};
use serde_json::Value;

use super::model::{
    BUCKET, GRANT, GROUP, Grant, IN_GROUP, Key, Kinds, MEMBERSHIP, POLICY, RESOURCE_GROUP, ROLE, TAGS, Thing,
    Things, USER, plain, text,
};
use super::resource;
use super::server::{Caller, is_default_group};

/// The file, and what could not be said in it.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) left_out: Vec<String>,
}

/// Writes all things of an account.
pub(super) fn write(caller: &Caller, things: &Things, kinds: &Kinds<'_>) -> Written {
    let writer = Writer { caller, things };
    let mut written = Written::default();
    let name = caller.alias.as_deref().unwrap_or(&caller.account);
    let of_account = format!("account.{}", key(name));
    written.text = format!(
        "# What account {} has. `argali apply` makes it so again, here or elsewhere.\n\n\
         [{of_account}]\nid = {}\n",
        caller.account,
        quoted(&caller.account)
    );
    for kind in [RESOURCE_GROUP, POLICY, GROUP, USER, ROLE, BUCKET] {
        for (own, thing) in writer.of_kind(kind).filter(|(own, _)| !is_default_group(own)) {
            let lines = writer.identity(own, thing);
            written.text.push_str(&table(&format!("{of_account}.{kind}.{}", key(&own.name)), &lines));
        }
    }
    for (_, thing) in writer.of_kind(GRANT) {
        let Grant { to_kind, to, policy, in_group } = Grant::of(thing);
        let Some(group) = in_group else { continue };
        let lines =
            [("policy", quoted(&policy)), ("to", quoted(&format!("{to_kind}/{to}"))), ("in", quoted(&group))];
        let lines = lines.map(|(name, value)| (name.to_owned(), value));
        written.text.push_str(&table(&format!("[{of_account}.grant]"), &lines));
    }
    for kind in kinds.all() {
        let Some(handling) = kinds.handling(kind) else { continue };
        for (own, thing) in writer.of_kind(kind) {
            // What needs a secret to be made cannot be made from a file that holds none.
            if let Err(why) = resource::choose(handling, thing) {
                written.left_out.push(format!("{own}: {why}"));
                continue;
            }
            let place = format!("{of_account}.resource.{}.{}", quoted(kind), key(&own.name));
            written.text.push_str(&table(&place, &writer.resource(handling, thing)));
        }
    }
    written
}

type Lines = Vec<(String, String)>;

struct Writer<'a> {
    caller: &'a Caller,
    things: &'a Things,
}

impl Writer<'_> {
    fn of_kind(&self, kind: &str) -> impl Iterator<Item = (&Key, &Thing)> {
        self.things.iter().filter(move |(key, _)| key.kind == kind)
    }

    fn identity(&self, own: &Key, thing: &Thing) -> Lines {
        let mut lines = Lines::new();
        for (property, value) in &thing.properties {
            let written = match (property.as_str(), value) {
                (TAGS, Value::Object(tags)) if tags.is_empty() => continue,
                (TAGS, tags) => inline(tags),
                (_, Value::Object(_)) => self.document(value),
                (_, value) => inline(value),
            };
            lines.push((property.clone(), written));
        }
        let is_of = |thing: &Thing, name: &str| text(thing.properties.get(name)) == Some(&own.name);
        let groups = self.of_kind(MEMBERSHIP).filter(|(_, thing)| own.kind == USER && is_of(thing, "user"));
        let groups: Vec<Value> =
            groups.filter_map(|(_, thing)| thing.properties.get("group").cloned()).collect();
        if !groups.is_empty() {
            lines.push(("groups".to_owned(), inline(&groups.into())));
        }
        let grants = self.of_kind(GRANT).map(|(_, thing)| Grant::of(thing));
        let own_grants = grants
            .filter(|grant| grant.in_group.is_none() && grant.to_kind == own.kind && grant.to == own.name);
        let policies: Vec<Value> = own_grants.map(|grant| grant.policy.into()).collect();
        if !policies.is_empty() {
            lines.push(("policies".to_owned(), inline(&policies.into())));
        }
        lines
    }

    /// A policy document, with `{account}` where it names the account's own number in an ARN.
    fn document(&self, document: &Value) -> String {
        let pretty = serde_json::to_string_pretty(document).unwrap_or_default();
        let text = pretty.replace(&format!(":{}:", self.caller.account), ":{account}:");
        if text.contains("'''") || text.contains('\r') { quoted(&text) } else { format!("'''\n{text}'''") }
    }

    fn resource(&self, handling: &Handling, thing: &Thing) -> Lines {
        let mut lines = Lines::new();
        let default = handling.regions.as_ref().map(|regions| regions.default.as_str());
        if let Some(region) = thing.region.as_deref().filter(|region| Some(*region) != default) {
            lines.push(("region".to_owned(), quoted(region)));
        }
        let is_name = |field: &str| match &handling.identity {
            Identity::Field(own) => own == field,
            Identity::Within { whole, name } => whole == field || name == field,
        };
        for (property, value) in &thing.properties {
            let value = match property.as_str() {
                IN_GROUP => match self.name_of(RESOURCE_GROUP, &plain(value)) {
                    Some(key) if !is_default_group(key) => Value::from(key.name.as_str()),
                    _ => continue,
                },
                TAGS if value.as_object().is_none_or(serde_json::Map::is_empty) => continue,
                TAGS => value.clone(),
                field if is_name(field) || self.goes_without_saying(handling, field, value) => continue,
                field => {
                    let refers = handling.fields.get(field).and_then(|shown| shown.refers.as_deref());
                    self.by_name(refers, value)
                }
            };
            lines.push((property.clone(), inline(&value)));
        }
        lines
    }

    /// Whether a field would have such a value though nothing were said: an empty one, the usual one, or one made up.
    fn goes_without_saying(&self, handling: &Handling, field: &str, value: &Value) -> bool {
        let is_empty = *value == "" || value.as_array().is_some_and(Vec::is_empty);
        let shown = handling.fields.get(field);
        // What making one must be told, and what tells one way of making from another, is said in any case.
        let decides =
            handling.makes.iter().any(|make| make.required.contains(field) || make.fixed.contains_key(field));
        let is_usual = |usual: &Value| !decides && plain(usual) == plain(value);
        is_empty || shown.is_some_and(|shown| shown.made_up || shown.usual.as_ref().is_some_and(is_usual))
    }

    /// A value with names in place of the identifiers that it holds.
    fn by_name(&self, refers: Option<&str>, value: &Value) -> Value {
        let Some(kind) = refers else { return value.clone() };
        match value {
            Value::Array(elements) => elements.iter().map(|one| self.by_name(refers, one)).collect(),
            one => match self.name_of(kind, &plain(one)) {
                Some(key) => Value::from(key.name.as_str()),
                None => one.clone(),
            },
        }
    }

    fn name_of(&self, kind: &str, id: &str) -> Option<&Key> {
        let mut found = self.of_kind(kind).filter(|(_, thing)| thing.id.as_deref() == Some(id));
        found.next().map(|(key, _)| key)
    }
}

fn table(place: &str, lines: &[(String, String)]) -> String {
    let mut table = format!("\n[{place}]\n");
    for (name, value) in lines {
        // Writing to a text does not fail.
        writeln!(table, "{} = {value}", key(name)).unwrap_or_default();
    }
    table
}

/// A key, quoted where it must be.
fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}

/// A text as TOML writes it on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            // Writing to a text does not fail.
            c if c.is_control() => write!(quoted, "\\u{:04X}", u32::from(c)).unwrap_or_default(),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A value on one line.
fn inline(value: &Value) -> String {
    match value {
        Value::Null => quoted(""),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(elements) => {
            format!("[{}]", elements.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().collect();
            let pairs = members.into_iter().map(|(name, value)| format!("{} = {}", key(name), inline(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_keys_are_written_so_that_toml_reads_them_again() {
        assert_eq!(key("web-1_a"), "web-1_a");
        assert_eq!(key("web/80"), "\"web/80\"");
        assert_eq!(key(""), "\"\"");
        assert_eq!(quoted("a\"b\\c\n\u{1}é"), "\"a\\\"b\\\\c\\n\\u0001é\"");
        assert_eq!(inline(&serde_json::json!({ "a b": [1, "x", true] })), "{ \"a b\" = [1, \"x\", true] }");
    }
}
