//! The way back: which pages stand above a page, as its address says.

use maud::{Markup, html};

use super::{messaging, oss, resource};
use crate::pairs::segment;
use crate::text::Text;
use crate::text::shell::*;
use crate::visit::Visit;

/// A page above another: its address, and what it is called.
pub(super) type Above = (String, String);

/// Pages that are below a list.
struct Section {
    /// How their addresses begin.
    at: &'static [&'static str],
    /// The address of the list; that of the tab which is called like the first part that follows, if it ends in `=`.
    list: &'static str,
    label: Text,
    /// How many of the parts that follow name one thing which has a page; none where nothing has.
    parts: usize,
}

const fn section(at: &'static [&'static str], list: &'static str, label: Text, parts: usize) -> Section {
    Section { at, list, label, parts }
}

/// The first whose beginning an address has is the one.
const SECTIONS: &[Section] = &[
    section(&["ram", "users"], "/ram/users", USERS, 1),
    section(&["ram", "groups"], "/ram/groups", GROUPS, 1),
    section(&["ram", "roles"], "/ram/roles", ROLES, 1),
    section(&["ram", "grants"], "/ram/grants", GRANTS, 0),
    section(&["ram", "policies"], "/ram/policies", POLICIES, 2),
    section(&["delegations", "given"], "/delegations?tab=given", DELEGATIONS, 0),
    section(&["delegations", "received"], "/delegations?tab=received", DELEGATIONS, 2),
    section(&["delegations"], "/delegations", DELEGATIONS, 0),
    section(&["sessions"], "/sessions", SESSIONS, 0),
    section(&["analyzer"], "/analyzer", ANALYZER, 0),
    section(&["activity"], "/activity", ACTIVITY, 0),
    section(&["why"], "/activity", ACTIVITY, 0),
    section(&["resource-groups"], "/resource-groups", RESOURCE_GROUPS, 1),
    section(&["sso", "oidc"], "/sso?tab=oidc", SSO, 1),
    section(&["sso", "saml"], "/sso?tab=saml", SSO, 1),
    section(&["sso"], "/sso?tab=", SSO, 0),
    section(&["settings"], "/settings?tab=", SETTINGS, 0),
    section(&["developer", "webhooks"], "/developer?tab=webhooks", DEVELOPER, 1),
    section(&["developer"], "/developer?tab=", DEVELOPER, 0),
    section(&["operator", "accounts"], "/operator", OPERATOR, 1),
    section(&["operator"], "/operator?tab=", OPERATOR, 0),
    section(&["me"], "/me?tab=", MY_SECURITY, 0),
];

impl Section {
    fn of(path: &[&str]) -> Option<&'static Self> {
        SECTIONS.iter().find(|section| path.starts_with(section.at))
    }

    /// The list, and the thing that the page is about if it has a page of its own.
    fn above(&self, visit: &Visit<'_>, path: &[&str]) -> Vec<Above> {
        let rest = path.get(self.at.len()..).unwrap_or_default();
        let Some(first) = rest.first() else {
            // Addresses that are no list themselves.
            return if self.list.starts_with(&address(path)) {
                Vec::new()
            } else {
                vec![self.itself(visit, "")]
            };
        };
        let list = self.itself(visit, first);
        let thing = path.get(..self.at.len() + self.parts).filter(|thing| self.parts > 0 && *thing != path);
        let thing = thing.and_then(|thing| Some((address(thing), (*thing.last()?).to_owned())));
        std::iter::once(list).chain(thing).collect()
    }

    fn itself(&self, visit: &Visit<'_>, tab: &str) -> Above {
        let tab = if self.list.ends_with('=') { tab } else { "" };
        (format!("{}{}", self.list, segment(tab)), visit.say(self.label).to_owned())
    }
}

/// An address of these parts.
fn address(parts: &[&str]) -> String {
    parts.iter().map(|part| format!("/{}", segment(part))).collect()
}

/// The pages above the one that is asked for, from the outermost on.
fn above(visit: &Visit<'_>) -> Vec<Above> {
    let path = visit.path();
    match path.get(1..).unwrap_or_default() {
        ["oss", rest @ ..] => oss::above(visit, rest),
        ["messaging", rest @ ..] => messaging::above(visit, rest),
        ["resources", rest @ ..] => resource::above(visit, rest),
        path => Section::of(path).map(|section| section.above(visit, path)).unwrap_or_default(),
    }
}

/// The links to them, with the title of the page; nothing on pages that the navigation leads to.
pub(crate) fn trail(visit: &Visit<'_>, title: &str) -> Markup {
    let above = above(visit);
    // Before somebody has switched to a role there is no way to its pages.
    if above.is_empty() || (visit.acting().is_some() && visit.switched().is_none()) {
        return html! {};
    }
    html! {
        nav.trail aria-label=(visit.say(TRAIL)) {
            ol {
                @for (path, label) in &above { li { a href=(visit.to(path)) { bdi { (label) } } } }
                li aria-current="page" { bdi { (title) } }
            }
        }
    }
}
