//! AccessKeys.

use argali_testkit::{Credentials, Enterprise};
use serde_json::{Value, json};

use super::each;
use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::tenant;

const ALICE: (&str, &str) = ("UserName", "alice");

/// The key in an answer of `CreateAccessKey`, to sign with.
pub(crate) fn credentials(answer: &Value) -> Credentials {
    let key = &answer["AccessKey"];
    Credentials {
        access_key_id: text(&key["AccessKeyId"]),
        access_key_secret: argali_protocol::Secret::new(text(&key["AccessKeySecret"])),
        security_token: None,
    }
}

fn with_alice() -> (Enterprise, Credentials) {
    let a = tenant();
    a.must("Ram", "CreateUser", &[ALICE]);
    let made = a.must("Ram", "CreateAccessKey", &[ALICE]);
    (a, credentials(&made))
}

#[test]
fn whose_and_which_must_be_there() {
    let (a, key) = with_alice();
    let id = key.access_key_id.as_str();
    a.must("Ram", "CreateUser", &[("UserName", "bob")]);
    let nobody = ("UserName", "nobody");
    let inactive = ("Status", "Inactive");
    a.client.refused("Ram", "CreateAccessKey", &[nobody], "EntityNotExist.User");
    a.client.refused("Ram", "ListAccessKeys", &[nobody], "EntityNotExist.User");
    for (action, besides) in [("UpdateAccessKey", vec![inactive]), ("DeleteAccessKey", Vec::new())] {
        let call = |user: (&str, &str), id: &str, code: &str| {
            let params = [vec![user, ("UserAccessKeyId", id)], besides.clone()].concat();
            a.client.refused("Ram", action, &params, code);
        };
        call(nobody, id, "EntityNotExist.User");
        call(ALICE, "LTAI5tNoSuchKey", "EntityNotExist.User.AccessKey");
        call(("UserName", "bob"), id, "EntityNotExist.User.AccessKey");
        let no_id = [vec![ALICE], besides.clone()].concat();
        a.client.refused("Ram", action, &no_id, "MissingUserAccessKeyId");
        // Another account cannot reach it, and cannot tell that it is there.
        let b = tenant();
        b.must("Ram", "CreateUser", &[ALICE]);
        let params = [vec![ALICE, ("UserAccessKeyId", id)], besides].concat();
        b.client.refused("Ram", action, &params, "EntityNotExist.User.AccessKey");
    }
    let params = [ALICE, ("UserAccessKeyId", id), ("Status", "Sleeping")];
    a.client.refused("Ram", "UpdateAccessKey", &params, "InvalidParameter.Status");
    let params = [ALICE, ("UserAccessKeyId", id)];
    a.client.refused("Ram", "UpdateAccessKey", &params, "MissingStatus");
    a.client.with_credentials(key).must("Sts", "GetCallerIdentity", &[]);
}

#[test]
fn an_owner_has_two_keys_at_most() {
    let (a, _) = with_alice();
    a.must("Ram", "CreateAccessKey", &[ALICE]);
    a.client.refused("Ram", "CreateAccessKey", &[ALICE], "LimitExceeded.User.AccessKey");
    // The account itself has one from the operator.
    a.must("Ram", "CreateAccessKey", &[]);
    a.client.refused("Ram", "CreateAccessKey", &[], "LimitExceeded.User.AccessKey");
}

#[test]
fn a_secret_is_shown_once() {
    let a = tenant();
    a.must("Ram", "CreateUser", &[ALICE]);
    let made = a.must("Ram", "CreateAccessKey", &[ALICE]);
    complete("Ram", "CreateAccessKey", &made, &[]);
    let key = credentials(&made);
    assert!(key.access_key_id.starts_with("LTAI"), "{}", key.access_key_id);
    assert_eq!(key.access_key_secret.expose().len(), 30);
    assert_eq!(made["AccessKey"]["Status"], "Active");
    let listed = a.must("Ram", "ListAccessKeys", &[ALICE]);
    complete("Ram", "ListAccessKeys", &listed, &[]);
    assert!(!listed.to_string().contains(key.access_key_secret.expose()));
    assert_eq!(each(&listed["AccessKeys"]["AccessKey"], "AccessKeyId"), [key.access_key_id.as_str()]);
}

#[test]
fn a_key_works_while_it_is_active() {
    let (a, key) = with_alice();
    let alice = a.client.with_credentials(key.clone());
    let set = |status| {
        let params = [ALICE, ("UserAccessKeyId", key.access_key_id.as_str()), ("Status", status)];
        complete("Ram", "UpdateAccessKey", &a.must("Ram", "UpdateAccessKey", &params), &[]);
    };
    alice.must("Sts", "GetCallerIdentity", &[]);
    set("Inactive");
    alice.refused("Sts", "GetCallerIdentity", &[], "InvalidAccessKeyId.Inactive");
    let listed = a.must("Ram", "ListAccessKeys", &[ALICE]);
    assert_eq!(listed["AccessKeys"]["AccessKey"][0]["Status"], "Inactive");
    set("Active");
    alice.must("Sts", "GetCallerIdentity", &[]);
    let params = [ALICE, ("UserAccessKeyId", key.access_key_id.as_str())];
    complete("Ram", "DeleteAccessKey", &a.must("Ram", "DeleteAccessKey", &params), &[]);
    alice.refused("Sts", "GetCallerIdentity", &[], "InvalidAccessKeyId.NotFound");
    a.client.refused("Ram", "DeleteAccessKey", &params, "EntityNotExist.User.AccessKey");
}

#[test]
fn without_a_name_the_keys_are_the_callers_own() {
    let (a, key) = with_alice();
    let alice = a.client.with_credentials(key.clone());
    alice.refused("Ram", "ListAccessKeys", &[], "NoPermission");
    let own = format!("acs:ram:*:{}:user/alice", a.id);
    let document = argali_testkit::allow(&["ram:*AccessKey*"], &[&own]);
    a.grant_document("alice", "own-keys", &document);
    let second = alice.must("Ram", "CreateAccessKey", &[]);
    let listed = alice.must("Ram", "ListAccessKeys", &[]);
    assert_eq!(listed["AccessKeys"]["AccessKey"].as_array().unwrap().len(), 2);
    alice.must("Ram", "DeleteAccessKey", &[("UserAccessKeyId", &credentials(&second).access_key_id)]);
    // Neither the account's nor another user's.
    let owners = text(&a.must("Ram", "ListAccessKeys", &[])["AccessKeys"]["AccessKey"][0]["AccessKeyId"]);
    alice.refused("Ram", "DeleteAccessKey", &[("UserAccessKeyId", &owners)], "EntityNotExist.User.AccessKey");
    a.must("Ram", "CreateUser", &[("UserName", "bob")]);
    alice.refused("Ram", "CreateAccessKey", &[("UserName", "bob")], "NoPermission");
}

#[test]
fn a_session_has_no_keys_of_its_own() {
    let a = tenant();
    let role = a.role("admin", &[&a.root_arn()], &["AdministratorAccess"]);
    let alice = a.user("alice");
    a.grant("alice", "AliyunSTSAssumeRoleAccess");
    let session = alice.assume(&role, "at-work").unwrap();
    session.refused("Ram", "CreateAccessKey", &[], "InvalidParameter.UserName");
    session.refused("Ram", "ListAccessKeys", &[], "InvalidParameter.UserName");
    session.must("Ram", "CreateAccessKey", &[ALICE]);
}

#[test]
fn the_account_itself_can_change_its_key() {
    let a = tenant();
    let second = a.must("Ram", "CreateAccessKey", &[]);
    let first = a.client.credentials().access_key_id.clone();
    let client = a.client.with_credentials(credentials(&second));
    client.must("Ram", "DeleteAccessKey", &[("UserAccessKeyId", &first)]);
    a.client.refused("Sts", "GetCallerIdentity", &[], "InvalidAccessKeyId.NotFound");
    let identity = client.must("Sts", "GetCallerIdentity", &[]);
    assert_eq!(identity["IdentityType"], json!("Account"));
}
