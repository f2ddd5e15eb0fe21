//! Taking on a role, however somebody asks for it: both sides must agree, and the session that follows lives as long as
//! they do.
// SPEC: evaluation, AssumeRole and console role switching.

use std::sync::Arc;

use argali_policy::{
    Decision, Document, DocumentKind, Layer, Policies, Request as Question, Resource, evaluate_assume_role,
};

use super::session::{AssumedRoleUser, Credentials, check_session_policy, issue, session_end};
use crate::caller::Identity;
use crate::dispatch::{Context, assume_role_conditions};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{Account, AccountStatus, Entity, Role, generation};
use crate::name::{ExternalId, RoleName, SessionName, SourceIdentity};
use crate::session::{Circumstances, Claims, LONGEST_CHAIN, SessionId, Source};
use crate::time::Timestamp;

/// What somebody asks for who wants to take on a role.
#[derive(Debug)]
pub(in crate::services) struct Assumption {
    /// The role's account; none if nobody has the name by which it was asked for.
    pub(in crate::services) account: Option<AccountId>,
    /// The role's name.
    pub(in crate::services) role: RoleName,
    /// What the session is called in records.
    pub(in crate::services) session_name: SessionName,
    /// How long it is to last, in seconds.
    pub(in crate::services) duration_s: Option<i64>,
    /// What it may do at most, besides what the role may.
    pub(in crate::services) policy: Option<String>,
    /// What both sides agreed upon beforehand.
    pub(in crate::services) external_id: Option<ExternalId>,
    /// Who the chain begins with, as its first side says.
    pub(in crate::services) source_identity: Option<SourceIdentity>,
    /// How it is asked for.
    pub(in crate::services) manner: Manner,
}

/// How somebody asks for a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::services) enum Manner {
    /// By a call, for credentials to sign with.
    Call,
    /// By switching to it in the console.
    Switch,
}

impl Assumption {
    /// Begins the session, if both sides agree.
    ///
    /// Fails with `NoPermission`, or with `EntityNotExist.Role` where the caller's own side allows it and there is no
    /// such role.
    pub(in crate::services) fn begin(
        self,
        cx: &mut Context<'_>,
    ) -> Result<(Claims, AssumedRoleUser, Credentials), ApiError> {
        if let Some(account) = self.account {
            cx.concerns(account);
        }
        cx.note("roleArn", self.arn(""));
        cx.note("roleSessionName", self.session_name.as_str());
        check_session_policy(cx, self.policy.as_deref())?;
        let circumstances = self.circumstances(cx);
        let source_identity = self.source_identity(cx)?;
        let (account, role) = self.permitted_role(cx, &circumstances, source_identity.as_ref())?;
        let claims = Claims {
            session_id: SessionId::generate(cx.env()),
            account,
            role_id: role.id,
            ends_at: self.end(&role, cx)?,
            role_name: role.name,
            session_name: self.session_name,
            source_identity,
            issued_at: cx.now(),
            issue_revision: issue_revision(cx, account)?,
            policy: self.policy,
            circumstances,
            source: source(cx)?,
            in_console: self.manner == Manner::Switch,
        };
        let (user, credentials) = issue(cx, &claims)?;
        Ok((claims, user, credentials))
    }

    /// The role, if both sides agree.
    ///
    /// Whoever may not call `AssumeRole` on the name learns nothing about whether there is such a role.
    // SPEC: security, requests, R10.
    fn permitted_role(
        &self,
        cx: &mut Context<'_>,
        circumstances: &Circumstances,
        source_identity: Option<&SourceIdentity>,
    ) -> Result<(AccountId, Role), ApiError> {
        let found = self.find(cx)?;
        // A role that is not there trusts everybody, so that the caller's own policies decide what it learns.
        let trust = match &found {
            Some((_, role)) => cx.core().permissions().trust(role)?,
            None => Arc::new(trusting(cx.account())?),
        };
        // Spelt as it was asked for, which tells nobody how a role is spelt that is there.
        let arn = self.arn("*");
        let owner = self.account.unwrap_or(cx.account());
        let conditions =
            assume_role_conditions(circumstances, source_identity.map(SourceIdentity::as_str), cx.now());
        let standing = cx.standing();
        let question = Question {
            principal: standing.principal(),
            action: "sts:AssumeRole",
            resource: Resource { arn: &arn, owner: owner.as_str() },
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
            let message = self.refusal(cx.caller().identity());
            return Err(cx.refuse(&question, &decision, message));
        }
        cx.decided(&arn, &decision);
        let (account, role) = found.ok_or_else(|| {
            let message =
                format!("The role `{}` does not exist: check its name and the account's.", self.arn(""));
            ApiError::new(ErrorCode::EntityNotExistRole, message)
        })?;
        if self.manner == Manner::Switch && !role.allow_console_login {
            let message = "The role may not be used in the console: ask its owner to allow that, or assume it by the API.";
            return Err(ApiError::new(ErrorCode::NoPermission, message));
        }
        Ok((account, role))
    }

    /// The role with its account, if both are there and the account is open.
    fn find(&self, cx: &Context<'_>) -> Result<Option<(AccountId, Role)>, ApiError> {
        let Some(id) = self.account else { return Ok(None) };
        let account = Account::find(cx.tx(), id)?;
        if account.is_none_or(|account| account.status == AccountStatus::Closed) {
            return Ok(None);
        }
        Ok(Role::find(cx.tx(), id, &self.role)?.map(|role| (id, role)))
    }

    /// The role's ARN, as it was asked for.
    fn arn(&self, region: &str) -> String {
        let account = self.account.as_ref().map_or("*", AccountId::as_str);
        format!("acs:ram:{region}:{account}:role/{}", self.role)
    }

    fn refusal(&self, caller: &Identity) -> &'static str {
        match (caller, self.manner) {
            (Identity::Account, Manner::Call) => "Roles may not be assumed by root accounts.",
            (Identity::Account, Manner::Switch) => {
                "The owner of an account cannot switch to a role: create a RAM user for this, and log on as that."
            }
            _ => "You are not authorized to do this action. You should be authorized by RAM.",
        }
    }

    fn circumstances(&self, cx: &Context<'_>) -> Circumstances {
        let origin = cx.origin();
        Circumstances {
            source_ip: origin.source_ip,
            secure_transport: origin.secure_transport,
            // SPEC: design, sessions: a second factor comes from the logon.
            mfa_present: cx.standing().mfa_present(),
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

    /// When the session ends: never after the session or the logon that it is begun from.
    // SPEC: console, switch role: the shorter of the role's maximum, the wish and the logon.
    fn end(&self, role: &Role, cx: &Context<'_>) -> Result<Timestamp, ApiError> {
        let asked_s = match self.manner {
            Manner::Call => self.duration_s,
            Manner::Switch => self.duration_s.or(Some(role.max_session_duration_s.into())),
        };
        let end = session_end(cx, role, asked_s)?;
        let end = match cx.caller().identity() {
            Identity::Session(parent) => end.min(parent.ends_at),
            _ => end,
        };
        Ok(cx.logon().map_or(end, |logon| end.min(logon.ends_at)))
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

/// What the session will stand on besides the role.
fn source(cx: &Context<'_>) -> Result<Source, ApiError> {
    match (cx.caller().identity(), cx.logon()) {
        (Identity::User { id, .. }, Ok(logon)) => {
            Ok(Source::Logon { account: cx.account(), user: *id, logon: logon.session.id })
        }
        (Identity::User { id, .. }, Err(_)) => Ok(Source::AccessKey {
            account: cx.account(),
            user: *id,
            access_key_id: cx.caller().access_key_id().to_string(),
        }),
        (Identity::Session(claims), _) if claims.chain_length() < LONGEST_CHAIN => {
            Ok(Source::Session(Box::new(claims.as_ref().clone())))
        }
        (Identity::Session(_), _) => {
            let message = format!(
                "A chain has at most {LONGEST_CHAIN} roles: assume this one from an earlier session."
            );
            Err(ApiError::new(ErrorCode::NoPermission, message))
        }
        (Identity::Account, _) => Err(ApiError::internal("an account was allowed to assume a role")),
    }
}
