//! Parameters as forms ask for them.

use serde_json::Value;

use super::super::catalog::Catalog;
use super::super::file::{ResourceType, Service};
use super::super::file_operation::{Does, Operation};
use super::super::file_value::{Kind, Parameter, Shape};
use super::super::template::plain;
use super::operation::nouns;

/// How many choices a form offers at most.
const MOST_CHOICES: usize = 200;
/// What calls have that is no matter of forms.
const NOT_ASKED: [&str; 6] = ["DryRun", "ClientToken", "PageNumber", "PageSize", "NextToken", "MaxResults"];

/// A parameter.
#[derive(Clone, Debug)]
pub struct ParameterOutline {
    /// Its name, with dots where it is a member: `SystemDisk.Size`.
    pub name: String,
    /// How it is sent.
    pub form: Form,
    /// What it is chosen from.
    pub choice: Choice,
    /// Whether it must be given.
    pub required: bool,
    /// Whether most people want to see it: it is required, or what it becomes is.
    pub is_main: bool,
    /// The value if none is given.
    pub default: Option<String>,
    /// What JSON of a known shape may look like.
    pub example: Option<String>,
    /// Whether it is shown to nobody.
    pub secret: bool,
    /// Least and greatest number.
    pub range: Option<(i64, i64)>,
    /// The greatest length of a text.
    pub longest: Option<usize>,
}

/// How values are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it is.
    Text,
    /// As a number.
    Number,
    /// As `true` or `false`.
    Boolean,
    /// `Name.1`, `Name.2`.
    TextList,
    /// An array of texts as JSON.
    JsonList,
    /// Texts joined with commas.
    CommaList,
    /// JSON.
    Json,
    /// `Name.1.Key`, `Name.1.Value`.
    Tags,
    /// `Filter.1.Key` and `Filter.1.Value`, of the name `Filter.Key`.
    Filter,
}

impl Form {
    /// The pairs that send `values` as the parameter `name`.
    pub fn pairs(self, name: &str, values: &[&str]) -> Vec<(String, String)> {
        let one = |value: String| vec![(name.to_owned(), value)];
        match self {
            Self::TextList => {
                let numbered = values.iter().enumerate();
                numbered.map(|(at, value)| (format!("{name}.{}", at + 1), (*value).to_owned())).collect()
            }
            Self::JsonList => {
                one(Value::from_iter(values.iter().map(|value| Value::from(*value))).to_string())
            }
            Self::CommaList => one(values.join(",")),
            Self::Filter => {
                let (filters, key) = name.split_once('.').unwrap_or(("Filter", name));
                let value = values.first().copied().unwrap_or_default();
                vec![
                    (format!("{filters}.1.Key"), key.to_owned()),
                    (format!("{filters}.1.Value"), value.to_owned()),
                ]
            }
            _ => one(values.first().copied().unwrap_or_default().to_owned()),
        }
    }

    /// Whether several values can be sent at once.
    pub fn is_list(self) -> bool {
        matches!(self, Self::TextList | Self::JsonList | Self::CommaList)
    }
}

/// What a value is chosen from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Anything may be entered.
    Free,
    /// One of these.
    Values(Vec<String>),
    /// The resources of a type, by its full name.
    Resource(String),
    /// The resource groups of the account.
    Group,
}

impl Shape {
    /// Whether it names resources of the type of this full name.
    pub(super) fn refers_to(&self, name: &str) -> bool {
        self.refers.as_ref().is_some_and(|known| known.value == name)
    }
}

/// Whether a member or parameter says what a resource is called: the type's own word, and then `ending`.
pub(super) fn says_name(resource: &ResourceType, name: &str, ending: &str) -> bool {
    let noun = name.strip_suffix(ending);
    noun.is_some_and(|noun| noun.is_empty() || nouns(resource).iter().any(|known| known == noun))
}

/// How the parameter `name` of an operation is sent.
pub(super) fn form_of(operation: &Operation, name: &str) -> Form {
    match operation.parameters.get(name) {
        Some(parameter) => form(&parameter.shape.kind),
        None if name.contains('.') => Form::Filter,
        None => Form::Text,
    }
}

fn form(kind: &Kind) -> Form {
    match kind {
        Kind::Integer | Kind::Number => Form::Number,
        Kind::Boolean => Form::Boolean,
        Kind::TextList => Form::TextList,
        Kind::JsonList => Form::JsonList,
        Kind::CommaList => Form::CommaList,
        Kind::Json | Kind::JsonStructs(_) | Kind::JsonTags => Form::Json,
        Kind::Tags => Form::Tags,
        Kind::Filters => Form::Filter,
        Kind::Text | Kind::Cidr | Kind::Struct(_) | Kind::Structs(_) => Form::Text,
    }
}

/// A list of one, with the members that must be given and those that are something else than empty by default.
fn example(kind: &Kind) -> Option<String> {
    let Kind::JsonStructs(members) = kind else { return None };
    let value = |parameter: &Parameter| match parameter.default.as_ref().map(plain) {
        Some(default) if default.is_empty() => None,
        Some(default) if form(&parameter.shape.kind) == Form::Number => serde_json::from_str(&default).ok(),
        Some(default) => Some(Value::from(default)),
        None => parameter.required.then(|| Value::from("…")),
    };
    let members = members.iter().filter_map(|(name, parameter)| Some((name.clone(), value(parameter)?)));
    Some(Value::from(vec![Value::Object(members.collect())]).to_string())
}

impl Catalog {
    /// What a form asks for an operation, besides `known` parameters: what must be given first.
    pub(super) fn parameters(
        &self,
        service: &Service,
        resource: &ResourceType,
        operation: &Operation,
        known: &[&str],
    ) -> Vec<ParameterOutline> {
        let region = service.region.as_ref().map(|region| region.parameter.as_str());
        let mut all = Vec::new();
        for (name, parameter) in &operation.parameters {
            let is_known = known.contains(&name.as_str()) || region == Some(name.as_str());
            if !is_known && !NOT_ASKED.contains(&name.as_str()) {
                self.flatten(resource, operation, (name, parameter), &mut all);
            }
        }
        all.sort_by_key(|parameter| (!parameter.required, !parameter.is_main));
        all
    }

    /// Adds a parameter, or each of its members.
    fn flatten(
        &self,
        resource: &ResourceType,
        operation: &Operation,
        (name, parameter): (&str, &Parameter),
        all: &mut Vec<ParameterOutline>,
    ) {
        let members = match &parameter.shape.kind {
            Kind::Struct(members) => Some((name.to_owned(), members)),
            // A form has room for one; further ones are a matter of calls.
            Kind::Structs(members) => Some((format!("{name}.1"), members)),
            _ => None,
        };
        let Some((prefix, members)) = members else {
            all.push(self.parameter(resource, operation, name, parameter));
            return;
        };
        for (member, shape) in members {
            let mut outline = self.parameter(resource, operation, &format!("{prefix}.{member}"), shape);
            outline.required &= parameter.required;
            outline.is_main = parameter.required;
            all.push(outline);
        }
    }

    fn parameter(
        &self,
        resource: &ResourceType,
        operation: &Operation,
        name: &str,
        parameter: &Parameter,
    ) -> ParameterOutline {
        let shape = &parameter.shape;
        let mut form = form(&shape.kind);
        if operation.tag_parameters.iter().any(|tags| tags == name) {
            form = Form::Tags;
        }
        let required_field = |field: &super::super::file_value::Field| {
            field.required && shape.refers.as_ref().is_some_and(|refers| field.shape.refers_to(&refers.value))
        };
        let is_main = parameter.required
            || resource.fields.get(name).is_some_and(|field| field.required)
            || (matches!(operation.does, Does::Create { .. })
                && (resource.fields.values().any(required_field) || says_name(resource, name, "Name")));
        ParameterOutline {
            form,
            choice: self.choice(resource, name, shape),
            required: parameter.required,
            is_main,
            default: parameter.default.as_ref().map(plain),
            example: example(&shape.kind),
            secret: shape.secret,
            range: shape.range.filter(|_| shape.kind == Kind::Integer),
            longest: shape.length.map(|(_, longest)| longest).filter(|_| shape.kind == Kind::Text),
            name: name.to_owned(),
        }
    }

    fn choice(&self, resource: &ResourceType, name: &str, shape: &Shape) -> Choice {
        if name == "ResourceGroupId" && resource.groups {
            return Choice::Group;
        }
        if !shape.values.is_empty() {
            return Choice::Values(shape.values.clone());
        }
        let Some(refers) = &shape.refers else { return Choice::Free };
        match self.table(&refers.value) {
            Some(table) if table.order.len() <= MOST_CHOICES => Choice::Values(table.order.clone()),
            Some(_) => Choice::Free,
            None => Choice::Resource(refers.value.clone()),
        }
    }
}
