//! Sessions of roles: in this account, and of its users elsewhere.
// SPEC: console, sessions.

use std::collections::BTreeSet;

use maud::{Markup, html};
use serde_json::Value;

use super::account::Names;
use super::{Outcome, Refusal, role};
use crate::answer::Answer;
use crate::api::{ACTIONTRAIL, ARGALI, list, text};
use crate::icon;
use crate::moment::moment;
use crate::need::{Need, needing, submit, way};
use crate::part::show_api;
use crate::part::{Table, Weight, act, empty, heading, in_words, narrowing, notice, page_size, pager};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::session::*;
use crate::text::shell::DELEGATIONS;
use crate::text::shell::{ACTIONS, CANCEL};
use crate::visit::Visit;

const LIST: &str = "/sessions";
/// How many calls of a session are counted.
const MOST_COUNTED: usize = 50;

/// Answers a visit to an address below that of sessions.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => show(visit).await,
        (true, []) => end(visit).await,
        (false, ["end-all"]) => Ok(ask_to_end_all(visit)),
        (true, ["end-all"]) => end_all(visit).await,
        _ => Err(Refusal::NoPage),
    }
}

/// The list.
async fn show(visit: &Visit<'_>) -> Outcome {
    let query = visit.query();
    let is_recent = query.get("show") == "recent";
    let wanted = query.get("q").trim().to_lowercase();
    let size = if wanted.is_empty() { page_size(visit) } else { "1000" };
    let (status, expired) = if is_recent { ("", "true") } else { ("Live", "") };
    let params = [
        ("Status", status),
        ("IncludeExpired", expired),
        ("MaxItems", size),
        ("Marker", query.get("marker")),
    ];
    let answer = visit.call(ARGALI, "ListSessions", &params).await?;
    let matches = |session: &&Value| {
        let names = ["RoleName", "SessionName", "OriginalUserName"].map(|member| text(session, member));
        names.iter().any(|name| name.to_lowercase().contains(&wanted))
    };
    let sessions: Vec<&Value> = list(&answer, "Sessions", "Session").filter(matches).collect();
    let members = ["AccountId", "OriginalAccountId"];
    let accounts: BTreeSet<String> =
        sessions.iter().flat_map(|session| members.map(|member| text(session, member).to_owned())).collect();
    let names = Names::of(visit, accounts).await;
    let mut rows = Vec::with_capacity(sessions.len());
    for session in &sessions {
        rows.push(row(visit, &names, session, &calls(visit, session).await));
    }
    let columns = [ROLE, USER, NAME, FROM, STARTED, ENDS, CALLS, ACTIONS];
    let all = html! {
        @if !sessions.is_empty() { (way(visit, all_ended(), "/sessions/end-all", ("button", END_ALL))) }
    };
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &all))
        div.toolbar {
            (narrowing(visit, &[("show", query.get("show"))], LIST))
            div.segments {
                @for (show, label) in [("", LIVE), ("recent", RECENT)] {
                    a href=(visit.to(&format!("{LIST}?show={show}"))) aria-current=[((show == "recent") == is_recent).then_some("true")] {
                        (visit.say(label))
                    }
                }
            }
        }
        div.stack data-list {
            @if rows.is_empty() {
            section.card { (empty(visit, icon::LuHourglass, visit.say(if is_recent { EMPTY_RECENT } else { EMPTY }), &html! { a.button href=(visit.to("/delegations")) { (visit.say(DELEGATIONS)) } })) }
        } @else {
            (Table { caption: TITLE, columns: &columns, rows }.show(visit))
            (pager(visit, LIST, text(&answer, "Marker")))
        }
        }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(TITLE), &content)))
}

fn row(visit: &Visit<'_>, names: &Names, session: &Value, calls: &Markup) -> Vec<Markup> {
    let (account, name) = (text(session, "AccountId"), text(session, "RoleName"));
    let id = [("SessionId", text(session, "SessionId"))];
    let state = match text(session, "Status") {
        "Live" => needing(
            visit,
            Need::call(ARGALI, "EndSession", &id),
            &act(visit, LIST, &id, ("quiet danger", END)),
        ),
        "Ended" => {
            html! { span.badge title=(in_words(visit, text(session, "Reason"))) { (visit.say(STATE_ENDED)) } }
        }
        _ => html! { span.badge { (visit.say(STATE_EXPIRED)) } },
    };
    vec![
        html! {
            div.two {
                span {
                    @if account == visit.account_id() { a href=(visit.to(&role::path_of(name))) { bdi { (name) } } }
                    @else { bdi { (name) } }
                }
                span.muted.small-text { (names.show(account)) }
            }
        },
        html! {
            div.two {
                span { bdi { (who(session)) } }
                span.muted.small-text {
                    (names.show(text(session, "OriginalAccountId")))
                    @if let Some(through) = through(session) { " · " (visit.phrase(THROUGH, &[html! { bdi { (through) } }])) }
                }
            }
        },
        html! { bdi { (text(session, "SessionName")) } },
        html! {
            div.two {
                span { (text(session, "SourceIp")) }
                span.muted.small-text title=(text(session, "UserAgent")) { bdi { (client(text(session, "UserAgent"))) } }
            }
        },
        moment(visit, text(session, "IssueDate")),
        moment(visit, text(session, "Expiration")),
        calls.clone(),
        state,
    ]
}

/// The person or program that a session's chain began with.
pub(crate) fn who(session: &Value) -> &str {
    match text(session, "OriginalUserName") {
        "" => text(session, "SourceArn").rsplit(':').next().unwrap_or_default(),
        user => user,
    }
}

/// The role through which somebody came, if it is not the first of its chain.
fn through(session: &Value) -> Option<&str> {
    let (_, rest) = text(session, "SourceArn").split_once(":assumed-role/")?;
    rest.split('/').next()
}

/// What a client calls itself, as far as that is short.
fn client(agent: &str) -> &str {
    const BROWSERS: [&str; 4] = ["Firefox", "Edg", "Chrome", "Safari"];
    let is_browser = agent.starts_with("Mozilla/");
    let known = BROWSERS.into_iter().find(|browser| is_browser && agent.contains(browser));
    known.or_else(|| agent.split([' ', '(']).next()).unwrap_or_default()
}

/// How many calls a session has made, and when the last was.
async fn calls(visit: &Visit<'_>, session: &Value) -> Markup {
    let most = MOST_COUNTED.to_string();
    let params = [
        ("LookupAttribute.1.Key", "EventAccessKeyId"),
        ("LookupAttribute.1.Value", text(session, "AccessKeyId")),
        ("MaxResults", &most),
    ];
    let Ok(answer) = visit.call(ACTIONTRAIL, "LookupEvents", &params).await else {
        return html! { span.muted { "–" } };
    };
    let events = answer.get("Events").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let more = if answer.get("NextToken").is_some() { "+" } else { "" };
    html! {
        div.two {
            span { (events.len()) (more) }
            @if let Some(last) = events.first() {
                span.muted.small-text title=(text(last, "eventName")) {
                    (visit.phrase(LAST_CALL, &[moment(visit, text(last, "eventTime"))]))
                }
            }
        }
    }
}

/// Sessions as pages list them that are about to end them.
pub(crate) fn short_table(visit: &Visit<'_>, sessions: &[&Value]) -> Markup {
    let row = |session: &&Value| {
        vec![
            html! { bdi { (who(session)) } span.muted { " · " (text(session, "OriginalAccountId")) } },
            html! { bdi { (text(session, "RoleName")) } },
            html! { bdi { (text(session, "SessionName")) } },
            moment(visit, text(session, "IssueDate")),
            moment(visit, text(session, "Expiration")),
        ]
    };
    let rows = sessions.iter().map(row).collect();
    let columns: &[Text] = &[USER, ROLE, NAME, STARTED, ENDS];
    Table { caption: TITLE, columns, rows }.show(visit)
}

/// Ends a session.
async fn end(visit: &Visit<'_>) -> Outcome {
    visit.call(ARGALI, "EndSession", &[("SessionId", visit.form().get("SessionId"))]).await?;
    Ok(Answer::see(visit.to(LIST)))
}

/// What ending all sessions needs.
fn all_ended() -> Need {
    Need::call(ARGALI, "EndSessions", &[("All", "true")])
}

fn ask_to_end_all(visit: &Visit<'_>) -> Answer {
    let content = html! {
        div.narrow {
            h1 { (visit.say(END_ALL_TITLE)) }
            (notice(Weight::Warning, &html! { p { (visit.say(END_ALL_WHAT)) } }))
            form.actions method="post" action=(visit.to("/sessions/end-all")) {
                (token(visit))
                (submit(visit, all_ended(), ("button danger", END_ALL)))
                a.button href=(visit.to(LIST)) { (visit.say(CANCEL)) }
                (show_api(visit))
            }
        }
    };
    Answer::page(200, shell::page(visit, visit.say(END_ALL_TITLE), &content))
}

async fn end_all(visit: &Visit<'_>) -> Outcome {
    visit.call(ARGALI, "EndSessions", &[("All", "true")]).await?;
    Ok(Answer::see(visit.to(LIST)))
}
