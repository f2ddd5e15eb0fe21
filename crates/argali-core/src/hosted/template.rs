//! Templates: how answers, ARNs and field values are written in a service file.
//!
//! A text may hold `{names}`. A text that is one name alone yields that name's value as it is (a number
//! stays a number) and nothing if there is none; otherwise the values are set into the text. Tables and
//! arrays of templates yield tables and arrays, without what yielded nothing. The table
//! `{ each = "{list}", show = … }` yields `show` for every element, which is called `item` there.

use serde_json::{Map, Value};

use super::failure::Failure;
use super::filter::Filter;
use super::source::{At, Node};

/// Something that yields a JSON value in a scope.
#[derive(Clone, Debug, PartialEq)]
pub enum Template {
    /// Always the same.
    Literal(Value),
    /// The value of a name.
    Name(Name),
    /// Text with values set into it.
    Text(Vec<Piece>),
    /// An array. A name in it that yields an array is spread out.
    List(Vec<Template>),
    /// A table.
    Table(Vec<(String, Template)>),
    /// A template for each element of a list.
    Each(Name, Box<Template>),
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// The value of a name.
    Name(Name),
}

/// A name with what is done to its value: `{VSwitchId.ZoneId}`, `{created | minute}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The parts between the dots.
    pub path: Vec<String>,
    /// What is done to the value, in order.
    pub filters: Vec<Filter>,
    /// Where it stands.
    pub at: At,
}

/// Gives names their values.
pub trait Scope {
    /// The value at `path`, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn value(&self, path: &[String]) -> Result<Option<Value>, Failure>;
}

impl Template {
    /// What the template yields in `scope`.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub fn fill(&self, scope: &dyn Scope) -> Result<Option<Value>, Failure> {
        Ok(match self {
            Self::Literal(value) => Some(value.clone()),
            Self::Name(name) => name.value(scope)?,
            Self::Text(pieces) => Some(fill_text(pieces, scope)?.into()),
            Self::List(elements) => Some(fill_list(elements, scope)?),
            Self::Table(entries) => {
                let mut table = Map::new();
                for (key, template) in entries {
                    if let Some(value) = template.fill(scope)? {
                        table.insert(key.clone(), value);
                    }
                }
                Some(table.into())
            }
            Self::Each(name, show) => match name.value(scope)? {
                Some(Value::Array(elements)) => {
                    let mut shown = Vec::with_capacity(elements.len());
                    for item in &elements {
                        shown.extend(show.fill(&ItemScope { item, outer: scope })?);
                    }
                    Some(shown.into())
                }
                _ => Some(Value::Array(Vec::new())),
            },
        })
    }

    /// What the template yields as text; empty if it yields nothing.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub fn fill_as_text(&self, scope: &dyn Scope) -> Result<String, Failure> {
        Ok(self.fill(scope)?.as_ref().map(plain).unwrap_or_default())
    }

    /// Every name that the template uses, `item` left out where `each` gives it.
    pub fn names(&self) -> Vec<&Name> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Name(name) => vec![name],
            Self::Text(pieces) => pieces.iter().filter_map(Piece::name).collect(),
            Self::List(elements) => elements.iter().flat_map(Self::names).collect(),
            Self::Table(entries) => entries.iter().flat_map(|(_, template)| template.names()).collect(),
            Self::Each(name, show) => {
                let inside = show.names().into_iter().filter(|name| name.root() != "item");
                std::iter::once(name).chain(inside).collect()
            }
        }
    }

    /// Reads a template from a service file, reporting what cannot be understood.
    pub(super) fn read(node: Node<'_, '_>) -> Self {
        use toml::de::DeValue;
        match node.value.get_ref() {
            DeValue::String(text) => read_text(text, node),
            DeValue::Array(_) => Self::List(node.list("").into_iter().map(Self::read).collect()),
            DeValue::Table(table) if table.contains_key("each") => read_each(node),
            DeValue::Table(_) => {
                let entries = node
                    .table("")
                    .map(|table| table.entries().map(|(key, node)| (key.value, Self::read(node))).collect());
                Self::Table(entries.unwrap_or_default())
            }
            _ => Self::Literal(node.json()),
        }
    }
}

impl Name {
    /// The first part.
    pub fn root(&self) -> &str {
        self.path.first().map(String::as_str).unwrap_or_default()
    }

    /// Its value in `scope`.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub fn value(&self, scope: &dyn Scope) -> Result<Option<Value>, Failure> {
        let value = scope.value(&self.path)?;
        Ok(self.filters.iter().fold(value, |value, filter| value.and_then(|value| filter.apply(value))))
    }

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

impl Piece {
    fn name(&self) -> Option<&Name> {
        match self {
            Self::Name(name) => Some(name),
            Self::Text(_) => None,
        }
    }
}

/// The scope inside `each`.
struct ItemScope<'a> {
    item: &'a Value,
    outer: &'a dyn Scope,
}

impl Scope for ItemScope<'_> {
    fn value(&self, path: &[String]) -> Result<Option<Value>, Failure> {
        match path.split_first() {
            Some((root, rest)) if root == "item" => Ok(member(self.item, rest)),
            _ => self.outer.value(path),
        }
    }
}

/// The member of `value` that `path` leads to.
pub fn member(value: &Value, path: &[String]) -> Option<Value> {
    path.iter().try_fold(value, |value, part| value.get(part)).cloned()
}

/// A value as plain text: text without quotes, everything else as JSON.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn fill_text(pieces: &[Piece], scope: &dyn Scope) -> Result<String, Failure> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(part) => text.push_str(part),
            Piece::Name(name) => text.push_str(&name.value(scope)?.as_ref().map(plain).unwrap_or_default()),
        }
    }
    Ok(text)
}

fn fill_list(elements: &[Template], scope: &dyn Scope) -> Result<Value, Failure> {
    let mut list = Vec::with_capacity(elements.len());
    for element in elements {
        match (element, element.fill(scope)?) {
            (Template::Name(_), Some(Value::Array(spread))) => list.extend(spread),
            (_, value) => list.extend(value),
        }
    }
    Ok(list.into())
}

fn read_each(node: Node<'_, '_>) -> Template {
    let Some(table) = node.table("a table") else { return Template::Literal(Value::Null) };
    let list = table.get("each").map(Template::read);
    let show = table.get("show").map(Template::read);
    table.finish();
    match (list, show) {
        (Some(Template::Name(name)), Some(show)) => Template::Each(name, Box::new(show)),
        (Some(Template::Name(_)), None) => {
            node.report("`show` is missing: expected what to yield for each element");
            Template::Literal(Value::Null)
        }
        _ => {
            node.report("`each` does not name a list: expected one name, such as `{tags}`");
            Template::Literal(Value::Null)
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
