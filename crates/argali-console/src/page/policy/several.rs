//! What the list of policies offers for several at once.

use argali_protocol::ApiFailure;
use maud::html;

use super::{LIST, delete};
use crate::answer::Answer;
use crate::api::RAM;
use crate::need::Need;
use crate::page::grant;
use crate::page::several::{Came, Deed, results};
use crate::page::{Outcome, Refusal, verification};
use crate::part::list::{SEVERAL, chosen};
use crate::part::{Table, Weight, tick};
use crate::text::policy::*;
use crate::text::shell::DELETE;
use crate::visit::Visit;

/// Asks what is needed to do it.
pub(super) async fn ask(visit: &Visit<'_>) -> Outcome {
    let keys = chosen(visit.query())?;
    match visit.query().get("do") {
        "grant" => Ok(Answer::see(visit.to(&grant::path_with_several(&keys)))),
        "delete" => Ok(deletion(visit, &of_account(&keys)?, keys.len()).await.ask(visit)),
        _ => Err(Refusal::NoPage),
    }
}

/// Those that are the account's own: nobody deletes those of the system.
fn of_account<'k>(keys: &[&'k str]) -> Result<Vec<&'k str>, Refusal> {
    let own: Vec<&str> = keys.iter().copied().filter(|key| name_of(key).is_some()).collect();
    if own.is_empty() { Err(Refusal::NoneChosen) } else { Ok(own) }
}

fn name_of(key: &str) -> Option<&str> {
    key.strip_prefix("Custom/")
}

async fn deletion<'a>(visit: &Visit<'_>, keys: &'a [&'a str], chosen: usize) -> Deed<'a> {
    let names = || keys.iter().filter_map(|key| name_of(key));
    let mut rows = Vec::new();
    for name in names() {
        let count = delete::grants_of(visit, name).await.unwrap_or_default().len();
        rows.push(vec![html! { (name) }, html! { (count) }]);
    }
    let left = (chosen - keys.len()).to_string();
    Deed {
        title: visit.fill(DELETE_SEVERAL, &[&keys.len().to_string()]),
        what: (Weight::Warning, DELETE_SEVERAL_WHAT),
        word: "delete",
        button: ("button danger", visit.say(DELETE)),
        to: format!("{LIST}/{SEVERAL}"),
        back: LIST.to_owned(),
        need: Need::any(names().map(delete::need)),
        chosen: keys,
        seen: html! {
            (Table { caption: TITLE, columns: &[NAME, ATTACHED], rows }.show(visit))
            @if left != "0" { p.muted { (visit.fill(SYSTEM_STAY, &[&left])) } }
        },
        fields: tick(visit, ("detach", DETACH_TOO), false, Some(DETACH_TOO_HINT)),
        is_counted: true,
    }
}

/// Deletes them once their number was typed, and tells what came of each.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    let keys = of_account(&chosen(visit.form())?)?;
    if visit.form().get("do") != "delete" {
        return Err(Refusal::NoPage);
    }
    if let Some(answer) = deletion(visit, &keys, keys.len()).await.objection(visit) {
        return Ok(answer);
    }
    if verification::is_due(visit) {
        return Ok(verification::ask(visit).await);
    }
    let mut rows = Vec::new();
    for name in keys.iter().filter_map(|key| name_of(key)) {
        rows.push((html! { (name) }, Came::of_removing(remove(visit, name).await)?));
    }
    Ok(results(visit, &visit.fill(DELETED_SEVERAL, &[&keys.len().to_string()]), &rows, LIST))
}

async fn remove(visit: &Visit<'_>, name: &str) -> Result<(), ApiFailure> {
    if visit.form().is_ticked("detach") {
        delete::detach_all(visit, name).await?;
        delete::delete_other_versions(visit, name).await?;
    }
    visit.call(RAM, "DeletePolicy", &[("PolicyName", name)]).await.map(drop)
}
