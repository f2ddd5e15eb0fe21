//! What is valid in a policy document and hardly meant: grants of everything, names that nothing has, statements
//! that cannot take effect.
//!
//! A warning is given only where it is certain for the services that a [`Vocabulary`] knows; about others lint is
//! silent.

mod effect;
mod matching;
mod vocabulary;

use std::fmt;

pub use vocabulary::{Granularity, Vocabulary};

use crate::statement::Statement;
use crate::{Document, DocumentKind};

/// Something that its author should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Elements from the outermost to the one that is meant, such as `Statement[1].Action`.
    pub path: String,
    /// What kind of thing it is.
    pub rule: LintRule,
    /// What is strange, and what to write instead.
    pub message: String,
}

/// The kinds of warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LintRule {
    /// It gives more than anybody can oversee.
    TooBroad,
    /// No operation is called so.
    UnknownAction,
    /// No request has a condition key of this name.
    UnknownKey,
    /// The service tells its resources not apart, so that a statement on some of them does not count.
    TooNarrow,
    /// No request can match the statement, or none can be decided by it.
    NeverMatches,
}

impl LintRule {
    /// Its name for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TooBroad => "too-broad",
            Self::UnknownAction => "unknown-action",
            Self::UnknownKey => "unknown-key",
            Self::TooNarrow => "too-narrow",
            Self::NeverMatches => "never-matches",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {} ({})", self.path, self.message, self.rule.name())
    }
}

/// Looks through a document. `now` is the present as conditions write it, such as `2026-01-31T17:00:00Z`.
#[must_use]
pub fn lint(document: &Document, words: &Vocabulary, now: &str) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (number, statement) in document.statements().iter().enumerate() {
        let mut looking = Looking { kind: document.kind(), number, statement, warnings: &mut warnings };
        looking.breadth();
        looking.actions(words);
        looking.resources(words);
        looking.principals();
        looking.keys(words);
        looking.conditions(now);
        looking.overruling(document);
    }
    warnings
}

/// A statement that is looked at.
struct Looking<'a> {
    kind: DocumentKind,
    number: usize,
    statement: &'a Statement,
    warnings: &'a mut Vec<Warning>,
}

impl Looking<'_> {
    /// Notes a warning about an element of the statement, the statement as a whole if it is empty.
    fn warn(&mut self, element: &str, rule: LintRule, message: impl Into<String>) {
        let dot = if element.is_empty() { "" } else { "." };
        let path = format!("Statement[{}]{dot}{element}", self.number);
        self.warnings.push(Warning { path, rule, message: message.into() });
    }

    fn action_element(&self) -> &'static str {
        if self.statement.action.except { "NotAction" } else { "Action" }
    }

    fn resource_element(&self) -> &'static str {
        if self.statement.resource.except { "NotResource" } else { "Resource" }
    }
}
