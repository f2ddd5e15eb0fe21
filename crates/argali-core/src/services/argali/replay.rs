//! A refused question, asked again: of the policies as they are now, under the circumstances of then.

use argali_policy::{Context as Conditions, Effect, Layer};
use serde::Serialize;

use super::explanation::{StepView, Told, effect_name};
use super::fix::Fix;
use super::judgement::{is_assume_role, judge, own_half};
use super::refused::Reader;
use super::statement::Texts;
use crate::audit::Event;
use crate::diagnosis::{Diagnosis, SESSION_POLICY};
use crate::dispatch::{Context, Subject};
use crate::error::{ApiError, ErrorCode};
use crate::model::{Entity, Role, User};
use crate::operation::{Check, ResourceName};
use crate::services::sts::arn::RoleArn;
use crate::services::sts::assumption::trusting;

/// What the policies say now.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Replayed {
    /// `Allow`, `ExplicitDeny` or `ImplicitDeny`; absent where it could not be asked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<&'static str>,
    /// Whether that is another answer than then.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<bool>,
    /// The same in a sentence.
    message: String,
    /// What was asked, in order.
    steps: Vec<StepView>,
    #[serde(flatten)]
    fix: Option<Fix>,
}

impl Replayed {
    /// Why it is not asked again.
    fn not_asked(message: &str) -> Self {
        Self { effect: None, changed: None, message: message.to_owned(), steps: Vec::new(), fix: None }
    }
}

/// Asks again; nothing if the reader's account has no part in it.
pub(super) fn replay(
    cx: &mut Context<'_>,
    event: &Event,
    diagnosis: &Diagnosis,
    reader: Reader,
) -> Result<Option<Replayed>, ApiError> {
    let asker = diagnosis.principal.account;
    if reader.account != asker && reader.account != diagnosis.owner {
        return Ok(None);
    }
    if diagnosis.is_cut {
        let message = "The record does not hold the whole question, so it was not asked again.";
        return Ok(Some(Replayed::not_asked(message)));
    }
    let check = question(diagnosis);
    let told = if reader.account == asker {
        match revived(cx, diagnosis)? {
            Some(subject) => of_the_asker(cx, &subject, &check, diagnosis),
            None => return Ok(Some(Replayed::not_asked("Whoever asked no longer exists."))),
        }
    } else {
        of_the_role(cx, event, &check)
    };
    Ok(Some(match told? {
        Some(told) => compared(told, diagnosis, reader),
        None => Replayed::not_asked("The role no longer exists."),
    }))
}

/// The question as it was.
fn question(diagnosis: &Diagnosis) -> Check {
    let mut conditions = Conditions::new();
    for (key, values) in &diagnosis.conditions {
        for value in values {
            conditions.add(key.clone(), value.as_str());
        }
    }
    let resource = ResourceName::new(diagnosis.owner, diagnosis.resource.clone());
    Check {
        action: diagnosis.action.clone().into(),
        resource: resource.in_group(diagnosis.resource_group.clone()),
        conditions,
    }
}

/// Whoever asked, by the number that is never used again, with the permissions of now.
fn revived(cx: &Context<'_>, diagnosis: &Diagnosis) -> Result<Option<Subject>, ApiError> {
    let (principal, tx) = (&diagnosis.principal, cx.tx());
    let account = principal.account;
    let number = || principal.id.parse::<u64>().ok();
    match principal.kind.as_ref() {
        "RootUser" => Ok(Some(Subject::account(account))),
        "SubUser" => {
            let Some(number) = number() else { return Ok(None) };
            let user = User::find_by_id(tx, account, number)?;
            user.map(|user| Subject::user(cx.core(), tx, account, user)).transpose()
        }
        "AssumedRoleUser" => {
            let Some(number) = number() else { return Ok(None) };
            let Some(role) = Role::find_by_id(tx, account, number)? else { return Ok(None) };
            let session =
                principal.display_name.split_once(':').map_or("", |(_, session)| session).to_owned();
            let policy = diagnosis.session_policy.clone();
            Subject::session(cx.core(), tx, account, role, session, policy).map(Some)
        }
        _ => Ok(None),
    }
}

/// The half of the account that asked; all of it, if there is no other. Nothing if the role is gone.
fn of_the_asker(
    cx: &mut Context<'_>,
    subject: &Subject,
    check: &Check,
    diagnosis: &Diagnosis,
) -> Result<Option<Told>, ApiError> {
    if diagnosis.policy_type == SESSION_POLICY && diagnosis.session_policy.is_none() {
        let message = "The session policy did not allow it; it is too long to have been kept.";
        return Ok(Some(Told {
            effect: Effect::ImplicitDeny,
            message: message.to_owned(),
            steps: Vec::new(),
            fix: Some(Fix::other_session()),
        }));
    }
    if is_assume_role(check) && check.resource.owner != cx.account() {
        let explanation = subject.explain_assuming(check, &trusting(cx.account())?);
        return own_half(cx, subject, check, explanation).map(Some);
    }
    match judge(cx, subject, check, Conditions::new()) {
        Err(error) if error.code() == &ErrorCode::EntityNotExistRole => Ok(None),
        told => told.map(Some),
    }
}

/// The half of the account whose role was to be assumed: its trust policy. Nothing if the role is gone.
fn of_the_role(cx: &Context<'_>, event: &Event, check: &Check) -> Result<Option<Told>, ApiError> {
    let Ok(arn) = check.resource.arn.parse::<RoleArn>() else { return Ok(None) };
    let Some(role) = Role::find(cx.tx(), cx.account(), arn.name())? else { return Ok(None) };
    let asker = event.caller.as_ref().map(|caller| caller.arn.as_str()).unwrap_or_default();
    let Some(subject) = Subject::stranger(asker)? else { return Ok(None) };
    let trust = cx.core().permissions().trust(&role)?;
    let mut explanation = subject.explain_assuming(check, &trust);
    explanation.steps.retain(|step| step.layer == Layer::Trust);
    let advice = explanation.advice(&subject.question(check)).map(|advice| Fix::of(&advice));
    let texts = Texts { session: None, trust: Some(&role.trust_policy) };
    Told::all(cx, &explanation, texts, advice).map(Some)
}

/// The answer of now beside that of then.
fn compared(told: Told, diagnosis: &Diagnosis, reader: Reader) -> Replayed {
    let then = if diagnosis.explicit { Effect::ExplicitDeny } else { Effect::ImplicitDeny };
    let by_reader = diagnosis.decided_by == reader.account;
    let other_half =
        if reader.account == diagnosis.owner { diagnosis.principal.account } else { diagnosis.owner };
    let same_statement = told.decided_as(diagnosis.statement.as_ref());
    let changed = by_reader && (told.effect != then || !same_statement);
    let message = match (told.effect, by_reader, changed) {
        (Effect::Allow, true, _) if other_half == reader.account => {
            "It would be allowed now: the policies have changed since.".to_owned()
        }
        (Effect::Allow, ..) => {
            format!("Your policies allow it now; the other half is decided by account {other_half}.")
        }
        (_, true, false) => "The policies decide the same now.".to_owned(),
        _ => format!("It would be refused now. {}", told.message),
    };
    let mut steps = told.steps;
    for step in &mut steps {
        step.hide(|key| reader.sees(key));
    }
    Replayed {
        // With a half missing, a yes is no answer.
        effect: Some(effect_name(told.effect))
            .filter(|_| !told.effect.is_allow() || other_half == reader.account),
        changed: by_reader.then_some(changed),
        message,
        steps,
        fix: told.fix,
    }
}
