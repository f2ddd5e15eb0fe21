//! Every page: which address leads to which, and what comes before all of them.

mod failure;
mod home;
mod logon;
mod logon_step;
mod preferences;
mod switch_role;

use argali_protocol::ApiFailure;

use crate::answer::Answer;
use crate::api::ARGALI;
use crate::browser::Kept;
use crate::guard;
use crate::visit::Visit;

/// Why a page cannot be shown.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// There is no such page.
    NoPage,
    /// An operation was refused.
    Failed(ApiFailure),
}

impl From<ApiFailure> for Refusal {
    fn from(failure: ApiFailure) -> Self {
        Self::Failed(failure)
    }
}

/// What a page comes to.
type Outcome = Result<Answer, Refusal>;

/// Answers a visit.
pub(crate) async fn answer(mut visit: Visit<'_>) -> Answer {
    if !visit.is_private() {
        return failure::needs_https(&visit);
    }
    if visit.is_post() {
        if !guard::admits(&visit) {
            return failure::form_expired(&visit);
        }
        if !visit.console().once.is_first(visit.form().get("form")) {
            return failure::sent_twice(&visit);
        }
    }
    let outcome = match outside(&visit).await {
        Some(outcome) => outcome,
        None => inside(&mut visit).await,
    };
    let answer = outcome.unwrap_or_else(|refusal| failure::refused(&visit, &refusal));
    if visit.is_new_browser() && !visit.is_post() {
        return answer.setting(Kept::Browser.set(visit.browser(), visit.is_secure()));
    }
    answer
}

/// Pages for which nobody has to be logged on.
async fn outside(visit: &Visit<'_>) -> Option<Outcome> {
    let outcome = match (visit.is_post(), visit.path().as_slice()) {
        (false, ["logon"]) => Ok(logon::show(visit)),
        (true, ["logon"]) => logon::send(visit).await,
        (false, ["logon", "continue"]) => Ok(logon_step::show(visit)),
        (true, ["logon", "continue"]) => logon_step::send(visit).await,
        (true, ["logon", "preferences"]) => Ok(preferences::keep(visit)),
        (_, ["logon", ..] | ["console", "static", ..]) => Err(Refusal::NoPage),
        _ => return None,
    };
    Some(outcome)
}

/// Pages of whoever is logged on.
async fn inside(visit: &mut Visit<'_>) -> Outcome {
    if visit.identify().await.is_err() {
        return Ok(logon::ask(visit));
    }
    let visit = &*visit;
    if visit.acting().is_some() && visit.switched().is_none() {
        return switch_role::ask(visit).await;
    }
    if visit.acting().is_some()
        && let Err(failure) = visit.call(ARGALI, "GetLogonSession", &[]).await
    {
        return Ok(switch_role::ended(visit, &failure));
    }
    match (visit.is_post(), visit.path().get(1..).unwrap_or_default()) {
        (false, []) => home::show(visit).await,
        (true, ["log-off"]) => logon::log_off(visit).await,
        (false, ["switch-role"]) => switch_role::show(visit).await,
        (true, ["switch-role"]) => switch_role::send(visit).await,
        (true, ["switch-back"]) => switch_role::back(visit).await,
        _ => Err(Refusal::NoPage),
    }
}
