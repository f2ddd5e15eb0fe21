//! Roles as lists show them: looked for, in an order, with whom each trusts and what came of it.
// SPEC: console, roles, columns and filters.

use argali_testkit::{Client, Delegation, TestServer, allow, minutes};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;

#[track_caller]
fn found(client: &Client, params: &[(&str, &str)]) -> Value {
    let answer = client.must("Argali", "SearchRoles", params);
    known("Argali", "SearchRoles", &answer);
    answer
}

#[track_caller]
fn names(client: &Client, params: &[(&str, &str)]) -> Vec<String> {
    let answer = found(client, params);
    answer["Roles"].as_array().unwrap().iter().map(|role| text(&role["RoleName"])).collect()
}

#[test]
fn what_cannot_be_read_of_one_role_is_not_told_of_all() {
    let server = TestServer::start();
    let Delegation { a, .. } = Delegation::set_up(&server);
    let viewer = a.user("viewer");
    viewer.refused("Argali", "SearchRoles", &[], "NoPermission");
    a.client.refused("Argali", "SearchRoles", &[("Marker", "x")], "InvalidParameter.Marker");
    a.client.refused("Argali", "SearchRoles", &[("TrustedKind", "x")], "InvalidParameter.TrustedKind");
    a.grant_document("viewer", "names", &allow(&["ram:ListRoles"], &["*"]));
    let answer = found(&viewer, &[]);
    for flag in ["ShowsTrust", "ShowsPolicies", "ShowsSessions", "HasAllRecords"] {
        assert_eq!(answer[flag], false, "{answer}");
    }
    for member in ["Trusts", "PolicyCount", "LiveSessions", "LastAssumeDate"] {
        assert!(answer["Roles"][0].get(member).is_none(), "{member}: {answer}");
    }
    for params in [
        ("TrustedKind", "Account"),
        ("TrustsOutside", "true"),
        ("NeverAssumed", "true"),
        ("OrderBy", "LastAssumeDate"),
    ] {
        viewer.refused("Argali", "SearchRoles", &[params], "NoPermission");
    }
}

#[test]
fn roles_are_looked_for_by_all_that_is_known_of_them() {
    let server = TestServer::start();
    let Delegation { a, alice, role_arn, .. } = Delegation::set_up(&server);
    server.clock().advance(minutes(60));
    a.role("own", &[&a.root_arn()], &[]);
    let service = json!({ "Version": "1", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "Service": ["ecs.aliyuncs.com"] } }] });
    let tags = json!([{ "Key": "team", "Value": "ops" }]).to_string();
    let params = [
        ("RoleName", "machines"),
        ("AssumeRolePolicyDocument", &service.to_string()),
        ("Description", "For Instances"),
        ("Tag", &tags),
    ];
    a.must("Ram", "CreateRole", &params);
    alice.assume(&role_arn, "one").unwrap();
    let client = &a.client;
    for (params, expected) in [
        (vec![], &["ecs-admin", "machines", "own"][..]),
        (vec![("Text", "INST")], &["machines"]),
        (vec![("Tag.1.Key", "team")], &["machines"]),
        (vec![("TrustedKind", "Account")], &["ecs-admin", "own"]),
        (vec![("TrustedKind", "Service")], &["machines"]),
        (vec![("TrustedKind", "IdentityProvider")], &[]),
        (vec![("TrustsOutside", "true")], &["ecs-admin"]),
        (vec![("NeverAssumed", "true")], &["machines", "own"]),
        (vec![("RoleName", "own")], &["own"]),
        (vec![("RoleName", "none")], &[]),
        (vec![("OrderBy", "LastAssumeDate"), ("Descending", "true")], &["ecs-admin", "own", "machines"]),
        (vec![("OrderBy", "CreateDate")], &["ecs-admin", "machines", "own"]),
    ] {
        assert_eq!(names(client, &params), expected, "{params:?}");
    }
    let answer = found(client, &[]);
    complete("Argali", "SearchRoles", &answer, &["Marker"]);
    let role = &answer["Roles"][0];
    assert_eq!((&role["LiveSessions"], &role["PolicyCount"]), (&1.into(), &1.into()), "{role}");
    let trusted = json!([{ "Kind": "Account", "Name": "12345678", "AccountAlias": "company-b" }]);
    assert_eq!(role["Trusts"], trusted);
    assert_eq!(answer["HasAllRecords"], true, "{answer}");
    server.clock().advance(minutes(61));
    let role = found(client, &[])["Roles"][0].clone();
    assert_eq!(role["LiveSessions"], 0, "its time has run out: {role}");
    assert!(role["LastAssumeDate"].is_string(), "and yet it was used: {role}");
}
