//! A refusal on record, as one account may know it.

use std::borrow::Cow;

use serde::Serialize;

use super::explanation::without_type;
use super::statement::{StatementView, nth_statement, version_of};
use crate::audit::Event;
use crate::diagnosis::{Diagnosis, MatchedStatement, SESSION_POLICY};
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::{Entity, ResourceGroupId, Role};
use crate::services::sts::assume_role::RoleArn;
use crate::time::Timestamp;

/// Whoever reads an explanation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    pub(super) account: AccountId,
    /// Whether it may know what the resource is like: whoever was refused something does not learn that by being told
    /// why.
    pub(super) sees_resources: bool,
}

impl Reader {
    /// Whether the reader is shown the value of a condition key.
    pub(super) fn sees(self, key: &str) -> bool {
        // What the caller of a request knows of itself.
        const OF_THE_REQUEST: [&str; 6] = [
            "acs:CurrentTime",
            "acs:SourceIp",
            "acs:SecureTransport",
            "acs:MFAPresent",
            "sts:ExternalId",
            "sts:SourceIdentity",
        ];
        self.sees_resources
            || OF_THE_REQUEST.iter().any(|own| own.eq_ignore_ascii_case(key))
            || key.to_ascii_lowercase().starts_with("acs:requesttag/")
    }
}

/// A permission that was refused.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RefusalView {
    auth_action: String,
    auth_resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_group_id: Option<ResourceGroupId>,
    /// `ExplicitDeny` or `ImplicitDeny`.
    effect: &'static str,
    policy_type: Cow<'static, str>,
    /// Whose policies decided.
    account_id: AccountId,
    auth_conditions: Vec<ConditionView>,
    /// The statement that decided, of the reader's own account.
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<StatementView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConditionView {
    condition_key: String,
    condition_values: Vec<String>,
}

impl RefusalView {
    pub(super) fn of(
        cx: &Context<'_>,
        event: &Event,
        diagnosis: &Diagnosis,
        reader: Reader,
    ) -> Result<Self, ApiError> {
        let statement = diagnosis.statement_for(reader.account);
        let conditions = diagnosis.conditions_for(reader.account).filter(|(key, _)| reader.sees(key));
        let condition = |(key, values): (&String, &Vec<String>)| ConditionView {
            condition_key: key.clone(),
            condition_values: values.clone(),
        };
        Ok(Self {
            auth_action: diagnosis.action.clone(),
            auth_resource: diagnosis.resource.clone(),
            resource_group_id: diagnosis
                .resource_group
                .clone()
                .filter(|_| reader.sees_resources && reader.account == diagnosis.owner),
            effect: if diagnosis.explicit { "ExplicitDeny" } else { "ImplicitDeny" },
            policy_type: diagnosis.policy_type.clone(),
            account_id: diagnosis.decided_by,
            auth_conditions: conditions.map(condition).collect(),
            statement: statement
                .map(|matched| recorded(cx, matched, diagnosis, Timestamp::from_millis(event.time_ms)))
                .transpose()?,
        })
    }

    /// What decided, in a sentence.
    pub(super) fn message(&self, reader: Reader) -> String {
        match &self.statement {
            _ if self.account_id != reader.account => {
                format!("It was refused; that was decided by account {}.", self.account_id)
            }
            Some(statement) => format!("It was refused: {} denied it.", statement.place()),
            None => format!("It was refused. {}", without_type(&self.policy_type)),
        }
    }
}

/// The statement that denied a call at `time`, with its text if that is still the same.
fn recorded(
    cx: &Context<'_>,
    matched: &MatchedStatement,
    diagnosis: &Diagnosis,
    time: Timestamp,
) -> Result<StatementView, ApiError> {
    let document = match (matched.policy(), &matched.version) {
        (Some(policy), Some(version)) => {
            // A policy of this name that was made later is another.
            version_of(cx, &policy, version)?
                .filter(|version| version.created_at <= time)
                .map(|it| it.document)
        }
        _ if diagnosis.policy_type == SESSION_POLICY => diagnosis.session_policy.clone(),
        _ => match diagnosis.resource.parse::<RoleArn>() {
            Ok(arn) => Role::find(cx.tx(), diagnosis.owner, arn.name())?
                .filter(|role| role.updated_at <= time)
                .map(|role| role.trust_policy),
            Err(_) => None,
        },
    };
    let text = document.and_then(|document| nth_statement(&document, matched.number));
    Ok(StatementView::recorded(matched, diagnosis, text))
}
