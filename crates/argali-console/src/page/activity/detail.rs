//! One call: in words, as JSON, and what was called around it.

use argali_core::time::Timestamp;
use maud::{Markup, html};
use serde_json::Value;

use super::row;
use crate::answer::Answer;
use crate::api::{ARGALI, holds, items, text, texts};
use crate::icon::{self, icon};
use crate::moment::{exactly, moment};
use crate::page::check::codes;
use crate::page::{Outcome, Refusal, test_access, why};
use crate::part::{Table, copyable, facts, heading, in_words as told_in_words};
use crate::shell;
use crate::text::activity::*;
use crate::text::failure::REQUEST_ID;
use crate::visit::Visit;

/// How far around a call its neighbours may be, in seconds, and how many there are at most on either side.
const AROUND_S: i64 = 1_800;
const MOST_NEIGHBOURS: &str = "9";

/// The page.
pub(super) async fn show(visit: &Visit<'_>, request: &str) -> Outcome {
    let answer = visit.call(ARGALI, "ListActivity", &[("RequestId", request)]).await?;
    let event = items(&answer, "Events").next().ok_or(Refusal::NoPage)?;
    let neighbours = neighbours(visit, event).await?;
    let (request, denied) = (text(event, "RequestId"), text(event, "Outcome") == "Denied");
    let actions = html! {
        @if denied {
            a.button.main href=(visit.to(&why::path_of(request))) { (visit.say(WHY)) }
            a.button href=(visit.to(&test_access::path_of(request))) { (visit.say(crate::text::test_access::REPLAY)) }
        }
        a.button href=(visit.to(&format!("/ram/policies/new?event={request}"))) { (icon(icon::LuScrollText)) (visit.say(MAKE_POLICY)) }
    };
    let title = format!("{} {}", text(event, "Product"), text(event, "Action"));
    let content = html! {
        (heading(&html! { bdi { (title.trim()) } }, None, &actions))
        section.card.stack {
            (in_words(visit, event))
            (about(visit, event))
        }
        (neighbours)
        section.card.stack {
            h2 { (visit.say(JSON)) }
            pre tabindex="0" { code { (pretty(event)) } }
        }
    };
    Ok(Answer::page(200, shell::page(visit, title.trim(), &content)))
}

/// The call in sentences.
fn in_words(visit: &Visit<'_>, event: &Value) -> Markup {
    let action = html! { code { (text(event, "Action")) } };
    let address = html! { bdi { (text(event, "SourceIp")) } };
    let (who, resources) = (row::who(visit, event), texts(event, "Resources"));
    let called = if resources.is_empty() {
        visit.phrase(SENTENCE_NO_RESOURCE, &[who, action, address])
    } else {
        visit.phrase(SENTENCE, &[who, action, codes(&resources), address])
    };
    let code = html! { code { (text(event, "ErrorCode")) } };
    let told = event.get("Event").map(|raw| text(raw, "errorMessage")).unwrap_or_default();
    let came_to = match text(event, "Outcome") {
        "Succeeded" => html! { (visit.say(DONE)) },
        "Denied" => visit.phrase(REFUSED, &[code]),
        _ => visit.phrase(NOT_DONE, &[code]),
    };
    html! { p { (called) " " (came_to) } @if !told.is_empty() { p.muted { (told_in_words(visit, told)) } } }
}

fn about(visit: &Visit<'_>, event: &Value) -> Markup {
    let raw = event.get("Event").unwrap_or(&Value::Null);
    let caller = event.get("Caller").unwrap_or(&Value::Null);
    let yes = if holds(event, "IsWrite") { YES } else { NO };
    let mut rows = vec![
        (visit.say(REQUEST_ID), copyable(visit, text(event, "RequestId"))),
        (
            visit.say(TIME),
            html! { (moment(visit, text(event, "Time"))) span.muted { " · " (exactly(text(event, "Time"))) } },
        ),
        (visit.say(OUTCOME), row::outcome(visit, event)),
        (visit.say(CHANGES), html! { (visit.say(yes)) }),
    ];
    let mut add = |label, value: &str| {
        if !value.is_empty() {
            rows.push((visit.say(label), copyable(visit, value)));
        }
    };
    add(ACTED_AS, text(caller, "Arn"));
    add(SESSION, text(event, "SessionId"));
    add(KEY, text(event, "AccessKeyId"));
    add(CLIENT, text(raw, "userAgent"));
    facts(&rows)
}

/// What else the caller did at about that time: in the session, if it was made in one.
async fn neighbours(visit: &Visit<'_>, event: &Value) -> Result<Markup, Refusal> {
    let caller = event.get("Caller").unwrap_or(&Value::Null);
    let (session, key, name) = (text(event, "SessionId"), text(event, "AccessKeyId"), text(caller, "Name"));
    let (parameter, field, value) = match (session, key, name) {
        ("", "", "") => return Ok(html! {}),
        ("", "", name) => ("UserName", "user", name),
        ("", key, _) => ("EventAccessKeyId", "key", key),
        (session, ..) => ("SessionId", "session", session),
    };
    let at = text(event, "Time").parse::<Timestamp>().unwrap_or_default();
    let (before, after) = (at.plus_seconds(-AROUND_S).to_string(), at.plus_seconds(AROUND_S).to_string());
    let (here, around) = (at.to_string(), (parameter, value));
    let earlier = [around, ("StartTime", &before), ("EndTime", &here), ("MaxItems", MOST_NEIGHBOURS)];
    let later = [
        around,
        ("StartTime", &here),
        ("EndTime", &after),
        ("MaxItems", MOST_NEIGHBOURS),
        ("Direction", "FORWARD"),
    ];
    let earlier = visit.call(ARGALI, "ListActivity", &earlier).await?;
    let later = visit.call(ARGALI, "ListActivity", &later).await?;
    let is_this = |other: &Value| text(other, "RequestId") == text(event, "RequestId");
    let all = in_order(&later, &earlier);
    let rows: Vec<_> = all.into_iter().map(|other| row::cells_of_one(visit, other, is_this(other))).collect();
    let title = if session.is_empty() { NEIGHBOURS_SAME } else { NEIGHBOURS };
    Ok(html! {
        div.card-head.below {
            h2 { (visit.say(title)) }
            @if !session.is_empty() {
                a.button.small href=(visit.to(&super::path_to(field, value))) { (visit.say(ALL_OF_SESSION)) }
            }
        }
        @if rows.len() < 2 {
            p.muted { (visit.say(NEIGHBOURS_NONE)) }
        } @else {
            (Table { caption: title, columns: &row::COLUMNS_OF_ONE, rows }.show(visit))
        }
    })
}

/// What came later, which is listed forward, and what came earlier: the newest first, each once.
fn in_order<'v>(later: &'v Value, earlier: &'v Value) -> Vec<&'v Value> {
    let mut later: Vec<&Value> = items(later, "Events").collect();
    later.reverse();
    let mut seen = std::collections::BTreeSet::new();
    later
        .into_iter()
        .chain(items(earlier, "Events"))
        .filter(|event| seen.insert(text(event, "RequestId")))
        .collect()
}

fn pretty(event: &Value) -> String {
    let raw = event.get("Event").unwrap_or(&Value::Null);
    serde_json::to_string_pretty(raw).unwrap_or_default()
}
