//! The parts that pages are made of.

mod field;

use argali_protocol::ApiFailure;
use icondata_core::IconData;
use maud::{Markup, html};

pub(crate) use field::{Field, Fields, select};

use crate::icon::{self, icon};
use crate::text::Text;
use crate::text::failure::*;
use crate::text::shell::COPY;
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
            div.actions { (actions) }
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

/// What stands where a list has nothing: what it is for, and what to do.
pub(crate) fn empty(picture: &IconData, text: &str, action: &Markup) -> Markup {
    html! { div.empty { (icon(picture)) p { (text) } (action) } }
}

/// Names and values, side by side.
pub(crate) fn facts(facts: &[(&str, Markup)]) -> Markup {
    html! { dl.facts { @for (name, value) in facts { div { dt { (name) } dd { (value) } } } } }
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

/// A card with a title.
pub(crate) fn card(title: &str, content: &Markup) -> Markup {
    html! { section.card { h2 { (title) } (content) } }
}

/// A failure in the language of the visit: the server's own words are English.
pub(crate) fn explained(visit: &Visit<'_>, failure: &ApiFailure) -> String {
    if visit.language() == crate::language::Language::English {
        return failure.message.clone();
    }
    let of_kind = |text: Text| visit.say(text).to_owned();
    match failure.code.as_str() {
        code if code == "NoPermission" || code.starts_with("Forbidden") => of_kind(NO_PERMISSION),
        code if code.starts_with("EntityAlreadyExist") => of_kind(TAKEN),
        code if code.starts_with("EntityNotExist") => of_kind(GONE),
        code if code.starts_with("LimitExceeded") => of_kind(TOO_MANY),
        code if code.starts_with("DeleteConflict") => of_kind(IN_USE),
        code if code.starts_with("InvalidParameter") || code.starts_with("Missing") => {
            format!("{} {}", of_kind(INVALID), failure.message)
        }
        code if code.starts_with("Throttling") || code == "ServiceUnavailable" => of_kind(BUSY),
        _ => failure.message.clone(),
    }
}
