//! The recycle bins of users and AccessKeys.

use std::time::Duration;

use argali_testkit::TestServer;
use serde_json::json;

use super::{logon_name, user};
use crate::expect::Calls;
use crate::ram::access_key::credentials;
use crate::ram::each;
use crate::shape::complete;
use crate::stage::text;
use crate::world::{tenant, tenant_on};

#[test]
fn what_is_not_in_the_bin_cannot_come_back() {
    let a = tenant();
    let alice = text(&user(&a, "alice")["UserId"]);
    let foreign = tenant();
    let elsewhere = text(&user(&foreign, "bob")["UserId"]);
    foreign.must("Ims", "DeleteUser", &[("UserId", &elsewhere)]);
    for action in ["GetUserInRecycleBin", "RestoreUserFromRecycleBin", "DeleteUserInRecycleBin"] {
        a.client.refused("Ims", action, &[], "MissingUserId");
        for id in ["299999999999999999", &alice, &elsewhere] {
            a.client.refused("Ims", action, &[("UserId", id)], "EntityNotExist.User");
        }
    }
    let key = ("UserAccessKeyId", "LTAI5tNoSuchKey");
    for action in ["RestoreAccessKeyFromRecycleBin", "DeleteAccessKeyInRecycleBin"] {
        a.client.refused("Ims", action, &[key], "MissingUserId");
        a.client.refused("Ims", action, &[("UserId", &alice), key], "EntityNotExist.User.AccessKey");
    }
    a.client.refused("Ims", "GetAccessKeyInfoInRecycleBin", &[key], "EntityNotExist.User.AccessKey");
    a.client.refused("Ims", "ListUsersInRecycleBin", &[("MaxItems", "101")], "InvalidParameter.MaxItems");
    a.client.refused("Ims", "ListUsersInRecycleBin", &[("Filter", "alice")], "InvalidParameter.Filter");
}

#[test]
fn a_deleted_user_comes_back_with_its_id_and_no_rights() {
    let a = tenant();
    let name = logon_name(&a, "alice");
    let params = [("UserPrincipalName", name.as_str()), ("DisplayName", "Alice"), ("Tag.1.Key", "team")];
    let id = text(&a.must("Ims", "CreateUser", &params)["User"]["UserId"]);
    let by_id = [("UserId", id.as_str())];
    a.must("Ims", "DeleteUser", &by_id);
    a.client.refused("Ims", "GetUser", &by_id, "EntityNotExist.User");
    complete("Ims", "GetUserInRecycleBin", &a.must("Ims", "GetUserInRecycleBin", &by_id), &[]);
    let filter = format!("UserPrincipalName eq {name}");
    let listed = a.must("Ims", "ListUsersInRecycleBin", &[("Filter", &filter)]);
    complete("Ims", "ListUsersInRecycleBin", &listed, &["Marker"]);
    assert_eq!(each(&listed["Users"]["User"], "UserId"), [id.as_str()]);

    // The name is free meanwhile, and whoever has it now keeps it.
    user(&a, "alice");
    a.client.refused("Ims", "RestoreUserFromRecycleBin", &by_id, "EntityAlreadyExists.User");
    a.must("Ram", "DeleteUser", &[("UserName", "alice")]);
    complete("Ims", "RestoreUserFromRecycleBin", &a.must("Ims", "RestoreUserFromRecycleBin", &by_id), &[]);
    let shown = a.must("Ims", "GetUser", &by_id);
    assert_eq!(shown["User"]["UserPrincipalName"], name);
    assert_eq!(shown["User"]["Tags"]["Tag"][0]["TagKey"], "team");
    a.must("Ims", "DeleteUser", &by_id);
    complete("Ims", "DeleteUserInRecycleBin", &a.must("Ims", "DeleteUserInRecycleBin", &by_id), &[]);
    a.client.refused("Ims", "RestoreUserFromRecycleBin", &by_id, "EntityNotExist.User");
}

#[test]
fn a_deleted_key_is_dead_at_once_and_its_sessions_stay_dead() {
    let a = tenant();
    let role = a.role("ops", &[&a.root_arn()], &["AliyunRAMReadOnlyAccess"]);
    let id = text(&user(&a, "alice")["UserId"]);
    let name = logon_name(&a, "alice");
    let alice = ("UserPrincipalName", name.as_str());
    a.grant("alice", "AliyunSTSAssumeRoleAccess");
    let key = credentials(&a.must("Ims", "CreateAccessKey", &[alice]));
    let client = a.client.with_credentials(key.clone());
    let session = client.assume(&role, "at-work").unwrap();
    session.must("Ram", "ListUsers", &[]);
    let key_id = ("UserAccessKeyId", key.access_key_id.as_str());
    a.must("Ims", "DeleteAccessKey", &[alice, key_id]);
    client.refused("Sts", "GetCallerIdentity", &[], "InvalidAccessKeyId.NotFound");
    session.refused("Ram", "ListUsers", &[], "InvalidSecurityToken.Revoked");

    let of_alice = ("UserId", id.as_str());
    let listed = a.must("Ims", "ListAccessKeysInRecycleBin", &[of_alice]);
    complete("Ims", "ListAccessKeysInRecycleBin", &listed, &[]);
    let info = a.must("Ims", "GetAccessKeyInfoInRecycleBin", &[key_id]);
    complete("Ims", "GetAccessKeyInfoInRecycleBin", &info, &[]);
    assert_eq!(
        (&info["AccessKey"]["UserId"], &info["AccessKey"]["UserRecycled"]),
        (&json!(id), &json!(false))
    );
    assert_eq!(a.must("Ims", "GetUser", &[of_alice])["User"]["UserId"], id);

    a.must("Ims", "RestoreAccessKeyFromRecycleBin", &[of_alice, key_id]);
    client.refused("Sts", "GetCallerIdentity", &[], "InvalidAccessKeyId.Inactive");
    a.must("Ims", "UpdateAccessKey", &[alice, key_id, ("Status", "Active")]);
    client.must("Sts", "GetCallerIdentity", &[]);
    session.refused("Ram", "ListUsers", &[], "InvalidSecurityToken.Revoked");
    client.assume(&role, "again").unwrap().must("Ram", "ListUsers", &[]);
}

#[test]
fn a_bin_holds_three_keys_of_a_user_for_thirty_days() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let id = text(&user(&a, "alice")["UserId"]);
    let name = logon_name(&a, "alice");
    let alice = ("UserPrincipalName", name.as_str());
    let mut deleted = Vec::new();
    for _ in 0..4 {
        server.clock().advance(Duration::from_secs(60));
        let key = text(&a.must("Ims", "CreateAccessKey", &[alice])["AccessKey"]["AccessKeyId"]);
        a.must("Ims", "DeleteAccessKey", &[alice, ("UserAccessKeyId", &key)]);
        deleted.push(key);
    }
    let of_alice = [("UserId", id.as_str())];
    let binned = || {
        let listed = a.must("Ims", "ListAccessKeysInRecycleBin", &of_alice);
        each(&listed["AccessKeys"]["AccessKey"], "AccessKeyId")
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(binned(), deleted[1..]);
    a.must("Ims", "DeleteUser", &of_alice);
    server.clock().advance(Duration::from_secs(30 * 86_400 + 1));
    assert!(binned().is_empty());
    a.client.refused("Ims", "RestoreUserFromRecycleBin", &of_alice, "EntityNotExist.User");
    server.core().tidy().unwrap();
    assert_eq!(a.must("Ims", "ListUsersInRecycleBin", &[])["Users"]["User"], json!([]));
}
