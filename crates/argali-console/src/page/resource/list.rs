//! Lists of resources: by region, group, state and text, a page at a time.

use argali_core::hosted::outline::{Act, Member, Paging, Shows, TypeOutline};
use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::value::{cell, is_absent};
use super::{Place, label, name_in, refused};
use crate::answer::Answer;
use crate::api::{RESOURCE_MANAGER, at, text};
use crate::icon::{self, icon};
use crate::need::{Need, needing};
use crate::page::resource_group::group_options;
use crate::page::{Outcome, Refusal};
use crate::pairs::segment;
use crate::part::list::tick_all;
use crate::part::{empty, grid, heading, page_size, pager_counting, unmatched};
use crate::shell;
use crate::text::Text;
use crate::text::list::{APPLY, WITH_CHOSEN};
use crate::text::resource::*;
use crate::visit::Visit;

/// How many columns a list has besides those that every list has.
const MOST_COLUMNS: usize = 2;

/// A page of resources.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) items: Vec<Value>,
    total: Option<i64>,
    /// What the next page begins with; empty if there is none.
    pub(super) next: String,
}

/// What narrows a list besides the region.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted<'a> {
    /// Part of a name, or an identifier.
    pub(super) text: &'a str,
    pub(super) state: &'a str,
    pub(super) group: &'a str,
    /// How many.
    pub(super) size: usize,
    /// Where the page begins.
    pub(super) marker: &'a str,
}

/// Asks for a page of resources; `more` narrows it further.
pub(super) async fn fetch(
    visit: &Visit<'_>,
    place: &Place<'_>,
    wanted: Wanted<'_>,
    more: &[(String, String)],
) -> Result<Found, ApiFailure> {
    let Some(list) = &place.kind.list else { return Ok(Found::default()) };
    let mut pairs = more.to_vec();
    if let Some((parameter, _)) = &list.within
        && !place.whole.is_empty()
        && more.iter().all(|(name, _)| name != parameter)
    {
        pairs.push((parameter.clone(), place.whole.clone()));
    }
    let mut is_sifted = false;
    if !wanted.text.is_empty() {
        let is_id =
            place.kind.id_form.as_ref().is_some_and(|(prefix, _)| wanted.text.starts_with(prefix.as_str()));
        match (&list.ids, &list.names) {
            (Some((ids, form)), _) if is_id => pairs.extend(form.pairs(ids, &[wanted.text])),
            (_, Some((names, true))) => pairs.push((names.clone(), format!("*{}*", wanted.text))),
            (_, Some((names, false))) => pairs.push((names.clone(), wanted.text.to_owned())),
            _ => is_sifted = true,
        }
    }
    if let Some((state, form)) = list.state.as_ref().filter(|_| !wanted.state.is_empty()) {
        pairs.extend(form.pairs(state, &[wanted.state]));
    }
    if place.kind.groups {
        pairs.push(("ResourceGroupId".to_owned(), wanted.group.to_owned()));
    }
    let size = if is_sifted { list.most } else { wanted.size.clamp(1, list.most) };
    let number = wanted.marker.parse::<i64>().unwrap_or(1).clamp(1, 100_000);
    match &list.paging {
        Paging::Numbers => pairs.extend([
            ("PageNumber".to_owned(), number.to_string()),
            ("PageSize".to_owned(), size.to_string()),
        ]),
        Paging::Tokens(most) => pairs
            .extend([(most.clone(), size.to_string()), ("NextToken".to_owned(), wanted.marker.to_owned())]),
        Paging::Whole => {}
    }
    let answer = place.call(visit, &list.operation, &pairs).await?;
    let mut items = at(&answer, &list.items).and_then(Value::as_array).cloned().unwrap_or_default();
    if is_sifted {
        items.retain(|item| item.to_string().to_lowercase().contains(&wanted.text.to_lowercase()));
    }
    let total =
        at(&answer, &list.total).and_then(Value::as_i64).filter(|_| !list.total.is_empty() && !is_sifted);
    let next = match &list.paging {
        Paging::Numbers => {
            let seen = number.saturating_mul(i64::try_from(size).unwrap_or(i64::MAX));
            total.filter(|total| *total > seen).map(|_| (number + 1).to_string())
        }
        Paging::Tokens(_) => at(&answer, &list.next).and_then(Value::as_str).map(str::to_owned),
        Paging::Whole => None,
    };
    Ok(Found { items, total, next: next.unwrap_or_default() })
}

/// The identifier of an item of a list.
pub(super) fn id_of(kind: &TypeOutline, item: &Value, whole: &str) -> String {
    let name = member_of(kind, Shows::Id).and_then(|member| item.get(&member.name));
    let name = match name {
        Some(Value::String(name)) => name.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let own =
        member_of(kind, Shows::Whole).map(|member| text(item, &member.name)).filter(|own| !own.is_empty());
    kind.target.id(&name, own.unwrap_or(whole))
}

/// The member of a list that shows this.
pub(super) fn member_of(kind: &TypeOutline, shows: Shows) -> Option<&Member> {
    kind.list.as_ref()?.members.iter().find(|member| member.shows == shows)
}

/// The list.
pub(super) async fn show(visit: &Visit<'_>, place: &Place<'_>) -> Outcome {
    let query = visit.query();
    if place.kind.is_part() && place.whole.is_empty() {
        return to_whole(visit, place);
    }
    let wanted = Wanted {
        text: query.get("q").trim(),
        state: query.get("state"),
        group: query.get("group"),
        size: page_size(visit).parse().unwrap_or(20),
        marker: query.get("marker"),
    };
    let (status, part) = match fetch(visit, place, wanted, &[]).await {
        Ok(found) => (200, table_or_nothing(visit, place, &found)),
        Err(failure) => (failure.status, refused(visit, place, &failure).await),
    };
    let service = name_in(visit, &place.service.names);
    let level = place.service.level == argali_core::hosted::Level::Service;
    let lede = level.then(|| visit.say(SERVICE_LEVEL));
    let content = html! {
        (heading(&html! { (service) }, lede, &new_buttons(visit, place)))
        (kinds(visit, place))
        @if !place.whole.is_empty() { p.lede { (visit.fill(PART_OF, &[&place.whole])) } }
        (toolbar(visit, place, &groups(visit, place).await))
        div.stack data-list { (part) }
    };
    let title = format!("{} · {service}", place.title(visit));
    Ok(Answer::page(status, shell::page(visit, &title, &content)))
}

/// What is listed only as part of something is looked for there.
pub(super) fn to_whole(visit: &Visit<'_>, place: &Place<'_>) -> Outcome {
    let list = place.kind.list.as_ref();
    let (_, whole) = list.and_then(|list| list.within.as_ref()).ok_or(Refusal::NoPage)?;
    let (_, kind) = whole.split_once('.').ok_or(Refusal::NoPage)?;
    let kind = place.service.kind(kind).ok_or(Refusal::NoPage)?;
    Ok(Answer::see(visit.to(&place.of(place.service, kind).below("", &[]))))
}

/// The types of the service, each an address of its own.
fn kinds(visit: &Visit<'_>, place: &Place<'_>) -> Markup {
    html! {
        nav.tabs aria-label=(name_in(visit, &place.service.names)) {
            @for kind in place.service.types.iter().filter(|kind| !kind.is_part() || kind.name == place.kind.name) {
                @let path = place.of(place.service, kind).within(&place.whole).below("", &[]);
                @let chosen = kind.name == place.kind.name;
                a href=(visit.to(&path)) aria-current=[chosen.then_some("page")] { (name_in(visit, &kind.names)) }
            }
        }
    }
}

/// The buttons that lead to the forms which make one.
fn new_buttons(visit: &Visit<'_>, place: &Place<'_>) -> Markup {
    let within = place.kind.list.as_ref().and_then(|list| list.within.as_ref());
    let parameter = within.map(|(parameter, _)| format!("p.{parameter}"));
    html! {
        @for (at, creation) in place.kind.creations.iter().enumerate() {
            @let more = parameter.as_deref().map(|parameter| (parameter, place.whole.as_str()));
            @let path = place.below(&format!("/new/{}", segment(&creation.name)), &more.into_iter().collect::<Vec<_>>());
            @let link = html! {
                @if at == 0 {
                    a.button.main href=(visit.to(&path)) data-new { (icon(icon::LuPlus)) (label(visit, creation)) }
                } @else {
                    a.button href=(visit.to(&path)) { (label(visit, creation)) }
                }
            };
            (needing(visit, place.need(&creation.name, &[]), &link))
        }
    }
}

/// The resource groups of the account, as far as the viewer sees them: identifiers and names.
pub(super) async fn groups(visit: &Visit<'_>, place: &Place<'_>) -> Vec<(String, String)> {
    if !place.kind.groups {
        return Vec::new();
    }
    let answer = visit.call(RESOURCE_MANAGER, "ListResourceGroups", &[("PageSize", "100")]).await;
    let answer = answer.unwrap_or_default();
    group_options(&answer).into_iter().map(|(id, name)| (id.to_owned(), name)).collect()
}

fn toolbar(visit: &Visit<'_>, place: &Place<'_>, groups: &[(String, String)]) -> Markup {
    let query = visit.query();
    let regions = place.service.region.iter().flat_map(|region| &region.all);
    let regions: Vec<_> = regions.map(|region| (region.as_str(), region.clone())).collect();
    let all = || vec![("", visit.say(EVERYTHING).to_owned())];
    let states = place.kind.list.as_ref().and_then(|list| list.state.as_ref()).map(|_| &place.kind.states);
    let states = states.into_iter().flatten().map(|state| (state.as_str(), place.state(visit, state)));
    let states: Vec<_> = all().into_iter().chain(states).collect();
    let named: Vec<_> =
        all().into_iter().chain(groups.iter().map(|(id, name)| (id.as_str(), name.clone()))).collect();
    html! {
        form.toolbar.filters method="get" action=(visit.to(&place.path())) role="search" data-narrows {
            @if !place.whole.is_empty() { input type="hidden" name="in" value=(place.whole); }
            @if !regions.is_empty() { (choice(visit, ("region", REGION), &place.region, &regions)) }
            @if named.len() > 1 { (choice(visit, ("group", GROUP), query.get("group"), &named)) }
            @if states.len() > 1 { (choice(visit, ("state", STATE), query.get("state"), &states)) }
            div.search {
                (icon(icon::LuSearch))
                input type="search" name="q" value=(query.get("q")) maxlength="128" placeholder=(visit.say(SEARCH_FOR))
                    aria-label=(visit.say(SEARCH_FOR));
            }
            button.button { (visit.say(APPLY)) }
        }
    }
}

/// A field that narrows a list to one of a few.
pub(crate) fn choice(
    visit: &Visit<'_>,
    (name, label): (&str, Text),
    chosen: &str,
    options: &[(&str, String)],
) -> Markup {
    html! {
        label.filter {
            span { (visit.say(label)) }
            select name=(name) data-apply {
                @for (value, text) in options { option value=(value) selected[*value == chosen] { (text) } }
            }
        }
    }
}

fn table_or_nothing(visit: &Visit<'_>, place: &Place<'_>, found: &Found) -> Markup {
    let query = visit.query();
    if found.items.is_empty() {
        let is_narrowed = ["q", "state", "group"].iter().any(|name| query.filled(name).is_some());
        return html! {
            section.card {
                @if is_narrowed {
                    (unmatched(visit, &place.below("", &[])))
                } @else {
                    (empty(visit, icon::LuServer, visit.say(EMPTY), &new_buttons(visit, place)))
                }
            }
        };
    }
    let bulk: Vec<_> = bulk_acts(place.kind).collect();
    let ids: Vec<_> = found.items.iter().map(|item| id_of(place.kind, item, &place.whole)).collect();
    html! {
        (table(visit, place, &found.items, !bulk.is_empty()))
        @if !bulk.is_empty() {
            form.bulk #bulk method="get" action=(visit.to(&format!("{}/bulk", place.path()))) {
                input type="hidden" name="region" value=(place.region);
                @if !place.whole.is_empty() { input type="hidden" name="in" value=(place.whole); }
                (tick_all(visit))
                span.muted { (visit.say(WITH_CHOSEN)) }
                @for act in bulk {
                    @let need = Need::any(ids.iter().map(|id| place.need(&act.name, &act.target.pairs(id))));
                    (needing(visit, need, &html! { button.button.small name="do" value=(act.name) { (label(visit, act)) } }))
                }
            }
        }
        (pager_counting(visit, &place.path(), &found.next, found.total))
    }
}

/// What can be done with several at once: what asks for nothing.
pub(super) fn bulk_acts(
    kind: &TypeOutline,
) -> impl Iterator<Item = &argali_core::hosted::outline::OperationOutline> {
    kind.acts.iter().filter(|act| {
        matches!(act.act, Act::Move | Act::Delete)
            && act.parameters.iter().all(|parameter| !parameter.required)
    })
}

/// What a member is called: what every type has is called the same everywhere. What is named within something else has
/// names of its own: a port, an account.
pub(super) fn heading_of(visit: &Visit<'_>, place: &Place<'_>, member: &Member) -> String {
    let is_first = member_of(place.kind, member.shows).is_some_and(|first| first.name == member.name);
    let is_within = place.kind.target.whole.is_some();
    let same = match member.shows {
        _ if !is_first => return place.field(visit, &member.name),
        Shows::Id | Shows::Name if is_within => return place.field(visit, &member.name),
        Shows::Id => ID,
        Shows::Name => NAME,
        Shows::State => STATE,
        Shows::Created => CREATED,
        Shows::Group => GROUP,
        _ => return place.field(visit, &member.name),
    };
    visit.say(same).to_owned()
}

/// A table of resources.
pub(super) fn table(visit: &Visit<'_>, place: &Place<'_>, items: &[Value], is_chosen_from: bool) -> Markup {
    let members = place.kind.list.as_ref().map(|list| list.members.as_slice()).unwrap_or_default();
    let name = member_of(place.kind, Shows::Name);
    let main = members.iter().filter(|member| member.shows == Shows::Main).take(MOST_COLUMNS);
    let state = member_of(place.kind, Shows::State);
    let created = member_of(place.kind, Shows::Created);
    let shown = name.into_iter().chain(state).chain(main).chain(created);
    // What none of them has needs no column.
    let shown = shown.filter(|member| items.iter().any(|item| !is_absent(item.get(&member.name))));
    let id = member_of(place.kind, Shows::Id).map(|member| heading_of(visit, place, member));
    let columns: Vec<_> = std::iter::once((id.unwrap_or_default(), None))
        .chain(shown.map(|member| (heading_of(visit, place, member), Some(member))))
        .collect();
    let row = |item: &Value| {
        let id = id_of(place.kind, item, &place.whole);
        columns
            .iter()
            .map(|(_, member)| match member {
                None => html! {
                    @if is_chosen_from { input type="checkbox" name="id" value=(id) form="bulk" aria-label=(visit.fill(SELECT, &[&id])); " " }
                    a href=(visit.to(&place.one(&id))) { bdi { (id.rsplit('/').next().unwrap_or(&id)) } }
                },
                Some(member) => cell(visit, place, member, item.get(&member.name).unwrap_or(&Value::Null)),
            })
            .collect()
    };
    let rows: Vec<Vec<Markup>> = items.iter().map(row).collect();
    let columns: Vec<&str> = columns.iter().map(|(column, _)| column.as_str()).collect();
    grid(place.title(visit), &columns, &rows)
}
