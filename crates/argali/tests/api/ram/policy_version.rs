//! Versions of policies.

use argali_testkit::{Enterprise, allow};

use super::each;
use crate::expect::Calls;
use crate::shape::complete;
use crate::world::tenant;

const CUSTOM: (&str, &str) = ("PolicyType", "Custom");
const P: (&str, &str) = ("PolicyName", "p");

/// An account with policy `p` and a user `alice` who has it.
fn with_policy(actions: &[&str]) -> (Enterprise, argali_testkit::Client) {
    let a = tenant();
    let alice = a.user("alice");
    a.grant_document("alice", "p", &allow(actions, &["*"]));
    (a, alice)
}

fn versions(a: &Enterprise) -> Vec<String> {
    let listed = a.must("Ram", "ListPolicyVersions", &[P, CUSTOM]);
    complete("Ram", "ListPolicyVersions", &listed, &[]);
    each(&listed["PolicyVersions"]["PolicyVersion"], "VersionId").into_iter().map(str::to_owned).collect()
}

#[test]
fn a_version_that_is_not_there_is_not_found() {
    let (a, _) = with_policy(&["ecs:*"]);
    let v2 = ("VersionId", "v2");
    a.client.refused("Ram", "GetPolicyVersion", &[P, CUSTOM, v2], "EntityNotExist.Policy.Version");
    for action in ["SetDefaultPolicyVersion", "DeletePolicyVersion"] {
        a.client.refused("Ram", action, &[P, v2], "EntityNotExist.Policy.Version");
        a.client.refused("Ram", action, &[("PolicyName", "nothing"), v2], "EntityNotExist.Policy");
        a.client.refused("Ram", action, &[P], "MissingVersionId");
        a.client.refused("Ram", action, &[P, ("VersionId", "latest")], "InvalidParameter.VersionId.Format");
    }
    let nothing = [("PolicyName", "nothing"), CUSTOM, v2];
    a.client.refused("Ram", "GetPolicyVersion", &nothing, "EntityNotExist.Policy");
    let system = [("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System"), ("VersionId", "v9")];
    a.client.refused("Ram", "GetPolicyVersion", &system, "EntityNotExist.Policy.Version");
}

#[test]
fn the_version_in_force_stays() {
    let (a, _) = with_policy(&["ecs:*"]);
    let v1 = ("VersionId", "v1");
    a.client.refused("Ram", "DeletePolicyVersion", &[P, v1], "DeleteConflict.Policy.Version.Default");
    let another = allow(&["vpc:*"], &["*"]).to_string();
    let params = [P, ("PolicyDocument", another.as_str()), ("SetAsDefault", "true")];
    let made = a.must("Ram", "CreatePolicyVersion", &params);
    complete("Ram", "CreatePolicyVersion", &made, &[]);
    assert_eq!(made["PolicyVersion"]["VersionId"], "v2");
    assert_eq!(made["PolicyVersion"]["IsDefaultVersion"], true);
    a.client.refused(
        "Ram",
        "DeletePolicyVersion",
        &[P, ("VersionId", "v2")],
        "DeleteConflict.Policy.Version.Default",
    );
    complete("Ram", "DeletePolicyVersion", &a.must("Ram", "DeletePolicyVersion", &[P, v1]), &[]);
    let shown = a.must("Ram", "GetPolicyVersion", &[P, CUSTOM, ("VersionId", "v2")]);
    complete("Ram", "GetPolicyVersion", &shown, &[]);
    assert_eq!(shown["PolicyVersion"]["PolicyDocument"], another);
}

#[test]
fn the_version_in_force_decides_at_the_next_request() {
    let (a, alice) = with_policy(&["ram:ListUsers"]);
    alice.must("Ram", "ListUsers", &[]);
    alice.refused("Ram", "ListGroups", &[], "NoPermission");
    let another = allow(&["ram:ListGroups"], &["*"]).to_string();
    a.must("Ram", "CreatePolicyVersion", &[P, ("PolicyDocument", &another)]);
    alice.must("Ram", "ListUsers", &[]);
    let answer = a.must("Ram", "SetDefaultPolicyVersion", &[P, ("VersionId", "v2")]);
    complete("Ram", "SetDefaultPolicyVersion", &answer, &[]);
    alice.refused("Ram", "ListUsers", &[], "NoPermission");
    alice.must("Ram", "ListGroups", &[]);
    a.must("Ram", "SetDefaultPolicyVersion", &[P, ("VersionId", "v1")]);
    alice.must("Ram", "ListUsers", &[]);
}

#[test]
fn a_policy_has_five_versions_at_most() {
    let (a, _) = with_policy(&["ecs:*"]);
    let document = allow(&["ecs:*"], &["*"]).to_string();
    let params = [P, ("PolicyDocument", document.as_str())];
    for _ in 0..4 {
        a.must("Ram", "CreatePolicyVersion", &params);
    }
    a.client.refused("Ram", "CreatePolicyVersion", &params, "LimitExceeded.Policy.Version");
    let none = [params[0], params[1], ("RotateStrategy", "None")];
    a.client.refused("Ram", "CreatePolicyVersion", &none, "LimitExceeded.Policy.Version");
    assert_eq!(versions(&a), ["v1", "v2", "v3", "v4", "v5"]);
    // The oldest that is not in force makes room.
    let rotate = [params[0], params[1], ("RotateStrategy", "DeleteOldestNonDefaultVersionWhenLimitExceeded")];
    let made = a.must("Ram", "CreatePolicyVersion", &rotate);
    assert_eq!(made["PolicyVersion"]["VersionId"], "v6");
    assert_eq!(versions(&a), ["v1", "v3", "v4", "v5", "v6"]);
    // Numbers are never used again.
    a.must("Ram", "DeletePolicyVersion", &[P, ("VersionId", "v6")]);
    assert_eq!(a.must("Ram", "CreatePolicyVersion", &params)["PolicyVersion"]["VersionId"], "v7");
}
