//! Lists of resources: by region, group, state and text, in the order of what the operation gives or of a column.

use argali_core::hosted::outline::{Act as Deed, Member, Shows, TypeOutline};
use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::fetch::{Wanted, fetch_all, fetch_page, id_of, member_of};
use super::value::{cell, is_absent};
use super::{Place, label, name_in, refused};
use crate::answer::Answer;
use crate::api::RESOURCE_MANAGER;
use crate::icon::{self, icon};
use crate::need::{Need, needing};
use crate::page::resource_group::group_options;
use crate::page::{Outcome, Refusal};
use crate::pairs::segment;
use crate::part::list::{
    self as lists, About, Act, Cell, Column, Draws, Filter, Found, Label, List, Needs, Part, Tells, Width,
    by_member, whole,
};
use crate::part::{grid, heading};
use crate::shell;
use crate::text::list::{NOT_ALL_IN_ORDER, NOT_ALL_SEARCHED};
use crate::text::resource::*;
use crate::visit::Visit;

/// How many columns a list has besides those that every list has.
const MOST_COLUMNS: usize = 2;
/// What moves those that are chosen to another resource group.
pub(super) const REGROUP: &str = "~group";

/// The list of a type.
struct Resources<'p> {
    place: &'p Place<'p>,
    path: String,
    title: String,
    columns: Vec<Drawn<'p>>,
    acts: Vec<(&'p str, String, Needs<'p>)>,
    key: Tells<'p>,
    groups: Vec<(String, String)>,
    states: Vec<(String, String)>,
    /// Ways to the forms that make one.
    new: Markup,
}

/// A column of such a list.
struct Drawn<'p> {
    label: String,
    name: &'p str,
    width: Width,
    cell: Draws<'p>,
    plain: Tells<'p>,
}

impl Drawn<'_> {
    fn column(&self) -> Column<'_> {
        Column {
            label: Label::Words(&self.label),
            name: self.name,
            width: self.width,
            order: (self.width != Width::File).then_some(self.name),
            cell: Cell::Drawn(&self.cell),
            plain: Some(&self.plain),
        }
    }
}

impl<'p> Resources<'p> {
    async fn of(visit: &Visit<'_>, place: &'p Place<'p>) -> Self {
        let states =
            place.kind.list.as_ref().and_then(|list| list.state.as_ref()).map(|_| &place.kind.states);
        let states = states.into_iter().flatten().map(|state| (state.clone(), place.state(visit, state)));
        let acts = bulk_acts(place.kind).map(|act| {
            let need: Needs<'p> = Box::new(move |item| {
                place.need(&act.name, &act.target.pairs(&id_of(place.kind, item, &place.whole)))
            });
            (act.name.as_str(), label(visit, act), need)
        });
        let groups = groups(visit, place).await;
        // Nothing is moved where there is one group alone: the default one.
        let moves: Option<(&str, String, Needs<'p>)> = (groups.len() > 1).then(|| {
            let need: Needs<'p> = Box::new(|_| Need::somehow(RESOURCE_MANAGER, "MoveResources"));
            (REGROUP, visit.say(MOVE).to_owned(), need)
        });
        Self {
            place,
            path: place.path(),
            title: place.title(visit).to_owned(),
            columns: columns(visit, place),
            acts: acts.chain(moves).collect(),
            key: Box::new(move |item| id_of(place.kind, item, &place.whole)),
            groups,
            states: states.collect(),
            new: new_buttons(visit, place),
        }
    }
}

/// What names a resource first, then what every list has, then what files have besides.
fn columns<'p>(visit: &Visit<'_>, place: &'p Place<'p>) -> Vec<Drawn<'p>> {
    let members = place.kind.list.as_ref().map(|list| list.members.as_slice()).unwrap_or_default();
    let shown: Vec<&Member> = shown_members(place, members).collect();
    let id = member_of(place.kind, Shows::Id);
    let first = Drawn {
        label: id.map(|member| heading_of(visit, place, member)).unwrap_or_default(),
        name: id.map_or("Id", |member| member.name.as_str()),
        width: Width::Always,
        cell: Box::new(move |visit, item| link(visit, place, item)),
        plain: Box::new(move |item| id_of(place.kind, item, &place.whole)),
    };
    let others = members.iter().filter(|member| {
        member.shows != Shows::Id
            && member.shows != Shows::Tags
            && !shown.iter().any(|one| one.name == member.name)
    });
    let column = |member: &'p Member, width| Drawn {
        label: heading_of(visit, place, member),
        name: &member.name,
        width,
        cell: Box::new(move |visit, item| {
            cell(visit, place, member, item.get(&member.name).unwrap_or(&Value::Null))
        }),
        plain: Box::new(move |item| lists::member(item, &member.name)),
    };
    let shown = shown.iter().map(|member| column(member, Width::Filled));
    std::iter::once(first).chain(shown).chain(others.map(|member| column(member, Width::File))).collect()
}

/// What a table shows besides the identifier.
fn shown_members<'p>(place: &Place<'p>, members: &'p [Member]) -> impl Iterator<Item = &'p Member> + use<'p> {
    let main = members.iter().filter(|member| member.shows == Shows::Main).take(MOST_COLUMNS);
    let [name, state, created] =
        [Shows::Name, Shows::State, Shows::Created].map(|shows| member_of(place.kind, shows));
    name.into_iter().chain(state).chain(main).chain(created)
}

fn link(visit: &Visit<'_>, place: &Place<'_>, item: &Value) -> Markup {
    let id = id_of(place.kind, item, &place.whole);
    html! { a href=(visit.to(&place.one(&id))) { bdi { (id.rsplit('/').next().unwrap_or(&id)) } } }
}

impl List for Resources<'_> {
    fn about(&self) -> About<'_> {
        let place = self.place;
        let acts = self.acts.iter().map(|(word, label, need)| Act { word, label: Label::Words(label), need });
        let mut filters = Vec::new();
        if let Some(region) = &place.service.region {
            filters.push(Filter::Place("region", REGION, &region.all, &place.region));
        }
        if !self.groups.is_empty() {
            filters.push(Filter::Named("group", GROUP, &self.groups));
        }
        if self.states.len() > 1 {
            filters.push(Filter::Named("state", STATE, &self.states));
        }
        About {
            path: &self.path,
            kept: vec![("in", place.whole.as_str())],
            title: Label::Words(&self.title),
            file: &place.kind.name,
            search: Some(SEARCH_FOR),
            filters,
            columns: self.columns.iter().map(Drawn::column).collect(),
            acts: acts.collect(),
            key: &self.key,
            empty: (icon::LuServer, EMPTY),
            onward: self.new.clone(),
            is_given_in_order: true,
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &lists::Wanted<'_>) -> Result<Found, ApiFailure> {
        let asked = Wanted {
            text: wanted.query.get("q").trim(),
            state: wanted.query.get("state"),
            group: wanted.query.get("group"),
            size: wanted.size.parse().unwrap_or(20),
            marker: wanted.marker,
        };
        // A file is whole rather than in order: for each part of it all would have to be read.
        if wanted.order.is_empty() || visit.query().is_ticked("csv") {
            let found = fetch_page(visit, self.place, asked).await?;
            let total = found.total.and_then(|total| usize::try_from(total).ok());
            let is_cut = found.items.len() < asked.size && !found.next.is_empty();
            let looked_at = found.sifted.filter(|_| is_cut);
            let note = looked_at.map(|count| visit.fill(NOT_ALL_SEARCHED, &[&count.to_string()]));
            return Ok(Found { rows: found.items, total, next: found.next, note, is_cut: false });
        }
        let all = fetch_all(visit, self.place, asked).await?;
        let count = all.sifted.unwrap_or(all.items.len());
        let is_cut = !all.next.is_empty();
        let note = is_cut.then(|| visit.fill(NOT_ALL_IN_ORDER, &[&count.to_string()]));
        let found = whole(wanted, all.items, |_| true, (by_member(wanted), &self.key));
        Ok(Found { note, is_cut, ..found })
    }

    fn actions(&self, _: &Visit<'_>) -> Markup {
        self.new.clone()
    }

    async fn refused(&self, visit: &Visit<'_>, failure: &ApiFailure) -> Option<Markup> {
        Some(refused(visit, self.place, failure).await)
    }
}

/// The list.
pub(super) async fn show(visit: &Visit<'_>, place: &Place<'_>) -> Outcome {
    if place.kind.is_part() && place.whole.is_empty() {
        return to_whole(visit, place);
    }
    let list = Resources::of(visit, place).await;
    let (status, actions, content) = match lists::part(visit, &list).await? {
        Part::Instead(answer) => return Ok(answer),
        Part::Shown { status, actions, content } => (status, actions, content),
    };
    let service = name_in(visit, &place.service.names);
    let level = place.service.level == argali_core::hosted::Level::Service;
    let lede = level.then(|| visit.say(SERVICE_LEVEL));
    let content = html! {
        (heading(&html! { (service) }, lede, &actions))
        (kinds(visit, place))
        @if !place.whole.is_empty() { p.lede { (visit.fill(PART_OF, &[&place.whole])) } }
        (content)
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

/// What can be done with several at once: what asks for nothing.
pub(super) fn bulk_acts(
    kind: &TypeOutline,
) -> impl Iterator<Item = &argali_core::hosted::outline::OperationOutline> {
    kind.acts.iter().filter(|act| {
        matches!(act.act, Deed::Move | Deed::Delete)
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
pub(super) fn table(visit: &Visit<'_>, place: &Place<'_>, items: &[Value]) -> Markup {
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
