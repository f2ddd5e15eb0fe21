//! Finding resources over all services: by their identifiers, and by what they are called.

use std::collections::BTreeSet;

use argali_core::hosted::outline::{ServiceOutline, Shows, TypeOutline};
use maud::{Markup, html};
use serde_json::Value;

use super::fetch::{Wanted, fetch, id_of, member_of};
use super::{Place, known, name_in};
use crate::api::{RESOURCE_MANAGER, list, text};
use crate::need::open;
use crate::page::{activity, oss};
use crate::visit::Visit;

/// In how many regions resources are looked for by name, besides the usual one.
const MOST_REGIONS: usize = 4;
/// How many resources are looked at for the regions that an account uses.
const LOOKED_AT: &str = "100";

/// Links to the resources with this identifier, wherever they are, and then to those that are called so where the
/// account is known to have some. What the viewer may not list is not asked for.
pub(in crate::page) async fn found(visit: &Visit<'_>, wanted: &str, most: usize) -> Vec<Markup> {
    let params = [("ResourceId", wanted), ("PageSize", "10")];
    let answer = visit.call(RESOURCE_MANAGER, "ListResources", &params).await.unwrap_or_default();
    let mut links: Vec<Markup> =
        list(&answer, "Resources", "Resource").map(|resource| by_id(visit, resource)).collect();
    let places = places(visit).await;
    for place in places {
        if links.len() > most {
            break;
        }
        let asked = Wanted { text: wanted, size: most, ..Wanted::default() };
        // Names that a list cannot hold are no failure of the search.
        let Ok(found) = fetch(visit, &place, asked, &[]).await else { continue };
        let named = found.items.iter().filter(|item| id_of(place.kind, item, "") != wanted);
        links.extend(named.map(|item| by_name(visit, &place, item)));
    }
    links
}

/// Where resources are looked for by name: every list that can find names and is open to the viewer, in the regions that
/// the account uses.
async fn places<'v>(visit: &Visit<'v>) -> Vec<Place<'v>> {
    let params = [("PageSize", LOOKED_AT), ("Count", "false")];
    let used = visit.call(RESOURCE_MANAGER, "ListResources", &params).await.unwrap_or_default();
    let used: BTreeSet<&str> =
        list(&used, "Resources", "Resource").map(|resource| text(resource, "RegionId")).collect();
    let services = &visit.console().services;
    let kinds = services.iter().flat_map(|service| service.types.iter().map(move |kind| (service, kind)));
    let places: Vec<Place<'v>> = kinds
        .filter(|(_, kind)| !kind.is_part() && kind.list.as_ref().is_some_and(|list| list.names.is_some()))
        .flat_map(|(service, kind)| in_regions(service, kind, &used))
        .collect();
    let needs = places.iter().filter_map(|place| Some(place.need(&place.kind.list.as_ref()?.operation, &[])));
    let open = open(visit, needs.collect());
    places.into_iter().zip(open).filter_map(|(place, is_open)| is_open.then_some(place)).collect()
}

/// A type in the usual region of its service first, and then in others that are used.
fn in_regions<'v>(
    service: &'v ServiceOutline,
    kind: &'v TypeOutline,
    used: &BTreeSet<&str>,
) -> Vec<Place<'v>> {
    let place = |region: &str| Place { service, kind, region: region.to_owned(), whole: String::new() };
    let Some(regions) = &service.region else { return vec![place("")] };
    let is_other = |region: &&String| **region != regions.default && used.contains(region.as_str());
    let others = regions.all.iter().filter(is_other).take(MOST_REGIONS);
    std::iter::once(&regions.default).chain(others).map(|region| place(region)).collect()
}

/// A resource as Resource Management lists it; what has no page of its own leads to what happened to it.
fn by_id(visit: &Visit<'_>, resource: &Value) -> Markup {
    let (service, word) = (text(resource, "Service"), text(resource, "ResourceType"));
    let (id, region) = (text(resource, "ResourceId"), text(resource, "RegionId"));
    match known(visit, service, word) {
        Some((service, kind)) => {
            let place = Place { service, kind, region: region.to_owned(), whole: String::new() };
            link(visit, &place, id, "")
        }
        None => {
            let path = if service == "oss" { oss::path_to(id) } else { None };
            let path = path.unwrap_or_else(|| activity::path_to("resource", id));
            html! { a href=(visit.to(&path)) { bdi { (id) } } " " span.muted { (service) " · " (word) } }
        }
    }
}

/// A resource as its own list shows it.
fn by_name(visit: &Visit<'_>, place: &Place<'_>, item: &Value) -> Markup {
    let name = member_of(place.kind, Shows::Name).map(|member| text(item, &member.name));
    link(visit, place, &id_of(place.kind, item, ""), name.unwrap_or_default())
}

fn link(visit: &Visit<'_>, place: &Place<'_>, id: &str, name: &str) -> Markup {
    html! {
        a href=(visit.to(&place.one(id))) { bdi { (if name.is_empty() { id } else { name }) } } " "
        span.muted {
            @if !name.is_empty() && name != id { bdi { (id) } " · " }
            (name_in(visit, &place.service.names)) " · " (place.one_name(visit))
            @if !place.region.is_empty() { " · " (place.region) }
        }
    }
}
