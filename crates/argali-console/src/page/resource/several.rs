//! Doing something with several resources: asking first, then what came of each.

use argali_core::hosted::outline::OperationOutline;
use maud::html;

use super::act::{button, what};
use super::details::regroup_one;
use super::list::{REGROUP, bulk_acts, groups};
use super::{Place, label};
use crate::api::RESOURCE_MANAGER;
use crate::need::Need;
use crate::page::several::{Came, Deed, names, results};
use crate::page::{Outcome, Refusal};
use crate::part::list::{SEVERAL, chosen};
use crate::part::{Weight, select};
use crate::text::resource::*;
use crate::visit::Visit;

fn act_of<'v>(place: &Place<'v>, operation: &str) -> Result<&'v OperationOutline, Refusal> {
    bulk_acts(place.kind).find(|act| act.name == operation).ok_or(Refusal::NoPage)
}

/// Asks whether something is to be done with those that are chosen.
pub(super) async fn ask(visit: &Visit<'_>, place: &Place<'_>) -> Outcome {
    let word = visit.query().get("do");
    let ids = chosen(visit.query())?;
    let (to, back) = (place.below(&format!("/{SEVERAL}"), &[]), place.below("", &[]));
    let seen = html! { section.card { (names(&ids)) } };
    if word == REGROUP && place.kind.groups {
        let groups = groups(visit, place).await;
        let groups: Vec<_> = groups.iter().map(|(id, name)| (id.as_str(), name.clone())).collect();
        let deed = Deed {
            title: visit.fill(ASK, &[visit.say(MOVE), place.title(visit)]),
            what: (Weight::Info, MOVE_HINT),
            word,
            button: ("button main", visit.say(MOVE_DO)),
            to,
            back,
            need: Need::somehow(RESOURCE_MANAGER, "MoveResources"),
            chosen: &ids,
            seen,
            fields: select(visit, ("ResourceGroupId", GROUP), "", &groups),
            is_counted: false,
        };
        return Ok(deed.ask(visit));
    }
    let act = act_of(place, word)?;
    let name = label(visit, act);
    let deed = Deed {
        title: visit.fill(ASK, &[&name, place.title(visit)]),
        what: what(act.act),
        word,
        button: (button(act.act), &name),
        to,
        back,
        need: Need::any(ids.iter().map(|id| place.need(&act.name, &act.target.pairs(id)))),
        chosen: &ids,
        seen,
        fields: html! {},
        is_counted: false,
    };
    Ok(deed.ask(visit))
}

/// Does it with each, and shows what came of each.
pub(super) async fn send(visit: &Visit<'_>, place: &Place<'_>) -> Outcome {
    let form = visit.form();
    let ids = chosen(form)?;
    let act = if form.get("do") == REGROUP && place.kind.groups {
        None
    } else {
        Some(act_of(place, form.get("do"))?)
    };
    let mut rows = Vec::new();
    for id in &ids {
        let called = match act {
            Some(act) => place.call(visit, &act.name, &act.target.pairs(id)).await.map(drop),
            None => regroup_one(visit, place, (id, form.get("ResourceGroupId"))).await,
        };
        let link = html! { a href=(visit.to(&place.one(id))) { bdi { (id) } } };
        rows.push((link, Came::of_acting(called)?));
    }
    let name = act.map_or_else(|| visit.say(MOVE).to_owned(), |act| label(visit, act));
    let title = visit.fill(ASK, &[&name, place.title(visit)]);
    Ok(results(visit, &title, &rows, &place.below("", &[])))
}
