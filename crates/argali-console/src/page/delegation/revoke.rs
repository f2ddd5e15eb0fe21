//! Revoking: who loses what is shown, then what was ticked is carried out, and what was done is a record to keep.
// SPEC: console, delegations, revoke; evaluation, ending cross-account delegation.

use std::fmt::Write as _;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::HOME;
use super::given::Given;
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, VERIFICATION_REQUIRED, holds, list, text};
use crate::moment::{exactly, moment};
use crate::need::{Need, submit};
use crate::page::account::Names;
use crate::page::role::trust::document::without;
use crate::page::role::trust::{review, words};
use crate::page::{Outcome, Refusal, result, session};
use crate::part::show_api;
use crate::part::{Table, Weight, explained, facts, heading, notice, summary_of, tick};
use crate::shell::{self, token};
use crate::text::delegation::*;
use crate::text::shell::{CANCEL, CLOSE};
use crate::visit::Visit;

/// A delegation that is to be revoked, with what that would do.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) given: Given,
    /// The trust policy without the account.
    without: String,
    effect: Value,
}

impl Plan {
    pub(super) async fn of(visit: &Visit<'_>, role: &str, account: &str) -> Result<Self, Refusal> {
        let given = Given::find(visit, role, account).await?;
        let without = without(&given.document, |_, principal| given.is_of(principal));
        let params = [("RoleName", given.role.as_str()), ("AssumeRolePolicyDocument", &without)];
        let effect = visit.call(ARGALI, "PreviewTrustPolicy", &params).await?;
        Ok(Self { given, without, effect })
    }

    pub(super) fn sessions(&self) -> Vec<&Value> {
        list(&self.effect, "Sessions", "Session").collect()
    }

    /// Whether sessions that are not admitted any more run on unless they are ended.
    pub(super) fn runs_on(&self) -> bool {
        !holds(&self.effect, "EndsAtOnce") && !self.sessions().is_empty()
    }

    /// Takes the account out of the trust policy.
    pub(super) async fn strip(&self, visit: &Visit<'_>) -> Result<Done, Refusal> {
        let params =
            [("RoleName", self.given.role.as_str()), ("NewAssumeRolePolicyDocument", self.without.as_str())];
        let came = asked_first(visit.call(RAM, "UpdateRole", &params).await)?;
        Ok(Done::new(visit.fill(DID_TRUST, &[&self.given.account]), came))
    }

    /// Ends the sessions.
    pub(super) async fn end(&self, visit: &Visit<'_>) -> Vec<Done> {
        let mut ended = Vec::new();
        for one in self.sessions() {
            let came = visit.call(ARGALI, "EndSession", &[("SessionId", text(one, "SessionId"))]).await;
            ended.push(Done::new(visit.fill(DID_END, &[text(one, "SessionName")]), came));
        }
        ended
    }
}

/// Shows who loses what.
pub(super) async fn ask(visit: &Visit<'_>, role: &str, account: &str) -> Outcome {
    let plan = Plan::of(visit, role, account).await?;
    page(visit, &plan, 200, None).await
}

async fn page(visit: &Visit<'_>, plan: &Plan, status: u16, refused: Option<&str>) -> Outcome {
    let given = &plan.given;
    let names = Names::of(visit, given.trust.accounts()).await;
    let lines = words::lines(visit, &names, &given.trust);
    let (lost, others): (Vec<_>, Vec<_>) =
        lines.into_iter().filter(|line| !line.denies).partition(|line| given.is_of(&line.principal));
    let others = others.iter().map(|line| line.principal.name.as_str()).collect::<Vec<_>>().join(", ");
    let (whom, what) =
        (html! { strong { bdi { (given.called()) } } }, html! { strong { bdi { (given.role) } } });
    let content = html! {
        div.narrow {
            h1 { (visit.phrase(REVOKE_TITLE, &[whom, what])) }
            @if let Some(words) = refused { (summary_of(&[(None, words)])) }
            section.card.stack {
                h2 { (visit.say(WHO_LOSES)) }
                (words::list_of(visit, &lost, |_| html! {}))
                (facts(&[(visit.say(MAY), given.may(visit)), (visit.say(LAST_USED), last_use(visit, given))]))
            }
            (review::ending(visit, &plan.effect, SESSIONS_END))
            @if !others.is_empty() { (notice(Weight::Info, &html! { p { (visit.fill(OTHERS_STAY, &[&others])) } })) }
            (form(visit, plan))
        }
    };
    let title = visit.fill(REVOKE_TITLE, &[given.called(), &given.role]);
    Ok(Answer::page(status, shell::page(visit, &title, &content)))
}

pub(super) fn last_use(visit: &Visit<'_>, given: &Given) -> Markup {
    html! { @if given.last.is_empty() { (visit.say(NEVER)) } @else { (moment(visit, &given.last)) } }
}

fn form(visit: &Visit<'_>, plan: &Plan) -> Markup {
    let ticked =
        |name: &str, default: bool| if visit.is_post() { visit.form().is_ticked(name) } else { default };
    html! {
        form.card.stack method="post" action=(visit.to(&plan.given.path("revoke"))) {
            (token(visit))
            (tick(visit, ("trust", DO_TRUST), ticked("trust", true), Some(DO_TRUST_HINT)))
            @if plan.runs_on() { (tick(visit, ("end", DO_END), ticked("end", true), Some(DO_END_HINT))) }
            (tick(visit, ("delete", DO_DELETE), ticked("delete", false), Some(DO_DELETE_HINT)))
            div.actions {
                (submit(visit, Need::any([plan.given.change(), plan.given.removal()]), ("button danger", REVOKE)))
                a.button href=(visit.to(HOME)) { (visit.say(CANCEL)) }
                (show_api(visit))
            }
        }
    }
}

/// One thing that was done, or was to be.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) what: String,
    pub(super) came: Result<String, ApiFailure>,
}

impl Done {
    pub(super) fn new(what: String, came: Result<Value, ApiFailure>) -> Self {
        Self { what, came: came.map(|answer| text(&answer, "RequestId").to_owned()) }
    }
}

/// Does what was ticked, and keeps a record of it. It goes on after a failure, so that as much is revoked as can be.
pub(super) async fn carry_out(visit: &Visit<'_>, role: &str, account: &str) -> Outcome {
    let plan = Plan::of(visit, role, account).await?;
    let form = visit.form();
    if !form.is_ticked("trust") && !form.is_ticked("delete") {
        return page(visit, &plan, 400, Some(visit.say(CHOOSE_ONE))).await;
    }
    let mut deeds = Vec::new();
    if form.is_ticked("trust") {
        deeds.push(plan.strip(visit).await?);
    }
    if form.is_ticked("end") {
        deeds.extend(plan.end(visit).await);
    }
    if form.is_ticked("delete") {
        delete(visit, &plan.given, &mut deeds).await?;
    }
    let is_whole = deeds.iter().all(|deed| deed.came.is_ok());
    let title = visit.say(if is_whole { REVOKED } else { REVOKED_PART });
    Ok(result::keep(visit, title, record(visit, &plan, title, &deeds)))
}

/// What came of something sensitive, unless its sender must first show that it is still the same: then nothing was
/// done yet.
fn asked_first(came: Result<Value, ApiFailure>) -> Result<Result<Value, ApiFailure>, Refusal> {
    match came {
        Err(failure) if failure.code == VERIFICATION_REQUIRED => Err(failure.into()),
        came => Ok(came),
    }
}

/// Detaches the policies and deletes the role.
async fn delete(visit: &Visit<'_>, given: &Given, deeds: &mut Vec<Done>) -> Result<(), Refusal> {
    let role = ("RoleName", given.role.as_str());
    let deleted = visit.fill(DID_DELETE, &[&given.role]);
    // With policies it is refused, but not before its sender has shown that it is still the same.
    let mut came = asked_first(visit.call(RAM, "DeleteRole", &[role]).await)?;
    if !given.policies.is_empty() {
        for policy in &given.policies {
            let params = [
                role,
                ("PolicyName", policy.name.as_str()),
                ("PolicyType", &policy.kind),
                ("ResourceGroupId", &policy.group),
            ];
            let detached = visit.call(RAM, "DetachPolicyFromRole", &params).await;
            deeds.push(Done::new(visit.fill(DID_DETACH, &[&policy.name]), detached));
        }
        came = visit.call(RAM, "DeleteRole", &[role]).await;
    }
    deeds.push(Done::new(deleted, came));
    Ok(())
}

/// What came of it: the state, and the event under which it stands in the trail.
pub(super) fn done(visit: &Visit<'_>, deed: &Done) -> (Markup, Markup) {
    match &deed.came {
        Ok(event) => (html! { span.badge.success { (visit.say(DONE)) } }, html! { code { (event) } }),
        Err(failure) => (
            html! { span.badge.warning { (visit.say(NOT_DONE)) } " " (explained(visit, failure)) },
            html! { code { (failure.request_id.as_deref().unwrap_or_default()) } },
        ),
    }
}

/// What was done, to be kept.
fn record(visit: &Visit<'_>, plan: &Plan, title: &str, deeds: &[Done]) -> Markup {
    let given = &plan.given;
    let now = visit.now().to_string();
    let row = |deed: &Done| {
        let (state, event) = done(visit, deed);
        vec![html! { bdi { (deed.what) } }, state, event]
    };
    let sessions = plan.sessions();
    let columns = [WHAT_WAS_DONE, STATE, EVENT];
    html! {
        div.narrow {
            (heading(&html! { (title) }, Some(visit.say(RECORD_WHAT)), &html! {}))
            section.card {
                (facts(&[
                    (visit.say(ACCOUNT), given.named()),
                    (visit.say(ROLE), html! { bdi { (given.role) } }),
                    (visit.say(WHEN), exactly(&now)),
                    (visit.say(LAST_USED), last_use(visit, given)),
                ]))
            }
            (Table { caption: RECORD, columns: &columns, rows: deeds.iter().map(row).collect() }.show(visit))
            section.stack {
                h2 { (visit.say(ENDED_SESSIONS)) }
                @if sessions.is_empty() { p.muted { (visit.say(NONE_ENDED)) } } @else { (session::short_table(visit, &sessions)) }
            }
            details {
                summary { (crate::icon::icon(crate::icon::LuChevronRight)) (visit.say(RECORD_TEXT)) }
                pre tabindex="0" { (as_text(visit, plan, &now, deeds)) }
            }
            div.actions { a.button.main href=(visit.to(HOME)) { (visit.say(CLOSE)) } }
        }
    }
}

/// The same as lines of text, to be filed.
pub(super) fn as_text(visit: &Visit<'_>, plan: &Plan, now: &str, deeds: &[Done]) -> String {
    let given = &plan.given;
    let mut lines = format!(
        "{}: {}\n{}: {} {}\n{}: {}\n{}: {}\n",
        visit.say(WHEN),
        now,
        visit.say(ACCOUNT),
        given.account,
        given.alias,
        visit.say(ROLE),
        given.arn,
        visit.say(LAST_USED),
        if given.last.is_empty() { visit.say(NEVER) } else { &given.last },
    );
    for deed in deeds {
        let came = match &deed.came {
            Ok(event) => format!("{} {event}", visit.say(EVENT)),
            Err(failure) => format!("{}: {}", visit.say(NOT_DONE), failure.code),
        };
        _ = writeln!(lines, "{} – {came}", deed.what);
    }
    for one in plan.sessions() {
        let [id, name, from, begun] =
            ["SessionId", "SessionName", "SourceIp", "IssueDate"].map(|member| text(one, member));
        _ = writeln!(
            lines,
            "{}: {id} {name} {} {from} {begun}",
            visit.say(ENDED_SESSIONS),
            session::who(one)
        );
    }
    lines
}
