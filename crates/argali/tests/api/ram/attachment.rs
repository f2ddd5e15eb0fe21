//! Attachments, which are alike for users, groups and roles.

use argali_testkit::{Enterprise, allow};
use serde_json::json;

use super::each;
use crate::expect::Calls;
use crate::shape::complete;
use crate::world::tenant;

const KINDS: [(&str, &str); 3] = [("User", "UserName"), ("Group", "GroupName"), ("Role", "RoleName")];
const SYSTEM: (&str, &str) = ("PolicyType", "System");
const CUSTOM: (&str, &str) = ("PolicyType", "Custom");
const ECS: (&str, &str) = ("PolicyName", "AliyunECSFullAccess");

/// An account with a user, a group and a role, all called `x`.
fn with_grantees() -> Enterprise {
    let a = tenant();
    a.must("Ram", "CreateUser", &[("UserName", "x")]);
    a.must("Ram", "CreateGroup", &[("GroupName", "x")]);
    a.role("x", &[], &[]);
    a
}

fn custom_policy(a: &Enterprise, name: &str) {
    let document = allow(&["ecs:*"], &["*"]).to_string();
    let params = [("PolicyName", name), ("PolicyDocument", document.as_str()), ("Description", "all of ECS")];
    a.must("Ram", "CreatePolicy", &params);
}

#[test]
fn both_sides_must_be_there() {
    let a = with_grantees();
    for (kind, parameter) in KINDS {
        let (x, nobody) = ((parameter, "x"), (parameter, "nobody"));
        for action in [format!("AttachPolicyTo{kind}"), format!("DetachPolicyFrom{kind}")] {
            a.client.refused("Ram", &action, &[nobody, ECS, SYSTEM], &format!("EntityNotExist.{kind}"));
            a.client.refused(
                "Ram",
                &action,
                &[x, ("PolicyName", "nothing"), SYSTEM],
                "EntityNotExist.Policy",
            );
            a.client.refused("Ram", &action, &[x, ECS, CUSTOM], "EntityNotExist.Policy");
            a.client.refused("Ram", &action, &[x, ECS], "MissingPolicyType");
            a.client.refused("Ram", &action, &[x, SYSTEM], "MissingPolicyName");
            a.client.refused("Ram", &action, &[ECS, SYSTEM], &format!("Missing{parameter}"));
            a.client.refused("Ram", &action, &[x, ECS, ("PolicyType", "Any")], "InvalidParameter.PolicyType");
            let elsewhere = [x, ECS, SYSTEM, ("ResourceGroupId", "rg-nosuchgroup1")];
            a.client.refused("Ram", &action, &elsewhere, "EntityNotExists.ResourceGroup");
        }
    }
}

#[test]
fn a_policy_is_attached_once_and_detached_once() {
    let a = with_grantees();
    custom_policy(&a, "p");
    for (kind, parameter) in KINDS {
        let (attach, detach) = (format!("AttachPolicyTo{kind}"), format!("DetachPolicyFrom{kind}"));
        for policy in [[ECS, SYSTEM], [("PolicyName", "p"), CUSTOM]] {
            let params = [(parameter, "x"), policy[0], policy[1]];
            a.client.refused("Ram", &detach, &params, &format!("EntityNotExist.{kind}.Policy"));
            complete("Ram", &attach, &a.must("Ram", &attach, &params), &[]);
            a.client.refused("Ram", &attach, &params, &format!("EntityAlreadyExists.{kind}.Policy"));
        }
        let list = format!("ListPoliciesFor{kind}");
        let listed = a.must("Ram", &list, &[(parameter, "x")]);
        complete("Ram", &list, &listed, &[]);
        let mut names = each(&listed["Policies"]["Policy"], "PolicyName");
        names.sort_unstable();
        assert_eq!(names, ["AliyunECSFullAccess", "p"]);
        for policy in [[ECS, SYSTEM], [("PolicyName", "p"), CUSTOM]] {
            let params = [(parameter, "x"), policy[0], policy[1]];
            complete("Ram", &detach, &a.must("Ram", &detach, &params), &[]);
            a.client.refused("Ram", &detach, &params, &format!("EntityNotExist.{kind}.Policy"));
        }
        assert_eq!(a.must("Ram", &list, &[(parameter, "x")])["Policies"]["Policy"], json!([]));
    }
}

#[test]
fn each_has_ten_custom_and_twenty_system_policies_at_most() {
    let a = with_grantees();
    for number in 0..=10 {
        custom_policy(&a, &format!("p{number}"));
    }
    let listed = a.must("Ram", "ListPolicies", &[SYSTEM]);
    let system = each(&listed["Policies"]["Policy"], "PolicyName");
    assert!(system.len() > 20, "there are {} system policies", system.len());
    let custom: Vec<_> = (0..=10).map(|number| format!("p{number}")).collect();
    let custom: Vec<_> = custom.iter().map(String::as_str).collect();
    for (kind, parameter) in KINDS {
        let attach = format!("AttachPolicyTo{kind}");
        for (names, which, most) in [(&custom, CUSTOM, 10), (&system, SYSTEM, 20)] {
            for name in &names[..most] {
                a.must("Ram", &attach, &[(parameter, "x"), ("PolicyName", name), which]);
            }
            let one_more = [(parameter, "x"), ("PolicyName", names[most]), which];
            a.client.refused("Ram", &attach, &one_more, &format!("LimitExceeded.{kind}.Policy"));
        }
    }
}

#[test]
fn what_is_attached_counts_at_the_next_request() {
    let a = tenant();
    let alice = a.user("alice");
    let read_only = [("PolicyName", "AliyunRAMReadOnlyAccess"), SYSTEM];
    let (user, group) = (("UserName", "alice"), ("GroupName", "ops"));
    alice.refused("Ram", "ListUsers", &[], "NoPermission");
    a.must("Ram", "AttachPolicyToUser", &[user, read_only[0], read_only[1]]);
    alice.must("Ram", "ListUsers", &[]);
    a.must("Ram", "DetachPolicyFromUser", &[user, read_only[0], read_only[1]]);
    alice.refused("Ram", "ListUsers", &[], "NoPermission");

    a.must("Ram", "CreateGroup", &[group]);
    a.must("Ram", "AttachPolicyToGroup", &[group, read_only[0], read_only[1]]);
    alice.refused("Ram", "ListUsers", &[], "NoPermission");
    a.must("Ram", "AddUserToGroup", &[user, group]);
    alice.must("Ram", "ListUsers", &[]);
    a.must("Ram", "DetachPolicyFromGroup", &[group, read_only[0], read_only[1]]);
    alice.refused("Ram", "ListUsers", &[], "NoPermission");
}

#[test]
fn a_grant_needs_permission_on_both_sides() {
    let a = with_grantees();
    let alice = a.user("alice");
    let attach = [("UserName", "x"), ECS, SYSTEM];
    let (user, policy) =
        (format!("acs:ram:*:{}:user/x", a.id), String::from("acs:ram:*:system:policy/AliyunECSFullAccess"));
    a.grant_document("alice", "user-only", &allow(&["ram:AttachPolicyToUser"], &[&user]));
    alice.refused("Ram", "AttachPolicyToUser", &attach, "NoPermission");
    a.grant_document("alice", "policy-too", &allow(&["ram:AttachPolicyToUser"], &[&policy]));
    alice.must("Ram", "AttachPolicyToUser", &attach);
    let another = [("UserName", "x"), ("PolicyName", "AdministratorAccess"), SYSTEM];
    alice.refused("Ram", "AttachPolicyToUser", &another, "NoPermission");
}
