//! How the console looks in this browser: language, colours, keys.
// SPEC: console, accessibility, keyboard, language, theme.

use maud::{Markup, html};

use crate::part::card;
use crate::shell::{language_switch, theme_switch, token};
use crate::text::Text;
use crate::text::me::*;
use crate::text::shell::{LANGUAGE, THEME};
use crate::visit::Visit;

/// What keys do.
const SHORTCUT_KEYS: [(&str, Text); 15] = [
    ("/", KEY_SEARCH),
    ("?", KEY_LIST),
    ("g h", KEY_HOME),
    ("g u", KEY_USERS),
    ("g g", KEY_GROUPS),
    ("g r", KEY_ROLES),
    ("g p", KEY_POLICIES),
    ("g d", KEY_DELEGATIONS),
    ("g a", KEY_ACTIVITY),
    ("g s", KEY_SWITCH),
    ("n", KEY_NEW),
    ("j k", KEY_ROWS),
    ("x", KEY_SELECT),
    ("Enter", KEY_OPEN),
    ("Esc", KEY_CLOSE),
];

/// The tab.
pub(super) fn part(visit: &Visit<'_>) -> Markup {
    let keys = |key: &str| html! { @for key in key.split(' ') { kbd { (key) } " " } };
    html! {
        p.muted { (visit.say(LOOK_LEDE)) }
        div.columns {
            div.stack {
                (card(visit.say(LANGUAGE), &language_switch(visit)))
                (card(visit.say(THEME), &theme_switch(visit)))
            }
            section.card.stack {
                h2 { (visit.say(SHORTCUTS)) }
                (key_switch(visit))
                dl.key-list {
                    @for (key, does) in SHORTCUT_KEYS { div { dt { (keys(key)) } dd { (visit.say(does)) } } }
                }
            }
        }
    }
}

fn key_switch(visit: &Visit<'_>) -> Markup {
    html! {
        form.segments method="post" action="/logon/preferences" role="group" aria-label=(visit.say(SHORTCUTS)) {
            (token(visit))
            input type="hidden" name="back" value=(visit.target());
            @for (value, label) in [("on", SHORTCUTS_ON), ("off", SHORTCUTS_OFF)] {
                button name="keys" value=(value) aria-pressed=((value == "on") == visit.has_keys()) { (visit.say(label)) }
            }
        }
    }
}
