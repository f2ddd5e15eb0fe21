//! What goes wrong while reading, on its way to a [`ParamError`] with the full name.

use std::fmt;

use crate::{Invalid, ParamError, Reason};

/// A failure that learns its parameter's full name as it travels outwards.
#[derive(Debug)]
pub(super) struct Failure {
    kind: Kind,
    parameter: Option<String>,
}

#[derive(Debug)]
enum Kind {
    /// The empty value at this place of the list means nothing to the type that should read it.
    RefusedEmpty(usize),
    /// A required field is absent. Its structure's prefix is still to be put before it.
    Missing(&'static str),
    Invalid(Invalid),
}

/// The empty value at `at` counts as absent.
pub(super) fn empty(at: usize) -> Failure {
    Failure { kind: Kind::RefusedEmpty(at), parameter: None }
}

impl Failure {
    pub(super) fn of(invalid: Invalid) -> Self {
        Self { kind: Kind::Invalid(invalid), parameter: None }
    }

    /// Names the parameter, unless something further inside has done so.
    pub(super) fn at(mut self, name: &str) -> Self {
        self.parameter.get_or_insert_with(|| name.to_owned());
        self
    }

    /// Names a missing field of the structure whose members' names begin with `prefix`.
    pub(super) fn below(self, prefix: &str) -> Self {
        match self.kind {
            Kind::Missing(field) => self.at(&format!("{prefix}{field}")),
            _ => self,
        }
    }

    /// The place of the empty value that was refused, if that is what failed.
    pub(super) fn refused_empty(&self) -> Option<usize> {
        match self.kind {
            Kind::RefusedEmpty(at) => Some(at),
            _ => None,
        }
    }

    pub(super) fn into_error(self) -> ParamError {
        let missing = || Invalid::new(Reason::Missing, "a value is required");
        let (invalid, name) = match self.kind {
            Kind::RefusedEmpty(_) => (missing(), ""),
            Kind::Missing(field) => (missing(), field),
            Kind::Invalid(invalid) => (invalid, ""),
        };
        let parameter = self.parameter.unwrap_or_else(|| name.to_owned());
        ParamError { parameter, reason: invalid.reason, message: invalid.message }
    }
}

impl serde::de::Error for Failure {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::of(Invalid::from_text(text.to_string()))
    }

    fn missing_field(field: &'static str) -> Self {
        Self { kind: Kind::Missing(field), parameter: None }
    }

    fn unknown_variant(_variant: &str, expected: &'static [&'static str]) -> Self {
        Self::of(Invalid::new(Reason::Value, format!("one of {} is expected", expected.join(", "))))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::RefusedEmpty(_) => f.write_str("Missing: a value is required"),
            Kind::Missing(field) => write!(f, "Missing: `{field}` is required"),
            Kind::Invalid(invalid) => invalid.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}
