//! The parts that pages are made of.

pub(crate) mod call;
mod code;
pub(crate) mod csv;
mod denial;
mod difference;
mod field;
mod help;
pub(crate) mod list;
pub(crate) mod passkey;
pub(crate) mod password;
mod size;
mod summary;
mod table;
pub(crate) mod terraform;

use argali_protocol::ApiFailure;
use maud::{Markup, html};

pub(crate) use code::{code, formatted, indented, pretty};
pub(crate) use denial::denial;
pub(crate) use difference::difference;
pub(crate) use field::{Field, Fields, choices, select};
pub(crate) use help::{help_place, helped};
pub(crate) use size::size;
pub(crate) use summary::{about, alert, linked, summary, summary_of};
pub(crate) use table::{
    SHORT_SIZES, Sizes, Table, grid, narrowing, page_size, page_size_of, pager, pager_counting, pager_of,
};

use crate::api::is_denied;
use crate::icon::{self, Icon, icon};
use crate::language::Language;
use crate::message::in_chinese;
use crate::page::{manual, path_to_why};
use crate::text::Text;
use crate::text::activity::WHY;
use crate::text::failure::*;
use crate::text::shell::{CLEAR, COPY, NOTHING_MATCHES, SHOW_API};
use crate::visit::Visit;

/// How serious a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Good to know.
    Info,
    /// Look out.
    Warning,
    /// Something went wrong.
    Danger,
}

/// The heading of a page, with what can be done on it.
pub(crate) fn heading(title: &Markup, lede: Option<&str>, actions: &Markup) -> Markup {
    html! {
        div.heading {
            div {
                h1 { (title) }
                @if let Some(lede) = lede { p.lede { (lede) } }
            }
            @if !actions.0.is_empty() { div.actions { (actions) } }
        }
    }
}

/// A box with something to say.
pub(crate) fn notice(weight: Weight, content: &Markup) -> Markup {
    let (class, picture) = match weight {
        Weight::Info => ("info", icon::LuInfo),
        Weight::Warning => ("warning", icon::LuTriangleAlert),
        Weight::Danger => ("danger", icon::LuCircleAlert),
    };
    html! { div class=(format!("notice {class}")) { (icon(picture)) div { (content) } } }
}

/// What stands where a list has nothing: what it is for, what to do, and where that is explained.
// SPEC: console, states, empty.
pub(crate) fn empty(visit: &Visit<'_>, picture: &Icon, text: &str, action: &Markup) -> Markup {
    html! { div.empty { (icon(picture)) p { (text) } (action) (manual::learn_more(visit)) } }
}

/// What stands where nothing of a list matches, with the way to all of it.
pub(crate) fn unmatched(visit: &Visit<'_>, path: &str) -> Markup {
    html! {
        div.empty {
            (icon(icon::LuSearch))
            p { (visit.say(NOTHING_MATCHES)) }
            a.button href=(visit.to(path)) { (visit.say(CLEAR)) }
        }
    }
}

/// Names and values, side by side.
pub(crate) fn facts(facts: &[(&str, Markup)]) -> Markup {
    let is_blank = |value: &Markup| matches!(&*value.0, "" | "<bdi></bdi>");
    html! {
        dl.facts {
            @for (name, value) in facts {
                div { dt { (name) } dd { @if is_blank(value) { span.muted { "–" } } @else { (value) } } }
            }
        }
    }
}

/// A text to be copied, with the button that does it where there is script.
pub(crate) fn copyable(visit: &Visit<'_>, text: &str) -> Markup {
    html! {
        span.copyable {
            code { bdi { (text) } }
            button.copy type="button" data-copy=(text) hidden { (visit.say(COPY)) }
        }
    }
}

/// Lines to be copied.
pub(crate) fn lines(visit: &Visit<'_>, text: &str) -> Markup {
    html! {
        div.lines {
            pre tabindex="0" { code { (text) } }
            button.copy type="button" data-copy=(text) hidden { (visit.say(COPY)) }
        }
    }
}

/// The tabs of a page: each an address of its own.
pub(crate) fn tabs(visit: &Visit<'_>, path: &str, chosen: &str, tabs: &[(&str, Text)]) -> Markup {
    html! {
        nav.tabs {
            @for (tab, label) in tabs {
                a href=(visit.to(&format!("{path}?tab={tab}"))) aria-current=[(*tab == chosen).then_some("page")] {
                    (visit.say(*label))
                }
            }
        }
    }
}

/// One button that changes something, as a form of its own, with a small one that shows its call.
pub(crate) fn act(
    visit: &Visit<'_>,
    path: &str,
    fields: &[(&str, &str)],
    (class, label): (&str, Text),
) -> Markup {
    act_saying(visit, path, fields, (class, visit.say(label)))
}

/// The same with words that say more than a label does.
pub(crate) fn act_saying(
    visit: &Visit<'_>,
    path: &str,
    fields: &[(&str, &str)],
    (class, words): (&str, &str),
) -> Markup {
    html! {
        form method="post" action=(visit.to(path)) {
            (crate::shell::token(visit))
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button class=(class) { (words) }
            (show_api_for(visit, words))
        }
    }
}

/// The same as [`show_api`] where there is little room: beside the button whose call it shows.
pub(crate) fn show_api_of(visit: &Visit<'_>, label: Text) -> Markup {
    show_api_for(visit, visit.say(label))
}

fn show_api_for(visit: &Visit<'_>, words: &str) -> Markup {
    let name = format!("{}: {words}", visit.say(SHOW_API));
    html! {
        button.icon-button name="show-api" value="true" formtarget="_blank" title=(name) aria-label=(name) {
            (icon(icon::LuCodeXml))
        }
    }
}

/// The button of a form that shows in a tab of its own what the form would do, and does nothing.
pub(crate) fn show_api(visit: &Visit<'_>) -> Markup {
    html! {
        button.quiet name="show-api" value="true" formtarget="_blank" {
            (icon(icon::LuCodeXml)) (visit.say(SHOW_API))
        }
    }
}

/// A box that is ticked or not.
pub(crate) fn tick(
    visit: &Visit<'_>,
    (name, label): (&str, Text),
    ticked: bool,
    hint: Option<Text>,
) -> Markup {
    html! {
        label.tick {
            input type="checkbox" name=(name) value="true" checked[ticked];
            span { span { (visit.say(label)) } @if let Some(hint) = hint { span.hint { (visit.say(hint)) } } }
        }
    }
}

/// A card with a title.
pub(crate) fn card(title: &str, content: &Markup) -> Markup {
    html! { section.card { h2 { (title) } (content) } }
}

/// What stands where something would be that the viewer may not see: what would be needed.
pub(crate) fn denied(visit: &Visit<'_>, failure: &ApiFailure) -> Markup {
    let action = failure.access_denied_detail.as_ref().map(|detail| detail.auth_action.clone());
    notice(
        Weight::Danger,
        &html! {
            p { (explained(visit, failure)) }
            (original(visit, failure))
            @if let Some(action) = action { p { (visit.say(NEEDED_ACTION)) " " code { (action) } } }
            p.muted.small-text { (on_record(visit, failure)) }
        },
    )
}

/// The number of a failure, and the way to the reasons of a refusal.
pub(crate) fn on_record(visit: &Visit<'_>, failure: &ApiFailure) -> Markup {
    html! {
        @if let Some(id) = &failure.request_id {
            (visit.say(REQUEST_ID)) " " (copyable(visit, id))
            @if is_denied(failure) { " · " a href=(visit.to(&path_to_why(id))) { (visit.say(WHY)) } (help_place(failure)) }
        }
    }
}

/// A failure in the language of the visit: the server's own words are English.
pub(crate) fn explained(visit: &Visit<'_>, failure: &ApiFailure) -> String {
    if is_said(visit, failure) {
        return failure.message.clone();
    }
    in_chinese(&failure.message).unwrap_or_else(|| match denied_resource(failure) {
        Some(resource) if is_denied(failure) => visit.fill(NO_PERMISSION_ON, &[resource]),
        _ => visit.say(of_kind(failure)).to_owned(),
    })
}

/// What the server says of something that it did not fail at, in the language of the visit.
pub(crate) fn in_words(visit: &Visit<'_>, message: &str) -> String {
    let chinese = if visit.language() == Language::English { None } else { in_chinese(message) };
    chinese.unwrap_or_else(|| message.to_owned())
}

/// What the server said, where a page says it in another language: it is what support searches for.
pub(crate) fn original(visit: &Visit<'_>, failure: &ApiFailure) -> Markup {
    html! {
        @if !is_said(visit, failure) { p.muted.small-text lang=(Language::English.tag()) { (failure.message) } }
    }
}

/// Whether the words of a failure are of the visit's language already, as those are that a page found itself.
fn is_said(visit: &Visit<'_>, failure: &ApiFailure) -> bool {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let is_of_a_page = failure.request_id.is_none() && failure.message.contains(is_han);
    visit.language() == Language::English || is_of_a_page
}

/// What kind of failure it is: all that a page can say of one whose words are not the server's, such as of a service
/// that the operator has declared.
fn of_kind(failure: &ApiFailure) -> Text {
    match failure.code.as_str() {
        _ if is_denied(failure) => NO_PERMISSION,
        // SPEC: wire protocol, codes: those of Message Service end in what others begin with.
        code if code.starts_with("EntityAlreadyExist") || code.ends_with("AlreadyExist") => TAKEN,
        code if code.starts_with("EntityNotExist") || code.ends_with("NotExist") => GONE,
        code if code.ends_with(".NotFound") => GONE,
        code if code.starts_with("LimitExceeded") || code.ends_with("ExceededLimit") => TOO_MANY,
        code if code.starts_with("DeleteConflict") || code.starts_with("DependencyViolation") => IN_USE,
        code if code.starts_with("Invalid") || code.starts_with("Missing") => INVALID,
        code if code.starts_with("Throttling") || code.starts_with("Service") => BUSY,
        _ => REFUSED,
    }
}

/// The resource that the message of a denial names.
fn denied_resource(failure: &ApiFailure) -> Option<&str> {
    let (_, rest) = failure.message.split_once("Resource: ")?;
    rest.split_once(" Action: ").map(|(resource, _)| resource)
}
