//! A policy document: its text, strictly read and compiled once.

mod error;
mod grammar;
mod json;
mod principal;

pub use error::DocumentError;

use crate::pattern::Case;
use crate::principal::{Principals, Trusted};
use crate::statement::{Saying, Statement};

/// What a document is for; each kind has its own grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// Attached to users, groups and roles.
    Identity,
    /// Says who may assume a role.
    Trust,
    /// Narrows one session; given when a role is assumed.
    Session,
    /// Bounds the accounts of a resource directory.
    Control,
    /// Opens or closes a bucket.
    Bucket,
}

/// A policy document, parsed and compiled. It never changes; keep it in an `Arc`.
#[derive(Debug)]
pub struct Document {
    kind: DocumentKind,
    statements: Box<[Statement]>,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// If the text is not strict JSON, or breaks a rule of the policy language for this kind. Its size is
    /// not judged here, see [`counted_length`].
    pub fn parse(kind: DocumentKind, text: &str) -> Result<Self, DocumentError> {
        let value = error::read_json(text)?;
        let statements = grammar::statements(kind, value)?;
        Ok(Self { kind, statements })
    }

    /// What the document is for.
    #[must_use]
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// How many statements it has.
    #[must_use]
    pub fn statement_count(&self) -> usize {
        self.statements.len()
    }

    /// RAM principals that a trust policy's statements name, as written, Allow and Deny alike.
    pub fn trusted_ram_principals(&self) -> impl Iterator<Item = &str> {
        self.trusted().flat_map(|trusted| trusted.ram.iter().map(AsRef::as_ref))
    }

    /// Services that a trust policy's statements name, as written.
    pub fn trusted_services(&self) -> impl Iterator<Item = &str> {
        self.trusted().flat_map(|trusted| trusted.services.iter().map(AsRef::as_ref))
    }

    /// Identity providers that a trust policy's statements name, as written.
    pub fn trusted_providers(&self) -> impl Iterator<Item = &str> {
        self.trusted().flat_map(|trusted| trusted.providers.iter().map(AsRef::as_ref))
    }

    /// Whether any condition asks for a key that begins with `prefix`, such as `acs:ResourceTag/`, in any case.
    ///
    /// Where none does, whoever decides need not look up what such keys would say.
    #[must_use]
    pub fn reads(&self, prefix: &str) -> bool {
        let begins =
            |key: &str| key.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        let mut conditions = self.statements.iter().flat_map(|statement| &statement.conditions);
        conditions.any(|condition| begins(&condition.key))
    }

    /// Whether a statement allows an action, on whatever resource and under whatever condition.
    #[must_use]
    pub fn may_allow(&self, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        let mut allowing =
            self.statements.iter().filter(|statement| matches!(statement.saying, Saying::Allow));
        allowing.any(|statement| statement.action.includes(action.as_bytes(), Case::Keep))
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.statements
    }

    fn trusted(&self) -> impl Iterator<Item = &Trusted> {
        self.statements.iter().filter_map(|statement| match statement.principals.as_deref() {
            Some(Principals::Trust(trusted)) => Some(trusted),
            _ => None,
        })
    }
}

/// Length of a document as size limits count it: its characters, without white space outside strings.
// SPEC: limits, how policy size counts.
#[must_use]
pub fn counted_length(text: &str) -> usize {
    let mut in_string = false;
    let mut escaped = false;
    let counted = text.chars().filter(|character| {
        if !in_string {
            in_string = *character == '"';
            return !matches!(character, ' ' | '\t' | '\n' | '\r');
        }
        in_string = escaped || *character != '"';
        escaped = !escaped && *character == '\\';
        true
    });
    counted.count()
}

#[cfg(test)]
mod tests;
