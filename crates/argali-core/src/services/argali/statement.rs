//! Statements of policies as explanations show them: where they stand, what they say, and what one lacked.

use std::borrow::Cow;

use argali_policy::{Attachment as How, Layer, Mismatch, NearMiss, StatementRef, Unmet};
use serde::Serialize;
use serde_json::Value;

use super::explanation::sentence;
use crate::diagnosis::{Diagnosis, MatchedStatement, SESSION_POLICY};
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{Entity, Policy, PolicyRef, PolicyVersion, VersionId};
use crate::name::PolicyType;
use crate::services::ram::system_policy;

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
pub(super) struct NearMissView {
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

impl StatementView {
    /// A statement of a policy of the caller's account.
    pub(super) fn of(
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
    pub(super) fn is(&self, matched: &MatchedStatement) -> bool {
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
    pub(super) fn of(miss: &NearMiss, statement: StatementView) -> Self {
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
    pub(super) fn hide(&mut self, shows: impl Fn(&str) -> bool) {
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
