//! Resource groups: their list, what is in one, who has permissions there.
// SPEC: console, resources, resource groups.

mod grants;
mod groups;
mod holdings;
mod several;

pub(super) use holdings::failure_of;

use std::collections::BTreeMap;

use argali_protocol::ApiFailure;
use maud::html;
use serde_json::Value;

use super::conflict::{self, Changed, Conflict};
use super::{Outcome, Refusal, confirm, service_list};
use crate::answer::Answer;
use crate::api::{RESOURCE_MANAGER, list, text};
use crate::moment::moment;
use crate::need::{Need, submit, way};
use crate::pairs::segment;
use crate::part::list::{self as lists, Part, SEVERAL};
use crate::part::{Field, Fields, copyable, denial, facts, heading, show_api, summary, tabs};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::resource_group::*;
use crate::text::shell::{CANCEL, DELETE, OK, SAVE};
use crate::visit::Visit;

const LIST: &str = "/resource-groups";
/// The group that every account has, for good.
const DEFAULT: &str = "default";
const TABS: [(&str, Text); 2] = [("resources", RESOURCES), ("permissions", PERMISSIONS)];
const NAME_FIELD: Field = Field::text("Name", NAME).required().longest(50).hint(NAME_HINT);
const DISPLAY_FIELD: Field = Field::text("DisplayName", DISPLAY_NAME).required().longest(50);

/// Answers a visit to an address below that of resource groups.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => lists::show(visit, &groups::Groups::of(visit).await).await,
        (false, [SEVERAL]) => several::ask(visit).await,
        (true, [SEVERAL]) => several::send(visit).await,
        (false, ["services"]) => Ok(service_list::show(visit)),
        (false, ["new"]) => Ok(form(visit, None)),
        (true, ["new"]) => create(visit).await,
        (false, [id, SEVERAL]) => holdings::ask(visit, id).await,
        (true, [id, SEVERAL]) => holdings::send(visit, id).await,
        (false, [id]) => show(visit, id, None).await,
        (true, [id]) => rename(visit, id).await,
        (false, [id, "delete"]) => {
            Ok(confirm::page(visit, &deletion(id, &display_name(visit, id).await), None))
        }
        (true, [id, "delete"]) => delete(visit, id).await,
        _ => Err(Refusal::NoPage),
    }
}

/// The page of a group.
pub(super) fn path_of(id: &str) -> String {
    format!("{LIST}/{}", segment(id))
}

fn form(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Answer {
    let fields = Fields::new(visit).refused(failure);
    let content = html! {
        div.narrow {
            h1 { (visit.say(CREATE)) }
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.card.stack method="post" action=(visit.to("/resource-groups/new")) {
                (token(visit))
                (fields.show(NAME_FIELD))
                (fields.show(DISPLAY_FIELD))
                div.actions {
                    (submit(visit, creation(), ("button main", OK)))
                    a.button href=(visit.to(LIST)) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    let status = failure.map_or(200, |failure| failure.status);
    Answer::page(status, shell::page(visit, visit.say(CREATE), &content))
}

async fn create(visit: &Visit<'_>) -> Outcome {
    let params = ["Name", "DisplayName"].map(|name| (name, visit.form().get(name).trim()));
    match visit.call(RESOURCE_MANAGER, "CreateResourceGroup", &params).await {
        Ok(answer) => {
            let id = answer.get("ResourceGroup").map(|group| text(group, "Id")).unwrap_or_default();
            Ok(Answer::see(visit.to(&path_of(id))))
        }
        Err(failure) => Ok(form(visit, Some(&Refusal::shown(failure)?))),
    }
}

/// The details of a group, a tab at a time.
async fn show(visit: &Visit<'_>, id: &str, failure: Option<&ApiFailure>) -> Outcome {
    page(visit, id, failure, None).await
}

/// The same where somebody else changed it meanwhile.
async fn page(
    visit: &Visit<'_>,
    id: &str,
    failure: Option<&ApiFailure>,
    conflict: Option<&Conflict>,
) -> Outcome {
    let answer = visit.call(RESOURCE_MANAGER, "GetResourceGroup", &[("ResourceGroupId", id)]).await?;
    let group = answer.get("ResourceGroup").unwrap_or(&Value::Null);
    let tab = if visit.query().get("tab") == "permissions" { "permissions" } else { "resources" };
    let (export, part) = match tab {
        "permissions" => (html! {}, grants::part(visit, id).await?),
        _ => match lists::part(visit, &holdings::Holdings::of(visit, id).await).await? {
            Part::Instead(answer) => return Ok(answer),
            Part::Shown { actions, content, .. } => (actions, content),
        },
    };
    let path = path_of(id);
    let fields = Fields::new(visit).refused(failure).showing(group, &[("NewDisplayName", "DisplayName")]);
    let name = text(group, "DisplayName");
    let update = Need::call(
        RESOURCE_MANAGER,
        "UpdateResourceGroup",
        &[("ResourceGroupId", id), ("NewDisplayName", name)],
    );
    let delete = || way(visit, of("DeleteResourceGroup", id), &format!("{path}/delete"), ("button", DELETE));
    let actions = html! { (export) @if text(group, "Name") != DEFAULT { (delete()) } };
    let content = html! {
        (heading(&html! { bdi { (name) } }, None, &actions))
        @if let Some(failure) = failure { (denial(visit, failure).await) }
        (conflict::said(conflict))
        div.columns {
            section.card {
                (facts(&[
                    (visit.say(ID), copyable(visit, id)),
                    (visit.say(NAME), html! { bdi { (text(group, "Name")) } }),
                    (visit.say(CREATED), moment(visit, text(group, "CreateDate"))),
                ]))
            }
            form.card.stack id=(conflict::FORM) method="post" action=(visit.to(&path)) {
                (token(visit))
                (conflict::base_in(visit, conflict, &[name]))
                (fields.show(Field::text("NewDisplayName", DISPLAY_NAME).required().longest(50)))
                div.actions { (submit(visit, update, ("button", SAVE))) (show_api(visit)) }
            }
        }
        (tabs(visit, &path, tab, &TABS))
        (part)
    };
    Ok(Answer::page(failure.map_or(200, |failure| failure.status), shell::page(visit, name, &content)))
}

async fn rename(visit: &Visit<'_>, id: &str) -> Outcome {
    let answer = visit.call(RESOURCE_MANAGER, "GetResourceGroup", &[("ResourceGroupId", id)]).await;
    let answer = answer.unwrap_or_default();
    if let Some(group) = answer.get("ResourceGroup") {
        let entered = visit.form().get("NewDisplayName").trim();
        let fields = [(visit.say(DISPLAY_NAME), text(group, "DisplayName"), entered)];
        let (resource, theirs) = (format!("/{id}"), path_of(id));
        let operations = &["UpdateResourceGroup"];
        let changed = Changed { operations, resource: &resource, theirs: &theirs, save: "" };
        if let Some(conflict) = Conflict::of(visit, &changed, &fields).await {
            return Ok(page(visit, id, None, Some(&conflict)).await?.of_status(409));
        }
    }
    let params = [("ResourceGroupId", id), ("NewDisplayName", visit.form().get("NewDisplayName").trim())];
    match visit.call(RESOURCE_MANAGER, "UpdateResourceGroup", &params).await {
        Ok(_) => Ok(Answer::see(visit.to(&path_of(id)))),
        Err(failure) => show(visit, id, Some(&Refusal::shown(failure)?)).await,
    }
}

async fn delete(visit: &Visit<'_>, id: &str) -> Outcome {
    let name = display_name(visit, id).await;
    let deletion = deletion(id, &name);
    let params = [("ResourceGroupId", id)];
    confirm::carry_out(visit, &deletion, visit.call(RESOURCE_MANAGER, "DeleteResourceGroup", &params), LIST)
        .await
}

/// What making a group needs.
fn creation() -> Need {
    Need::somehow(RESOURCE_MANAGER, "CreateResourceGroup")
}

/// What doing something with a group needs.
fn of(operation: &str, id: &str) -> Need {
    Need::call(RESOURCE_MANAGER, operation, &[("ResourceGroupId", id)])
}

/// What people call a group; its identifier if the viewer may not see it.
async fn display_name(visit: &Visit<'_>, id: &str) -> String {
    let answer = visit.call(RESOURCE_MANAGER, "GetResourceGroup", &[("ResourceGroupId", id)]).await;
    let answer = answer.unwrap_or_default();
    let name = answer.get("ResourceGroup").map(|group| text(group, "DisplayName")).unwrap_or_default();
    if name.is_empty() { id.to_owned() } else { name.to_owned() }
}

fn deletion<'n>(id: &str, name: &'n str) -> confirm::Deletion<'n> {
    let need = of("DeleteResourceGroup", id);
    confirm::Deletion {
        name,
        title: DELETE_TITLE,
        what: DELETE_WHAT,
        path: path_of(id),
        more: html! {},
        need,
    }
}

/// The groups that an answer lists, as a form offers them.
pub(super) fn group_options(answer: &Value) -> Vec<(&str, String)> {
    let named = |group| (text(group, "Id"), text(group, "DisplayName").to_owned());
    list(answer, "ResourceGroups", "ResourceGroup").map(named).collect()
}

/// Something of each group, by its identifier.
type ByGroup<T> = BTreeMap<String, T>;
