//! Whether somebody of the caller's account may do something: all of it where the account owns both sides, and of
//! another account's side only whether it agrees.
// SPEC: design, decisions, may the trusted account see the role; security, requests, R10.

use std::sync::Arc;

use argali_policy::{Context as Conditions, Document, Effect, Explanation, Layer, Remedy};

use super::explanation::{StepView, Told};
use super::fix::Fix;
use super::statement::Texts;
use crate::dispatch::{Context, Subject};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{Account, AccountStatus, Entity, Role};
use crate::operation::Check;
use crate::services::ram::system_policy;
use crate::services::sts::arn::RoleArn;
use crate::services::sts::assumption::trusting;

/// The action that two sides decide about.
const ASSUME_ROLE: &str = "sts:AssumeRole";
/// What whoever assumes a role says of itself; all else that a trust policy looks at is as the server finds it.
const SAID_BY_THE_CALLER: [&str; 2] = ["sts:ExternalId", "sts:SourceIdentity"];

/// Judges a question about somebody of the caller's account. `real` are the condition keys of the present request.
///
/// Fails if it is about a role of the own account that does not exist.
pub(super) fn judge(
    cx: &mut Context<'_>,
    subject: &Subject,
    check: &Check,
    real: Conditions,
) -> Result<Told, ApiError> {
    if !is_assume_role(check) {
        let explanation = subject.explain(check);
        let texts = Texts { session: subject.session_policy(), trust: None };
        return Told::all(cx, &explanation, texts, fix(subject, check, &explanation));
    }
    let arn = role_arn(check)?;
    if arn.account() == cx.account() {
        own_role(cx, subject, check, &arn)
    } else {
        role_elsewhere(cx, subject, check, &arn, real)
    }
}

/// Whether a role is to be assumed, about which two sides decide.
pub(super) fn is_assume_role(check: &Check) -> bool {
    check.action.eq_ignore_ascii_case(ASSUME_ROLE)
}

/// The role that is to be assumed.
pub(super) fn role_arn(check: &Check) -> Result<RoleArn, ApiError> {
    check.resource.arn.parse().map_err(|_| {
        let message = "Name one role to be assumed: its ARN is `acs:ram:*:<account>:role/<name>`.";
        ApiError::invalid("AuthResource", message)
    })
}

fn own_role(cx: &Context<'_>, subject: &Subject, check: &Check, arn: &RoleArn) -> Result<Told, ApiError> {
    let session = subject.session_policy();
    let Some(role) = Role::find(cx.tx(), cx.account(), arn.name())? else {
        let explanation = subject.explain_assuming(check, &trusting(cx.account())?);
        if explanation.decision.is_allowed() {
            let message = format!("The role `{arn}` does not exist: check its name.");
            return Err(ApiError::new(ErrorCode::EntityNotExistRole, message));
        }
        return own_half(cx, subject, check, explanation);
    };
    let trust = cx.core().permissions().trust(&role)?;
    let explanation = subject.explain_assuming(check, &trust);
    let texts = Texts { session, trust: Some(&role.trust_policy) };
    Told::all(cx, &explanation, texts, fix(subject, check, &explanation))
}

fn role_elsewhere(
    cx: &mut Context<'_>,
    subject: &Subject,
    check: &Check,
    arn: &RoleArn,
    mut real: Conditions,
) -> Result<Told, ApiError> {
    let explanation = subject.explain_assuming(check, &trusting(cx.account())?);
    let allowed = explanation.decision.is_allowed();
    let own = own_half(cx, subject, check, explanation)?;
    if !allowed {
        return Ok(own);
    }
    // From here on it is as good as a call of AssumeRole: the other side finds it in its records, too, and is asked
    // under the circumstances that such a call would have.
    cx.concerns(arn.account());
    cx.note("roleArn", arn.to_string());
    for key in SAID_BY_THE_CALLER {
        for value in check.conditions.get(key) {
            real.set(key, value.as_str());
        }
    }
    let theirs = Check { conditions: real, ..check.clone() };
    let agrees = match visible_trust(cx, arn)? {
        Some(trust) => subject.may_assume(&theirs, &trust),
        None => false,
    };
    let effect = if agrees { Effect::Allow } else { Effect::ImplicitDeny };
    let theirs = StepView::of_account(arn.account(), effect);
    let message = theirs.message().to_owned();
    let fix = (!agrees).then(|| Fix::ask_owner(arn));
    Ok(Told { effect, message, steps: own.steps.into_iter().chain([theirs]).collect(), fix })
}

/// What the own account says of assuming a role: the explanation is one with a trust policy that lets it in.
pub(super) fn own_half(
    cx: &Context<'_>,
    subject: &Subject,
    check: &Check,
    mut explanation: Explanation,
) -> Result<Told, ApiError> {
    explanation.steps.retain(|step| step.layer != Layer::Trust);
    let texts = Texts { session: subject.session_policy(), trust: None };
    Told::all(cx, &explanation, texts, fix(subject, check, &explanation))
}

/// The trust policy of a role elsewhere that names the caller's account, or a user or role of it.
fn visible_trust(cx: &Context<'_>, arn: &RoleArn) -> Result<Option<Arc<Document>>, ApiError> {
    let account = Account::find(cx.tx(), arn.account())?;
    if account.is_none_or(|account| account.status != AccountStatus::Open) {
        return Ok(None);
    }
    let role = Role::find(cx.tx(), arn.account(), arn.name())?;
    let visible = role.filter(|role| role.names(cx.account()));
    visible.map(|role| cx.core().permissions().trust(&role)).transpose()
}

/// What would help, with the names of policies that would: those that allow least first.
fn fix(subject: &Subject, check: &Check, explanation: &Explanation) -> Option<Fix> {
    let advice = explanation.advice(&subject.question(check))?;
    if advice.remedy() != Remedy::Attach {
        return Some(Fix::of(&advice));
    }
    let granted = Fix::move_to(&subject.groups_that_allow(check));
    Some(granted.unwrap_or_else(|| {
        let would_do = system_policy::all()
            .filter(|policy| !policy.is_high_risk && !policy.is_for_service)
            .filter(|policy| subject.would_be_allowed_by(check, policy.document()));
        let mut names: Vec<&str> = would_do.map(|policy| policy.name.as_str()).collect();
        names.sort_by_key(|name| !name.contains("ReadOnly"));
        Fix::of(&advice).with_policies(names)
    }))
}

/// The account that a resource's ARN names, the caller's where it names none.
pub(super) fn owner_of(arn: &str, own: AccountId) -> Option<AccountId> {
    if arn == "*" {
        return Some(own);
    }
    let mut parts = arn.splitn(5, ':');
    let (Some("acs"), Some(_), Some(_), Some(account), Some(_)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    if matches!(account, "" | "*" | "system") { Some(own) } else { account.parse().ok() }
}
