//! What a group is called, and what is said of it.
// SPEC: console, user groups.

use argali_protocol::ApiFailure;
use maud::html;
use serde_json::Value;

use super::{NAME_FIELD, path_of};
use crate::answer::Answer;
use crate::api::{RAM, text};
use crate::need::{Need, submit};
use crate::page::conflict::{self, Changed, Conflict};
use crate::page::{Outcome, Refusal};
use crate::part::{Field, Fields, heading, show_api, summary, summary_of};
use crate::shell::{self, token};
use crate::text::group::*;
use crate::text::shell::{CANCEL, SAVE};
use crate::text::user::EDIT;
use crate::visit::Visit;

const NEW_NAME: Field = Field { name: "NewGroupName", ..NAME_FIELD };
const NEW_COMMENTS: Field = Field::text("NewComments", COMMENTS).longest(128);

/// What changing it needs.
pub(super) fn need(group: &str) -> Need {
    Need::call(RAM, "UpdateGroup", &[("GroupName", group)])
}

/// Where it is changed.
pub(super) fn path_to(group: &str) -> String {
    format!("{}/edit", path_of(group))
}

/// The form.
pub(super) async fn show(visit: &Visit<'_>, name: &str) -> Outcome {
    page(visit, name, None, None).await
}

async fn page(
    visit: &Visit<'_>,
    name: &str,
    failure: Option<&ApiFailure>,
    conflict: Option<&Conflict>,
) -> Outcome {
    let answer = visit.call(RAM, "GetGroup", &[("GroupName", name)]).await?;
    let group = answer.get("Group").unwrap_or(&Value::Null);
    let name = text(group, "GroupName");
    let fields = Fields::new(visit)
        .refused(failure)
        .showing(group, &[(NEW_NAME.name, "GroupName"), (NEW_COMMENTS.name, "Comments")]);
    let is_unnamed = visit.is_post() && fields.value(NEW_NAME.name).trim().is_empty();
    let missing = is_unnamed.then(|| visit.say(NAME_MISSING));
    let fields = fields.wrong(NEW_NAME.name, missing);
    let title = format!("{} · {name}", visit.say(EDIT));
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(EDIT)) " · " bdi { (name) } }, None, &html! {}))
            @if let Some(failure) = failure { (summary(visit, failure)) }
            @if let Some(missing) = missing { (summary_of(&[(Some(NEW_NAME.name), missing)])) }
            (conflict::said(conflict))
            form.card.stack id=(conflict::FORM) method="post" action=(visit.to(&path_to(name))) {
                (token(visit))
                (conflict::base_in(visit, conflict, &[name, text(group, "Comments")]))
                (fields.show(NEW_NAME))
                (fields.show(NEW_COMMENTS))
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
    let [new_name, comments] = [NEW_NAME, NEW_COMMENTS].map(|field| visit.form().get(field.name).trim());
    // The operation takes an empty name for none, and would leave the group as it is called.
    if new_name.is_empty() {
        return Ok(page(visit, name, None, None).await?.of_status(400));
    }
    let answer = visit.call(RAM, "GetGroup", &[("GroupName", name)]).await.unwrap_or_default();
    let group = answer.get("Group").unwrap_or(&Value::Null);
    let fields = [
        (visit.say(NAME), text(group, "GroupName"), new_name),
        (visit.say(COMMENTS), text(group, "Comments"), comments),
    ];
    let (resource, theirs) = (format!(":group/{name}"), path_of(name));
    let changed = Changed { operations: &["UpdateGroup"], resource: &resource, theirs: &theirs, save: "" };
    if !group.is_null()
        && let Some(conflict) = Conflict::of(visit, &changed, &fields).await
    {
        return Ok(page(visit, name, None, Some(&conflict)).await?.of_status(409));
    }
    let params = [("GroupName", name), (NEW_NAME.name, new_name), (NEW_COMMENTS.name, comments)];
    match visit.call(RAM, "UpdateGroup", &params).await {
        Ok(_) => Ok(Answer::see(visit.to(&path_of(new_name)))),
        Err(failure) => page(visit, name, Some(&Refusal::shown(failure)?), None).await,
    }
}
