//! What stands around a page: the document, the header, the frame, and what forms carry.

use maud::{DOCTYPE, Markup, html};

use crate::guard;
use crate::icon::{self, icon};
use crate::page::{PANELS, manual, trail};
use crate::part::{Weight, linked, notice};
use crate::text::manual::{HELP, LOG_ON};
use crate::text::search::{FIELD as FIND, SHORT as FIND_SHORT};
use crate::text::shell::*;
use crate::visit::Visit;

mod identity;
mod keys;
mod navigation;
mod preference;

use identity::{banner, identity};
use keys::keys;
use navigation::navigation;
pub(crate) use preference::{language_switch, theme_switch};

/// A page for whoever is logged on.
pub(crate) fn page(visit: &Visit<'_>, title: &str, content: &Markup) -> Markup {
    page_beside(visit, title, &navigation(visit), &html! { (trail(visit, title)) (content) })
}

/// The same without the banner of a role, whatever the address says.
pub(crate) fn page_as_oneself(visit: &Visit<'_>, title: &str, content: &Markup) -> Markup {
    frame(visit, title, &navigation(visit), content)
}

/// A page, for anybody, with links of its own beside it; within a role it says so, in its title too.
pub(crate) fn page_beside(visit: &Visit<'_>, title: &str, links: &Markup, content: &Markup) -> Markup {
    let role = visit.switched().map(|switched| format!("{} · ", switched.name())).unwrap_or_default();
    let content = html! {
        @if let Some(switched) = visit.switched() { (banner(visit, switched)) }
        (content)
    };
    frame(visit, &format!("{role}{title}"), links, &content)
}

fn frame(visit: &Visit<'_>, title: &str, links: &Markup, content: &Markup) -> Markup {
    let body = html! {
        a.skip href="#content" { (visit.say(SKIP)) }
        (header(visit))
        div.frame {
            nav.side #navigation popover aria-label=(visit.say(NAVIGATION)) { (links) }
            main #content tabindex="-1" {
                @if visit.is_kept() { (notice(Weight::Warning, &html! { p { (visit.say(KEPT_FORM)) } })) }
                (content)
                (crate::need::place())
            }
        }
        (keys(visit))
    };
    document(visit, title, "shell", &body)
}

/// A page for somebody who is not logged on.
pub(crate) fn plain_page(visit: &Visit<'_>, title: &str, content: &Markup) -> Markup {
    let body = html! {
        main.gate #content {
            div.gate-card {
                a.brand.big href="/logon" { (mark(visit)) span { "Argali" } }
                (content)
            }
            div.gate-foot { (help(visit)) (language_switch(visit)) (theme_switch(visit)) }
        }
    };
    document(visit, title, "outside", &body)
}

fn document(visit: &Visit<'_>, title: &str, class: &str, body: &Markup) -> Markup {
    let assets = &visit.console().assets;
    html! {
        (DOCTYPE)
        html lang=(visit.language().tag()) data-theme=(visit.theme().tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (plain(title)) " · Argali" }
                link rel="icon" type="image/svg+xml" href=(assets.mark);
                link rel="stylesheet" href=(assets.style);
                script src=(assets.script) defer {}
            }
            body.(class) data-copied=(visit.say(COPIED)) data-close=(visit.say(CLOSE)) data-panels=(PANELS.join(" ")) data-keys=(if visit.has_keys() { "on" } else { "off" }) { (linked(body)) }
        }
    }
}

fn mark(visit: &Visit<'_>) -> Markup {
    html! { img.mark src=(visit.console().assets.mark) alt="" width="24" height="24"; }
}

fn header(visit: &Visit<'_>) -> Markup {
    html! {
        header.top {
            button.icon-button.menu-button type="button" popovertarget="navigation" aria-label=(visit.say(MENU)) {
                (icon(icon::LuMenu))
            }
            a.brand href=(visit.to("")) { (mark(visit)) span { "Argali" } }
            @if visit.who().is_some() { (search(visit)) }
            div.top-end {
                (help(visit))
                (language_switch(visit))
                @match visit.who() {
                    Some(who) => (identity(visit, who)),
                    None => a.button.small href="/logon" { (visit.say(LOG_ON)) },
                }
            }
        }
    }
}

/// The way to what the manual says of this page.
fn help(visit: &Visit<'_>) -> Markup {
    html! { a.quiet.help href=(visit.to(&manual::path_about(visit))) { (icon(icon::LuBookOpen)) (visit.say(HELP)) } }
}

/// The field that everything is found with.
fn search(visit: &Visit<'_>) -> Markup {
    html! {
        form.search.everywhere method="get" action=(visit.to("/search")) role="search" {
            (icon(icon::LuSearch))
            input type="search" name="q" maxlength="128" placeholder=(visit.say(FIND_SHORT)) aria-label=(visit.say(FIND))
                aria-keyshortcuts="/" autocomplete="off" data-everywhere;
            button.hidden { (visit.say(SEARCH)) }
        }
    }
}

/// What every form carries: the token of the browser, and a number of its own.
pub(crate) fn token(visit: &Visit<'_>) -> Markup {
    html! {
        input type="hidden" name="csrf" value=(guard::token(visit.browser()));
        input type="hidden" name="form" value=(visit.random());
        @if let Some(who) = visit.who() { input type="hidden" name="sender" value=(guard::person(visit.browser(), &who.name())); }
    }
}

/// A title cannot be marked up, so that what turns the direction of writing is left out of it.
fn plain(title: &str) -> String {
    let turns =
        |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    title.chars().filter(|c| !turns(c)).collect()
}
