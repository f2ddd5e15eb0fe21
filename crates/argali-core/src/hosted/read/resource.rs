//! Reads a resource type.

use std::collections::{BTreeMap, BTreeSet};

use super::super::file::{IdForm, Part, Quota, ResourceType, Rule, RuleKind, Step};
use super::super::file_value::{Deleted, Field, Generate, Release, Without};
use super::super::source::{Located, Node, Table};
use super::super::template::{Name, Template};
use super::shape::read_shape;
use super::{Answers, named, qualify, read_gate, read_situations};

/// The names that every resource has besides its fields.
pub(in super::super) const OWN_NAMES: &[&str] =
    &["id", "account", "region", "state", "created", "group", "tags", "view", "referrers"];

/// Reads the type called `key`.
pub(super) fn read(
    service: &str,
    answers: Answers,
    key: &Located<String>,
    table: Table<'_, '_>,
) -> Option<ResourceType> {
    let tag_keys = table.texts("tag_keys", "condition keys");
    let resource = ResourceType {
        name: format!("{service}.{}", key.value),
        id: table.table("id", WHAT_ID_IS).map(read_id).unwrap_or_else(|| missing_id(&table)),
        arn: required_template(&table, "arn", "the ARN of one, with `{region}`, `{account}` and `{id}`"),
        words: read_words(&table),
        groups: table.flag("resource_groups"),
        tags: table.flag("tags"),
        tag_keys: match tag_keys.is_empty() {
            true => vec!["acs:ResourceTag".to_owned()],
            false => tag_keys.into_iter().map(|key| key.value).collect(),
        },
        other_accounts: table.get("other_accounts").and_then(read_gate),
        states: table.texts("states", "the names of states").into_iter().map(|state| state.value).collect(),
        fields: named(&table, "fields", "a field", |name, node| read_field(service, name, node)),
        order: Vec::new(),
        indexed: BTreeSet::new(),
        rules: table.tables("rules", "a rule").into_iter().filter_map(read_rule).collect(),
        quota: table.table("quota", "a table with `most` and `error`").map(read_quota),
        parts: table
            .tables("parts", "a part")
            .into_iter()
            .filter_map(|part| read_part(service, part))
            .collect(),
        view: match answers {
            Answers::Engine => required_template(&table, "view", "how one is shown"),
            Answers::Backend => table.get("view").map_or_else(Template::nothing, Template::read),
        },
        situations: table.get("errors").map(read_situations).unwrap_or_default(),
        in_use_by: table
            .table("in_use_by", "a table of codes by type")
            .map(|t| read_in_use(service, t))
            .unwrap_or_default(),
        at: key.at,
    };
    table.finish();
    Some(resource)
}

/// The template at `key`, which must be there.
pub(super) fn required_template(table: &Table<'_, '_>, key: &'static str, what: &str) -> Template {
    if !table.has(key) {
        table.report(format!("`{key}` is missing: expected {what}"));
    }
    table.get(key).map_or_else(Template::nothing, Template::read)
}

fn read_words(table: &Table<'_, '_>) -> Vec<String> {
    let what = "what the parameter `ResourceType` calls it, or an array of such words";
    match table.get("word") {
        None => Vec::new(),
        Some(node) if node.value.get_ref().is_array() => {
            node.list(what).into_iter().filter_map(|node| Some(node.text(what)?.value)).collect()
        }
        Some(node) => node.text(what).map(|word| word.value).into_iter().collect(),
    }
}

fn read_quota(table: Table<'_, '_>) -> Quota {
    let most = table.integer("most", "the greatest number").and_then(|most| usize::try_from(most).ok());
    if most.is_none_or(|most| most == 0) {
        table.report("`most` must be at least 1");
    }
    let quota = Quota {
        most: most.unwrap_or(1),
        among: table.text("among", "a field that refers to something").map(|among| among.value),
        error: table.required_text("error", "the code of an error"),
    };
    table.finish();
    quota
}

/// The templates of a table by key.
pub(super) fn read_set(table: &Table<'_, '_>) -> BTreeMap<String, Template> {
    let Some(set) = table.table("set", "a table of templates by field") else { return BTreeMap::new() };
    set.entries().map(|(name, node)| (name.value, Template::read(node))).collect()
}

/// Reads `path`: `["Pending 2s", "Running"]`.
pub(super) fn read_path(table: &Table<'_, '_>) -> Vec<Step> {
    let Some(node) = table.get("path") else { return Vec::new() };
    let what = "states, all but the last with a time, such as `[\"Pending 2s\", \"Running\"]`";
    let nodes = node.list(what);
    let last = nodes.len().saturating_sub(1);
    let mut path = Vec::new();
    for (index, node) in nodes.into_iter().enumerate() {
        let Some(text) = node.text("a state") else { continue };
        let (state, time) =
            text.value.split_once(' ').map_or((text.value.as_str(), None), |(s, t)| (s, Some(t)));
        let seconds = time.map(|time| time.trim().strip_suffix('s').and_then(|s| s.parse::<u32>().ok()));
        let seconds = match (seconds, index == last) {
            (Some(Some(seconds)), false) => Some(seconds),
            (None, true) => None,
            _ => {
                node.report(format!("`{}` is no step: expected {what}", text.value));
                None
            }
        };
        path.push(Step { state: state.to_owned(), seconds });
    }
    path
}

/// Reads a rule: one of its kinds, the error, a message.
pub(super) fn read_rule(table: Table<'_, '_>) -> Option<Rule> {
    let kind = read_rule_kind(&table);
    let error = table.required_text("error", "the code of an error");
    let message = table.text("message", "a sentence").map(|message| message.value);
    let at = table.at;
    if kind.is_none() {
        table.report(
            "this is no rule: expected one of `equal = […]`, `different = […]`, `given = […]`, \
             `inside = [block, block]`, `outside = [block, blocks…]`, `apart = { field, among }`, `unique = { field, among }`",
        );
    }
    table.finish();
    Some(Rule { kind: kind?, error, message, at })
}

fn read_rule_kind(table: &Table<'_, '_>) -> Option<RuleKind> {
    let templates = |key| -> Option<Vec<Template>> {
        Some(table.get(key)?.list("an array of values").into_iter().map(Template::read).collect())
    };
    let names = |key| -> Option<Vec<Name>> {
        let only_name = |template| match template {
            Template::Name(name) => Some(name),
            _ => None,
        };
        templates(key)?.into_iter().map(only_name).collect()
    };
    let shared = |key| -> Option<(String, String)> {
        let table = table.table(key, "a table with `field` and `among`")?;
        let field = table.required_text("field", "a field").value;
        let among = table.required_text("among", "a field that refers to something").value;
        table.finish();
        Some((field, among))
    };
    let equal = templates("equal").map(RuleKind::Equal);
    let different = templates("different").map(RuleKind::Different);
    let given = names("given").map(RuleKind::Given);
    let inside = names("inside").and_then(|names| match <[Name; 2]>::try_from(names) {
        Ok([inner, outer]) => Some(RuleKind::Inside(inner, outer)),
        Err(_) => None,
    });
    let outside = templates("outside").and_then(|mut blocks| match blocks.len() {
        0 | 1 => None,
        _ => Some(RuleKind::Outside(blocks.remove(0), blocks)),
    });
    let apart = shared("apart").map(|(field, among)| RuleKind::Apart { field, among });
    let unique = shared("unique").map(|(field, among)| RuleKind::Unique { field, among });
    let mut found = [equal, different, given, inside, outside, apart, unique].into_iter().flatten();
    let first = found.next();
    if found.next().is_some() { None } else { first }
}

const WHAT_ID_IS: &str = "a table with `parameter`, `prefix` and `length`, or with `within` and `name`";

fn read_id(table: Table<'_, '_>) -> IdForm {
    let form = if table.has("within") {
        let whole = table.required_text("within", "the field that refers to what it is a part of").value;
        let name = table.required_text("name", "the field that holds its name there").value;
        IdForm::Within { whole, name }
    } else {
        read_random_id(&table)
    };
    table.finish();
    form
}

fn read_random_id(table: &Table<'_, '_>) -> IdForm {
    let what = "the parameter that holds one, such as `\"InstanceId\"`";
    let parameter = table.required_text("parameter", what).value;
    let prefix = table.get("prefix").map_or_else(|| Template::Literal("".into()), Template::read);
    let length = table.integer("length", "a number").map_or(Some(20), |length| usize::try_from(length).ok());
    let length = length.filter(|length| (12..=64).contains(length));
    if length.is_none() {
        table.report("`length` must be 12 to 64, so that identifiers never meet");
    }
    IdForm::Random { parameter, prefix, length: length.unwrap_or(20) }
}

fn missing_id(table: &Table<'_, '_>) -> IdForm {
    if !table.has("id") {
        table.report(format!("`id` is missing: expected {WHAT_ID_IS}"));
    }
    IdForm::Random { parameter: String::new(), prefix: Template::Literal("".into()), length: 20 }
}

fn read_field(service: &str, name: &Located<String>, node: Node<'_, '_>) -> Option<Field> {
    if OWN_NAMES.contains(&name.value.as_str()) {
        node.source.report(name.at, format!("`{}` is a name that every resource has", name.value));
    }
    if node.value.get_ref().is_str() {
        let shape = super::shape::read_parameter(service, node)?.shape;
        let (required, without, at) = (false, Without::default(), name.at);
        return Some(Field { shape, required, default: None, value: None, generate: None, without, at });
    }
    let table = node.table("a kind such as `\"text\"`, or a table")?;
    let field = Field {
        shape: read_shape(service, &table),
        required: table.flag("required"),
        default: table.get("default").map(Template::read),
        value: table.get("value").map(Template::read),
        generate: table.get("generate").and_then(read_generate),
        without: read_without(&table),
        at: name.at,
    };
    let sources = [field.default.is_some(), field.value.is_some(), field.generate.is_some()];
    if sources.iter().filter(|given| **given).count() > 1 {
        table.report("a field has one of `default`, `value` and `generate`");
    }
    table.finish();
    Some(field)
}

fn read_without(table: &Table<'_, '_>) -> Without {
    let deleted = table.get("deleted_with").map(|node| match node.value.get_ref().as_str() {
        Some(field) => Deleted::If(field.to_owned()),
        None if node.boolean("`true`, or the name of a field that says so") == Some(true) => Deleted::Always,
        None => Deleted::Never,
    });
    let released = table.get("released").and_then(|node| match node.value.get_ref().as_bool() {
        Some(released) => released.then(Release::default),
        None => node.table("`true`, or a table with `path` and `set`").map(|table| {
            let release = Release { path: read_path(&table), set: read_set(&table) };
            table.finish();
            release
        }),
    });
    Without { deleted: deleted.unwrap_or_default(), released }
}

fn read_generate(node: Node<'_, '_>) -> Option<Generate> {
    let what = "`\"uuid\"`, `\"mac\"`, a table with `prefix` and `length`, one with `address_in` and `among`, \
                or one with `address`, a block";
    match node.value.get_ref().as_str() {
        Some("uuid") => return Some(Generate::Uuid),
        Some("mac") => return Some(Generate::Mac),
        _ => {}
    }
    let table = node.table(what)?;
    let generate = if table.has("address_in") {
        let among = table.required_text("among", "the field whose sharers have different addresses").value;
        match table.get("address_in").map(Template::read) {
            Some(Template::Name(block)) => Some(Generate::Address { block, among }),
            _ => None,
        }
    } else if table.has("address") {
        let block = table.text("address", "an IPv4 block such as `\"198.18.0.0/15\"`");
        block.and_then(|block| block.value.parse().ok()).map(Generate::RandomAddress)
    } else {
        let prefix = table.required_text("prefix", "what it begins with").value;
        let length = table.integer("length", "a number").and_then(|length| usize::try_from(length).ok());
        Some(Generate::Id { prefix, length: length.unwrap_or(20).clamp(12, 64) })
    };
    if generate.is_none() {
        table.report(format!("expected {what}"));
    }
    table.finish();
    generate
}

fn read_part(service: &str, table: Table<'_, '_>) -> Option<Part> {
    let part = Part {
        resource: qualify(service, table.required_text("resource", "the type of the part")),
        each: match table.get("each").map(Template::read) {
            Some(Template::Name(name)) => Some(name),
            Some(_) => {
                table.report("`each` does not name a list: expected one name, such as `{DataDisk}`");
                None
            }
            None => None,
        },
        set: read_set(&table),
        path: read_path(&table),
    };
    table.finish();
    Some(part)
}

fn read_in_use(service: &str, table: Table<'_, '_>) -> Vec<(super::TypeName, Located<String>)> {
    let read = |(name, node): (Located<String>, Node<'_, '_>)| {
        Some((qualify(service, name), node.text("the code of an error")?))
    };
    table.entries().filter_map(read).collect()
}
