//! Why: what became of a call, what decided it, and what would help. The viewer is told its own half.
// SPEC: console, activity and two-sided privacy.

use maud::{Markup, html};
use serde_json::Value;

use super::check::{self, Question, checks, codes, command, fix};
use super::{Outcome, Refusal, activity, test_access};
use crate::answer::Answer;
use crate::api::{ARGALI, holds, items, text};
use crate::moment::moment;
use crate::pairs::segment;
use crate::part::{Field, Fields, Weight, card, copyable, facts, heading, in_words, notice};
use crate::shell;
use crate::text::why::*;
use crate::visit::Visit;

const PLACE: &str = "/why";
const REQUEST: Field = Field::text("request", REQUEST_ID).required().longest(64).hint(REQUEST_HINT);

/// Where it is explained why a request came out as it did.
pub(crate) fn path_of(request: &str) -> String {
    format!("{PLACE}/{}", segment(request))
}

/// Answers a visit to an address below that of why.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (path, visit.query().filled("request")) {
        ([], Some(request)) => Ok(Answer::see(visit.to(&path_of(request)))),
        ([], None) => Ok(ask(visit)),
        ([request], _) => show(visit, request).await,
        _ => Err(Refusal::NoPage),
    }
}

/// Asks for a request's number.
fn ask(visit: &Visit<'_>) -> Answer {
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &html! {}))
            form.card.stack method="get" action=(visit.to(PLACE)) {
                (Fields::new(visit).show(REQUEST))
                div.actions { button.button.main { (visit.say(EXPLAIN)) } }
            }
        }
    };
    Answer::page(200, shell::page(visit, visit.say(TITLE), &content))
}

async fn show(visit: &Visit<'_>, request: &str) -> Outcome {
    let answer = visit.call(ARGALI, "Why", &[("RequestId", request)]).await?;
    let part = |name: &str| answer.get(name).unwrap_or(&Value::Null);
    let (call, caller, refusal, now) = (part("Call"), part("Caller"), part("Refusal"), part("Now"));
    let request = text(call, "RequestId");
    let question = Question { arn: text(caller, "Arn"), resource: text(refusal, "AuthResource") };
    let actions = html! {
        @if !refusal.is_null() {
            a.button href=(visit.to(&test_access::path_of(request))) { (visit.say(TEST)) }
        }
        a.button href=(visit.to(&activity::path_of(request))) { (visit.say(IN_ACTIVITY)) }
    };
    let outcome = text(&answer, "Outcome");
    let weight = if outcome == "Succeeded" { Weight::Info } else { Weight::Danger };
    // Of a refusal by policies the sentence says all; what else went wrong its caller was told.
    let told = Some(text(call, "ErrorMessage")).filter(|told| refusal.is_null() && !told.is_empty());
    let title = visit.say(if outcome == "Denied" { TITLE_DENIED } else { TITLE_OTHER });
    let content = html! {
        (heading(&html! { (title) }, None, &actions))
        (notice(weight, &html! {
            p { (sentence(visit, &answer)) }
            @if let Some(told) = told { p { (in_words(visit, told)) } }
        }))
        @if !now.is_null() {
            section.card.stack {
                h2 { (visit.say(NOW)) }
                p { (now_sentence(visit, now)) }
            }
            @if items(now, "Steps").next().is_some() { (checks(visit, now)) }
            (fix(visit, now, &question))
        }
        (card(visit.say(CALL), &about(visit, call, caller)))
        (command(visit, &["why", request]))
    };
    Ok(Answer::page(200, shell::page(visit, title, &content)))
}

/// What decided, what the policies say now and what would help, where a page shows a refusal in place.
pub(crate) fn in_short(visit: &Visit<'_>, answer: &Value) -> Markup {
    let now = answer.get("Now");
    html! {
        p { (sentence(visit, answer)) }
        @if let Some(now) = now {
            p { (now_sentence(visit, now)) }
            @if let Some(help) = check::help(visit, now) { p { (help) } }
        }
    }
}

/// All of it in one sentence.
fn sentence(visit: &Visit<'_>, answer: &Value) -> Markup {
    let part = |name: &str| answer.get(name).unwrap_or(&Value::Null);
    let (call, refusal) = (part("Call"), part("Refusal"));
    let who = match text(part("Caller"), "Arn") {
        "" => html! { (visit.say(SOMEBODY)) },
        arn => codes(&[arn]),
    };
    let action = codes(&[text(call, "Action")]);
    match text(answer, "Outcome") {
        "Denied" if refusal.is_null() => {
            visit.phrase(DENIED_BY_RULE, &[who, action, codes(&[text(call, "ErrorCode")])])
        }
        "Denied" => {
            let asked = [codes(&[text(refusal, "AuthAction")]), codes(&[text(refusal, "AuthResource")])];
            let [action, resource] = asked;
            visit.phrase(DENIED, &[who, action, resource, reason(visit, refusal)])
        }
        "Succeeded" => {
            let last = items(answer, "Permissions").last();
            match last.and_then(|permission| permission.get("Statement")) {
                Some(statement) => visit.phrase(SUCCEEDED_BY, &[who, action, check::place(visit, statement)]),
                None => visit.phrase(SUCCEEDED, &[who, action]),
            }
        }
        _ => visit.phrase(FAILED, &[who, action, codes(&[text(call, "ErrorCode")])]),
    }
}

/// What decided a refusal.
fn reason(visit: &Visit<'_>, refusal: &Value) -> Markup {
    let account = text(refusal, "AccountId");
    if account != visit.account_id() {
        return visit.phrase(BY_OTHER, &[codes(&[account])]);
    }
    match refusal.get("Statement") {
        Some(statement) => visit.phrase(BY_STATEMENT, &[check::place(visit, statement)]),
        None => {
            let policy_type = text(refusal, "PolicyType");
            let is_one = matches!(policy_type, "SessionPolicy" | "AssumeRolePolicy" | "ResourceBasedPolicy");
            let kind = visit.say(check::kind(policy_type));
            visit.phrase(if is_one { BY_NONE_OF_ONE } else { BY_NONE }, &[html! { (kind) }])
        }
    }
}

/// What the policies say now beside what they said then.
fn now_sentence(visit: &Visit<'_>, now: &Value) -> &'static str {
    let has_steps = items(now, "Steps").next().is_some();
    visit.say(match (text(now, "Effect"), holds(now, "Changed")) {
        ("Allow", _) => NOW_ALLOWED,
        ("", _) if has_steps => NOW_OWN_HALF,
        ("", _) => NOT_ASKED,
        (_, true) => NOW_REFUSED,
        _ => NOW_SAME,
    })
}

fn about(visit: &Visit<'_>, call: &Value, caller: &Value) -> Markup {
    let mut rows = vec![
        (visit.say(REQUEST_ID), copyable(visit, text(call, "RequestId"))),
        (visit.say(ACTION), html! { (text(call, "Product")) " " code { (text(call, "Action")) } }),
        (
            visit.say(TIME),
            html! { (moment(visit, text(call, "Time"))) span.muted { " · " (text(call, "Time")) } },
        ),
        (visit.say(ADDRESS), html! { (text(call, "SourceIp")) }),
    ];
    if !caller.is_null() {
        rows.push((visit.say(CALLER), copyable(visit, text(caller, "Arn"))));
    }
    if let Some(origin) = items(caller, "Chain").nth(1).and_then(|_| items(caller, "Chain").last()) {
        let origin = format!("{} @ {}", text(origin, "PrincipalId"), text(origin, "AccountId"));
        rows.push((visit.say(ON_BEHALF), html! { code { (origin) } }));
    }
    facts(&rows)
}
