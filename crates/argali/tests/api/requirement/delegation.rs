//! One enterprise lets another work on its resources, and takes it back.

use argali_testkit::{Client, Delegation, Enterprise, TestServer, allow, seconds, trust};
use serde_json::json;

use crate::expect::Calls;
use crate::stage::{REGION, Stage, text};
use crate::world::tenant;

const HERE: (&str, &str) = ("RegionId", REGION);

/// The policy with which somebody of another account may take on a role of this ARN.
fn may_assume(role_arn: &str) -> serde_json::Value {
    allow(&["sts:AssumeRole"], &[&role_arn.replace("acs:ram::", "acs:ram:*:")])
}

/// The two enterprises, and an instance of the owner's that runs.
fn story(server: &TestServer) -> (Delegation, String) {
    let delegation = Delegation::set_up(server);
    let instance = Stage::new(server, delegation.a.clone()).instance();
    (delegation, instance)
}

/// Ends with `Forbidden.RAM` or success, as it must.
#[track_caller]
fn stops(server: &TestServer, session: &Client, instance: &str) {
    session.must("Ecs", "StopInstance", &[("InstanceId", instance)]);
    server.clock().advance(seconds(2));
    session.must("Ecs", "StartInstance", &[("InstanceId", instance)]);
    server.clock().advance(seconds(2));
}

/// S0-05, S0-57, S1-15, S1-28, S2-02, S2-06, S2-10, S2-33, S3-03, S3-62, S4-01, S4-17, S4-18: the journey from the
/// role to work on the other enterprise's resources.
#[test]
fn the_five_steps_lead_to_work_on_the_owners_resources() {
    let server = TestServer::start();
    let (Delegation { a, alice, role_arn, .. }, instance) = story(&server);
    alice.refused("Ecs", "StopInstance", &[("InstanceId", &instance)], "Forbidden.RAM");
    let session = alice.assume(&role_arn, "alice").unwrap();
    stops(&server, &session, &instance);
    let seen = session.must("Ecs", "DescribeInstances", &[HERE]);
    assert_eq!(text(&seen["Instances"]["Instance"][0]["InstanceId"]), instance);
    let own = a.must("Ecs", "DescribeInstances", &[HERE]);
    assert_eq!(own["TotalCount"], 1, "what she works on is A's");
}

/// S0-48, S0-63, S0-64, S1-29, S3-68: with an AccessKey, and with the three parts that AssumeRole answers.
#[test]
fn calls_are_signed_with_a_key_or_with_the_three_parts_of_a_session() {
    let server = TestServer::start();
    let Delegation { a, alice, role_arn, .. } = Delegation::set_up(&server);
    assert_eq!(alice.must("Sts", "GetCallerIdentity", &[])["IdentityType"], "RAMUser");
    let session = alice.assume(&role_arn, "alice").unwrap();
    let who = session.must("Sts", "GetCallerIdentity", &[]);
    assert_eq!((text(&who["AccountId"]), text(&who["IdentityType"])), (a.id, "AssumedRoleUser".to_owned()));
    let mut parts = session.credentials().clone();
    parts.security_token = None;
    let without = session.with_credentials(parts.clone());
    without.refused("Sts", "GetCallerIdentity", &[], "MissingSecurityToken");
    parts.security_token = session.credentials().security_token.clone().map(|token| token + "A");
    let altered = session.with_credentials(parts).call("Sts", "GetCallerIdentity", &[]).unwrap_err();
    assert!(altered.code.starts_with("InvalidSecurityToken."), "{altered}");
}

/// S0-24, S1-09, S3-21, S4-06: a new role may do nothing until its owner grants it something.
#[test]
fn a_new_role_has_no_permissions() {
    let (a, b) = (tenant(), tenant());
    let role = a.role("ops", &[&b.root_arn()], &[]);
    let alice = b.user("alice");
    b.grant("alice", "AliyunSTSAssumeRoleAccess");
    let session = alice.assume(&role, "alice").unwrap();
    session.refused("Ecs", "DescribeInstances", &[HERE], "Forbidden.RAM");
    let params = [("RoleName", "ops"), ("PolicyName", "AliyunECSReadOnlyAccess"), ("PolicyType", "System")];
    a.must("Ram", "AttachPolicyToRole", &params);
    session.must("Ecs", "DescribeInstances", &[HERE]);
}

/// S0-02, S0-03, S3-02: a role has neither password nor key, and is nothing until it is assumed.
#[test]
fn a_role_cannot_be_given_credentials() {
    let a = tenant();
    a.role("ops", &[&a.root_arn()], &["AliyunECSFullAccess"]);
    let as_a_user = [("UserName", "ops")];
    a.client.refused("Ram", "CreateAccessKey", &as_a_user, "EntityNotExist.User");
    let password = [("UserName", "ops"), ("Password", "correct horse 1")];
    a.client.refused("Ram", "CreateLoginProfile", &password, "EntityNotExist.User");
}

/// S0-51, S1-14, S3-56, S4-20: both sides are needed: the trust of A, and the permission of B.
#[test]
fn a_user_needs_the_permission_of_its_own_side_too() {
    let server = TestServer::start();
    let Delegation { b, role_arn, .. } = Delegation::set_up(&server);
    let bob = b.user("bob");
    let assume = [("RoleArn", role_arn.as_str()), ("RoleSessionName", "bob")];
    bob.refused("Sts", "AssumeRole", &assume, "NoPermission");
    b.grant("bob", "AliyunSTSAssumeRoleAccess");
    bob.must("Sts", "AssumeRole", &assume);
}

/// S1-04, S1-05, S2-03, S2-08, S2-09, S4-07: B's people come and go, and A changes nothing.
#[test]
fn staff_of_the_other_side_come_and_go_without_a_change_at_the_owners() {
    let server = TestServer::start();
    let Delegation { a, b, role_arn, .. } = Delegation::set_up(&server);
    let before = a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")]);
    b.must("Ram", "CreateGroup", &[("GroupName", "operators")]);
    let group = [("GroupName", "operators")];
    let grant = [group[0], ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    b.must("Ram", "AttachPolicyToGroup", &grant);
    let mut sessions = Vec::new();
    for name in ["employee", "application"] {
        let user = b.user(name);
        b.must("Ram", "AddUserToGroup", &[group[0], ("UserName", name)]);
        sessions.push(user.assume(&role_arn, name).unwrap());
    }
    // One leaves: it is B that takes them out of the group.
    b.must("Ram", "RemoveUserFromGroup", &[group[0], ("UserName", "employee")]);
    sessions[0].refused("Sts", "GetCallerIdentity", &[], "InvalidSecurityToken.Revoked");
    sessions[1].must("Sts", "GetCallerIdentity", &[]);
    assert_eq!(a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")])["Role"], before["Role"]);
}

/// S1-06, S2-04, S2-07, S4-05, S4-08: B says which of its people may take on which role, and A what each may do.
#[test]
fn each_side_controls_its_half_precisely() {
    let server = TestServer::start();
    let (Delegation { a, b, .. }, instance) = story(&server);
    let reader = a.role("reader", &[&b.root_arn()], &["AliyunECSReadOnlyAccess"]);
    let operator = a.role("operator", &[&b.root_arn()], &[]);
    let arn = format!("acs:ecs:*:{}:instance/{instance}", a.id);
    let document = allow(&["ecs:StopInstance", "ecs:StartInstance"], &[&arn]).to_string();
    a.must("Ram", "CreatePolicy", &[("PolicyName", "one-instance"), ("PolicyDocument", &document)]);
    let grant = [("RoleName", "operator"), ("PolicyName", "one-instance"), ("PolicyType", "Custom")];
    a.must("Ram", "AttachPolicyToRole", &grant);
    let (carol, dave) = (b.user("carol"), b.user("dave"));
    b.grant_document("carol", "reads", &may_assume(&reader));
    b.grant_document("dave", "operates", &may_assume(&operator));
    let refused = |user: &Client, role: &str| {
        user.refused("Sts", "AssumeRole", &[("RoleArn", role), ("RoleSessionName", "no")], "NoPermission");
    };
    refused(&carol, &operator);
    refused(&dave, &reader);
    let (reads, operates) =
        (carol.assume(&reader, "carol").unwrap(), dave.assume(&operator, "dave").unwrap());
    reads.must("Ecs", "DescribeInstances", &[HERE]);
    reads.refused("Ecs", "StopInstance", &[("InstanceId", &instance)], "Forbidden.RAM");
    operates.refused("Ecs", "DeleteInstance", &[("InstanceId", &instance)], "Forbidden.RAM");
    stops(&server, &operates, &instance);
}

/// S1-07, S2-05, S4-09, S4-26, S4-31: A takes B out of the trust policy, which may become empty, and all users of B
/// are out at once.
#[test]
fn the_owner_revokes_by_taking_the_other_side_out_of_the_trust_policy() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    let bob = b.user("bob");
    b.grant("bob", "AliyunSTSAssumeRoleAccess");
    let sessions = [alice.assume(&role_arn, "alice").unwrap(), bob.assume(&role_arn, "bob").unwrap()];
    let nobody = trust(&[]).to_string();
    let params = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", nobody.as_str())];
    a.must("Ram", "UpdateRole", &params);
    for session in &sessions {
        session.refused("Ecs", "DescribeInstances", &[HERE], "InvalidSecurityToken.Revoked");
    }
    for user in [&alice, &bob] {
        let assume = [("RoleArn", role_arn.as_str()), ("RoleSessionName", "again")];
        user.refused("Sts", "AssumeRole", &assume, "NoPermission");
    }
}

/// S4-32, S4-33, S4-34: or deletes the role, from which its permissions are removed first.
#[test]
fn the_owner_revokes_by_deleting_the_role_once_it_has_no_policies() {
    let server = TestServer::start();
    let Delegation { a, alice, role_arn, .. } = Delegation::set_up(&server);
    let session = alice.assume(&role_arn, "alice").unwrap();
    let role = [("RoleName", "ecs-admin")];
    a.client.refused("Ram", "DeleteRole", &role, "DeleteConflict.Role.Policy");
    session.must("Ecs", "DescribeInstances", &[HERE]);
    let policy = [role[0], ("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
    a.must("Ram", "DetachPolicyFromRole", &policy);
    session.refused("Ecs", "DescribeInstances", &[HERE], "Forbidden.RAM");
    a.must("Ram", "DeleteRole", &role);
    session.refused("Ecs", "DescribeInstances", &[HERE], "InvalidSecurityToken.Malformed");
}

/// S1-01, S1-08, S2-18, S2-19: the trust policy that is written for an account lets its users in and nobody else; the
/// account itself is refused (decision X1).
#[test]
fn a_role_for_one_account_admits_its_users_alone() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    let shown = a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")]);
    let document: serde_json::Value =
        serde_json::from_str(&text(&shown["Role"]["AssumeRolePolicyDocument"])).unwrap();
    let expected = json!({ "Effect": "Allow", "Action": "sts:AssumeRole",
                           "Principal": { "RAM": ["acs:ram::12345678:root"] } });
    assert_eq!((&document["Version"], &document["Statement"][0]), (&json!("1"), &expected));
    alice.assume(&role_arn, "alice").unwrap();
    let assume = [("RoleArn", role_arn.as_str()), ("RoleSessionName", "nobody")];
    b.client.refused("Sts", "AssumeRole", &assume, "NoPermission");
    let stranger = server.account("company-c", "22334455");
    let mallory = stranger.user("mallory");
    stranger.grant("mallory", "AliyunSTSAssumeRoleAccess");
    mallory.refused("Sts", "AssumeRole", &assume, "NoPermission");
    let own = a.user("own");
    a.grant("own", "AdministratorAccess");
    own.refused("Sts", "AssumeRole", &assume, "NoPermission");
}

/// S3-14, S3-18, S3-19: trust in one user, as a single text, with the elements in another order.
#[test]
fn a_role_can_be_for_one_user_or_one_role_of_the_other_account() {
    let (a, b) = (tenant(), tenant());
    let enter = |user: &str| -> Client {
        let client = b.user(user);
        b.grant(user, "AliyunSTSAssumeRoleAccess");
        client
    };
    let (alice, bob) = (enter("Alice"), enter("Bob"));
    let document = format!(
        r#"{{"Statement":[{{"Principal":{{"RAM":"acs:ram::{}:user/Alice"}},"Action":"sts:AssumeRole","Effect":"Allow"}}],"Version":"1"}}"#,
        b.id
    );
    let made = a.must("Ram", "CreateRole", &[("RoleName", "hers"), ("AssumeRolePolicyDocument", &document)]);
    assert_eq!(text(&made["Role"]["AssumeRolePolicyDocument"]), document, "the author's text is kept");
    let hers = text(&made["Role"]["Arn"]);
    alice.assume(&hers, "alice").unwrap();
    bob.refused("Sts", "AssumeRole", &[("RoleArn", &hers), ("RoleSessionName", "bob")], "NoPermission");

    let middle = b.role("middle", &[&b.root_arn()], &["AliyunSTSAssumeRoleAccess"]);
    let through = a.role("through", &[&format!("acs:ram::{}:role/middle", b.id)], &[]);
    let in_between = bob.assume(&middle, "bob").unwrap();
    in_between.assume(&through, "bob").unwrap();
    bob.refused("Sts", "AssumeRole", &[("RoleArn", &through), ("RoleSessionName", "bob")], "NoPermission");
}

/// S3-04: an administrator does all of it as well as the account itself.
#[test]
fn an_administrator_does_what_the_owner_does() {
    let (a, b) = (tenant(), tenant());
    let as_administrator = |enterprise: &Enterprise| -> Enterprise {
        let client = enterprise.user("administrator");
        enterprise.grant("administrator", "AdministratorAccess");
        Enterprise { client, ..enterprise.clone() }
    };
    let (a, b) = (as_administrator(&a), as_administrator(&b));
    let role = a.role("ops", &[&b.root_arn()], &["AliyunECSReadOnlyAccess"]);
    let alice = b.user("alice");
    b.grant("alice", "AliyunSTSAssumeRoleAccess");
    alice.assume(&role, "alice").unwrap().must("Ecs", "DescribeInstances", &[HERE]);
}
