//! Sessions: looked at by both sides, and ended.
// SPEC: console, sessions.

use argali_testkit::{Visitor, hours};

use crate::stage::{Stage, heading};

const LIST: &str = "/console/sessions";

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
    assert!(a.get(&format!("{LIST}?q=nobody")).body.contains("Nobody acts"));
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
        let page = owner.get(LIST);
        owner.follow(owner.submit(&page, LIST, &[]));
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
