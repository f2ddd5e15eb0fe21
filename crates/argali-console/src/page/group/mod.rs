//! User groups: their list, their members, what they may do.
// SPEC: console, user groups.

mod edit;
mod groups;
mod member;
mod several;

use argali_protocol::ApiFailure;
use maud::html;
use serde_json::Value;

use self::member::Wrong;
use super::activity;
use super::grant::{self, Kind};
use super::{Outcome, Refusal, confirm};
use crate::answer::Answer;
use crate::api::{RAM, text};
use crate::need::{Need, needing, submit, way};
use crate::pairs::segment;
use crate::part::list::{self as lists, SEVERAL};
use crate::part::{Field, Fields, heading, show_api, summary, tabs};
use crate::shell::{self, token};
use crate::text::group::*;
use crate::text::shell::{ACTIVITY, CANCEL, DELETE, OK};
use crate::text::user::{EDIT, NAME_HINT, PERMISSIONS};
use crate::visit::Visit;

const LIST: &str = "/ram/groups";
/// The form that makes one.
pub(super) const NEW: &str = "/ram/groups/new";
const NAME_FIELD: Field = Field::text("GroupName", NAME).required().longest(64).hint(NAME_HINT);
const TABS: [(&str, crate::text::Text); 3] =
    [("members", MEMBERS), ("permissions", PERMISSIONS), ("activity", ACTIVITY)];

/// Answers a visit to an address below that of groups.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => lists::show(visit, &groups::Groups).await,
        (false, ["new"]) => Ok(form(visit, None)),
        (true, ["new"]) => create(visit).await,
        (false, [SEVERAL]) => several::ask(visit),
        (true, [SEVERAL]) => several::send(visit).await,
        (false, [name]) => show(visit, name).await,
        (true, [name, "members"]) => member::change(visit, name).await,
        (false, [name, "edit"]) => edit::show(visit, name).await,
        (true, [name, "edit"]) => edit::save(visit, name).await,
        (false, [name, "delete"]) => ask_to_delete(visit, name),
        (true, [name, "delete"]) => delete(visit, name).await,
        _ => Err(Refusal::NoPage),
    }
}

/// The page of a group.
pub(crate) fn path_of(name: &str) -> String {
    format!("{LIST}/{}", segment(name))
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
                (fields.show(NAME_FIELD))
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

/// The same; `wrong` says what is wrong with a member that was to be added.
async fn page(visit: &Visit<'_>, name: &str, wrong: Option<Wrong<'_>>) -> Outcome {
    let answer = visit.call(RAM, "GetGroup", &[("GroupName", name)]).await?;
    let group = answer.get("Group").unwrap_or(&Value::Null);
    let name = text(group, "GroupName");
    let asked = visit.query().get("tab");
    let tab = TABS.iter().find(|(tab, _)| *tab == asked).map_or("members", |(tab, _)| tab);
    let part = match tab {
        "permissions" => grant::part(visit, Kind::Group, name).await?,
        "activity" => activity::latest(visit, "resource", &format!(":group/{name}")).await?,
        _ => member::part(visit, name, wrong).await?,
    };
    let path = path_of(name);
    let actions = html! {
        @if tab == "members" {
            (needing(visit, Need::somehow(RAM, "AddUserToGroup"), &html! { a.button href="#UserName" { (visit.say(ADD_MEMBER)) } }))
        }
        @if tab != "permissions" { (grant::link(visit, Kind::Group, name, "button")) }
        (way(visit, edit::need(name), &edit::path_to(name), ("button", EDIT)))
        (way(visit, deletion_need(name), &format!("{path}/delete"), ("button", DELETE)))
    };
    let comments = text(group, "Comments");
    let content = html! {
        (heading(&html! { bdi { (name) } }, Some(comments).filter(|comments| !comments.is_empty()), &actions))
        (tabs(visit, &path, tab, &TABS))
        (part)
    };
    let status = wrong.map_or(200, Wrong::status);
    Ok(Answer::page(status, shell::page(visit, name, &content)))
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
