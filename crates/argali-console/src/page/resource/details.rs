//! One resource: everything that answers say of it, what refers to it, its tags, and what can be done with it.

use argali_core::hosted::outline::{Act, OperationOutline, Shows};
use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::fetch::{Wanted, fetch, id_of, member_of};
use super::list::{groups, to_whole};
use super::value::{self, flat};
use super::{Place, called, label, name_in, refused, tag};
use crate::answer::Answer;
use crate::api::{RESOURCE_MANAGER, is_denied, text};
use crate::icon;
use crate::need::{Need, needing, submit};
use crate::page::resource_group::failure_of;
use crate::page::{Outcome, Refusal, failure as failures};
use crate::pairs::segment;
use crate::part::{Weight, empty, heading, notice, select, show_api};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::resource::*;
use crate::visit::Visit;

/// How many of each type that refers to a resource are shown with it.
const MOST_RELATED: usize = 20;
/// How many pages are looked through for what has no identifier to ask for.
const MOST_PAGES: usize = 20;

/// The resource with this identifier, as its list shows it; nothing if there is none.
pub(super) async fn find(
    visit: &Visit<'_>,
    place: &Place<'_>,
    id: &str,
) -> Result<Option<Value>, ApiFailure> {
    let Some(list) = &place.kind.list else { return Ok(None) };
    let whole = id.split_once('/').map_or(place.whole.as_str(), |(whole, _)| whole);
    let place = &place.within(whole);
    if let Some((ids, form)) = &list.ids {
        let wanted = Wanted { size: 10, ..Wanted::default() };
        let found = fetch(visit, place, wanted, &form.pairs(ids, &[id])).await?;
        return Ok(found.items.into_iter().find(|item| id_of(place.kind, item, whole) == id));
    }
    let mut marker = String::new();
    for _ in 0..MOST_PAGES {
        let wanted = Wanted { size: list.most, marker: &marker, ..Wanted::default() };
        let found = fetch(visit, place, wanted, &[]).await?;
        let one = found.items.into_iter().find(|item| id_of(place.kind, item, whole) == id);
        if one.is_some() || found.next.is_empty() {
            return Ok(one);
        }
        marker = found.next;
    }
    Ok(None)
}

/// The page; `failed` is what came of something that was to be done with it.
pub(super) async fn show(
    visit: &Visit<'_>,
    place: &Place<'_>,
    id: &str,
    failed: Option<&ApiFailure>,
) -> Outcome {
    if place.kind.is_part() && place.whole.is_empty() && !id.contains('/') {
        return to_whole(visit, place);
    }
    let item = match find(visit, place, id).await {
        Ok(Some(item)) => item,
        Ok(None) => return Ok(failures::absent(visit)),
        Err(failure) => return unseen(visit, place, id, &failure).await,
    };
    let tabs: Vec<(&str, Text)> = [("details", DETAILS), ("related", RELATED), ("tags", TAGS)]
        .into_iter()
        .filter(|(tab, _)| match *tab {
            "related" => !place.kind.related.is_empty(),
            "tags" => place.kind.tags.is_some(),
            _ => true,
        })
        .collect();
    let asked = if visit.is_post() { visit.form().get("tab") } else { visit.query().get("tab") };
    let tab = tabs.iter().find(|(tab, _)| *tab == asked).map_or("details", |(tab, _)| tab);
    let part = match tab {
        "related" => related(visit, place, id).await?,
        "tags" => tag::part(visit, place, id, &item),
        _ => basic(visit, place, id, &item).await,
    };
    let name = member_of(place.kind, Shows::Name)
        .map(|member| text(&item, &member.name))
        .filter(|name| !name.is_empty() && *name != id);
    let state =
        member_of(place.kind, Shows::State).map(|member| text(&item, &member.name)).unwrap_or_default();
    let done =
        visit.query().filled("done").and_then(|done| place.kind.acts.iter().find(|act| act.name == done));
    let shown = id.rsplit('/').next().unwrap_or(id);
    let title = html! { bdi { (shown) } @if !state.is_empty() { " " (value::state(visit, place, state)) } };
    let content = html! {
        (heading(&title, name, &html! {}))
        @if !place.kind.acts.is_empty() { (deeds(visit, place, id, state)) }
        @if let Some(done) = done { (notice(Weight::Info, &html! { p { (visit.fill(DONE, &[&label(visit, done)])) } })) }
        @if let Some(failure) = failed { (refused(visit, place, failure).await) }
        @if tabs.len() > 1 { (tab_row(visit, place, id, (tab, &tabs))) }
        (part)
    };
    let status = failed.map_or(200, |failure| failure.status);
    Ok(Answer::page(status, shell::page(visit, name.unwrap_or(shown), &content)))
}

/// What is shown of a resource that the viewer may not see: the refusal, in its place.
async fn unseen(visit: &Visit<'_>, place: &Place<'_>, id: &str, failure: &ApiFailure) -> Outcome {
    if !is_denied(failure) {
        return Err(Refusal::Failed(failure.clone()));
    }
    let content = html! {
        (heading(&html! { bdi { (id) } }, None, &html! {}))
        (refused(visit, place, failure).await)
    };
    Ok(Answer::page(failure.status, shell::page(visit, id, &content)))
}

fn tab_row(
    visit: &Visit<'_>,
    place: &Place<'_>,
    id: &str,
    (chosen, tabs): (&str, &[(&str, Text)]),
) -> Markup {
    let path = format!("/{}", segment(id));
    html! {
        nav.tabs aria-label=(visit.say(DETAILS)) {
            @for (tab, label) in tabs {
                a href=(visit.to(&place.below(&path, &[("tab", tab)]))) aria-current=[(*tab == chosen).then_some("page")] {
                    (visit.say(*label))
                }
            }
        }
    }
}

/// The buttons: what cannot be done in this state says so.
fn deeds(visit: &Visit<'_>, place: &Place<'_>, id: &str, state: &str) -> Markup {
    html! {
        div.actions {
            @for act in &place.kind.acts {
                @if let Some(reason) = obstacle(visit, place, act, state) {
                    button.button type="button" disabled title=(reason) { (label(visit, act)) }
                } @else {
                    @let link = html! {
                        a.button.grave[act.act == Act::Delete] href=(visit.to(&place.deed(id, &act.name))) { (label(visit, act)) }
                    };
                    (needing(visit, place.need(&act.name, &act.target.pairs(id)), &link))
                }
            }
        }
    }
}

/// Why something cannot be done with what is in this state.
fn obstacle(visit: &Visit<'_>, place: &Place<'_>, act: &OperationOutline, state: &str) -> Option<String> {
    let fits = act.from.is_empty() || act.is_lifted || act.from.iter().any(|from| from == state);
    (!fits).then(|| {
        let from: Vec<String> = act.from.iter().map(|from| place.state(visit, from)).collect();
        visit.fill(NOT_NOW, &[&place.state(visit, state), &from.join(", ")])
    })
}

/// Everything that answers say of it, and the form that moves it to another group.
async fn basic(visit: &Visit<'_>, place: &Place<'_>, id: &str, item: &Value) -> Markup {
    let members = place.kind.list.as_ref().map(|list| list.members.as_slice()).unwrap_or_default();
    let mut facts = flat(visit, place, members, item);
    // The operation that shows one may say more than the list. Whoever may not call it has seen the list.
    if let Some(shown) = &place.kind.show
        && let Ok(answer) = place.call(visit, shown, &place.kind.target.pairs(id)).await
    {
        let more = flat(visit, place, &[], unwrapped(&answer));
        let known: Vec<String> = facts.iter().map(|fact| fact.name.clone()).collect();
        facts.extend(more.into_iter().filter(|fact| fact.name != "RequestId" && !known.contains(&fact.name)));
    }
    html! {
        section.card {
            dl.facts.two { @for fact in &facts { div { dt { (called(&fact.label, &fact.name)) } dd { (fact.value) } } } }
        }
        @if place.kind.groups { (group_form(visit, place, id, item).await) }
    }
}

/// What an answer is about, without what it is wrapped in.
fn unwrapped(answer: &Value) -> &Value {
    let mut inner = answer;
    loop {
        let next = match inner {
            Value::Object(object) => {
                let mut members =
                    object.iter().filter(|(name, _)| *name != "RequestId").map(|(_, value)| value);
                members
                    .next()
                    .filter(|value| (value.is_object() || value.is_array()) && members.next().is_none())
            }
            Value::Array(all) if all.len() == 1 => all.first(),
            _ => None,
        };
        match next {
            Some(next) => inner = next,
            None => return inner,
        }
    }
}

async fn group_form(visit: &Visit<'_>, place: &Place<'_>, id: &str, item: &Value) -> Markup {
    let own = member_of(place.kind, Shows::Group).map(|member| text(item, &member.name)).unwrap_or_default();
    // What was chosen and refused stays chosen.
    let chosen = visit.form().filled("ResourceGroupId").unwrap_or(own);
    let need = Need::call(RESOURCE_MANAGER, "MoveResources", &moved(place, id, own));
    let groups = groups(visit, place).await;
    let options: Vec<_> = groups.iter().map(|(id, name)| (id.as_str(), name.clone())).collect();
    html! {
        @if options.len() > 1 {
            form.card.stack.narrow method="post" action=(visit.to(&place.below(&format!("/{}/group", segment(id)), &[]))) {
                h2 { (visit.say(MOVE)) }
                p.hint { (visit.say(MOVE_HINT)) }
                (token(visit))
                (select(visit, ("ResourceGroupId", GROUP), chosen, &options))
                div.actions { (submit(visit, need, ("button", MOVE_DO))) (show_api(visit)) }
            }
        }
    }
}

/// What moving it to a group is called with.
fn moved<'p>(place: &'p Place<'_>, id: &'p str, group: &'p str) -> [(&'static str, &'p str); 5] {
    [
        ("ResourceGroupId", group),
        ("Resources.1.Service", &place.service.code),
        ("Resources.1.ResourceType", &place.kind.word),
        ("Resources.1.ResourceId", id),
        ("Resources.1.RegionId", place.region.as_str()),
    ]
}

/// Moves it to another group.
pub(super) async fn regroup(visit: &Visit<'_>, place: &Place<'_>, id: &str) -> Outcome {
    match regroup_one(visit, place, (id, visit.form().get("ResourceGroupId"))).await {
        Ok(()) => Ok(Answer::see(visit.to(&place.one(id)))),
        Err(failure) => show(visit, place, id, Some(&failure)).await,
    }
}

/// Moves one to a resource group.
pub(super) async fn regroup_one(
    visit: &Visit<'_>,
    place: &Place<'_>,
    (id, group): (&str, &str),
) -> Result<(), ApiFailure> {
    let answer = visit.call(RESOURCE_MANAGER, "MoveResources", &moved(place, id, group)).await?;
    move_failure(&answer).map_or(Ok(()), Err)
}

/// What became of the one resource that was to be moved, if it was not.
fn move_failure(answer: &Value) -> Option<ApiFailure> {
    let result = answer.get("Responses")?.as_array()?.first()?;
    (text(result, "Status") == "FAIL").then(|| failure_of(result))
}

/// What refers to it, a type at a time.
async fn related(visit: &Visit<'_>, place: &Place<'_>, id: &str) -> Result<Markup, ApiFailure> {
    let mut parts = Vec::new();
    for related in &place.kind.related {
        let service = visit.console().services.iter().find(|service| service.name == related.service);
        let Some((service, kind)) =
            service.and_then(|service| Some((service, service.kind(&related.resource)?)))
        else {
            continue;
        };
        let other = place.of(service, kind).within(id);
        let wanted = Wanted { size: MOST_RELATED, ..Wanted::default() };
        let found = fetch(visit, &other, wanted, &related.form.pairs(&related.parameter, &[id])).await;
        // Whoever may not list a type is not told whether there are any.
        let Ok(found) = found else { continue };
        let all = kind.is_part().then(|| other.below("", &[]));
        if found.items.is_empty() && all.is_none() {
            continue;
        }
        parts.push(html! {
            section.stack {
                div.card-head.bare {
                    h2 { (name_in(visit, &kind.names)) span.muted { " · " (name_in(visit, &service.names)) } }
                    @if let Some(all) = all { a.button.small href=(visit.to(&all)) { (visit.say(EVERYTHING)) } }
                }
                @if !found.items.is_empty() { (super::list::table(visit, &other, &found.items)) }
            }
        });
    }
    Ok(html! {
        @if parts.is_empty() {
            section.card { (empty(visit, icon::LuBoxes, visit.say(RELATED_EMPTY), &html! {})) }
        }
        @for part in parts { (part) }
    })
}
