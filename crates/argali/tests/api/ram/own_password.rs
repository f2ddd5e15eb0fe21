//! The password that a user changes for itself.

use argali_testkit::{Client, Enterprise, allow};
use serde_json::json;

use crate::expect::Calls;
use crate::shape::complete;
use crate::world::tenant;

const ALICE: (&str, &str) = ("UserName", "alice");

fn with_alice() -> (Enterprise, Client) {
    let a = tenant();
    let alice = a.user("alice");
    a.must(
        "Ram",
        "CreateLoginProfile",
        &[ALICE, ("Password", "password-0"), ("PasswordResetRequired", "true")],
    );
    (a, alice)
}

fn change<'p>(old: &'p str, new: &'p str) -> [(&'static str, &'p str); 2] {
    [("OldPassword", old), ("NewPassword", new)]
}

#[test]
fn only_a_user_has_a_password_of_its_own() {
    let (a, alice) = with_alice();
    a.client.refused("Ram", "ChangePassword", &change("password-0", "password-1"), "NotSupport.Account");
    let role = a.role("admin", &[&a.root_arn()], &["AdministratorAccess"]);
    a.grant("alice", "AliyunSTSAssumeRoleAccess");
    let session = alice.assume(&role, "at-work").unwrap();
    session.refused("Ram", "ChangePassword", &change("password-0", "password-1"), "NotSupport.Account");
    let bob = a.user("bob");
    let code = "EntityNotExist.User.LoginProfile";
    bob.refused("Ram", "ChangePassword", &change("password-0", "password-1"), code);
}

#[test]
fn the_old_password_must_be_right_and_the_new_one_good() {
    let (a, alice) = with_alice();
    let refused = |old: &str, new: &str, code: &str| {
        let failure = alice.refused("Ram", "ChangePassword", &change(old, new), code);
        assert!(!failure.message.contains(new), "{}", failure.message);
    };
    alice.refused("Ram", "ChangePassword", &[("OldPassword", "password-0")], "MissingNewPassword");
    refused("password-1", "password-2", "InvalidParameter.OldPassword.Incorrect");
    refused("password-0", "short", "InvalidParameter.NewPassword.TooWeak");
    a.must("Ram", "SetPasswordPolicy", &[("RequireSymbols", "true"), ("PasswordReusePrevention", "3")]);
    refused("password-0", "password1", "InvalidParameter.NewPassword.TooWeak");
    // The present one and the two before it may not come back.
    refused("password-0", "password-0", "InvalidParameter.NewPassword.ReusePrevention");
    for (old, new) in [("password-0", "password-1"), ("password-1", "password-2")] {
        alice.must("Ram", "ChangePassword", &change(old, new));
    }
    refused("password-2", "password-0", "InvalidParameter.NewPassword.ReusePrevention");
    alice.must("Ram", "ChangePassword", &change("password-2", "password-3"));
    alice.must("Ram", "ChangePassword", &change("password-3", "password-0"));
}

#[test]
fn a_change_is_all_that_was_asked_for() {
    let (a, alice) = with_alice();
    let changed = alice.must("Ram", "ChangePassword", &change("password-0", "password-1"));
    complete("Ram", "ChangePassword", &changed, &[]);
    let shown = a.must("Ram", "GetLoginProfile", &[ALICE]);
    assert_eq!(shown["LoginProfile"]["PasswordResetRequired"], false);
    alice.refused(
        "Ram",
        "ChangePassword",
        &change("password-0", "password-2"),
        "InvalidParameter.OldPassword.Incorrect",
    );
}

#[test]
fn the_account_says_whether_a_policy_is_needed() {
    let (a, alice) = with_alice();
    a.must("Ram", "SetSecurityPreference", &[("AllowUserToChangePassword", "false")]);
    alice.refused("Ram", "ChangePassword", &change("password-0", "password-1"), "NoPermission");
    let own = format!("acs:ram:*:{}:user/alice", a.id);
    a.grant_document("alice", "own-password", &allow(&["ram:ChangePassword"], &[&own]));
    alice.must("Ram", "ChangePassword", &change("password-0", "password-1"));
    // What is denied stays so, whatever the account lets its users do.
    a.must("Ram", "SetSecurityPreference", &[("AllowUserToChangePassword", "true")]);
    let mut document = allow(&["ram:ChangePassword"], &["*"]);
    document["Statement"][0]["Effect"] = json!("Deny");
    a.grant_document("alice", "no-change", &document);
    alice.refused("Ram", "ChangePassword", &change("password-1", "password-2"), "NoPermission");
}
