//! Deleting several queues or topics at once.

use argali_core::message_name::Region;
use argali_core::services::mns::{DeleteQueue, DeleteTopic};
use argali_protocol::ApiFailure;
use maud::html;

use super::list::region;
use super::{Kind, Named, OF_QUEUES, list_of, site};
use crate::data_plane::refused;
use crate::need::Need;
use crate::page::Outcome;
use crate::page::several::{Came, Deed, names, results};
use crate::part::Weight;
use crate::part::list::{SEVERAL, chosen};
use crate::text::messaging::*;
use crate::text::shell::DELETE;
use crate::visit::Visit;

/// What deleting one of a kind needs.
pub(super) fn removal(kind: &Kind, region: &Region, name: &str) -> Need {
    let site = site(region);
    if kind.word == OF_QUEUES.word {
        Need::any(name.parse().ok().map(|name: argali_core::message_name::QueueName| name.removal(site)))
    } else {
        Need::any(name.parse().ok().map(|name: argali_core::message_name::TopicName| name.removal(site)))
    }
}

/// Asks whether those that are chosen are really to be deleted.
pub(super) fn ask(visit: &Visit<'_>, kind: &Kind) -> Outcome {
    Ok(deed(visit, kind, &region(visit), &chosen(visit.query())?).ask(visit))
}

fn deed<'a>(visit: &Visit<'_>, kind: &Kind, region: &Region, chosen: &'a [&'a str]) -> Deed<'a> {
    let (list, _) = kind.list;
    Deed {
        title: visit.fill(kind.delete_several.0, &[&chosen.len().to_string()]),
        what: (Weight::Warning, kind.delete_several.1),
        word: "delete",
        button: ("button danger", visit.say(DELETE)),
        to: format!("{list}/{SEVERAL}?region={region}"),
        back: list_of(&site(region), kind),
        need: Need::any(chosen.iter().map(|name| removal(kind, region, name))),
        chosen,
        seen: html! { section.card { (names(chosen)) } },
        fields: html! {},
        is_counted: true,
    }
}

/// Deletes them once their number was typed, and tells what came of each.
pub(super) async fn send(visit: &Visit<'_>, kind: &Kind) -> Outcome {
    let (region, names) = (region(visit), chosen(visit.form())?);
    if let Some(answer) = deed(visit, kind, &region, &names).objection(visit) {
        return Ok(answer);
    }
    let mut rows = Vec::new();
    for name in &names {
        rows.push((html! { bdi { (name) } }, Came::of_removing(delete(visit, kind, &region, name).await)?));
    }
    let title = visit.fill(DELETED_SEVERAL, &[&names.len().to_string()]);
    Ok(results(visit, &title, &rows, &list_of(&site(&region), kind)))
}

async fn delete(visit: &Visit<'_>, kind: &Kind, region: &Region, name: &str) -> Result<(), ApiFailure> {
    let no_name = || refused("InvalidArgument", "The name is not valid.");
    let site = site(region);
    if kind.word == OF_QUEUES.word {
        let name = name.parse().map_err(|_| no_name())?;
        visit.change_messaging(&DeleteQueue { site, name }).await
    } else {
        let name = name.parse().map_err(|_| no_name())?;
        visit.change_messaging(&DeleteTopic { site, name }).await
    }
}
