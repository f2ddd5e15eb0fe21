//! The grammar of policy documents: from JSON to compiled statements.
// SPEC: policy language, grammar.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::DocumentKind;
use super::error::{DocumentError, Problem};
use super::json::Value;
use super::principal;
use crate::condition::{Condition, Operator};
use crate::pattern::{Case, Pattern};
use crate::signature::Signature;
use crate::statement::{Saying, Selection, Statement};

/// The values of an element that may be a string or a list of strings.
pub(super) type Strings<'t> = SmallVec<[Cow<'t, str>; 4]>;

/// Reads a whole document.
pub(super) fn statements(kind: DocumentKind, document: Value<'_>) -> Result<Box<[Statement]>, DocumentError> {
    let (mut version, mut statements) = (None, None);
    for (name, value) in object(document)? {
        match name.as_ref() {
            "Version" => version = Some(value),
            "Statement" => statements = Some(value),
            _ => return Err(unknown(&name, &["Version", "Statement"])),
        }
    }
    check_version(version.ok_or(Problem::Missing("Version"))?).map_err(|error| error.within("Version"))?;
    let statements = match statements.ok_or(Problem::Missing("Statement"))? {
        Value::List(statements) if statements.is_empty() => {
            return Err(DocumentError::from(Problem::Empty("statement")).within("Statement"));
        }
        Value::List(statements) => statements,
        other => return Err(wrong_type("a list of statements in `[` `]`", &other).within("Statement")),
    };
    let numbered = statements.into_iter().enumerate();
    numbered
        .map(|(number, value)| {
            statement(kind, value).map_err(|error| error.within(&format!("Statement[{number}]")))
        })
        .collect()
}

fn check_version(version: Value<'_>) -> Result<(), DocumentError> {
    match version {
        Value::String(version) if version == "1" => Ok(()),
        Value::String(found) => Err(Problem::Value { found: found.into_owned(), expected: "`\"1\"`" }.into()),
        other => Err(wrong_type("the string `\"1\"`", &other)),
    }
}

/// Elements of a statement, before they are put together.
#[derive(Default)]
struct Elements<'t> {
    effect: Option<Value<'t>>,
    action: Option<Value<'t>>,
    not_action: Option<Value<'t>>,
    resource: Option<Value<'t>>,
    not_resource: Option<Value<'t>>,
    principal: Option<Value<'t>>,
    condition: Option<Value<'t>>,
}

fn statement(kind: DocumentKind, value: Value<'_>) -> Result<Statement, DocumentError> {
    let elements = elements(kind, value)?;
    let saying =
        effect(elements.effect.ok_or(Problem::Missing("Effect"))?).map_err(|error| error.within("Effect"))?;
    let action =
        selection(("Action", elements.action), ("NotAction", elements.not_action), |text, except| {
            action(kind, saying, except, text)
        })?;
    let resource = match kind {
        DocumentKind::Trust => Selection::everything(),
        _ => selection(
            ("Resource", elements.resource),
            ("NotResource", elements.not_resource),
            |text, except| resource(saying, except, text),
        )?,
    };
    let principals = match elements.principal {
        Some(value) => Some(Box::new(
            principal::principals(kind, saying, value).map_err(|error| error.within("Principal"))?,
        )),
        None if names_principals(kind) => return Err(Problem::Missing("Principal").into()),
        None => None,
    };
    let conditions = match elements.condition {
        Some(value) => conditions(value).map_err(|error| error.within("Condition"))?,
        None => Box::default(),
    };
    let signature = Signature::of_statement(action.required(), resource.required());
    Ok(Statement { signature, saying, action, resource, principals, conditions })
}

/// Sorts the members of a statement and refuses those that do not belong there.
fn elements(kind: DocumentKind, value: Value<'_>) -> Result<Elements<'_>, DocumentError> {
    let mut elements = Elements::default();
    for (name, value) in object(value)? {
        let slot = match name.as_ref() {
            "Effect" => &mut elements.effect,
            "Action" => &mut elements.action,
            "NotAction" => &mut elements.not_action,
            "Resource" if kind != DocumentKind::Trust => &mut elements.resource,
            "NotResource" if kind != DocumentKind::Trust => &mut elements.not_resource,
            "Principal" if names_principals(kind) => &mut elements.principal,
            "Condition" => &mut elements.condition,
            "Sid" => {
                string(value).map_err(|error| error.within("Sid"))?;
                continue;
            }
            _ => return Err(misplaced(kind, &name)),
        };
        *slot = Some(value);
    }
    Ok(elements)
}

/// Whether documents of the kind say whom they are about.
fn names_principals(kind: DocumentKind) -> bool {
    matches!(kind, DocumentKind::Trust | DocumentKind::Bucket)
}

fn misplaced(kind: DocumentKind, name: &str) -> DocumentError {
    let hint = match name {
        "NotPrincipal" => "name those who are meant in `Principal`",
        "Principal" => "only trust and bucket policies have it; this one is about whoever it is attached to",
        "Resource" | "NotResource" => "a trust policy is about its own role",
        _ => {
            let known: &[&'static str] = match kind {
                DocumentKind::Trust => &["Effect", "Action", "NotAction", "Principal", "Condition", "Sid"],
                DocumentKind::Bucket => &[
                    "Effect",
                    "Action",
                    "NotAction",
                    "Resource",
                    "NotResource",
                    "Principal",
                    "Condition",
                    "Sid",
                ],
                _ => &["Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Sid"],
            };
            return unknown(name, known);
        }
    };
    Problem::Unknown { name: name.to_owned(), hint: hint.to_owned() }.into()
}

fn effect(value: Value<'_>) -> Result<Saying, DocumentError> {
    let text = string(value)?;
    match text.as_ref() {
        "Allow" => Ok(Saying::Allow),
        "Deny" => Ok(Saying::Deny),
        _ => Err(Problem::Value { found: text.into_owned(), expected: "`Allow` or `Deny`" }.into()),
    }
}

/// Reads an element and its complement, of which exactly one must be there.
fn selection(
    (name, value): (&'static str, Option<Value<'_>>),
    (not_name, not_value): (&'static str, Option<Value<'_>>),
    compile: impl Fn(&str, bool) -> Result<Pattern, DocumentError>,
) -> Result<Selection, DocumentError> {
    let (name, value, except) = match (value, not_value) {
        (Some(_), Some(_)) => return Err(Problem::Both(name, not_name).into()),
        (None, None) => return Err(Problem::Missing(name).into()),
        (Some(value), None) => (name, value, false),
        (None, Some(value)) => (not_name, value, true),
    };
    let compile_all = |value| {
        let texts = strings(value)?;
        if texts.is_empty() {
            return Err(Problem::Empty("value").into());
        }
        texts.iter().map(|text| compile(text, except)).collect::<Result<_, DocumentError>>()
    };
    let patterns = compile_all(value).map_err(|error| error.within(name))?;
    Ok(Selection { patterns, except })
}

// SPEC: policy language, action; principal, for trust policies.
fn action(kind: DocumentKind, saying: Saying, except: bool, text: &str) -> Result<Pattern, DocumentError> {
    let expected = "`*` or `<ram-code>:<operation>`, for example `ecs:Describe*`";
    let refuse = |expected| Err(Problem::Value { found: text.to_owned(), expected }.into());
    if text == "*" {
        return Ok(Pattern::new(text));
    }
    let Some((service, operation)) = text.split_once(':') else { return refuse(expected) };
    let spelled = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic());
    if !spelled(service) || !spelled(operation) {
        return refuse(expected);
    }
    if kind == DocumentKind::Trust && !Pattern::new(service).matches(b"sts", Case::Ignore) {
        return refuse("`sts:AssumeRole`, the action that a trust policy is about");
    }
    let pattern = Pattern::new(text.to_ascii_lowercase());
    if kind == DocumentKind::Trust
        && must_match(saying, except)
        && !pattern.matches(b"sts:assumerole", Case::Keep)
    {
        let hint = "every way of assuming a role is `sts:AssumeRole`";
        return Err(Problem::Void { found: text.to_owned(), hint }.into());
    }
    Ok(pattern)
}

/// Whether a pattern that matches nothing does harm: it makes a Deny void, or an exception from an Allow.
/// The other way round it only grants too little.
// SPEC: security, R9: no accepted Deny is void by its spelling.
fn must_match(saying: Saying, except: bool) -> bool {
    (saying == Saying::Deny) != except
}

// SPEC: policy language, resource and ARN.
fn resource(saying: Saying, except: bool, text: &str) -> Result<Pattern, DocumentError> {
    let pattern = Pattern::new(text);
    if text.is_empty() {
        return Err(Problem::Value {
            found: String::new(),
            expected: "`*` or `acs:<ram-code>:<region>:<account-id>:<relative-id>`",
        }
        .into());
    }
    if must_match(saying, except) && !pattern.can_name_a_resource() {
        let hint = "write `*` or `acs:<ram-code>:<region>:<account-id>:<relative-id>`, with the first two in lower case";
        return Err(Problem::Void { found: text.to_owned(), hint }.into());
    }
    Ok(pattern)
}

fn conditions(value: Value<'_>) -> Result<Box<[Condition]>, DocumentError> {
    let mut conditions = Vec::new();
    for (name, keys) in object(value)? {
        let operator = Operator::named(&name).ok_or_else(|| unknown_operator(&name))?;
        let keys = object(keys).map_err(|error| error.within(&name))?;
        if keys.is_empty() {
            return Err(DocumentError::from(Problem::Empty("condition key")).within(&name));
        }
        for (key, values) in keys {
            let compiled = condition(operator, &key, values);
            conditions.push(compiled.map_err(|error| error.within(&key).within(&name))?);
        }
    }
    Ok(conditions.into())
}

fn condition(operator: &'static Operator, key: &str, values: Value<'_>) -> Result<Condition, DocumentError> {
    if key.trim() != key || key.is_empty() {
        let expected = "a condition key such as `acs:SourceIp`, without spaces around it";
        return Err(Problem::Value { found: key.to_owned(), expected }.into());
    }
    let values = strings(values)?;
    if values.is_empty() {
        return Err(Problem::Empty("value").into());
    }
    Condition::new(operator, key, &values)
        .map_err(|(expected, found)| Problem::Value { found: found.to_owned(), expected }.into())
}

fn unknown_operator(name: &str) -> DocumentError {
    let hint = match Operator::similar(name) {
        Some(similar) => format!("did you mean `{similar}`"),
        None if name.ends_with("IfExists") || name == "Null" => {
            "`IfExists` and `Null` do not exist here; a negated operator holds for absent keys".to_owned()
        }
        None if name.contains(':') => "`ForAnyValue` and `ForAllValues` do not exist here".to_owned(),
        None => "use one of the string, numeric, date, boolean or address operators".to_owned(),
    };
    Problem::Operator { name: name.to_owned(), hint }.into()
}

/// Refuses a member, and names those that may stand in its place.
pub(super) fn unknown(name: &str, known: &[&'static str]) -> DocumentError {
    let hint = match known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
        Some(similar) => format!("did you mean `{similar}`"),
        None => format!("only `{}` may stand here", known.join("`, `")),
    };
    Problem::Unknown { name: name.to_owned(), hint }.into()
}

pub(super) fn object<'t>(value: Value<'t>) -> Result<Vec<(Cow<'t, str>, Value<'t>)>, DocumentError> {
    match value {
        Value::Object(members) => Ok(members),
        other => Err(wrong_type("an object in `{` `}`", &other)),
    }
}

/// A string, or a list of strings; an empty list has none.
pub(super) fn strings<'t>(value: Value<'t>) -> Result<Strings<'t>, DocumentError> {
    match value {
        Value::String(one) => Ok(SmallVec::from_iter([one])),
        Value::List(list) => list.into_iter().map(string).collect(),
        other => Err(wrong_type("a string in quotes or a list of them", &other)),
    }
}

fn string(value: Value<'_>) -> Result<Cow<'_, str>, DocumentError> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(wrong_type("a string in quotes", &other)),
    }
}

pub(super) fn wrong_type(expected: &'static str, found: &Value<'_>) -> DocumentError {
    Problem::Type { expected, found: found.describe() }.into()
}
