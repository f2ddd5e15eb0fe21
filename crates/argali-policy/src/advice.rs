//! What would make a refused request allowed, in a sentence for whoever may change the policies concerned.

use std::fmt;

use crate::mismatch::{Mismatch, NearMiss, Unmet, shown};
use crate::{Attachment, Effect, Explanation, Layer, Request, Resource, StatementRef, Step};

/// Condition keys that a caller can do something about, and what that is.
const CIRCUMSTANCES: &[(&str, &str)] = &[
    ("acs:MFAPresent", "log on with a second factor"),
    ("acs:SourceIp", "call from an address that it lists"),
    ("acs:SecureTransport", "call over https"),
    ("acs:CurrentTime", "call at a time that it admits"),
    ("sts:ExternalId", "give the ExternalId that it asks for"),
    ("sts:SourceIdentity", "give the SourceIdentity that it asks for"),
];

/// What would make a refused request allowed. It displays as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advice {
    /// To attach a policy that allows it: none that is attached comes near.
    Attach {
        /// The action.
        action: String,
        /// The resource.
        resource: String,
    },
    /// Anything else, in a sentence.
    Other(Remedy, String),
}

/// The kinds of things that make a refused request allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// To attach a policy.
    Attach,
    /// To narrow the statement that denies it, or to take it away.
    NarrowDeny,
    /// To meet the condition of a statement that would allow it, or to change that.
    MeetCondition,
    /// To add the action or the resource to a statement.
    WidenStatement,
    /// To name the caller in the role's trust policy.
    NameInTrust,
    /// To assume the role again with another session policy, or with none.
    WidenSession,
    /// To have it allowed in a policy that others keep: at each level of a directory, or at the resource.
    AllowElsewhere,
    /// To call as somebody else: a user or role in place of the account, or a role of the account that owns it.
    CallAsAnother,
}

impl Advice {
    /// What kind of thing is to be done.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Attach { .. } => Remedy::Attach,
            Self::Other(remedy, _) => *remedy,
        }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attach { action, resource } => {
                write!(f, "Attach a policy that allows `{action}` on `{resource}`.")
            }
            Self::Other(_, sentence) => f.write_str(sentence),
        }
    }
}

impl Explanation {
    /// What would make the request allowed; `None` if it is.
    ///
    /// It speaks of the policies of the step that ended the evaluation, or of none.
    #[must_use]
    pub fn advice(&self, request: &Request<'_>) -> Option<Advice> {
        if self.decision.is_allowed() {
            return None;
        }
        let layer = self.decision.layer();
        match self.steps.iter().rev().find(|step| step.layer == layer) {
            Some(step) => step.advice(request),
            None => Some(match layer {
                Layer::Owner => Advice::Other(
                    Remedy::CallAsAnother,
                    "An account itself assumes no role: call as one of its users, or from a role.".to_owned(),
                ),
                Layer::Trust => Advice::Other(Remedy::NameInTrust, trust_nobody(request)),
                _ => Advice::Other(
                    Remedy::CallAsAnother,
                    format!(
                        "Policies of one account do not reach the resources of another: \
                         assume a role of account {} that may do it.",
                        request.resource.owner
                    ),
                ),
            }),
        }
    }
}

impl Step {
    /// What would make this kind of policy allow the request; `None` if it does.
    #[must_use]
    pub fn advice(&self, request: &Request<'_>) -> Option<Advice> {
        match self.effect {
            Effect::Allow => None,
            Effect::ExplicitDeny => Some(Advice::Other(Remedy::NarrowDeny, against_a_deny(self))),
            Effect::ImplicitDeny => Some(for_want_of_an_allow(self, request)),
        }
    }
}

fn against_a_deny(step: &Step) -> String {
    let Some(first) = step.decided_by.first() else {
        return "Narrow the statement that denies it.".to_owned();
    };
    let statement = Place(step.layer, first);
    let more = match step.decided_by.len() {
        0 | 1 => String::new(),
        several => format!(" ({} more deny it, too)", several - 1),
    };
    let instead = match (step.layer, first.policy.as_ref().map(|label| label.attachment())) {
        (Layer::Session, _) => ", or assume the role again with another session policy".to_owned(),
        (Layer::Trust | Layer::Bucket, _) | (_, None) => ", or take it out".to_owned(),
        (_, Some(Attachment::Group(group))) => {
            format!(", detach its policy from the group `{group}`, or leave the group")
        }
        (_, Some(_)) => ", or detach its policy".to_owned(),
    };
    format!("No Allow is stronger than a Deny: narrow {statement}{more}{instead}.")
}

fn for_want_of_an_allow(step: &Step, request: &Request<'_>) -> Advice {
    let (remedy, sentence) = match (step.layer, step.near_misses.first()) {
        (Layer::Session, _) => (
            Remedy::WidenSession,
            format!(
                "Assume the role again without a session policy, or with one that allows {}.",
                What(request)
            ),
        ),
        (layer, Some(NearMiss { statement, mismatch: Mismatch::Condition(unmet) })) => {
            (Remedy::MeetCondition, meet(&Place(layer, statement), unmet))
        }
        (Layer::Trust, _) => (Remedy::NameInTrust, trust_nobody(request)),
        (layer, Some(NearMiss { statement, mismatch })) if is_changeable(statement) => {
            (Remedy::WidenStatement, widen(&Place(layer, statement), mismatch, request))
        }
        (Layer::Control, _) => (
            Remedy::AllowElsewhere,
            format!("Have {} allowed at every level of the directory.", What(request)),
        ),
        (Layer::Bucket, _) => {
            (Remedy::AllowElsewhere, format!("Allow {} in the bucket policy.", What(request)))
        }
        _ => {
            let (action, resource) = (request.action.to_owned(), request.resource.arn.to_owned());
            return Advice::Attach { action, resource };
        }
    };
    Advice::Other(remedy, sentence)
}

fn widen(statement: &Place<'_>, mismatch: &Mismatch, request: &Request<'_>) -> String {
    let (action, arn) = (request.action, request.resource.arn);
    match mismatch {
        Mismatch::Resource(listed) if listed.except => {
            format!("Take `{arn}` out of NotResource of {statement}.")
        }
        Mismatch::Action(listed) if listed.except => {
            format!("Take `{action}` out of NotAction of {statement}.")
        }
        Mismatch::Resource(_) => format!("Add `{arn}` to Resource of {statement}."),
        _ => format!("Add `{action}` to Action of {statement}."),
    }
}

fn trust_nobody(request: &Request<'_>) -> String {
    use crate::Principal::{Federated, RoleSession, Service, User};
    let caller = match request.principal {
        User { account, name, .. } => format!("`acs:ram::{account}:user/{name}`"),
        RoleSession { account, role, .. } => format!("`acs:ram::{account}:role/{role}`"),
        Service { name, .. } => format!("`{name}`"),
        Federated { provider_arn, .. } => format!("`{provider_arn}`"),
        _ => "the caller".to_owned(),
    };
    format!("Name {caller} in the Principal of the role's trust policy.")
}

/// How a condition is met, or who could do without it.
fn meet(statement: &Place<'_>, unmet: &[Unmet]) -> String {
    let known = |unmet: &Unmet| {
        let found = CIRCUMSTANCES.iter().find(|(key, _)| key.eq_ignore_ascii_case(&unmet.key));
        found.map(|(_, what)| (*what).to_owned())
    };
    let how = |unmet: &Unmet| {
        known(unmet).unwrap_or_else(|| format!("see to `{}` {}", unmet.key, shown(&unmet.expected)))
    };
    let all: Vec<String> = unmet.iter().map(how).collect();
    let mut sentence = format!("Meet the Condition of {statement} ({}), or change it.", all.join(" and "));
    if unmet.iter().any(|unmet| unmet.key.eq_ignore_ascii_case("acs:MFAPresent")) {
        sentence.push_str(" A call with an AccessKey never has `acs:MFAPresent`.");
    }
    sentence
}

/// Whether the account itself can edit the statement.
fn is_changeable(statement: &StatementRef) -> bool {
    statement.policy.as_ref().is_none_or(|label| !label.policy().contains(":system:policy/"))
}

/// The action and the resource.
struct What<'a>(&'a Request<'a>);

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Request { action, resource: Resource { arn, .. }, .. } = self.0;
        write!(f, "`{action}` on `{arn}`")
    }
}

/// Where a statement stands.
struct Place<'a>(Layer, &'a StatementRef);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(layer, StatementRef { policy, statement }) = self;
        write!(f, "statement {} of ", statement + 1)?;
        match (policy, layer) {
            (Some(label), _) => write!(f, "`{}`", label.policy()),
            (None, Layer::Session) => f.write_str("the session policy"),
            (None, Layer::Bucket) => f.write_str("the bucket policy"),
            (None, _) => f.write_str("the trust policy"),
        }
    }
}
