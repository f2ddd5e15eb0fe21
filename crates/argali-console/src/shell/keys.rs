//! The list of keys that pages answer to.

use maud::{Markup, html};

use crate::text::search::{
    KEY_CLOSE, KEY_GO, KEY_LIST, KEY_NEW, KEY_OPEN, KEY_ROWS, KEY_SEARCH, KEY_SELECT, KEYS, KEYS_ON,
};
use crate::text::shell::*;
use crate::visit::Visit;

/// The list of keys, which the script opens.
pub(super) fn keys(visit: &Visit<'_>) -> Markup {
    let rows = [
        ("/", KEY_SEARCH),
        ("?", KEY_LIST),
        ("g", KEY_GO),
        ("n", KEY_NEW),
        ("j k", KEY_ROWS),
        ("x", KEY_SELECT),
        ("Enter", KEY_OPEN),
        ("Esc", KEY_CLOSE),
    ];
    let goes = [
        ("h", HOME),
        ("u", USERS),
        ("r", ROLES),
        ("p", POLICIES),
        ("d", DELEGATIONS),
        ("a", ACTIVITY),
        ("s", SWITCH_IDENTITY),
    ];
    html! {
        dialog.keys #key-list aria-labelledby="keys-title" {
            h2 #keys-title { (visit.say(KEYS)) }
            dl.key-list {
                @for (key, label) in rows {
                    div { dt { @for key in key.split(' ') { kbd { (key) } " " } } dd { (visit.say(label)) } }
                    @if key == "g" {
                        @for (key, label) in goes { div.sub { dt { kbd { (key) } } dd { (visit.say(label)) } } }
                    }
                }
            }
            label.tick { input type="checkbox" data-keys-on; span { (visit.say(KEYS_ON)) } }
            form method="dialog" { button.button { (visit.say(CLOSE)) } }
        }
    }
}
