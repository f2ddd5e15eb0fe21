//! What is shown instead of a page that cannot be.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{Refusal, path_to_why};
use crate::answer::Answer;
use crate::api;
use crate::icon::{self, icon};
use crate::part::{Weight, copyable, explained, facts, help_place, notice, original};
use crate::shell;
use crate::text::Text;
use crate::text::activity::WHY;
use crate::text::failure::*;
use crate::text::list::{NONE_CHOSEN, NONE_CHOSEN_TITLE};
use crate::text::search::{FIELD as FIND, SHORT as FIND_SHORT};
use crate::text::shell::SEARCH;
use crate::visit::Visit;

/// Nothing is asked of anybody where others could read along.
pub(crate) fn needs_https(visit: &Visit<'_>) -> Answer {
    message(visit, 403, HTTPS_NEEDED, HTTPS_NEEDED_WHAT)
}

/// A form that is not of a page of ours, or was filled in as somebody else.
pub(crate) fn form_expired(visit: &Visit<'_>) -> Answer {
    message(visit, 403, FORM_EXPIRED, FORM_EXPIRED_WHAT)
}

/// A form that was sent before.
pub(crate) fn sent_twice(visit: &Visit<'_>) -> Answer {
    message(visit, 409, SENT_TWICE, SENT_TWICE_WHAT)
}

/// A result whose secrets were shown.
pub(crate) fn shown_before(visit: &Visit<'_>) -> Answer {
    message(visit, 410, SHOWN_ONCE, SHOWN_ONCE_WHAT)
}

/// Something that is not there.
pub(crate) fn absent(visit: &Visit<'_>) -> Answer {
    message(visit, 404, ABSENT, ABSENT_WHAT)
}

/// A page that cannot be shown.
pub(crate) fn refused(visit: &Visit<'_>, refusal: &Refusal) -> Answer {
    match refusal {
        Refusal::NoPage => message(visit, 404, NOT_FOUND, NOT_FOUND_WHAT),
        Refusal::NoneChosen => message(visit, 400, NONE_CHOSEN_TITLE, NONE_CHOSEN),
        Refusal::Failed(failure) if api::is_absent(failure) => absent(visit),
        Refusal::Failed(failure) => failed(visit, failure),
    }
}

fn failed(visit: &Visit<'_>, failure: &ApiFailure) -> Answer {
    let denied = api::is_denied(failure);
    let title = visit.say(if denied { DENIED } else { FAILED });
    let content = html! {
        h1 { (title) }
        // Of an unexpected failure only its number is shown.
        @if failure.status < 500 { (notice(Weight::Danger, &html! { p { (explained(visit, failure)) } (original(visit, failure)) })) }
        @if denied { p { (visit.say(DENIED_WHAT)) } }
        (reference(visit, failure))
        div.actions {
            @if denied && visit.who().is_some() && let Some(id) = &failure.request_id {
                a.button.main href=(visit.to(&path_to_why(id))) { (visit.say(WHY)) }
                (help_place(failure))
            }
            (home_button(visit))
        }
    };
    page(visit, failure.status, title, &content)
}

fn reference(visit: &Visit<'_>, failure: &ApiFailure) -> Markup {
    let action = failure.access_denied_detail.as_ref().map(|detail| detail.auth_action.clone());
    let action = action.map(|action| (visit.say(NEEDED_ACTION), html! { code { (action) } }));
    let id = failure.request_id.as_deref();
    let id = id.map(|id| (visit.say(REQUEST_ID), copyable(visit, id)));
    facts(&action.into_iter().chain(id).collect::<Vec<_>>())
}

fn message(visit: &Visit<'_>, status: u16, title: Text, what: Text) -> Answer {
    let title = visit.say(title);
    page(
        visit,
        status,
        title,
        &html! {
            h1 { (title) } p.lede { (visit.say(what)) }
            @if status == 404 && visit.who().is_some() { (finder(visit)) }
            (home(visit))
        },
    )
}

fn home(visit: &Visit<'_>) -> Markup {
    html! { p.actions { (home_button(visit)) } }
}

/// The field that everything is found with, where something was not.
// SPEC: console, states: 404 offers search.
fn finder(visit: &Visit<'_>) -> Markup {
    html! {
        form.toolbar method="get" action=(visit.to("/search")) role="search" {
            div.search {
                (icon(icon::LuSearch))
                input type="search" name="q" maxlength="128" placeholder=(visit.say(FIND_SHORT)) aria-label=(visit.say(FIND));
            }
            button.button { (visit.say(SEARCH)) }
        }
    }
}

fn home_button(visit: &Visit<'_>) -> Markup {
    html! { a.button href=(visit.to("")) { (visit.say(TO_HOME)) } }
}

fn page(visit: &Visit<'_>, status: u16, title: &str, content: &Markup) -> Answer {
    let markup = match visit.who() {
        Some(_) => shell::page(visit, title, &html! { div.narrow { (content) } }),
        None => shell::plain_page(visit, title, content),
    };
    Answer::page(status, markup)
}
