//! Users.

use serde_json::json;

use super::{logon_name, user};
use crate::expect::Calls;
use crate::ram::state;
use crate::shape::complete;
use crate::stage::text;
use crate::world::{shared, tenant};

#[test]
fn a_new_user_has_a_name_of_this_account_that_is_free() {
    let a = tenant();
    let b = tenant();
    a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    let before = state(&a);
    let create = |name: &str, code: &str| {
        let params = [("UserPrincipalName", name), ("DisplayName", "x")];
        a.client.refused("Ims", "CreateUser", &params, code);
    };
    for (name, code) in [
        ("", "MissingUserPrincipalName"),
        ("bob", "InvalidParameter.UserPrincipalName"),
        ("bob@", "InvalidParameter.UserPrincipalName"),
        ("@company-a", "InvalidParameter.UserPrincipalName"),
        ("b ob@company-a", "InvalidParameter.UserPrincipalName"),
        ("bob@no-such-company.onaliyun.com", "InvalidParameter.UserPrincipalName"),
        (&logon_name(&b, "bob"), "InvalidParameter.UserPrincipalName"),
        (&logon_name(&a, &"b".repeat(65)), "InvalidParameter.UserPrincipalName"),
        (&logon_name(&a, "Alice"), "EntityAlreadyExists.User"),
    ] {
        create(name, code);
    }
    let bob = logon_name(&a, "bob");
    let with = |besides: &[(&str, &str)], code: &str| {
        let params = [&[("UserPrincipalName", bob.as_str())], besides].concat();
        a.client.refused("Ims", "CreateUser", &params, code);
    };
    with(&[], "MissingDisplayName");
    with(&[("DisplayName", &"x".repeat(25))], "InvalidParameter.DisplayName.Length");
    with(&[("DisplayName", "x"), ("Comments", &"x".repeat(129))], "InvalidParameter.Comments.Length");
    for (key, value) in
        [("acs:team", "web"), ("aliyun", "web"), ("https://team", "web"), ("team", "http://web")]
    {
        with(&[("DisplayName", "x"), ("Tag.1.Key", key), ("Tag.1.Value", value)], "InvalidParameter.Tag");
    }
    assert_eq!(state(&a), before);
}

#[test]
fn a_user_is_named_in_any_form_of_its_domain() {
    let a = tenant();
    let names = [
        logon_name(&a, "alice"),
        format!("alice@{}", a.alias),
        format!("alice@{}.onaliyun.com", a.id),
        format!("alice@{}", a.id),
        logon_name(&a, "ALICE").to_uppercase(),
    ];
    user(&a, "alice");
    for name in &names {
        let shown = a.must("Ims", "GetUser", &[("UserPrincipalName", name)]);
        assert_eq!(shown["User"]["UserPrincipalName"], logon_name(&a, "alice"), "{name}");
    }
}

#[test]
fn ram_and_ims_show_one_user() {
    let a = tenant();
    let name = logon_name(&a, "alice");
    let full = [
        ("UserPrincipalName", name.as_str()),
        ("DisplayName", "Alice"),
        ("MobilePhone", "86-18600008888"),
        ("Email", "alice@example.com"),
        ("Comments", "on call"),
        ("Tag.1.Key", "team"),
        ("Tag.1.Value", "web"),
    ];
    let made = a.must("Ims", "CreateUser", &full);
    complete("Ims", "CreateUser", &made, &["User.LastLoginDate"]);
    let mut shown = a.must("Ims", "GetUser", &[("UserPrincipalName", &name)]);
    complete("Ims", "GetUser", &shown, &["User.LastLoginDate"]);
    assert_eq!(shown["User"].as_object_mut().unwrap().remove("UserName"), Some(json!("alice")));
    assert_eq!(shown["User"], made["User"]);
    assert_eq!(made["User"]["Tags"], json!({ "Tag": [{ "TagKey": "team", "TagValue": "web" }] }));
    assert_eq!(made["User"]["CreateDate"], shared().clock().now().to_string());

    let in_ram = a.must("Ram", "GetUser", &[("UserName", "alice")]);
    for member in ["UserId", "DisplayName", "MobilePhone", "Email", "Comments", "CreateDate"] {
        assert_eq!(in_ram["User"][member], made["User"][member], "{member}");
    }
    a.must("Ram", "UpdateUser", &[("UserName", "alice"), ("NewDisplayName", &"x".repeat(128))]);
    let shown = a.must("Ims", "GetUser", &[("UserPrincipalName", &name)]);
    assert_eq!(shown["User"]["DisplayName"], "x".repeat(128));
}

#[test]
fn a_user_is_changed_by_name_or_id_and_keeps_the_rest() {
    let a = tenant();
    let id = text(&user(&a, "alice")["UserId"]);
    user(&a, "bob");
    let name = logon_name(&a, "alice");
    let by_name = ("UserPrincipalName", name.as_str());
    let taken = logon_name(&a, "BOB");
    let foreign = logon_name(&tenant(), "alice");
    for (new, code) in [
        (taken.as_str(), "EntityAlreadyExists.User"),
        (foreign.as_str(), "InvalidParameter.UserPrincipalName"),
        ("carol", "InvalidParameter.NewUserPrincipalName"),
    ] {
        a.client.refused("Ims", "UpdateUser", &[by_name, ("NewUserPrincipalName", new)], code);
    }
    let params = [by_name, ("NewDisplayName", &"x".repeat(25))];
    a.client.refused("Ims", "UpdateUser", &params, "InvalidParameter.NewDisplayName.Length");
    let params = [
        by_name,
        ("NewComments", "one"),
        ("NewEmail", "alice@example.com"),
        ("NewMobilePhone", "86-18600008888"),
    ];
    let updated = a.must("Ims", "UpdateUser", &params);
    complete("Ims", "UpdateUser", &updated, &["User.LastLoginDate"]);
    let new_name = logon_name(&a, "alice.b");
    let updated = a.must("Ims", "UpdateUser", &[("UserId", &id), ("NewUserPrincipalName", &new_name)]);
    assert_eq!(updated["User"]["UserPrincipalName"], new_name);
    assert_eq!((&updated["User"]["UserId"], &updated["User"]["Comments"]), (&json!(id), &json!("one")));
    a.client.refused("Ims", "GetUser", &[by_name], "EntityNotExist.User");
}

#[test]
fn a_user_goes_only_when_nothing_hangs_on_it() {
    let a = tenant();
    let id = text(&user(&a, "alice")["UserId"]);
    let alice = [("UserId", id.as_str())];
    a.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
    let membership = [("UserName", "alice"), ("GroupName", "ops")];
    a.must("Ram", "AddUserToGroup", &membership);
    a.client.refused("Ims", "DeleteUser", &alice, "DeleteConflict.User.Group");
    a.must("Ram", "RemoveUserFromGroup", &membership);
    a.grant("alice", "AliyunECSFullAccess");
    a.client.refused("Ims", "DeleteUser", &alice, "DeleteConflict.User.Policy");
    let grant = [("UserName", "alice"), ("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
    a.must("Ram", "DetachPolicyFromUser", &grant);
    let answer = a.must("Ims", "DeleteUser", &alice);
    complete("Ims", "DeleteUser", &answer, &[]);
    a.client.refused("Ims", "DeleteUser", &alice, "EntityNotExist.User");
}
