//! What is kept of a refusal: enough to explain it later, and to ask the same again.
//!
//! One and the same [`Diagnosis`] goes into the record of the call and, sealed, to whoever was refused. It speaks of
//! one account's policies: those that decided. Whoever reads it for another account is told only which account that
//! was.

mod sealed;

use std::borrow::Cow;
use std::collections::BTreeMap;

use argali_policy::{Attachment as How, Context as Conditions, Decision, Effect, Layer, Request as Question};
use argali_protocol::AccessDeniedDetail;
use serde::{Deserialize, Serialize};

use crate::audit::{LONGEST_FIELD, shortened};
use crate::caller::{Caller, Identity};
use crate::identifier::AccountId;
use crate::model::{PolicyRef, ResourceGroupId};

/// The kind of a session policy, as refusals name it.
pub(crate) const SESSION_POLICY: &str = "SessionPolicy";
/// The kind of a trust policy.
pub(crate) const TRUST_POLICY: &str = "AssumeRolePolicy";
const GROUP_POLICY: &str = "ResourceGroupLevelIdentityBasedPolicy";

/// How many bytes of condition keys and values are kept.
const MOST_CONDITIONS: usize = 2_048;

/// Who was refused what, under which circumstances, and what decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// The action, such as `ecs:StopInstance`.
    pub action: String,
    /// On what.
    pub resource: String,
    /// Whose that is.
    pub owner: AccountId,
    /// The resource group in which it was judged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub resource_group: Option<ResourceGroupId>,
    /// Who asked.
    pub principal: PrincipalRecord,
    /// The condition keys of the request with their values.
    pub conditions: BTreeMap<String, Vec<String>>,
    /// Whether some of it was too long to be kept.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub is_cut: bool,
    /// Whether a statement denies it, in place of none allowing it.
    pub explicit: bool,
    /// The kind of policy that decided, as refusals name it.
    pub policy_type: Cow<'static, str>,
    /// The account whose policies decided.
    pub decided_by: AccountId,
    /// The statement that denies it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub statement: Option<MatchedStatement>,
    /// What the session could do at most, if there was such a limit and it is short enough to be kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session_policy: Option<String>,
}

/// An identity as refusals name it.
// SPEC: wire protocol, AccessDeniedDetail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrincipalRecord {
    /// Its account.
    pub account: AccountId,
    /// Its kind: `RootUser`, `SubUser` or `AssumedRoleUser`.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// The account's number, the user's id, or the role's.
    pub id: String,
    /// An account or user by number, a session by role and name.
    pub display_name: String,
}

/// A statement that matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchedStatement {
    /// Its place in the document, from 0.
    pub number: usize,
    /// The ARN of its policy; none where there is but one document, such as a trust policy.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub policy: Option<String>,
    /// The policy's version.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<String>,
    /// What the policy is attached to: `RamUser`, `RamGroup`, `RamRole` or `ResourceDirectoryTarget`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attached_to: Option<Cow<'static, str>>,
    /// The name of the group, or of the target.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attached_name: Option<String>,
}

/// What a refusal follows from.
#[derive(Debug)]
pub(crate) struct Refused<'a> {
    pub(crate) principal: PrincipalRecord,
    pub(crate) question: &'a Question<'a>,
    pub(crate) resource_group: Option<&'a ResourceGroupId>,
    pub(crate) decision: &'a Decision,
    pub(crate) session_policy: Option<&'a str>,
}

impl Diagnosis {
    /// What is kept of a refusal.
    pub(crate) fn of(refused: Refused<'_>) -> Self {
        let Refused { principal, question, resource_group, decision, session_policy } = refused;
        let owner = question.resource.owner.parse().unwrap_or(principal.account);
        let resource = shortened(question.resource.arn);
        let (conditions, conditions_are_cut) = kept(question.context);
        Self {
            action: shortened(question.action),
            is_cut: conditions_are_cut || resource.len() < question.resource.arn.len(),
            resource,
            owner,
            resource_group: resource_group.cloned(),
            conditions,
            explicit: decision.effect() == Effect::ExplicitDeny,
            policy_type: policy_type(decision.layer()).into(),
            decided_by: if is_of_the_owner(decision.layer()) { owner } else { principal.account },
            statement: matched(decision),
            session_policy: session_policy.filter(|text| text.len() <= LONGEST_FIELD).map(str::to_owned),
            principal,
        }
    }

    /// The statement that decided, for whoever reads it for `account`.
    pub fn statement_for(&self, account: AccountId) -> Option<&MatchedStatement> {
        self.statement.as_ref().filter(|_| account == self.decided_by)
    }

    /// The condition keys, for whoever reads it for `account`: what they say of the resource is for its owner.
    pub fn conditions_for(&self, account: AccountId) -> impl Iterator<Item = (&String, &Vec<String>)> {
        let concerned = account == self.owner || account == self.principal.account;
        self.conditions.iter().filter(move |_| concerned)
    }

    /// In which scope the policy that decided is attached, as the reference names it.
    pub(crate) fn attached_scope(&self) -> &'static str {
        if self.policy_type == GROUP_POLICY { "ResourceGroup" } else { "Account" }
    }

    /// What clients show of the refusal, with the rest as `sealed` text.
    // SPEC: wire protocol, AccessDeniedDetail.
    pub(crate) fn detail(&self, sealed: String) -> AccessDeniedDetail {
        AccessDeniedDetail {
            auth_action: self.action.clone(),
            auth_principal_type: self.principal.kind.clone().into_owned(),
            auth_principal_owner_id: self.principal.account.to_string(),
            auth_principal_display_name: self.principal.display_name.clone(),
            no_permission_type: if self.explicit { "ExplicitDeny" } else { "ImplicitDeny" }.to_owned(),
            policy_type: self.policy_type.clone().into_owned(),
            encoded_diagnostic_message: Some(sealed),
        }
    }
}

impl MatchedStatement {
    /// The identity policy that it stands in.
    pub fn policy(&self) -> Option<PolicyRef> {
        PolicyRef::from_arn(self.policy.as_deref()?)
    }
}

impl From<&Caller> for PrincipalRecord {
    fn from(caller: &Caller) -> Self {
        Self {
            account: caller.account(),
            kind: caller.kind().into(),
            id: match caller.identity() {
                Identity::Account => caller.account().to_string(),
                Identity::User { id, .. } => id.to_string(),
                Identity::Session(claims) => claims.role_id.to_string(),
            },
            display_name: caller.display_name(),
        }
    }
}

/// A kind of policy as refusals name it.
// SPEC: wire protocol, AccessDeniedDetail, PolicyType.
pub(crate) fn policy_type(layer: Layer) -> &'static str {
    match layer {
        Layer::Control => "ControlPolicy",
        Layer::Session => SESSION_POLICY,
        Layer::GroupScope => GROUP_POLICY,
        Layer::Trust => TRUST_POLICY,
        Layer::Bucket => "ResourceBasedPolicy",
        _ => "AccountLevelIdentityBasedPolicy",
    }
}

/// Whether policies of this kind are those of the account that owns the resource.
pub(crate) fn is_of_the_owner(layer: Layer) -> bool {
    matches!(layer, Layer::Control | Layer::Bucket | Layer::Trust)
}

fn matched(decision: &Decision) -> Option<MatchedStatement> {
    let deciding = decision.deciding()?;
    let label = deciding.policy.as_ref();
    let (attached_to, attached_name) = match label.map(|label| label.attachment()) {
        None => (None, None),
        Some(How::User) => (Some("RamUser"), None),
        Some(How::Group(name)) => (Some("RamGroup"), Some(name.to_string())),
        Some(How::Role) => (Some("RamRole"), None),
        Some(How::Target(name)) => (Some("ResourceDirectoryTarget"), Some(name.to_string())),
    };
    Some(MatchedStatement {
        number: deciding.statement,
        policy: label.map(|label| label.policy().to_owned()),
        version: label.and_then(|label| label.version()).map(str::to_owned),
        attached_to: attached_to.map(Cow::Borrowed),
        attached_name,
    })
}

/// As many condition keys as there is room for, and whether any had to be left out.
fn kept(conditions: &Conditions) -> (BTreeMap<String, Vec<String>>, bool) {
    let mut room = MOST_CONDITIONS;
    let mut kept = BTreeMap::new();
    let mut is_cut = false;
    for (key, values) in conditions.iter() {
        let length = key.len() + values.iter().map(String::len).sum::<usize>();
        match room.checked_sub(length) {
            Some(rest) => {
                room = rest;
                kept.insert(key.to_owned(), values.to_vec());
            }
            None => is_cut = true,
        }
    }
    (kept, is_cut)
}
