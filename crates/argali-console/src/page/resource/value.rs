//! Values of answers as pages show them: flat, with links to what they name.

use argali_core::hosted::outline::{Member, Shows};
use maud::{Markup, html};
use serde_json::Value;

use super::Place;
use crate::moment::moment;
use crate::text::resource::{NO, YES};
use crate::visit::Visit;

/// How many levels of a value are shown.
const DEEPEST: usize = 8;

/// From which length on a text may be broken anywhere.
const LONG: usize = 24;

/// The value of a member in a cell.
pub(super) fn cell(visit: &Visit<'_>, place: &Place<'_>, shows: Shows, value: &Value) -> Markup {
    match (shows, value) {
        (Shows::State, Value::String(state)) => html! { span.badge { (state) } },
        (Shows::Created, Value::String(then)) => moment(visit, then),
        (_, value) => scalar(visit, place, value),
    }
}

/// A text, a number, whether something is so, or several of them.
fn scalar(visit: &Visit<'_>, place: &Place<'_>, value: &Value) -> Markup {
    match value {
        Value::Null => html! {},
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
            Some(path) => a href=(visit.to(&path)) { (text) },
            None => bdi.long[text.len() > LONG] { (text) },
        }
    }
}

/// Every member of an answer that has a value, the members of members too.
pub(super) fn flat(
    visit: &Visit<'_>,
    place: &Place<'_>,
    members: &[Member],
    value: &Value,
) -> Vec<(String, Markup)> {
    let mut facts = Vec::new();
    let Value::Object(object) = value else { return facts };
    let shows = |name: &str| {
        members.iter().find(|member| member.name == name).map_or(Shows::Other, |member| member.shows)
    };
    let mut all: Vec<_> = object.iter().map(|(name, value)| (shows(name), name, value)).collect();
    all.sort_by_key(|(shows, ..)| *shows);
    for (shows, name, value) in all {
        match shows {
            Shows::Tags => {}
            Shows::State | Shows::Created => facts.push((name.clone(), cell(visit, place, shows, value))),
            _ => flatten(visit, place, (name.clone(), value), &mut facts, 0),
        }
    }
    facts
}

fn flatten(
    visit: &Visit<'_>,
    place: &Place<'_>,
    (name, value): (String, &Value),
    facts: &mut Vec<(String, Markup)>,
    depth: usize,
) {
    let is_nested = |value: &Value| value.is_object() || value.is_array();
    match value {
        _ if depth > DEEPEST => {}
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::Array(all) if all.is_empty() => {}
        Value::Object(object) => {
            for (member, value) in object {
                flatten(visit, place, (format!("{name}.{member}"), value), facts, depth + 1);
            }
        }
        Value::Array(all) if all.iter().any(is_nested) => {
            for (at, value) in all.iter().enumerate() {
                flatten(visit, place, (format!("{name}.{}", at + 1), value), facts, depth + 1);
            }
        }
        value => facts.push((name, scalar(visit, place, value))),
    }
}
