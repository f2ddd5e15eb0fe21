//! Delegations as either side sees them: roles that others may assume, and roles of others.
// SPEC: console, delegations.

use argali_testkit::{Client, Delegation, TestServer, minutes, trust};
use serde_json::Value;

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;

#[track_caller]
fn given(client: &Client, params: &[(&str, &str)]) -> Vec<Value> {
    let answer = client.must("Argali", "ListDelegations", params);
    known("Argali", "ListDelegations", &answer);
    answer["Delegations"]["Delegation"].as_array().unwrap().clone()
}

#[track_caller]
fn received(client: &Client, params: &[(&str, &str)]) -> Vec<Value> {
    let answer = client.must("Argali", "ListReceivedRoles", params);
    known("Argali", "ListReceivedRoles", &answer);
    answer["Roles"]["Role"].as_array().unwrap().clone()
}

fn names(roles: &[Value]) -> Vec<String> {
    roles.iter().map(|role| text(&role["RoleName"])).collect()
}

#[test]
fn delegations_are_shown_to_those_who_may_see_roles() {
    let server = TestServer::start();
    let Delegation { a, b, alice, .. } = Delegation::set_up(&server);
    alice.refused("Argali", "ListDelegations", &[], "NoPermission");
    alice.refused("Argali", "ListReceivedRoles", &[], "NoPermission");
    a.client.refused("Argali", "ListDelegations", &[("MaxItems", "0")], "InvalidParameter.MaxItems");
    a.client.refused("Argali", "ListDelegations", &[("Marker", "x")], "InvalidParameter.Marker");
    a.client.refused("Argali", "ListDelegations", &[("RoleName", "none")], "EntityNotExist.Role");
    b.client.refused("Argali", "ListReceivedRoles", &[("Marker", "x")], "InvalidParameter.Marker");
    assert!(given(&b.client, &[]).is_empty(), "B lets nobody in");
    assert!(received(&a.client, &[]).is_empty(), "nobody lets A in");
}

#[test]
fn the_giving_side_sees_whom_it_trusts_what_for_and_what_came_of_it() {
    let server = TestServer::start();
    let Delegation { a, alice, role_arn, .. } = Delegation::set_up(&server);
    a.role("own", &[&a.root_arn()], &[]);
    a.role("stranger", &["acs:ram::99999999:user/eve"], &[]);
    let before = given(&a.client, &[]);
    assert_eq!(names(&before), ["ecs-admin", "stranger"], "a role for oneself is no delegation");
    let account = &before[0]["Accounts"]["Account"][0];
    assert_eq!((&account["LiveSessions"], account.get("LastUseDate")), (&0.into(), None));
    assert!(before[1]["Accounts"]["Account"][0].get("AccountAlias").is_none(), "nobody here is called that");

    for name in ["one", "two"] {
        alice.assume(&role_arn, name).unwrap();
    }
    a.must("Ram", "UpdateRole", &[("RoleName", "ecs-admin"), ("NewDescription", "Machines")]);
    let answer = a.must("Argali", "ListDelegations", &[("RoleName", "ecs-admin")]);
    let absent = ["Marker", "Delegations.Delegation[].Policies.Policy[].ResourceGroupId"];
    complete("Argali", "ListDelegations", &answer, &absent);
    let delegation = &answer["Delegations"]["Delegation"][0];
    assert_eq!(delegation["Policies"]["Policy"][0]["PolicyName"], "AliyunECSFullAccess");
    let account = &delegation["Accounts"]["Account"][0];
    for (member, value) in [("AccountId", "12345678"), ("AccountAlias", "company-b")] {
        assert_eq!(account[member], value);
    }
    assert_eq!(account["LiveSessions"], 2);
    let last = text(&account["LastUseDate"]);

    // Sessions that are over are still a use.
    server.clock().advance(minutes(61));
    let account = given(&a.client, &[])[0]["Accounts"]["Account"][0].clone();
    assert_eq!((&account["LiveSessions"], text(&account["LastUseDate"])), (&0.into(), last));
}

#[test]
fn the_receiving_side_sees_the_roles_that_trust_it_and_those_that_did() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    a.role("bob-only", &["acs:ram::12345678:user/bob"], &[]);
    a.role("not-for-b", &["acs:ram::99999999:root"], &[]);
    // A role of B's own that trusts B is not received.
    b.role("own", &[&b.root_arn()], &[]);
    alice.assume(&role_arn, "at-work").unwrap();
    a.must("Ram", "UpdateRole", &[("RoleName", "ecs-admin"), ("NewDescription", "Machines")]);
    let answer = b.must("Argali", "ListReceivedRoles", &[]);
    complete("Argali", "ListReceivedRoles", &answer, &["Marker"]);
    let roles = received(&b.client, &[]);
    assert_eq!(names(&roles), ["bob-only", "ecs-admin"]);
    assert_eq!((&roles[1]["LiveSessions"], &roles[1]["Status"]), (&1.into(), &"Offered".into()));
    assert!(roles[0].get("LastUseDate").is_none() && roles[1].get("LastUseDate").is_some());

    let nobody = trust(&[]).to_string();
    let withdraw = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", nobody.as_str())];
    a.must("Ram", "UpdateRole", &withdraw);
    let roles = received(&b.client, &[]);
    assert_eq!(names(&roles), ["bob-only", "ecs-admin"]);
    assert_eq!((&roles[1]["LiveSessions"], &roles[1]["Status"]), (&0.into(), &"Withdrawn".into()));
    assert!(roles[1].get("Description").is_none(), "nothing is told of it any more");
}

#[test]
fn lists_come_in_pages() {
    let server = TestServer::start();
    let Delegation { a, b, .. } = Delegation::set_up(&server);
    for number in 0..5 {
        a.role(&format!("role-{number}"), &[&b.root_arn()], &[]);
        b.role(&format!("own-{number}"), &[&b.root_arn()], &[]);
    }
    for (side, action, lists) in
        [(&a, "ListDelegations", ["Delegations", "Delegation"]), (&b, "ListReceivedRoles", ["Roles", "Role"])]
    {
        let (mut seen, mut marker) = (Vec::new(), String::new());
        for _ in 0..10 {
            let mut params = vec![("MaxItems", "4")];
            params.extend((!marker.is_empty()).then_some(("Marker", marker.as_str())));
            let page = side.must("Argali", action, &params);
            seen.extend(names(page[lists[0]][lists[1]].as_array().unwrap()));
            marker = page["Marker"].as_str().unwrap_or_default().to_owned();
            if marker.is_empty() {
                break;
            }
        }
        assert_eq!(seen, ["ecs-admin", "role-0", "role-1", "role-2", "role-3", "role-4"], "{action}");
    }
}

#[test]
fn the_last_use_is_that_of_the_role_that_is_there() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    alice.assume(&role_arn, "at-work").unwrap();
    let policy = [("RoleName", "ecs-admin"), ("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
    a.must("Ram", "DetachPolicyFromRole", &policy);
    a.must("Ram", "DeleteRole", &[("RoleName", "ecs-admin")]);
    a.role("ecs-admin", &[&b.root_arn()], &[]);
    let account = given(&a.client, &[])[0]["Accounts"]["Account"][0].clone();
    assert_eq!((&account["LiveSessions"], account.get("LastUseDate")), (&0.into(), None));
    // The other side used the one before, and may use this one.
    let roles = received(&b.client, &[]);
    let statuses: Vec<_> = roles.iter().map(|role| text(&role["Status"])).collect();
    assert_eq!(statuses, ["Offered", "Withdrawn"]);
}
