//! From policies and a request to a decision.
//!
//! The order in which policies are asked stands here once, for deciding and for explaining: both are a
//! [`Judge`], which says how one kind of policy is asked.
// SPEC: evaluation, the whole request; the account itself; OSS; AssumeRole.

use crate::question::Question;
use crate::set::Verdict;
use crate::{Decision, Document, Effect, Layer, Policies, PolicySet, Principal, Request, StatementRef};

/// The operation that everybody may call, whatever policies say.
const EXEMPT_ACTION: &str = "sts:GetCallerIdentity";

/// Decides an ordinary request on one resource.
///
/// A request that names something longer than 2,048 bytes, or whose context has a value of more than 4,096, is denied
/// without asking. For several resources, combine the decisions with [`Decision::and_also`].
#[must_use]
pub fn evaluate(policies: &Policies<'_>, request: &Request<'_>) -> Decision {
    let mut judge = Deciding { question: Question::new(request), next_change_ms: None };
    let outcome = ordinary(&mut judge, policies, request);
    outcome.into_decision(judge.next_change_ms)
}

/// Decides whether the caller may assume the role that the request's resource names.
///
/// Users and role sessions need their own policies and the role's trust policy to agree; services and
/// federated callers need the trust policy alone. An account itself is always refused.
#[must_use]
pub fn evaluate_assume_role(policies: &Policies<'_>, request: &Request<'_>) -> Decision {
    let mut judge = Deciding { question: Question::new(request), next_change_ms: None };
    let outcome = assume_role(&mut judge, policies, request);
    outcome.into_decision(judge.next_change_ms)
}

/// Asks policies of one kind.
pub(crate) trait Judge {
    fn ask_set<'a>(&mut self, layer: Layer, set: &'a PolicySet) -> Verdict<'a>;
    fn ask_document(&mut self, layer: Layer, document: &Document) -> Verdict<'static>;
}

/// Asks for the answer only.
struct Deciding<'r> {
    question: Question<'r>,
    next_change_ms: Option<i64>,
}

impl Judge for Deciding<'_> {
    fn ask_set<'a>(&mut self, _: Layer, set: &'a PolicySet) -> Verdict<'a> {
        set.judge(&self.question, &mut self.next_change_ms)
    }

    fn ask_document(&mut self, _: Layer, document: &Document) -> Verdict<'static> {
        document.judge(&self.question, &mut self.next_change_ms)
    }
}

/// A verdict and the layer it comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome<'a> {
    layer: Layer,
    verdict: Verdict<'a>,
    /// What the caller's own policies say of assuming a role, where the trust policy decides.
    own: Option<Verdict<'a>>,
}

impl<'a> Outcome<'a> {
    fn of(layer: Layer, verdict: Verdict<'a>) -> Self {
        Self { layer, verdict, own: None }
    }

    /// An answer that no policy gave.
    fn fixed(layer: Layer, effect: Effect) -> Self {
        Self::of(layer, Verdict { effect, by: None })
    }

    fn effect(&self) -> Effect {
        self.verdict.effect
    }

    pub(crate) fn into_decision(self, next_change_ms: Option<i64>) -> Decision {
        let statement = |verdict: Verdict<'_>| {
            verdict.by.map(|(policy, statement)| StatementRef { policy: policy.cloned(), statement })
        };
        Decision {
            effect: self.verdict.effect,
            layer: self.layer,
            deciding: statement(self.verdict),
            own: self.own.and_then(statement),
            next_change_ms,
        }
    }
}

/// An ordinary request.
pub(crate) fn ordinary<'a>(
    judge: &mut impl Judge,
    policies: &Policies<'a>,
    request: &Request<'_>,
) -> Outcome<'a> {
    let caller = request.principal;
    if request.action.eq_ignore_ascii_case(EXEMPT_ACTION) && caller != Principal::Anonymous {
        return Outcome::fixed(Layer::Exempt, Effect::Allow);
    }
    if request.is_oversized() && (!is_owner(request) || policies.bucket.is_some()) {
        return Outcome::fixed(Layer::Default, Effect::ImplicitDeny);
    }
    if is_owner(request) {
        let denied = bucket(judge, policies).filter(|bucket| bucket.effect() == Effect::ExplicitDeny);
        return denied.unwrap_or_else(|| Outcome::fixed(Layer::Owner, Effect::Allow));
    }
    if let Some(refused) = control(judge, policies, request).or_else(|| session(judge, policies, request)) {
        return refused;
    }
    // Policies of one account do not open another's resources; they are not even asked.
    let own = caller.account() == Some(request.resource.owner);
    let held = (own && holds_policies(&caller)).then(|| identity(judge, policies));
    if let Some(denied) = held.filter(|held| held.effect() == Effect::ExplicitDeny) {
        return denied;
    }
    let granted = bucket(judge, policies);
    match (held, granted) {
        (_, Some(bucket)) if bucket.effect() == Effect::ExplicitDeny => bucket,
        (Some(held), _) if held.effect() == Effect::Allow => held,
        (_, Some(bucket)) if bucket.effect() == Effect::Allow => bucket,
        (Some(held), _) => held,
        (None, Some(bucket)) => bucket,
        (None, None) => Outcome::fixed(Layer::Default, Effect::ImplicitDeny),
    }
}

/// A request to assume a role.
pub(crate) fn assume_role<'a>(
    judge: &mut impl Judge,
    policies: &Policies<'a>,
    request: &Request<'_>,
) -> Outcome<'a> {
    match request.principal {
        Principal::Account { .. } => return Outcome::fixed(Layer::Owner, Effect::ImplicitDeny),
        Principal::Anonymous => return Outcome::fixed(Layer::Default, Effect::ImplicitDeny),
        _ if request.is_oversized() => return Outcome::fixed(Layer::Default, Effect::ImplicitDeny),
        _ => {}
    }
    if let Some(refused) = control(judge, policies, request) {
        return refused;
    }
    if !holds_policies(&request.principal) {
        return trust(judge, policies);
    }
    if let Some(refused) = session(judge, policies, request) {
        return refused;
    }
    let held = identity(judge, policies);
    if held.effect() == Effect::ExplicitDeny {
        return held;
    }
    let trusted = Outcome { own: Some(held.verdict), ..trust(judge, policies) };
    if trusted.effect() != Effect::ExplicitDeny && held.effect() != Effect::Allow { held } else { trusted }
}

/// Whether the caller is the account to which the resource belongs.
fn is_owner(request: &Request<'_>) -> bool {
    matches!(request.principal, Principal::Account { account } if account == request.resource.owner)
}

/// Whether identity policies can be attached to the caller.
fn holds_policies(caller: &Principal<'_>) -> bool {
    matches!(caller, Principal::User { .. } | Principal::RoleSession { .. })
}

/// Control policies, unless they all allow: every level must.
// SPEC: evaluation, control policies: they do not bind the owner nor service-linked roles.
fn control<'a>(
    judge: &mut impl Judge,
    policies: &Policies<'a>,
    request: &Request<'_>,
) -> Option<Outcome<'a>> {
    let linked = matches!(request.principal, Principal::RoleSession { service_linked: true, .. });
    if linked || is_owner(request) {
        return None;
    }
    let levels = policies.control.unwrap_or_default();
    let ask = |level: &&'a PolicySet| Outcome::of(Layer::Control, judge.ask_set(Layer::Control, level));
    levels.iter().map(ask).find(refuses)
}

/// The session policy of a role session, unless it allows.
fn session<'a>(
    judge: &mut impl Judge,
    policies: &Policies<'a>,
    request: &Request<'_>,
) -> Option<Outcome<'a>> {
    let document = policies.session.filter(|_| matches!(request.principal, Principal::RoleSession { .. }))?;
    let verdict = judge.ask_document(Layer::Session, document);
    Some(Outcome::of(Layer::Session, verdict)).filter(refuses)
}

/// Identity policies: the account's scope; only if it is silent, the scope of the resource's group.
// SPEC: evaluation, scope: account or resource group.
fn identity<'a>(judge: &mut impl Judge, policies: &Policies<'a>) -> Outcome<'a> {
    let verdict = judge.ask_set(Layer::AccountScope, policies.account_scope);
    let account = Outcome::of(Layer::AccountScope, verdict);
    if verdict.effect != Effect::ImplicitDeny {
        return account;
    }
    let group = policies.group_scope.map(|set| judge.ask_set(Layer::GroupScope, set));
    match group {
        Some(verdict) if verdict.effect != Effect::ImplicitDeny => Outcome::of(Layer::GroupScope, verdict),
        _ => account,
    }
}

fn bucket<'a>(judge: &mut impl Judge, policies: &Policies<'a>) -> Option<Outcome<'a>> {
    let verdict = judge.ask_document(Layer::Bucket, policies.bucket?);
    Some(Outcome::of(Layer::Bucket, verdict))
}

fn trust<'a>(judge: &mut impl Judge, policies: &Policies<'a>) -> Outcome<'a> {
    let verdict =
        policies.trust.map_or(Verdict::NOTHING, |document| judge.ask_document(Layer::Trust, document));
    Outcome::of(Layer::Trust, verdict)
}

fn refuses(outcome: &Outcome<'_>) -> bool {
    outcome.effect() != Effect::Allow
}
