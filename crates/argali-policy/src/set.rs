//! The policies of one principal in one scope, as one pool.

use std::sync::Arc;

use crate::index::Index;
use crate::question::Question;
use crate::statement::{Saying, Statement};
use crate::{Document, Effect, PolicyLabel};

/// Pools with up to so many statements are read through, which is as fast as an index and needs no memory.
const MAX_UNINDEXED: usize = 64;

/// A pool of policies. Which of them a statement stands in plays no part in a decision.
///
/// Build it once for a principal and keep it; share the documents between principals.
#[derive(Debug, Default)]
pub struct PolicySet {
    policies: Box<[(PolicyLabel, Arc<Document>)]>,
    index: Option<Box<Index>>,
}

/// What a pool or a document answers, and the statement that made the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verdict<'a> {
    pub(crate) effect: Effect,
    pub(crate) by: Option<(Option<&'a PolicyLabel>, usize)>,
}

impl PolicySet {
    /// Pools policies.
    #[must_use]
    pub fn new(policies: impl IntoIterator<Item = (PolicyLabel, Arc<Document>)>) -> Self {
        let policies: Box<[_]> = policies.into_iter().collect();
        let statements: usize = policies.iter().map(|(_, document)| document.statement_count()).sum();
        let index = (statements > MAX_UNINDEXED).then(|| Box::new(Index::new(&policies)));
        Self { policies, index }
    }

    /// The empty pool.
    #[must_use]
    pub fn none() -> &'static Self {
        static NONE: std::sync::LazyLock<PolicySet> = std::sync::LazyLock::new(PolicySet::default);
        &NONE
    }

    /// Whether it has no policy.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    /// The policies, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = (&PolicyLabel, &Arc<Document>)> {
        self.policies.iter().map(|(label, document)| (label, document))
    }

    /// Holds a request against the pool.
    // SPEC: evaluation, one policy type: the basic step.
    pub(crate) fn judge(&self, question: &Question<'_>, next_change_ms: &mut Option<i64>) -> Verdict<'_> {
        let index = self.index.as_ref();
        index
            .and_then(|index| index.judge(&self.policies, question, next_change_ms))
            .unwrap_or_else(|| self.read_through(question, next_change_ms))
    }

    /// Reads all statements, without the index.
    fn read_through(&self, question: &Question<'_>, next_change_ms: &mut Option<i64>) -> Verdict<'_> {
        let mut verdict = Verdict::NOTHING;
        for (label, document) in &self.policies {
            let one = judge_statements(document.statements(), verdict.effect, question, next_change_ms);
            if let Some(one) = one {
                verdict = one.labelled(label);
                if verdict.effect == Effect::ExplicitDeny {
                    break;
                }
            }
        }
        verdict
    }
}

impl Document {
    /// Holds a request against the document alone.
    pub(crate) fn judge(
        &self,
        question: &Question<'_>,
        next_change_ms: &mut Option<i64>,
    ) -> Verdict<'static> {
        judge_statements(self.statements(), Effect::ImplicitDeny, question, next_change_ms)
            .unwrap_or(Verdict::NOTHING)
    }
}

impl Verdict<'_> {
    /// No statement matches.
    pub(crate) const NOTHING: Self = Self { effect: Effect::ImplicitDeny, by: None };
}

impl Verdict<'static> {
    fn labelled(self, label: &PolicyLabel) -> Verdict<'_> {
        Verdict { effect: self.effect, by: self.by.map(|(_, statement)| (Some(label), statement)) }
    }
}

/// Goes over statements until one denies. `so_far` is the answer without them; `None` if they leave it.
fn judge_statements(
    statements: &[Statement],
    so_far: Effect,
    question: &Question<'_>,
    next_change_ms: &mut Option<i64>,
) -> Option<Verdict<'static>> {
    let mut allowed = so_far == Effect::Allow;
    let mut verdict = None;
    for (number, statement) in statements.iter().enumerate() {
        let wanted = !allowed || statement.saying == Saying::Deny;
        if !wanted || !statement.matches(question, next_change_ms) {
            continue;
        }
        match statement.saying {
            Saying::Deny => return Some(Verdict { effect: Effect::ExplicitDeny, by: Some((None, number)) }),
            Saying::Allow => {
                allowed = true;
                verdict = Some(Verdict { effect: Effect::Allow, by: Some((None, number)) });
            }
        }
    }
    verdict
}
