//! Every page: which address leads to which, and what comes before all of them.

pub(crate) mod account;
mod activity;
mod analyzer;
mod api_call;
mod check;
mod confirm;
mod conflict;
mod delegation;
mod developer;
mod failure;
mod grant;
mod group;
mod home;
mod kept_form;
mod logon;
mod logon_step;
pub(crate) mod manual;
mod me;
mod messaging;
mod new_tags;
mod operator;
mod oss;
mod picker;
mod policy;
mod preferences;
pub(crate) mod resource;
mod resource_group;
mod result;
mod role;
mod search;
mod service_list;
pub(crate) mod session;
mod settings;
mod several;
mod sso;
mod switch_role;
mod tags;
mod test_access;
mod trail;
mod user;
mod verification;
mod why;

use argali_protocol::ApiFailure;

pub(crate) use check::ways_to_grant;
pub(crate) use resource::closed;
pub(crate) use trail::trail;
pub(crate) use why::{in_short as why_in_short, path_of as path_to_why};

use crate::answer::Answer;
use crate::api::{ARGALI, VERIFICATION_REQUIRED};
use crate::browser::Kept;
use crate::guard;
use crate::need;
use crate::part::helped;
use crate::visit::Visit;

/// Pages that the script shows beside the page which leads to them. A form of theirs leads to a page with a link that
/// closes it (`data-close`), which is shown there, too, or to one that can be got once more, as a page of its own.
// SPEC: console, parts, panel.
pub(crate) const PANELS: [&str; 2] = [grant::FORM, group::NEW];

/// Why a page cannot be shown.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// There is no such page.
    NoPage,
    /// Something is to be done with those that are chosen, and none is.
    NoneChosen,
    /// An operation was refused.
    Failed(ApiFailure),
}

impl Refusal {
    /// A failure that the form shows which was sent; not one that leads to another page first.
    fn shown(failure: ApiFailure) -> Result<ApiFailure, Self> {
        if failure.code == VERIFICATION_REQUIRED { Err(Self::Failed(failure)) } else { Ok(failure) }
    }
}

impl From<ApiFailure> for Refusal {
    fn from(failure: ApiFailure) -> Self {
        Self::Failed(failure)
    }
}

/// What a page comes to.
pub(crate) type Outcome = Result<Answer, Refusal>;

/// Answers a visit.
pub(crate) async fn answer(mut visit: Visit<'_>) -> Answer {
    let answer = written(&mut visit).await;
    need::settle(&visit, helped(&visit, answer).await)
}

/// The answer, with marks around what needs permission.
async fn written(visit: &mut Visit<'_>) -> Answer {
    if !visit.is_private() {
        return failure::needs_https(visit);
    }
    if visit.is_post() {
        if !guard::admits(visit) {
            return failure::form_expired(visit);
        }
        if !api_call::is_asked(visit) && !visit.console().once.is_first(visit.form().get("form")) {
            return failure::sent_twice(visit);
        }
    }
    let sent = visit.form().get("form").to_owned();
    let outcome = match outside(visit).await {
        Some(outcome) => outcome,
        None => inside(visit).await,
    };
    let answer = outcome.unwrap_or_else(|refusal| failure::refused(visit, &refusal));
    release(visit, &sent, &answer);
    if visit.is_new_browser() && !visit.is_post() {
        return answer.setting(Kept::Browser.set(visit.browser(), visit.is_secure()));
    }
    answer
}

/// Lets a form be sent again that was refused: nothing was carried out, and whoever goes back to it can mend it.
fn release(visit: &Visit<'_>, form: &str, answer: &Answer) {
    if visit.is_post() && (400..500).contains(&answer.status) {
        visit.console().once.was_refused(form);
    }
}

/// Pages for which nobody has to be logged on.
async fn outside(visit: &Visit<'_>) -> Option<Outcome> {
    let outcome = match (visit.is_post(), visit.path().as_slice()) {
        (false, ["logon"]) => Ok(logon::show(visit)),
        (true, ["logon"]) => logon::send(visit).await,
        (false, ["logon", "continue"]) => Ok(logon_step::show(visit).await),
        (true, ["logon", "continue"]) => logon_step::send(visit).await,
        (true, ["logon", "preferences"]) => Ok(preferences::keep(visit).await),
        (_, ["logon", ..] | ["console", "static", ..]) => Err(Refusal::NoPage),
        _ => return None,
    };
    Some(outcome)
}

/// Pages of whoever is logged on; and the manual, which is for everybody.
async fn inside(visit: &mut Visit<'_>) -> Outcome {
    let is_somebody = visit.identify().await.is_ok();
    if let (false, ["console", "manual", rest @ ..]) = (visit.is_post(), visit.path().as_slice()) {
        return manual::answer(visit, rest);
    }
    if !is_somebody {
        return Ok(logon::ask(visit));
    }
    let mut renewed = None;
    if visit.is_post() && visit.path() == ["console", "verify"] {
        match verification::verify(visit).await {
            Ok((form, session)) => {
                visit.resume(form, session.clone());
                visit.identify().await?;
                // It may have waited more than once: whoever is asked can go back and send it again.
                if !visit.console().once.is_first(visit.form().get("form")) {
                    let answer = failure::sent_twice(visit);
                    return Ok(answer.setting(Kept::Session.set(session, visit.is_secure())));
                }
                renewed = Some(session);
            }
            Err(answer) => return Ok(answer),
        }
    }
    if let (false, ["console", "kept", key]) = (visit.is_post(), visit.path().as_slice()) {
        let key = (*key).to_owned();
        kept_form::show_again(visit, &key)?;
        return kept_form::page(visit).await;
    }
    if visit.is_post() && api_call::is_asked(visit) {
        return Ok(api_call::show(visit).await);
    }
    let visit = &*visit;
    let answer = match of_somebody(visit).await {
        Err(Refusal::Failed(failure)) if visit.is_post() && failure.code == VERIFICATION_REQUIRED => {
            verification::ask(visit).await
        }
        outcome => outcome.unwrap_or_else(|refusal| failure::refused(visit, &refusal)),
    };
    Ok(match renewed {
        Some(session) => {
            release(visit, visit.form().get("form"), &answer);
            answer.setting(Kept::Session.set(session, visit.is_secure()))
        }
        None => answer,
    })
}

/// Pages of somebody who was identified.
async fn of_somebody(visit: &Visit<'_>) -> Outcome {
    if visit.acting().is_some() && visit.switched().is_none() {
        return switch_role::ask(visit).await;
    }
    if visit.acting().is_some()
        && let Err(failure) = visit.call(ARGALI, "GetLogonSession", &[]).await
    {
        return Ok(switch_role::ended(visit, &failure).await);
    }
    let path = visit.path();
    let path = path.get(1..).unwrap_or_default();
    match (visit.is_post(), path) {
        (false, []) => home::show(visit).await,
        (true, ["log-off"]) => logon::log_off(visit).await,
        (false, ["switch-role"]) => switch_role::show(visit).await,
        (true, ["switch-role"]) => switch_role::send(visit).await,
        (true, ["switch-role", "favourite"]) => switch_role::mark(visit).await,
        (true, ["switch-role", "extend"]) => switch_role::extend(visit).await,
        (true, ["switch-back"]) => switch_role::back(visit).await,
        (false, ["result", key]) => result::show(visit, key),
        (false, ["search"]) => search::show(visit).await,
        (false, ["activity", rest @ ..]) => activity::answer(visit, rest).await,
        (_, ["analyzer", rest @ ..]) => analyzer::answer(visit, rest).await,
        (false, ["why", rest @ ..]) => why::answer(visit, rest).await,
        (false, ["test", rest @ ..]) => test_access::answer(visit, rest).await,
        (_, ["ram", "users", rest @ ..]) => user::answer(visit, rest).await,
        (_, ["ram", "groups", rest @ ..]) => group::answer(visit, rest).await,
        (_, ["ram", "roles", rest @ ..]) => role::answer(visit, rest).await,
        (_, ["ram", "policies", rest @ ..]) => policy::answer(visit, rest).await,
        (_, ["delegations", rest @ ..]) => delegation::answer(visit, rest).await,
        (_, ["sessions", rest @ ..]) => session::answer(visit, rest).await,
        (_, ["oss", rest @ ..]) => oss::answer(visit, rest).await,
        (_, ["messaging", rest @ ..]) => messaging::answer(visit, rest).await,
        (_, ["resource-groups", rest @ ..]) => resource_group::answer(visit, rest).await,
        (_, ["resources", rest @ ..]) => resource::answer(visit, rest).await,
        (_, ["settings", rest @ ..]) => settings::answer(visit, rest).await,
        (_, ["me", rest @ ..]) => me::answer(visit, rest).await,
        (_, ["sso", rest @ ..]) => sso::answer(visit, rest).await,
        (_, ["developer", rest @ ..]) => developer::answer(visit, rest).await,
        (_, ["operator", rest @ ..]) => operator::answer(visit, rest).await,
        (_, ["ram", "grants", rest @ ..]) => grant::answer(visit, rest).await,
        _ => Err(Refusal::NoPage),
    }
}
