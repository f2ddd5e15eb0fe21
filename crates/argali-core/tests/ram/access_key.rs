//! AccessKeys.

use crate::world::{ACCOUNT, World, allow, at, credentials, names};

#[test]
fn keys_of_others_are_as_good_as_absent() {
    let world = World::new();
    let (alice, bob) = (world.user("alice"), world.user("bob"));
    let (of_alice, of_bob) = (alice.access_key_id.as_str(), bob.access_key_id.as_str());
    let other = world.other_account();
    let absent = "EntityNotExist.User.AccessKey";
    for key in [of_bob, &world.root.access_key_id, &other.access_key_id, "LTAInone", "\u{7f}"] {
        let named = [("UserName", "alice"), ("UserAccessKeyId", key), ("Status", "Inactive")];
        world.all_refused(&[
            ("UpdateAccessKey", &named, 404, absent),
            ("DeleteAccessKey", &named[..2], 404, absent),
        ]);
    }
    world.all_refused(&[
        ("UpdateAccessKey", &[("UserAccessKeyId", of_alice), ("Status", "Active")], 404, absent),
        ("DeleteAccessKey", &[("UserAccessKeyId", of_alice)], 404, absent),
        ("CreateAccessKey", &[("UserName", "none")], 404, "EntityNotExist.User"),
        ("CreateAccessKey", &[("UserName", "a b")], 400, "InvalidParameter.UserName.InvalidChars"),
        ("ListAccessKeys", &[("UserName", "none")], 404, "EntityNotExist.User"),
        ("UpdateAccessKey", &[("UserName", "alice"), ("Status", "Active")], 400, "MissingUserAccessKeyId"),
        (
            "UpdateAccessKey",
            &[("UserName", "alice"), ("UserAccessKeyId", of_alice), ("Status", "On")],
            400,
            "InvalidParameter.Status",
        ),
    ]);
    world.refused(&other, "DeleteAccessKey", &[("UserAccessKeyId", of_alice)], 404, absent);
    world.ok(&alice, "GetCallerIdentity", &[]);
}

#[test]
fn a_secret_has_thirty_characters_and_is_shown_once() {
    let world = World::new();
    world.ok(&world.root, "CreateUser", &[("UserName", "alice")]);
    let made = world.ok(&world.root, "CreateAccessKey", &[("UserName", "alice")]);
    let secret = at(&made, "/AccessKey/AccessKeySecret").as_str().unwrap();
    assert!(secret.len() == 30 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{secret}");
    assert_eq!(at(&made, "/AccessKey/Status"), "Active");
    let listed = world.ok(&world.root, "ListAccessKeys", &[("UserName", "alice")]);
    assert_eq!(at(&listed, "/AccessKeys/AccessKey/0/AccessKeyId"), at(&made, "/AccessKey/AccessKeyId"));
    assert!(!listed.to_string().contains(secret));
    let identity = world.ok(&credentials(&made["AccessKey"]), "GetCallerIdentity", &[]);
    assert_eq!(identity["Arn"], format!("acs:ram::{ACCOUNT}:user/alice"));
}

#[test]
fn an_owner_has_only_so_many_keys() {
    let world = World::new();
    world.user("alice");
    world.key_of("alice");
    world.all_refused(&[("CreateAccessKey", &[("UserName", "alice")], 409, "LimitExceeded.User.AccessKey")]);
    // The account came with one key.
    world.ok(&world.root, "CreateAccessKey", &[]);
    world.all_refused(&[("CreateAccessKey", &[], 409, "LimitExceeded.User.AccessKey")]);
}

#[test]
fn a_key_that_is_off_or_gone_signs_nothing() {
    let world = World::new();
    let key = world.user("alice");
    let named = [("UserName", "alice"), ("UserAccessKeyId", key.access_key_id.as_str())];
    let switch = |status| world.ok(&world.root, "UpdateAccessKey", &[named[0], named[1], ("Status", status)]);
    world.ok(&key, "GetCallerIdentity", &[]);
    switch("Inactive");
    world.refused(&key, "GetCallerIdentity", &[], 400, "InvalidAccessKeyId.Inactive");
    switch("Active");
    world.ok(&key, "GetCallerIdentity", &[]);
    world.ok(&world.root, "DeleteAccessKey", &named);
    world.refused(&key, "GetCallerIdentity", &[], 404, "InvalidAccessKeyId.NotFound");
    world.all_refused(&[("DeleteAccessKey", &named, 404, "EntityNotExist.User.AccessKey")]);
}

#[test]
fn without_a_user_name_the_callers_own_keys_are_meant() {
    let world = World::new();
    let alice = world.user("alice");
    world.refused(&alice, "ListAccessKeys", &[], 403, "NoPermission");
    world.policy("own-keys", &allow("ram:*AccessKey*", &format!("acs:ram:*:{ACCOUNT}:user/alice")));
    world.grant("alice", "Custom", "own-keys");
    let ids =
        |who, params| names(&world.ok(who, "ListAccessKeys", params), "/AccessKeys/AccessKey", "AccessKeyId");
    assert_eq!(ids(&alice, &[]), [alice.access_key_id.as_str()]);
    assert_eq!(ids(&world.root, &[]), [world.root.access_key_id.as_str()]);
    let second = credentials(&world.ok(&alice, "CreateAccessKey", &[])["AccessKey"]);
    assert_eq!(world.ok(&second, "GetCallerIdentity", &[])["IdentityType"], "RAMUser");
    world.ok(&alice, "DeleteAccessKey", &[("UserAccessKeyId", &second.access_key_id)]);
    assert_eq!(ids(&world.root, &[("UserName", "alice")]), [alice.access_key_id.as_str()]);
}

#[test]
fn a_role_has_no_keys_of_its_own() {
    let world = World::new();
    let alice = world.user("alice");
    world.grant("alice", "System", "AliyunSTSAssumeRoleAccess");
    world.role("ops", ACCOUNT);
    let policy = [("RoleName", "ops"), ("PolicyType", "System"), ("PolicyName", "AliyunRAMFullAccess")];
    world.ok(&world.root, "AttachPolicyToRole", &policy);
    let arn = format!("acs:ram::{ACCOUNT}:role/ops");
    let session = world.ok(&alice, "AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "work")]);
    let session = credentials(&session["Credentials"]);
    for action in ["CreateAccessKey", "ListAccessKeys"] {
        world.refused(&session, action, &[], 400, "InvalidParameter.UserName");
        world.ok(&session, action, &[("UserName", "alice")]);
    }
}

#[test]
fn sessions_end_with_the_key_they_were_begun_with() {
    let world = World::new();
    let alice = world.user("alice");
    world.grant("alice", "System", "AliyunSTSAssumeRoleAccess");
    world.role("ops", ACCOUNT);
    let arn = format!("acs:ram::{ACCOUNT}:role/ops");
    let session = world.ok(&alice, "AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "work")]);
    let session = credentials(&session["Credentials"]);
    world.ok(&session, "GetCallerIdentity", &[]);
    let key = [("UserName", "alice"), ("UserAccessKeyId", alice.access_key_id.as_str())];
    world.ok(&world.root, "DeleteAccessKey", &key);
    world.refused(&session, "GetCallerIdentity", &[], 403, "InvalidSecurityToken.Revoked");
}

#[test]
fn a_key_that_is_disabled_while_its_call_waits_for_its_turn_is_refused() {
    let world = World::new();
    let alice = world.user("alice");
    world.grant("alice", "System", "AliyunRAMReadOnlyAccess");
    let other = world.other_account();
    for action in ["ListUsers", "CreateUser"] {
        world.ok(&other, "GetCallerIdentity", &[]);
        world.ok(&alice, "GetCallerIdentity", &[]);
        let (status, answer) = world.call_that_waits(&alice, action, &[("UserName", "bob")], || {
            let key = [("UserName", "alice"), ("UserAccessKeyId", alice.access_key_id.as_str())];
            world.ok(&world.root, "UpdateAccessKey", &[&key[..], &[("Status", "Inactive")]].concat());
        });
        assert_eq!((status, &answer["Code"]), (400, &"InvalidAccessKeyId.Inactive".into()), "{action}");
        let key = [("UserName", "alice"), ("UserAccessKeyId", alice.access_key_id.as_str())];
        world.ok(&world.root, "UpdateAccessKey", &[&key[..], &[("Status", "Active")]].concat());
    }
}

#[test]
fn a_call_that_waited_is_answered_like_any_other() {
    let world = World::new();
    let other = world.other_account();
    world.ok(&other, "GetCallerIdentity", &[]);
    world.ok(&world.root, "GetCallerIdentity", &[]);
    let (status, answer) = world.call_that_waits(&world.root, "ListUsers", &[], || {
        world.user("alice");
    });
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["Users"]["User"][0]["UserName"], "alice", "it was waiting when alice came");
}
