//! Statements as the visual editor has them: read from a document, read from a form, and written as a document.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::vocabulary::Vocabulary;
use crate::page::check::codes;
use crate::page::role::trust::document::is_line;
use crate::pairs::Pairs;
use crate::text::policy_edit::*;
use crate::visit::Visit;

/// How many statements a form has at most.
pub(super) const MOST: usize = 50;
/// What stands for every service, every action and every resource.
const EVERYTHING: &str = "*";

/// A statement with one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// `Allow` or `Deny`.
    pub(super) effect: String,
    /// What policies call it, or `*`.
    pub(super) service: String,
    /// Whether it is about all actions of the service.
    pub(super) all: bool,
    /// Actions, as they are spelled or with wildcards.
    pub(super) actions: Vec<String>,
    /// ARNs.
    pub(super) resources: Vec<String>,
    /// Conditions.
    pub(super) conditions: Vec<Condition>,
}

/// A condition: its operator, its key, its values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) operator: String,
    pub(super) key: String,
    pub(super) values: Vec<String>,
}

/// Why a document cannot be shown visually.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NotVisual {
    /// Its fields are more than a page may have.
    TooLarge,
    NotJson,
    TooMany(usize),
    Member(String),
    Element(usize, String),
    SeveralServices(usize),
    NotPlain(usize),
}

impl NotVisual {
    /// The same in words.
    pub(super) fn say(&self, visit: &Visit<'_>) -> Markup {
        let number = |at: &usize| html! { (at + 1) };
        let why = match self {
            Self::NotJson => html! { (visit.say(NOT_JSON)) },
            Self::TooLarge => html! { (visit.say(NOT_SO_LARGE)) },
            Self::TooMany(count) => visit.phrase(NOT_SO_MANY, &[html! { (count) }, html! { (MOST) }]),
            Self::Member(name) => visit.phrase(NOT_MEMBER, &[codes(&[name])]),
            Self::Element(at, name) => visit.phrase(NOT_ELEMENT, &[number(at), codes(&[name])]),
            Self::SeveralServices(at) => visit.phrase(NOT_ONE_SERVICE, &[number(at)]),
            Self::NotPlain(at) => visit.phrase(NOT_PLAIN, &[number(at)]),
        };
        html! { (visit.say(NOT_VISUAL)) ": " (why) }
    }
}

impl Default for Statement {
    fn default() -> Self {
        Self {
            effect: "Allow".to_owned(),
            service: "ecs".to_owned(),
            all: false,
            actions: Vec::new(),
            resources: vec![EVERYTHING.to_owned()],
            conditions: Vec::new(),
        }
    }
}

impl Statement {
    /// The statements of a document.
    pub(super) fn of_document(document: &str) -> Result<Vec<Self>, NotVisual> {
        let document: Value = serde_json::from_str(document).map_err(|_| NotVisual::NotJson)?;
        let members = document.as_object().ok_or(NotVisual::NotJson)?;
        if let Some(name) = members.keys().find(|name| !["Version", "Statement"].contains(&name.as_str())) {
            return Err(NotVisual::Member(name.clone()));
        }
        let statements = members.get("Statement").and_then(Value::as_array).ok_or(NotVisual::NotJson)?;
        if statements.len() > MOST {
            return Err(NotVisual::TooMany(statements.len()));
        }
        statements.iter().enumerate().map(|(at, value)| Self::of_value(at, value)).collect()
    }

    fn of_value(at: usize, value: &Value) -> Result<Self, NotVisual> {
        const KNOWN: [&str; 4] = ["Effect", "Action", "Resource", "Condition"];
        let members = value.as_object().ok_or(NotVisual::NotJson)?;
        if let Some(name) = members.keys().find(|name| !KNOWN.contains(&name.as_str())) {
            return Err(NotVisual::Element(at, name.clone()));
        }
        let texts = |name: &str| strings(members.get(name)).ok_or(NotVisual::NotPlain(at));
        let effect = members.get("Effect").map_or(Some("Allow"), Value::as_str);
        let effect = effect.filter(|effect| ["Allow", "Deny"].contains(effect));
        let mut actions = texts("Action")?;
        let services: Vec<&str> = actions
            .iter()
            .map(|action| action.split_once(':').map_or(EVERYTHING, |(service, _)| service))
            .collect();
        let service = services.first().copied().unwrap_or(EVERYTHING).to_owned();
        if services.iter().any(|other| !other.eq_ignore_ascii_case(&service)) {
            return Err(NotVisual::SeveralServices(at));
        }
        let every = if service == EVERYTHING { service.clone() } else { format!("{service}:*") };
        let all = actions.contains(&every);
        actions.retain(|action| *action != every);
        Ok(Self {
            effect: effect.ok_or(NotVisual::NotPlain(at))?.to_owned(),
            service,
            all,
            actions,
            resources: texts("Resource")?,
            conditions: conditions(members.get("Condition")).ok_or(NotVisual::NotPlain(at))?,
        })
    }

    /// The statements that a form has, with the actions of the levels that are ticked as a whole.
    pub(super) fn of_form(form: &Pairs, words: &Vocabulary) -> Vec<Self> {
        let count = form.get("count").parse::<usize>().unwrap_or_default().min(MOST);
        (0..count).map(|at| Self::of_fields(form, at, words)).collect()
    }

    fn of_fields(form: &Pairs, at: usize, words: &Vocabulary) -> Self {
        let name = |field: &str| format!("{field}-{at}");
        let lines = |field: &str| {
            let lines = form.get(&name(field)).lines().map(|line| line.trim().to_owned());
            lines.filter(|line| !line.is_empty()).collect::<Vec<_>>()
        };
        let service = form.filled(&name("service")).unwrap_or(EVERYTHING).to_owned();
        let of_service =
            |action: &&str| action.split_once(':').is_some_and(|(own, _)| own.eq_ignore_ascii_case(&service));
        let mut actions: Vec<String> =
            form.all(&name("action")).filter(of_service).map(str::to_owned).collect();
        for level in form.all(&name("level")) {
            actions.extend(words.of_level(&service, level).map(str::to_owned));
        }
        // What was typed for another service goes with it, as what was ticked does.
        let before = form.filled(&name("of-service")).filter(|before| !before.eq_ignore_ascii_case(&service));
        let is_of_before = |action: &String| {
            let own = action.split_once(':').map(|(own, _)| own);
            own.zip(before).is_some_and(|(own, before)| own.eq_ignore_ascii_case(before))
        };
        actions.extend(lines("more").into_iter().filter(|action| !is_of_before(action)));
        actions.sort();
        actions.dedup();
        let [operator, key, values] = ["operator", "key", "values"].map(name);
        let rows = form.all(&operator).zip(form.all(&key)).zip(form.all(&values));
        let conditions =
            rows.filter(|((_, key), _)| !key.trim().is_empty()).map(|((operator, key), values)| {
                let values = values.lines().map(|value| value.trim().to_owned());
                Condition {
                    operator: operator.to_owned(),
                    key: key.trim().to_owned(),
                    values: values.filter(|value| !value.is_empty()).collect(),
                }
            });
        Self {
            effect: form.get(&name("effect")).to_owned(),
            all: form.is_ticked(&name("all")),
            actions,
            resources: lines("resource"),
            conditions: conditions.collect(),
            service,
        }
    }

    /// Takes a service, unless its actions say which it is about.
    pub(super) fn choose(&mut self, service: &str) {
        if self.actions.is_empty() && !self.all {
            service.clone_into(&mut self.service);
        }
    }

    fn to_value(&self) -> Value {
        let every =
            if self.service == EVERYTHING { self.service.clone() } else { format!("{}:*", self.service) };
        let actions = if self.all { vec![every] } else { self.actions.clone() };
        let mut value = json!({ "Effect": self.effect, "Action": actions, "Resource": self.resources });
        let mut operators: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        for Condition { operator, key, values } in &self.conditions {
            // Two rows of one key are one condition with the values of both: JSON has no other way to say it.
            let written = operators.entry(operator).or_default().entry(key).or_insert_with(|| json!([]));
            if let Value::Array(written) = written {
                written.extend(values.iter().map(|value| json!(value)));
            }
        }
        if let Some(members) = value.as_object_mut().filter(|_| !operators.is_empty()) {
            members.insert("Condition".to_owned(), json!(operators));
        }
        value
    }

    /// The document that has these statements.
    pub(super) fn document(statements: &[Self]) -> String {
        let statements: Vec<Value> = statements.iter().map(Self::to_value).collect();
        let document = json!({ "Version": "1", "Statement": statements });
        serde_json::to_string_pretty(&document).unwrap_or_default()
    }
}

/// One text or several: policies write both. Nothing if something is no text, or none that stands on a line of its own.
fn strings(value: Option<&Value>) -> Option<Vec<String>> {
    let text = |one: &Value| one.as_str().filter(|text| is_line(text)).map(str::to_owned);
    match value {
        None => Some(Vec::new()),
        Some(Value::Array(several)) => several.iter().map(text).collect(),
        Some(one) => Some(vec![text(one)?]),
    }
}

/// Nothing if it is written in a way that the form has no room for.
fn conditions(value: Option<&Value>) -> Option<Vec<Condition>> {
    let mut conditions = Vec::new();
    let Some(value) = value else { return Some(conditions) };
    for (operator, keys) in value.as_object()? {
        for (key, values) in keys.as_object()? {
            let values = match values {
                Value::Bool(_) | Value::Number(_) => vec![values.to_string()],
                values => strings(Some(values))?,
            };
            conditions.push(Condition { operator: operator.clone(), key: key.clone(), values });
        }
    }
    Some(conditions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pairs::encode;

    fn document(statement: &str) -> String {
        format!(r#"{{"Version":"1","Statement":[{statement}]}}"#)
    }

    #[test]
    fn a_document_comes_back_as_it_was() {
        for statement in [
            r#"{"Effect":"Allow","Action":["ecs:*"],"Resource":["*"]}"#,
            r#"{"Effect":"Deny","Action":["*"],"Resource":["*"]}"#,
            r#"{"Effect":"Allow","Action":["ecs:Describe*","ecs:StopInstance"],"Resource":["acs:ecs:*:*:instance/i-1"],
                "Condition":{"IpAddress":{"acs:SourceIp":["10.0.0.0/8","192.168.0.0/16"]},"StringLike":{"acs:UserAgent":["one, two"]},"Bool":{"acs:MFAPresent":["true"]}}}"#,
        ] {
            let text = document(statement);
            let statements = Statement::of_document(&text).unwrap();
            let written: Value = serde_json::from_str(&Statement::document(&statements)).unwrap();
            assert_eq!(written, serde_json::from_str::<Value>(&text).unwrap());
        }
    }

    #[test]
    fn what_the_form_has_no_room_for_is_named() {
        for (statement, why) in [
            (
                r#"{"Effect":"Allow","NotAction":"ecs:*","Resource":"*"}"#,
                NotVisual::Element(0, "NotAction".to_owned()),
            ),
            (
                r#"{"Effect":"Allow","Action":["ecs:*","slb:*"],"Resource":"*"}"#,
                NotVisual::SeveralServices(0),
            ),
            (r#"{"Effect":"Allow","Action":["ecs:*"],"Resource":[1]}"#, NotVisual::NotPlain(0)),
            (
                r#"{"Effect":"Allow","Action":"ecs:*","Resource":"*","Condition":{"StringEquals":{"a":"x\ny"}}}"#,
                NotVisual::NotPlain(0),
            ),
            (r#"{"Effect":"deny","Action":"ecs:*","Resource":"*"}"#, NotVisual::NotPlain(0)),
        ] {
            assert_eq!(Statement::of_document(&document(statement)), Err(why));
        }
        assert_eq!(Statement::of_document("{"), Err(NotVisual::NotJson));
        let named = r#"{"Version":"1","Id":"x","Statement":[]}"#;
        assert_eq!(Statement::of_document(named), Err(NotVisual::Member("Id".to_owned())));
        let one = r#"{"Effect":"Allow","Action":"ecs:*","Resource":"*"}"#;
        let many = |count: usize| Statement::of_document(&document(&vec![one; count].join(",")));
        assert_eq!(many(MOST).map(|statements| statements.len()), Ok(MOST));
        assert_eq!(many(MOST + 1), Err(NotVisual::TooMany(MOST + 1)));
    }

    #[test]
    fn a_form_becomes_statements() {
        let words = Vocabulary::default();
        let form = Pairs::read(&encode([
            ("count", "1"),
            ("effect-0", "Allow"),
            ("service-0", "ecs"),
            ("action-0", "ecs:StopInstance"),
            ("action-0", "slb:DeleteLoadBalancer"),
            ("more-0", " ecs:Describe* \n\n"),
            ("resource-0", "*"),
            ("operator-0", "IpAddress"),
            ("key-0", "acs:SourceIp"),
            ("values-0", "10.0.0.1\n 10.0.0.2 \n\n"),
            ("operator-0", "StringEquals"),
            ("key-0", "acs:RequestTag/team"),
            ("values-0", "web, shop"),
            ("operator-0", "StringEquals"),
            ("key-0", "acs:RequestTag/team"),
            ("values-0", "ops"),
            ("operator-0", "Bool"),
            ("key-0", ""),
            ("values-0", "true"),
        ]));
        let statements = Statement::of_form(&form, &words);
        assert_eq!(statements[0].actions, ["ecs:Describe*", "ecs:StopInstance"], "those of the service");
        assert_eq!(statements[0].conditions[0].values, ["10.0.0.1", "10.0.0.2"]);
        assert_eq!(statements[0].conditions.len(), 3, "an empty row is none");
        let written: Value = serde_json::from_str(&Statement::document(&statements)).unwrap();
        let tags = &written["Statement"][0]["Condition"]["StringEquals"]["acs:RequestTag/team"];
        assert_eq!(*tags, json!(["web, shop", "ops"]), "rows of one key are one condition");
    }
}
