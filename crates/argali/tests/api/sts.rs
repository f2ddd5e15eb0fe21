//! STS.

use argali_testkit::{Credentials, Delegation, Format, TestServer};
use serde_json::Value;

use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::tenant;

/// The credentials in an answer of `AssumeRole`.
pub(crate) fn credentials(answer: &Value) -> Credentials {
    let part = |name: &str| text(&answer["Credentials"][name]);
    Credentials {
        access_key_id: part("AccessKeyId"),
        access_key_secret: argali_protocol::Secret::new(part("AccessKeySecret")),
        security_token: Some(part("SecurityToken")),
    }
}

#[test]
fn a_role_needs_a_name_that_is_one() {
    let a = tenant();
    let role = a.role("ops", &[&a.root_arn()], &[]);
    let alice = a.user("alice");
    a.grant("alice", "AliyunSTSAssumeRoleAccess");
    let name = ("RoleSessionName", "session");
    for wrong in [
        "ops",
        "acs:ram::",
        "acs:ram::abc:role/ops",
        "acs:ram::1:user/ops",
        "acs:ecs::11223344:role/ops",
        "acs:ram:cn-hangzhou:11223344:role/ops",
        "acs:ram::11223344:role/",
        "acs:ram::11223344:role/o_p",
        "arn:aws:iam::11223344:role/ops",
    ] {
        alice.refused("Sts", "AssumeRole", &[("RoleArn", wrong), name], "InvalidParameter.RoleArn");
    }
    alice.refused("Sts", "AssumeRole", &[name], "MissingRoleArn");
    alice.refused("Sts", "AssumeRole", &[("RoleArn", &role)], "MissingRoleSessionName");
    for wrong in ["x", "with space", "a/b", "ä-name", &"x".repeat(65)] {
        let params = [("RoleArn", role.as_str()), ("RoleSessionName", wrong)];
        alice.refused("Sts", "AssumeRole", &params, "InvalidParameter.RoleSessionName");
    }
    for good in ["ab", "a.b@c-d_e", &"x".repeat(64)] {
        alice.must("Sts", "AssumeRole", &[("RoleArn", &role), ("RoleSessionName", good)]);
    }
}

#[test]
fn both_sides_must_agree() {
    let (a, b) = (tenant(), tenant());
    let trusting = a.role("trusting", &[&b.root_arn()], &[]);
    let closed = a.role("closed", &[], &[]);
    let own = b.role("own", &[&format!("acs:ram::{}:root", b.id)], &[]);
    let (granted, ungranted) = (b.user("granted"), b.user("ungranted"));
    b.grant("granted", "AliyunSTSAssumeRoleAccess");
    let with = |arn: &str| [("RoleArn", arn.to_owned()), ("RoleSessionName", "session".to_owned())];
    let refused = |client: &argali_testkit::Client, arn: &str| {
        let params = with(arn);
        let params = params.each_ref().map(|(name, value)| (*name, value.as_str()));
        let failure = client.refused("Sts", "AssumeRole", &params, "NoPermission");
        failure.message
    };
    // No side tells which of the two it was, nor whether there is such a role.
    let absent = format!("acs:ram::{}:role/absent", a.id);
    let messages = [
        refused(&ungranted, &trusting),
        refused(&granted, &closed),
        refused(&ungranted, &closed),
        refused(&ungranted, &absent),
        refused(&ungranted, "acs:ram::99999999999:role/absent"),
        refused(&ungranted, &own),
    ];
    assert!(messages.iter().all(|message| *message == messages[0]), "{messages:?}");
    granted.assume(&trusting, "session").unwrap();
    granted.assume(&own, "session").unwrap();
    // Whoever may assume it is told that it is not there.
    let params = [("RoleArn", absent.as_str()), ("RoleSessionName", "session")];
    granted.refused("Sts", "AssumeRole", &params, "EntityNotExist.Role");
    // The account itself assumes no role.
    let root = refused(&b.client, &trusting);
    assert!(root.contains("root"), "{root}");
}

#[test]
fn naming_a_user_in_the_trust_policy_is_not_enough() {
    let a = tenant();
    let alice = a.user("alice");
    let role = a.role("ops", &[&format!("acs:ram::{}:user/alice", a.id)], &[]);
    let params = [("RoleArn", role.as_str()), ("RoleSessionName", "session")];
    alice.refused("Sts", "AssumeRole", &params, "NoPermission");
    a.grant_document(
        "alice",
        "just-this",
        &argali_testkit::allow(&["sts:AssumeRole"], &[&format!("acs:ram:*:{}:role/ops", a.id)]),
    );
    alice.must("Sts", "AssumeRole", &params);
    let bob = a.user("bob");
    a.grant("bob", "AliyunSTSAssumeRoleAccess");
    bob.refused("Sts", "AssumeRole", &params, "NoPermission");
}

#[test]
fn a_session_is_answered_whole() {
    let server = TestServer::start();
    let story = Delegation::set_up(&server);
    let params = [
        ("RoleArn", story.role_arn.as_str()),
        ("RoleSessionName", "alice-at-work"),
        ("SourceIdentity", "alice@example.com"),
    ];
    let answer = story.alice.must("Sts", "AssumeRole", &params);
    complete("Sts", "AssumeRole", &answer, &[]);
    let role = story.a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")]);
    let role_id = text(&role["Role"]["RoleId"]);
    assert_eq!(answer["AssumedRoleUser"]["AssumedRoleId"], format!("{role_id}:alice-at-work"));
    assert_eq!(answer["AssumedRoleUser"]["Arn"], "acs:ram::11223344:role/ecs-admin/alice-at-work");
    let credentials = credentials(&answer);
    assert!(credentials.access_key_id.starts_with("STS."), "{}", credentials.access_key_id);
    assert!(credentials.access_key_secret.expose().len() >= 40);
    // The Python credentials client reads it by this form and no other.
    let expiration = text(&answer["Credentials"]["Expiration"]);
    assert_eq!(expiration, "2026-12-01T09:00:00Z");

    let xml = story.alice.format(Format::Xml).must("Sts", "AssumeRole", &params);
    assert_eq!(text(&xml["Credentials"]["Expiration"]), expiration);
}

#[test]
fn everybody_is_told_who_they_are() {
    let server = TestServer::start();
    let story = Delegation::set_up(&server);
    let root = story.a.client.must("Sts", "GetCallerIdentity", &[]);
    complete("Sts", "GetCallerIdentity", &root, &["RoleId"]);
    assert_eq!(root["IdentityType"], "Account");
    assert_eq!(root["Arn"], "acs:ram::11223344:root");
    assert_eq!(root["PrincipalId"], "11223344");

    let alice = story.alice.must("Sts", "GetCallerIdentity", &[]);
    complete("Sts", "GetCallerIdentity", &alice, &["RoleId"]);
    assert_eq!(alice["IdentityType"], "RAMUser");
    assert_eq!(alice["AccountId"], "12345678");
    assert_eq!(alice["Arn"], "acs:ram::12345678:user/alice");
    assert_eq!(alice["PrincipalId"], alice["UserId"]);

    let session = story.alice.assume(&story.role_arn, "at-work").unwrap();
    let session = session.must("Sts", "GetCallerIdentity", &[]);
    complete("Sts", "GetCallerIdentity", &session, &["UserId"]);
    assert_eq!(session["IdentityType"], "AssumedRoleUser");
    assert_eq!(session["AccountId"], "11223344");
    assert_eq!(session["Arn"], "acs:ram::11223344:assumed-role/ecs-admin/at-work");
    assert_eq!(session["PrincipalId"], format!("{}:at-work", text(&session["RoleId"])));
}
