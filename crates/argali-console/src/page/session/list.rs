//! The list of sessions.

use std::collections::BTreeSet;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{LIST, all_ended, calls, client, ending, through, who};
use crate::api::{ARGALI, list, text};
use crate::icon;
use crate::moment::moment;
use crate::need::{needing, way};
use crate::page::account::{Names, named};
use crate::page::role;
use crate::pairs::encode;
use crate::part::in_words;
use crate::part::list::{
    About, Act, Actions, CHOSEN, Column, Filter, Found, List, SEVERAL, Wanted, Width, by_member, whole,
};
use crate::text::Text;
use crate::text::session::*;
use crate::text::shell::DELEGATIONS;
use crate::visit::Visit;

/// How many calls the list is read with at most, at a thousand sessions each: so many can be put in order.
const MOST_CALLS: usize = 5;
const WHEN: &[(&str, Text)] = &[("", LIVE), ("recent", RECENT)];

/// The list: of those that are live, or of the last day.
pub(super) struct Sessions {
    is_recent: bool,
    onward: Markup,
}

const COLUMNS: &[Column<'_>] = &[
    Column::drawn(ROLE, "RoleName", &role_of),
    Column::drawn(USER, "OriginalUser", &user_of),
    Column::of(NAME, "SessionName"),
    Column::drawn(FROM, "SourceIp", &from),
    Column::moment(STARTED, "IssueDate"),
    Column::moment(ENDS, "Expiration"),
    Column::drawn(CALLS, "Calls", &called).unordered().where_room(Width::Page),
    Column::of(ROLE, "AccountId").where_room(Width::File),
    Column::of(USER, "OriginalAccountId").where_room(Width::File),
    Column::of(FROM, "UserAgent").where_room(Width::File),
    Column::of(NAME, "SessionId").where_room(Width::File),
    Column::of(STATE, "Status").where_room(Width::File),
];

impl Sessions {
    pub(super) fn of(visit: &Visit<'_>) -> Self {
        let onward = html! { a.button href=(visit.to("/delegations")) { (visit.say(DELEGATIONS)) } };
        Self { is_recent: visit.query().get("show") == "recent", onward }
    }
}

impl List for Sessions {
    fn about(&self) -> About<'_> {
        About {
            path: LIST,
            title: TITLE.into(),
            lede: LEDE.into(),
            file: "sessions",
            search: Some(SEARCH),
            filters: vec![Filter::Choice("show", STATE, WHEN)],
            columns: COLUMNS.to_vec(),
            usual: Some(("IssueDate", true)),
            actions: Some(Actions { most: end, others: |_, _| html! {} }),
            acts: vec![Act::new("end", END, &|session| ending(text(session, "SessionId")))],
            key: &|session| text(session, "SessionId").to_owned(),
            empty: (icon::LuHourglass, if self.is_recent { EMPTY_RECENT } else { EMPTY }),
            onward: self.onward.clone(),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let (sessions, is_cut) = self.all(visit).await?;
        let words = wanted.query.get("q").trim().to_lowercase();
        let says = |session: &Value| {
            let members =
                ["RoleName", "SessionName", "OriginalUser", "SourceIp", "AccountId", "OriginalAccountId"];
            members.iter().any(|member| text(session, member).to_lowercase().contains(&words))
        };
        let key = |session: &Value| text(session, "SessionId").to_owned();
        let found = whole(wanted, sessions, says, (by_member(wanted), key));
        Ok(Found { note: is_cut.then(|| visit.say(NEWEST_ALONE).to_owned()), ..found })
    }

    async fn look_closer(&self, visit: &Visit<'_>, mut sessions: Vec<Value>) -> Vec<Value> {
        let members = [("AccountId", "AccountAlias"), ("OriginalAccountId", "OriginalAccountAlias")];
        let accounts: BTreeSet<String> =
            sessions.iter().flat_map(|session| members.map(|(id, _)| text(session, id).to_owned())).collect();
        let names = Names::of(visit, accounts).await;
        for session in &mut sessions {
            for (id, alias) in members {
                let found = names.alias(text(session, id)).to_owned();
                put(session, alias, found.into());
            }
            let calls = calls(visit, session).await;
            put(session, "Calls", calls);
        }
        sessions
    }

    fn actions(&self, visit: &Visit<'_>) -> Markup {
        way(visit, all_ended(), "/sessions/end-all", ("button", END_ALL))
    }
}

impl Sessions {
    /// As many as are put in order, and whether there are more.
    async fn all(&self, visit: &Visit<'_>) -> Result<(Vec<Value>, bool), ApiFailure> {
        let (status, expired) = if self.is_recent { ("", "true") } else { ("Live", "") };
        let (mut sessions, mut marker) = (Vec::new(), String::new());
        for _ in 0..MOST_CALLS {
            let params =
                [("Status", status), ("IncludeExpired", expired), ("MaxItems", "1000"), ("Marker", &marker)];
            let answer = visit.call(ARGALI, "ListSessions", &params).await?;
            for session in list(&answer, "Sessions", "Session") {
                let mut session = session.clone();
                let user = who(&session).to_owned();
                put(&mut session, "OriginalUser", user.into());
                sessions.push(session);
            }
            text(&answer, "Marker").clone_into(&mut marker);
            if marker.is_empty() {
                break;
            }
        }
        Ok((sessions, !marker.is_empty()))
    }
}

/// Says more of a row.
fn put(row: &mut Value, name: &str, value: Value) {
    if let Some(members) = row.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

fn role_of(visit: &Visit<'_>, session: &Value) -> Markup {
    let (account, name) = (text(session, "AccountId"), text(session, "RoleName"));
    html! {
        div.two {
            span {
                @if account == visit.account_id() { a href=(visit.to(&role::path_of(name))) { bdi { (name) } } }
                @else { bdi { (name) } }
            }
            span.muted.small-text { (named(text(session, "AccountAlias"), account)) }
        }
    }
}

fn user_of(visit: &Visit<'_>, session: &Value) -> Markup {
    html! {
        div.two {
            span { bdi { (text(session, "OriginalUser")) } }
            span.muted.small-text {
                (named(text(session, "OriginalAccountAlias"), text(session, "OriginalAccountId")))
                @if let Some(through) = through(session) { " · " (visit.phrase(THROUGH, &[html! { bdi { (through) } }])) }
            }
        }
    }
}

fn from(_: &Visit<'_>, session: &Value) -> Markup {
    let agent = text(session, "UserAgent");
    html! {
        div.two {
            span { (text(session, "SourceIp")) }
            span.muted.small-text title=(agent) { bdi { (client(agent)) } }
        }
    }
}

fn called(visit: &Visit<'_>, session: &Value) -> Markup {
    let calls = session.get("Calls").unwrap_or(&Value::Null);
    let last = text(calls, "Last");
    html! {
        @if calls.is_null() { span.muted { "–" } }
        @else {
            div.two {
                span { (text(calls, "Count")) }
                @if !last.is_empty() {
                    span.muted.small-text title=(text(calls, "LastName")) { (visit.phrase(LAST_CALL, &[moment(visit, last)])) }
                }
            }
        }
    }
}

/// The way to end one that is live, or why there is none.
fn end(visit: &Visit<'_>, session: &Value) -> Markup {
    let id = text(session, "SessionId");
    match text(session, "Status") {
        "Live" => {
            let ask = format!("{LIST}/{SEVERAL}?{}", encode([("do", "end"), (CHOSEN, id)]));
            needing(visit, ending(id), &html! { a.danger-text href=(visit.to(&ask)) { (visit.say(END)) } })
        }
        "Ended" => {
            html! { span.badge title=(in_words(visit, text(session, "Reason"))) { (visit.say(STATE_ENDED)) } }
        }
        _ => html! { span.badge { (visit.say(STATE_EXPIRED)) } },
    }
}
