//! The groups that a user is in.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::path_of;
use crate::answer::Answer;
use crate::api::{RAM, list, text};
use crate::icon;
use crate::need::{Need, needing, submit, way};
use crate::page::Outcome;
use crate::page::group::names;
use crate::part::{Table, act, empty, select, show_api};
use crate::shell::token;
use crate::text::group::{COMMENTS as GROUP_COMMENTS, NAME as GROUP_NAME};
use crate::text::shell::ACTIONS;
use crate::text::user::*;
use crate::visit::Visit;

/// The tab.
pub(crate) async fn part(visit: &Visit<'_>, name: &str) -> Result<Markup, ApiFailure> {
    let own = visit.call(RAM, "ListGroupsForUser", &[("UserName", name)]).await?;
    let all = names(visit).await?;
    let path = format!("{}/groups", path_of(name));
    let joined: Vec<&Value> = list(&own, "Groups", "Group").collect();
    let row = |group: &&Value| {
        let group_name = text(group, "GroupName");
        let membership = [("UserName", name), ("GroupName", group_name)];
        let remove =
            act(visit, &path, &[("GroupName", group_name), ("do", "remove")], ("quiet danger", REMOVE));
        vec![
            html! { a href=(visit.to(&crate::page::group::path_of(group_name))) { bdi { (group_name) } } },
            html! { bdi { (text(group, "Comments")) } },
            needing(visit, Need::call(RAM, "RemoveUserFromGroup", &membership), &remove),
        ]
    };
    let rows: Vec<_> = joined.iter().map(row).collect();
    let is_joined = |name: &str| joined.iter().any(|group| text(group, "GroupName") == name);
    let others = all.iter().filter(|name| !is_joined(name));
    let others: Vec<_> = others.map(|name| (name.as_str(), name.clone())).collect();
    Ok(html! {
        @if rows.is_empty() {
            section.card { (empty(visit, icon::LuUsers, visit.say(GROUPS_EMPTY), &way(visit, Need::somehow(RAM, "CreateGroup"), "/ram/groups/new", ("button", crate::text::group::CREATE)))) }
        } @else {
            (Table { caption: GROUPS, columns: &[GROUP_NAME, GROUP_COMMENTS, ACTIONS], rows }.show(visit))
        }
        @if !others.is_empty() {
            form.card.stack.narrow method="post" action=(visit.to(&path)) {
                (token(visit))
                (select(visit, ("GroupName", GROUP_NAME), "", &others))
                div.actions { (submit(visit, Need::call(RAM, "AddUserToGroup", &[("UserName", name)]), ("button main", ADD_TO_GROUP))) (show_api(visit)) }
            }
        }
    })
}

/// Puts the user into a group, or takes it out.
pub(crate) async fn change(visit: &Visit<'_>, name: &str) -> Outcome {
    let form = visit.form();
    let action = if form.get("do") == "remove" { "RemoveUserFromGroup" } else { "AddUserToGroup" };
    visit.call(RAM, action, &[("UserName", name), ("GroupName", form.get("GroupName"))]).await?;
    Ok(Answer::see(visit.to(&format!("{}?tab=groups", path_of(name)))))
}
