//! The list of accounts, and closing and opening several at once.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::PATH;
use super::account::{is_closed, is_own, new_button, path_of, service_name, status};
use crate::api::{ARGALI, list, text, texts};
use crate::icon;
use crate::need::Need;
use crate::page::several::{Came, Deed, names, results};
use crate::page::{Outcome, Refusal};
use crate::part::Weight;
use crate::part::list::{
    About, Act, Column, Filter, Found, List, SEVERAL, Wanted, Width, by_member, chosen, whole,
};
use crate::text::Text;
use crate::text::list::ANY;
use crate::text::operator::*;
use crate::visit::Visit;

const STATES: &[(&str, Text)] = &[("", ANY), ("open", OPEN), ("Closed", CLOSED)];

/// The list, as one call gives it.
pub(super) struct Accounts<'a>(pub(super) &'a Value);

const COLUMNS: &[Column<'_>] = &[
    Column::drawn(NUMBER, "AccountId", &|visit, account| {
        let id = text(account, "AccountId");
        html! { a href=(visit.to(&path_of(id))) { code { (id) } } }
    }),
    Column::of(ALIAS, "AccountAlias"),
    Column::of(NAME, "AccountName"),
    Column::drawn(STATUS, "Status", &status),
    Column::drawn(GATES, "OpenGates", &|visit, account| {
        let gates: Vec<_> =
            texts(account, "OpenGates").into_iter().map(|gate| service_name(visit, gate)).collect();
        html! { bdi { (gates.join(", ")) } }
    })
    .unordered()
    .in_files(&|account| texts(account, "OpenGates").join("; ")),
    Column::moment(CREATED, "CreateDate"),
    Column::of(EMAIL, "OwnerEmail").where_room(Width::File),
];

fn need(operation: &str, id: &str) -> Need {
    Need::call(ARGALI, operation, &[("Account", id)])
}

impl List for Accounts<'_> {
    fn about(&self) -> About<'_> {
        About {
            path: PATH,
            kept: vec![("tab", "accounts")],
            title: ACCOUNTS.into(),
            file: "accounts",
            search: Some(SEARCH),
            filters: vec![Filter::Choice("status", STATUS, STATES)],
            columns: COLUMNS.to_vec(),
            acts: vec![
                Act::new("close", CLOSE_ACCOUNT, &|account| need("CloseAccount", text(account, "AccountId"))),
                Act::new("open", OPEN_AGAIN, &|account| need("OpenAccount", text(account, "AccountId"))),
            ],
            key: &|account| text(account, "Key").to_owned(),
            empty: (icon::LuUsers, EMPTY),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let words = wanted.query.get("q").trim().to_lowercase();
        let state = wanted.query.get("status");
        let keeps = |account: &Value| {
            let names = ["AccountId", "AccountAlias", "AccountName", "OwnerEmail"];
            (state.is_empty() || (state == "Closed") == is_closed(account))
                && names.iter().any(|name| text(account, name).to_lowercase().contains(&words))
        };
        let row = |account: &Value| {
            let mut row = account.clone();
            // The operators' own account stays open.
            let key = if is_own(visit, account) { "" } else { text(account, "AccountId") };
            if let Some(members) = row.as_object_mut() {
                members.insert("Key".to_owned(), key.into());
            }
            row
        };
        let rows = list(self.0, "Accounts", "Account").map(row).collect();
        let id = |account: &Value| text(account, "AccountId").to_owned();
        Ok(whole(wanted, rows, keeps, (by_member(wanted), id)))
    }

    fn actions(&self, visit: &Visit<'_>) -> Markup {
        new_button(visit)
    }
}

/// What is done with several: the operation, what its button says, and what it does.
fn deed_of(word: &str) -> Result<(&'static str, Text, (Weight, Text)), Refusal> {
    match word {
        "close" => Ok(("CloseAccount", CLOSE_ACCOUNT, (Weight::Warning, CLOSE_WHAT))),
        "open" => Ok(("OpenAccount", OPEN_AGAIN, (Weight::Info, OPEN_WHAT))),
        _ => Err(Refusal::NoPage),
    }
}

fn deed<'a>(visit: &'a Visit<'_>, word: &'a str, ids: &'a [&'a str]) -> Result<Deed<'a>, Refusal> {
    let (operation, label, what) = deed_of(word)?;
    Ok(Deed {
        title: visit.fill(SEVERAL_ACCOUNTS, &[visit.say(label), &ids.len().to_string()]),
        what,
        word,
        button: (if word == "close" { "button danger" } else { "button main" }, visit.say(label)),
        to: format!("{PATH}/{SEVERAL}"),
        back: PATH.to_owned(),
        need: Need::any(ids.iter().map(|id| need(operation, id))),
        chosen: ids,
        seen: html! { section.card { (names(ids)) } },
        fields: html! {},
        is_counted: word == "close",
    })
}

/// Asks whether those that are chosen are really to be closed, or opened.
pub(super) fn ask(visit: &Visit<'_>) -> Outcome {
    Ok(deed(visit, visit.query().get("do"), &chosen(visit.query())?)?.ask(visit))
}

/// Does it, and tells what came of each.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    let (word, ids) = (visit.form().get("do"), chosen(visit.form())?);
    let deed = deed(visit, word, &ids)?;
    if let Some(answer) = deed.objection(visit) {
        return Ok(answer);
    }
    let (operation, ..) = deed_of(word)?;
    let mut rows = Vec::new();
    for id in &ids {
        let called = visit.call(ARGALI, operation, &[("Account", id)]).await;
        rows.push((html! { code { (id) } }, Came::of_acting(called)?));
    }
    Ok(results(visit, &deed.title, &rows, PATH))
}
