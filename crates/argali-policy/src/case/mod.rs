//! Policy cases: policies, a request, and the decision it must come to, as data that people keep beside their policies.
//!
//! [`read_cases`] reads a file of them, [`Case::run`] puts one to the engine that serves requests.
// SPEC: policy language, test-case format.

mod read;
mod run;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

pub use read::{CaseMistake, read_cases};
pub use run::{Decided, Outcome};

use crate::{Context, Document, DocumentKind, Effect, Principal};

/// One case.
#[derive(Debug)]
pub struct Case<'t> {
    /// Its name, the only one in its file.
    pub id: String,
    /// Topic, for readers; empty if the file names none.
    pub area: String,
    /// Why it must come out so, for readers; empty if the file does not say.
    pub reason: String,
    /// The line of its file on which it begins, from 1.
    pub line: usize,
    /// What it must come to.
    pub expect: Answer,
    /// What is asked.
    pub question: CaseQuestion<'t>,
}

/// What a case asks.
#[derive(Debug)]
pub enum CaseQuestion<'t> {
    /// Whether a request is allowed.
    Access(Situation<'t>),
    /// Whether a role may be assumed.
    Assume(Situation<'t>),
    /// Whether a document is accepted.
    Validate(Submission<'t>),
}

/// What a case comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Answer {
    /// Something allows the request and nothing denies it.
    Allow,
    /// A Deny statement matches.
    ExplicitDeny,
    /// Nothing allows the request.
    ImplicitDeny,
    /// The document is accepted.
    Valid,
    /// The document is refused.
    Malformed,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl From<Effect> for Answer {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Allow => Self::Allow,
            Effect::ExplicitDeny => Self::ExplicitDeny,
            Effect::ImplicitDeny => Self::ImplicitDeny,
        }
    }
}

/// Who asks for what, and which policies there are.
#[derive(Debug)]
pub struct Situation<'t> {
    /// Who asks.
    pub principal: CasePrincipal,
    /// The policies.
    pub attached: Vec<Attached<'t>>,
    /// What is asked.
    pub request: CaseRequest,
}

/// Who asks. Members that mean nothing for its kind are empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CasePrincipal {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: PrincipalKind,
    /// Id of its account, or of the account that a service acts for.
    #[serde(default)]
    pub account: String,
    /// Name of the user, role or service, or ARN of the identity provider.
    #[serde(default)]
    pub name: String,
    /// Name of the session.
    #[serde(default)]
    pub session: String,
    /// Number of the user.
    #[serde(default)]
    pub uid: String,
    /// Whether the role belongs to a service.
    #[serde(default)]
    pub service_linked: bool,
}

/// The kinds of principals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum PrincipalKind {
    /// The account itself.
    Account,
    /// A user.
    RAMUser,
    /// A session of a role.
    AssumedRole,
    /// A service.
    Service,
    /// Somebody signed in through an identity provider.
    Federated,
    /// Nobody in particular.
    Anonymous,
}

impl CasePrincipal {
    /// The same as the engine takes it.
    #[must_use]
    pub fn as_principal(&self) -> Principal<'_> {
        let account = self.account.as_str();
        match self.kind {
            PrincipalKind::Account => Principal::Account { account },
            PrincipalKind::RAMUser => Principal::User { account, name: &self.name, id: &self.uid },
            PrincipalKind::AssumedRole => Principal::RoleSession {
                account,
                role: &self.name,
                session: &self.session,
                service_linked: self.service_linked,
            },
            PrincipalKind::Service => Principal::Service { account, name: &self.name },
            PrincipalKind::Federated => Principal::Federated { account, provider_arn: &self.name },
            PrincipalKind::Anonymous => Principal::Anonymous,
        }
    }
}

/// A policy that counts.
#[derive(Debug)]
pub struct Attached<'t> {
    /// Where.
    pub layer: AttachedLayer,
    /// Its text, as the file has it.
    pub text: &'t str,
    /// The same, compiled.
    pub document: Arc<Document>,
}

/// Where a policy counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachedLayer {
    /// What the caller may do.
    Identity {
        /// Whom it is attached to.
        via: Via,
        /// The resource group in which it counts; `None` for the whole account.
        group: Option<String>,
    },
    /// What the caller's session is narrowed to.
    Session,
    /// Who may assume the role.
    Trust,
    /// The policy of the bucket.
    Resource,
    /// What binds the account that owns the resource.
    Control(Level),
}

/// Whom an identity policy is attached to, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// The user.
    User(String),
    /// A group of the user.
    Group(String),
    /// The role.
    Role(String),
}

/// What a control policy is attached to, from the account up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The account.
    Member,
    /// The folder that it is in.
    Folder,
    /// The whole directory.
    Root,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct CaseRequest {
    /// The action, such as `ecs:StopInstance`.
    pub action: String,
    /// ARNs of everything that the operation touches: one at least.
    pub resources: Vec<String>,
    /// The account that owns it.
    pub owner: String,
    /// The resource group that it is in, if it is in one.
    pub resource_group: Option<String>,
    /// All condition keys that there are.
    pub context: Context,
}

/// A document that is handed in.
#[derive(Debug)]
pub struct Submission<'t> {
    /// What it is for.
    pub kind: DocumentKind,
    /// Its text.
    pub text: Cow<'t, str>,
    /// The API's code for it, if it is refused.
    pub error: Option<String>,
    /// Part of what its author must be told, if it is refused.
    pub message: Option<String>,
}
