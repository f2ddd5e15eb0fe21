//! User groups: their list, their members, what they may do.
// SPEC: console, user groups.

mod groups;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::activity;
use super::grant::{self, Kind};
use super::{Outcome, Refusal, confirm};
use crate::answer::Answer;
use crate::api::{RAM, list, text};
use crate::icon;
use crate::moment::moment;
use crate::need::{Need, needing, submit, way};
use crate::pairs::segment;
use crate::part::list::{self as lists, SEVERAL, chosen};
use crate::part::{
    Field, Fields, SHORT_SIZES, Table, act, empty, heading, page_size_of, pager_of, show_api, summary, tabs,
};
use crate::shell::{self, token};
use crate::text::group::*;
use crate::text::shell::{ACTIONS, ACTIVITY, CANCEL, DELETE, OK};
use crate::text::user::{NAME_HINT, PERMISSIONS, REMOVE};
use crate::visit::Visit;

const LIST: &str = "/ram/groups";
/// The form that makes one.
pub(super) const NEW: &str = "/ram/groups/new";
const TABS: [(&str, crate::text::Text); 3] =
    [("members", MEMBERS), ("permissions", PERMISSIONS), ("activity", ACTIVITY)];

/// Answers a visit to an address below that of groups.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => lists::show(visit, &groups::Groups).await,
        (false, ["new"]) => Ok(form(visit, None)),
        (true, ["new"]) => create(visit).await,
        (false, [SEVERAL]) => grant_to_several(visit),
        (false, [name]) => show(visit, name).await,
        (true, [name, "members"]) => change(visit, name).await,
        (false, [name, "delete"]) => ask_to_delete(visit, name),
        (true, [name, "delete"]) => delete(visit, name).await,
        _ => Err(Refusal::NoPage),
    }
}

/// Leads to the form that grants policies to those that are chosen in the list.
fn grant_to_several(visit: &Visit<'_>) -> Outcome {
    Ok(Answer::see(visit.to(&grant::path_to_several(Kind::Group, &chosen(visit.query())?))))
}

/// The page of a group.
pub(crate) fn path_of(name: &str) -> String {
    format!("{LIST}/{}", segment(name))
}

/// How many groups are offered where one is to be chosen, at a hundred a call.
const MOST_CALLS: usize = 10;

/// The names of the account's groups.
pub(crate) async fn names(visit: &Visit<'_>) -> Result<Vec<String>, ApiFailure> {
    let (mut names, mut marker) = (Vec::new(), String::new());
    for _ in 0..MOST_CALLS {
        let answer = visit.call(RAM, "ListGroups", &[("MaxItems", "100"), ("Marker", &marker)]).await?;
        names.extend(list(&answer, "Groups", "Group").map(|group| text(group, "GroupName").to_owned()));
        text(&answer, "Marker").clone_into(&mut marker);
        if marker.is_empty() {
            break;
        }
    }
    Ok(names)
}

/// The form that makes one.
pub(crate) fn form(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Answer {
    let fields = Fields::new(visit).refused(failure);
    let content = html! {
        div.narrow {
            h1 { (visit.say(CREATE)) }
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.card.stack method="post" action=(visit.to(NEW)) {
                (token(visit))
                (fields.show(Field::text("GroupName", NAME).required().longest(64).hint(NAME_HINT)))
                (fields.show(Field::text("Comments", COMMENTS).longest(128)))
                div.actions {
                    (submit(visit, Need::somehow(RAM, "CreateGroup"), ("button main", OK)))
                    a.button href=(visit.to(LIST)) data-close { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Answer::page(
        failure.map_or(200, |failure| failure.status),
        shell::page(visit, visit.say(CREATE), &content),
    )
}

/// Makes one.
pub(crate) async fn create(visit: &Visit<'_>) -> Outcome {
    let params = ["GroupName", "Comments"].map(|name| (name, visit.form().get(name).trim()));
    match visit.call(RAM, "CreateGroup", &params).await {
        Ok(_) => Ok(Answer::see(visit.to(&path_of(visit.form().get("GroupName").trim())))),
        Err(failure) => Ok(form(visit, Some(&Refusal::shown(failure)?))),
    }
}

/// The details of a group, a tab at a time.
pub(crate) async fn show(visit: &Visit<'_>, name: &str) -> Outcome {
    page(visit, name, None).await
}

/// The same; `failed` is what came of a member that was to be added.
async fn page(visit: &Visit<'_>, name: &str, failed: Option<&ApiFailure>) -> Outcome {
    let answer = visit.call(RAM, "GetGroup", &[("GroupName", name)]).await?;
    let group = answer.get("Group").unwrap_or(&Value::Null);
    let name = text(group, "GroupName");
    let asked = visit.query().get("tab");
    let tab = TABS.iter().find(|(tab, _)| *tab == asked).map_or("members", |(tab, _)| tab);
    let part = match tab {
        "permissions" => grant::part(visit, Kind::Group, name).await?,
        "activity" => activity::latest(visit, "resource", &format!(":group/{name}")).await?,
        _ => members(visit, name, failed).await?,
    };
    let path = path_of(name);
    let actions = html! {
        @if tab == "members" {
            (needing(visit, Need::somehow(RAM, "AddUserToGroup"), &html! { a.button href="#UserName" { (visit.say(ADD_MEMBER)) } }))
        }
        @if tab != "permissions" { (grant::link(visit, Kind::Group, name, "button")) }
        (way(visit, deletion_need(name), &format!("{path}/delete"), ("button", DELETE)))
    };
    let comments = text(group, "Comments");
    let content = html! {
        (heading(&html! { bdi { (name) } }, Some(comments).filter(|comments| !comments.is_empty()), &actions))
        (tabs(visit, &path, tab, &TABS))
        (part)
    };
    let status = failed.map_or(200, |failure| failure.status);
    Ok(Answer::page(status, shell::page(visit, name, &content)))
}

async fn members(visit: &Visit<'_>, name: &str, failed: Option<&ApiFailure>) -> Result<Markup, ApiFailure> {
    let params = [
        ("GroupName", name),
        ("Marker", visit.query().get("marker")),
        ("MaxItems", page_size_of(visit, SHORT_SIZES)),
    ];
    let answer = visit.call(RAM, "ListUsersForGroup", &params).await?;
    let path = format!("{}/members", path_of(name));
    let row = |user: &Value| {
        let user_name = text(user, "UserName");
        let membership = [("GroupName", name), ("UserName", user_name)];
        let remove =
            act(visit, &path, &[("UserName", user_name), ("do", "remove")], ("quiet danger", REMOVE));
        vec![
            html! { a href=(visit.to(&super::user::path_of(user_name))) { bdi { (user_name) } } },
            moment(visit, text(user, "JoinDate")),
            needing(visit, Need::call(RAM, "RemoveUserFromGroup", &membership), &remove),
        ]
    };
    let rows: Vec<_> = list(&answer, "Users", "User").map(row).collect();
    let fields = if failed.is_some() { Fields::new(visit) } else { Fields::empty(visit) };
    let fields = fields.refused(failed);
    Ok(html! {
        @if rows.is_empty() {
            section.card { (empty(visit, icon::LuUsers, visit.say(MEMBERS_EMPTY), &html! { a.button.main href="#UserName" { (visit.say(ADD_MEMBER)) } })) }
        } @else {
            (Table { caption: MEMBERS, columns: &[MEMBER, JOINED, ACTIONS], rows }.show(visit))
            (pager_of(visit, &path_of(name), text(&answer, "Marker"), SHORT_SIZES))
        }
        form.card.stack.narrow method="post" action=(visit.to(&path)) {
            (token(visit))
            @if let Some(failure) = failed { (summary(visit, failure)) }
            (fields.show(Field::text("UserName", MEMBER).required().longest(64)))
            div.actions { (submit(visit, Need::somehow(RAM, "AddUserToGroup"), ("button main", ADD_MEMBER))) (show_api(visit)) }
        }
    })
}

/// Puts a user into the group, or takes it out.
pub(crate) async fn change(visit: &Visit<'_>, name: &str) -> Outcome {
    let form = visit.form();
    let params = [("GroupName", name), ("UserName", form.get("UserName").trim())];
    if form.get("do") == "remove" {
        visit.call(RAM, "RemoveUserFromGroup", &params).await?;
    } else if let Err(failure) = visit.call(RAM, "AddUserToGroup", &params).await {
        return page(visit, name, Some(&Refusal::shown(failure)?)).await;
    }
    Ok(Answer::see(visit.to(&path_of(name))))
}

/// Asks whether a group is really to be deleted.
pub(crate) fn ask_to_delete(visit: &Visit<'_>, name: &str) -> Outcome {
    Ok(confirm::page(visit, &deletion(name), None))
}

/// Deletes a group.
pub(crate) async fn delete(visit: &Visit<'_>, name: &str) -> Outcome {
    let deletion = deletion(name);
    let params = [("GroupName", name)];
    confirm::carry_out(visit, &deletion, visit.call(RAM, "DeleteGroup", &params), LIST).await
}

/// What deleting a group needs.
fn deletion_need(name: &str) -> Need {
    Need::call(RAM, "DeleteGroup", &[("GroupName", name)])
}

fn deletion(name: &str) -> confirm::Deletion<'_> {
    confirm::Deletion {
        name,
        title: DELETE_TITLE,
        what: DELETE_WHAT,
        path: path_of(name),
        more: html! {},
        need: deletion_need(name),
    }
}
