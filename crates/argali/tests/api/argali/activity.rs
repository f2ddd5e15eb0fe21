//! Activity: records found by anything that they say, and shown to each side as it may know them.

use argali_testkit::{Client, Delegation, TestServer, minutes};
use serde_json::Value;

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;
use crate::world::tenant_on;

#[track_caller]
fn found(client: &Client, params: &[(&str, &str)]) -> Vec<Value> {
    let answer = client.must("Argali", "ListActivity", params);
    known("Argali", "ListActivity", &answer);
    answer["Events"].as_array().unwrap().clone()
}

#[track_caller]
fn actions(client: &Client, params: &[(&str, &str)]) -> Vec<String> {
    let own = |event: &&Value| event["Action"] != "ListActivity";
    let mut actions: Vec<_> =
        found(client, params).iter().filter(own).map(|event| text(&event["Action"])).collect();
    // Calls that end at about the same time may be recorded in any order.
    actions.sort();
    actions
}

#[test]
fn the_permission_is_that_of_looking_up_events() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let reader = a.user("reader");
    reader.refused("Argali", "ListActivity", &[], "NoPermission");
    a.grant("reader", "AliyunActionTrailReadOnlyAccess");
    assert!(!found(&reader, &[]).is_empty());
    for (name, value) in [
        ("StartTime", "yesterday"),
        ("EndTime", "2026-01-01"),
        ("Outcome", "Maybe"),
        ("SessionId", "short"),
        ("MaxItems", "501"),
        ("Marker", "made-up"),
    ] {
        reader.refused("Argali", "ListActivity", &[(name, value)], &format!("InvalidParameter.{name}"));
    }
}

#[test]
fn records_are_found_by_whatever_they_say() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    let session = alice.assume(&role_arn, "at-work").unwrap();
    session.must("Ecs", "DescribeInstances", &[("RegionId", "cn-hangzhou")]);
    session.refused("Ram", "ListUsers", &[], "NoPermission");
    let began = found(&a.client, &[("EventName", "AssumeRole")]);
    let session_id = text(&began[0]["SessionId"]);
    let refused = &found(&a.client, &[("Outcome", "Denied")])[0];
    let (request, alice_id) = (text(&refused["RequestId"]), text(&refused["Caller"]["OriginalPrincipalId"]));
    let key = text(&refused["AccessKeyId"]);
    let all = ["DescribeInstances", "ListUsers"];
    let with_beginning = ["AssumeRole", "DescribeInstances", "ListUsers"];
    for (params, expected) in [
        (&[("RoleName", "ECS-admin")][..], &all[..]),
        (&[("PrincipalId", alice_id.as_str())], &with_beginning),
        (&[("SessionId", session_id.as_str())], &with_beginning),
        (&[("EventAccessKeyId", key.as_str())], &all),
        (&[("UserName", "ecs-admin:at-work")], &all),
        (&[("ServiceName", "Ecs")], &["DescribeInstances"]),
        (&[("Outcome", "Denied")], &["ListUsers"]),
        (&[("RequestId", request.as_str())], &["ListUsers"]),
        (&[("RequestId", request.to_lowercase().as_str())], &["ListUsers"]),
        (&[("Resource", "ROLE/ecs-admin"), ("EventName", "AssumeRole")], &["AssumeRole"]),
        (&[("Text", "AT-WORK"), ("OnlyNotable", "true")], &["AssumeRole", "ListUsers"]),
        (&[("SourceIp", "10.0.0.1")], &[]),
        (&[("UserName", "nobody")], &[]),
    ] {
        assert_eq!(actions(&a.client, params), expected, "{params:?}");
    }
    // What she does elsewhere is hers, in her own account.
    assert_eq!(actions(&b.client, &[("UserName", "alice")]), with_beginning);
    let oldest = found(&b.client, &[("UserName", "alice"), ("Direction", "FORWARD"), ("MaxItems", "1")]);
    assert_eq!(oldest[0]["Action"], "AssumeRole");
}

#[test]
fn times_and_pages_narrow_what_is_shown() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    a.must("Ram", "CreateGroup", &[("GroupName", "one")]);
    let then = server.clock().now().to_string();
    server.clock().advance(minutes(5));
    a.must("Ram", "CreateGroup", &[("GroupName", "two")]);
    let groups = [("EventName", "CreateGroup")];
    let answer = a.must("Argali", "ListActivity", &[groups[0], ("EndTime", &then)]);
    assert_eq!(answer["Events"].as_array().unwrap().len(), 1, "the second that is named is among them");
    assert_eq!(found(&a.client, &[groups[0], ("StartTime", &then)]).len(), 2);
    let first = a.must("Argali", "ListActivity", &[groups[0], ("MaxItems", "1")]);
    let marker = text(&first["Marker"]);
    complete(
        "Argali",
        "ListActivity",
        &first,
        &[
            "Events[].ErrorCode",
            "Events[].SessionId",
            "Events[].Caller.OriginalUserName",
            "Events[].Caller.RoleName",
            "Events[].Caller.SessionName",
        ],
    );
    let second = found(&a.client, &[groups[0], ("MaxItems", "1"), ("Marker", &marker)]);
    let named = |event: &Value| text(&event["Event"]["requestParameters"]["GroupName"]);
    assert_eq!((named(&first["Events"][0]), named(&second[0])), ("two".to_owned(), "one".to_owned()));
}

#[test]
fn nobody_finds_what_the_other_side_keeps_to_itself() {
    let server = TestServer::start();
    let Delegation { a, alice, role_arn, .. } = Delegation::set_up(&server);
    let policy = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:*","Resource":"acs:ecs:*:*:instance/i-secret"}]}"#;
    let params = [("RoleArn", role_arn.as_str()), ("RoleSessionName", "narrow"), ("Policy", policy)];
    alice.must("Sts", "AssumeRole", &params);
    assert_eq!(actions(&a.client, &[("Text", "narrow")]), ["AssumeRole"]);
    assert!(actions(&a.client, &[("Text", "i-secret")]).is_empty(), "the policy is of the caller's side");
    let stranger = tenant_on(&server);
    assert!(actions(&stranger.client, &[("Text", "narrow")]).is_empty());
}
