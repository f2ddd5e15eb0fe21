//! Invitations: made by the owner of a role, opened by the account that it trusts, and by nobody else.
// SPEC: console, delegations, invite.

use argali_testkit::{Delegation, TestServer, hours, trust};

use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::tenant_on;

#[test]
fn only_a_role_that_trusts_the_account_is_offered_to_it() {
    let server = TestServer::start();
    let Delegation { a, b, alice, .. } = Delegation::set_up(&server);
    let invite = |role, account| [("RoleName", role), ("AccountId", account)];
    alice.refused("Argali", "CreateInvitation", &invite("ecs-admin", "12345678"), "NoPermission");
    let wrong = [
        (invite("none", "12345678"), "EntityNotExist.Role"),
        (invite("ecs-admin", "99999999"), "InvalidParameter.AccountId"),
        (invite("ecs-admin", "11223344"), "InvalidParameter.AccountId"),
        (invite("ecs-admin", "company-b"), "InvalidParameter.AccountId.Format"),
    ];
    for (params, code) in wrong {
        a.client.refused("Argali", "CreateInvitation", &params, code);
    }
    // The role of another account is not there.
    b.client.refused("Argali", "CreateInvitation", &invite("ecs-admin", "11223344"), "EntityNotExist.Role");
}

#[test]
fn the_invited_account_sees_what_is_offered_and_nobody_else_does() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    a.must("Ram", "UpdateRole", &[("RoleName", "ecs-admin"), ("NewDescription", "Machines")]);
    let params = [("RoleName", "ecs-admin"), ("AccountId", "12345678"), ("ExternalId", "secret-42")];
    let made = a.must("Argali", "CreateInvitation", &params);
    complete("Argali", "CreateInvitation", &made, &[]);
    let text = text(&made["Invitation"]);
    let open = [("Invitation", text.as_str())];
    alice.refused("Argali", "GetInvitation", &open, "NoPermission");
    for stranger in [&a, &tenant_on(&server)] {
        stranger.client.refused("Argali", "GetInvitation", &open, "EntityNotExist.Invitation");
    }
    for broken in ["x", text.get(1..).unwrap(), &format!("{text}A")] {
        b.client.refused("Argali", "GetInvitation", &[("Invitation", broken)], "EntityNotExist.Invitation");
    }
    let answer = b.must("Argali", "GetInvitation", &open);
    complete("Argali", "GetInvitation", &answer, &["Policies.Policy[].ResourceGroupId"]);
    for (member, value) in [
        ("AccountId", "11223344"),
        ("AccountAlias", "company-a"),
        ("RoleName", "ecs-admin"),
        ("Arn", role_arn.as_str()),
        ("Status", "Open"),
        ("ExternalId", "secret-42"),
        ("InvitedBy", "acs:ram::11223344:root"),
    ] {
        assert_eq!(answer[member], value, "{member}");
    }
    assert_eq!(answer["Policies"]["Policy"][0]["PolicyName"], "AliyunECSFullAccess");
}

#[test]
fn what_was_taken_back_is_not_offered_any_more() {
    let server = TestServer::start();
    let Delegation { a, b, .. } = Delegation::set_up(&server);
    let params = [("RoleName", "ecs-admin"), ("AccountId", "12345678")];
    let invitation = text(&a.must("Argali", "CreateInvitation", &params)["Invitation"]);
    let open = || b.must("Argali", "GetInvitation", &[("Invitation", &invitation)]);
    let set_trust = |document: String| {
        let params = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", document.as_str())];
        a.must("Ram", "UpdateRole", &params);
    };
    set_trust(trust(&[]).to_string());
    let answer = open();
    assert_eq!(answer["Status"], "Withdrawn");
    assert!(answer.get("Policies").is_none() && answer.get("ExternalId").is_none(), "{answer}");
    set_trust(trust(&[&b.root_arn()]).to_string());
    assert_eq!(open()["Status"], "Open");
    // A role of the same name made later is another one.
    let policy = [("RoleName", "ecs-admin"), ("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
    a.must("Ram", "DetachPolicyFromRole", &policy);
    a.must("Ram", "DeleteRole", &[("RoleName", "ecs-admin")]);
    a.role("ecs-admin", &[&b.root_arn()], &["AdministratorAccess"]);
    assert_eq!(open()["Status"], "Withdrawn");
    server.clock().advance(hours(30 * 24));
    b.client.refused("Argali", "GetInvitation", &[("Invitation", &invitation)], "EntityNotExist.Invitation");
}
