//! Reads a service-linked role.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::super::linked_role::{LINKED_ROLE_PREFIX, LinkedRole};
use super::super::source::{Located, Node, Table};
use super::qualify;
use crate::name::{Description, PolicyName, RoleName};
use crate::services::ram::system_policy;

/// Reads the role of what trust policies call `principal`, in the file of `service`.
pub(super) fn read(service: &str, principal: &Located<String>, table: Table<'_, '_>) -> Option<LinkedRole> {
    let name = text(&table, "name", "what the role is called").filter(|name: &Located<RoleName>| {
        let is_marked = name.value.as_str().starts_with(LINKED_ROLE_PREFIX);
        if !is_marked {
            table.source.report(name.at, format!("the name must begin with `{LINKED_ROLE_PREFIX}`"));
        }
        is_marked
    });
    let policy = text(&table, "policy", "a system policy").filter(|policy: &Located<PolicyName>| {
        let is_known = system_policy::find(&policy.value).is_some();
        if !is_known {
            table.source.report(policy.at, format!("there is no system policy `{}`", policy.value));
        }
        is_known
    });
    let descriptions = table.get("descriptions").map(read_descriptions).unwrap_or_default();
    let (suffixes, used_by) = (table.flag("suffixes"), table.texts("used_by", "a resource type"));
    if !looks_like_a_host(&principal.value) {
        let message =
            format!("`{}` is no service: expected a name such as `nas.aliyuncs.com`", principal.value);
        table.source.report(principal.at, message);
    }
    table.finish();
    Some(LinkedRole {
        service: principal.value.clone(),
        name: name?.value,
        policy: policy?.value,
        suffixes,
        descriptions,
        used_by: used_by.into_iter().map(|name| qualify(service, name)).collect(),
        at: principal.at,
    })
}

/// The text at `key`, which must be there and have the form of a `T`.
fn text<T: FromStr<Err = argali_protocol::Invalid>>(
    table: &Table<'_, '_>,
    key: &'static str,
    what: &str,
) -> Option<Located<T>> {
    let text = table.required_text(key, what);
    if text.value.is_empty() {
        return None;
    }
    match text.value.parse() {
        Ok(value) => Some(Located { value, at: text.at }),
        Err(invalid) => {
            table.source.report(text.at, format!("`{}` is not {what}: {}", text.value, invalid.message));
            None
        }
    }
}

fn read_descriptions(node: Node<'_, '_>) -> BTreeMap<String, Description> {
    let Some(table) = node.table("a table of descriptions by language") else { return BTreeMap::new() };
    let description = |(language, node): (Located<String>, Node<'_, '_>)| {
        let text = node.text("a description")?;
        let description = text.value.parse().ok();
        if description.is_none() {
            node.report("a description has at most 1,024 characters");
        }
        Some((language.value, description?))
    };
    table.entries().filter_map(description).collect()
}

fn looks_like_a_host(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    text.contains('.') && text.len() <= 128 && text.chars().all(allowed)
}
