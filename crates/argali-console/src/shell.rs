//! What stands around a page: the document, the header, the navigation, who is logged on.

use maud::{DOCTYPE, Markup, html};

use crate::guard;
use crate::icon::{self, Icon, icon};
use crate::language::{Language, Theme};
use crate::moment::left;
use crate::page::manual;
use crate::page::resource::{name_in, path_of_service};
use crate::part::{Weight, notice};
use crate::text::Text;
use crate::text::manual::{HELP, LOG_ON};
use crate::text::search::{
    FIELD as FIND, KEY_CLOSE, KEY_GO, KEY_LIST, KEY_NEW, KEY_OPEN, KEY_ROWS, KEY_SEARCH, KEY_SELECT, KEYS,
    KEYS_ON, SHORT as FIND_SHORT,
};
use crate::text::shell::*;
use crate::visit::{Switched, Visit, Who};

/// How many roles the menu shows.
const MOST_ROLES: usize = 5;

/// An entry of the navigation.
struct Entry {
    path: &'static str,
    label: Text,
    /// What the keys that go there call it.
    key: &'static str,
    icon: &'static Icon,
}

/// The navigation, a group after the other.
const PLACES: &[(Option<Text>, &[Entry])] = &[
    (None, &[Entry { path: "", label: HOME, key: "home", icon: icon::LuHouse }]),
    (
        Some(IDENTITIES),
        &[
            Entry { path: "/ram/users", label: USERS, key: "users", icon: icon::LuUser },
            Entry { path: "/ram/groups", label: GROUPS, key: "groups", icon: icon::LuUsers },
            Entry { path: "/ram/roles", label: ROLES, key: "roles", icon: icon::LuVenetianMask },
        ],
    ),
    (
        Some(PERMISSIONS),
        &[
            Entry { path: "/ram/grants", label: GRANTS, key: "grants", icon: icon::LuShieldCheck },
            Entry { path: "/ram/policies", label: POLICIES, key: "policies", icon: icon::LuScrollText },
        ],
    ),
    (
        Some(DELEGATION),
        &[
            Entry { path: "/delegations", label: DELEGATIONS, key: "delegations", icon: icon::LuWaypoints },
            Entry { path: "/sessions", label: SESSIONS, key: "sessions", icon: icon::LuHourglass },
            Entry { path: "/test", label: TEST_ACCESS, key: "test", icon: icon::LuFlaskConical },
            Entry { path: "/analyzer", label: ANALYZER, key: "analyzer", icon: icon::LuScanSearch },
        ],
    ),
    (None, &[Entry { path: "/activity", label: ACTIVITY, key: "activity", icon: icon::LuHistory }]),
    (
        Some(SECURITY),
        &[
            Entry { path: "/sso", label: SSO, key: "sso", icon: icon::LuFingerprint },
            Entry { path: "/settings", label: SETTINGS, key: "settings", icon: icon::LuSettings },
            Entry { path: "/developer", label: DEVELOPER, key: "developer", icon: icon::LuCodeXml },
        ],
    ),
];
/// What operators have besides.
const OPERATOR_PLACES: (Option<Text>, &[Entry]) =
    (None, &[Entry { path: "/operator", label: OPERATOR, key: "operator", icon: icon::LuServer }]);

/// A page for whoever is logged on.
pub(crate) fn page(visit: &Visit<'_>, title: &str, content: &Markup) -> Markup {
    let role = visit.switched().map(|switched| format!("{} · ", switched.name())).unwrap_or_default();
    let content = html! {
        @if let Some(switched) = visit.switched() { (banner(visit, switched)) }
        (content)
    };
    page_as_oneself(visit, &format!("{role}{title}"), &content)
}

/// The same without the banner of a role, whatever the address says.
pub(crate) fn page_as_oneself(visit: &Visit<'_>, title: &str, content: &Markup) -> Markup {
    page_beside(visit, title, &navigation(visit), content)
}

/// A page, for anybody, with links of its own beside it.
pub(crate) fn page_beside(visit: &Visit<'_>, title: &str, links: &Markup, content: &Markup) -> Markup {
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
            body.(class) data-copied=(visit.say(COPIED)) data-keys=(if visit.has_keys() { "on" } else { "off" }) { (body) }
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

/// The list of keys, which the script opens.
fn keys(visit: &Visit<'_>) -> Markup {
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
            dl {
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

fn navigation(visit: &Visit<'_>) -> Markup {
    let here = visit.path();
    let is_here = |path: &str| {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let below = here.get(1..).unwrap_or_default();
        if parts.is_empty() { below.is_empty() } else { below.starts_with(&parts) }
    };
    html! {
        @for (group, entries) in PLACES.iter().chain(is_operator(visit).then_some(&OPERATOR_PLACES)) {
            @if let Some(group) = group { h2 { (visit.say(*group)) } }
            ul {
                @for entry in *entries {
                    li {
                        a href=(visit.to(entry.path)) data-go=(entry.key) aria-current=[is_here(entry.path).then_some("page")] {
                            (icon(entry.icon)) (visit.say(entry.label))
                        }
                    }
                }
            }
            @if *group == Some(DELEGATION) {
                h2 { (visit.say(RESOURCES)) }
                ul {
                    @for (path, name, picture) in resources(visit) {
                        li {
                            a href=(visit.to(&path)) aria-current=[is_here(&path).then_some("page")] { (icon(picture)) (name) }
                        }
                    }
                }
            }
        }
    }
}

/// Where object storage and messaging stand among the services.
const PLACE_OF_OSS: u32 = 40;
const PLACE_OF_MESSAGING: u32 = 65;

/// Where resources are: their groups, and every service that has some.
fn resources<'v>(visit: &'v Visit<'_>) -> Vec<(String, &'v str, &'static Icon)> {
    let services = &visit.console().services;
    let before = |place: u32| services.partition_point(|service| service.place < place);
    let mut entries: Vec<(String, &str, &Icon)> = services
        .iter()
        .map(|service| (path_of_service(&service.name), name_in(visit, &service.names), icon::LuServer))
        .collect();
    let messaging = ("/messaging".to_owned(), visit.say(crate::text::messaging::TITLE), icon::LuInbox);
    entries.insert(before(PLACE_OF_MESSAGING), messaging);
    entries.insert(
        before(PLACE_OF_OSS),
        ("/oss".to_owned(), visit.say(crate::text::oss::TITLE), icon::LuDatabase),
    );
    entries.insert(0, ("/resource-groups".to_owned(), visit.say(RESOURCE_GROUPS), icon::LuFolderTree));
    entries
}

/// Whether whoever is logged on may be an operator: the operations say what each may do.
fn is_operator(visit: &Visit<'_>) -> bool {
    visit.acting().is_none() && visit.who().is_some_and(|who| who.is_operator)
}

/// The menu of whoever is logged on: it opens on hover, by click and by keyboard.
fn identity(visit: &Visit<'_>, who: &Who) -> Markup {
    let acting = visit.switched();
    html! {
        div.menu {
            button.identity type="button" popovertarget="identity" {
                span class=(format!("avatar {}", acting.map(Switched::colour_class).unwrap_or_default())) aria-hidden="true" {
                    (initial(acting.map_or(who.user.as_deref().unwrap_or(&who.account_id), Switched::name)))
                }
                span.identity-name { bdi { (acting.map_or_else(|| who.name(), |role| role.name().to_owned())) } }
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
    html! {
        div.panel-part {
            @if visit.acting().is_some() {
                a.item href="/console" { (icon(icon::LuUser)) bdi { (who.name()) } }
            }
            @for role in who.switched.iter().rev().take(MOST_ROLES) {
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
fn banner(visit: &Visit<'_>, switched: &Switched) -> Markup {
    let who = visit.who().map(Who::name).unwrap_or_default();
    let strong = |text: &str| html! { strong { bdi { (text) } } };
    let account = if switched.account == switched.account_id {
        strong(&switched.account)
    } else {
        html! { (strong(&switched.account)) " (" (switched.account_id) ")" }
    };
    let values =
        [strong(switched.name()), account, html! { bdi { (who) } }, html! { (left(visit, &switched.until)) }];
    html! {
        div class=(format!("banner {}", switched.colour_class())) role="status" {
            p { (visit.phrase(IN_ROLE, &values)) }
            form method="post" action=(switched.to("/switch-back")) {
                (token(visit))
                button.button.small { (icon(icon::LuUndo2)) (visit.say(SWITCH_BACK)) }
            }
        }
    }
}

/// The choice of a language.
pub(crate) fn language_switch(visit: &Visit<'_>) -> Markup {
    html! {
        form.choice method="post" action="/logon/preferences" aria-label=(visit.say(LANGUAGE)) {
            (token(visit))
            input type="hidden" name="back" value=(visit.target());
            @for language in Language::ALL.into_iter().filter(|language| *language != visit.language()) {
                button.quiet name="language" value=(language.tag()) lang=(language.tag()) {
                    (icon(icon::LuLanguages)) (language.own_name())
                }
            }
        }
    }
}

/// The choice of colours.
pub(crate) fn theme_switch(visit: &Visit<'_>) -> Markup {
    let choices = [
        (Theme::System, THEME_SYSTEM, icon::LuSunMoon),
        (Theme::Light, THEME_LIGHT, icon::LuSun),
        (Theme::Dark, THEME_DARK, icon::LuMoon),
    ];
    html! {
        form.segments method="post" action="/logon/preferences" role="group" aria-label=(visit.say(THEME)) {
            (token(visit))
            input type="hidden" name="back" value=(visit.target());
            @for (theme, label, picture) in choices {
                button name="theme" value=(theme.tag()) aria-pressed=(visit.theme() == theme) {
                    (icon(picture)) (visit.say(label))
                }
            }
        }
    }
}

/// What every form carries: the token of the browser, and a number of its own.
pub(crate) fn token(visit: &Visit<'_>) -> Markup {
    html! {
        input type="hidden" name="csrf" value=(guard::token(visit.browser()));
        input type="hidden" name="form" value=(visit.random());
        @if let Some(who) = visit.who() { input type="hidden" name="who" value=(guard::person(visit.browser(), &who.name())); }
    }
}

fn initial(name: &str) -> String {
    name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).unwrap_or_default()
}

/// A title cannot be marked up, so that what turns the direction of writing is left out of it.
fn plain(title: &str) -> String {
    let turns =
        |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    title.chars().filter(|c| !turns(c)).collect()
}
