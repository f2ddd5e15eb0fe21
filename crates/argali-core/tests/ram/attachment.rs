//! Attachments: the same for users, groups and roles.

use crate::world::{ACCOUNT, OTHER, World, allow, at, names};

/// The kinds with the parameter that names one, and one that is there.
const KINDS: [(&str, &str, &str); 3] =
    [("User", "UserName", "alice"), ("Group", "GroupName", "g00"), ("Role", "RoleName", "ops")];

fn world() -> World {
    let world = World::with_limits(|limits| (limits.custom_attachments, limits.system_attachments) = (2, 3));
    world.ok(&world.root, "CreateUser", &[("UserName", "alice")]);
    world.groups(1);
    world.role("ops", ACCOUNT);
    for name in ["p", "q", "r"] {
        world.policy(name, &allow("ecs:*", "*"));
    }
    world
}

#[test]
fn both_sides_must_exist_and_each_parameter_is_named() {
    let world = world();
    for (kind, parameter, name) in KINDS {
        for operation in [format!("AttachPolicyTo{kind}"), format!("DetachPolicyFrom{kind}")] {
            let [who, custom, p] = [(parameter, name), ("PolicyType", "Custom"), ("PolicyName", "p")];
            let no_such = format!("EntityNotExist.{kind}");
            let group = ("ResourceGroupId", "rg-none");
            let missing = format!("Missing{parameter}");
            let too_long = format!("InvalidParameter.{parameter}.Length");
            let long = "a".repeat(65);
            world.all_refused(&[
                (&operation, &[custom, p], 400, &missing),
                (&operation, &[who, p], 400, "MissingPolicyType"),
                (&operation, &[who, custom], 400, "MissingPolicyName"),
                (&operation, &[(parameter, &long), custom, p], 400, &too_long),
                (
                    &operation,
                    &[who, custom, ("PolicyName", "a.b")],
                    400,
                    "InvalidParameter.PolicyName.InvalidChars",
                ),
                (&operation, &[who, ("PolicyType", "Mine"), p], 400, "InvalidParameter.PolicyType"),
                (&operation, &[(parameter, "none"), custom, p], 404, &no_such),
                (&operation, &[who, custom, ("PolicyName", "none")], 404, "EntityNotExist.Policy"),
                (&operation, &[who, ("PolicyType", "System"), p], 404, "EntityNotExist.Policy"),
                (&operation, &[who, custom, p, group], 404, "EntityNotExists.ResourceGroup"),
                (
                    &operation,
                    &[who, custom, p, ("ResourceGroupId", "none")],
                    400,
                    "InvalidParameter.ResourceGroupId",
                ),
            ]);
        }
        let list = format!("ListPoliciesFor{kind}");
        let (no_such, missing) = (format!("EntityNotExist.{kind}"), format!("Missing{parameter}"));
        world.all_refused(&[(&list, &[(parameter, "none")], 404, &no_such), (&list, &[], 400, &missing)]);
    }
}

#[test]
fn a_policy_is_attached_once_and_detached_once() {
    let world = world();
    for (kind, parameter, name) in KINDS {
        let (attach, detach) = (format!("AttachPolicyTo{kind}"), format!("DetachPolicyFrom{kind}"));
        let upper = name.to_uppercase();
        let grant = [(parameter, upper.as_str()), ("PolicyType", "Custom"), ("PolicyName", "P")];
        let same = [(parameter, name), ("PolicyType", "Custom"), ("PolicyName", "p")];
        let (attached, not_attached) =
            (format!("EntityAlreadyExists.{kind}.Policy"), format!("EntityNotExist.{kind}.Policy"));
        world.all_refused(&[(&detach, &grant, 404, &not_attached)]);
        world.ok(&world.root, &attach, &grant);
        world.all_refused(&[(&attach, &same, 409, &attached)]);
        let listed = world.ok(&world.root, &format!("ListPoliciesFor{kind}"), &[(parameter, name)]);
        assert_eq!(at(&listed, "/Policies/Policy/0/PolicyName"), "p", "spelt as it was made");
        assert_eq!(at(&listed, "/Policies/Policy/0/DefaultVersion"), "v1");
        assert_eq!(at(&listed, "/Policies/Policy/0/AttachDate"), "2025-06-15T15:06:40Z");
        world.ok(&world.root, &detach, &same);
        world.all_refused(&[(&detach, &same, 404, &not_attached)]);
    }
}

#[test]
fn each_kind_of_policy_and_each_scope_has_a_limit_of_its_own() {
    let world = world();
    let group = default_group(ACCOUNT);
    for (kind, parameter, name) in KINDS {
        let attach = format!("AttachPolicyTo{kind}");
        let full = format!("LimitExceeded.{kind}.Policy");
        let who = (parameter, name);
        for scope in [None, Some(("ResourceGroupId", group.as_str()))] {
            let with = |kind, policy| {
                let mut params = vec![who, ("PolicyType", kind), ("PolicyName", policy)];
                params.extend(scope);
                params
            };
            for policy in ["p", "q"] {
                world.ok(&world.root, &attach, &with("Custom", policy));
            }
            world.all_refused(&[(&attach, &with("Custom", "r"), 409, &full)]);
            for policy in ["ReadOnlyAccess", "AliyunECSFullAccess", "AliyunSLBFullAccess"] {
                world.ok(&world.root, &attach, &with("System", policy));
            }
            world.all_refused(&[(&attach, &with("System", "AdministratorAccess"), 409, &full)]);
        }
        let listed = world.ok(&world.root, &format!("ListPoliciesFor{kind}"), &[who]);
        let expected = ["AliyunECSFullAccess", "AliyunSLBFullAccess", "ReadOnlyAccess", "p", "q"];
        assert_eq!(names(&listed, "/Policies/Policy", "PolicyName"), expected, "of the account's scope only");
    }
}

#[test]
fn an_attachment_to_a_resource_group_counts_there_alone() {
    let world = world();
    let alice = world.key_of("alice");
    let group = default_group(ACCOUNT);
    let policy = [("UserName", "alice"), ("PolicyType", "System"), ("PolicyName", "AliyunRAMReadOnlyAccess")];
    let in_group = [policy[0], policy[1], policy[2], ("ResourceGroupId", group.as_str())];
    world.ok(&world.root, "AttachPolicyToUser", &in_group);
    world.refused(&alice, "ListUsers", &[], 403, "NoPermission");
    world.all_refused(&[
        ("DetachPolicyFromUser", &policy, 404, "EntityNotExist.User.Policy"),
        ("DeleteUser", &[("UserName", "alice")], 409, "DeleteConflict.User.Policy"),
    ]);
    let entities = world.ok(&world.root, "ListEntitiesForPolicy", &policy[1..]);
    assert_eq!(at(&entities, "/Users/User").as_array().unwrap().len(), 0);
    let foreign = [policy[0], policy[1], policy[2], ("ResourceGroupId", &default_group(OTHER))];
    world.all_refused(&[("AttachPolicyToUser", &foreign, 404, "EntityNotExists.ResourceGroup")]);
    world.ok(&world.root, "DetachPolicyFromUser", &in_group);
}

#[test]
fn an_attachment_counts_from_the_next_request_on() {
    let world = world();
    let alice = world.key_of("alice");
    let policy = [("UserName", "alice"), ("PolicyType", "System"), ("PolicyName", "AliyunRAMReadOnlyAccess")];
    for _ in 0..2 {
        world.refused(&alice, "ListUsers", &[], 403, "NoPermission");
        world.ok(&world.root, "AttachPolicyToUser", &policy);
        world.ok(&alice, "ListUsers", &[]);
        world.ok(&world.root, "DetachPolicyFromUser", &policy);
    }
    world.refused(&alice, "ListUsers", &[], 403, "NoPermission");
}

#[test]
fn who_is_removed_and_made_again_has_nothing() {
    let world = world();
    let policy = [("UserName", "alice"), ("PolicyType", "Custom"), ("PolicyName", "p")];
    world.ok(&world.root, "AttachPolicyToUser", &policy);
    world.ok(&world.root, "DetachPolicyFromUser", &policy);
    world.ok(&world.root, "DeleteUser", &[("UserName", "alice")]);
    world.ok(&world.root, "CreateUser", &[("UserName", "alice")]);
    let listed = world.ok(&world.root, "ListPoliciesForUser", &[("UserName", "alice")]);
    assert_eq!(at(&listed, "/Policies/Policy").as_array().unwrap().len(), 0);
}

fn default_group(account: &str) -> String {
    argali_core::model::ResourceGroupId::default_of(account.parse().unwrap()).to_string()
}
