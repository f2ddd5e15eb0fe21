//! Grants as lists show them: looked for, in an order, and when each was used last.
// SPEC: console, grant permission, the list of all attachments.

use argali_testkit::{Client, Delegation, Engine, Enterprise, TestServer, allow, minutes, seconds};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::resource_manager::resource_group;
use crate::shape::{complete, known};
use crate::stage::{REGION, text};
use crate::world::{tenant, tenant_on};

const READ: &str = "AliyunECSReadOnlyAccess";
const HERE: (&str, &str) = ("RegionId", REGION);

#[track_caller]
fn found(client: &Client, params: &[(&str, &str)]) -> Value {
    let answer = client.must("Argali", "SearchGrants", params);
    known("Argali", "SearchGrants", &answer);
    answer
}

/// Who has what, as far as it is looked for, in order.
#[track_caller]
fn grants(client: &Client, params: &[(&str, &str)]) -> Vec<String> {
    let answer = found(client, params);
    let grant = |grant: &Value| format!("{}:{}", text(&grant["PrincipalName"]), text(&grant["PolicyName"]));
    answer["Grants"].as_array().unwrap().iter().map(grant).collect()
}

/// When a grant was used last, in the account or in one resource group.
#[track_caller]
fn used(a: &Enterprise, holder: &str, policy: &str, group: Option<&str>) -> Option<String> {
    let (kind, name) = holder.split_once('/').unwrap();
    let answer = found(&a.client, &[("PrincipalType", kind), ("PrincipalName", name)]);
    let grants = answer["Grants"].as_array().unwrap();
    let grant = grants.iter().find(|grant| {
        grant["PolicyName"] == policy && grant.get("ResourceGroupId").and_then(Value::as_str) == group
    });
    let grant = grant.unwrap_or_else(|| panic!("{holder} has no {policy}: {answer}"));
    grant.get("LastUseDate").map(text)
}

fn attach(a: &Enterprise, (kind, name): (&str, &str), policy: &str, group: Option<&str>) {
    let parameter = format!("{kind}Name");
    let params = [
        (parameter.as_str(), name),
        ("PolicyName", policy),
        ("PolicyType", "System"),
        ("ResourceGroupId", group.unwrap_or_default()),
    ];
    let params = if group.is_some() { &params[..] } else { &params[..3] };
    a.must("Ram", &format!("AttachPolicyTo{kind}"), params);
}

#[test]
fn whoever_may_list_one_side_sees_the_grants_of_that_side() {
    let a = tenant();
    let viewer = a.user("viewer");
    a.user("bob");
    a.grant("bob", READ);
    let of_bob = [("PrincipalType", "User"), ("PrincipalName", "bob")];
    let of_policy = [("PolicyType", "System"), ("PolicyName", READ)];
    for params in [&[][..], &of_bob, &of_policy, &[("PrincipalText", "bob")]] {
        viewer.refused("Argali", "SearchGrants", params, "NoPermission");
    }
    for (action, resource, seen, hidden) in [
        ("ram:ListPoliciesForUser", "acs:ram:*:*:user/bob", &of_bob[..], &of_policy[..]),
        ("ram:ListEntitiesForPolicy", "*", &of_policy, &of_bob),
    ] {
        a.grant_document("viewer", &action.replace(':', "-"), &allow(&[action], &[resource]));
        assert_eq!(grants(&viewer, seen), [format!("bob:{READ}")], "{action}");
        if action.ends_with("User") {
            viewer.refused("Argali", "SearchGrants", hidden, "NoPermission");
        }
        viewer.refused("Argali", "SearchGrants", &[], "NoPermission");
    }
    a.grant_document("viewer", "all", &allow(&["ram:ListPolicyAttachments"], &["*"]));
    assert_eq!(found(&viewer, &[])["TotalCount"], 4);
}

#[test]
fn what_cannot_be_looked_for_is_refused() {
    let a = tenant();
    for (params, code) in [
        (&[("PrincipalName", "alice")][..], "InvalidParameter.PrincipalType"),
        (&[("PrincipalType", "Robot")], "InvalidParameter.PrincipalType"),
        (&[("PrincipalType", "User"), ("PrincipalName", "a b")], "InvalidParameter.PrincipalName"),
        (&[("PrincipalType", "User"), ("PrincipalName", "nobody")], "EntityNotExist.User"),
        (&[("PrincipalType", "Role"), ("PrincipalName", "nobody")], "EntityNotExist.Role"),
        (&[("PolicyName", READ)], "InvalidParameter.PolicyType"),
        (&[("PolicyName", "none"), ("PolicyType", "Custom")], "EntityNotExist.Policy"),
        (&[("ResourceGroupId", "rg-acfmzzzzzzzzzzz")], "EntityNotExists.ResourceGroup"),
        (&[("UnusedDays", "0")], "InvalidParameter.UnusedDays"),
        (&[("Marker", "x")], "InvalidParameter.Marker"),
    ] {
        a.client.refused("Argali", "SearchGrants", params, code);
    }
}

#[test]
fn grants_are_found_and_ordered_by_all_that_is_known_of_them() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let (alice, group) = (a.user("alice"), resource_group(&a));
    a.role("Ops", &[&a.root_arn()], &[]);
    a.must("Ram", "CreateGroup", &[("GroupName", "admins")]);
    for (holder, policy, group) in [
        (("User", "alice"), "AliyunRAMReadOnlyAccess", None),
        (("Role", "Ops"), READ, None),
        (("Group", "admins"), "AdministratorAccess", None),
        (("User", "alice"), READ, Some(group.as_str())),
    ] {
        server.clock().advance(minutes(1));
        attach(&a, holder, policy, group);
    }
    let [admins, in_group, own, ops] = [
        "admins:AdministratorAccess",
        "alice:AliyunECSReadOnlyAccess",
        "alice:AliyunRAMReadOnlyAccess",
        "Ops:AliyunECSReadOnlyAccess",
    ];
    for (params, expected) in [
        (&[][..], &[admins, in_group, own, ops][..]),
        (&[("Descending", "true")], &[ops, own, in_group, admins]),
        (&[("OrderBy", "PolicyName")], &[admins, in_group, ops, own]),
        (&[("OrderBy", "AttachDate")], &[own, ops, admins, in_group]),
        (&[("PrincipalText", "IC")], &[in_group, own]),
        (&[("PolicyText", "readonly"), ("PrincipalType", "Role")], &[ops]),
        (&[("PolicyName", READ), ("PolicyType", "System")], &[in_group, ops]),
        (&[("PolicyType", "Custom")], &[]),
        (&[("ResourceGroupId", &group)], &[in_group]),
        (&[("ResourceGroupId", &a.id)], &[admins, own, ops]),
        (&[("PrincipalType", "User"), ("PrincipalName", "alice"), ("PolicyText", "ram")], &[own]),
    ] {
        assert_eq!(grants(&a.client, params), expected, "{params:?}");
    }
    alice.must("Ram", "ListUsers", &[]);
    assert_eq!(grants(&a.client, &[("OrderBy", "LastUseDate"), ("Descending", "true")])[0], own);
    let whole = found(&a.client, &[("MaxItems", "2")]);
    complete("Argali", "SearchGrants", &whole, &["Grants[].LastUseDate"]);
    assert_eq!(
        (&whole["Grants"][0]["IsHighRisk"], &whole["Grants"][1]["IsHighRisk"]),
        (&json!(true), &json!(false))
    );
    let marker = text(&whole["Marker"]);
    assert_eq!(grants(&a.client, &[("MaxItems", "2"), ("Marker", &marker)]), [own, ops]);
    server.clock().advance(minutes(60 * 24 * 2));
    alice.must("Ram", "ListUsers", &[]);
    assert_eq!(grants(&a.client, &[("UnusedDays", "1")]), [admins, in_group, ops]);
}

#[test]
fn a_grant_is_used_by_what_it_alone_lets_through() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    attach(&a, ("User", "alice"), "AliyunRAMReadOnlyAccess", None);
    a.must("Ram", "CreateGroup", &[("GroupName", "readers")]);
    attach(&a, ("Group", "readers"), READ, None);
    a.must("Ram", "AddUserToGroup", &[("UserName", "alice"), ("GroupName", "readers")]);
    let uses = || {
        [("User/alice", "AliyunRAMReadOnlyAccess"), ("Group/readers", READ)]
            .map(|(holder, policy)| used(&a, holder, policy, None))
    };
    // Neither what is refused counts, nor a question.
    alice.refused("Ram", "CreateUser", &[("UserName", "carol")], "NoPermission");
    let question = [("AuthAction", "ecs:DescribeInstances"), ("AuthResource", "*")];
    assert_eq!(alice.must("Argali", "TestAccess", &question)["Allowed"], true);
    assert_eq!(uses(), [None, None]);

    let now = || Some(server.clock().now().to_string());
    alice.must("Ecs", "DescribeInstances", &[HERE]);
    let first = now();
    assert_eq!(uses(), [None, first.clone()]);
    server.clock().advance(seconds(90));
    alice.must("Ram", "ListUsers", &[]);
    // What else changes in the account meanwhile makes no difference.
    a.user("bob");
    assert_eq!(uses(), [now(), first.clone()]);
    server.core().tidy().unwrap();
    assert_eq!(uses(), [now(), first]);
    // What is attached anew has not been used.
    let grant = [("UserName", "alice"), ("PolicyName", "AliyunRAMReadOnlyAccess"), ("PolicyType", "System")];
    server.clock().advance(seconds(1));
    a.must("Ram", "DetachPolicyFromUser", &grant);
    attach(&a, ("User", "alice"), "AliyunRAMReadOnlyAccess", None);
    assert_eq!(uses()[0], None);
    server.core().tidy().unwrap();
    assert_eq!(uses()[0], None);
}

#[test]
fn assuming_a_role_uses_what_lets_ask_for_it_and_its_sessions_use_the_roles() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    let mine = || used(&b, "User/alice", "AliyunSTSAssumeRoleAccess", None);
    let theirs = || used(&a, "Role/ecs-admin", "AliyunECSFullAccess", None);
    assert_eq!((mine(), theirs()), (None, None));
    let session = alice.assume(&role_arn, "at-work").unwrap();
    let began = Some(server.clock().now().to_string());
    assert_eq!((mine(), theirs()), (began.clone(), None));
    server.clock().advance(minutes(2));
    session.must("Ecs", "DescribeInstances", &[HERE]);
    assert_eq!((mine(), theirs()), (began, Some(server.clock().now().to_string())));
}

#[test]
fn a_grant_in_a_resource_group_is_used_there_alone() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let (alice, ours, theirs) = (a.user("alice"), resource_group(&a), resource_group(&a));
    for group in [&ours, &theirs] {
        attach(&a, ("User", "alice"), READ, Some(group));
    }
    let uses = || [&ours, &theirs].map(|group| used(&a, "User/alice", READ, Some(group)).is_some());
    assert_eq!(uses(), [false, false]);
    alice.must("Ecs", "DescribeInstances", &[HERE, ("ResourceGroupId", &ours)]);
    assert_eq!(uses(), [true, false]);
}

#[test]
fn the_last_use_outlives_the_process() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    attach(&a, ("User", "alice"), READ, None);
    alice.must("Ecs", "DescribeInstances", &[HERE]);
    let before = used(&a, "User/alice", READ, None);
    assert!(before.is_some());
    let server = server.restart();
    server.clock().advance(minutes(5));
    let a = Enterprise { client: server.client(a.client.credentials().clone()), ..a };
    assert_eq!(used(&a, "User/alice", READ, None), before);
    server.client(alice.credentials().clone()).must("Ecs", "DescribeInstances", &[HERE]);
    assert_eq!(used(&a, "User/alice", READ, None), Some(server.clock().now().to_string()));
}
