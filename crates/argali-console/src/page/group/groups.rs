//! The list of groups.
// SPEC: console, user groups.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{LIST, path_of};
use crate::api::{ARGALI, holds, text};
use crate::icon;

use crate::need::needing;
use crate::page::grant::{self, Kind};
use crate::part::list::{
    About, Act, Actions, Cell, Column, Creation, Found, Label, List, Wanted, Width, row_link,
};
use crate::text::group::*;
use crate::text::list::HIDDEN;
use crate::text::shell::DELETE;
use crate::text::user::{CREATED, GRANT, POLICIES};
use crate::visit::Visit;

/// The list.
pub(super) struct Groups;

const COLUMNS: &[Column<'_>] = &[
    Column {
        label: Label::Said(NAME),
        name: "GroupName",
        width: Width::Always,
        order: Some("GroupName"),
        cell: Cell::Drawn(&|visit, group| {
            let name = text(group, "GroupName");
            html! { a href=(visit.to(&path_of(name))) { (name) } }
        }),
        plain: Some(&|group| text(group, "GroupName").to_owned()),
    },
    Column {
        label: Label::Said(MEMBERS),
        name: "MemberCount",
        width: Width::Always,
        order: None,
        cell: Cell::Drawn(&|_, group| count(group, "MemberCount")),
        plain: Some(&|group| group.get("MemberCount").map(Value::to_string).unwrap_or_default()),
    },
    Column {
        label: Label::Said(POLICIES),
        name: "PolicyCount",
        width: Width::Always,
        order: None,
        cell: Cell::Drawn(&|_, group| count(group, "PolicyCount")),
        plain: Some(&|group| group.get("PolicyCount").map(Value::to_string).unwrap_or_default()),
    },
    Column::of(COMMENTS, "Comments").unordered(),
    Column::moment(CREATED, "CreateDate"),
];

/// A number, unless the viewer may not know it.
fn count(group: &Value, member: &str) -> Markup {
    match group.get(member).and_then(Value::as_i64) {
        Some(count) => html! { (count) },
        None => html! { "–" },
    }
}

impl List for Groups {
    fn about(&self) -> About<'_> {
        About {
            path: LIST,
            title: TITLE.into(),
            lede: LEDE.into(),
            file: "groups",
            search: Some(SEARCH),
            filters: Vec::new(),
            columns: COLUMNS.to_vec(),
            actions: Some(Actions { most: grant, others }),
            acts: vec![
                Act::new("grant", GRANT, &|_| grant::need(Kind::Group)),
                Act::new("delete", DELETE, &|group| super::deletion_need(text(group, "GroupName"))),
            ],
            key: &|group| text(group, "GroupName").to_owned(),
            create: Some(Creation { path: "/ram/groups/new", label: CREATE, needs: &["CreateGroup"] }),
            empty: (icon::LuUsers, EMPTY),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let text_wanted = [("Text", wanted.query.get("q").trim())];
        let params: Vec<_> = text_wanted.into_iter().chain(wanted.params()).collect();
        let answer = visit.call(ARGALI, "SearchGroups", &params).await?;
        let shows_all = holds(&answer, "ShowsMembers") && holds(&answer, "ShowsPolicies");
        Ok(Found::of_search(&answer, "Groups", (!shows_all).then(|| visit.say(HIDDEN).to_owned())))
    }
}

fn grant(visit: &Visit<'_>, group: &Value) -> Markup {
    grant::link(visit, Kind::Group, text(group, "GroupName"), "")
}

fn others(visit: &Visit<'_>, group: &Value) -> Markup {
    let name = text(group, "GroupName");
    let delete = row_link(visit, &format!("{}/delete", path_of(name)), icon::LuTrash2, DELETE);
    html! {
        (needing(visit, super::deletion_need(name), &delete))
    }
}
