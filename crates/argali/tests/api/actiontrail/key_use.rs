//! When an AccessKey was used last, as the records know it.

use argali_testkit::{Client, TestServer, minutes};
use serde_json::Value;

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;
use crate::world::tenant_on;

#[track_caller]
fn info(client: &Client, key: &str) -> Value {
    let answer = client.must("Actiontrail", "GetAccessKeyLastUsedInfo", &[("AccessKey", key)]);
    known("Actiontrail", "GetAccessKeyLastUsedInfo", &answer);
    answer
}

#[test]
fn the_last_use_of_a_key_is_told_to_its_account_alone() {
    let server = TestServer::start();
    let (a, stranger) = (tenant_on(&server), tenant_on(&server));
    let alice = a.user("alice");
    let key = alice.credentials().access_key_id.clone();
    let never = info(&a.client, &key);
    assert_eq!((&never["UserName"], &never["AccountType"]), (&"alice".into(), &"ram-user".into()));
    assert_eq!(never.get("UsedTimestamp"), None);

    server.clock().advance(minutes(5));
    alice.must("Sts", "GetCallerIdentity", &[]);
    server.clock().advance(minutes(1));
    alice.refused("Ram", "ListUsers", &[], "NoPermission");
    let answer = info(&a.client, &key);
    complete("Actiontrail", "GetAccessKeyLastUsedInfo", &answer, &[]);
    assert_eq!((&answer["ServiceName"], &answer["Detail"]), (&"Ram".into(), &"ListUsers".into()));
    assert_eq!(answer["UsedTimestamp"], server.clock().now().as_millis());
    let params = [("AccessKey", key.as_str())];
    let code = "EntityNotExist.User.AccessKey";
    stranger.client.refused("Actiontrail", "GetAccessKeyLastUsedInfo", &params, code);
    a.client.refused("Actiontrail", "GetAccessKeyLastUsedInfo", &[("AccessKey", "LTAI-none")], code);

    a.must("Ram", "DeleteAccessKey", &[("UserName", "alice"), ("UserAccessKeyId", &key)]);
    assert_eq!(info(&a.client, &key)["UserName"], "alice", "its use is known after it is gone");
}

#[test]
fn the_uses_of_a_key_are_listed_by_service() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    let key = alice.credentials().access_key_id.clone();
    alice.must("Sts", "GetCallerIdentity", &[]);
    for action in ["ListUsers", "ListRoles", "ListGroups"] {
        alice.refused("Ram", action, &[], "NoPermission");
    }
    let uses = |more: &[(&str, &str)]| {
        let params = [&[("AccessKey", key.as_str()), ("ServiceName", "Ram")], more].concat();
        let answer = a.must("Actiontrail", "GetAccessKeyLastUsedEvents", &params);
        known("Actiontrail", "GetAccessKeyLastUsedEvents", &answer);
        let names = answer["Events"].as_array().unwrap().iter().map(|event| text(&event["EventName"]));
        (names.collect::<Vec<_>>(), answer["NextToken"].as_str().map(str::to_owned))
    };
    assert_eq!(uses(&[]), (vec!["ListGroups".into(), "ListRoles".into(), "ListUsers".into()], None));
    let (first, token) = uses(&[("PageSize", "2")]);
    assert_eq!(first, ["ListGroups", "ListRoles"]);
    assert_eq!(uses(&[("PageSize", "2"), ("NextToken", &token.unwrap())]), (vec!["ListUsers".into()], None));
    let wrong = [("AccessKey", key.as_str()), ("ServiceName", "Ram"), ("PageSize", "101")];
    a.client.refused("Actiontrail", "GetAccessKeyLastUsedEvents", &wrong, "InvalidQueryParameter");
}
