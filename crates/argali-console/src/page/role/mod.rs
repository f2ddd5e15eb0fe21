//! Roles: their list, their details, whom they trust, making and deleting them.
// SPEC: console, roles; requirements S0-11 to S0-26, S2-12 to S2-21, S3-05 to S3-21, S4-12 to S4-34.

pub(crate) mod create;
mod edit;
mod roles;
pub(crate) mod session;
mod several;
pub(crate) mod trust;
mod visibility;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::activity;
use super::grant::{self, Kind};
use super::tags::Tagged;
use super::{Outcome, Refusal, confirm};
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, holds, items, number, text};
use crate::moment::{duration, moment};
use crate::need::{Need, needing, way};
use crate::page::grant::Grant;
use crate::pairs::{encode, segment};
use crate::part::list::{self as lists, SEVERAL};
use crate::part::{act_saying, copyable, facts, heading, summary, tabs};
use crate::shell;
use crate::text::role::*;
use crate::text::shell::{ACTIVITY, DELETE};
use crate::text::user::{EDIT, PERMISSIONS};
use crate::visit::Visit;

const LIST: &str = "/ram/roles";
const TABS: [(&str, crate::text::Text); 5] = [
    ("permissions", PERMISSIONS),
    ("trust", TRUST),
    ("sessions", SESSIONS),
    ("activity", ACTIVITY),
    ("tags", crate::text::tag::TITLE),
];

/// Answers a visit to an address below that of roles.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => lists::show(visit, &roles::Roles).await,
        (false, ["new"]) => create::show(visit).await,
        (true, ["new"]) => create::send(visit).await,
        (false, [SEVERAL]) => several::ask(visit).await,
        (true, [SEVERAL]) => several::send(visit).await,
        (false, [name]) => show(visit, name, None).await,
        (true, [name, "tags"]) => match Tagged::Role(name).change(visit).await {
            Ok(answer) => Ok(answer),
            Err(failure) => show(visit, name, Some(&Refusal::shown(failure)?)).await,
        },
        (false, [name, "trust"]) => trust::edit(visit, name).await,
        (true, [name, "trust"]) => trust::change(visit, name).await,
        (false, [name, "edit"]) => edit::show(visit, name).await,
        (true, [name, "edit"]) => edit::save(visit, name).await,
        (true, [name, "visibility"]) => visibility::change(visit, name).await,
        (true, [name, "sessions"]) => session::end(visit, name).await,
        (false, [name, "delete"]) => ask_to_delete(visit, name).await,
        (true, [name, "delete"]) => delete(visit, name).await,
        _ => Err(Refusal::NoPage),
    }
}

/// Where people switch to a role, for whoever is to be told.
fn switch_link(visit: &Visit<'_>, name: &str) -> String {
    let link = encode([("account", visit.account_id()), ("role", name)]);
    format!("{}/console/switch-role?{link}", visit.own_origin())
}

/// The page of a role.
pub(crate) fn path_of(name: &str) -> String {
    format!("{LIST}/{}", segment(name))
}

/// The details of a role, a tab at a time.
pub(crate) async fn show(visit: &Visit<'_>, name: &str, failure: Option<&ApiFailure>) -> Outcome {
    let answer = visit.call(RAM, "GetRole", &[("RoleName", name)]).await?;
    let role = answer.get("Role").unwrap_or(&Value::Null);
    let name = text(role, "RoleName");
    let asked = if visit.is_post() { visit.form().get("tab") } else { visit.query().get("tab") };
    let tab = TABS.iter().find(|(tab, _)| *tab == asked).map_or("permissions", |(tab, _)| tab);
    let part = match tab {
        "trust" => trust::part(visit, role).await,
        "sessions" => session::part(visit, name).await?,
        "activity" => activity::latest(visit, "role", name).await?,
        "tags" => Tagged::Role(name).part(visit, failure).await?,
        _ => grant::part(visit, Kind::Role, name).await?,
    };
    let path = path_of(name);
    let actions = html! {
        // The tab of the permissions has the button where they are.
        @if tab != "permissions" { (grant::link(visit, Kind::Role, name, "button")) }
        (way(visit, edit::need(name), &edit::path_to(name), ("button", EDIT)))
        (way(visit, deletion_need(name), &format!("{path}/delete"), ("button", DELETE)))
    };
    let description = Some(text(role, "Description")).filter(|text| !text.is_empty());
    let content = html! {
        (heading(&html! { bdi { (name) } }, description, &actions))
        section.card.stack {
            (about(visit, role, &used(visit, name).await))
            p.hint { (visit.say(NO_CREDENTIALS)) }
        }
        (tabs(visit, &path, tab, &TABS))
        @if let Some(failure) = failure { (summary(visit, failure)) }
        (part)
    };
    Ok(Answer::page(failure.map_or(200, |failure| failure.status), shell::page(visit, name, &content)))
}

/// What is known of the use of a role, as far as the viewer may know.
pub(crate) async fn used(visit: &Visit<'_>, name: &str) -> Value {
    let found = visit.call(ARGALI, "SearchRoles", &[("RoleName", name)]).await.unwrap_or_default();
    items(&found, "Roles").next().cloned().unwrap_or_default()
}

fn about(visit: &Visit<'_>, role: &Value, used: &Value) -> Markup {
    facts(&[
        (visit.say(ARN), copyable(visit, text(role, "Arn"))),
        (visit.say(COPY_LINK), copyable(visit, &switch_link(visit, text(role, "RoleName")))),
        (visit.say(CREATED), moment(visit, text(role, "CreateDate"))),
        (visit.say(LAST_ASSUMED), roles::last_assumed(visit, used)),
        (visit.say(DURATION), html! { (duration(visit, number(role, "MaxSessionDuration"))) }),
        (
            visit.say(CONSOLE_USE),
            html! { (visit.say(if holds(role, "AllowConsoleLogin") { CONSOLE_USED } else { CONSOLE_UNUSED })) },
        ),
        (visit.say(SHOWN), visibility::shown(visit, used)),
    ])
}

/// Asks whether a role is really to be deleted, and shows what must be detached first.
pub(crate) async fn ask_to_delete(visit: &Visit<'_>, name: &str) -> Outcome {
    let attached = grant::grants(visit, Kind::Role, name).await?;
    let live = number(&used(visit, name).await, "LiveSessions");
    Ok(confirm::page(visit, &deletion(visit, name, (&attached, live)), None))
}

/// Deletes a role; or, where that is asked, detaches its policies and asks again.
pub(crate) async fn delete(visit: &Visit<'_>, name: &str) -> Outcome {
    let attached = grant::grants(visit, Kind::Role, name).await?;
    if visit.form().is_ticked("detach") {
        for row in &attached {
            Grant::of(row).revoke(visit).await?;
        }
        return Ok(Answer::see(visit.to(&format!("{}/delete", path_of(name)))));
    }
    let live = number(&used(visit, name).await, "LiveSessions");
    let deletion = deletion(visit, name, (&attached, live));
    let params = [("RoleName", name)];
    confirm::carry_out(visit, &deletion, visit.call(RAM, "DeleteRole", &params), LIST).await
}

/// What deleting a role needs.
fn deletion_need(name: &str) -> Need {
    Need::call(RAM, "DeleteRole", &[("RoleName", name)])
}

fn deletion<'a>(
    visit: &Visit<'_>,
    name: &'a str,
    (attached, live): (&[Value], i64),
) -> confirm::Deletion<'a> {
    let path = path_of(name);
    let more = html! {
        @if live > 0 { p { (visit.fill(SESSIONS_END, &[&live.to_string()])) } }
        @if !attached.is_empty() {
            section.card.stack {
                p { (visit.say(DETACH_FIRST)) }
                ul.plain { @for row in attached { li { (text(row, "PolicyName")) } } }
                (needing(visit, grant::revocation(attached), &act_saying(visit, &format!("{path}/delete"), &[("detach", "true")], ("button", &visit.fill(DETACH_ALL, &[&attached.len().to_string()])))))
            }
        }
    };
    confirm::Deletion { name, title: DELETE_TITLE, what: DELETE_WHAT, path, more, need: deletion_need(name) }
}
