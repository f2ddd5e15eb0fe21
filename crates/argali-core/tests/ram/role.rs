//! Roles.

use crate::world::{ACCOUNT, OTHER, Params, World, allow, at, credentials, document, trust};

#[test]
fn bad_requests_name_the_parameter_and_what_is_wrong() {
    let world = World::new();
    let (long, text) = ("a".repeat(65), "x".repeat(1_025));
    let good = trust(&format!("acs:ram::{OTHER}:root"));
    world.role("ops", OTHER);
    let create = |more: Params<'_>, status, code| {
        let mut params = vec![("AssumeRolePolicyDocument", good.as_str())];
        params.extend_from_slice(more);
        world.refused(&world.root, "CreateRole", &params, status, code);
    };
    create(&[], 400, "MissingRoleName");
    create(&[("RoleName", &long)], 400, "InvalidParameter.RoleName.Length");
    create(&[("RoleName", "a_b")], 400, "InvalidParameter.RoleName.InvalidChars");
    create(&[("RoleName", "a"), ("Description", &text)], 400, "InvalidParameter.Description.Length");
    for seconds in ["3599", "43201", "-1", "99999999999"] {
        let duration = ("MaxSessionDuration", seconds);
        create(&[("RoleName", "a"), duration], 400, "InvalidParameter.MaxSessionDuration");
        let update = [("RoleName", "ops"), ("NewMaxSessionDuration", seconds)];
        world.all_refused(&[("UpdateRole", &update, 400, "InvalidParameter.MaxSessionDuration")]);
    }
    create(&[("RoleName", "a"), ("MaxSessionDuration", "1h")], 400, "InvalidParameter.MaxSessionDuration");
    create(&[("RoleName", "a"), ("AllowConsoleLogin", "maybe")], 400, "InvalidParameter.AllowConsoleLogin");
    create(&[("RoleName", "OPS")], 409, "EntityAlreadyExists.Role");
    world.all_refused(&[
        ("CreateRole", &[("RoleName", "a")], 400, "MissingAssumeRolePolicyDocument"),
        ("GetRole", &[("RoleName", "none")], 404, "EntityNotExist.Role"),
        ("UpdateRole", &[("RoleName", "none")], 404, "EntityNotExist.Role"),
        ("DeleteRole", &[("RoleName", "none")], 404, "EntityNotExist.Role"),
        ("DeleteRole", &[("RoleName", "a_b")], 400, "InvalidParameter.RoleName.InvalidChars"),
        ("ListRoles", &[("MaxItems", "1001")], 400, "InvalidParameter.MaxItems"),
        ("ListRoles", &[("Marker", "AAAA")], 400, "InvalidParameter.Marker"),
    ]);
}

#[test]
fn a_trust_policy_must_be_one_and_name_who_is_there() {
    let world = World::new();
    world.ok(&world.root, "CreateUser", &[("UserName", "alice")]);
    world.role("ops", OTHER);
    let own = |who: &str| trust(&format!("acs:ram::{ACCOUNT}:{who}"));
    let malformed = [
        ("{".to_owned(), "not JSON"),
        (document(&allow("ecs:*", "*")), "Statement[0]"),
        (own("user/nobody"), "user/nobody"),
        (own("user/a b"), "user/a b"),
        (own("role/none"), "role/none"),
        (own("role/new"), "role/new"),
    ];
    for (text, why) in &malformed {
        for (action, name, parameter) in [
            ("CreateRole", "new", "AssumeRolePolicyDocument"),
            ("UpdateRole", "ops", "NewAssumeRolePolicyDocument"),
        ] {
            let params = [("RoleName", name), (parameter, text.as_str())];
            let message = world.refused(&world.root, action, &params, 400, "MalformedPolicyDocument");
            assert!(message.contains(why), "{message}");
        }
    }
    let accepted = [
        own("root"),
        own("user/ALICE"),
        own("role/ops"),
        trust(&format!("acs:ram::{OTHER}:user/nobody")),
        document(r#"{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":[]}}"#),
        document(
            r#"{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"]}}"#,
        ),
    ];
    for (number, text) in accepted.iter().enumerate() {
        let name = format!("accepted-{number}");
        world.ok(&world.root, "CreateRole", &[("RoleName", &name), ("AssumeRolePolicyDocument", text)]);
    }
}

#[test]
fn a_trust_policy_has_a_greatest_length_that_white_space_does_not_count_in() {
    let world = World::with_limits(|limits| limits.trust_policy_characters = 150);
    let short = trust(&format!("acs:ram::{OTHER}:root"));
    let long = trust(&format!("acs:ram::{OTHER}:user/{}", "u".repeat(60)));
    let spaced = short.replace(',', &format!(",{}", " ".repeat(60)));
    let endless = short.replace(',', &format!(",{}", " ".repeat(600)));
    assert!(short.len() < 150 && long.len() > 150 && spaced.len() > 150, "{} {}", short.len(), long.len());
    world.ok(&world.root, "CreateRole", &[("RoleName", "a"), ("AssumeRolePolicyDocument", &spaced)]);
    for text in [&long, &endless] {
        world.all_refused(&[
            (
                "CreateRole",
                &[("RoleName", "b"), ("AssumeRolePolicyDocument", text)],
                400,
                "InvalidParameter.AssumeRolePolicyDocument.Length",
            ),
            (
                "UpdateRole",
                &[("RoleName", "a"), ("NewAssumeRolePolicyDocument", text)],
                400,
                "InvalidParameter.NewAssumeRolePolicyDocument.Length",
            ),
        ]);
    }
}

#[test]
fn a_role_shows_what_it_was_made_of() {
    let world = World::new();
    let text = trust(&format!("acs:ram::{OTHER}:root"));
    let made =
        world.ok(&world.root, "CreateRole", &[("RoleName", "Ops"), ("AssumeRolePolicyDocument", &text)]);
    assert_eq!(at(&made, "/Role/MaxSessionDuration"), 3600);
    assert_eq!(at(&made, "/Role/AllowConsoleLogin"), true);
    assert_eq!(at(&made, "/Role/Arn"), &format!("acs:ram::{ACCOUNT}:role/Ops"));
    world.advance_s(5);
    let changed = [
        ("RoleName", "ops"),
        ("NewDescription", "night shift"),
        ("NewMaxSessionDuration", "43200"),
        ("NewAllowConsoleLogin", "False"),
    ];
    world.ok(&world.root, "UpdateRole", &changed);
    let shown = world.ok(&world.root, "GetRole", &[("RoleName", "OPS")]);
    assert_eq!(at(&shown, "/Role/RoleId"), at(&made, "/Role/RoleId"));
    assert_eq!(at(&shown, "/Role/AssumeRolePolicyDocument"), &text);
    assert_eq!(at(&shown, "/Role/Description"), "night shift");
    assert_eq!(at(&shown, "/Role/MaxSessionDuration"), 43_200);
    assert_eq!(at(&shown, "/Role/AllowConsoleLogin"), false);
    assert_eq!(at(&shown, "/Role/CreateDate"), "2025-06-15T15:06:40Z");
    assert_eq!(at(&shown, "/Role/UpdateDate"), "2025-06-15T15:06:45Z");
    world.ok(&world.root, "UpdateRole", &[("RoleName", "ops")]);
    let same = world.ok(&world.root, "GetRole", &[("RoleName", "ops")]);
    assert_eq!(at(&same, "/Role/Description"), "night shift");
}

#[test]
fn roles_are_listed_in_pages_without_their_trust_policies() {
    let world = World::with_limits(|limits| limits.roles = 4);
    for name in ["c", "B", "a", "d"] {
        world.role(name, OTHER);
    }
    for size in 1..=5 {
        assert_eq!(world.pages("ListRoles", &[], size, "/Roles/Role", "RoleName"), ["a", "B", "c", "d"]);
    }
    let listed = world.ok(&world.root, "ListRoles", &[]);
    assert!(!listed.to_string().contains("AssumeRolePolicyDocument"));
    let fifth = trust(&format!("acs:ram::{OTHER}:root"));
    let fifth = [("RoleName", "e"), ("AssumeRolePolicyDocument", fifth.as_str())];
    world.all_refused(&[("CreateRole", &fifth, 409, "LimitExceeded.Role")]);
    world.ok(&world.root, "DeleteRole", &[("RoleName", "d")]);
    world.ok(&world.root, "CreateRole", &fifth);
}

#[test]
fn a_role_with_policies_stays() {
    let world = World::new();
    world.role("ops", OTHER);
    let policy = [("RoleName", "ops"), ("PolicyType", "System"), ("PolicyName", "ReadOnlyAccess")];
    world.ok(&world.root, "AttachPolicyToRole", &policy);
    world.all_refused(&[("DeleteRole", &[("RoleName", "ops")], 409, "DeleteConflict.Role.Policy")]);
    world.ok(&world.root, "DetachPolicyFromRole", &policy);
    world.ok(&world.root, "DeleteRole", &[("RoleName", "ops")]);
    world.all_refused(&[("GetRole", &[("RoleName", "ops")], 404, "EntityNotExist.Role")]);
}

#[test]
fn editing_the_trust_or_deleting_the_role_ends_its_sessions() {
    let world = World::new();
    let alice = world.user("alice");
    world.grant("alice", "System", "AliyunSTSAssumeRoleAccess");
    world.role("ops", ACCOUNT);
    let arn = format!("acs:ram::{ACCOUNT}:role/ops");
    let assume = [("RoleArn", arn.as_str()), ("RoleSessionName", "work")];
    let session = || credentials(&world.ok(&alice, "AssumeRole", &assume)["Credentials"]);
    let first = session();
    world.ok(&first, "GetCallerIdentity", &[]);
    let elsewhere = trust(&format!("acs:ram::{OTHER}:root"));
    world.ok(&world.root, "UpdateRole", &[("RoleName", "ops"), ("NewAssumeRolePolicyDocument", &elsewhere)]);
    world.refused(&first, "GetCallerIdentity", &[], 403, "InvalidSecurityToken.Revoked");
    world.refused(&alice, "AssumeRole", &assume, 403, "NoPermission");
    let back = trust(&format!("acs:ram::{ACCOUNT}:user/alice"));
    world.ok(&world.root, "UpdateRole", &[("RoleName", "ops"), ("NewAssumeRolePolicyDocument", &back)]);
    let second = session();
    world.ok(&world.root, "DeleteRole", &[("RoleName", "ops")]);
    world.refused(&second, "GetCallerIdentity", &[], 400, "InvalidSecurityToken.Malformed");
    world.role("ops", ACCOUNT);
    world.refused(&second, "GetCallerIdentity", &[], 400, "InvalidSecurityToken.Malformed");
}

/// Policies can say which principals a role may come to trust, when it is made and when it is changed.
#[test]
fn trusted_principals_are_conditions() {
    let world = World::new();
    let alice = world.user("alice");
    let on = |key: &str, value: &str| {
        format!(
            r#"{{"Effect":"Deny","Action":"ram:*","Resource":"*","Condition":{{"StringEquals":{{"{key}":["{value}"]}}}}}}"#
        )
    };
    let statements = [
        allow("ram:*", "*"),
        on("ram:TrustedPrincipalTypes", "Federated"),
        on("ram:ServiceNames", "ecs.aliyuncs.com"),
    ];
    world.policy("makes-roles", &statements.join(","));
    world.grant("alice", "Custom", "makes-roles");
    world.role("ops", ACCOUNT);
    let of = |kind: &str, who: &str| {
        document(&format!(
            r#"{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"{kind}":["{who}"]}}}}"#
        ))
    };
    let provider = format!("acs:ram::{ACCOUNT}:saml-provider/idp");
    for (text, allowed) in [
        (of("RAM", &format!("acs:ram::{OTHER}:root")), true),
        (of("Service", "oss.aliyuncs.com"), true),
        (of("Service", "ecs.aliyuncs.com"), false),
        (of("Federated", &provider), false),
    ] {
        let create = [("RoleName", "new"), ("AssumeRolePolicyDocument", text.as_str())];
        let update = [("RoleName", "ops"), ("NewAssumeRolePolicyDocument", text.as_str())];
        if allowed {
            world.ok(&alice, "CreateRole", &create);
            world.ok(&alice, "DeleteRole", &[("RoleName", "new")]);
            world.ok(&alice, "UpdateRole", &update);
        } else {
            world.refused(&alice, "CreateRole", &create, 403, "NoPermission");
            world.refused(&alice, "UpdateRole", &update, 403, "NoPermission");
        }
    }
}
