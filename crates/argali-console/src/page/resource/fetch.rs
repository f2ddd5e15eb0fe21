//! Pages of resources, as the operation gives them that lists a type.

use argali_core::hosted::outline::{Member, Paging, Shows, TypeOutline};
use argali_protocol::ApiFailure;
use serde_json::Value;

use super::Place;
use crate::api::{at, text};
use crate::part::list::has_time;
use crate::visit::Visit;

/// A page of resources.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) items: Vec<Value>,
    pub(super) total: Option<i64>,
    /// What the next page begins with; empty if there is none.
    pub(super) next: String,
    /// How many were looked at for the text, where the operation cannot find it.
    pub(super) sifted: Option<usize>,
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

/// What the operation is asked for so that it finds a text: nothing for no text, and `None` where it cannot find it and
/// what it lists is looked through.
fn pairs_for(place: &Place<'_>, wanted: &str) -> Option<Vec<(String, String)>> {
    let list = place.kind.list.as_ref().filter(|_| !wanted.is_empty());
    let Some(list) = list else { return Some(Vec::new()) };
    let is_id = place
        .kind
        .id_form
        .as_ref()
        .is_some_and(|(prefix, length)| wanted.len() == *length && wanted.starts_with(prefix.as_str()));
    match (&list.ids, &list.names) {
        (Some((ids, form)), _) if is_id => Some(form.pairs(ids, &[wanted])),
        (_, Some((names, true))) => Some(vec![(names.clone(), format!("*{wanted}*"))]),
        (_, Some((names, false))) => Some(vec![(names.clone(), wanted.to_owned())]),
        _ => None,
    }
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
    let found_by = pairs_for(place, wanted.text);
    let is_sifted = found_by.is_none();
    pairs.extend(found_by.into_iter().flatten());
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
    let sifted = is_sifted.then_some(items.len());
    if is_sifted {
        items.retain(|item| item.to_string().to_lowercase().contains(&wanted.text.to_lowercase()));
    }
    let total = at(&answer, &list.total).and_then(Value::as_i64).filter(|_| !list.total.is_empty());
    let next = match &list.paging {
        Paging::Numbers => {
            let seen = number.saturating_mul(i64::try_from(size).unwrap_or(i64::MAX));
            total.filter(|total| *total > seen).map(|_| (number + 1).to_string())
        }
        Paging::Tokens(_) => at(&answer, &list.next).and_then(Value::as_str).map(str::to_owned),
        Paging::Whole => None,
    };
    // How many hold the text is not known from one page.
    Ok(Found { items, total: total.filter(|_| !is_sifted), next: next.unwrap_or_default(), sifted })
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

/// How many calls a list is read with at most that is put in order or looked through here, as long as its page has time.
const MOST_CALLS: usize = 20;
/// What stands between where a page of the operation begins and how many of what it holds were shown before.
const PASSED: char = '\n';

/// A page of a list. Where the operation cannot find the text, it is looked through: the page may then be short, or empty,
/// although `next` leads on.
pub(super) async fn fetch_page(
    visit: &Visit<'_>,
    place: &Place<'_>,
    wanted: Wanted<'_>,
) -> Result<Found, ApiFailure> {
    if pairs_for(place, wanted.text).is_some() {
        return fetch(visit, place, wanted, &[]).await;
    }
    let (from, passed) = wanted.marker.rsplit_once(PASSED).unwrap_or((wanted.marker, ""));
    let mut passed: usize = passed.parse().unwrap_or_default();
    let mut page = Found { next: from.to_owned(), ..Found::default() };
    let most = place.kind.list.as_ref().map_or(1, |list| list.most);
    let begun = visit.now();
    for at in 0..MOST_CALLS {
        if at > 0 && !has_time(begun, visit.now()) {
            break;
        }
        let found = fetch(visit, place, Wanted { size: most, marker: &page.next, ..wanted }, &[]).await?;
        page.sifted = found.sifted.map(|looked_at| looked_at + page.sifted.unwrap_or_default());
        let room = wanted.size - page.items.len();
        let is_too_much = found.items.len().saturating_sub(passed) > room;
        page.items.extend(found.items.into_iter().skip(passed).take(room));
        if is_too_much {
            page.next = format!("{}{PASSED}{}", page.next, passed + room);
            break;
        }
        (page.next, passed) = (found.next, 0);
        if page.next.is_empty() || page.items.len() == wanted.size {
            break;
        }
    }
    Ok(page)
}

/// All of a list, as far as it is put in order here: `next` says whether there is more.
pub(super) async fn fetch_all(
    visit: &Visit<'_>,
    place: &Place<'_>,
    wanted: Wanted<'_>,
) -> Result<Found, ApiFailure> {
    let size = place.kind.list.as_ref().map_or(1, |list| list.most);
    let begun = visit.now();
    let mut all = Found::default();
    for at in 0..MOST_CALLS {
        if at > 0 && !has_time(begun, visit.now()) {
            break;
        }
        let found = fetch(visit, place, Wanted { size, marker: &all.next, ..wanted }, &[]).await?;
        all.items.extend(found.items);
        all.sifted = found.sifted.map(|looked_at| looked_at + all.sifted.unwrap_or_default());
        all.next = found.next;
        if all.next.is_empty() {
            break;
        }
    }
    Ok(all)
}
