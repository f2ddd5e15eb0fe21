//! The operator's pages: accounts, gates, how the server is, its backups. The operations say who is one.
// SPEC: console, operator; requirement S0-09.

mod account;
mod accounts;
mod backup;
mod backup_check;
mod server;
mod trying;

use argali_core::env::ALPHANUMERIC;
use maud::{Markup, html};

use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::part::list::{self as lists, Part, SEVERAL};
use crate::part::{heading, tabs};
use crate::shell;
use crate::text::Text;
use crate::text::operator::*;
use crate::visit::Visit;

const PATH: &str = "/operator";
const TABS: [(&str, Text); 5] = [
    ("accounts", ACCOUNTS),
    ("server", SERVER),
    ("backup", BACKUP),
    ("licences", LICENCES),
    // Last, since only servers for trying have it.
    ("trying", TRYING),
];
/// The length of a generated password, in characters.
const PASSWORD_LENGTH: usize = 24;

/// Answers a visit to an address below the operator's.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => show(visit).await,
        (false, [SEVERAL]) => accounts::ask(visit),
        (true, [SEVERAL]) => accounts::send(visit).await,
        (false, ["new"]) => Ok(account::form(visit, None)),
        (true, ["new"]) => account::create(visit).await,
        (false, ["accounts", id]) => account::show(visit, id).await,
        (false, ["notices"]) => notices(visit).await,
        (true, ["backup"]) => backup::make(visit).await,
        (true, ["backup", "verify"]) => backup_check::verify(visit).await,
        (true, ["clock"]) => trying::advance(visit).await,
        (false, ["reset"]) if trying::is_here(visit) => trying::ask(visit).await,
        (true, ["reset"]) => trying::reset(visit).await,
        (true, ["accounts", id, act]) => account::change(visit, id, act).await,
        _ => Err(Refusal::NoPage),
    }
}

async fn show(visit: &Visit<'_>) -> Outcome {
    let asked = visit.query().get("tab");
    let tab = offered(visit).iter().find(|(tab, _)| *tab == asked).map_or("accounts", |(tab, _)| tab);
    // Whoever may not list accounts sees none of it.
    let accounts = account::all(visit).await?;
    let (part, actions) = match tab {
        "server" => (server::part(visit).await?, html! {}),
        "backup" => (backup::part(visit), html! {}),
        "trying" => (trying::part(visit).await?, html! {}),
        "licences" => (server::licences(visit), html! {}),
        _ => match lists::part(visit, &accounts::Accounts(&accounts)).await? {
            Part::Instead(answer) => return Ok(answer),
            Part::Shown { actions, content, .. } => (content, actions),
        },
    };
    Ok(page(visit, tab, &part, &actions))
}

/// The tabs that there are on this server.
fn offered(visit: &Visit<'_>) -> &'static [(&'static str, Text)] {
    match TABS.split_last() {
        Some((_, others)) if !trying::is_here(visit) => others,
        _ => &TABS,
    }
}

/// The notices of third parties, as a file: they are longer than a page may be.
async fn notices(visit: &Visit<'_>) -> Outcome {
    account::all(visit).await?;
    Ok(Answer::export("text/plain;charset=utf-8", "argali-notices.txt", server::NOTICES.to_owned()))
}

fn page(visit: &Visit<'_>, tab: &str, part: &Markup, actions: &Markup) -> Answer {
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), actions))
        (tabs(visit, PATH, tab, offered(visit)))
        (part)
    };
    let shown = offered(visit).iter().find(|(known, _)| *known == tab).map_or(TITLE, |(_, label)| *label);
    let title = format!("{} · {}", visit.say(shown), visit.say(TITLE));
    Answer::page(200, shell::page(visit, &title, &content))
}

/// A password that nobody has chosen.
fn generated(visit: &Visit<'_>) -> String {
    visit.console().core.env().random_text(ALPHANUMERIC, PASSWORD_LENGTH)
}
