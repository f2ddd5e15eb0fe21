//! What came out of an evaluation.

use crate::label::StatementRef;

/// The answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Something allows it and nothing denies it.
    Allow,
    /// A Deny statement matches.
    ExplicitDeny,
    /// Nothing allows it.
    ImplicitDeny,
}

impl Effect {
    /// Whether it is [`Effect::Allow`].
    #[must_use]
    pub fn is_allow(self) -> bool {
        self == Self::Allow
    }
}

/// The kind of policy that decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// Control policies of the directory that the owning account belongs to.
    Control,
    /// The session policy.
    Session,
    /// Identity policies attached in the scope of the account.
    AccountScope,
    /// Identity policies attached in the scope of the resource's group.
    GroupScope,
    /// The bucket policy.
    Bucket,
    /// The role's trust policy.
    Trust,
    /// No policy: the caller is an account, which may do everything on what it owns and assume no role.
    Owner,
    /// No policy: the operation needs no permission.
    Exempt,
    /// No policy: nothing applies, for example on a resource of another account.
    Default,
}

/// An answer, what made it, and how long it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub(crate) effect: Effect,
    pub(crate) layer: Layer,
    pub(crate) deciding: Option<StatementRef>,
    pub(crate) own: Option<StatementRef>,
    pub(crate) next_change_ms: Option<i64>,
}

impl Decision {
    /// The answer.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Whether the answer is [`Effect::Allow`].
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.effect == Effect::Allow
    }

    /// The kind of policy that decided.
    #[must_use]
    pub fn layer(&self) -> Layer {
        self.layer
    }

    /// The statement that decided; `None` for an implicit deny and where no policy was asked.
    ///
    /// Where several match, it is one of them; [`crate::explain`] lists all. When a role may be assumed it
    /// is the statement of the trust policy.
    #[must_use]
    pub fn deciding(&self) -> Option<&StatementRef> {
        self.deciding.as_ref()
    }

    /// The statement of a policy that the caller itself holds without which it would not have been allowed: the one that
    /// decided, or where a role may be assumed, the one that lets the caller ask for it. `None` if it was not allowed, or
    /// no policy of the caller's was needed.
    ///
    /// Where several would have done, it is one of them.
    #[must_use]
    pub fn used(&self) -> Option<&StatementRef> {
        match (self.effect, self.layer) {
            (Effect::Allow, Layer::AccountScope | Layer::GroupScope) => self.deciding.as_ref(),
            (Effect::Allow, Layer::Trust) => self.own.as_ref(),
            _ => None,
        }
    }

    /// Whether a condition on `acs:CurrentTime` was looked at, so that the same request may be answered
    /// differently later.
    #[must_use]
    pub fn depends_on_time(&self) -> bool {
        self.next_change_ms.is_some()
    }

    /// Until when the decision holds if nothing but the time changes, in milliseconds since 1970 (UTC,
    /// rounded down): a cached decision may be used before this instant only. `None`: it does not depend
    /// on the time. `i64::MAX`: all its dates are past.
    #[must_use]
    pub fn next_change_ms(&self) -> Option<i64> {
        self.next_change_ms
    }

    /// This decision and that on a further resource of the same operation: all must be allowed, and one
    /// explicit deny denies the whole.
    // SPEC: evaluation, the whole request: several resources.
    #[must_use]
    pub fn and_also(self, other: Self) -> Self {
        let next_change_ms = earliest(self.next_change_ms, other.next_change_ms);
        let weight = |effect| match effect {
            Effect::Allow => 0,
            Effect::ImplicitDeny => 1,
            Effect::ExplicitDeny => 2,
        };
        let decisive = if weight(other.effect) > weight(self.effect) { other } else { self };
        Self { next_change_ms, ..decisive }
    }
}

/// The earlier of two instants, where `None` is never.
pub(crate) fn earliest(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
