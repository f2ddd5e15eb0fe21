//! Templates: how answers, ARNs and field values are written in a service file.
//!
//! A text may hold `{names}`. A text that is one name alone yields that name's value as it is (a number
//! stays a number) and nothing if there is none; otherwise the values are set into the text. Tables and
//! arrays of templates yield tables and arrays, without what yielded nothing. The table
//! `{ each = "{list}", show = … }` yields `show` for every element, which is called `item` there;
//! `{ choose = "{name}", from = { … }, otherwise = … }` yields what stands under that value.

use serde_json::{Map, Value};

use super::failure::Failure;
use super::filter::Filter;
use super::source::At;

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
    Each(Box<Each>),
    /// A template by a value.
    Choose(Box<Choose>),
}

/// A template for each element of a list, which is called `item` there.
#[derive(Clone, Debug, PartialEq)]
pub struct Each {
    /// The list.
    pub list: Name,
    /// What must hold of an element that is shown.
    pub conditions: Vec<(Condition, Template, Template)>,
    /// What is shown of an element.
    pub show: Template,
}

/// How two values must stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// They are the same.
    Same,
    /// They differ.
    Different,
    /// The first is not an element of the second.
    NotAmong,
}

/// A template by a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Choose {
    /// The value; if there is none, it chooses what stands under the empty text.
    pub on: Template,
    /// The templates by value; the first that is the same is taken.
    pub from: Vec<(Template, Template)>,
    /// The template for any other value.
    pub otherwise: Option<Template>,
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

    /// The value at `path` from `item`, an element of the list at `list`, through what it refers to.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn in_element(&self, list: &[String], item: &Value, path: &[String]) -> Result<Option<Value>, Failure> {
        let _ = list;
        Ok(member(item, path))
    }
}

impl Template {
    /// What yields an empty table.
    pub(super) const fn nothing() -> Self {
        Self::Table(Vec::new())
    }

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
            Self::Each(each) => Some(each.fill(scope)?.into()),
            Self::Choose(choose) => choose.fill(scope)?,
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
            Self::Each(each) => {
                let conditions = each.conditions.iter().flat_map(|(_, a, b)| [a, b]);
                let inside = conditions.chain([&each.show]).flat_map(Self::names);
                std::iter::once(&each.list).chain(inside.filter(|name| name.root() != "item")).collect()
            }
            Self::Choose(choose) => {
                let templates = choose.from.iter().flat_map(|(value, template)| [value, template]);
                let templates = templates.chain(&choose.otherwise);
                std::iter::once(&choose.on).chain(templates).flat_map(Self::names).collect()
            }
        }
    }
}

impl Each {
    fn fill(&self, scope: &dyn Scope) -> Result<Vec<Value>, Failure> {
        let Some(Value::Array(elements)) = self.list.value(scope)? else { return Ok(Vec::new()) };
        let mut shown = Vec::with_capacity(elements.len());
        for item in &elements {
            let scope = ItemScope { list: &self.list.path, item, outer: scope };
            if self.wants(&scope)? {
                shown.extend(self.show.fill(&scope)?);
            }
        }
        Ok(shown)
    }

    fn wants(&self, scope: &dyn Scope) -> Result<bool, Failure> {
        for (condition, a, b) in &self.conditions {
            let (a, b) = (a.fill(scope)?, b.fill(scope)?);
            let holds = match condition {
                Condition::Same => a == b,
                Condition::Different => a != b,
                Condition::NotAmong => !a.is_some_and(|a| {
                    b.as_ref().and_then(Value::as_array).is_some_and(|list| list.contains(&a))
                }),
            };
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Choose {
    fn fill(&self, scope: &dyn Scope) -> Result<Option<Value>, Failure> {
        let value = self.on.fill_as_text(scope)?;
        for (known, template) in &self.from {
            if known.fill_as_text(scope)? == value {
                return template.fill(scope);
            }
        }
        self.otherwise.as_ref().map_or(Ok(None), |template| template.fill(scope))
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
    /// Where the element comes from.
    list: &'a [String],
    item: &'a Value,
    outer: &'a dyn Scope,
}

impl Scope for ItemScope<'_> {
    fn value(&self, path: &[String]) -> Result<Option<Value>, Failure> {
        match path.split_first() {
            Some((root, rest)) if root == "item" => self.outer.in_element(self.list, self.item, rest),
            _ => self.outer.value(path),
        }
    }

    fn in_element(&self, list: &[String], item: &Value, path: &[String]) -> Result<Option<Value>, Failure> {
        match list.first() {
            Some(root) if root == "item" => Ok(member(item, path)),
            _ => self.outer.in_element(list, item, path),
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
