//! Search: pages, also by their older names, users, roles, policies, resources and calls.
// SPEC: console, shell; requirements S0-11.

use maud::{Markup, html};
use serde_json::Value;

use super::{Outcome, activity, manual, messaging, policy, role, user};
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, RESOURCE_MANAGER, items, list, text};
use crate::icon;
use crate::pairs::encode;
use crate::part::{card, empty, heading};
use crate::shell;
use crate::text::Text;
use crate::text::messaging::{TITLE as MESSAGING, TOPICS};
use crate::text::search::*;
use crate::text::shell::{
    ACTIVITY, ANALYZER, DELEGATIONS, GRANTS, GROUPS, HOME, POLICIES, RESOURCE_GROUPS, ROLES, SESSIONS,
    TEST_ACCESS, USERS, WHY,
};
use crate::visit::Visit;

/// How many of a kind are shown.
const MOST_SHOWN: usize = 10;
/// How many are read at once, and how many pages of them: more than any account has of users.
const AT_ONCE: &str = "1000";
const MOST_PAGES: usize = 10;
/// The longest text that is searched for, in characters.
const LONGEST: usize = 128;

/// A page with the names that it had before, here or in the vendor's console.
struct Place {
    path: &'static str,
    name: Text,
    older: &'static [&'static str],
}

const fn place(path: &'static str, name: Text, older: &'static [&'static str]) -> Place {
    Place { path, name, older }
}

const PLACES: &[Place] = &[
    place("", HOME, &["User Center", "Overview", "概览", "用户中心"]),
    place("/ram/users", USERS, &["RAM Users", "Sub-accounts", "RAM 用户", "子账号", "人员管理"]),
    place("/ram/users/new", CREATE_USER, &["New user", "新建用户"]),
    place("/ram/groups", GROUPS, &["Groups", "群组", "群组管理"]),
    place("/ram/roles", ROLES, &["RAM Roles", "RAM 角色", "RAM 角色管理", "角色管理"]),
    place("/ram/roles/new", CREATE_ROLE, &["Create RAM Role", "New role", "新建角色", "创建 RAM 角色"]),
    place(
        "/ram/grants",
        GRANTS,
        &["Permissions", "Authorizations", "Add Permissions", "添加权限", "权限管理"],
    ),
    place(
        "/ram/policies",
        POLICIES,
        &["Access policies", "Authorization policies", "授权策略", "权限策略管理"],
    ),
    place("/ram/policies/new", CREATE_POLICY, &["New policy", "新建授权策略"]),
    place("/switch-role", SWITCH_ROLE, &["Assume a RAM role", "Switch Identity", "扮演角色", "切换身份"]),
    place("/delegations", DELEGATIONS, &["Cross-account access", "Trusted accounts", "跨账号访问", "委派"]),
    place("/sessions", SESSIONS, &["Role sessions", "Live sessions", "角色会话"]),
    place("/resource-groups", RESOURCE_GROUPS, &["Resource Management", "资源管理"]),
    place("/messaging", MESSAGING, &["Message Service", "MNS", "Queues", "队列", "消息队列"]),
    place("/messaging/topics", TOPICS, &["Publish", "Subscribe", "消息发布", "消息订阅"]),
    place(
        "/activity",
        ACTIVITY,
        &["ActionTrail", "Event query", "Audit", "Log", "操作审计", "事件查询", "日志"],
    ),
    place("/why", WHY, &["Access denied", "Troubleshoot", "Permission diagnosis", "权限诊断", "无权限"]),
    place("/analyzer", ANALYZER, &["Access Analyzer", "Security check", "安全检查", "访问分析器"]),
    place("/test", TEST_ACCESS, &["Policy simulator", "Simulate", "Who can", "策略模拟", "权限审计"]),
];

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
    let users = entities(visit, "ListUsers", ("Users", "User", "UserName"), &folded, user::path_of).await;
    let roles = entities(visit, "ListRoles", ("Roles", "Role", "RoleName"), &folded, role::path_of).await;
    let parts = [
        named(CALLS, calls(visit, wanted).await, None),
        named(PAGES, pages(visit, &folded), None),
        named(USERS, users, more("/ram/users")),
        named(ROLES, roles, more("/ram/roles")),
        named(POLICIES, policies(visit, &folded).await, more("/ram/policies")),
        named(MANUAL, manual::found(visit, &folded), None),
        named(RESOURCES, resources(visit, wanted).await, None),
        named(MESSAGING, messaging::found(visit, wanted).await, None),
    ];
    parts.into_iter().flatten().collect()
}

fn pages(visit: &Visit<'_>, folded: &str) -> Vec<Markup> {
    let link = |place: &Place| {
        let is_in = |name: &&str| name.to_lowercase().contains(folded);
        let now = visit.say(place.name);
        let older = place.older.iter().copied().find(is_in).filter(|_| !is_in(&now));
        (is_in(&now) || older.is_some()).then(|| {
            html! {
                a href=(visit.to(place.path)) { (now) }
                @if let Some(older) = older { " " span.muted { (visit.fill(OLDER, &[older])) } }
            }
        })
    };
    PLACES.iter().filter_map(link).collect()
}

/// Users or roles that are called so.
async fn entities(
    visit: &Visit<'_>,
    action: &str,
    (plural, singular, member): (&str, &str, &str),
    folded: &str,
    path_of: fn(&str) -> String,
) -> Vec<Markup> {
    let (mut links, mut marker) = (Vec::new(), String::new());
    for _ in 0..MOST_PAGES {
        let params = [("MaxItems", AT_ONCE), ("Marker", marker.as_str())];
        let Ok(answer) = visit.call(RAM, action, &params).await else { return links };
        for entity in list(&answer, plural, singular) {
            let (name, display) = (text(entity, member), text(entity, "DisplayName"));
            if name.to_lowercase().contains(folded) || display.to_lowercase().contains(folded) {
                links.push(html! {
                    a href=(visit.to(&path_of(name))) { bdi { (name) } }
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

async fn policies(visit: &Visit<'_>, folded: &str) -> Vec<Markup> {
    let answer = visit.call(RAM, "ListPolicies", &[("MaxItems", AT_ONCE)]).await.unwrap_or_default();
    let matches = |policy: &&Value| text(policy, "PolicyName").to_lowercase().contains(folded);
    let link = |policy: &Value| {
        let (name, policy_type) = (text(policy, "PolicyName"), text(policy, "PolicyType"));
        html! { a href=(visit.to(&policy::path_of(policy_type, name))) { (name) } }
    };
    list(&answer, "Policies", "Policy").filter(matches).map(link).collect()
}

/// Resources with this ID, in the page of what happened to them.
async fn resources(visit: &Visit<'_>, wanted: &str) -> Vec<Markup> {
    let params = [("ResourceId", wanted), ("PageSize", "10")];
    let answer = visit.call(RESOURCE_MANAGER, "ListResources", &params).await.unwrap_or_default();
    let link = |resource: &Value| {
        let (service, kind, id) =
            (text(resource, "Service"), text(resource, "ResourceType"), text(resource, "ResourceId"));
        html! {
            span { (service) " " (kind) " " code { bdi { (id) } } } " "
            a href=(visit.to(&activity::path_to("resource", id))) { (visit.say(RESOURCE_CALLS)) }
        }
    };
    list(&answer, "Resources", "Resource").map(link).collect()
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
