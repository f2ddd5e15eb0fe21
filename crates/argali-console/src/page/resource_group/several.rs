//! Deleting several resource groups at once.

use maud::html;

use super::{LIST, display_name, of};
use crate::api::RESOURCE_MANAGER;
use crate::need::Need;
use crate::page::Outcome;
use crate::page::several::{Came, Deed, results};
use crate::part::list::{SEVERAL, chosen};
use crate::part::{Table, Weight};
use crate::text::resource_group::*;
use crate::text::shell::DELETE;
use crate::visit::Visit;

/// Asks whether those that are chosen are really to be deleted.
pub(super) async fn ask(visit: &Visit<'_>) -> Outcome {
    Ok(deed(visit, &chosen(visit.query())?).await.ask(visit))
}

async fn deed<'a>(visit: &Visit<'_>, ids: &'a [&'a str]) -> Deed<'a> {
    let mut rows = Vec::new();
    for id in ids {
        rows.push(vec![html! { bdi { (display_name(visit, id).await) } }, html! { code { (id) } }]);
    }
    Deed {
        title: visit.fill(DELETE_SEVERAL, &[&ids.len().to_string()]),
        what: (Weight::Warning, DELETE_SEVERAL_WHAT),
        word: "delete",
        button: ("button danger", visit.say(DELETE)),
        to: format!("{LIST}/{SEVERAL}"),
        back: LIST.to_owned(),
        need: Need::any(ids.iter().map(|id| of("DeleteResourceGroup", id))),
        chosen: ids,
        seen: Table { caption: TITLE, columns: &[DISPLAY_NAME, ID], rows }.show(visit),
        fields: html! {},
        is_counted: true,
    }
}

/// Deletes them once their number was typed, and tells what came of each: one that holds something stays.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    let ids = chosen(visit.form())?;
    if let Some(answer) = deed(visit, &ids).await.objection(visit) {
        return Ok(answer);
    }
    let mut rows = Vec::new();
    for id in &ids {
        let name = display_name(visit, id).await;
        let called = visit.call(RESOURCE_MANAGER, "DeleteResourceGroup", &[("ResourceGroupId", id)]).await;
        rows.push((html! { bdi { (name) } }, Came::of_removing(called)?));
    }
    Ok(results(visit, &visit.fill(DELETED_SEVERAL, &[&ids.len().to_string()]), &rows, LIST))
}
