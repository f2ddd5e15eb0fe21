//! Diagnostic messages: the sealed part of a refusal, opened for those whom it concerns.
// SPEC: wire protocol, AccessDeniedDetail.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::diagnosis::{Diagnosis, MatchedStatement, PrincipalRecord, SESSION_POLICY};
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::name::PolicyType;
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};

/// Everything that is done with diagnostic messages.
pub const OPERATIONS: &[Entry] = &[Entry::of::<DecodeDiagnosticMessage>()];

/// Shows what an `EncodedDiagnosticMessage` says.
///
/// Each account that the refusal concerns has it opened, and is told of its own policies alone. For everybody else
/// it is as good as any other text.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DecodeDiagnosticMessage {
    /// The text, as it came with the refusal.
    pub encoded_diagnostic_message: String,
}

impl fmt::Debug for DecodeDiagnosticMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeDiagnosticMessage").finish_non_exhaustive()
    }
}

/// What a message says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Decoded {
    decoded_diagnostic_message: MessageView,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MessageView {
    explicit_deny: bool,
    no_permission_policy_type: Cow<'static, str>,
    auth_action: String,
    auth_resource: String,
    auth_principal: PrincipalView,
    auth_conditions: Vec<ConditionView>,
    matched_policies: Vec<PolicyView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PrincipalView {
    auth_principal_type: Cow<'static, str>,
    auth_principal_owner_id: AccountId,
    auth_principal_display_name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConditionView {
    condition_key: String,
    condition_values: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyView {
    effect: &'static str,
    /// The policy's name; of a trust policy the role's ARN, of a session policy the session.
    policy_identifier: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_type: Option<&'static str>,
    /// Only of custom policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attached_entity_type: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attached_scope: Option<&'static str>,
}

impl Operation for DecodeDiagnosticMessage {
    const NAME: &'static str = "DecodeDiagnosticMessage";
    const ACCESS: Access = Access::Read;
    type Response = Decoded;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<Decoded, ApiError> {
        let key = cx.core().vault().diagnostic_key();
        let opened = Diagnosis::open(key, cx.account(), &self.encoded_diagnostic_message);
        let diagnosis = opened.ok_or_else(|| {
            let message = "The message is not one that was given to this account: \
                           send the EncodedDiagnosticMessage of a refusal, whole and unchanged.";
            ApiError::invalid("EncodedDiagnosticMessage", message)
        })?;
        Ok(Decoded { decoded_diagnostic_message: MessageView::of(diagnosis, cx.account()) })
    }
}

impl MessageView {
    /// What `account` may know of a refusal.
    fn of(diagnosis: Diagnosis, account: AccountId) -> Self {
        let matched = diagnosis.statement_for(account).map(|matched| PolicyView::of(matched, &diagnosis));
        let conditions = diagnosis.conditions_for(account);
        let auth_conditions = conditions.map(|(key, values)| ConditionView {
            condition_key: key.clone(),
            condition_values: values.clone(),
        });
        let auth_conditions = auth_conditions.collect();
        Self {
            matched_policies: matched.into_iter().collect(),
            explicit_deny: diagnosis.explicit,
            no_permission_policy_type: diagnosis.policy_type,
            auth_action: diagnosis.action,
            auth_resource: diagnosis.resource,
            auth_principal: diagnosis.principal.into(),
            auth_conditions,
        }
    }
}

impl From<PrincipalRecord> for PrincipalView {
    fn from(principal: PrincipalRecord) -> Self {
        Self {
            auth_principal_type: principal.kind,
            auth_principal_owner_id: principal.account,
            auth_principal_display_name: principal.display_name,
        }
    }
}

impl PolicyView {
    fn of(matched: &MatchedStatement, diagnosis: &Diagnosis) -> Self {
        let policy = matched.policy();
        let is_custom = policy.as_ref().is_some_and(|policy| policy.kind == PolicyType::Custom);
        Self {
            // A statement that allows decides no refusal.
            effect: "Deny",
            policy_type: policy.as_ref().map(|policy| policy.kind.as_str()),
            policy_identifier: match policy {
                Some(policy) => policy.name.to_string(),
                None if diagnosis.policy_type == SESSION_POLICY => diagnosis.principal.display_name.clone(),
                None => diagnosis.resource.clone(),
            },
            policy_version: matched.version.clone().filter(|_| is_custom),
            attached_entity_type: matched.attached_to.clone(),
            attached_scope: matched.attached_to.is_some().then(|| diagnosis.attached_scope()),
        }
    }
}
