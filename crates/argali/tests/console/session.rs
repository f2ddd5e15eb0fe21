//! Sessions: looked at by both sides, and ended.
// SPEC: console, sessions.

use argali_testkit::{Page, Visitor, hours, minutes};

use crate::stage::{Stage, heading};

const LIST: &str = "/console/sessions";
const CHOSEN: &str = "/console/sessions/~chosen";

/// Where the rows of a list lead to end one each.
fn end_links(page: &Page) -> Vec<String> {
    let links = page.tags().into_iter().filter(|tag| tag.name == "a" && tag.text == "End");
    links.map(|link| link.attribute("href").unwrap().replace("&amp;", "&")).collect()
}

fn switch(alice: &Visitor) {
    let form = alice.get("/console/switch-role");
    let values = [("Account", "company-a"), ("RoleName", "ecs-admin")];
    alice.follow(alice.submit(&form, "/console/switch-role", &values));
}

#[test]
fn both_sides_see_who_acts_and_from_where() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    assert_eq!(alice.get(LIST).status, 403);
    let (a, b) = (stage.owner(&stage.a), stage.owner(&stage.b));
    assert!(a.get(LIST).body.contains("Nobody acts in a role at present."));
    switch(&alice);
    alice.get("/console/as/company-a/ecs-admin/ram/roles");
    for owner in [&a, &b] {
        let page = owner.get(LIST);
        for words in ["ecs-admin", "alice", "company-b", "127.0.0.1", "End all"] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
    }
    let calls = a.get(LIST);
    assert!(calls.body.contains("last "), "its calls are counted: {}", calls.body);
    assert!(a.get(&format!("{LIST}?q=nobody")).body.contains("Clear filters"));
    stage.server.clock().advance(hours(5));
    let a = stage.owner(&stage.a);
    assert!(a.get(LIST).body.contains("Nobody acts"));
    assert!(a.get(&format!("{LIST}?show=recent")).body.contains("Over"));
}

#[test]
fn either_side_ends_one_or_all() {
    let stage = Stage::new();
    let (a, b) = (stage.owner(&stage.a), stage.owner(&stage.b));
    for owner in [&a, &b] {
        let alice = stage.logged_on("alice");
        switch(&alice);
        let page = owner.open(&end_links(&owner.get(LIST))[0]);
        assert_eq!(heading(&page), "End 1 session?");
        assert!(page.body.contains("ecs-admin"), "{}", page.body);
        owner.follow(owner.submit(&page, CHOSEN, &[]));
        let ended = alice.get("/console/as/company-a/ecs-admin");
        assert_eq!(heading(&ended), "Your session as ecs-admin has ended");
    }
    let alice = stage.logged_on("alice");
    switch(&alice);
    // All of one role, from its own page.
    let path = "/console/ram/roles/ecs-admin/sessions";
    let page = a.get("/console/ram/roles/ecs-admin?tab=sessions");
    let mut all = page.form(path);
    all.retain(|(name, _)| name != "SessionId");
    all.push(("all".to_owned(), "true".to_owned()));
    let left = a.follow(a.post(path, &all));
    assert!(left.body.contains("Nobody acts in this role at present."), "{}", left.body);
    let ended = alice.get("/console/as/company-a/ecs-admin");
    assert_eq!(heading(&ended), "Your session as ecs-admin has ended");
    let alice = stage.logged_on("alice");
    switch(&alice);
    let path = format!("{LIST}/end-all");
    a.submit(&a.get(&path), &path, &[]);
    let ended = alice.get("/console/as/company-a/ecs-admin");
    assert_eq!(heading(&ended), "Your session as ecs-admin has ended");
}

#[test]
fn several_are_put_in_order_found_filed_and_ended() {
    let stage = Stage::new();
    stage.b.must("Ram", "CreateUser", &[("UserName", "bob")]);
    stage.person("bob", &[]);
    stage.b.grant("bob", "AliyunSTSAssumeRoleAccess");
    let alice = stage.logged_on("alice");
    switch(&alice);
    stage.server.clock().advance(minutes(1));
    let bob = stage.logged_on("bob");
    switch(&bob);
    let owner = stage.owner(&stage.a);
    // Who is in the rows, in their order.
    let whose = |query: &str| {
        let page = owner.get(&format!("{LIST}?{query}"));
        let list = page.body.split_once("<tbody>").map(|(_, list)| list.to_owned()).unwrap_or_default();
        let rows = list.split("<tr>").skip(1);
        rows.map(|row| if row.contains("alice") { "alice" } else { "bob" }).collect::<Vec<_>>()
    };
    for (query, expected) in [
        ("", &["bob", "alice"][..]),
        ("sort=IssueDate", &["alice", "bob"]),
        ("sort=OriginalUser", &["alice", "bob"]),
        ("sort=OriginalUser&order=desc", &["bob", "alice"]),
        ("q=BOB", &["bob"]),
        ("q=ecs-adm", &["bob", "alice"]),
        ("q=nobody", &[]),
    ] {
        assert_eq!(whose(query), expected, "{query}");
    }
    let page = owner.get(LIST);
    assert!(
        page.body.contains("2 in all") && page.body.contains("aria-sort=\"descending\""),
        "{}",
        page.body
    );
    let file = owner.get(&format!("{LIST}?q=bob&csv=true"));
    let lines: Vec<_> = file.body.lines().collect();
    assert!(lines[0].starts_with("RoleName,OriginalUser,SessionName,SourceIp"), "{}", file.body);
    assert!(lines.len() == 2 && lines[1].starts_with("ecs-admin,bob,"), "{}", file.body);

    let nobody = owner.get(&format!("{CHOSEN}?do=end"));
    assert_eq!((nobody.status, heading(&nobody).as_str()), (400, "Nothing is chosen"));
    let ids: Vec<_> =
        end_links(&page).iter().map(|link| link.split_once("on=").unwrap().1.to_owned()).collect();
    let page = owner.open(&format!("{CHOSEN}?do=end&on={}&on={}&on=gone", ids[0], ids[1]));
    assert_eq!(heading(&page), "End 3 sessions?");
    let page = owner.open(&format!("{CHOSEN}?do=end&on={}&on={}", ids[0], ids[1]));
    let result = owner.follow(owner.submit(&page, CHOSEN, &[]));
    assert_eq!(result.body.matches(">Done<").count(), 2, "{}", result.body);
    for visitor in [&alice, &bob] {
        let ended = visitor.get("/console/as/company-a/ecs-admin");
        assert_eq!(heading(&ended), "Your session as ecs-admin has ended");
    }
    assert!(owner.get(LIST).body.contains("Nobody acts in a role at present."));
}
