//! A decision with its reasons, as one account may know it: its own policies, and of others only whose they are.
// SPEC: console, two-sided privacy.

use std::borrow::Cow;

use argali_policy::{
    Attachment as How, Effect, Explanation, Layer, Mismatch, NearMiss, StatementRef, Step, Unmet,
};
use serde::Serialize;
use serde_json::Value;

use crate::diagnosis::{Diagnosis, MatchedStatement, SESSION_POLICY, policy_type};
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::{Entity, Policy, PolicyRef, PolicyVersion, ResourceGroupId, VersionId};
use crate::name::PolicyType;
use crate::services::ram::system_policy;

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

/// A statement of a policy.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatementView {
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_name: Option<String>,
    /// `System` or `Custom`; absent for trust and session policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_version: Option<String>,
    /// `RamUser`, `RamGroup` or `RamRole`.
    #[serde(skip_serializing_if = "Option::is_none")]
    attached_entity_type: Option<Cow<'static, str>>,
    /// The name of the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    attached_entity_name: Option<String>,
    /// `Account` or `ResourceGroup`.
    #[serde(skip_serializing_if = "Option::is_none")]
    attached_scope: Option<&'static str>,
    /// Its place in the document, from 0.
    statement_index: usize,
    /// The statement itself, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// A statement that would allow it but for one element.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NearMissView {
    statement: StatementView,
    /// The element: `Action`, `Resource`, `Principal` or `Condition`.
    element: &'static str,
    /// What the element lists; for conditions see there.
    expected: Vec<String>,
    /// The conditions that do not hold.
    conditions: Vec<UnmetView>,
    /// The same in a sentence.
    message: String,
    #[serde(skip)]
    mismatch: Mismatch,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UnmetView {
    operator: &'static str,
    condition_key: String,
    expected: Vec<String>,
    /// Empty if the request does not have the key.
    actual: Vec<String>,
}

/// The documents that belong to no policy that could be looked up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Texts<'a> {
    /// The session policy.
    pub(super) session: Option<&'a str>,
    /// The trust policy.
    pub(super) trust: Option<&'a str>,
}

/// Whether somebody may do something, as an account may know it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) effect: Effect,
    /// What decided, in a sentence.
    pub(super) message: String,
    pub(super) steps: Vec<StepView>,
    /// What would help, in a sentence.
    pub(super) fix: Option<String>,
}

impl Told {
    /// All of a decision, which only policies of the caller's account have a part in.
    pub(super) fn all(
        cx: &Context<'_>,
        explanation: &Explanation,
        texts: Texts<'_>,
        fix: Option<String>,
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

impl StatementView {
    /// A statement of a policy of the caller's account.
    fn of(
        cx: &Context<'_>,
        layer: Layer,
        statement: &StatementRef,
        texts: Texts<'_>,
    ) -> Result<Self, ApiError> {
        let index = statement.statement;
        let nth = |text: &str| nth_statement(text, index);
        let Some(label) = &statement.policy else {
            let text = if layer == Layer::Session { texts.session } else { texts.trust };
            return Ok(Self::bare(layer, index, text.and_then(nth)));
        };
        let policy = PolicyRef::from_arn(label.policy());
        let text = match (&policy, label.version()) {
            (Some(policy), Some(version)) => text_of(cx, policy, version)?,
            _ => None,
        };
        let (attached_entity_type, attached_entity_name) = match label.attachment() {
            How::User => ("RamUser", None),
            How::Group(name) => ("RamGroup", Some(name.to_string())),
            How::Role => ("RamRole", None),
            How::Target(name) => ("ResourceDirectoryTarget", Some(name.to_string())),
        };
        Ok(Self {
            policy_type: policy.as_ref().map(|policy| policy.kind.as_str()),
            policy_version: label.version().map(str::to_owned).filter(|_| is_custom(policy.as_ref())),
            policy_name: policy.map(|policy| policy.name.to_string()),
            attached_entity_type: Some(attached_entity_type.into()),
            attached_entity_name,
            attached_scope: Some(if layer == Layer::GroupScope { "ResourceGroup" } else { "Account" }),
            statement_index: index,
            text: text.as_deref().and_then(nth),
        })
    }

    /// A statement as a record names it, by its policy's ARN or a kind of policy.
    pub(super) fn named(policy: &str, index: usize) -> Self {
        let layer = if policy == SESSION_POLICY { Layer::Session } else { Layer::Trust };
        match PolicyRef::from_arn(policy) {
            None => Self::bare(layer, index, None),
            Some(policy) => Self {
                policy_type: Some(policy.kind.as_str()),
                policy_name: Some(policy.name.to_string()),
                ..Self::bare(layer, index, None)
            },
        }
    }

    /// A statement that denied something, as it was kept.
    pub(super) fn recorded(matched: &MatchedStatement, diagnosis: &Diagnosis, text: Option<String>) -> Self {
        let policy = matched.policy.as_deref().unwrap_or(&diagnosis.policy_type);
        let is_custom = matched.policy().is_some_and(|policy| policy.kind == PolicyType::Custom);
        Self {
            policy_version: matched.version.clone().filter(|_| is_custom),
            attached_entity_type: matched.attached_to.clone(),
            attached_entity_name: matched.attached_name.clone(),
            attached_scope: matched.attached_to.is_some().then(|| diagnosis.attached_scope()),
            text,
            ..Self::named(policy, matched.number)
        }
    }

    /// Whether it is the one that was kept.
    fn is(&self, matched: &MatchedStatement) -> bool {
        let policy = matched.policy();
        let name = policy.as_ref().map(|policy| policy.name.as_str());
        self.statement_index == matched.number
            && match &policy {
                None => self.policy_type.is_none(),
                Some(policy) => {
                    self.policy_type == Some(policy.kind.as_str())
                        && self.policy_name.as_deref() == name
                        && (policy.kind == PolicyType::System || self.policy_version == matched.version)
                }
            }
    }

    /// A statement of a document that has no name: a trust or session policy.
    fn bare(layer: Layer, index: usize, text: Option<String>) -> Self {
        let name = if layer == Layer::Session { "the session policy" } else { "the trust policy" };
        Self {
            policy_name: Some(name.to_owned()),
            policy_type: None,
            policy_version: None,
            attached_entity_type: None,
            attached_entity_name: None,
            attached_scope: None,
            statement_index: index,
            text,
        }
    }

    /// Where it stands, within a sentence.
    pub(super) fn place(&self) -> String {
        let name = self.policy_name.as_deref().unwrap_or("a policy");
        let of = match self.policy_type {
            Some(kind) => format!("the {} policy `{name}`", kind.to_lowercase()),
            None => name.to_owned(),
        };
        let through = match &self.attached_entity_name {
            Some(group) => format!(", attached to the group `{group}`,"),
            None => String::new(),
        };
        format!("statement {} of {of}{through}", self.statement_index + 1)
    }
}

impl NearMissView {
    fn of(miss: &NearMiss, statement: StatementView) -> Self {
        let message = would_allow(&statement, &miss.mismatch.to_string());
        let (element, expected, conditions) = match &miss.mismatch {
            Mismatch::Condition(unmet) => {
                ("Condition", Vec::new(), unmet.iter().map(UnmetView::from).collect())
            }
            Mismatch::Resource(listed) => {
                let element = if listed.except { "NotResource" } else { "Resource" };
                (element, listed.patterns.clone(), Vec::new())
            }
            Mismatch::Action(listed) => {
                let element = if listed.except { "NotAction" } else { "Action" };
                (element, listed.patterns.clone(), Vec::new())
            }
            Mismatch::Principal(names) => ("Principal", names.clone(), Vec::new()),
        };
        Self { statement, element, expected, conditions, message, mismatch: miss.mismatch.clone() }
    }

    /// Leaves out what the request had for keys that are not shown.
    fn hide(&mut self, shows: impl Fn(&str) -> bool) {
        for unmet in self.conditions.iter_mut().filter(|unmet| !shows(&unmet.condition_key)) {
            unmet.actual.clear();
        }
        self.message = would_allow(&self.statement, &self.mismatch.describe(shows));
    }
}

fn would_allow(statement: &StatementView, but: &str) -> String {
    sentence(&format!("{} would allow it, but {but}.", statement.place()))
}

impl From<&Unmet> for UnmetView {
    fn from(unmet: &Unmet) -> Self {
        Self {
            operator: unmet.operator,
            condition_key: unmet.key.clone(),
            expected: unmet.expected.clone(),
            actual: unmet.actual.clone(),
        }
    }
}

/// Words as a sentence begins.
fn sentence(words: &str) -> String {
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

/// Where resource groups would let something through, in a sentence.
pub(super) fn granted_in(groups: &[ResourceGroupId]) -> Option<String> {
    let names: Vec<String> = groups.iter().take(3).map(|group| format!("`{group}`")).collect();
    let names = (!names.is_empty()).then(|| names.join(", "))?;
    Some(format!(
        "It is granted in the resource group {names} only: move the resource there, or grant it here."
    ))
}

/// The text of one version of a policy of the caller's account; nothing if it is gone.
pub(super) fn text_of(
    cx: &Context<'_>,
    policy: &PolicyRef,
    version: &str,
) -> Result<Option<String>, ApiError> {
    Ok(version_of(cx, policy, version)?.map(|version| version.document))
}

/// One version of a policy of the caller's account; nothing if it is gone.
pub(super) fn version_of(
    cx: &Context<'_>,
    policy: &PolicyRef,
    version: &str,
) -> Result<Option<PolicyVersion>, ApiError> {
    let Ok(id) = version.parse::<VersionId>() else { return Ok(None) };
    if policy.kind == PolicyType::System {
        let found = system_policy::find(&policy.name).filter(|found| found.version == id);
        return Ok(found.map(|found| PolicyVersion {
            id,
            document: found.text.clone(),
            created_at: system_policy::SystemPolicy::CREATED_AT,
        }));
    }
    let Some(found) = Policy::find(cx.tx(), cx.account(), &policy.name)? else { return Ok(None) };
    Ok(PolicyVersion::find(cx.tx(), cx.account(), found.id, id)?)
}

/// One statement of a document, as JSON.
pub(super) fn nth_statement(document: &str, index: usize) -> Option<String> {
    let document: Value = serde_json::from_str(document).ok()?;
    Some(document.get("Statement")?.get(index)?.to_string())
}

fn is_custom(policy: Option<&PolicyRef>) -> bool {
    policy.is_some_and(|policy| policy.kind == PolicyType::Custom)
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
