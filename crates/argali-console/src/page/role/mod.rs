//! Roles: their list, their details, whom they trust, making and deleting them.
// SPEC: console, roles; requirements S0-11 to S0-26, S2-12 to S2-21, S3-05 to S3-21, S4-12 to S4-34.

pub(crate) mod create;
pub(crate) mod session;
pub(crate) mod trust;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::grant::{self, Kind};
use super::{Outcome, Refusal, confirm};
use crate::answer::Answer;
use crate::api::{RAM, list, number, text};
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::pairs::{encode, segment};
use crate::part::{Table, act, copyable, facts, heading, nothing, page_size, pager, search, tabs};
use crate::shell;
use crate::text::role::*;
use crate::text::shell::{ACTIONS, DELETE};
use crate::text::user::{GRANT, PERMISSIONS};
use crate::visit::Visit;

const LIST: &str = "/ram/roles";
const TABS: [(&str, crate::text::Text); 3] =
    [("permissions", PERMISSIONS), ("trust", TRUST), ("sessions", SESSIONS)];
const HOUR_S: i64 = 3_600;

/// Answers a visit to an address below that of roles.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => show_list(visit).await,
        (false, ["new"]) => create::show(visit).await,
        (true, ["new"]) => create::send(visit).await,
        (false, [name]) => show(visit, name).await,
        (false, [name, "trust"]) => trust::edit(visit, name).await,
        (true, [name, "trust"]) => trust::change(visit, name).await,
        (true, [name, "sessions"]) => session::end(visit, name).await,
        (false, [name, "delete"]) => ask_to_delete(visit, name).await,
        (true, [name, "delete"]) => delete(visit, name).await,
        _ => Err(Refusal::NoPage),
    }
}

/// The page of a role.
pub(crate) fn path_of(name: &str) -> String {
    format!("{LIST}/{}", segment(name))
}

/// The list.
pub(crate) async fn show_list(visit: &Visit<'_>) -> Outcome {
    let query = visit.query();
    let wanted = query.filled("q").map(str::to_lowercase);
    let size = if wanted.is_some() { "1000" } else { page_size(visit) };
    let answer = visit.call(RAM, "ListRoles", &[("MaxItems", size), ("Marker", query.get("marker"))]).await?;
    let matches = |role: &&Value| {
        let names = [text(role, "RoleName"), text(role, "Description")];
        wanted.as_ref().is_none_or(|wanted| names.iter().any(|name| name.to_lowercase().contains(wanted)))
    };
    let row = |role: &Value| {
        let name = text(role, "RoleName");
        vec![
            html! { a href=(visit.to(&path_of(name))) { bdi { (name) } } },
            html! { bdi { (text(role, "Description")) } },
            html! { (visit.fill(HOURS, &[&(number(role, "MaxSessionDuration") / HOUR_S).to_string()])) },
            moment(visit, text(role, "CreateDate")),
            html! { a href=(visit.to(&grant::path_to(Kind::Role, name))) { (visit.say(GRANT)) } },
        ]
    };
    let rows: Vec<_> = list(&answer, "Roles", "Role").filter(matches).map(row).collect();
    let new = html! {
        a.button.main href=(visit.to("/ram/roles/new")) data-new { (icon(icon::LuPlus)) (visit.say(CREATE)) }
    };
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &new))
        div.toolbar { (search(visit, LIST)) }
        @if rows.is_empty() {
            section.card { (nothing(visit, LIST, (icon::LuVenetianMask, EMPTY, new))) }
        } @else {
            (Table { caption: TITLE, columns: &[NAME, DESCRIPTION, DURATION, CREATED, ACTIONS], rows }.show(visit))
            (pager(visit, LIST, text(&answer, "Marker")))
        }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(TITLE), &content)))
}

/// The details of a role, a tab at a time.
pub(crate) async fn show(visit: &Visit<'_>, name: &str) -> Outcome {
    let answer = visit.call(RAM, "GetRole", &[("RoleName", name)]).await?;
    let role = answer.get("Role").unwrap_or(&Value::Null);
    let name = text(role, "RoleName");
    let asked = visit.query().get("tab");
    let tab = TABS.iter().find(|(tab, _)| *tab == asked).map_or("permissions", |(tab, _)| tab);
    let part = match tab {
        "trust" => trust::part(visit, role).await,
        "sessions" => session::part(visit, name).await?,
        _ => grant::part(visit, Kind::Role, name).await?,
    };
    let path = path_of(name);
    let actions = html! {
        // The tab of the permissions has the button where they are.
        @if tab != "permissions" { a.button href=(visit.to(&grant::path_to(Kind::Role, name))) { (visit.say(GRANT)) } }
        a.button href=(visit.to(&format!("{path}/delete"))) { (visit.say(DELETE)) }
    };
    let description = Some(text(role, "Description")).filter(|text| !text.is_empty());
    let content = html! {
        (heading(&html! { bdi { (name) } }, description, &actions))
        section.card { (about(visit, role)) }
        (tabs(visit, &path, tab, &TABS))
        (part)
    };
    Ok(Answer::page(200, shell::page(visit, name, &content)))
}

fn about(visit: &Visit<'_>, role: &Value) -> Markup {
    let link = encode([("account", visit.account_id()), ("role", text(role, "RoleName"))]);
    let hours = (number(role, "MaxSessionDuration") / HOUR_S).to_string();
    facts(&[
        (visit.say(ARN), copyable(visit, text(role, "Arn"))),
        (
            visit.say(COPY_LINK),
            copyable(visit, &format!("{}/console/switch-role?{link}", visit.own_origin())),
        ),
        (visit.say(CREATED), moment(visit, text(role, "CreateDate"))),
        (visit.say(DURATION), html! { (visit.fill(HOURS, &[&hours])) }),
    ])
}

/// Asks whether a role is really to be deleted, and shows what must be detached first.
pub(crate) async fn ask_to_delete(visit: &Visit<'_>, name: &str) -> Outcome {
    let attached = attached(visit, name).await?;
    Ok(confirm::page(visit, &deletion(visit, name, &attached), None))
}

/// Deletes a role; or, where that is asked, detaches its policies and asks again.
pub(crate) async fn delete(visit: &Visit<'_>, name: &str) -> Outcome {
    let attached = attached(visit, name).await?;
    if visit.form().is_ticked("detach") {
        for (policy_type, policy) in &attached {
            let params = [("RoleName", name), ("PolicyType", policy_type), ("PolicyName", policy)];
            visit.call(RAM, "DetachPolicyFromRole", &params).await?;
        }
        return Ok(Answer::see(visit.to(&format!("{}/delete", path_of(name)))));
    }
    let deletion = deletion(visit, name, &attached);
    if let Some(answer) = confirm::objection(visit, &deletion) {
        return Ok(answer);
    }
    match visit.call(RAM, "DeleteRole", &[("RoleName", name)]).await {
        Ok(_) => Ok(Answer::see(visit.to(LIST))),
        Err(failure) => Ok(confirm::page(visit, &deletion, Some(&Refusal::shown(failure)?))),
    }
}

/// The types and names of the policies that a role has.
async fn attached(visit: &Visit<'_>, name: &str) -> Result<Vec<(String, String)>, ApiFailure> {
    let answer = visit.call(RAM, "ListPoliciesForRole", &[("RoleName", name)]).await?;
    let policies = list(&answer, "Policies", "Policy");
    let named = |policy| (text(policy, "PolicyType").to_owned(), text(policy, "PolicyName").to_owned());
    Ok(policies.map(named).collect())
}

fn deletion<'a>(visit: &Visit<'_>, name: &'a str, attached: &[(String, String)]) -> confirm::Deletion<'a> {
    let path = path_of(name);
    let more = html! {
        @if !attached.is_empty() {
            section.card.stack {
                p { (visit.say(DETACH_FIRST)) }
                ul.plain { @for (_, policy) in attached { li { (policy) } } }
                (act(visit, &format!("{path}/delete"), &[("detach", "true")], ("button", DETACH_ALL)))
            }
        }
    };
    confirm::Deletion { name, title: DELETE_TITLE, what: DELETE_WHAT, path, more }
}
