//! Trust policies as people edit them: read from JSON, written as JSON, and with somebody taken out.

use serde_json::{Map, Value, json};

use crate::api::many;
use crate::part::pretty;
use crate::text::Text;
use crate::text::trust::*;

/// The only thing that trust policies speak of, as far as they can be shown.
const ASSUME_ROLE: &str = "sts:AssumeRole";
/// How many statements are shown and read as fields.
pub(super) const MOST_STATEMENTS: usize = 20;
/// Kinds of principals for which there are fields.
const KINDS: [&str; 3] = ["RAM", "Service", "Federated"];

/// A trust policy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust {
    /// What it says, as far as it is understood.
    pub(crate) statements: Vec<Statement>,
    /// Why not all of it can be shown as fields: with what that is about.
    pub(crate) unshown: Option<(Text, String)>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Whether it denies.
    pub(crate) denies: bool,
    /// Whom it is about.
    pub(crate) principals: Vec<Principal>,
    /// What must hold.
    pub(crate) conditions: Vec<Condition>,
}

/// Somebody who is trusted: `RAM`, `Service` or `Federated`, and a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Principal {
    pub(crate) kind: String,
    pub(crate) name: String,
}

/// A condition: any of the values will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) operator: String,
    pub(crate) key: String,
    pub(crate) values: Vec<String>,
}

impl Principal {
    /// Somebody of this kind.
    pub(crate) fn new(kind: &str, name: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), name: name.into() }
    }

    /// The account that it is, or is of, and its place there: `root`, `user/alice`.
    pub(crate) fn of_account(&self) -> Option<(&str, &str)> {
        let rest = self.name.strip_prefix("acs:ram::").filter(|_| self.kind == "RAM")?;
        rest.split_once(':')
    }
}

impl Condition {
    /// A condition with one value.
    pub(crate) fn new(operator: &str, key: &str, value: &str) -> Self {
        Self { operator: operator.to_owned(), key: key.to_owned(), values: vec![value.to_owned()] }
    }

    /// Whether it is about this key, whose case makes no difference.
    pub(crate) fn is(&self, operator: &str, key: &str) -> bool {
        self.operator.eq_ignore_ascii_case(operator) && self.key.eq_ignore_ascii_case(key)
    }
}

impl Trust {
    /// Reads a document. What it cannot show is said, and the rest is read all the same.
    pub(crate) fn read(document: &str) -> Self {
        let value: Value = match serde_json::from_str(document) {
            Ok(value) => value,
            Err(error) => {
                let place = format!("{}:{}", error.line(), error.column());
                return Self { statements: Vec::new(), unshown: Some((NO_JSON, place)) };
            }
        };
        let mut trust = Self::default();
        if !value.is_object() {
            trust.cannot_show(OTHER_SHAPE, &value.to_string());
        }
        let members = value.as_object().into_iter().flat_map(Map::keys);
        for member in members.filter(|member| !["Version", "Statement"].contains(&member.as_str())) {
            trust.cannot_show(OTHER_MEMBER, member);
        }
        let count = many(value.get("Statement")).count();
        if count > MOST_STATEMENTS {
            trust.cannot_show(TOO_MANY_STATEMENTS, &format!("{count}:{MOST_STATEMENTS}"));
        }
        for statement in many(value.get("Statement")) {
            trust.read_statement(statement);
        }
        trust
    }

    fn read_statement(&mut self, statement: &Value) {
        let known = ["Effect", "Action", "Principal", "Condition"];
        if !statement.is_object() {
            self.cannot_show(OTHER_SHAPE, &statement.to_string());
        }
        let members = statement.as_object().into_iter().flat_map(Map::keys);
        for member in members.filter(|member| !known.contains(&member.as_str())) {
            self.cannot_show(OTHER_MEMBER, member);
        }
        for action in many(statement.get("Action")) {
            let action = plain(action);
            if !action.eq_ignore_ascii_case(ASSUME_ROLE) {
                self.cannot_show(OTHER_ACTION, &action);
            }
        }
        let mut principals = Vec::new();
        match statement.get("Principal") {
            Some(Value::Object(kinds)) => {
                for (kind, names) in kinds {
                    principals.extend(many(Some(names)).map(|name| Principal::new(kind, plain(name))));
                }
            }
            Some(other) => self.cannot_show(OTHER_PRINCIPAL, &plain(other)),
            None => {}
        }
        for principal in &principals {
            if !is_plain(principal) {
                self.cannot_show(OTHER_PRINCIPAL, &principal.name);
            }
        }
        let conditions = self.read_conditions(statement.get("Condition"));
        let effect = statement.get("Effect").map_or_else(|| "Allow".to_owned(), plain);
        if !["Allow", "Deny"].contains(&effect.as_str()) {
            self.cannot_show(OTHER_SHAPE, &effect);
        }
        self.statements.push(Statement { denies: effect == "Deny", principals, conditions });
    }

    fn read_conditions(&mut self, written: Option<&Value>) -> Vec<Condition> {
        let mut conditions = Vec::new();
        if let Some(other) = written.filter(|written| !written.is_object()) {
            self.cannot_show(OTHER_SHAPE, &other.to_string());
        }
        for (operator, keys) in written.and_then(Value::as_object).into_iter().flatten() {
            if !keys.is_object() {
                self.cannot_show(OTHER_SHAPE, &keys.to_string());
            }
            for (key, values) in keys.as_object().into_iter().flatten() {
                let values: Vec<String> = many(Some(values)).map(plain).collect();
                if let Some(other) = values.iter().find(|value| !is_line(value)) {
                    self.cannot_show(OTHER_SHAPE, &Value::from(other.as_str()).to_string());
                }
                conditions.push(Condition { operator: operator.clone(), key: key.clone(), values });
            }
        }
        conditions
    }

    /// The first thing that cannot be shown is said.
    fn cannot_show(&mut self, why: Text, what: &str) {
        self.unshown.get_or_insert_with(|| (why, what.to_owned()));
    }

    /// The document, laid out.
    pub(crate) fn write(&self) -> String {
        let statements: Vec<Value> = self.statements.iter().map(Statement::to_json).collect();
        pretty(&json!({ "Version": "1", "Statement": statements }))
    }

    /// The accounts that it names.
    pub(crate) fn accounts(&self) -> Vec<String> {
        let principals = self.statements.iter().flat_map(|statement| &statement.principals);
        principals.filter_map(Principal::of_account).map(|(account, _)| account.to_owned()).collect()
    }
}

impl Statement {
    fn to_json(&self) -> Value {
        let mut principals = Map::new();
        for principal in &self.principals {
            let names = principals.entry(principal.kind.as_str()).or_insert_with(|| json!([]));
            if let Value::Array(names) = names {
                names.push(json!(principal.name));
            }
        }
        if principals.is_empty() {
            principals.insert("RAM".to_owned(), json!([]));
        }
        let effect = if self.denies { "Deny" } else { "Allow" };
        let mut statement = json!({ "Effect": effect, "Principal": principals, "Action": ASSUME_ROLE });
        let mut conditions = Map::new();
        for condition in &self.conditions {
            let keys = conditions.entry(condition.operator.as_str()).or_insert_with(|| json!({}));
            // Two rows of one key are one condition with the values of both: JSON has no other way to say it.
            if let Value::Object(keys) = keys {
                let before = keys.remove(&condition.key);
                let before = many(before.as_ref()).map(plain);
                let values: Vec<String> = before.chain(condition.values.iter().cloned()).collect();
                keys.insert(condition.key.clone(), one_or_many(&values));
            }
        }
        if let Value::Object(members) = &mut statement
            && !conditions.is_empty()
        {
            members.insert("Condition".to_owned(), Value::Object(conditions));
        }
        statement
    }
}

/// The document without those of whom `is_out` holds, in the statements that allow: everything else stays as it is.
///
/// A statement in which nobody is left goes, unless it is the only one: with an empty list nobody is trusted.
pub(crate) fn without(document: &str, is_out: impl Fn(usize, &Principal) -> bool) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(document) else { return document.to_owned() };
    let Some(Value::Array(statements)) = value.get_mut("Statement") else { return document.to_owned() };
    let mut left = Vec::new();
    for (at, mut statement) in std::mem::take(statements).into_iter().enumerate() {
        let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
        let mut is_empty = false;
        if let Some(Value::Object(kinds)) = statement.get_mut("Principal").filter(|_| allows) {
            let before = kinds.values().map(|names| many(Some(names)).count()).sum::<usize>();
            for (kind, names) in kinds.iter_mut() {
                let stays = |name: &&Value| !is_out(at, &Principal::new(kind, plain(name)));
                let kept: Value = many(Some(&*names)).filter(stays).cloned().collect();
                *names = kept;
            }
            kinds.retain(|_, names| many(Some(names)).next().is_some());
            is_empty = kinds.is_empty() && before > 0;
            if kinds.is_empty() {
                kinds.insert("RAM".to_owned(), json!([]));
            }
        }
        left.push((is_empty, statement));
    }
    let all_are_empty = left.iter().all(|(is_empty, _)| *is_empty);
    let keep = |at: usize, is_empty: bool| !is_empty || (all_are_empty && at == 0);
    let kept = left.into_iter().enumerate().filter(|(at, (is_empty, _))| keep(*at, *is_empty));
    *statements = kept.map(|(_, (_, statement))| statement).collect();
    pretty(&value)
}

/// Whether somebody is named in a way that fields have room for.
fn is_plain(principal: &Principal) -> bool {
    if principal.kind != "RAM" {
        return KINDS.contains(&principal.kind.as_str()) && is_line(&principal.name);
    }
    principal.of_account().is_some_and(|(account, place)| {
        let named =
            |kind| place.strip_prefix(kind).is_some_and(|name| !name.is_empty() && !name.contains('/'));
        let is_number = !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit());
        is_number && (place == "root" || named("user/") || named("role/"))
    })
}

/// Whether a text is read from a field as it was written there, one a line.
pub(crate) fn is_line(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.contains(char::is_control)
}

fn one_or_many(values: &[String]) -> Value {
    match values {
        [one] => json!(one),
        many => json!(many),
    }
}

/// A value as text: policies may write numbers and truth bare.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"{"Version":"1","Statement":[
        {"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::12345:root","acs:ram::67890:user/alice"]}},
        {"Effect":"Allow","Action":["sts:AssumeRole"],"Principal":{"Service":"ecs.aliyuncs.com"},"Condition":{"Bool":{"acs:MFAPresent":true}}}]}"#;

    #[test]
    fn what_is_read_is_written_again() {
        let trust = Trust::read(TWO);
        assert!(trust.unshown.is_none(), "{trust:?}");
        let again = Trust::read(&trust.write());
        assert_eq!(trust.statements, again.statements);
        assert_eq!(trust.accounts(), ["12345", "67890"]);
        assert!(trust.write().starts_with("{\n  \"Version\": \"1\",\n  \"Statement\": ["));
    }

    #[test]
    fn what_fields_have_no_room_for_is_said() {
        for (document, what) in [
            ("{\n broken", "2:2"),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"*","Principal":{"RAM":"acs:ram::12345:root"}}]}"#,
                "*",
            ),
            (r#"{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}]}"#, "*"),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":"acs:ram::12345:user/*/x"}}]}"#,
                "acs:ram::12345:user/*/x",
            ),
            (r#"{"Id":"x","Statement":[]}"#, "Id"),
        ] {
            assert_eq!(
                Trust::read(document).unshown.map(|(_, what)| what).as_deref(),
                Some(what),
                "{document}"
            );
        }
    }

    #[test]
    fn an_account_is_taken_out_and_the_rest_stays() {
        let of = |account: &'static str| {
            move |_: usize, principal: &Principal| {
                principal.of_account().is_some_and(|(own, _)| own == account)
            }
        };
        let left = Trust::read(&without(TWO, of("12345")));
        assert_eq!(left.accounts(), ["67890"]);
        assert_eq!(left.statements.len(), 2);
        let left = Trust::read(&without(&without(TWO, of("12345")), of("67890")));
        assert_eq!((left.statements.len(), left.statements[0].conditions.len()), (1, 1), "the service's");
        let none = without(&without(TWO, |_, _| true), |_, _| true);
        let left = Trust::read(&none);
        assert_eq!((left.statements.len(), left.statements[0].principals.len()), (1, 0), "{none}");
        let deny = TWO.replace("Allow", "Deny");
        assert_eq!(Trust::read(&without(&deny, |_, _| true)).accounts().len(), 2, "what denies stays");
    }
}
