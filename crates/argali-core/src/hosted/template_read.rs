//! Reads templates from service files.

use serde_json::Value;
use toml::de::DeValue;

use super::source::{At, Node, Table};
use super::template::{Choose, Condition, Each, Name, Piece, Template};

impl Template {
    /// Reads a template from a service file, reporting what cannot be understood.
    pub(super) fn read(node: Node<'_, '_>) -> Self {
        let read = match node.value.get_ref() {
            DeValue::String(text) => Some(read_text(text, node)),
            DeValue::Array(_) => Some(Self::List(node.list("").into_iter().map(Self::read).collect())),
            DeValue::Table(table) if table.contains_key("each") => read_each(node),
            DeValue::Table(table) if table.contains_key("choose") => read_choose(node),
            DeValue::Table(_) => node
                .table("")
                .map(|table| table.entries().map(|(key, node)| (key.value, Self::read(node))).collect())
                .map(Self::Table),
            _ => Some(Self::Literal(node.json())),
        };
        read.unwrap_or(Self::Literal(Value::Null))
    }
}

impl Name {
    /// Reads what stands between the braces.
    fn parse(text: &str, at: At) -> Result<Self, String> {
        let mut parts = text.split('|').map(str::trim);
        let path: Vec<String> = parts.next().unwrap_or_default().split('.').map(str::to_owned).collect();
        let well_formed = |part: &String| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        };
        if !path.iter().all(well_formed) {
            return Err(format!("`{{{text}}}` is not a name: expected letters, digits, `_` and dots"));
        }
        let filters = parts.map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { path, filters, at })
    }
}

fn read_each(node: Node<'_, '_>) -> Option<Template> {
    let table = node.table("a table")?;
    let list = one_name(&table, "each", "a list, such as `{tags}`");
    if !table.has("show") {
        table.report("`show` is missing: expected what to yield for each element");
    }
    let show = table.get("show").map(Template::read);
    let conditions = [
        ("where", Condition::Same),
        ("where_not", Condition::Different),
        ("where_not_among", Condition::NotAmong),
    ];
    let conditions = conditions
        .into_iter()
        .filter_map(|(key, condition)| read_condition(table.get(key)?).map(|(a, b)| (condition, a, b)))
        .collect();
    table.finish();
    Some(Template::Each(Box::new(Each { list: list?, conditions, show: show? })))
}

fn read_condition(node: Node<'_, '_>) -> Option<(Template, Template)> {
    let what = "two values to compare";
    let values: Vec<Template> = node.list(what).into_iter().map(Template::read).collect();
    match <[Template; 2]>::try_from(values) {
        Ok([a, b]) => Some((a, b)),
        Err(_) => {
            node.report(format!("expected {what}"));
            None
        }
    }
}

fn read_choose(node: Node<'_, '_>) -> Option<Template> {
    let table = node.table("a table")?;
    let on = table.get("choose").map(Template::read);
    let from = table.table("from", "a table of what to yield by value").map(|from| {
        let entries = from.entries();
        entries.map(|(value, node)| (read_text(&value.value, node), Template::read(node))).collect::<Vec<_>>()
    });
    if from.is_none() {
        table.report("`from` is missing: expected a table of what to yield by value");
    }
    let otherwise = table.get("otherwise").map(Template::read);
    table.finish();
    Some(Template::Choose(Box::new(Choose { on: on?, from: from?, otherwise })))
}

/// The one name at `key`.
fn one_name(table: &Table<'_, '_>, key: &'static str, what: &str) -> Option<Name> {
    match table.get(key).map(Template::read) {
        Some(Template::Name(name)) => Some(name),
        _ => {
            table.report(format!("`{key}` is not one name: expected {what}"));
            None
        }
    }
}

fn read_text(text: &str, node: Node<'_, '_>) -> Template {
    match parse_text(text, node.at()) {
        Ok(template) => template,
        Err(message) => {
            node.report(message);
            Template::Literal(Value::Null)
        }
    }
}

fn parse_text(text: &str, at: At) -> Result<Template, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else {
            return Err(format!("`{text}` has a `{{` without its `}}`"));
        };
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Name(Name::parse(name, at)?));
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(match <[Piece; 1]>::try_from(pieces) {
        Ok([Piece::Name(name)]) => Template::Name(name),
        Ok([Piece::Text(text)]) => Template::Literal(text.into()),
        Err(pieces) if pieces.is_empty() => Template::Literal("".into()),
        Err(pieces) => Template::Text(pieces),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::failure::Failure;
    use super::super::template::{Scope, member};
    use super::*;

    struct Json(Value);

    impl Scope for Json {
        fn value(&self, path: &[String]) -> Result<Option<Value>, Failure> {
            Ok(member(&self.0, path))
        }
    }

    fn fill(text: &str) -> Option<Value> {
        let scope = Json(json!({ "n": 3, "a": { "b": "x" }, "list": ["p", "q"], "created": 0 }));
        parse_text(text, At::default()).unwrap().fill(&scope).unwrap()
    }

    #[test]
    fn names_keep_their_type_alone_and_become_text_among_others() {
        for (text, expected) in [
            ("{n}", Some(json!(3))),
            ("{absent}", None),
            ("{n}/{absent}/{a.b}", Some(json!("3//x"))),
            ("plain", Some(json!("plain"))),
            ("", Some(json!(""))),
            ("{list | count}", Some(json!(2))),
            ("{list|first}", Some(json!("p"))),
            ("{created | minute}", Some(json!("1970-01-01T00:00Z"))),
        ] {
            assert_eq!(fill(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for text in ["{", "{}", "{a b}", "{a.}", "{a | shout}", "{n"] {
            assert!(parse_text(text, At::default()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_that_yields_a_list_is_spread_in_a_list() {
        let list = Template::List(vec![
            parse_text("{list}", At::default()).unwrap(),
            parse_text("{absent}", At::default()).unwrap(),
            parse_text("r", At::default()).unwrap(),
        ]);
        let scope = Json(json!({ "list": ["p", "q"] }));
        assert_eq!(list.fill(&scope).unwrap(), Some(json!(["p", "q", "r"])));
    }
}
