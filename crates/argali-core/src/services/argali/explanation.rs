//! A decision with its reasons, as one account may know it: its own policies, and of others only whose they are.
// SPEC: console, two-sided privacy.

use argali_policy::{Effect, Explanation, Layer, StatementRef, Step};
use serde::Serialize;

use super::fix::Fix;
use super::statement::{NearMissView, StatementView, Texts};
use crate::diagnosis::{MatchedStatement, policy_type};
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::AccountId;

/// How many near misses of one kind of policy are shown.
const MOST_NEAR_MISSES: usize = 5;

/// What one kind of policy answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StepView {
    /// As refusals name it.
    policy_type: &'static str,
    /// Whose policies they are.
    account_id: AccountId,
    /// `Allow`, `ExplicitDeny` or `ImplicitDeny`.
    effect: &'static str,
    /// The same in a sentence.
    message: String,
    /// The statements that made the answer.
    statements: Vec<StatementView>,
    /// Statements that would allow it but for one element.
    near_misses: Vec<NearMissView>,
}

/// Whether somebody may do something, as an account may know it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) effect: Effect,
    /// What decided, in a sentence.
    pub(super) message: String,
    pub(super) steps: Vec<StepView>,
    /// What would help.
    pub(super) fix: Option<Fix>,
}

impl Told {
    /// All of a decision, which only policies of the caller's account have a part in.
    pub(super) fn all(
        cx: &Context<'_>,
        explanation: &Explanation,
        texts: Texts<'_>,
        fix: Option<Fix>,
    ) -> Result<Self, ApiError> {
        let shown = explanation.steps.iter().map(|step| StepView::of(cx, step, texts));
        let steps = shown.collect::<Result<Vec<_>, _>>()?;
        let decision = &explanation.decision;
        let deciding = explanation.steps.iter().rposition(|step| step.layer == decision.layer());
        let message = match deciding.and_then(|index| steps.get(index)) {
            Some(step) => step.message.clone(),
            None => without_policy(decision.effect(), decision.layer()).to_owned(),
        };
        Ok(Self { effect: decision.effect(), message, steps, fix })
    }
}

impl Told {
    /// Whether it was decided by this statement; by none, if there is none.
    pub(super) fn decided_as(&self, matched: Option<&MatchedStatement>) -> bool {
        let Some(matched) = matched else { return self.effect == Effect::ImplicitDeny };
        let denying = self.steps.iter().filter(|step| step.effect == effect_name(Effect::ExplicitDeny));
        denying.flat_map(|step| &step.statements).any(|statement| statement.is(matched))
    }
}

impl StepView {
    /// A step of the caller's own account.
    pub(super) fn of(cx: &Context<'_>, step: &Step, texts: Texts<'_>) -> Result<Self, ApiError> {
        let view = |statement: &StatementRef| StatementView::of(cx, step.layer, statement, texts);
        let statements = step.decided_by.iter().map(view).collect::<Result<Vec<_>, _>>()?;
        let near_misses = step.near_misses.iter().take(MOST_NEAR_MISSES);
        let near_misses = near_misses.map(|miss| Ok(NearMissView::of(miss, view(&miss.statement)?)));
        Ok(Self {
            policy_type: policy_type(step.layer),
            account_id: cx.account(),
            effect: effect_name(step.effect),
            message: match statements.first() {
                Some(first) if step.effect == Effect::Allow => {
                    sentence(&format!("{} allows it.", first.place()))
                }
                Some(first) => sentence(&format!("{} denies it.", first.place())),
                None => without_statement(step.layer).to_owned(),
            },
            statements,
            near_misses: near_misses.collect::<Result<Vec<_>, ApiError>>()?,
        })
    }

    /// The half of another account.
    pub(super) fn of_account(account: AccountId, effect: Effect) -> Self {
        Self {
            policy_type: policy_type(Layer::Trust),
            account_id: account,
            effect: effect_name(effect),
            message: match effect {
                Effect::Allow => format!("Account {account} allows it."),
                _ => format!("Account {account} does not allow it, or has no such role."),
            },
            statements: Vec::new(),
            near_misses: Vec::new(),
        }
    }

    /// What stands in the way of a session whatever the policies say: a service that is closed to other accounts, or
    /// an account that is closed itself.
    pub(super) fn of_gate(account: AccountId, effect: Effect, message: String) -> Self {
        Self {
            policy_type: "Gate",
            account_id: account,
            effect: effect_name(effect),
            message,
            statements: Vec::new(),
            near_misses: Vec::new(),
        }
    }

    /// Leaves out what the request had for keys that are not shown.
    pub(super) fn hide(&mut self, shows: impl Fn(&str) -> bool) {
        for miss in &mut self.near_misses {
            miss.hide(&shows);
        }
    }

    /// The answer in a sentence.
    pub(super) fn message(&self) -> &str {
        &self.message
    }
}

/// Words as a sentence begins.
pub(super) fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// An effect as answers spell it.
pub(super) fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "Allow",
        Effect::ExplicitDeny => "ExplicitDeny",
        Effect::ImplicitDeny => "ImplicitDeny",
    }
}

/// Why a kind of policy that has no matching statement does not allow it.
pub(super) fn without_statement(layer: Layer) -> &'static str {
    match layer {
        Layer::Control => "A level of control policies does not allow it.",
        Layer::Session => "The session policy does not allow it.",
        Layer::GroupScope => "No policy attached in the resource group allows it.",
        Layer::Trust => "The role's trust policy does not let the caller in.",
        Layer::Bucket => "The bucket policy does not allow it.",
        _ => "No policy attached in the account's scope allows it.",
    }
}

/// The same by the name that refusals give the kind.
pub(super) fn without_type(policy_type: &str) -> &'static str {
    let layers = [Layer::Control, Layer::Session, Layer::GroupScope, Layer::Trust];
    let layer = layers.into_iter().find(|layer| crate::diagnosis::policy_type(*layer) == policy_type);
    without_statement(layer.unwrap_or(Layer::AccountScope))
}

/// Why something is decided that no policy has a say in.
fn without_policy(effect: Effect, layer: Layer) -> &'static str {
    match (layer, effect) {
        (Layer::Exempt, _) => "The operation needs no permission.",
        (Layer::Owner, Effect::Allow) => "An account may do everything on what it owns.",
        (Layer::Owner, _) => "An account itself assumes no role.",
        (Layer::Trust, _) => "The role's trust policy does not let the caller in.",
        _ => "Policies of one account do not reach the resources of another.",
    }
}
