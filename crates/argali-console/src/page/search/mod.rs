//! Search: pages, also by their older names, users, roles, policies, resources and calls.
// SPEC: console, shell; requirements S0-11.

mod place;

use maud::{Markup, html};
use serde_json::Value;

use super::{Outcome, activity, manual, messaging, oss, policy, resource, role, user};
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, items, list, text};
use crate::icon;
use crate::pairs::encode;
use crate::part::{card, empty, heading};
use crate::shell;
use crate::text::messaging::TITLE as MESSAGING;
use crate::text::oss::TITLE as OSS;
use crate::text::search::*;
use crate::text::shell::{POLICIES, ROLES, USERS};
use crate::visit::Visit;

/// How many of a kind are shown.
const MOST_SHOWN: usize = 10;
/// How many are read at once, and how many pages of them: more than any account has of users.
const AT_ONCE: &str = "1000";
const MOST_PAGES: usize = 10;
/// The longest text that is searched for, in characters.
const LONGEST: usize = 128;

/// The page.
pub(super) async fn show(visit: &Visit<'_>) -> Outcome {
    let wanted: String = visit.query().get("q").trim().chars().take(LONGEST).collect();
    let parts = if wanted.is_empty() { Vec::new() } else { found(visit, &wanted).await };
    let title = match wanted.as_str() {
        "" => html! { (visit.say(TITLE)) },
        wanted => visit.phrase(FOUND_FOR, &[html! { bdi { (wanted) } }]),
    };
    let hint = visit.say(if wanted.is_empty() { ENTER } else { NOTHING });
    let content = html! {
        (heading(&title, None, &html! {}))
        @if parts.is_empty() {
            section.card { (empty(visit, icon::LuSearch, hint, &html! { p { (visit.say(NOTHING_HINT)) } })) }
        } @else {
            div.columns { @for part in &parts { (part) } }
        }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(TITLE), &content)))
}

/// What was found, a card a kind. What the viewer may not see is not among it.
async fn found(visit: &Visit<'_>, wanted: &str) -> Vec<Markup> {
    let folded = wanted.to_lowercase();
    let named = |label, links: Vec<Markup>, more: Option<String>| {
        let more = more.map(|path| html! { p.below { a href=(visit.to(&path)) { (visit.say(MORE)) } } });
        (!links.is_empty()).then(|| {
            let content = html! {
                ul.plain { @for link in links.iter().take(MOST_SHOWN) { li { (link) } } }
                @if links.len() > MOST_SHOWN { @if let Some(more) = more { (more) } }
            };
            card(visit.say(label), &content)
        })
    };
    let more = |path: &str| Some(format!("{path}?{}", encode([("q", wanted)])));
    let by_name = |member: &'static str, path_of: fn(&str) -> String| {
        move |entity: &Value| path_of(text(entity, member))
    };
    let (of_users, of_roles) = (by_name("UserName", user::path_of), by_name("RoleName", role::path_of));
    let of_policies = |found: &Value| policy::path_of(text(found, "PolicyType"), text(found, "PolicyName"));
    let users = entities(visit, "ListUsers", ("Users", "User", "UserName"), &folded, of_users).await;
    let roles = entities(visit, "ListRoles", ("Roles", "Role", "RoleName"), &folded, of_roles).await;
    let policies =
        entities(visit, "ListPolicies", ("Policies", "Policy", "PolicyName"), &folded, of_policies).await;
    let parts = [
        named(CALLS, calls(visit, wanted).await, None),
        named(PAGES, pages(visit, &folded), None),
        named(USERS, users, more("/ram/users")),
        named(ROLES, roles, more("/ram/roles")),
        named(POLICIES, policies, more("/ram/policies")),
        named(MANUAL, manual::found(visit, &folded), None),
        named(RESOURCES, resource::found(visit, wanted, MOST_SHOWN).await, None),
        named(OSS, oss::found(visit, wanted).await, more("/oss")),
        named(MESSAGING, messaging::found(visit, wanted).await, None),
    ];
    parts.into_iter().flatten().collect()
}

fn pages(visit: &Visit<'_>, folded: &str) -> Vec<Markup> {
    let link = |place: &place::Place<'_>| {
        let older = place.is_called(folded)?;
        Some(html! {
            a href=(visit.to(&place.path)) { (place.name) }
            @if let Some(older) = older { " " span.muted { (visit.fill(OLDER, &[older])) } }
        })
    };
    place::places(visit).iter().filter_map(link).collect()
}

/// Users, roles or policies that are called so: as many pages are read as it takes to find more than are shown.
async fn entities(
    visit: &Visit<'_>,
    action: &str,
    (plural, singular, member): (&str, &str, &str),
    folded: &str,
    path_of: impl Fn(&Value) -> String,
) -> Vec<Markup> {
    let (mut links, mut marker) = (Vec::new(), String::new());
    for _ in 0..MOST_PAGES {
        let params = [("MaxItems", AT_ONCE), ("Marker", marker.as_str())];
        let Ok(answer) = visit.call(RAM, action, &params).await else { return links };
        for entity in list(&answer, plural, singular) {
            let (name, display) = (text(entity, member), text(entity, "DisplayName"));
            if name.to_lowercase().contains(folded) || display.to_lowercase().contains(folded) {
                links.push(html! {
                    a href=(visit.to(&path_of(entity))) { bdi { (name) } }
                    @if !display.is_empty() { " " span.muted { bdi { (display) } } }
                });
            }
        }
        text(&answer, "Marker").clone_into(&mut marker);
        if marker.is_empty() || links.len() > MOST_SHOWN {
            break;
        }
    }
    links
}

/// The call of this request, or those that this AccessKey signed.
async fn calls(visit: &Visit<'_>, wanted: &str) -> Vec<Markup> {
    if is_request_id(wanted) {
        let found = visit.call(ARGALI, "Why", &[("RequestId", wanted)]).await;
        let Ok(why) = found else { return Vec::new() };
        let call = why.get("Call").unwrap_or(&Value::Null);
        let id = text(call, "RequestId");
        return vec![html! {
            a href=(visit.to(&super::why::path_of(id))) { (visit.fill(AS_REQUEST, &[id])) } " "
            span.muted { (text(call, "Product")) " " (text(call, "Action")) }
        }];
    }
    let is_key = wanted.len() >= 16 && wanted.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_key {
        return Vec::new();
    }
    let params = [("EventAccessKeyId", wanted), ("MaxItems", "1")];
    let answer = visit.call(ARGALI, "ListActivity", &params).await.unwrap_or_default();
    let any = items(&answer, "Events").next();
    any.map(
        |_| html! { a href=(visit.to(&activity::path_to("key", wanted))) { "AccessKey " code { (wanted) } } },
    )
    .into_iter()
    .collect()
}

/// Whether a text is written as the numbers of requests are: `8-4-4-4-12` digits of base 16.
fn is_request_id(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_requests_are_known_by_their_form() {
        assert!(is_request_id("4F9A5A0C-6B8E-4C0F-9E57-1D2C3B4A5968"));
        assert!(is_request_id("4f9a5a0c-6b8e-4c0f-9e57-1d2c3b4a5968"));
        for other in ["", "alice", "4F9A5A0C", "4F9A5A0C-6B8E-4C0F-9E57-1D2C3B4A596G", "--------"] {
            assert!(!is_request_id(other), "{other}");
        }
    }
}
