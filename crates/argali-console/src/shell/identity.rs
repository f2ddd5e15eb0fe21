//! As whom one is here: the menu of whoever is logged on, and the banner of a role that was switched to.

use maud::{Markup, html};

use super::preference::theme_switch;
use super::token;
use crate::icon::{self, icon};
use crate::local;
use crate::moment::{left, left_s};
use crate::text::search::KEYS;
use crate::text::shell::*;
use crate::visit::{Switched, Visit, Who};

/// How long before its end a role can be extended, in seconds.
const NEAR_END_S: i64 = 10 * 60;
/// How many roles the menu shows.
const MOST_ROLES: usize = 5;

/// The menu of whoever is logged on: it opens on hover, by click and by keyboard.
pub(super) fn identity(visit: &Visit<'_>, who: &Who) -> Markup {
    let acting = visit.switched();
    let name = acting.map_or_else(|| who.name(), |role| role.name().to_owned());
    html! {
        div.menu {
            button.identity type="button" popovertarget="identity" {
                span class=(format!("avatar {}", acting.map(Switched::colour_class).unwrap_or_default())) aria-hidden="true" {
                    (initial(&name))
                }
                span.identity-name { bdi { (name) } }
                (icon(icon::LuChevronDown))
            }
            div.panel #identity popover role="group" aria-label=(visit.say(IDENTITY)) {
                div.panel-head {
                    strong { bdi { (who.name()) } }
                    span.muted {
                        @if who.user.is_none() { (visit.say(ACCOUNT_OWNER)) " · " }
                        (visit.say(ACCOUNT_ID)) " " span.mono { (who.account_id) }
                    }
                }
                (roles(visit, who))
                div.panel-part {
                    (theme_switch(visit))
                    button.item type="button" data-show-keys hidden { (icon(icon::LuKeyboard)) (visit.say(KEYS)) }
                }
                form.panel-part method="post" action="/console/log-off" {
                    (token(visit))
                    button.item { (icon(icon::LuLogOut)) (visit.say(LOG_OFF)) }
                }
            }
        }
    }
}

fn roles(visit: &Visit<'_>, who: &Who) -> Markup {
    // The latest is the last; favourites come before all others.
    let mut switched: Vec<_> = who.switched.iter().rev().collect();
    switched.sort_by_key(|role| !role.is_favourite);
    html! {
        div.panel-part {
            @if visit.acting().is_some() {
                a.item href="/console" { (icon(icon::LuUser)) bdi { (who.name()) } }
            }
            @for role in switched.into_iter().take(MOST_ROLES) {
                a.item href=(role.to("")) {
                    span class=(format!("dot {}", role.colour_class())) {}
                    span { bdi { (role.name()) } span.muted { " · " bdi { (role.account) } } }
                }
            }
            a.item href=(visit.to("/settings")) { (icon(icon::LuSettings)) (visit.say(SETTINGS)) }
            a.item href="/console/me" { (icon(icon::LuFingerprint)) (visit.say(MY_SECURITY)) }
            a.item href=(visit.to("/switch-role")) data-go="switch-role" { (icon(icon::LuRepeat)) (visit.say(SWITCH_IDENTITY)) }
        }
    }
}

/// What stands on every page of a role's session.
pub(super) fn banner(visit: &Visit<'_>, switched: &Switched) -> Markup {
    let who = visit.who().map(Who::name).unwrap_or_default();
    let strong = |text: &str| html! { strong { bdi { (text) } } };
    let account = if switched.account == switched.account_id {
        strong(&switched.account)
    } else {
        html! { (strong(&switched.account)) " (" (switched.account_id) ")" }
    };
    let values =
        [strong(switched.name()), account, html! { bdi { (who) } }, html! { (left(visit, &switched.until)) }];
    let here = local::page(visit.target()).filter(|_| !visit.is_post()).unwrap_or_default();
    html! {
        div class=(format!("banner {}", switched.colour_class())) role="status" {
            p { (visit.phrase(IN_ROLE, &values)) }
            @if ends_soon(visit, switched) {
                form method="post" action=(switched.extension()) {
                    (token(visit))
                    input type="hidden" name="Account" value=(switched.account);
                    input type="hidden" name="RoleName" value=(switched.role);
                    input type="hidden" name="next" value=(here);
                    button.button.small { (icon(icon::LuHourglass)) (visit.say(EXTEND)) }
                }
            }
            form method="post" action=(switched.to("/switch-back")) {
                (token(visit))
                button.button.small { (icon(icon::LuUndo2)) (visit.say(SWITCH_BACK)) }
            }
        }
    }
}

/// Whether a role ends in a moment, and before the logon that it stands on.
fn ends_soon(visit: &Visit<'_>, switched: &Switched) -> bool {
    let role_s = left_s(visit, &switched.until);
    let logon_s = visit.who().and_then(|who| left_s(visit, &who.until));
    role_s.is_some_and(|role_s| role_s <= NEAR_END_S) && role_s < logon_s
}

fn initial(name: &str) -> String {
    name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).unwrap_or_default()
}
