//! What a new trust policy would do: the sessions that end with it are named before it is saved.
// SPEC: console, trust editor, review.

use argali_server::config::Revocation;
use argali_testkit::{Delegation, Enterprise, TestServer, trust};
use serde_json::Value;

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;

#[track_caller]
fn preview(a: &Enterprise, role: &str, document: &Value) -> Value {
    let document = document.to_string();
    let params = [("RoleName", role), ("AssumeRolePolicyDocument", document.as_str())];
    let answer = a.must("Argali", "PreviewTrustPolicy", &params);
    known("Argali", "PreviewTrustPolicy", &answer);
    answer
}

fn names(answer: &Value) -> Vec<String> {
    let sessions = answer["Sessions"]["Session"].as_array().unwrap();
    sessions.iter().map(|session| text(&session["SessionName"])).collect()
}

#[test]
fn what_could_not_be_saved_is_refused() {
    let server = TestServer::start();
    let Delegation { a, alice, .. } = Delegation::set_up(&server);
    let good = trust(&[&a.root_arn()]).to_string();
    let unknown = trust(&["acs:ram::11223344:user/nobody"]).to_string();
    let ask = |role, document| [("RoleName", role), ("AssumeRolePolicyDocument", document)];
    alice.refused("Argali", "PreviewTrustPolicy", &ask("ecs-admin", &good), "NoPermission");
    for (params, code) in [
        (ask("none", good.as_str()), "EntityNotExist.Role"),
        (ask("ecs-admin", "{ broken"), "MalformedPolicyDocument"),
        (ask("ecs-admin", &unknown), "MalformedPolicyDocument"),
    ] {
        a.client.refused("Argali", "PreviewTrustPolicy", &params, code);
    }
    a.client.refused("Argali", "PreviewTrustPolicy", &[], "MissingRoleName");
}

#[test]
fn the_sessions_that_would_end_are_those_that_do() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    let bob = b.user("bob");
    b.grant("bob", "AliyunSTSAssumeRoleAccess");
    let other = a.role("other", &[&b.root_arn(), "acs:ram::11223344:role/ecs-admin"], &[]);
    a.must(
        "Ram",
        "AttachPolicyToRole",
        &[("RoleName", "ecs-admin"), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")],
    );
    let of_alice = alice.assume(&role_arn, "alice").unwrap();
    let of_bob = bob.assume(&role_arn, "bob").unwrap();
    let child = of_bob.assume(&other, "child-of-bob").unwrap();
    let elsewhere = bob.assume(&other, "elsewhere").unwrap();

    let narrowed = trust(&["acs:ram::12345678:user/alice"]);
    let answer = preview(&a, "ecs-admin", &narrowed);
    let absent = ["Sessions.Session[].Reason", "Sessions.Session[].SourceIdentity"];
    complete("Argali", "PreviewTrustPolicy", &answer, &absent);
    assert_eq!(names(&answer), ["child-of-bob", "bob"]);
    assert_eq!((&answer["EndsAtOnce"], &answer["IsTruncated"]), (&true.into(), &false.into()));
    assert!(names(&preview(&a, "ecs-admin", &trust(&[&b.root_arn()]))).is_empty());
    assert_eq!(names(&preview(&a, "ecs-admin", &trust(&[]))).len(), 3);

    // Nothing was changed by asking; then it comes as was said.
    of_bob.must("Sts", "GetCallerIdentity", &[]);
    let document = narrowed.to_string();
    let change = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", document.as_str())];
    a.must("Ram", "UpdateRole", &change);
    for ended in [&of_bob, &child] {
        ended.refused("Sts", "GetCallerIdentity", &[], "InvalidSecurityToken.Revoked");
    }
    for going_on in [&of_alice, &elsewhere] {
        going_on.must("Sts", "GetCallerIdentity", &[]);
    }
    assert!(names(&preview(&a, "ecs-admin", &narrowed)).is_empty(), "they have ended");
}

#[test]
fn where_issued_tokens_run_on_the_answer_says_so() {
    let server = TestServer::builder()
        .configure(|config| config.identity.session_revocation = Revocation::Upstream)
        .start();
    let Delegation { a, alice, role_arn, .. } = Delegation::set_up(&server);
    alice.assume(&role_arn, "alice").unwrap();
    let answer = preview(&a, "ecs-admin", &trust(&[]));
    assert_eq!((names(&answer), &answer["EndsAtOnce"]), (vec!["alice".to_owned()], &false.into()));
}
