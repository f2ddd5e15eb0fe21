//! Roles that somebody can use: the other side lets it in, and its own policies let it ask.
// SPEC: console, home and switch role, roles you can use.

use argali_testkit::{Delegation, TestServer};
use serde_json::Value;

use crate::expect::Calls;
use crate::person::Person;
use crate::shape::{complete, known};
use crate::stage::text;

#[track_caller]
fn usable(person: &Person<'_>) -> Vec<String> {
    let answer = person.must("Argali", "ListUsableRoles", &[]);
    known("Argali", "ListUsableRoles", &answer);
    let roles = answer["Roles"]["Role"].as_array().unwrap().iter();
    roles.map(|role: &Value| format!("{}/{}", text(&role["AccountId"]), text(&role["RoleName"]))).collect()
}

#[test]
fn both_sides_must_let_one() {
    let server = TestServer::start();
    let Delegation { a, b, alice, .. } = Delegation::set_up(&server);
    alice.refused("Argali", "ListUsableRoles", &[], "Logon.Required");
    let alice = Person::of(&server, &b, "alice");
    alice.refused("Argali", "ListUsableRoles", &[("Marker", "x")], "InvalidParameter.Marker");
    assert_eq!(usable(&alice), ["11223344/ecs-admin"]);
    // Neither who may not ask, nor whoever is of the account whose role it is.
    b.user("bob");
    let bob = Person::of(&server, &b, "bob");
    a.user("carol");
    a.grant("carol", "AliyunSTSAssumeRoleAccess");
    assert!(usable(&bob).is_empty() && usable(&Person::of(&server, &a, "carol")).is_empty());
    a.role("for-bob", &["acs:ram::12345678:user/Bob"], &[]);
    a.role("for-others", &["acs:ram::99887766:root"], &[]);
    b.grant("bob", "AliyunSTSAssumeRoleAccess");
    assert_eq!(usable(&bob), ["11223344/ecs-admin", "11223344/for-bob"]);
    assert_eq!(usable(&alice), ["11223344/ecs-admin"], "another is let in, and not she");
    a.must("Ram", "UpdateRole", &[("RoleName", "ecs-admin"), ("NewAllowConsoleLogin", "false")]);
    assert_eq!(usable(&bob), ["11223344/for-bob"]);
    server.close(&a);
    assert!(usable(&bob).is_empty(), "the account is closed");
}

#[test]
fn pages_hold_all_of_them() {
    let server = TestServer::start();
    let Delegation { a, b, .. } = Delegation::set_up(&server);
    let alice = Person::of(&server, &b, "alice");
    let describe = [("RoleName", "ecs-admin"), ("NewDescription", "for operators")];
    a.must("Ram", "UpdateRole", &describe);
    a.role("more", &[&b.root_arn()], &[]);
    let first = alice.must("Argali", "ListUsableRoles", &[("MaxItems", "1")]);
    complete("Argali", "ListUsableRoles", &first, &[]);
    let marker = text(&first["Marker"]);
    let second = alice.must("Argali", "ListUsableRoles", &[("MaxItems", "1"), ("Marker", &marker)]);
    assert_eq!(second["Roles"]["Role"][0]["RoleName"], "more");
    assert_eq!(second["IsTruncated"], false);
}
