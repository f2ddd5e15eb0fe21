//! Why a statement does not match a request, in values and in words.

use std::fmt;

use crate::StatementRef;
use crate::condition::Condition;
use crate::question::Question;
use crate::statement::{Selection, Statement};

/// How many listed values are written out; the rest is counted.
const MOST_SHOWN: usize = 3;

/// An Allow statement that matches but for one element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// The statement.
    pub statement: StatementRef,
    /// The element that does not match.
    pub mismatch: Mismatch,
}

/// An element that does not match, with what it lists. Those that are easiest to meet come first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mismatch {
    /// `Condition`: every one that does not hold.
    Condition(Vec<Unmet>),
    /// `Resource` or `NotResource`.
    Resource(Listed),
    /// `Principal`: whom it names, as written.
    Principal(Vec<String>),
    /// `Action` or `NotAction`.
    Action(Listed),
}

/// What an element lists, as written; actions in lower case, as they are compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The patterns.
    pub patterns: Vec<String>,
    /// Whether they say what is left out, as in `NotAction`.
    pub except: bool,
}

/// A condition that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmet {
    /// The operator, as written.
    pub operator: &'static str,
    /// The condition key, as written.
    pub key: String,
    /// The values that it lists.
    pub expected: Vec<String>,
    /// What the request has; nothing if it does not have the key.
    pub actual: Vec<String>,
}

/// How a statement and a request go together.
pub(crate) enum Fit {
    /// They match.
    Full,
    /// They match but for one element.
    Near(Mismatch),
    /// They have little to do with each other.
    None,
}

impl Fit {
    /// Holds a request against a statement that does not match it.
    pub(crate) fn of_unmatched(statement: &Statement, question: &Question<'_>) -> Self {
        let action = !statement.covers_action(question);
        let resource = !statement.covers_resource(question);
        let principal = !statement.concerns_caller(question);
        let unmet = statement.conditions.iter().filter(|condition| !condition.holds(question.context));
        let unmet: Vec<Unmet> = unmet.map(|condition| Unmet::of(condition, question)).collect();
        match (action, resource, principal, unmet.is_empty()) {
            (true, false, false, true) if is_about_the_service(&statement.action, question) => {
                Self::Near(Mismatch::Action(Listed::of(&statement.action)))
            }
            (false, true, false, true) => Self::Near(Mismatch::Resource(Listed::of(&statement.resource))),
            (false, false, true, true) => {
                let named = statement.principals.as_ref().map(|principals| principals.names());
                Self::Near(Mismatch::Principal(named.unwrap_or_default()))
            }
            (false, false, false, false) => Self::Near(Mismatch::Condition(unmet)),
            _ => Self::None,
        }
    }
}

/// Whether a statement that does not cover the action is about the same service. What allows something else entirely
/// is no near miss.
fn is_about_the_service(selection: &Selection, question: &Question<'_>) -> bool {
    let service = |action: &[u8]| action.iter().position(|byte| *byte == b':');
    let Some(length) = service(&question.action) else { return false };
    let asked = question.action.get(..=length).unwrap_or_default();
    selection.except
        || selection.patterns.iter().any(|pattern| pattern.as_str().as_bytes().starts_with(asked))
}

impl Listed {
    fn of(selection: &Selection) -> Self {
        let patterns = selection.patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect();
        Self { patterns, except: selection.except }
    }
}

impl Unmet {
    fn without_actual(&self) -> String {
        format!("{} `{}` {} does not hold", self.operator, self.key, shown(&self.expected))
    }

    fn of(condition: &Condition, question: &Question<'_>) -> Self {
        Self {
            operator: condition.operator.name,
            key: condition.key.to_string(),
            expected: condition.expected(),
            actual: question.context.get(&condition.key).to_vec(),
        }
    }
}

impl Mismatch {
    /// As it displays, but with what the request has only of condition keys that `shows` admits.
    #[must_use]
    pub fn describe(&self, shows: impl Fn(&str) -> bool) -> String {
        let Self::Condition(unmet) = self else { return self.to_string() };
        let one = |unmet: &Unmet| {
            let whole = if shows(&unmet.key) { unmet.to_string() } else { unmet.without_actual() };
            format!("its Condition {whole}")
        };
        unmet.iter().map(one).collect::<Vec<_>>().join(", and ")
    }
}

/// The rest of a sentence that begins with the statement: "would allow it, but …".
impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Condition(_) => f.write_str(&self.describe(|_| true)),
            Self::Resource(listed) => write!(f, "its {}Resource {listed}", listed.negation()),
            Self::Action(listed) => write!(f, "its {}Action {listed}", listed.negation()),
            Self::Principal(names) if names.is_empty() => f.write_str("its Principal is nobody"),
            Self::Principal(names) => write!(f, "its Principal is {}", shown(names)),
        }
    }
}

impl Listed {
    fn negation(&self) -> &'static str {
        if self.except { "Not" } else { "" }
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "is {}", shown(&self.patterns))
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the request has ", self.without_actual())?;
        if self.actual.is_empty() { f.write_str("no such key") } else { f.write_str(&shown(&self.actual)) }
    }
}

/// Some texts in a row.
pub(crate) fn shown(texts: &[String]) -> String {
    let mut shown: Vec<String> = texts.iter().take(MOST_SHOWN).map(|text| format!("`{text}`")).collect();
    if let Some(more) = texts.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
        shown.push(format!("{more} more"));
    }
    match shown.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
    }
}
