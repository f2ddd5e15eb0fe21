//! What the list of roles offers for several at once.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{LIST, deletion_need, path_of, switch_link, used};
use crate::answer::Answer;
use crate::api::{RAM, number, text};
use crate::need::Need;
use crate::page::grant::{self, Grant, Kind};
use crate::page::several::{Came, Deed, results};
use crate::page::{Outcome, Refusal, verification};
use crate::part::list::{SEVERAL, chosen};
use crate::part::{Table, Weight, copyable, explained, heading, tick};
use crate::shell;
use crate::text::role::*;
use crate::text::shell::{CLOSE, DELETE};
use crate::text::user::POLICIES as GRANTED;
use crate::visit::Visit;

/// Asks what is needed to do it.
pub(super) async fn ask(visit: &Visit<'_>) -> Outcome {
    let names = chosen(visit.query())?;
    match visit.query().get("do") {
        "grant" => Ok(Answer::see(visit.to(&grant::path_to_several(Kind::Role, &names)))),
        "link" => Ok(links(visit, &names)),
        "delete" => Ok(deletion(visit, &names).await.ask(visit)),
        _ => Err(Refusal::NoPage),
    }
}

/// Where people switch to each, to be copied.
fn links(visit: &Visit<'_>, names: &[&str]) -> Answer {
    let row = |name: &&str| {
        let role = html! { a href=(visit.to(&path_of(name))) { (name) } };
        vec![role, copyable(visit, &switch_link(visit, name))]
    };
    let content = html! {
        (heading(&html! { (visit.say(SWITCH_LINKS)) }, None, &html! {}))
        (Table { caption: SWITCH_LINKS, columns: &[NAME, COPY_LINK], rows: names.iter().map(row).collect() }.show(visit))
        div.actions { a.button.main href=(visit.to(LIST)) { (visit.say(CLOSE)) } }
    };
    Answer::page(200, shell::page(visit, visit.say(SWITCH_LINKS), &content))
}

async fn deletion<'a>(visit: &Visit<'_>, names: &'a [&'a str]) -> Deed<'a> {
    let mut rows = Vec::new();
    for name in names {
        let live = number(&used(visit, name).await, "LiveSessions");
        rows.push(vec![html! { (name) }, attached(visit, name).await, html! { (live) }]);
    }
    Deed {
        title: visit.fill(DELETE_SEVERAL, &[&names.len().to_string()]),
        what: (Weight::Warning, DELETE_SEVERAL_WHAT),
        word: "delete",
        button: ("button danger", visit.say(DELETE)),
        to: format!("{LIST}/{SEVERAL}"),
        back: LIST.to_owned(),
        need: Need::any(names.iter().map(|name| deletion_need(name))),
        chosen: names,
        seen: Table { caption: TITLE, columns: &[NAME, GRANTED, LIVE_SESSIONS], rows }.show(visit),
        fields: tick(visit, ("detach", DETACH_TOO), false, Some(DETACH_TOO_HINT)),
        is_counted: true,
    }
}

/// The policies that one has.
async fn attached(visit: &Visit<'_>, name: &str) -> Markup {
    match grant::grants(visit, Kind::Role, name).await {
        Ok(grants) => {
            let names: Vec<&str> = grants.iter().map(|row| text(row, "PolicyName")).collect();
            html! { bdi { (names.join(", ")) } }
        }
        Err(failure) => html! { span.muted { (explained(visit, &failure)) } },
    }
}

/// Deletes them once their number was typed, and tells what came of each.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    let names = chosen(visit.form())?;
    if visit.form().get("do") != "delete" {
        return Err(Refusal::NoPage);
    }
    if let Some(answer) = deletion(visit, &names).await.objection(visit) {
        return Ok(answer);
    }
    if verification::is_due(visit) {
        return Ok(verification::ask(visit).await);
    }
    let mut rows = Vec::new();
    for name in &names {
        rows.push((html! { (name) }, Came::of_removing(delete(visit, name).await)?));
    }
    Ok(results(visit, &visit.fill(DELETED_SEVERAL, &[&names.len().to_string()]), &rows, LIST))
}

async fn delete(visit: &Visit<'_>, name: &str) -> Result<(), ApiFailure> {
    if visit.form().is_ticked("detach") {
        for row in grant::grants(visit, Kind::Role, name).await? {
            Grant::of(&row).revoke(visit).await?;
        }
    }
    visit.call(RAM, "DeleteRole", &[("RoleName", name)]).await.map(drop)
}
