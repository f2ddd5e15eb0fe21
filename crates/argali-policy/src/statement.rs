//! A compiled statement and how a request is held against it.

use crate::condition::Condition;
use crate::pattern::{Case, Pattern};
use crate::principal::Principals;
use crate::question::Question;
use crate::signature::Signature;

/// What a statement says about requests that match it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Saying {
    Allow,
    Deny,
}

/// A statement of a policy document.
#[derive(Debug)]
pub(crate) struct Statement {
    /// What a request must contain to match.
    pub(crate) signature: Signature,
    pub(crate) saying: Saying,
    pub(crate) action: Selection,
    /// All resources in trust policies, which name none.
    pub(crate) resource: Selection,
    /// Everybody who has the policy, where it does not say.
    pub(crate) principals: Option<Box<Principals>>,
    pub(crate) conditions: Box<[Condition]>,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) patterns: Box<[Pattern]>,
    /// Whether the patterns say what is left out.
    pub(crate) except: bool,
}

impl Selection {
    /// Everything there is.
    pub(crate) fn everything() -> Self {
        Self { patterns: Box::default(), except: true }
    }

    pub(crate) fn includes(&self, text: &[u8], case: Case) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(text, case)) != self.except
    }

    /// The patterns of which one must match, if the selection is made so.
    pub(crate) fn required(&self) -> &[Pattern] {
        if self.except { &[] } else { &self.patterns }
    }
}

impl Statement {
    /// Whether the request matches in every element. Notes in `next_change_ms` when a condition on the time
    /// that had to be looked at changes.
    #[inline]
    pub(crate) fn matches(&self, question: &Question<'_>, next_change_ms: &mut Option<i64>) -> bool {
        self.signature.may_match(&question.signature)
            && self.covers_action(question)
            && self.covers_resource(question)
            && self.concerns_caller(question)
            && self.conditions.iter().all(|condition| {
                if condition.reads_time() {
                    let change = condition.next_change_ms(question.context);
                    *next_change_ms = Some(next_change_ms.map_or(change, |other| other.min(change)));
                }
                condition.holds(question.context)
            })
    }

    pub(crate) fn covers_action(&self, question: &Question<'_>) -> bool {
        // Both sides are in lower case already.
        self.action.includes(&question.action, Case::Keep)
    }

    pub(crate) fn covers_resource(&self, question: &Question<'_>) -> bool {
        self.resource.includes(&question.resource, question.resource_case)
    }

    pub(crate) fn concerns_caller(&self, question: &Question<'_>) -> bool {
        self.principals.as_ref().is_none_or(|principals| {
            principals.include(&question.principal, question.owner, !self.conditions.is_empty())
        })
    }
}
