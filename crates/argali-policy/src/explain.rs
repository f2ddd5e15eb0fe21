//! The same decision, with its reasons.

use crate::evaluate::{Judge, Outcome, assume_role, ordinary};
use crate::mismatch::{Fit, NearMiss};
use crate::question::Question;
use crate::set::Verdict;
use crate::statement::{Saying, Statement};
use crate::{Decision, Document, Effect, Layer, Policies, PolicyLabel, PolicySet, Request, StatementRef};

/// Near misses that a step lists at most; the nearest are kept.
const MAX_NEAR_MISSES: usize = 20;

/// A decision and the steps that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What was decided; equal in effect and layer to what [`crate::evaluate`] answers.
    pub decision: Decision,
    /// What was asked, in order. Steps after the one that ended the evaluation are not there.
    pub steps: Vec<Step>,
}

/// One kind of policy that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which kind. Control policies have a step for each level, from the member up.
    pub layer: Layer,
    /// What it answered.
    pub effect: Effect,
    /// The statements that made the answer, all of them; empty for an implicit deny.
    pub decided_by: Vec<StatementRef>,
    /// Allow statements that failed on exactly one element, if the answer is an implicit deny: at most 20,
    /// those that failed on a condition first, then on the resource, the principal, the action.
    pub near_misses: Vec<NearMiss>,
}

/// As [`crate::evaluate`], with reasons.
#[must_use]
pub fn explain(policies: &Policies<'_>, request: &Request<'_>) -> Explanation {
    Explaining::explain(request, |judge| ordinary(judge, policies, request))
}

/// As [`crate::evaluate_assume_role`], with reasons.
#[must_use]
pub fn explain_assume_role(policies: &Policies<'_>, request: &Request<'_>) -> Explanation {
    Explaining::explain(request, |judge| assume_role(judge, policies, request))
}

/// Asks every statement and keeps what it says.
struct Explaining<'r> {
    question: Question<'r>,
    next_change_ms: Option<i64>,
    steps: Vec<Step>,
}

impl<'r> Explaining<'r> {
    fn explain<'a>(request: &Request<'r>, evaluate: impl FnOnce(&mut Self) -> Outcome<'a>) -> Explanation {
        let mut judge = Self { question: Question::new(request), next_change_ms: None, steps: Vec::new() };
        let outcome = evaluate(&mut judge);
        Explanation { decision: outcome.into_decision(judge.next_change_ms), steps: judge.steps }
    }

    /// Records a step.
    fn record<'a>(
        &mut self,
        layer: Layer,
        documents: impl Iterator<Item = (Option<&'a PolicyLabel>, &'a Document)>,
    ) -> Verdict<'a> {
        let (mut denied, mut allowed, mut near_misses) = (Vec::new(), Vec::new(), Vec::new());
        for (label, document) in documents {
            for (number, statement) in document.statements().iter().enumerate() {
                match (statement.saying, self.fit(statement)) {
                    (Saying::Deny, Fit::Full) => denied.push((label, number)),
                    (Saying::Allow, Fit::Full) => allowed.push((label, number)),
                    (Saying::Allow, Fit::Near(mismatch)) => {
                        near_misses.push(NearMiss { statement: statement_ref((label, number)), mismatch });
                    }
                    (Saying::Deny, Fit::Near(_)) | (_, Fit::None) => {}
                }
            }
        }
        let (effect, decided_by) = match (denied.is_empty(), allowed.is_empty()) {
            (false, _) => (Effect::ExplicitDeny, denied),
            (true, false) => (Effect::Allow, allowed),
            (true, true) => (Effect::ImplicitDeny, Vec::new()),
        };
        if effect != Effect::ImplicitDeny {
            near_misses.clear();
        }
        near_misses.sort_by(|a, b| a.mismatch.cmp(&b.mismatch));
        near_misses.truncate(MAX_NEAR_MISSES);
        let by = decided_by.first().copied();
        let decided_by = decided_by.into_iter().map(statement_ref).collect();
        self.steps.push(Step { layer, effect, decided_by, near_misses });
        Verdict { effect, by }
    }

    /// How far the statement is from matching.
    fn fit(&mut self, statement: &Statement) -> Fit {
        if statement.matches(&self.question, &mut self.next_change_ms) {
            return Fit::Full;
        }
        Fit::of_unmatched(statement, &self.question)
    }
}

impl Judge for Explaining<'_> {
    fn ask_set<'a>(&mut self, layer: Layer, set: &'a PolicySet) -> Verdict<'a> {
        self.record(layer, set.iter().map(|(label, document)| (Some(label), document.as_ref())))
    }

    fn ask_document(&mut self, layer: Layer, document: &Document) -> Verdict<'static> {
        let verdict = self.record(layer, std::iter::once((None, document)));
        Verdict { effect: verdict.effect, by: verdict.by.map(|(_, statement)| (None, statement)) }
    }
}

fn statement_ref((policy, statement): (Option<&PolicyLabel>, usize)) -> StatementRef {
    StatementRef { policy: policy.cloned(), statement }
}
