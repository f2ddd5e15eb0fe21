//! What the list of groups offers for several at once.

use argali_protocol::ApiFailure;
use maud::html;
use serde_json::Value;

use super::{LIST, deletion_need};
use crate::answer::Answer;
use crate::api::{RAM, list, text};
use crate::need::Need;
use crate::page::grant::{self, Grant, Kind};
use crate::page::several::{Came, Deed, names as named, results};
use crate::page::{Outcome, Refusal};
use crate::part::list::{SEVERAL, chosen};
use crate::part::{Weight, tick};
use crate::text::group::*;
use crate::text::shell::DELETE;
use crate::visit::Visit;

/// How many members a call lists.
const MEMBERS_A_CALL: &str = "1000";

/// Asks what is needed to do it.
pub(super) fn ask(visit: &Visit<'_>) -> Outcome {
    let names = chosen(visit.query())?;
    match visit.query().get("do") {
        "grant" => Ok(Answer::see(visit.to(&grant::path_to_several(Kind::Group, &names)))),
        "delete" => Ok(deletion(visit, &names).ask(visit)),
        _ => Err(Refusal::NoPage),
    }
}

fn deletion<'a>(visit: &Visit<'_>, names: &'a [&'a str]) -> Deed<'a> {
    Deed {
        title: visit.fill(DELETE_SEVERAL, &[&names.len().to_string()]),
        what: (Weight::Warning, DELETE_WHAT),
        word: "delete",
        button: ("button danger", visit.say(DELETE)),
        to: format!("{LIST}/{SEVERAL}"),
        back: LIST.to_owned(),
        need: Need::any(names.iter().map(|name| deletion_need(name))),
        chosen: names,
        seen: html! { section.card { (named(names)) } },
        fields: tick(visit, ("empty", EMPTY_FIRST), false, Some(EMPTY_FIRST_HINT)),
        is_counted: true,
    }
}

/// Deletes them once their number was typed, and tells what came of each.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    let names = chosen(visit.form())?;
    if visit.form().get("do") != "delete" {
        return Err(Refusal::NoPage);
    }
    if let Some(answer) = deletion(visit, &names).objection(visit) {
        return Ok(answer);
    }
    let mut rows = Vec::new();
    for name in &names {
        rows.push((html! { (name) }, Came::of_removing(delete(visit, name).await)?));
    }
    Ok(results(visit, &visit.fill(DELETED_SEVERAL, &[&names.len().to_string()]), &rows, LIST))
}

async fn delete(visit: &Visit<'_>, name: &str) -> Result<(), ApiFailure> {
    let group = ("GroupName", name);
    if visit.form().is_ticked("empty") {
        for row in grant::grants(visit, Kind::Group, name).await? {
            Grant::of(&row).revoke(visit).await?;
        }
        let answer = visit.call(RAM, "ListUsersForGroup", &[group, ("MaxItems", MEMBERS_A_CALL)]).await?;
        let members: Vec<&Value> = list(&answer, "Users", "User").collect();
        for member in members {
            visit.call(RAM, "RemoveUserFromGroup", &[group, ("UserName", text(member, "UserName"))]).await?;
        }
    }
    visit.call(RAM, "DeleteGroup", &[group]).await.map(drop)
}
