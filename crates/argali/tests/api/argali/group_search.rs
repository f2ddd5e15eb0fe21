//! Groups as lists show them: looked for, in an order, with how many are in each.
// SPEC: console, user groups.

use argali_testkit::{Client, TestServer, allow, minutes};
use serde_json::Value;

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;

#[track_caller]
fn names(client: &Client, params: &[(&str, &str)]) -> Vec<String> {
    let answer = client.must("Argali", "SearchGroups", params);
    known("Argali", "SearchGroups", &answer);
    answer["Groups"].as_array().unwrap().iter().map(|group| text(&group["GroupName"])).collect()
}

#[test]
fn groups_are_looked_for_by_those_who_may_list_them() {
    let server = TestServer::start();
    let account = server.account("company-a", "11223344");
    let alice = account.user("alice");
    for (name, comments) in [("zoo", "Animals"), ("dev", "People who write")] {
        account.must("Ram", "CreateGroup", &[("GroupName", name), ("Comments", comments)]);
        server.clock().advance(minutes(1));
    }
    account.must("Ims", "CreateGroup", &[("GroupName", "ops"), ("DisplayName", "Operations")]);
    account.must("Ram", "AddUserToGroup", &[("GroupName", "dev"), ("UserName", "alice")]);
    let policy = [("PolicyType", "System"), ("PolicyName", "AliyunECSFullAccess"), ("GroupName", "dev")];
    account.must("Ram", "AttachPolicyToGroup", &policy);
    let client = &account.client;
    alice.refused("Argali", "SearchGroups", &[], "NoPermission");
    client.refused("Argali", "SearchGroups", &[("Marker", "x")], "InvalidParameter.Marker");
    client.refused("Argali", "SearchGroups", &[("OrderBy", "x")], "InvalidParameter.OrderBy");
    for (params, expected) in [
        (vec![], &["dev", "ops", "zoo"][..]),
        (vec![("Text", "OPE")], &["ops"]),
        (vec![("Text", "write")], &["dev"]),
        (vec![("OrderBy", "CreateDate")], &["zoo", "dev", "ops"]),
        (vec![("Descending", "true")], &["zoo", "ops", "dev"]),
        (vec![("MaxItems", "1")], &["dev"]),
    ] {
        assert_eq!(names(client, &params), expected, "{params:?}");
    }
    let answer = client.must("Argali", "SearchGroups", &[("MaxItems", "2")]);
    complete("Argali", "SearchGroups", &answer, &[]);
    let group: &Value = &answer["Groups"][0];
    assert_eq!((&group["MemberCount"], &group["PolicyCount"]), (&1.into(), &1.into()), "{group}");
    let marker = text(&answer["Marker"]);
    assert_eq!(names(client, &[("MaxItems", "2"), ("Marker", &marker)]), ["zoo"]);

    account.grant_document("alice", "names", &allow(&["ram:ListGroups"], &["*"]));
    let answer = alice.must("Argali", "SearchGroups", &[]);
    assert_eq!((&answer["ShowsMembers"], &answer["ShowsPolicies"]), (&false.into(), &false.into()));
    assert!(answer["Groups"][0].get("MemberCount").is_none(), "{answer}");
}
