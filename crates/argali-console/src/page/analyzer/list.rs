//! The findings of one kind, and putting several away at once.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{LIST, archiving, finding, path_of, state};
use crate::api::{ARGALI, items, text};
use crate::icon;
use crate::need::Need;
use crate::page::several::{Came, Deed, results};
use crate::page::{Outcome, Refusal};
use crate::part::list::{About, Act, Column, Found, List, Parts, SEVERAL, Wanted, chosen, sifted_in_parts};
use crate::part::{Fields, SHORT_SIZES, Table, Weight};
use crate::text::Text;
use crate::text::analyzer::*;
use crate::visit::Visit;

/// How much of the evidence a row shows.
const FEW: usize = 3;

/// The findings of a kind, in a state.
pub(super) struct Findings<'q> {
    pub(super) kind: &'q str,
    pub(super) status: &'static str,
    pub(super) title: Text,
    pub(super) none: (Text, Markup),
}

const COLUMNS: &[Column<'_>] = &[
    Column::drawn(ABOUT, "Resource", &|visit, found| {
        let path = path_of(text(found, "FindingId"));
        html! { a href=(visit.to(&path)) { bdi { (finding::name(text(found, "Resource"))) } } }
    }),
    Column::drawn(EVIDENCE, "Evidence", &evidence).unordered().in_files(&|found| {
        let pairs =
            items(found, "Evidence").map(|one| format!("{}={}", text(one, "Name"), text(one, "Value")));
        pairs.collect::<Vec<_>>().join("; ")
    }),
];

/// The first of what shows a finding.
pub(super) fn evidence(visit: &Visit<'_>, found: &Value) -> Markup {
    let few: Vec<_> = finding::evidence(visit, found).into_iter().take(FEW).collect();
    html! {
        @if few.is_empty() { span.muted { "–" } }
        @else { ul.names { @for (label, value) in few { li { span.muted { (label) } " " (value) } } } }
    }
}

fn key(found: &Value) -> String {
    text(found, "FindingId").to_owned()
}

impl List for Findings<'_> {
    fn about(&self) -> About<'_> {
        let (label, need): (Text, &(dyn Fn(&Value) -> Need + Sync)) = if self.status == "Active" {
            (ARCHIVE, &|found| archiving("ArchiveFinding", text(found, "FindingId")))
        } else {
            (UNARCHIVE, &|found| archiving("UnarchiveFinding", text(found, "FindingId")))
        };
        About {
            path: LIST,
            kept: vec![("status", self.status), ("kind", self.kind)],
            title: self.title.into(),
            file: "findings",
            search: Some(ABOUT),
            columns: COLUMNS.to_vec(),
            sizes: SHORT_SIZES,
            acts: vec![Act::new("archive", label, need)],
            key: &key,
            empty: (icon::LuShieldCheck, self.none.0),
            onward: self.none.1.clone(),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let words = wanted.query.get("q").trim().to_lowercase();
        let says = |found: &Value| text(found, "Resource").to_lowercase().contains(&words);
        let place = |found: &Value| text(found, "Resource").to_owned() + text(found, "FindingId");
        sifted_in_parts(visit, self, wanted, (place, (!words.is_empty()).then_some(&says))).await
    }
}

impl Parts for Findings<'_> {
    async fn part(
        &self,
        visit: &Visit<'_>,
        _: &Wanted<'_>,
        (marker, size): (&str, usize),
    ) -> Result<Found, ApiFailure> {
        let size = size.to_string();
        let params = [("Status", self.status), ("Kind", self.kind), ("MaxItems", &size), ("Marker", marker)];
        let answer = visit.call(ARGALI, "ListFindings", &params).await?;
        let rows = items(&answer, "Findings").cloned().collect();
        Ok(Found { rows, next: text(&answer, "Marker").to_owned(), ..Found::default() })
    }
}

/// Asks why those that are chosen are put away; or whether they are taken out of the archive.
pub(super) async fn ask(visit: &Visit<'_>) -> Outcome {
    let ids = chosen(visit.query())?;
    let is_archived = state(visit) == "Archived";
    let mut rows = Vec::new();
    for id in &ids {
        let found = visit.call(ARGALI, "ListFindings", &[("FindingId", id)]).await.unwrap_or_default();
        let found = items(&found, "Findings").next().cloned().unwrap_or_default();
        let kind = super::proposal::kind(text(&found, "Kind")).0;
        rows.push(vec![
            html! { bdi { (finding::name(text(&found, "Resource"))) } },
            html! { (visit.say(kind)) },
        ]);
    }
    let (title, operation, label) = if is_archived {
        (UNARCHIVE_SEVERAL, "UnarchiveFinding", UNARCHIVE)
    } else {
        (ARCHIVE_SEVERAL, "ArchiveFinding", ARCHIVE)
    };
    let deed = Deed {
        title: visit.fill(title, &[&ids.len().to_string()]),
        what: (Weight::Info, if is_archived { UNARCHIVE_WHAT } else { ARCHIVE_WHAT }),
        word: "archive",
        button: ("button main", visit.say(label)),
        to: format!("{LIST}/{SEVERAL}?status={}", state(visit)),
        back: format!("{LIST}?status={}", state(visit)),
        need: Need::any(ids.iter().map(|id| archiving(operation, id))),
        chosen: &ids,
        seen: Table { caption: TITLE, columns: &[ABOUT, KIND], rows }.show(visit),
        fields: html! { @if !is_archived { (Fields::new(visit).show(finding::REASON_FIELD)) } },
        is_counted: false,
    };
    Ok(deed.ask(visit))
}

/// Does it, and tells what came of each.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    let (ids, status) = (chosen(visit.form())?, state(visit));
    let mut rows = Vec::new();
    for id in &ids {
        let found = super::find(visit, id).await;
        let name = found.as_ref().map_or(*id, |found| finding::name(text(found, "Resource"))).to_owned();
        let called = if status == "Archived" {
            visit.call(ARGALI, "UnarchiveFinding", &[("FindingId", id)]).await
        } else {
            let reason = ("Reason", visit.form().get("Reason"));
            visit.call(ARGALI, "ArchiveFinding", &[("FindingId", id), reason]).await
        };
        rows.push((html! { bdi { (name) } }, Came::of_acting(called)?));
    }
    if rows.is_empty() {
        return Err(Refusal::NoneChosen);
    }
    Ok(results(visit, visit.say(TITLE), &rows, &format!("{LIST}?status={status}")))
}
