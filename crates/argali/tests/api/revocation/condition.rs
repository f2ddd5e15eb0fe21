//! The circumstances under which a role was assumed: they are remembered, and the trust policy is asked again.

use argali_testkit::{Client, hours, minutes, trust};
use serde_json::{Value, json};

use super::{EXPIRED, REVOKED, Story, ask};
use crate::expect::Calls;
use crate::sts::credentials;

/// A trust policy with conditions.
fn trust_if(principal: &str, condition: Value) -> Value {
    let mut document = trust(&[principal]);
    document["Statement"][0]["Condition"] = condition;
    document
}

fn external(id: &str) -> Value {
    trust_if("acs:ram::12345678:root", json!({ "StringEquals": { "sts:ExternalId": id } }))
}

fn with_external(story: &Story, id: &str) -> Client {
    let params = [("RoleArn", story.role_arn.as_str()), ("RoleSessionName", "external"), ("ExternalId", id)];
    story.alice.with_credentials(credentials(&story.alice.must("Sts", "AssumeRole", &params)))
}

#[test]
fn an_external_id_is_asked_for_and_remembered() {
    let story = Story::begin();
    story.trust(&external("agreed-4711"));
    // The session that was begun without it has lost its ground.
    story.ended(REVOKED);
    let params = [("RoleArn", story.role_arn.as_str()), ("RoleSessionName", "external")];
    story.alice.refused("Sts", "AssumeRole", &params, "NoPermission");
    let wrong = [params[0], params[1], ("ExternalId", "guessed")];
    story.alice.refused("Sts", "AssumeRole", &wrong, "NoPermission");
    for malformed in ["x", "with space", &"x".repeat(1_225)] {
        let params = [params[0], params[1], ("ExternalId", malformed)];
        story.alice.refused("Sts", "AssumeRole", &params, "InvalidParameter.ExternalId");
    }
    let session = with_external(&story, "agreed-4711");
    assert_eq!(ask(&session), "good");
    story.trust(&external("another-4712"));
    assert_eq!(ask(&session), REVOKED);
    story.trust(&external("agreed-4711"));
    assert_eq!(ask(&session), "good");
}

#[test]
fn a_date_in_a_condition_is_kept_to_the_second() {
    let story = Story::begin();
    let until = story.server.clock().now().plus_seconds(600).to_string();
    story.trust(&trust_if("acs:ram::12345678:root", json!({ "DateLessThan": { "acs:CurrentTime": until } })));
    story.lives();
    story.server.clock().advance(minutes(9));
    story.lives();
    story.server.clock().advance(minutes(1));
    story.ended(REVOKED);
    story.trust(&trust(&["acs:ram::12345678:root"]));
    story.lives();
    story.server.clock().advance(hours(1));
    story.ended(EXPIRED);
}

#[test]
fn a_date_in_the_sources_policy_counts_as_well() {
    let story = Story::begin();
    let until = story.server.clock().now().plus_seconds(600).to_string();
    let mut document = argali_testkit::allow(&["sts:AssumeRole"], &["*"]);
    document["Statement"][0]["Condition"] = json!({ "DateLessThan": { "acs:CurrentTime": until } });
    story.b.grant_document("alice", "for-ten-minutes", &document);
    let params =
        [("UserName", "alice"), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    story.b.must("Ram", "DetachPolicyFromUser", &params);
    story.lives();
    story.server.clock().advance(minutes(10));
    story.ended(REVOKED);
}

#[test]
fn an_address_in_a_condition_is_the_one_at_the_beginning() {
    let story = Story::begin();
    let from =
        |network| trust_if("acs:ram::12345678:root", json!({ "IpAddress": { "acs:SourceIp": network } }));
    story.trust(&from("127.0.0.0/8"));
    story.lives();
    story.trust(&from("192.0.2.0/24"));
    story.ended(REVOKED);
    let params = [("RoleArn", story.role_arn.as_str()), ("RoleSessionName", "elsewhere")];
    story.alice.refused("Sts", "AssumeRole", &params, "NoPermission");
}
