//! The links beside a page: where there is something to go to, and where one is.

use maud::{Markup, html};

use crate::icon::{self, Icon, icon};
use crate::page::resource::{name_in, path_of_service};
use crate::text::Text;
use crate::text::shell::*;
use crate::visit::Visit;

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

/// The links beside every page; where one is is marked.
pub(super) fn navigation(visit: &Visit<'_>) -> Markup {
    let here = visit.path();
    let is_here = |path: &str| {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let below = here.get(1..).unwrap_or_default();
        if parts.is_empty() { below.is_empty() } else { below.starts_with(&parts) }
    };
    html! {
        @for (group, entries) in PLACES.iter().chain(visit.is_operator().then_some(&OPERATOR_PLACES)) {
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
