//! Taking on a role: both sides must agree, and the session that follows lives as long as they do.

use std::sync::Arc;

use argali_policy::{
    Decision, Document, DocumentKind, Layer, Policies, Request as Question, Resource, evaluate_assume_role,
};
use serde::{Deserialize, Serialize};

pub use super::arn::RoleArn;
use super::session::{AssumedRoleUser, Credentials, check_session_policy, issue, session_end};
use crate::caller::{Caller, Identity};
use crate::dispatch::{Context, assume_role_conditions};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{Account, AccountStatus, Entity, Role, generation};
use crate::name::{ExternalId, SessionName, SourceIdentity};
use crate::operation::{Access, Entry, Operation, Permission, Resources};
use crate::session::{Circumstances, Claims, LONGEST_CHAIN, SessionId, Source};
use crate::time::Timestamp;

/// Everything that begins a session.
pub const OPERATIONS: &[Entry] = &[Entry::of::<AssumeRole>()];

/// Begins a session of a role.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumeRole {
    /// Which role.
    pub role_arn: RoleArn,
    /// What the session is called in records.
    pub role_session_name: SessionName,
    /// How long it lasts, in seconds: 900 up to the role's longest.
    pub duration_seconds: Option<i64>,
    /// What the session may do at most, besides what the role may.
    pub policy: Option<String>,
    /// What both sides agreed upon beforehand.
    pub external_id: Option<ExternalId>,
    /// Who the chain begins with; a session passes on its own.
    pub source_identity: Option<SourceIdentity>,
}

/// A session that was begun.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumedRole {
    /// The session as an identity.
    pub assumed_role_user: AssumedRoleUser,
    /// What to sign with.
    pub credentials: Credentials,
    /// Who the chain began with, if anybody said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
}

impl Operation for AssumeRole {
    const NAME: &'static str = "AssumeRole";
    const ACCESS: Access = Access::Session;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = AssumedRole;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AssumedRole, ApiError> {
        cx.concerns(self.role_arn.account);
        cx.note("roleArn", self.role_arn.to_string());
        cx.note("roleSessionName", self.role_session_name.as_str());
        check_session_policy(cx, self.policy.as_deref())?;
        let circumstances = self.circumstances(cx);
        let source_identity = self.source_identity(cx)?;
        let role = self.permitted_role(cx, &circumstances, source_identity.as_ref())?;
        let now = cx.now();
        let ends_at = self.end(&role, cx)?;
        let claims = Claims {
            session_id: SessionId::generate(cx.env()),
            account: self.role_arn.account,
            role_id: role.id,
            role_name: role.name,
            session_name: self.role_session_name,
            source_identity,
            issued_at: now,
            issue_revision: issue_revision(cx, self.role_arn.account)?,
            ends_at,
            policy: self.policy,
            circumstances,
            source: source(cx)?,
        };
        let (assumed_role_user, credentials) = issue(cx, &claims)?;
        let source_identity = claims.source_identity.map(|identity| identity.as_str().to_owned());
        Ok(AssumedRole { assumed_role_user, credentials, source_identity })
    }
}

impl AssumeRole {
    /// The role, if both sides agree.
    ///
    /// Whoever may not call `AssumeRole` on the name learns nothing about whether there is such a role.
    // SPEC: security, requests, R10.
    fn permitted_role(
        &self,
        cx: &mut Context<'_>,
        circumstances: &Circumstances,
        source_identity: Option<&SourceIdentity>,
    ) -> Result<Role, ApiError> {
        let account = self.role_arn.account;
        let open =
            Account::find(cx.tx(), account)?.is_some_and(|account| account.status == AccountStatus::Open);
        let role = if open { Role::find(cx.tx(), account, &self.role_arn.name)? } else { None };
        // A role that is not there trusts everybody, so that the caller's own policies decide what it learns.
        let trust = match &role {
            Some(role) => cx.core().permissions().trust(role)?,
            None => Arc::new(trusting(cx.account())?),
        };
        // Spelt as it was asked for, which tells nobody how a role is spelt that is there.
        let arn = format!("acs:ram:*:{account}:role/{}", self.role_arn.name);
        let conditions =
            assume_role_conditions(circumstances, source_identity.map(SourceIdentity::as_str), cx.now());
        let standing = cx.standing();
        let question = Question {
            principal: standing.principal(),
            action: "sts:AssumeRole",
            resource: Resource { arn: &arn, owner: account.as_str() },
            context: &conditions,
        };
        let policies = Policies {
            session: standing.session_policy(),
            account_scope: &standing.permissions().account_scope,
            trust: Some(&trust),
            ..Policies::default()
        };
        let decision = evaluate_assume_role(&policies, &question);
        if !decision.is_allowed() {
            let decision = own_half(decision, &policies, &question)?;
            let message = match cx.caller().identity() {
                Identity::Account => "Roles may not be assumed by root accounts.",
                _ => "You are not authorized to do this action. You should be authorized by RAM.",
            };
            return Err(cx.refuse(&question, &decision, message));
        }
        cx.decided(&arn, &decision);
        role.ok_or_else(|| {
            let message = format!("The role `{}` does not exist: check RoleArn.", self.role_arn);
            ApiError::new(ErrorCode::EntityNotExistRole, message)
        })
    }

    fn circumstances(&self, cx: &Context<'_>) -> Circumstances {
        let origin = cx.origin();
        Circumstances {
            source_ip: origin.source_ip,
            secure_transport: origin.secure_transport,
            mfa_present: None,
            external_id: self.external_id.clone(),
        }
    }

    /// Who the chain began with: once said, it stays.
    fn source_identity(&self, cx: &Context<'_>) -> Result<Option<SourceIdentity>, ApiError> {
        let inherited = match cx.caller().identity() {
            Identity::Session(claims) => claims.source_identity.clone(),
            _ => None,
        };
        match (&self.source_identity, inherited) {
            (Some(said), Some(inherited)) if *said != inherited => {
                let message =
                    "The session already has another source identity, which cannot be changed: leave it out.";
                Err(ApiError::invalid("SourceIdentity", message))
            }
            (said, inherited) => Ok(inherited.or_else(|| said.clone())),
        }
    }

    /// When the session ends: never after the one it is begun from.
    fn end(&self, role: &Role, cx: &Context<'_>) -> Result<Timestamp, ApiError> {
        let end = session_end(cx, role, self.duration_seconds)?;
        Ok(match cx.caller().identity() {
            Identity::Session(parent) => end.min(parent.ends_at),
            _ => end,
        })
    }
}

/// A refusal as far as the caller may know it: what the role's account says is told only to callers whose own account
/// allows the call, as it is only to them that a role which does not exist is told from one that does.
// SPEC: security, requests, R10.
fn own_half(
    decision: Decision,
    policies: &Policies<'_>,
    question: &Question<'_>,
) -> Result<Decision, ApiError> {
    let Some(account) = question.principal.account() else { return Ok(decision) };
    if decision.layer() != Layer::Trust || account == question.resource.owner {
        return Ok(decision);
    }
    let trusting = trusting(account)?;
    let own = evaluate_assume_role(&Policies { trust: Some(&trusting), ..*policies }, question);
    Ok(if own.is_allowed() { decision } else { own })
}

/// A trust policy that lets everybody of `account` in.
pub(in crate::services) fn trusting(account: impl std::fmt::Display) -> Result<Document, ApiError> {
    let text = format!(
        r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"RAM":"acs:ram::{account}:root"}}}}]}}"#
    );
    Document::parse(DocumentKind::Trust, &text).map_err(ApiError::internal)
}

/// The generations of every account that the session will stand on.
fn issue_revision(cx: &Context<'_>, account: AccountId) -> Result<Vec<(AccountId, u64)>, ApiError> {
    let mut revision = cx.standing().held_under().to_vec();
    if !revision.iter().any(|(known, _)| *known == account) {
        revision.push((account, generation(cx.tx(), account)?));
    }
    Ok(revision)
}

fn source(cx: &Context<'_>) -> Result<Source, ApiError> {
    match cx.caller().identity() {
        Identity::User { .. } if cx.logon().is_ok() => {
            let message = "A console logon cannot assume roles yet: use an AccessKey.";
            Err(ApiError::new(ErrorCode::NoPermission, message))
        }
        Identity::User { id, .. } => Ok(Source::AccessKey {
            account: cx.account(),
            user: *id,
            access_key_id: cx.caller().access_key_id().to_string(),
        }),
        Identity::Session(claims) if claims.chain_length() < LONGEST_CHAIN => {
            Ok(Source::Session(Box::new(claims.as_ref().clone())))
        }
        Identity::Session(_) => {
            let message = format!(
                "A chain has at most {LONGEST_CHAIN} roles: assume this one from an earlier session."
            );
            Err(ApiError::new(ErrorCode::NoPermission, message))
        }
        Identity::Account => Err(ApiError::internal("an account was allowed to assume a role")),
    }
}
