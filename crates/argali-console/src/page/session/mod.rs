//! Sessions of roles: in this account, and of its users elsewhere.
// SPEC: console, sessions.

mod list;

use maud::{Markup, html};
use serde_json::{Value, json};

use super::several::{Came, Deed, results};
use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::api::{ACTIONTRAIL, ARGALI, list, text};
use crate::moment::moment;
use crate::need::{Need, submit};
use crate::part::list::{self as lists, SEVERAL, chosen};
use crate::part::show_api;
use crate::part::{Table, Weight, notice};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::session::*;
use crate::text::shell::CANCEL;
use crate::visit::Visit;

const LIST: &str = "/sessions";
/// How many calls of a session are counted.
const MOST_COUNTED: usize = 50;

/// Answers a visit to an address below that of sessions.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => lists::show(visit, &list::Sessions::of(visit)).await,
        (false, [SEVERAL]) => ask_to_end(visit).await,
        (true, [SEVERAL]) => end(visit).await,
        (false, ["end-all"]) => Ok(ask_to_end_all(visit)),
        (true, ["end-all"]) => end_all(visit).await,
        _ => Err(Refusal::NoPage),
    }
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

/// How many calls a session has made, and which was the last; nothing if the viewer may not know.
async fn calls(visit: &Visit<'_>, session: &Value) -> Value {
    let most = MOST_COUNTED.to_string();
    let params = [
        ("LookupAttribute.1.Key", "EventAccessKeyId"),
        ("LookupAttribute.1.Value", text(session, "AccessKeyId")),
        ("MaxResults", &most),
    ];
    let Ok(answer) = visit.call(ACTIONTRAIL, "LookupEvents", &params).await else { return Value::Null };
    let events = answer.get("Events").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let more = if answer.get("NextToken").is_some() { "+" } else { "" };
    let last = events.first().unwrap_or(&Value::Null);
    json!({
        "Count": format!("{}{more}", events.len()),
        "Last": text(last, "eventTime"),
        "LastName": text(last, "eventName"),
    })
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

/// What ending a session needs.
fn ending(id: &str) -> Need {
    Need::call(ARGALI, "EndSession", &[("SessionId", id)])
}

/// Asks whether these sessions are really to be ended.
async fn ask_to_end(visit: &Visit<'_>) -> Outcome {
    let ids = chosen(visit.query())?;
    let mut sessions = Vec::new();
    for id in &ids {
        let answer = visit.call(ARGALI, "ListSessions", &[("SessionId", id)]).await.unwrap_or_default();
        sessions.extend(list(&answer, "Sessions", "Session").cloned());
    }
    let deed = Deed {
        title: visit.fill(END_TITLE, &[&ids.len().to_string()]),
        what: (Weight::Warning, END_WHAT),
        word: "end",
        button: ("button danger", visit.say(END)),
        to: format!("{LIST}/{SEVERAL}"),
        back: LIST.to_owned(),
        need: Need::any(ids.iter().map(|id| ending(id))),
        chosen: &ids,
        seen: short_table(visit, &sessions.iter().collect::<Vec<_>>()),
        fields: html! {},
        is_counted: false,
    };
    Ok(deed.ask(visit))
}

/// Ends them, and tells what came of each.
async fn end(visit: &Visit<'_>) -> Outcome {
    let ids = chosen(visit.form())?;
    let mut rows = Vec::new();
    for id in &ids {
        let session = [("SessionId", *id)];
        let found = visit.call(ARGALI, "ListSessions", &session).await.unwrap_or_default();
        let named = list(&found, "Sessions", "Session").next();
        let words = named
            .map(|one| format!("{} · {} · {}", text(one, "RoleName"), who(one), text(one, "SessionName")));
        let came = Came::of_removing(visit.call(ARGALI, "EndSession", &session).await)?;
        rows.push((html! { bdi { (words.as_deref().unwrap_or(id)) } }, came));
    }
    Ok(results(visit, &visit.fill(ENDED, &[&ids.len().to_string()]), &rows, LIST))
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
