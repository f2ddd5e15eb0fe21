//! Login profiles.

use argali_testkit::Enterprise;

use crate::expect::Calls;
use crate::shape::complete;
use crate::world::tenant;

const ALICE: (&str, &str) = ("UserName", "alice");
const PASSWORD: (&str, &str) = ("Password", "correct horse");

fn with_alice() -> Enterprise {
    let a = tenant();
    a.must("Ram", "CreateUser", &[ALICE]);
    a
}

#[test]
fn who_and_what_must_be_there() {
    let a = with_alice();
    for action in ["GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"] {
        a.client.refused("Ram", action, &[("UserName", "nobody")], "EntityNotExist.User");
        a.client.refused("Ram", action, &[ALICE], "EntityNotExist.User.LoginProfile");
        a.client.refused("Ram", action, &[], "MissingUserName");
        a.client.refused("Ram", action, &[("UserName", "a b")], "InvalidParameter.UserName.InvalidChars");
    }
    let call = |params: &[(&str, &str)], code| a.client.refused("Ram", "CreateLoginProfile", params, code);
    call(&[ALICE], "MissingPassword");
    call(&[("UserName", "nobody"), PASSWORD], "EntityNotExist.User");
    call(&[ALICE, ("Password", "short")], "InvalidParameter.Password.TooWeak");
    call(&[ALICE, PASSWORD, ("PasswordResetRequired", "maybe")], "InvalidParameter.PasswordResetRequired");
    a.must("Ram", "CreateLoginProfile", &[ALICE, PASSWORD]);
    call(&[ALICE, PASSWORD], "EntityAlreadyExists.User.LoginProfile");
    let weak = [ALICE, ("Password", "short")];
    a.client.refused("Ram", "UpdateLoginProfile", &weak, "InvalidParameter.Password.TooWeak");
    // Of another account it is not there.
    let b = with_alice();
    b.client.refused("Ram", "GetLoginProfile", &[ALICE], "EntityNotExist.User.LoginProfile");
}

#[test]
fn a_profile_is_shown_as_it_was_set() {
    let a = with_alice();
    let made = a.must("Ram", "CreateLoginProfile", &[ALICE, PASSWORD]);
    complete("Ram", "CreateLoginProfile", &made, &[]);
    assert_eq!(made["LoginProfile"]["PasswordResetRequired"], false);
    assert_eq!(made["LoginProfile"]["MFABindRequired"], false);
    let change = [ALICE, ("PasswordResetRequired", "true"), ("MFABindRequired", "true")];
    complete("Ram", "UpdateLoginProfile", &a.must("Ram", "UpdateLoginProfile", &change), &[]);
    // What is left out stays.
    a.must("Ram", "UpdateLoginProfile", &[ALICE, ("Password", "battery staple")]);
    let shown = a.must("Ram", "GetLoginProfile", &[ALICE]);
    complete("Ram", "GetLoginProfile", &shown, &[]);
    assert_eq!(shown["LoginProfile"]["PasswordResetRequired"], true);
    assert_eq!(shown["LoginProfile"]["MFABindRequired"], true);
    assert_eq!(shown["LoginProfile"]["CreateDate"], made["LoginProfile"]["CreateDate"]);
    assert!(!shown.to_string().contains("staple"));
    complete("Ram", "DeleteLoginProfile", &a.must("Ram", "DeleteLoginProfile", &[ALICE]), &[]);
    a.client.refused("Ram", "GetLoginProfile", &[ALICE], "EntityNotExist.User.LoginProfile");
    a.must("Ram", "CreateLoginProfile", &[ALICE, PASSWORD, ("MFABindRequired", "true")]);
    assert_eq!(a.must("Ram", "GetLoginProfile", &[ALICE])["LoginProfile"]["MFABindRequired"], true);
}

#[test]
fn a_user_goes_after_its_profile() {
    let a = with_alice();
    a.must("Ram", "CreateLoginProfile", &[ALICE, PASSWORD]);
    a.client.refused("Ram", "DeleteUser", &[ALICE], "DeleteConflict.User.LoginProfile");
    a.must("Ram", "DeleteLoginProfile", &[ALICE]);
    a.must("Ram", "DeleteUser", &[ALICE]);
    a.must("Ram", "CreateUser", &[ALICE]);
    a.client.refused("Ram", "GetLoginProfile", &[ALICE], "EntityNotExist.User.LoginProfile");
}

/// S0-46, S3-46, X8: complexity is configurable, and by default digits pass.
#[test]
fn a_password_meets_the_policy_of_its_account() {
    let a = with_alice();
    let create = |password: &str, code| {
        a.client.refused("Ram", "CreateLoginProfile", &[ALICE, ("Password", password)], code)
    };
    let strict = [
        ("MinimumPasswordLength", "10"),
        ("RequireLowercaseCharacters", "true"),
        ("RequireUppercaseCharacters", "true"),
        ("RequireNumbers", "true"),
        ("RequireSymbols", "true"),
    ];
    a.must("Ram", "SetPasswordPolicy", &strict);
    for (password, what) in [
        ("Ab1!Ab1!A", "10 to 32 characters"),
        ("AAAAAAAAA1!", "lower-case"),
        ("aaaaaaaaa1!", "upper-case"),
        ("aaaaaaaaaA!", "digit"),
        ("aaaaaaaaaA1", "neither letter nor digit"),
    ] {
        let failure = create(password, "InvalidParameter.Password.TooWeak");
        assert!(failure.message.contains(what), "{password}: {}", failure.message);
        assert!(!failure.message.contains(password), "{}", failure.message);
    }
    a.must("Ram", "CreateLoginProfile", &[ALICE, ("Password", "aaaaaaaA1!")]);
    let b = with_alice();
    b.must("Ram", "CreateLoginProfile", &[ALICE, ("Password", "12345678")]);
}
