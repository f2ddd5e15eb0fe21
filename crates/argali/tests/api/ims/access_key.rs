//! AccessKeys.

use serde_json::json;

use super::{logon_name, user};
use crate::expect::Calls;
use crate::ram::access_key::credentials;
use crate::shape::complete;
use crate::stage::text;
use crate::world::{shared, tenant};

#[test]
fn whose_and_which_must_be_there() {
    let a = tenant();
    user(&a, "alice");
    let name = logon_name(&a, "alice");
    let alice = ("UserPrincipalName", name.as_str());
    let key = text(&a.must("Ims", "CreateAccessKey", &[alice])["AccessKey"]["AccessKeyId"]);
    let inactive = ("Status", "Inactive");
    let nobody = logon_name(&a, "nobody");
    let elsewhere = logon_name(&tenant(), "alice");
    for user in [nobody.as_str(), &elsewhere] {
        for (action, besides) in [
            ("CreateAccessKey", vec![]),
            ("ListAccessKeys", vec![]),
            ("DeleteAccessKey", vec![("UserAccessKeyId", key.as_str())]),
        ] {
            let params = [vec![("UserPrincipalName", user)], besides].concat();
            a.client.refused("Ims", action, &params, "EntityNotExist.User");
        }
    }
    for (action, besides) in [("UpdateAccessKey", vec![inactive]), ("DeleteAccessKey", vec![])] {
        let refused = |params: &[(&str, &str)], code| {
            a.client.refused("Ims", action, &[params, besides.as_slice()].concat(), code);
        };
        refused(&[alice], "MissingUserAccessKeyId");
        refused(&[alice, ("UserAccessKeyId", "LTAI5tNoSuchKey")], "EntityNotExist.User.AccessKey");
        // The caller's own are meant, and the caller is not alice.
        refused(&[("UserAccessKeyId", &key)], "EntityNotExist.User.AccessKey");
    }
    let params = [alice, ("UserAccessKeyId", key.as_str()), ("Status", "Off")];
    a.client.refused("Ims", "UpdateAccessKey", &params, "InvalidParameter.Status");
    a.must("Ims", "CreateAccessKey", &[alice]);
    a.client.refused("Ims", "CreateAccessKey", &[alice], "LimitExceeded.User.AccessKey");
    a.client.refused("Ram", "CreateAccessKey", &[("UserName", "alice")], "LimitExceeded.User.AccessKey");
}

#[test]
fn ram_and_ims_show_one_key() {
    let a = tenant();
    user(&a, "alice");
    let name = logon_name(&a, "alice");
    let alice = ("UserPrincipalName", name.as_str());
    let made = a.must("Ims", "CreateAccessKey", &[alice]);
    complete("Ims", "CreateAccessKey", &made, &[]);
    let key = credentials(&made);
    let client = a.client.with_credentials(key.clone());
    client.must("Sts", "GetCallerIdentity", &[]);
    let id = ("UserAccessKeyId", key.access_key_id.as_str());
    let answer = a.must("Ims", "UpdateAccessKey", &[alice, id, ("Status", "Inactive")]);
    complete("Ims", "UpdateAccessKey", &answer, &[]);
    client.refused("Sts", "GetCallerIdentity", &[], "InvalidAccessKeyId.Inactive");
    let listed = a.must("Ims", "ListAccessKeys", &[alice]);
    complete("Ims", "ListAccessKeys", &listed, &[]);
    assert_eq!(listed["AccessKeys"]["AccessKey"][0]["Status"], "Inactive");
    assert_eq!(listed["AccessKeys"]["AccessKey"][0]["UpdateDate"], shared().clock().now().to_string());
    let in_ram = a.must("Ram", "ListAccessKeys", &[("UserName", "alice")]);
    assert_eq!(in_ram["AccessKeys"]["AccessKey"][0]["Status"], "Inactive");
    complete("Ims", "DeleteAccessKey", &a.must("Ims", "DeleteAccessKey", &[alice, id]), &[]);
    client.refused("Sts", "GetCallerIdentity", &[], "InvalidAccessKeyId.NotFound");
    assert_eq!(
        a.must("Ram", "ListAccessKeys", &[("UserName", "alice")])["AccessKeys"]["AccessKey"],
        json!([])
    );
}

#[test]
fn without_a_name_the_keys_are_the_callers_own() {
    let a = tenant();
    let alice = a.user("alice");
    alice.refused("Ims", "ListAccessKeys", &[], "NoPermission");
    let own = format!("acs:ram:*:{}:user/alice", a.id);
    a.grant_document("alice", "own-keys", &argali_testkit::allow(&["ram:*AccessKey*"], &[&own]));
    alice.must("Ims", "CreateAccessKey", &[]);
    let listed = alice.must("Ims", "ListAccessKeys", &[]);
    assert_eq!(listed["AccessKeys"]["AccessKey"].as_array().unwrap().len(), 2);
    user(&a, "bob");
    let bob = logon_name(&a, "bob");
    alice.refused("Ims", "ListAccessKeys", &[("UserPrincipalName", &bob)], "NoPermission");

    let role = a.role("admin", &[&a.root_arn()], &["AdministratorAccess"]);
    a.grant("alice", "AliyunSTSAssumeRoleAccess");
    let session = alice.assume(&role, "at-work").unwrap();
    session.refused("Ims", "ListAccessKeys", &[], "InvalidParameter.UserPrincipalName");
    session.must("Ims", "ListAccessKeys", &[("UserPrincipalName", &bob)]);
}
