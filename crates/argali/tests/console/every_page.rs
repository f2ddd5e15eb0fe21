//! What holds of every page, in both languages.
// SPEC: console, states, accessibility, budgets.

use std::collections::BTreeSet;

use argali_testkit::{Page, Visitor};

use crate::stage::Stage;

/// How many bytes a page may have.
pub(crate) const LARGEST: usize = 60 << 10;
/// How an icon begins in a page.
const ICON: &str = " aria-hidden=\"true\"><use href=\"/console/static/";
/// Pages about calls, and how many of them are looked at: looking at one makes more.
const OF_CALLS: [&str; 4] = ["/activity/", "/activity?", "/why/", "/test?request="];
const MOST_OF_CALLS: usize = 4;

/// Whether enough pages like this one were seen.
fn is_enough(path: &str, seen: &BTreeSet<String>) -> bool {
    let kind = OF_CALLS.iter().find(|kind| path.contains(**kind));
    kind.is_some_and(|kind| seen.iter().filter(|other| other.contains(*kind)).count() >= MOST_OF_CALLS)
}

/// Follows every link of this site from `start` on, and shows each page to `look`.
pub(crate) fn crawl(visitor: &Visitor, start: &str, mut look: impl FnMut(&str, &Page)) -> BTreeSet<String> {
    let mut seen = BTreeSet::from([start.to_owned()]);
    let mut open = vec![start.to_owned()];
    while let Some(path) = open.pop() {
        let page = visitor.open(&path);
        // Whoever may not see a page is told so on one.
        assert!(matches!(page.status, 200 | 403), "{path} is linked and is not there: {}", page.body);
        assert!(help_of(&path, &page).contains("/manual/"), "{path}: no chapter is about this page");
        look(&path, &page);
        for tag in page.tags().into_iter().filter(|tag| tag.name == "a") {
            let href = tag.attribute("href").unwrap_or_default();
            if tag.attribute("download").is_some() || is_enough(href, &seen) {
                continue;
            }
            if href.starts_with('/') && seen.insert(href.to_owned()) {
                open.push(href.to_owned());
            } else if let Some(id) = href.strip_prefix('#') {
                assert!(
                    page.tags().iter().any(|tag| tag.attribute("id") == Some(id)),
                    "{path}: {href} leads nowhere"
                );
            }
        }
    }
    seen
}

/// Where forms lead that do not show their call, each with the reason.
const SHOW_NO_CALL: [(&str, &str); 9] = [
    ("/logon", "nobody is logged on to whom a call could be shown"),
    ("/logon/continue", "the same"),
    ("/logon/preferences", "language and colours are kept by the browser"),
    ("/log-off", "it stands in the header, and ends what a call would be made with"),
    ("/switch-back", "it stands in the banner of every page"),
    ("/switch-role/extend", "the same"),
    ("/switch-role/favourite", "one form for all stars of a page, which has no place"),
    ("/verify", "the form that is kept shows its own"),
    ("/me/passkeys/register", "what it sends only the authenticator can make"),
];

/// No field is called like something hidden of its form: the first of a name is what is read, and what was typed is not.
fn are_read(path: &str, page: &Page) {
    let name_of = |input: &str| {
        let (tag, _) = input.split_once('>')?;
        tag.split_once(" name=\"")?.1.split_once('"').map(|(name, _)| name.to_owned())
    };
    for form in page.body.split("<form ").skip(1) {
        let form = form.split_once("</form>").map_or(form, |(form, _)| form);
        let is_hidden = |input: &&str| input.starts_with(" type=\"hidden\"");
        let (hidden, typed): (Vec<_>, Vec<_>) = form.split("<input").skip(1).partition(is_hidden);
        let hidden: BTreeSet<_> = hidden.into_iter().filter_map(name_of).collect();
        for name in typed.into_iter().filter_map(name_of) {
            assert!(!hidden.contains(&name), "{path}: what is typed into {name} is not what is read");
        }
    }
}

/// Forms that change something show their call, unless the viewer may not send them.
fn show_their_calls(path: &str, page: &Page) {
    for form in page.body.split("<form ").skip(1) {
        let form = form.split_once("</form>").map_or(form, |(form, _)| form);
        let (tag, inside) = form.split_once('>').unwrap();
        if !tag.contains("method=\"post\"") {
            continue;
        }
        let action = tag.split_once("action=\"").and_then(|(_, rest)| rest.split_once('"')).unwrap().0;
        let is_row = action.ends_with("/switch-role") && inside.contains("type=\"hidden\" name=\"Account\"");
        let is_link = action.ends_with("/link");
        assert!(
            inside.contains("name=\"show-api\"")
                || inside.contains("disabled")
                // The form beside the roles shows the call; a link to an object makes none.
                || is_row
                || is_link
                || SHOW_NO_CALL.iter().any(|(ending, _)| action.ends_with(ending)),
            "{path}: {action} does not show its call"
        );
    }
}

/// Where a page's link to the manual leads; every page has one.
pub(crate) fn help_of(path: &str, page: &Page) -> String {
    let is_help = |class: &str| class.split(' ').any(|class| class == "help");
    let help = page.tags().into_iter().find(|tag| tag.attribute("class").is_some_and(is_help));
    let target = help.and_then(|tag| tag.attribute("href").map(str::to_owned));
    target.unwrap_or_else(|| panic!("{path}: no link to the manual"))
}

/// One heading, a way to the manual, a language, labels on all fields, each id once, names for buttons and pictures, and
/// few bytes.
pub(crate) fn is_sound(path: &str, page: &Page, language: &str) {
    show_their_calls(path, page);
    are_read(path, page);
    let tags = page.tags();
    let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
    assert!(page.body.len() <= LARGEST, "{path} has {} bytes", page.body.len());
    // Drawings have titles, too, which their descriptions name.
    let titles = tags.iter().filter(|tag| tag.name == "title" && tag.attribute("id").is_none()).count();
    assert_eq!((count("h1"), count("main"), titles), (1, 1, 1), "{path}");
    assert!(help_of(path, page).contains("/manual"), "{path}");
    let html = tags.iter().find(|tag| tag.name == "html").unwrap();
    assert_eq!(html.attribute("lang"), Some(language), "{path}");
    let labels: BTreeSet<_> = tags.iter().filter_map(|tag| tag.attribute("for")).collect();
    let mut ids = BTreeSet::new();
    let mut in_label = false;
    for (at, tag) in tags.iter().enumerate() {
        if let Some(id) = tag.attribute("id") {
            assert!(ids.insert(id), "{path}: two of {id}");
        }
        in_label = match tag.name.as_str() {
            "label" => true,
            "div" | "form" | "p" => false,
            _ => in_label,
        };
        let is_field = matches!(tag.name.as_str(), "input" | "select" | "textarea");
        if is_field && tag.attribute("type") != Some("hidden") {
            let named = tag.attribute("id").is_some_and(|id| labels.contains(id))
                || tag.attribute("aria-label").is_some();
            assert!(named || in_label, "{path}: a field without a label: {tag:?}");
        }
        if tag.name == "button" {
            let rest = tags[at..].iter().skip(1).take_while(|tag| tag.name != "button");
            let text = tag.text.clone() + &rest.map(|tag| tag.text.as_str()).collect::<String>();
            let named = tag.attribute("aria-label").is_some()
                || !text.trim().is_empty()
                || page.body.contains("</svg>");
            assert!(named, "{path}: a button without a name: {tag:?}");
        }
        assert!(
            tag.name != "img" || tag.attribute("alt").is_some(),
            "{path}: a picture without words: {tag:?}"
        );
        if tag.name == "form" && tag.attribute("method") == Some("post") {
            let action = tag.attribute("action").unwrap();
            assert!(
                page.form(action).iter().any(|(name, _)| name == "csrf"),
                "{path}: {action} without a token"
            );
        }
    }
    // Icons are one file: in the page they are named, not drawn. What is drawn in place are maps and codes.
    let icons = page.body.split("<svg class=\"icon\"").skip(1);
    assert!(icons.clone().count() > 0 && icons.into_iter().all(|icon| icon.starts_with(ICON)), "{path}");
    for tag in &tags {
        let named = ["aria-describedby", "aria-labelledby"].map(|name| tag.attribute(name));
        for id in named.into_iter().flatten().flat_map(str::split_whitespace) {
            assert!(ids.contains(id), "{path}: nothing is called {id}");
        }
    }
}

#[test]
fn every_page_that_can_be_reached_is_sound() {
    let stage = Stage::new();
    for language in ["en", "zh-CN"] {
        let nobody = Visitor::new(&stage.server).reading(language);
        crawl(&nobody, "/logon", |path, page| is_sound(path, page, language));
        for visitor in [stage.logged_on("alice"), stage.owner(&stage.a), stage.owner(&stage.b)] {
            let visitor = visitor.reading(language);
            let seen = crawl(&visitor, "/console", |path, page| is_sound(path, page, language));
            for path in [
                "/console/switch-role",
                "/console/ram/users",
                "/console/ram/roles/new",
                "/console/ram/policies",
                "/console/delegations",
                "/console/sessions",
                "/console/resource-groups",
                "/console/resource-groups/services",
                "/console/resources/ecs",
                "/console/oss",
                "/console/messaging",
                "/console/messaging/topics?region=cn-hangzhou",
                "/console/settings?tab=password",
                "/console/me?tab=device",
                "/console/sso?tab=saml",
                "/console/developer?tab=tools",
                "/console/developer?tab=webhooks",
                "/console/test",
                "/console/activity",
            ] {
                assert!(seen.contains(path), "{path}: {seen:?}");
            }
        }
        let alice = stage.logged_on("alice").reading(language);
        let form = alice.get("/console/switch-role");
        let values = [("Account", "company-a"), ("RoleName", "ecs-admin")];
        alice.submit(&form, "/console/switch-role", &values);
        crawl(&alice, "/console/as/company-a/ecs-admin", |path, page| is_sound(path, page, language));
    }
}

#[test]
fn pages_that_cannot_be_are_sound_too() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    for (path, status) in [
        ("/console/nowhere", 404),
        ("/console/as/company-a/none", 200),
        ("/console/why", 200),
        ("/console/search", 200),
        ("/console/search?q=a", 200),
        ("/console/test?tab=who&action=ecs:StopInstance", 403),
        ("/console/test?who=through&user=a&role=b&action=ecs:StopInstance&address=x&mfa=true", 403),
    ] {
        let page = alice.get(path);
        assert_eq!(page.status, status, "{path}");
        is_sound(path, &page, "en");
    }
    let nobody = Visitor::new(&stage.server);
    let page = nobody.get("/logon/nowhere");
    assert_eq!(page.status, 404);
    is_sound("/logon/nowhere", &page, "en");
}

/// Where the trail above a page's title leads, outermost first.
fn trail(page: &Page) -> Vec<String> {
    let Some((_, rest)) = page.body.split_once("<nav class=\"trail\"") else { return Vec::new() };
    let (trail, _) = rest.split_once("</nav>").unwrap();
    assert!(trail.contains("aria-label=") && trail.contains("aria-current=\"page\""), "{trail}");
    trail.split("href=\"").skip(1).map(|link| link.split_once('"').unwrap().0.to_owned()).collect()
}

/// Pages that are below others lead back to them, as whoever they are looked at; those of the navigation need no way.
#[test]
fn pages_lead_back_to_what_is_above_them() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    for (path, above) in [
        ("", &[][..]),
        ("/ram/users", &[]),
        ("/ram/users/new", &["/ram/users"]),
        ("/ram/users/alice?tab=keys", &["/ram/users"]),
        ("/ram/users/alice/delete", &["/ram/users", "/ram/users/alice"]),
        ("/ram/policies/System/ReadOnlyAccess", &["/ram/policies"]),
        ("/ram/users/nobody", &["/ram/users"]),
        ("/delegations/received/11223344/ecs-admin", &["/delegations?tab=received"]),
        ("/sso/saml/new", &["/sso?tab=saml"]),
        ("/settings/password", &["/settings?tab=password"]),
        ("/developer/webhooks/new", &["/developer?tab=webhooks"]),
        ("/resource-groups/services", &["/resource-groups"]),
        ("/oss/new", &["/oss"]),
        ("/messaging", &[]),
        ("/messaging/topics", &[]),
        ("/messaging/cn-hangzhou/create-topic", &["/messaging/topics?region=cn-hangzhou"]),
        ("/why/00000000-0000-0000-0000-000000000000", &["/activity"]),
    ] {
        let page = owner.get(&format!("/console{path}"));
        let above: Vec<String> = above.iter().map(|above| format!("/console{above}")).collect();
        assert_eq!(trail(&page), above, "{path}");
    }
    let alice = stage.logged_on("alice");
    let form = alice.get("/console/switch-role");
    alice.submit(&form, "/console/switch-role", &[("Account", "company-a"), ("RoleName", "ecs-admin")]);
    let page = alice.get("/console/as/company-a/ecs-admin/ram/roles/none");
    assert_eq!(trail(&page), ["/console/as/company-a/ecs-admin/ram/roles"], "links keep the role");
}

#[test]
fn pages_of_operators_are_sound() {
    let stage = crate::operator::stage();
    for language in ["en", "zh-CN"] {
        let operator = stage.owner(&stage.b).reading(language);
        for path in ["", "?tab=server", "?tab=backup", "?tab=trying", "?tab=licences", "/new", "/reset"] {
            let path = format!("/console/operator{path}");
            let page = operator.get(&path);
            assert_eq!(page.status, 200, "{path}: {}", page.body);
            is_sound(&path, &page, language);
        }
        let page = operator.get("/console/operator?tab=backup");
        let ready = operator.follow(operator.submit(&page, "/console/operator/backup", &[]));
        is_sound("the result of a backup", &ready, language);
    }
}

#[test]
fn language_and_colours_are_kept() {
    let stage = Stage::new();
    let visitor = stage.logged_on("alice");
    let page = visitor.open("/console/switch-role");
    let page = visitor.follow(visitor.submit(&page, "/logon/preferences", &[("language", "zh-CN")]));
    assert!(page.body.contains("<html lang=\"zh-CN\""), "{}", page.body);
    assert!(page.body.contains("切换角色"), "and it is the page that one was on");
    let page = visitor.follow(visitor.submit(&page, "/logon/preferences", &[("theme", "dark")]));
    assert!(page.body.contains("data-theme=\"dark\"") && page.body.contains("<html lang=\"zh-CN\""));
}
