//! Users.

use serde_json::json;

use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::{shared, tenant};

const FULL: &[(&str, &str)] = &[
    ("UserName", "alice"),
    ("DisplayName", "Alice 爱丽丝"),
    ("MobilePhone", "86-18600008888"),
    ("Email", "alice@example.com"),
    ("Comments", "on <call> & \"ready\""),
];

#[test]
fn a_name_is_taken_once_whatever_its_case() {
    let a = tenant();
    a.must("Ram", "CreateUser", &[("UserName", "Alice")]);
    for name in ["Alice", "alice", "ALICE"] {
        a.client.refused("Ram", "CreateUser", &[("UserName", name)], "EntityAlreadyExists.User");
    }
    a.must("Ram", "CreateUser", &[("UserName", "bob")]);
    let rename = [("UserName", "bob"), ("NewUserName", "aLICE")];
    a.client.refused("Ram", "UpdateUser", &rename, "EntityAlreadyExists.User");
    // Of two accounts each has its own names.
    tenant().must("Ram", "CreateUser", &[("UserName", "Alice")]);
}

#[test]
fn a_user_that_is_not_there_is_not_found() {
    let a = tenant();
    for action in ["GetUser", "UpdateUser", "DeleteUser"] {
        a.client.refused("Ram", action, &[("UserName", "nobody")], "EntityNotExist.User");
        a.client.refused("Ram", action, &[], "MissingUserName");
        a.client.refused("Ram", action, &[("UserName", "")], "MissingUserName");
    }
}

#[test]
fn a_user_goes_only_when_nothing_hangs_on_it() {
    let a = tenant();
    let alice = [("UserName", "alice")];
    a.must("Ram", "CreateUser", &alice);
    a.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
    let membership = [("UserName", "alice"), ("GroupName", "ops")];
    let grant = [("UserName", "alice"), ("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
    a.must("Ram", "AddUserToGroup", &membership);
    a.must("Ram", "AttachPolicyToUser", &grant);
    let key = a.must("Ram", "CreateAccessKey", &alice);
    let key = text(&key["AccessKey"]["AccessKeyId"]);

    a.client.refused("Ram", "DeleteUser", &alice, "DeleteConflict.User.Group");
    a.must("Ram", "RemoveUserFromGroup", &membership);
    a.client.refused("Ram", "DeleteUser", &alice, "DeleteConflict.User.Policy");
    a.must("Ram", "DetachPolicyFromUser", &grant);
    a.client.refused("Ram", "DeleteUser", &alice, "DeleteConflict.User.AccessKey");
    a.must("Ram", "DeleteAccessKey", &[("UserName", "alice"), ("UserAccessKeyId", &key)]);
    let answer = a.must("Ram", "DeleteUser", &alice);
    complete("Ram", "DeleteUser", &answer, &[]);
    a.client.refused("Ram", "GetUser", &alice, "EntityNotExist.User");
}

#[test]
fn a_user_is_shown_as_it_was_made() {
    let a = tenant();
    let made = a.must("Ram", "CreateUser", FULL);
    complete("Ram", "CreateUser", &made, &[]);
    for (name, value) in FULL {
        assert_eq!(made["User"][name], *value);
    }
    let id = text(&made["User"]["UserId"]);
    assert!(id.len() >= 16 && id.bytes().all(|byte| byte.is_ascii_digit()), "the id {id}");
    assert_eq!(made["User"]["CreateDate"], shared().clock().now().to_string());

    let shown = a.must("Ram", "GetUser", &[("UserName", "ALICE")]);
    complete("Ram", "GetUser", &shown, &["User.LastLoginDate"]);
    assert_eq!(shown["User"]["UserId"], made["User"]["UserId"]);
    let listed = a.must("Ram", "ListUsers", &[]);
    complete("Ram", "ListUsers", &listed, &["Marker"]);
    assert_eq!(listed["Users"]["User"][0]["Comments"], "on <call> & \"ready\"");
    assert_eq!(listed["IsTruncated"], false);
}

#[test]
fn what_is_not_given_is_left_out_and_stays() {
    let a = tenant();
    let made = a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    let members: Vec<_> = made["User"].as_object().unwrap().keys().map(String::as_str).collect();
    for optional in ["DisplayName", "MobilePhone", "Email", "Comments"] {
        assert!(!members.contains(&optional), "`{optional}` was not given");
    }
    let params = [("UserName", "alice"), ("NewDisplayName", "Alice"), ("NewComments", "one")];
    a.must("Ram", "UpdateUser", &params);
    let updated = a.must("Ram", "UpdateUser", &[("UserName", "alice"), ("NewComments", "two")]);
    complete("Ram", "UpdateUser", &updated, &["User.Email", "User.MobilePhone"]);
    assert_eq!(updated["User"]["DisplayName"], "Alice");
    assert_eq!(updated["User"]["Comments"], "two");
}

#[test]
fn a_renamed_user_stays_the_same_with_all_it_has() {
    let a = tenant();
    let alice = a.user("alice");
    a.grant("alice", "AliyunRAMReadOnlyAccess");
    let id = a.must("Ram", "GetUser", &[("UserName", "alice")])["User"]["UserId"].clone();
    a.must("Ram", "UpdateUser", &[("UserName", "alice"), ("NewUserName", "alice.b")]);
    a.client.refused("Ram", "GetUser", &[("UserName", "alice")], "EntityNotExist.User");
    assert_eq!(alice.must("Ram", "GetUser", &[("UserName", "alice.b")])["User"]["UserId"], id);
    let identity = alice.must("Sts", "GetCallerIdentity", &[]);
    assert_eq!(identity["Arn"], json!(format!("acs:ram::{}:user/alice.b", a.id)));
    // The old name is free, and brings nothing back.
    let second = a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    assert_ne!(second["User"]["UserId"], id);
    let policies = a.must("Ram", "ListPoliciesForUser", &[("UserName", "alice")]);
    assert_eq!(policies["Policies"]["Policy"], json!([]));
    // A name may change its case alone.
    a.must("Ram", "UpdateUser", &[("UserName", "alice.b"), ("NewUserName", "Alice.B")]);
    assert_eq!(a.must("Ram", "GetUser", &[("UserName", "alice.b")])["User"]["UserName"], "Alice.B");
}
