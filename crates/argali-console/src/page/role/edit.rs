//! What a role is like besides whom it trusts: description, longest session, whether people switch to it.
// SPEC: console, role details; create role.

use argali_protocol::ApiFailure;
use maud::html;
use serde_json::Value;

use super::{create, path_of};
use crate::answer::Answer;
use crate::api::{RAM, holds, number, text};
use crate::moment::duration;
use crate::need::{Need, submit};
use crate::page::conflict::{self, Changed, Conflict};
use crate::page::{Outcome, Refusal};
use crate::part::{Field, Fields, heading, select, show_api, summary, tick};
use crate::shell::{self, token};
use crate::text::role::*;
use crate::text::shell::{CANCEL, SAVE};
use crate::text::user::EDIT;
use crate::visit::Visit;

const DESCRIPTION_FIELD: Field = Field::text("NewDescription", DESCRIPTION).longest(1024);
const LONGEST: &str = "NewMaxSessionDuration";
const CONSOLE: &str = "NewAllowConsoleLogin";

/// What changing it needs.
pub(super) fn need(role: &str) -> Need {
    Need::call(RAM, "UpdateRole", &[("RoleName", role)])
}

/// Where it is changed.
pub(super) fn path_to(role: &str) -> String {
    format!("{}/edit", path_of(role))
}

/// The form.
pub(super) async fn show(visit: &Visit<'_>, name: &str) -> Outcome {
    page(visit, name, None, None).await
}

/// A role as the form has it: description, longest session in seconds, console use.
fn values(role: &Value) -> [String; 3] {
    let longest = number(role, "MaxSessionDuration").to_string();
    [text(role, "Description").to_owned(), longest, holds(role, "AllowConsoleLogin").to_string()]
}

async fn page(
    visit: &Visit<'_>,
    name: &str,
    failure: Option<&ApiFailure>,
    conflict: Option<&Conflict>,
) -> Outcome {
    let answer = visit.call(RAM, "GetRole", &[("RoleName", name)]).await?;
    let role = answer.get("Role").unwrap_or(&Value::Null);
    let name = text(role, "RoleName");
    let now = values(role);
    let [_, longest, console] = &now;
    let is_new = !visit.is_post() && !visit.is_kept();
    let fields = Fields::new(visit).refused(failure).showing(role, &[("NewDescription", "Description")]);
    let chosen = if is_new { longest } else { fields.value(LONGEST) };
    // What was set by a program may lie between two hours.
    let lengths = create::lengths(visit, number(role, "MaxSessionDuration"));
    let lengths: Vec<_> = lengths.iter().map(|(seconds, said)| (seconds.as_str(), said.clone())).collect();
    let is_usable = if is_new { console == "true" } else { visit.form().is_ticked(CONSOLE) };
    let title = format!("{} · {name}", visit.say(EDIT));
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(EDIT)) " · " bdi { (name) } }, None, &html! {}))
            @if let Some(failure) = failure { (summary(visit, failure)) }
            (conflict::said(conflict))
            form.card.stack id=(conflict::FORM) method="post" action=(visit.to(&path_to(name))) {
                (token(visit))
                (conflict::base_in(visit, conflict, &now.each_ref().map(String::as_str)))
                (fields.show(DESCRIPTION_FIELD))
                (select(visit, (LONGEST, DURATION), chosen, &lengths))
                (tick(visit, (CONSOLE, CONSOLE_USE), is_usable, Some(EDIT_CONSOLE_HINT)))
                div.actions {
                    (submit(visit, need(name), ("button main", SAVE)))
                    a.button href=(visit.to(&path_of(name))) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Ok(Answer::page(failure.map_or(200, |failure| failure.status), shell::page(visit, &title, &content)))
}

/// Saves it.
pub(super) async fn save(visit: &Visit<'_>, name: &str) -> Outcome {
    let form = visit.form();
    let console = if form.is_ticked(CONSOLE) { "true" } else { "false" };
    let mine = [form.get("NewDescription").trim(), form.get(LONGEST), console];
    let answer = visit.call(RAM, "GetRole", &[("RoleName", name)]).await.unwrap_or_default();
    let role = answer.get("Role").unwrap_or(&Value::Null);
    if !role.is_null()
        && let Some(conflict) = conflict_of(visit, name, &values(role), mine).await
    {
        return Ok(page(visit, name, None, Some(&conflict)).await?.of_status(409));
    }
    let [description, longest, console] = mine;
    let params =
        [("RoleName", name), ("NewDescription", description), (LONGEST, longest), (CONSOLE, console)];
    match visit.call(RAM, "UpdateRole", &params).await {
        Ok(_) => Ok(Answer::see(visit.to(&path_of(name)))),
        Err(failure) => page(visit, name, Some(&Refusal::shown(failure)?), None).await,
    }
}

/// What somebody else changed meanwhile, in words.
async fn conflict_of(visit: &Visit<'_>, name: &str, now: &[String; 3], mine: [&str; 3]) -> Option<Conflict> {
    let said = |[description, longest, console]: [&str; 3]| {
        let longest = longest.parse().map_or_else(|_| longest.to_owned(), |seconds| duration(visit, seconds));
        let console = visit.say(if console == "true" { CONSOLE_USED } else { CONSOLE_UNUSED });
        [description.to_owned(), longest, console.to_owned()]
    };
    let resource = format!(":role/{name}");
    let theirs = path_of(name);
    let changed = Changed { operations: &["UpdateRole"], resource: &resource, theirs: &theirs, save: "" };
    let now = now.each_ref().map(String::as_str);
    Conflict::in_words(visit, &changed, (&now, &mine), &{
        let labels = [DESCRIPTION, DURATION, CONSOLE_USE].map(|label| visit.say(label));
        let both = said(now).into_iter().zip(said(mine));
        labels.into_iter().zip(both).map(|(label, (now, mine))| (label, now, mine)).collect::<Vec<_>>()
    })
    .await
}
