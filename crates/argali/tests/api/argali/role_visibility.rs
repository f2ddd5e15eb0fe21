//! Roles that the accounts they trust do not find, and can use all the same.
// SPEC: console, create role; design, may the trusted account see the role.

use argali_testkit::{Delegation, Enterprise, TestServer, trust};
use serde_json::Value;

use crate::expect::Calls;
use crate::person::Person;
use crate::shape::known;
use crate::stage::text;

const ROLE: (&str, &str) = ("RoleName", "ecs-admin");
const SWITCH: [(&str, &str); 2] = [("Account", "company-a"), ROLE];

fn set(a: &Enterprise, visibility: &str) {
    let answer = a.must("Argali", "SetRoleVisibility", &[ROLE, ("Visibility", visibility)]);
    known("Argali", "SetRoleVisibility", &answer);
}

/// The roles that company-b sees, each with its status.
fn received(b: &Enterprise) -> Vec<String> {
    let answer = b.must("Argali", "ListReceivedRoles", &[]);
    let roles = answer["Roles"]["Role"].as_array().unwrap().iter();
    roles.map(|role: &Value| format!("{} {}", text(&role["RoleName"]), text(&role["Status"]))).collect()
}

fn usable(person: &Person<'_>) -> usize {
    person.must("Argali", "ListUsableRoles", &[])["Roles"]["Role"].as_array().unwrap().len()
}

#[test]
fn who_may_update_a_role_decides_who_finds_it() {
    let server = TestServer::start();
    let Delegation { a, b, alice, .. } = Delegation::set_up(&server);
    let hide = [ROLE, ("Visibility", "Hidden")];
    alice.refused("Argali", "SetRoleVisibility", &hide, "NoPermission");
    b.client.refused("Argali", "SetRoleVisibility", &hide, "EntityNotExist.Role");
    a.client.refused("Argali", "SetRoleVisibility", &[ROLE], "MissingVisibility");
    let wrong = [ROLE, ("Visibility", "hidden")];
    a.client.refused("Argali", "SetRoleVisibility", &wrong, "InvalidParameter.Visibility");
    a.must("ResourceManager", "CreateServiceLinkedRole", &[("ServiceName", "actiontrail.aliyuncs.com")]);
    let linked = [("RoleName", "AliyunServiceRoleForActionTrail"), ("Visibility", "Hidden")];
    a.client.refused("Argali", "SetRoleVisibility", &linked, "NotSupport.ServiceLinkedRole");
    assert_eq!(received(&b), ["ecs-admin Offered"], "nothing was changed");
}

#[test]
fn a_hidden_role_is_found_by_nobody_and_used_by_its_name() {
    let server = TestServer::start();
    let Delegation { a, b, .. } = Delegation::set_up(&server);
    let alice = Person::of(&server, &b, "alice");
    let visibility = || {
        let found = a.must("Argali", "SearchRoles", &[ROLE])["Roles"][0]["Visibility"].clone();
        let given = a.must("Argali", "ListDelegations", &[ROLE]);
        assert_eq!(given["Delegations"]["Delegation"][0]["Visibility"], found);
        text(&found)
    };
    assert_eq!((visibility().as_str(), usable(&alice)), ("Shown", 1));
    set(&a, "Hidden");
    set(&a, "Hidden");
    assert_eq!((visibility().as_str(), usable(&alice)), ("Hidden", 0));
    assert!(received(&b).is_empty());
    // A new trust policy, or another change, does not bring it back.
    let document = trust(&[&b.root_arn(), "acs:ram::99887766:root"]).to_string();
    a.must("Ram", "UpdateRole", &[ROLE, ("NewAssumeRolePolicyDocument", &document)]);
    a.must("Ram", "UpdateRole", &[ROLE, ("NewDescription", "not for everybody")]);
    assert!(received(&b).is_empty() && usable(&alice) == 0);
    // Whoever is invited sees it, and whoever knows its name switches to it.
    let invite = [ROLE, ("AccountId", b.id.as_str())];
    let invitation = text(&a.must("Argali", "CreateInvitation", &invite)["Invitation"]);
    let opened = b.must("Argali", "GetInvitation", &[("Invitation", &invitation)]);
    assert_eq!(opened["Status"], "Open");
    assert!(received(&b).is_empty(), "an invitation alone is no use");
    alice.must("Argali", "SwitchRole", &SWITCH);
    assert_eq!(received(&b), ["ecs-admin Offered"], "it was used");
    assert_eq!(usable(&alice), 0, "it is among those that she has switched to");
    a.must("Ram", "UpdateRole", &[ROLE, ("NewAssumeRolePolicyDocument", &trust(&[]).to_string())]);
    assert_eq!(received(&b), ["ecs-admin Withdrawn"]);
    a.must("Ram", "UpdateRole", &[ROLE, ("NewAssumeRolePolicyDocument", &document)]);
    set(&a, "Shown");
    assert_eq!((received(&b), usable(&alice)), (vec!["ecs-admin Offered".to_owned()], 1), "listed once");
}

#[test]
fn a_role_of_the_same_name_is_shown_again() {
    let server = TestServer::start();
    let Delegation { a, b, .. } = Delegation::set_up(&server);
    set(&a, "Hidden");
    let policy = [ROLE, ("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
    a.must("Ram", "DetachPolicyFromRole", &policy);
    a.must("Ram", "DeleteRole", &[ROLE]);
    a.role("ecs-admin", &[&b.root_arn()], &[]);
    assert_eq!(received(&b), ["ecs-admin Offered"]);
}
