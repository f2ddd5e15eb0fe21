//! Trails: the documented names, states and limits.

use argali_testkit::{TestServer, minutes};
use serde_json::Value;

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::world::{tenant, tenant_on};

const TRAIL: (&str, &str) = ("Name", "everything");
const BUCKET: (&str, &str) = ("OssBucketName", "events-of-a");

#[test]
fn what_is_no_trail_is_refused_with_the_code_of_the_reference() {
    let a = tenant();
    let make = |params: &[(&str, &str)], code: &str| {
        a.client.refused("Actiontrail", "CreateTrail", params, code);
    };
    make(&[BUCKET], "MissingName");
    for name in ["short", "With-Capitals", "with space", &"x".repeat(37)] {
        make(&[("Name", name), BUCKET], "InvalidTrailNameException");
    }
    make(&[TRAIL], "InvalidQueryParameter");
    make(&[TRAIL, ("OssBucketName", "B")], "InvalidQueryParameter");
    make(&[TRAIL, BUCKET, ("OssKeyPrefix", "9-starts-so")], "InvalidQueryParameter");
    make(&[TRAIL, BUCKET, ("IsOrganizationTrail", "true")], "InvalidQueryParameter");
    make(&[TRAIL, BUCKET, ("OssWriteRoleArn", "acs:ram::99999:role/x")], "InvalidQueryParameter");
    make(&[TRAIL, BUCKET, ("EventRW", "Some")], "InvalidParameter.EventRW");
    for action in ["UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging", "GetTrailStatus"] {
        a.client.refused("Actiontrail", action, &[TRAIL], "TrailNotFoundException");
    }
    a.must("Actiontrail", "CreateTrail", &[TRAIL, BUCKET]);
    make(&[TRAIL, BUCKET], "TrailAlreadyExistsException");
    for number in 1..5 {
        a.must("Actiontrail", "CreateTrail", &[("Name", &format!("trail-{number}")), BUCKET]);
    }
    make(&[("Name", "one-too-many"), BUCKET], "MaximumNumberOfTrailsExceededException");
}

#[test]
fn whoever_has_a_trail_write_as_a_role_may_hand_it_on() {
    let a = tenant();
    let role = a.role("writer", &[&a.root_arn()], &[]);
    let alice = a.user("alice");
    let rights = argali_testkit::allow(&["actiontrail:CreateTrail"], &["*"]);
    a.grant_document("alice", "makes-trails", &rights);
    let params = [TRAIL, BUCKET, ("OssWriteRoleArn", role.as_str())];
    let refusal = alice.refused("Actiontrail", "CreateTrail", &params, "NoPermission");
    assert!(refusal.message.contains("ram:PassRole"), "{refusal}");
    a.grant_document("alice", "hands-on", &argali_testkit::allow(&["ram:PassRole"], &["*"]));
    let made = alice.must("Actiontrail", "CreateTrail", &params);
    assert_eq!(made["OssWriteRoleArn"], role.as_str());
}

#[test]
fn a_trail_is_fresh_then_started_then_stopped() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let made = a.must("Actiontrail", "CreateTrail", &[TRAIL, BUCKET]);
    known("Actiontrail", "CreateTrail", &made);
    assert_eq!((&made["EventRW"], &made["TrailRegion"]), (&"Write".into(), &"All".into()));
    let listed = || -> Value {
        let answer = a.must("Actiontrail", "DescribeTrails", &[("NameList", "nothing,everything")]);
        known("Actiontrail", "DescribeTrails", &answer);
        answer["TrailList"][0].clone()
    };
    let status = || {
        let answer = a.must("Actiontrail", "GetTrailStatus", &[TRAIL]);
        known("Actiontrail", "GetTrailStatus", &answer);
        answer
    };
    assert_eq!((&listed()["Status"], &status()["IsLogging"]), (&"Fresh".into(), &false.into()));
    a.must("Actiontrail", "StartLogging", &[TRAIL]);
    let started = server.clock().now().to_string();
    server.clock().advance(minutes(1));
    a.must("Actiontrail", "StartLogging", &[TRAIL]);
    assert_eq!((&listed()["Status"], &listed()["StartLoggingTime"]), (&"Enable".into(), &started.into()));
    a.must("Actiontrail", "StopLogging", &[TRAIL]);
    assert_eq!((&listed()["Status"], &status()["IsLogging"]), (&"Disable".into(), &false.into()));
    let changed = a.must("Actiontrail", "UpdateTrail", &[TRAIL, ("EventRW", "All")]);
    assert_eq!((&changed["EventRW"], &changed["OssBucketName"]), (&"All".into(), &BUCKET.1.into()));
    a.must("Actiontrail", "DeleteTrail", &[TRAIL]);
    assert!(a.must("Actiontrail", "DescribeTrails", &[])["TrailList"].as_array().unwrap().is_empty());
}

#[test]
fn regions_are_named_in_two_languages() {
    let a = tenant();
    let regions = a.must("Actiontrail", "DescribeRegions", &[]);
    complete("Actiontrail", "DescribeRegions", &regions, &[]);
    let chinese = a.must("Actiontrail", "DescribeRegions", &[("AcceptLanguage", "zh-CN")]);
    assert_ne!(regions["Regions"], chinese["Regions"]);
}
