//! Users and groups that are chosen by what they are called, without script.
// SPEC: console, parts, picker.

use crate::stage::Stage;

const OPS: &str = "/console/ram/groups/ops";
const MEMBERS: &str = "/console/ram/groups/ops/members";

fn crowd() -> Stage {
    let stage = Stage::new();
    for name in ["bob", "bobby", "carol", "dave"] {
        stage.b.user(name);
    }
    stage.b.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
    stage
}

fn members(stage: &Stage, group: &str) -> Vec<String> {
    let answer = stage.b.must("Ram", "ListUsersForGroup", &[("GroupName", group)]);
    let users = answer["Users"]["User"].as_array().unwrap();
    let mut names: Vec<_> = users.iter().map(|user| user["UserName"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn whoever_was_chosen_stays_chosen_while_others_are_looked_for() {
    let stage = crowd();
    let owner = stage.owner(&stage.b);
    let page = owner.get(OPS);
    let fields = [("UserName", "BOB"), ("do", "find"), ("member", "User/carol")];
    let found = owner.submit(&page, MEMBERS, &fields);
    assert_eq!(found.status, 200);
    let at = |words: &str| found.body.find(words).unwrap_or_else(|| panic!("{words}: {}", found.body));
    assert!(at("value=\"User/carol\" checked") < at("value=\"User/bob\">"), "those chosen come first");
    assert!(at("value=\"User/bobby\">") > 0);
    assert!(!found.body.contains("User/dave"), "{}", found.body);
    assert!(members(&stage, "ops").is_empty(), "looking for somebody changes nothing");
    let nobody = owner.submit(&owner.get(OPS), MEMBERS, &[("UserName", "zoe"), ("do", "find")]);
    assert!(nobody.body.contains("Nothing matches"), "{}", nobody.body);

    let chosen =
        [("UserName", ""), ("member", "User/carol"), ("member", "User/dave"), ("member", "User/carol")];
    let done = owner.follow(owner.submit(&found, MEMBERS, &chosen));
    assert!(done.body.contains("carol") && done.body.contains("dave"), "{}", done.body);
    assert_eq!(members(&stage, "ops"), ["carol", "dave"]);
    // The same in the other direction: none, one, several.
    let removal = |more: &[(&str, &str)]| {
        let page = owner.get(OPS);
        owner.follow(owner.submit(&page, MEMBERS, &[&[("do", "remove")], more].concat()))
    };
    assert!(removal(&[]).body.contains("Nothing is chosen"));
    removal(&[("on", "carol"), ("on", "dave"), ("one", "dave")]);
    assert_eq!(members(&stage, "ops"), ["carol"], "a row's own button is about that row");
    stage.b.must("Ram", "AddUserToGroup", &[("UserName", "bob"), ("GroupName", "ops")]);
    let removed = removal(&[("on", "carol"), ("on", "bob"), ("on", "nobody-here")]);
    assert!(removed.body.contains("nobody-here"), "{}", removed.body);
    assert!(members(&stage, "ops").is_empty());
}

#[test]
fn a_name_can_be_typed_and_what_is_wrong_with_it_stands_beside_it() {
    let stage = crowd();
    let owner = stage.owner(&stage.b);
    for (name, status) in [("zoe", 404), ("no such name", 400), ("", 400)] {
        let refused = owner.submit(&owner.get(OPS), MEMBERS, &[("UserName", name)]);
        assert_eq!(refused.status, status, "{name}");
        assert!(
            refused.body.contains("href=\"#UserName\"") && refused.body.contains("id=\"UserName-error\""),
            "{name}"
        );
        assert!(refused.body.contains(&format!("value=\"{name}\"")), "{name} is kept: {}", refused.body);
    }
    let done = owner.submit(&owner.get(OPS), MEMBERS, &[("UserName", " bob ")]);
    assert_eq!(done.status, 303);
    assert_eq!(members(&stage, "ops"), ["bob"]);
}

#[test]
fn users_are_put_into_several_groups_at_once() {
    let stage = crowd();
    stage.b.must("Ram", "CreateGroup", &[("GroupName", "auditors")]);
    stage.b.must("Ram", "AddUserToGroup", &[("UserName", "bob"), ("GroupName", "ops")]);
    let owner = stage.owner(&stage.b);
    let path = "/console/ram/users/bob/groups";
    let page = owner.get("/console/ram/users/bob?tab=groups");
    let both = [("do", "group"), ("group", "Group/auditors"), ("group", "Group/ops")];
    let done = owner.follow(owner.submit(&page, path, &both));
    for words in ["bob</bdi> → <bdi>auditors", "bob</bdi> → <bdi>ops", "badge success"] {
        assert!(done.body.contains(words), "{words}: {}", done.body);
    }
    assert_eq!(
        (members(&stage, "auditors"), members(&stage, "ops")),
        (vec!["bob".into()], vec!["bob".into()])
    );

    let chosen = "/console/ram/users/~chosen?do=group&on=carol&on=dave";
    let form = owner.get(chosen);
    let path = "/console/ram/users/~chosen";
    let found = owner.submit(&form, path, &[("GroupName", "audit"), ("do", "find")]);
    assert!(found.body.contains("Group/auditors") && !found.body.contains("Group/ops"), "{}", found.body);
    assert!(found.body.contains("carol") && found.body.contains("dave"), "{}", found.body);
    owner.follow(owner.submit(&owner.get(chosen), path, &both));
    assert_eq!(members(&stage, "auditors"), ["bob", "carol", "dave"]);
    assert_eq!(members(&stage, "ops"), ["bob", "carol", "dave"]);
}

/// Whoever may not list users can name them all the same.
#[test]
fn names_that_may_not_be_listed_can_be_typed() {
    let stage = crowd();
    let document =
        argali_testkit::allow(&["ram:AddUserToGroup", "ram:GetGroup", "ram:ListUsersForGroup"], &["*"]);
    stage.b.grant_document("alice", "members", &document);
    let alice = stage.logged_on("alice");
    let page = alice.get(OPS);
    assert!(!page.body.contains("User/bob"), "{}", page.body);
    let done = alice.submit(&page, MEMBERS, &[("UserName", "bob")]);
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(members(&stage, "ops"), ["bob"]);
}
