//! The same decision, with its reasons.

use crate::{Decision, Effect, Layer, Policies, Request, StatementRef};

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
    /// Which kind.
    pub layer: Layer,
    /// What it answered.
    pub effect: Effect,
    /// The statements that made the answer, all of them; empty for an implicit deny.
    pub decided_by: Vec<StatementRef>,
    /// Allow statements that failed on exactly one element, if the answer is not Allow.
    pub near_misses: Vec<NearMiss>,
}

/// An Allow statement that matches but for one element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// The statement.
    pub statement: StatementRef,
    /// The element that does not match.
    pub mismatch: Mismatch,
}

/// An element that does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// `Principal`.
    Principal,
    /// One condition.
    Condition {
        /// Operator, as written.
        operator: &'static str,
        /// Condition key, as written.
        key: String,
        /// Whether the request has the key at all.
        present: bool,
    },
}

/// As [`crate::evaluate`], with reasons.
#[must_use]
pub fn explain(_policies: &Policies<'_>, _request: &Request<'_>) -> Explanation {
    todo!()
}

/// As [`crate::evaluate_assume_role`], with reasons.
#[must_use]
pub fn explain_assume_role(_policies: &Policies<'_>, _request: &Request<'_>) -> Explanation {
    todo!()
}
