//! Who can: the identities of the account that may do something, each with what lets it.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::question::Question;
use super::{PLACE, TABS, offered_actions};
use crate::answer::Answer;
use crate::api::{ARGALI, items, text};
use crate::icon;
use crate::page::check::{codes, reason};
use crate::page::{Outcome, role, user};
use crate::pairs::encode;
use crate::part::list::Gathering;
use crate::part::{Sizes, Table, empty, heading, page_size_of, pager_of, summary, tabs};
use crate::shell;
use crate::text::grant::{ROLE as ROLE_KIND, USER as USER_KIND};
use crate::text::test_access::*;
use crate::visit::Visit;

/// How many identities a page has: each of them is asked why, besides.
const SIZES: Sizes = &["20", "50", "100"];

/// How many look-ups a page makes at most, at 200 identities each.
const MOST_LOOK_UPS: usize = 60;

/// The page.
pub(super) async fn show(visit: &Visit<'_>) -> Outcome {
    let question = Question::read(visit.query());
    let (status, result) = if question.action.is_empty() {
        (200, html! {})
    } else {
        match found(visit, &question).await {
            Ok(result) => (200, result),
            Err(failure) => (failure.status, summary(visit, &failure)),
        }
    };
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &html! {}))
        (tabs(visit, PLACE, "who", &TABS))
        form.card.stack method="get" action=(visit.to(PLACE)) {
            input type="hidden" name="tab" value="who";
            div.pair { (question.what(visit)) }
            (offered_actions(visit).await)
            div.actions { button.button.main { (visit.say(FIND)) } }
        }
        (result)
    };
    Ok(Answer::page(status, shell::page(visit, visit.say(WHO_CAN), &content)))
}

async fn found(visit: &Visit<'_>, question: &Question) -> Result<Markup, ApiFailure> {
    let asked = question.params();
    let found = Gathering::new(visit, page_size_of(visit, SIZES), visit.query().get("marker"));
    let mut found = found.with_look_ups(MOST_LOOK_UPS);
    while let Some((missing, marker)) = found.wanted(visit) {
        let more = [("MaxItems", missing.as_str()), ("Marker", &marker)];
        let params = asked.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(more);
        let answer = visit.call(ARGALI, "WhoCan", &params.collect::<Vec<_>>()).await?;
        found.add(&answer, "Principals");
    }
    let mut rows = Vec::new();
    for principal in &found.rows {
        rows.push(row(visit, question, principal).await);
    }
    let values = [codes(&[&question.action]), codes(&[&question.resource])];
    let further = format!("{PLACE}?{}", visit.query().with("marker", &found.marker));
    let on = html! { a.button href=(visit.to(&further)) { (visit.say(LOOK_FURTHER)) } };
    Ok(html! {
        p.lede { (visit.phrase(WHO_LEDE, &values)) }
        @if found.is_still_empty() {
            section.card { (empty(visit, icon::LuUsers, visit.say(NOBODY_YET), &on)) }
        } @else if rows.is_empty() {
            section.card { (empty(visit, icon::LuUsers, visit.say(NOBODY), &html! {})) }
        } @else {
            (Table { caption: WHO_CAN, columns: &[PRINCIPAL, KIND, PATH, EXPLAIN], rows }.show(visit))
            @if found.is_cut() { div.actions { span.hint { (visit.say(MORE_TO_LOOK_AT)) } (on) } }
            (pager_of(visit, PLACE, found.next_page(), SIZES))
        }
    })
}

/// An identity, and the statements that let it.
async fn row(visit: &Visit<'_>, question: &Question, principal: &Value) -> Vec<Markup> {
    let arn = text(principal, "AuthPrincipalArn");
    let relative = arn.splitn(5, ':').nth(4).unwrap_or_default();
    let (kind, field, name, link) = match relative.split_once('/') {
        Some(("user", name)) => (USER_KIND, "user", name, Some(user::path_of(name))),
        Some((_, name)) => (ROLE_KIND, "role", name, Some(role::path_of(name))),
        None => (ACCOUNT, "self", relative, None),
    };
    let test = encode([
        ("who", field),
        (field, name),
        ("action", question.action.as_str()),
        ("resource", &question.resource),
    ]);
    vec![
        html! {
            @match &link {
                Some(path) => a href=(visit.to(path)) { bdi { (name) } },
                None => bdi { (visit.account_id()) },
            }
        },
        html! { (visit.say(kind)) },
        path_of_access(visit, question, relative).await,
        html! { @if link.is_some() { a href=(visit.to(&format!("{PLACE}?{test}"))) { (visit.say(EXPLAIN)) } } @else { "–" } },
    ]
}

/// What lets an identity do it: every check that said so, and the other account's half.
async fn path_of_access(visit: &Visit<'_>, question: &Question, relative: &str) -> Markup {
    let asked = question.params();
    let mut params: Vec<_> = asked.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    params.push(("AuthPrincipal", relative));
    let answer = match visit.call(ARGALI, "TestAccess", &params).await {
        Ok(answer) => answer,
        Err(failure) => return html! { span.muted { (crate::part::explained(visit, &failure)) } },
    };
    // What the other account says is told, whatever it is.
    let is_told =
        |step: &&Value| text(step, "Effect") == "Allow" || text(step, "AccountId") != visit.account_id();
    let steps: Vec<&Value> = items(&answer, "Steps").filter(is_told).collect();
    html! {
        @if steps.is_empty() { span.muted { (visit.say(OWNER)) } }
        @else { div.plain { @for step in steps { span { (reason(visit, step)) } } } }
    }
}
