//! Values of answers as pages show them: flat, with links to what they name.

use std::net::IpAddr;

use argali_core::hosted::outline::{Member, Shows};
use maud::{Markup, html};
use serde_json::Value;

use super::list::heading_of;
use super::{Place, broken};
use crate::moment::{is_instant, moment};
use crate::page::resource_group;
use crate::part::copyable;
use crate::text::resource::{NO, YES};
use crate::visit::Visit;

/// How many levels of a value are shown.
const DEEPEST: usize = 8;

/// Up to which length a text stays on a line.
const SHORT: usize = 16;
/// From which length on a text may be broken anywhere.
const LONG: usize = 24;

/// The value of a member in a cell.
pub(super) fn cell(visit: &Visit<'_>, place: &Place<'_>, member: &Member, value: &Value) -> Markup {
    match (member.shows, value) {
        (_, value) if is_absent(Some(value)) => html! { bdi {} },
        (_, Value::String(code)) if is_state(member) => state(visit, place, code),
        (Shows::Created, Value::String(then)) => moment(visit, then),
        (Shows::Group, Value::String(group)) => {
            html! { a href=(visit.to(&resource_group::path_of(group))) { (group) } }
        }
        (_, value) => scalar(visit, place, value),
    }
}

/// Whether a member holds a state: its own, or that of something else.
fn is_state(member: &Member) -> bool {
    member.shows == Shows::State || names_state(&member.name)
}

/// Whether a parameter or member that is called so holds a state.
pub(super) fn names_state(name: &str) -> bool {
    name.ends_with("Status")
}

/// A state in words; what calls and answers call it is told to whoever points at it.
pub(super) fn state(visit: &Visit<'_>, place: &Place<'_>, code: &str) -> Markup {
    html! { span.badge title=(code) { (place.state(visit, code)) } }
}

/// A text, a number, whether something is so, or several of them.
fn scalar(visit: &Visit<'_>, place: &Place<'_>, value: &Value) -> Markup {
    match value {
        Value::Null => html! { bdi {} },
        Value::Bool(truth) => html! { (visit.say(if *truth { YES } else { NO })) },
        Value::Number(number) => html! { (number) },
        Value::String(text) => linked(visit, place, text),
        Value::Array(all) => html! {
            @for (at, one) in all.iter().enumerate() { @if at > 0 { ", " } (scalar(visit, place, one)) }
        },
        Value::Object(_) => html! { code { (value) } },
    }
}

/// A text; one that has the form of an identifier leads to what it identifies.
fn linked(visit: &Visit<'_>, place: &Place<'_>, text: &str) -> Markup {
    let found = visit.console().services.iter().find_map(|service| {
        let kind = service.types.iter().find(|kind| {
            let form = kind.id_form.as_ref();
            kind.list.is_some()
                && form.is_some_and(|(prefix, length)| {
                    text.len() == *length && text.starts_with(prefix.as_str())
                })
        })?;
        Some(place.of(service, kind).one(text))
    });
    html! {
        @match found {
            // The page of what it identifies needs no link to itself.
            Some(path) if visit.path().last() != Some(&text) => a href=(visit.to(&path)) { (text) },
            _ if is_instant(text) => (moment(visit, text)),
            _ if text.len() <= SHORT => bdi.nowrap { (text) },
            _ => bdi.long[text.len() > LONG] { (broken(text)) },
        }
    }
}

/// A member of an answer, as pages show it.
#[derive(Debug)]
pub(super) struct Fact {
    /// Its name, with those of what it is within.
    pub(super) name: String,
    /// What people call it.
    pub(super) label: String,
    /// Its value.
    pub(super) value: Markup,
}

/// Every member of an answer that has a value, the members of members too.
pub(super) fn flat(visit: &Visit<'_>, place: &Place<'_>, members: &[Member], value: &Value) -> Vec<Fact> {
    let mut facts = Vec::new();
    let Value::Object(object) = value else { return facts };
    let known = |name: &str| members.iter().find(|member| member.name == name);
    let shows = |name: &str| known(name).map_or(Shows::Other, |member| member.shows);
    let mut all: Vec<_> = object.iter().map(|(name, value)| (shows(name), name, value)).collect();
    all.sort_by_key(|(shows, ..)| *shows);
    for (shows, name, value) in all {
        match known(name) {
            _ if shows == Shows::Tags => {}
            Some(member) if COMMON.contains(&shows) && !is_absent(Some(value)) => facts.push(Fact {
                name: name.clone(),
                label: heading_of(visit, place, member),
                value: with_code(visit, place, member, value),
            }),
            _ => flatten(visit, place, (Path::of(name), value), &mut facts, 0),
        }
    }
    facts
}

/// A value among others of one resource: beside a state stands what calls and answers call it, if that is not the same.
fn with_code(visit: &Visit<'_>, place: &Place<'_>, member: &Member, value: &Value) -> Markup {
    let code = value.as_str().filter(|code| is_state(member) && place.state(visit, code) != *code);
    html! {
        @match copied(member, value) {
            Some(text) => (copyable(visit, text)),
            None => (cell(visit, place, member, value)),
        }
        @if let Some(code) = code { " " code.api { (code) } }
    }
}

/// What is often needed elsewhere: the identifier of the resource, an ARN, an address.
fn copied<'v>(member: &Member, value: &'v Value) -> Option<&'v str> {
    let text = match value {
        Value::Array(all) if all.len() == 1 => all.first()?.as_str()?,
        value => value.as_str()?,
    };
    let is_host = text.matches('.').count() >= HOST_DOTS
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    let is_address = is_host || text.parse::<IpAddr>().is_ok();
    (member.shows == Shows::Id || is_address || text.starts_with("acs:")).then_some(text)
}

/// From how many dots on a text is the name of a host: types of machines have fewer.
const HOST_DOTS: usize = 3;

/// What every type has.
const COMMON: [Shows; 5] = [Shows::Id, Shows::Name, Shows::State, Shows::Created, Shows::Group];

/// Where a value stands.
#[derive(Clone, Debug)]
struct Path {
    /// The names of all that it is within, and the place in each list.
    name: String,
    /// The same without the place in a list of one.
    shown: String,
}

impl Path {
    fn of(name: &str) -> Self {
        Self { name: name.to_owned(), shown: name.to_owned() }
    }

    fn member(&self, name: &str) -> Self {
        Self { name: format!("{}.{name}", self.name), shown: format!("{}.{name}", self.shown) }
    }

    /// The element at `at` of as many as `count`.
    fn element(&self, at: usize, count: usize) -> Self {
        let element = self.member(&(at + 1).to_string());
        if count == 1 { Self { shown: self.shown.clone(), ..element } } else { element }
    }
}

/// Whether there is nothing to show of a value.
pub(super) fn is_absent(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(all)) => all.is_empty(),
        Some(_) => false,
    }
}

fn flatten(
    visit: &Visit<'_>,
    place: &Place<'_>,
    (path, value): (Path, &Value),
    facts: &mut Vec<Fact>,
    depth: usize,
) {
    let is_nested = |value: &Value| value.is_object() || value.is_array();
    match value {
        _ if depth > DEEPEST || is_absent(Some(value)) => {}
        Value::Object(object) => {
            for (member, value) in object {
                flatten(visit, place, (path.member(member), value), facts, depth + 1);
            }
        }
        Value::Array(all) if all.iter().any(is_nested) => {
            for (at, value) in all.iter().enumerate() {
                flatten(visit, place, (path.element(at, all.len()), value), facts, depth + 1);
            }
        }
        value => {
            let member = Member { name: path.name, shows: Shows::Other };
            facts.push(Fact {
                label: place.field(visit, &path.shown),
                value: with_code(visit, place, &member, value),
                name: member.name,
            });
        }
    }
}
