//! The list of resource groups.

use std::collections::BTreeSet;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{ByGroup, DEFAULT, LIST, creation, grants, holdings, of, path_of};
use crate::api::{RESOURCE_MANAGER, list, number, text, texts};
use crate::icon::{self, icon};
use crate::need::needing;
use crate::part::denial;
use crate::part::list::{About, Act, Cell, Column, Found, List, Parts, Wanted, in_parts, member, numbered};
use crate::text::resource_group::*;
use crate::text::shell::{DELETE, SEARCH_NAMES};
use crate::visit::Visit;

/// How many groups a call lists at most.
const MOST_A_CALL: usize = 100;

/// The list, with what is known of each group.
pub(super) struct Groups {
    counts: Option<ByGroup<i64>>,
    holders: ByGroup<BTreeSet<String>>,
    new: Markup,
    actions: Markup,
}

const COLUMNS: &[Column<'_>] = &[
    Column::drawn(DISPLAY_NAME, "DisplayName", &|visit, group| {
        html! { a href=(visit.to(&path_of(text(group, "Id")))) { bdi { (text(group, "DisplayName")) } } }
    }),
    Column { cell: Cell::Drawn(&|_, group| html! { code { (text(group, "Id")) } }), ..Column::of(ID, "Id") },
    Column::drawn(RESOURCES, "ResourceCount", &|_, group| match member(group, "ResourceCount") {
        count if count.is_empty() => html! { "–" },
        count => html! { (count) },
    }),
    Column::drawn(WHO, "Holders", &|visit, group| grants::names(visit, &texts(group, "Holders")))
        .unordered()
        .in_files(&|group| texts(group, "Holders").join("; ")),
    Column::moment(CREATED, "CreateDate"),
];

impl Groups {
    pub(super) async fn of(visit: &Visit<'_>) -> Self {
        let new = needing(
            visit,
            creation(),
            &html! {
                a.button.main href=(visit.to("/resource-groups/new")) data-new { (icon(icon::LuPlus)) (visit.say(CREATE)) }
            },
        );
        let actions = html! {
            a.button href=(visit.to("/resource-groups/services")) { (visit.say(SERVICES)) }
            (new)
        };
        Self { counts: holdings::counts(visit).await, holders: grants::holders(visit).await, new, actions }
    }

    /// A group with how much is in it, and who has permissions there.
    fn row(&self, group: &Value) -> Value {
        let (mut row, id) = (group.clone(), text(group, "Id"));
        if let Some(row) = row.as_object_mut() {
            if let Some(counts) = &self.counts {
                row.insert("ResourceCount".to_owned(), counts.get(id).copied().unwrap_or_default().into());
            }
            let holders: Vec<&String> = self.holders.get(id).into_iter().flatten().collect();
            row.insert("Holders".to_owned(), holders.into_iter().cloned().collect());
        }
        row
    }
}

impl List for Groups {
    fn about(&self) -> About<'_> {
        About {
            path: LIST,
            title: TITLE.into(),
            lede: LEDE.into(),
            file: "resource-groups",
            search: Some(SEARCH_NAMES),
            columns: COLUMNS.to_vec(),
            acts: vec![Act::new("delete", DELETE, &|group| of("DeleteResourceGroup", text(group, "Id")))],
            // The one that every account has stays for good.
            key: &|group| {
                if text(group, "Name") == DEFAULT { String::new() } else { text(group, "Id").to_owned() }
            },
            empty: (icon::LuFolderTree, EMPTY),
            onward: self.new.clone(),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        in_parts(visit, self, wanted, |group| text(group, "DisplayName").to_owned() + text(group, "Id")).await
    }

    fn actions(&self, _: &Visit<'_>) -> Markup {
        self.actions.clone()
    }

    async fn refused(&self, visit: &Visit<'_>, failure: &ApiFailure) -> Option<Markup> {
        Some(denial(visit, failure).await)
    }
}

impl Parts for Groups {
    async fn part(
        &self,
        visit: &Visit<'_>,
        wanted: &Wanted<'_>,
        (marker, size): (&str, usize),
    ) -> Result<Found, ApiFailure> {
        let (page, size) = (marker.parse().unwrap_or(1).clamp(1, 100_000), size.min(MOST_A_CALL));
        let numbers = [page.to_string(), size.to_string()];
        let params = [
            ("DisplayName", wanted.query.get("q").trim()),
            ("PageNumber", &numbers[0]),
            ("PageSize", &numbers[1]),
        ];
        let answer = visit.call(RESOURCE_MANAGER, "ListResourceGroups", &params).await?;
        let rows = list(&answer, "ResourceGroups", "ResourceGroup").map(|group| self.row(group)).collect();
        Ok(numbered(rows, (page, size), number(&answer, "TotalCount")))
    }
}
