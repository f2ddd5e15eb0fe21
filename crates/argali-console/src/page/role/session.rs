//! Who acts in a role at present.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::path_of;
use crate::answer::Answer;
use crate::api::{ARGALI, list, text};
use crate::icon;
use crate::moment::moment;
use crate::need::{Need, needing};
use crate::page::Outcome;
use crate::part::{Table, act, empty, page_size, pager};
use crate::text::role::*;
use crate::text::session::END_ALL;
use crate::text::shell::ACTIONS;
use crate::text::shell::DELEGATIONS;
use crate::visit::Visit;

/// The tab.
pub(crate) async fn part(visit: &Visit<'_>, name: &str) -> Result<Markup, ApiFailure> {
    let params = [
        ("RoleName", name),
        ("AccountId", visit.account_id()),
        ("Status", "Live"),
        ("MaxItems", page_size(visit)),
        ("Marker", visit.query().get("marker")),
    ];
    let answer = visit.call(ARGALI, "ListSessions", &params).await?;
    let path = format!("{}/sessions", path_of(name));
    let row = |session: &Value| {
        let who = match text(session, "OriginalUserName") {
            "" => text(session, "SourceArn"),
            user => user,
        };
        let id = [("SessionId", text(session, "SessionId"))];
        vec![
            html! { bdi { (who) } span.muted { " · " (text(session, "OriginalAccountId")) } },
            html! { bdi { (text(session, "SessionName")) } },
            html! { (text(session, "SourceIp")) },
            moment(visit, text(session, "IssueDate")),
            moment(visit, text(session, "Expiration")),
            needing(
                visit,
                Need::call(ARGALI, "EndSession", &id),
                &act(visit, &path, &id, ("quiet danger", END)),
            ),
        ]
    };
    let rows: Vec<_> = list(&answer, "Sessions", "Session").map(row).collect();
    let all = Need::call(ARGALI, "EndSessions", &[("RoleName", name)]);
    let marker = text(&answer, "Marker");
    // A page may be empty although others have sessions.
    let is_all = marker.is_empty() && visit.query().filled("marker").is_none();
    Ok(html! {
        @if rows.is_empty() && is_all {
            section.card { (empty(visit, icon::LuVenetianMask, visit.say(SESSIONS_EMPTY), &html! { a.button href=(visit.to("/delegations")) { (visit.say(DELEGATIONS)) } })) }
        } @else {
            @if !rows.is_empty() { (Table { caption: SESSIONS, columns: &[WHO, SESSION_NAME, FROM, STARTED, ENDS, ACTIONS], rows }.show(visit)) }
            (pager(visit, &path_of(name), marker))
            div.actions { (needing(visit, all, &act(visit, &path, &[("all", "true")], ("button", END_ALL)))) }
        }
    })
}

/// Ends a session, or all of the role.
pub(crate) async fn end(visit: &Visit<'_>, name: &str) -> Outcome {
    if visit.form().is_ticked("all") {
        visit.call(ARGALI, "EndSessions", &[("RoleName", name)]).await?;
    } else {
        visit.call(ARGALI, "EndSession", &[("SessionId", visit.form().get("SessionId"))]).await?;
    }
    Ok(Answer::see(visit.to(&format!("{}?tab=sessions", path_of(name)))))
}
