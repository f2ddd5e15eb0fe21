//! What is wrong with a policy document, told so that its author can mend it.

use std::fmt;

use super::json::{self, Value};

/// Why a text is not a policy document of its kind: where, what is wrong, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentError {
    /// Elements from the outermost to the one at fault, such as `Statement[1].Action`.
    path: String,
    problem: Problem,
}

/// The kinds of mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    #[error("not JSON: {0}")]
    Json(String),
    #[error("text begins with a byte-order mark: save it as UTF-8 without one")]
    ByteOrderMark,
    #[error("`{0}` is missing")]
    Missing(&'static str),
    #[error("expected {expected}, found {found}")]
    Type { expected: &'static str, found: &'static str },
    #[error("unknown element `{name}`: {hint}")]
    Unknown { name: String, hint: String },
    #[error("`{0}` and `{1}` exclude each other: keep one")]
    Both(&'static str, &'static str),
    #[error("list is empty: name at least one {0}")]
    Empty(&'static str),
    #[error("`{found}` is not allowed here: write {expected}")]
    Value { found: String, expected: &'static str },
    /// Where that makes a Deny void or an Allow wider than it looks.
    #[error("`{found}` would match nothing: {hint}")]
    Void { found: String, hint: &'static str },
    #[error("condition operator `{name}` is not supported: {hint}")]
    Operator { name: String, hint: String },
}

impl DocumentError {
    /// Where the mistake is, such as `Statement[1].Action`; empty for the text as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same mistake, seen from one element further out.
    pub(super) fn within(mut self, element: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path.insert_str(0, separator);
        self.path.insert_str(0, element);
        self
    }
}

impl From<Problem> for DocumentError {
    fn from(problem: Problem) -> Self {
        Self { path: String::new(), problem }
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "`{}`: ", self.path)?;
        }
        self.problem.fmt(f)
    }
}

impl std::error::Error for DocumentError {}

pub(super) fn read_json(text: &str) -> Result<Value<'_>, DocumentError> {
    if text.starts_with('\u{FEFF}') {
        return Err(Problem::ByteOrderMark.into());
    }
    json::read(text).map_err(|error| Problem::Json(error.to_string()).into())
}
