//! Delegations: access that is given to other accounts, and received from them.
// SPEC: console, delegations.

mod acting;
mod busiest;
mod create;
mod given;
mod invite;
mod map;
mod received;
mod revoke;
mod revoke_several;
mod usage;

use maud::{Markup, html};

pub(super) use given::path_of as path_of_given;
pub(super) use received::{path_of as path_of_received, policy_arn_of};

use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::api::RAM;
use crate::icon::{self, icon};
use crate::need::{Need, needing};
use crate::part::list::{self as lists, Part, SEVERAL, Wanted};
use crate::part::{Sizes, heading, tabs};
use crate::shell;
use crate::text::Text;
use crate::text::delegation::*;
use crate::visit::Visit;

const HOME: &str = "/delegations";
/// How many delegations a page can have: each says much.
// SPEC: console, budgets.
const SIZES: Sizes = &["20", "10"];
/// How many roles a map speaks of: as many as one call lists.
const MOST_ROLES: &str = "1000";
const TABS: [(&str, Text); 2] = [("given", GIVEN), ("received", RECEIVED)];

/// Answers a visit to an address below that of delegations.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => show(visit).await,
        (false, ["new"]) => Ok(create::show(visit, None)),
        (true, ["new"]) => create::send(visit).await,
        (false, ["given", role, account, "invite"]) => invite::show(visit, role, account).await,
        (false, ["given", role, account, "revoke"]) => revoke::ask(visit, role, account).await,
        (true, ["given", role, account, "revoke"]) => revoke::carry_out(visit, role, account).await,
        (false, [SEVERAL]) => revoke_several::ask(visit).await,
        (true, [SEVERAL]) => revoke_several::carry_out(visit).await,
        (false, ["invitation"]) => invite::open(visit).await,
        (false, ["received", account, role]) => received::show_one(visit, account, role).await,
        (true, ["received", account, role, "use"]) => usage::let_use(visit, account, role).await,
        (false, ["received", account, role, "stop"]) => usage::ask_to_stop(visit, account, role).await,
        (true, ["received", account, role, "stop"]) => usage::stop(visit, account, role).await,
        _ => Err(Refusal::NoPage),
    }
}

/// Both sides, a tab each.
async fn show(visit: &Visit<'_>) -> Outcome {
    let asked = visit.query().get("tab");
    let tab = TABS.iter().find(|(tab, _)| *tab == asked).map_or("given", |(tab, _)| tab);
    let (map, part) = if tab == "received" {
        let list = received::AccessReceived::of(visit).await?;
        (list.map(visit).await, lists::part(visit, &list).await?)
    } else {
        let list = given::AccessGiven::of(visit).await?;
        (list.map(visit).await, lists::part(visit, &list).await?)
    };
    let (status, actions, list) = match part {
        Part::Instead(answer) => return Ok(answer),
        Part::Shown { status, actions, content } => (status, actions, content),
    };
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &html! { (actions) (new_button(visit)) }))
        (tabs(visit, HOME, tab, &TABS))
        (map)
        (list)
        (how(visit))
    };
    Ok(Answer::page(status, shell::page(visit, visit.say(TITLE), &content)))
}

/// Whether something that a row says has what is looked for.
fn says(wanted: &Wanted<'_>, own: &str) -> bool {
    own.to_lowercase().contains(&wanted.query.get("q").trim().to_lowercase())
}

fn new_button(visit: &Visit<'_>) -> Markup {
    let new = html! {
        a.button.main href=(visit.to("/delegations/new")) data-new { (icon(icon::LuPlus)) (visit.say(NEW)) }
    };
    needing(visit, Need::somehow(RAM, "CreateRole"), &new)
}

/// The three parts of a delegation's life.
fn how(visit: &Visit<'_>) -> Markup {
    html! {
        details {
            summary { (icon(icon::LuChevronRight)) (visit.say(HOW)) }
            ol.steps {
                li { a href=(visit.to("/delegations/new")) { (visit.say(HOW_GRANT)) } }
                li { a href=(visit.to("/switch-role")) { (visit.say(HOW_ACCESS)) } }
                li { a href=(visit.to(HOME)) { (visit.say(HOW_REVOKE)) } }
            }
        }
    }
}
