//! What narrows a list: fields above it, as the address says them.

use maud::{Markup, html};

use super::{About, Wanted};
use crate::icon::{self, icon};
use crate::pairs::Pairs;
use crate::text::Text;
use crate::text::list::*;
use crate::text::shell::CLEAR;
use crate::visit::Visit;

/// One thing by which a list is narrowed, with its name in the address.
#[derive(Debug)]
pub(crate) enum Filter<'a> {
    /// One of a few; the first that is offered narrows nothing.
    Choice(&'static str, Text, &'a [(&'a str, Text)]),
    /// One of those that there are: values and what they are called.
    Named(&'static str, Text, &'a [(String, String)]),
    /// A text, with what stands in the field.
    Words(&'static str, Text, &'static str),
    /// A number of days.
    Days(&'static str, Text),
    /// Where the list is: one of these values, of which one always counts and none narrows.
    Place(&'static str, Text, &'a [String], &'a str),
}

impl Filter<'_> {
    /// What the address calls it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Choice(name, ..)
            | Self::Named(name, ..)
            | Self::Words(name, ..)
            | Self::Days(name, ..)
            | Self::Place(name, ..) => name,
        }
    }

    /// Whether it leaves things out.
    pub(super) fn narrows(&self) -> bool {
        !matches!(self, Self::Place(..))
    }

    /// Where it says that the list is, if it says so.
    pub(super) fn place(&self) -> Option<(&str, &str)> {
        match self {
            Self::Place(name, _, _, now) => Some((name, now)),
            _ => None,
        }
    }

    fn field(&self, visit: &Visit<'_>) -> Markup {
        let value = visit.query().get(self.name());
        match self {
            Self::Choice(name, label, options) => {
                let options = options.iter().map(|(word, text)| (*word, visit.say(*text)));
                select(visit, (name, *label), value, options)
            }
            Self::Named(name, label, options) => {
                let options = options.iter().map(|(word, text)| (word.as_str(), text.as_str()));
                select(visit, (name, *label), value, [("", visit.say(ANY))].into_iter().chain(options))
            }
            Self::Place(name, label, all, now) => {
                select(visit, (name, *label), now, all.iter().map(|one| (one.as_str(), one.as_str())))
            }
            Self::Words(name, label, example) => html! {
                label.filter {
                    span { (visit.say(*label)) }
                    input name=(name) value=(value) maxlength="256" placeholder=(example) autocomplete="off" autocapitalize="none" spellcheck="false";
                }
            },
            Self::Days(name, label) => html! {
                label.filter {
                    span { (visit.say(*label)) }
                    input type="number" name=(name) value=(value) min="1" max="3650" placeholder="90";
                }
            },
        }
    }
}

fn select<'o>(
    visit: &Visit<'_>,
    (name, label): (&str, Text),
    chosen: &str,
    options: impl Iterator<Item = (&'o str, &'o str)>,
) -> Markup {
    html! {
        label.filter {
            span { (visit.say(label)) }
            select name=(name) {
                @for (value, text) in options { option value=(value) selected[value == chosen] { (text) } }
            }
        }
    }
}

/// The fields, and the way to do without them.
pub(super) fn form(visit: &Visit<'_>, about: &About<'_>, wanted: &Wanted<'_>) -> Markup {
    let kept = ["size", "sort", "order"].map(|name| (name, wanted.query.get(name)));
    html! {
        form.toolbar.filters method="get" action=(visit.to(about.path)) role="search" data-narrows {
            @for (name, value) in &about.kept { @if !value.is_empty() { input type="hidden" name=(name) value=(value); } }
            @if let Some(words) = about.search {
                div.search {
                    (icon(icon::LuSearch))
                    input type="search" name="q" value=(wanted.query.get("q")) maxlength="128" placeholder=(visit.say(words))
                        aria-label=(visit.say(words));
                }
            }
            @for filter in &about.filters { (filter.field(visit)) }
            @for (name, value) in kept {
                @if !value.is_empty() { input type="hidden" name=(name) value=(value); }
            }
            div.actions {
                button.button { (visit.say(APPLY)) }
                @if super::is_narrowed(visit, about) { a href=(visit.to(&super::whole_address(about))) { (visit.say(CLEAR)) } }
            }
        }
    }
}

/// A tag that is looked for, as operations take it: `key`, or `key=value`.
pub(crate) fn tag_params(query: &Pairs) -> Vec<(&'static str, &str)> {
    let Some(tag) = query.filled("tag") else { return Vec::new() };
    match tag.split_once('=') {
        Some((key, value)) => vec![("Tag.1.Key", key.trim()), ("Tag.1.Value", value.trim())],
        None => vec![("Tag.1.Key", tag)],
    }
}
