//! Testing access: whether somebody may do something and why, and who can.
// SPEC: console, test access.

mod question;
mod who_can;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::check::{Question as Asked, checks_and_gates, codes, command, fix};
use super::{Outcome, Refusal, path_to_why};
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, holds, items, list, text};
use crate::icon::{self, icon};
use crate::pairs::encode;
use crate::part::{Weight, heading, notice, summary, summary_of};
use crate::shell;
use crate::text::test_access::*;
use crate::text::why::TITLE as WHY;
use crate::visit::Visit;
use question::{Question, SESSION_POLICY, Subject, Wrong};

const PLACE: &str = "/test";
const TABS: [(&str, crate::text::Text); 2] = [("may", MAY), ("who", WHO_CAN)];
/// How many users and roles are offered while one types.
const MOST_OFFERED: &str = "100";

/// Where a request that was refused is asked again.
pub(crate) fn path_of(request: &str) -> String {
    format!("{PLACE}?{}", encode([("request", request)]))
}

/// Answers a visit to an address below that of testing.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match path {
        [] if visit.query().get("tab") == "who" => who_can::show(visit).await,
        [] => show(visit).await,
        _ => Err(Refusal::NoPage),
    }
}

async fn show(visit: &Visit<'_>) -> Outcome {
    let (question, can_ask, note) = match visit.query().filled("request") {
        Some(request) => replayed(visit, request).await?,
        None => (Question::read(visit.query()), true, html! {}),
    };
    let broken = question.broken_policy(visit);
    let is_asked = can_ask && question.is_whole() && broken.is_none();
    let result = if is_asked { Some(judged(visit, &question).await) } else { None };
    let (status, failure, result) = match result {
        None if broken.is_some() => (400, None, html! {}),
        None => (200, None, html! {}),
        Some(Ok(result)) => (200, None, result),
        Some(Err(failure)) => (failure.status, Some(failure), html! {}),
    };
    let wrong = Wrong { failure: failure.as_ref(), policy: broken.as_deref() };
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &html! {}))
        (crate::part::tabs(visit, PLACE, "may", &TABS))
        (note)
        @if let Some(failure) = &failure { (summary(visit, failure)) }
        @if let Some(words) = &broken { (summary_of(&[(Some(SESSION_POLICY), words)])) }
        div.columns {
            form.card.stack method="get" action=(visit.to(PLACE)) {
                (question.fields(visit))
                (question.circumstances(visit, wrong))
                (offered(visit).await)
                div.actions { button.button.main { (visit.say(TEST)) } }
            }
            div.stack { (result) }
        }
    };
    Ok(Answer::page(status, shell::page(visit, visit.say(TITLE), &content)))
}

/// The question that a refused request asked, and whether it can be asked here: nobody is tested in place of another.
async fn replayed(visit: &Visit<'_>, request: &str) -> Result<(Question, bool, Markup), Refusal> {
    let why = visit.call(ARGALI, "Why", &[("RequestId", request)]).await?;
    let is_owner = visit.acting().is_none() && visit.who().is_some_and(|who| who.user.is_none());
    let (question, is_ours) = Question::of_refusal(&why, visit.account_id(), is_owner);
    let sentence = match (question.action.is_empty(), is_ours) {
        (true, _) => NOT_REPLAYED,
        (false, true) => REPLAYED,
        (false, false) => NOT_REPLAYED_AS,
    };
    let caller = why.get("Caller").map(|caller| text(caller, "Arn")).unwrap_or_default();
    let way = html! { a href=(visit.to(&path_to_why(request))) { (visit.say(WHY)) } };
    let note = visit.phrase(sentence, &[codes(&[request]), codes(&[caller]), way]);
    Ok((question, is_ours, notice(Weight::Info, &html! { p { (note) } })))
}

/// The answer to a question.
async fn judged(visit: &Visit<'_>, question: &Question) -> Result<Markup, ApiFailure> {
    match question.subject {
        Subject::Through => through_role(visit, question).await,
        _ => one_step(visit, question, &question.principal()).await.map(|(_, markup)| markup),
    }
}

/// A user assumes a role and does it there: both must be allowed.
async fn through_role(visit: &Visit<'_>, question: &Question) -> Result<Markup, ApiFailure> {
    let assuming = question.of_assuming(visit.account_id());
    let question = &question.within_the_account();
    let (may_assume, first) = one_step(visit, &assuming, &assuming.principal()).await?;
    let (may_act, second) = one_step(visit, question, &question.principal()).await?;
    let user = html! { bdi { (question.user) } };
    Ok(html! {
        @if may_act && !may_assume { (notice(Weight::Warning, &html! { p { (visit.phrase(NO_ROLE_NEEDED, std::slice::from_ref(&user))) } })) }
        h2 { (visit.phrase(STEP_ASSUME, &[user])) }
        (first)
        h2 { (visit.say(STEP_ACT)) }
        (second)
    })
}

async fn one_step(
    visit: &Visit<'_>,
    question: &Question,
    principal: &str,
) -> Result<(bool, Markup), ApiFailure> {
    let conditions = question.params();
    let mut params: Vec<_> = conditions.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    params.push(("AuthPrincipal", principal));
    let answer = visit.call(ARGALI, "TestAccess", &params).await?;
    let allowed = holds(&answer, "Allowed");
    let arn = text(&answer, "AuthPrincipalArn");
    let values = [codes(&[arn]), codes(&[&question.action]), codes(&[&question.resource])];
    let asked = Asked { arn, resource: &question.resource };
    let markup = html! {
        div.notice.success[allowed].danger[!allowed] role="status" {
            (icon(if allowed { icon::LuCheck } else { icon::LuX }))
            div { p { (visit.phrase(if allowed { YES } else { NO }, &values)) } }
        }
        (checks_and_gates(visit, &answer))
        (fix(visit, &answer, &asked))
        (command(visit, &question.command(principal).iter().map(String::as_str).collect::<Vec<_>>()))
    };
    Ok((allowed, markup))
}

/// What is offered while one types: users, roles and actions, as far as the viewer may see them.
async fn offered(visit: &Visit<'_>) -> Markup {
    let most = [("MaxItems", MOST_OFFERED)];
    let users = visit.call(RAM, "ListUsers", &most).await.unwrap_or_default();
    let roles = visit.call(RAM, "ListRoles", &most).await.unwrap_or_default();
    html! {
        datalist #users { @for user in list(&users, "Users", "User") { option value=(text(user, "UserName")) {} } }
        datalist #roles { @for role in list(&roles, "Roles", "Role") { option value=(text(role, "RoleName")) {} } }
        (offered_actions(visit).await)
    }
}

/// The actions that there are.
pub(super) async fn offered_actions(visit: &Visit<'_>) -> Markup {
    let services = visit.call(ARGALI, "ListActions", &[]).await.unwrap_or(Value::Null);
    let actions = items(&services, "Services").flat_map(|service| items(service, "Actions"));
    html! { datalist #actions { @for action in actions { option value=(text(action, "Action")) {} } } }
}
