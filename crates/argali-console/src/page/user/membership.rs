//! The groups that a user is in, and those that one or several are put into.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::path_of;
use crate::answer::Answer;
use crate::api::{RAM, list, text};
use crate::icon;
use crate::need::{Need, needing, submit, way};
use crate::page::grant::{Kind, Principal};
use crate::page::picker::{FIND, MOST_OFFERED, Picker};
use crate::page::several::{Came, results};
use crate::page::{Outcome, Refusal, group};
use crate::part::{Fields, Table, act, empty, show_api};
use crate::shell::token;
use crate::text::group::{COMMENTS as GROUP_COMMENTS, NAME as GROUP_NAME};
use crate::text::shell::ACTIONS;
use crate::text::user::*;
use crate::visit::Visit;

/// The groups that users are put into.
pub(super) const NEW_GROUPS: Picker = Picker {
    field: "GroupName",
    boxes: "group",
    label: GROUP_NAME,
    kinds: &[Kind::Group],
    at_first: MOST_OFFERED,
};

/// The tab; `failed` is what came of a group that the user was to be put into.
pub(crate) async fn part(
    visit: &Visit<'_>,
    name: &str,
    failed: Option<&ApiFailure>,
) -> Result<Markup, ApiFailure> {
    let own = visit.call(RAM, "ListGroupsForUser", &[("UserName", name)]).await?;
    let path = format!("{}/groups", path_of(name));
    let row = |group: &Value| {
        let group_name = text(group, "GroupName");
        let membership = [("UserName", name), ("GroupName", group_name)];
        let remove =
            act(visit, &path, &[("GroupName", group_name), ("do", "remove")], ("quiet danger", REMOVE));
        vec![
            html! { a href=(visit.to(&group::path_of(group_name))) { bdi { (group_name) } } },
            html! { bdi { (text(group, "Comments")) } },
            needing(visit, Need::call(RAM, "RemoveUserFromGroup", &membership), &remove),
        ]
    };
    let rows: Vec<_> = list(&own, "Groups", "Group").map(row).collect();
    let fields = if visit.is_post() { Fields::new(visit) } else { Fields::empty(visit) };
    let create =
        way(visit, Need::somehow(RAM, "CreateGroup"), group::NEW, ("button", crate::text::group::CREATE));
    let add = Need::call(RAM, "AddUserToGroup", &[("UserName", name)]);
    Ok(html! {
        @if rows.is_empty() {
            section.card { (empty(visit, icon::LuUsers, visit.say(GROUPS_EMPTY), &create)) }
        } @else {
            (Table { caption: GROUPS, columns: &[GROUP_NAME, GROUP_COMMENTS, ACTIONS], rows }.show(visit))
        }
        form.card.stack.narrow method="post" action=(visit.to(&path)) {
            (token(visit))
            input type="hidden" name="tab" value="groups";
            (NEW_GROUPS.show(visit, &fields.refused(failed)).await)
            div.actions { (submit(visit, add, ("button main", ADD_TO_GROUP))) (show_api(visit)) }
        }
    })
}

/// Puts the user into groups, or takes it out of one.
pub(crate) async fn change(visit: &Visit<'_>, name: &str) -> Outcome {
    let form = visit.form();
    let back = format!("{}?tab=groups", path_of(name));
    match form.get("do") {
        FIND => super::show(visit, name, None).await,
        "remove" => {
            let params = [("UserName", name), ("GroupName", form.get("GroupName"))];
            visit.call(RAM, "RemoveUserFromGroup", &params).await?;
            Ok(Answer::see(visit.to(&back)))
        }
        _ => match NEW_GROUPS.chosen(form).as_slice() {
            several @ [_, _, ..] => add(visit, &[name], several, &back).await,
            one => {
                let group = one.first().map_or("", |one| one.name.trim());
                match visit.call(RAM, "AddUserToGroup", &[("UserName", name), ("GroupName", group)]).await {
                    Ok(_) => Ok(Answer::see(visit.to(&back))),
                    Err(failure) => super::show(visit, name, Some(&Refusal::shown(failure)?)).await,
                }
            }
        },
    }
}

/// Puts each of some users into each of some groups, and tells what came of it.
pub(crate) async fn add(visit: &Visit<'_>, users: &[&str], groups: &[Principal], back: &str) -> Outcome {
    let mut rows = Vec::new();
    for user in users {
        for group in groups {
            let called =
                visit.call(RAM, "AddUserToGroup", &[("UserName", user), ("GroupName", &group.name)]).await;
            let what = html! { bdi { (user) } " → " bdi { (group.name) } };
            rows.push((what, Came::of_adding(called)?));
        }
    }
    let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    Ok(results(visit, &visit.fill(ADDED_SEVERAL, &[&names.join(", ")]), &rows, back))
}
