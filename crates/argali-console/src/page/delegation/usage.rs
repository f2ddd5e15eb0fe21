//! Letting users of the account use a role elsewhere, with a policy for just this role; and not using it any more.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::HOME;
use super::received::{self, May, Received, bare};
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, VERIFICATION_REQUIRED, is_absent, list, text};
use crate::need::{Need, submit};
use crate::page::grant::{ATTACH, Kind};
use crate::page::picker::{FIND, MOST_OFFERED, Picker};
use crate::page::{Outcome, Refusal, result, session};
use crate::part::{Fields, Table, Weight, explained, heading, notice, show_api, summary_of};
use crate::shell::{self, token};
use crate::text::delegation::*;
use crate::text::shell::{CANCEL, CLOSE};
use crate::visit::Visit;

/// How many are named who may use a role all the same.
const MOST_NAMED: usize = 20;
/// Whom the policy is attached to.
const USERS_TO_BE: Picker = Picker {
    field: "q",
    boxes: "principal",
    label: USERS_AND_GROUPS,
    kinds: &[Kind::User, Kind::Group],
    at_first: MOST_OFFERED,
};

/// The name of the policy that lets people use just this role.
fn policy_name(role: &Received) -> String {
    // Names of policies have no periods.
    format!("AssumeRole-{}-{}", role.account, role.role.replace('.', "--"))
}

fn policy_document(role: &Received) -> Value {
    let statement = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role.policy_arn() });
    json!({ "Version": "1", "Statement": [statement] })
}

/// What letting somebody use a role needs.
pub(super) fn granting() -> Need {
    Need::any(ATTACH.iter().map(|operation| Need::somehow(RAM, operation)))
}

/// What not using a role any more needs.
pub(super) fn stopping() -> Need {
    Need::any([Need::somehow(RAM, "DetachPolicyFromUser"), Need::somehow(ARGALI, "EndSession")])
}

/// The form that lets users and groups use a role.
pub(super) async fn form(visit: &Visit<'_>, role: &Received) -> Markup {
    html! {
        form.card.stack method="post" action=(visit.to(&format!("{}/use", role.path()))) {
            h2 { (visit.say(LET_THEM)) }
            p.muted { (visit.say(LET_THEM_WHAT)) }
            (token(visit))
            (USERS_TO_BE.show(visit, &Fields::new(visit)).await)
            div.actions { (submit(visit, granting(), ("button main", LET_USE))) (show_api(visit)) }
        }
    }
}

/// Attaches the policy to those who were chosen.
pub(super) async fn let_use(visit: &Visit<'_>, account: &str, role: &str) -> Outcome {
    let role = Received::find(visit, account, role).await?;
    if visit.form().get("do") == FIND {
        return received::one(visit, &role, 200, None).await;
    }
    let chosen = USERS_TO_BE.chosen(visit.form());
    let refused = |words: String| summary_of(&[(None, words.as_str())]);
    if chosen.is_empty() {
        return received::one(visit, &role, 400, Some(refused(visit.say(CHOOSE).to_owned()))).await;
    }
    let policy = policy_name(&role);
    if let Some(words) = make_policy(visit, &role, &policy).await? {
        return received::one(visit, &role, 409, Some(refused(words))).await;
    }
    let mut rows = Vec::new();
    for principal in chosen {
        let params = [
            (principal.kind.parameter(), principal.name.as_str()),
            ("PolicyName", &policy),
            ("PolicyType", "Custom"),
        ];
        let came = visit.call(RAM, &principal.kind.operation("AttachPolicyTo"), &params).await;
        rows.push(vec![principal.show(visit), state(visit, came.err())?]);
    }
    let title = visit.fill(LET_DONE, &[&role.role]);
    let content = html! {
        div.narrow {
            (heading(&html! { (title) }, None, &html! {}))
            (Table { caption: WHO, columns: &[WHO, STATE], rows }.show(visit))
            div.actions { a.button.main href=(visit.to(&role.path())) { (visit.say(CLOSE)) } }
        }
    };
    Ok(result::keep(visit, &title, content))
}

/// Makes the policy unless it is there; says why not if another one has its name.
async fn make_policy(visit: &Visit<'_>, role: &Received, policy: &str) -> Result<Option<String>, ApiFailure> {
    let document = policy_document(role);
    let params = [("PolicyName", policy), ("PolicyDocument", &document.to_string())];
    match visit.call(RAM, "CreatePolicy", &params).await {
        Err(failure) if failure.code.starts_with("EntityAlreadyExist") => {
            let params = [("PolicyType", "Custom"), ("PolicyName", policy)];
            let answer = visit.call(RAM, "GetPolicy", &params).await?;
            let version = answer.get("DefaultPolicyVersion").unwrap_or(&Value::Null);
            let found: Value = serde_json::from_str(text(version, "PolicyDocument")).unwrap_or_default();
            Ok((found != document).then(|| visit.fill(POLICY_DIFFERS, &[policy])))
        }
        made => made.map(|_| None),
    }
}

/// What came of one step.
pub(super) fn state(visit: &Visit<'_>, failure: Option<ApiFailure>) -> Result<Markup, Refusal> {
    match failure {
        None => Ok(html! { span.badge.success { (visit.say(DONE)) } }),
        Some(failure) if failure.code == VERIFICATION_REQUIRED => Err(failure.into()),
        Some(failure) if failure.code.starts_with("EntityAlreadyExist") => {
            Ok(html! { span.badge { (visit.say(ALREADY)) } })
        }
        Some(failure) => {
            Ok(html! { span.badge.warning { (visit.say(NOT_DONE)) } " " (explained(visit, &failure)) })
        }
    }
}

/// What is taken back with a role.
#[derive(Debug, Default)]
struct Losses {
    /// Who has the policy for just this role: what detaches it, the parameter, the name.
    holders: Vec<(&'static str, &'static str, String)>,
    has_policy: bool,
    sessions: Vec<Value>,
}

impl Losses {
    async fn of(visit: &Visit<'_>, role: &Received) -> Result<Self, ApiFailure> {
        let policy = policy_name(role);
        let params = [("PolicyType", "Custom"), ("PolicyName", policy.as_str())];
        let entities = match visit.call(RAM, "ListEntitiesForPolicy", &params).await {
            Err(failure) if is_absent(&failure) => None,
            answer => Some(answer?),
        };
        let mut losses = Self { has_policy: entities.is_some(), ..Self::default() };
        let entities = entities.unwrap_or_default();
        let kinds = [
            ("Users", "User", "UserName", "DetachPolicyFromUser"),
            ("Groups", "Group", "GroupName", "DetachPolicyFromGroup"),
            ("Roles", "Role", "RoleName", "DetachPolicyFromRole"),
        ];
        for (plural, singular, name, detach) in kinds {
            let names =
                list(&entities, plural, singular).map(|one| (detach, name, text(one, name).to_owned()));
            losses.holders.extend(names);
        }
        let params = [
            ("AccountId", role.account.as_str()),
            ("RoleName", &role.role),
            ("SourceAccountId", visit.account_id()),
            ("Status", "Live"),
            ("MaxItems", "1000"),
        ];
        let answer = visit.call(ARGALI, "ListSessions", &params).await?;
        losses.sessions = list(&answer, "Sessions", "Session").cloned().collect();
        Ok(losses)
    }
}

/// Asks whether a role is really not to be used any more.
pub(super) async fn ask_to_stop(visit: &Visit<'_>, account: &str, role: &str) -> Outcome {
    let role = Received::find(visit, account, role).await?;
    let losses = Losses::of(visit, &role).await?;
    let may = if role.is_offered { May::ask(visit, &role, received::MANY).await } else { May::default() };
    let holds = |who: &&String| {
        losses.holders.iter().any(|(_, kind, name)| *kind == "UserName" && **who == format!("user/{name}"))
    };
    let still: Vec<_> =
        may.who.iter().filter(|who| !holds(who)).take(MOST_NAMED).map(|who| bare(who)).collect();
    let title = visit.phrase(STOP_TITLE, &[html! { strong { bdi { (role.role) } } }]);
    let sessions: Vec<&Value> = losses.sessions.iter().collect();
    let content = html! {
        div.narrow {
            h1 { (title) }
            (notice(Weight::Info, &html! { p { (visit.say(STOP_WHAT)) } }))
            section.card.stack {
                @if losses.holders.is_empty() { p { (visit.say(STOP_LOSE_NONE)) } }
                @else {
                    p { (visit.say(STOP_LOSE)) }
                    ul.names { @for (_, _, name) in &losses.holders { li { bdi { (name) } } } }
                }
                @if !still.is_empty() { p.muted { (visit.fill(STOP_STILL, &[&still.join(", ")])) } }
            }
            @if !sessions.is_empty() {
                (notice(Weight::Warning, &html! { p { (visit.fill(SESSIONS_END, &[&sessions.len().to_string()])) } }))
                (session::short_table(visit, &sessions))
            }
            form.actions method="post" action=(visit.to(&format!("{}/stop", role.path()))) {
                (token(visit))
                (submit(visit, stopping(), ("button danger", STOP)))
                a.button href=(visit.to(&role.path())) { (visit.say(CANCEL)) }
                (show_api(visit))
            }
        }
    };
    Ok(Answer::page(200, shell::page(visit, &visit.fill(STOP_TITLE, &[&role.role]), &content)))
}

/// Takes back what was granted for just this role, and ends the sessions in it.
pub(super) async fn stop(visit: &Visit<'_>, account: &str, role: &str) -> Outcome {
    let role = Received::find(visit, account, role).await?;
    let losses = Losses::of(visit, &role).await?;
    let policy = policy_name(&role);
    if losses.has_policy {
        // Whether one has shown that one is still the same is asked before anything is done.
        let probe = visit.call(RAM, "DeletePolicy", &[("PolicyName", policy.as_str())]).await;
        if let Err(failure) = probe
            && failure.code == VERIFICATION_REQUIRED
        {
            return Err(failure.into());
        }
    }
    let mut rows = Vec::new();
    for (detach, parameter, name) in &losses.holders {
        let params = [(*parameter, name.as_str()), ("PolicyName", policy.as_str()), ("PolicyType", "Custom")];
        let came = visit.call(RAM, detach, &params).await;
        rows.push(vec![html! { (visit.fill(DID_TAKE_BACK, &[name])) }, state(visit, came.err())?]);
    }
    if !losses.holders.is_empty() {
        let came = visit.call(RAM, "DeletePolicy", &[("PolicyName", policy.as_str())]).await;
        rows.push(vec![html! { (visit.fill(DID_DELETE_POLICY, &[&policy])) }, state(visit, came.err())?]);
    }
    for one in &losses.sessions {
        let came = visit.call(ARGALI, "EndSession", &[("SessionId", text(one, "SessionId"))]).await;
        let name = format!("{} ({})", text(one, "SessionName"), session::who(one));
        rows.push(vec![html! { (visit.fill(DID_END, &[&name])) }, state(visit, came.err())?]);
    }
    let title = visit.fill(STOPPED, &[&role.role]);
    let content = html! {
        div.narrow {
            (heading(&html! { (title) }, None, &html! {}))
            @if rows.is_empty() { p { (visit.say(STOP_LOSE_NONE)) } }
            @else { (Table { caption: WHAT_WAS_DONE, columns: &[WHAT_WAS_DONE, STATE], rows }.show(visit)) }
            div.actions { a.button.main href=(visit.to(&format!("{HOME}?tab=received"))) { (visit.say(CLOSE)) } }
        }
    };
    Ok(result::keep(visit, &title, content))
}
