//! Why an operation of a declared service fails.

use argali_store::StoreError;

use super::file::{ResourceType, Service};
use super::file_operation::Operation;
use super::situation::Situation;
use super::source::Located;

/// A refusal that the service file describes, or a fault of the store.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What the caller is told.
    #[error("{code}: {message}")]
    Told {
        /// The code on the wire.
        code: String,
        /// The HTTP status.
        status: u16,
        /// What to do next.
        message: String,
    },
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure {
    /// The code on the wire, if the caller is told one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Told { code, .. } => Some(code),
            Self::Store(_) => None,
        }
    }

    /// The failure with a code of `service`, in whose message `values` are set.
    pub(super) fn told(service: &Service, code: &str, values: &[(&str, &str)]) -> Self {
        let (status, message) = match service.errors.get(code) {
            Some(form) => (form.status, form.message.as_str()),
            None => (400, "The request is not valid."),
        };
        Self::Told { code: code.to_owned(), status, message: set_in(message, values) }
    }
}

/// Where the code for a situation is looked up: the operation, the type, the service.
#[derive(Clone, Copy)]
pub(super) struct Teller<'a> {
    pub(super) service: &'a Service,
    pub(super) operation: &'a Operation,
}

impl<'a> Teller<'a> {
    /// The failure for a situation of no type in particular.
    pub(super) fn tell(self, situation: Situation, values: &[(&str, &str)]) -> Failure {
        match self.code(situation) {
            Some(code) => situation_told(self.service, &code.value, situation, values),
            None => usual(situation, values),
        }
    }

    /// The failure for a situation of a type, which may be of another service.
    pub(super) fn tell_of(
        self,
        owner: &Service,
        resource: &ResourceType,
        situation: Situation,
        values: &[(&str, &str)],
    ) -> Failure {
        if let Some(code) = self.operation.situations.get(&situation) {
            return situation_told(self.service, &code.value, situation, values);
        }
        match resource.situations.get(&situation) {
            Some(code) => situation_told(owner, &code.value, situation, values),
            None => self.tell(situation, values),
        }
    }

    fn code(self, situation: Situation) -> Option<&'a Located<String>> {
        self.operation.situations.get(&situation).or_else(|| self.service.situations.get(&situation))
    }
}

/// The failure with a code whose message may ask for a `reason` that nobody gives: then it is the usual message.
fn situation_told(service: &Service, code: &str, situation: Situation, values: &[(&str, &str)]) -> Failure {
    if values.iter().any(|(name, _)| *name == "reason") {
        return Failure::told(service, code, values);
    }
    let (_, _, message) = situation.usual();
    let reason = set_in(message.trim_end_matches('.'), values);
    Failure::told(service, code, &[values, &[("reason", &reason)]].concat())
}

fn usual(situation: Situation, values: &[(&str, &str)]) -> Failure {
    let (code, status, message) = situation.usual();
    Failure::Told { code: code.to_owned(), status, message: set_in(message, values) }
}

/// `text` with the values set in. Values are set in once: braces in them stay.
fn set_in(text: &str, values: &[(&str, &str)]) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        whole.push_str(before);
        let Some((name, tail)) = after.split_once('}') else { break };
        let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value);
        whole.push_str(value);
        rest = tail;
    }
    whole.push_str(rest);
    whole
}
