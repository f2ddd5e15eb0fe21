//! Putting cases to the engine.

use std::sync::Arc;

use super::{Answer, Attached, AttachedLayer, Case, CaseQuestion, Level, Situation, Submission, Via};
use crate::{
    Attachment, Decision, Document, DocumentError, Explanation, Policies, PolicyLabel, PolicySet, Request,
    Resource, evaluate, evaluate_assume_role, explain, explain_assume_role,
};

/// What became of a case.
#[derive(Debug)]
pub struct Outcome {
    /// What it came to.
    pub answer: Answer,
    /// Whether that is what was expected, and told in the words that were expected.
    pub passed: bool,
    /// How each resource was decided, in the case's order; empty for documents. Policies are labelled
    /// `attached[0]`, `attached[1]` and so on.
    pub decided: Vec<Decided>,
    /// Why the document was refused.
    pub refused: Option<DocumentError>,
}

/// The decision on one resource.
#[derive(Debug)]
pub struct Decided {
    /// The resource's ARN.
    pub resource: String,
    /// What the engine decided.
    pub decision: Decision,
    /// The same with its reasons.
    pub explanation: Explanation,
}

impl Case<'_> {
    /// Puts the case to the engine that serves requests.
    #[must_use]
    pub fn run(&self) -> Outcome {
        match &self.question {
            CaseQuestion::Access(situation) => self.decide(situation, evaluate, explain),
            CaseQuestion::Assume(situation) => {
                self.decide(situation, evaluate_assume_role, explain_assume_role)
            }
            CaseQuestion::Validate(submission) => self.validate(submission),
        }
    }

    fn validate(&self, submission: &Submission<'_>) -> Outcome {
        let refused = Document::parse(submission.kind, &submission.text).err();
        let answer = if refused.is_some() { Answer::Malformed } else { Answer::Valid };
        let told = match (&refused, &submission.message) {
            (Some(refused), Some(message)) => refused.to_string().contains(message),
            _ => true,
        };
        Outcome { answer, passed: answer == self.expect && told, decided: Vec::new(), refused }
    }

    fn decide(
        &self,
        situation: &Situation<'_>,
        evaluate: fn(&Policies<'_>, &Request<'_>) -> Decision,
        explain: fn(&Policies<'_>, &Request<'_>) -> Explanation,
    ) -> Outcome {
        let held = Held::of(situation);
        let levels: Vec<&PolicySet> = held.control.iter().filter(|level| !level.is_empty()).collect();
        let policies = Policies {
            control: (!levels.is_empty()).then_some(&levels[..]),
            session: held.session,
            account_scope: &held.account_scope,
            group_scope: held.group_scope.as_ref(),
            bucket: held.bucket,
            trust: held.trust,
        };
        let asked = &situation.request;
        let decide_one = |arn: &String| {
            let request = Request {
                principal: situation.principal.as_principal(),
                action: &asked.action,
                resource: Resource { arn, owner: &asked.owner },
                context: &asked.context,
            };
            let (decision, explanation) = (evaluate(&policies, &request), explain(&policies, &request));
            Decided { resource: arn.clone(), decision, explanation }
        };
        let decided: Vec<Decided> = asked.resources.iter().map(decide_one).collect();
        let whole = decided.iter().map(|one| one.decision.clone()).reduce(Decision::and_also);
        let answer = whole.map_or(Answer::ImplicitDeny, |decision| decision.effect().into());
        Outcome { answer, passed: answer == self.expect, decided, refused: None }
    }
}

/// The policies of a case, pooled.
struct Held<'a> {
    control: [PolicySet; 3],
    session: Option<&'a Document>,
    account_scope: PolicySet,
    group_scope: Option<PolicySet>,
    bucket: Option<&'a Document>,
    trust: Option<&'a Document>,
}

impl<'a> Held<'a> {
    fn of(situation: &'a Situation<'_>) -> Self {
        let attached = &situation.attached;
        let scope = |wanted: Option<&str>| {
            pool(
                attached,
                |layer| matches!(layer, AttachedLayer::Identity { group, .. } if group.as_deref() == wanted),
            )
        };
        let single = |wanted: &AttachedLayer| {
            attached.iter().find(|one| one.layer == *wanted).map(|one| one.document.as_ref())
        };
        let level = |level| pool(attached, |layer| *layer == AttachedLayer::Control(level));
        Self {
            control: [Level::Member, Level::Folder, Level::Root].map(level),
            session: single(&AttachedLayer::Session),
            account_scope: scope(None),
            group_scope: situation.request.resource_group.as_deref().map(|group| scope(Some(group))),
            bucket: single(&AttachedLayer::Resource),
            trust: single(&AttachedLayer::Trust),
        }
    }
}

fn pool(attached: &[Attached<'_>], wanted: impl Fn(&AttachedLayer) -> bool) -> PolicySet {
    let numbered = attached.iter().enumerate().filter(|(_, one)| wanted(&one.layer));
    PolicySet::new(numbered.map(|(number, one)| {
        let how = match &one.layer {
            AttachedLayer::Identity { via: Via::Group(name), .. } => Attachment::Group(name.as_str().into()),
            AttachedLayer::Identity { via: Via::Role(_), .. } => Attachment::Role,
            AttachedLayer::Control(level) => Attachment::Target(level.name().into()),
            _ => Attachment::User,
        };
        (PolicyLabel::new(format!("attached[{number}]"), how), Arc::clone(&one.document))
    }))
}

impl Level {
    /// As cases spell it.
    fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Folder => "folder",
            Self::Root => "root",
        }
    }
}
