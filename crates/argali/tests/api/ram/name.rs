//! Names and texts that callers choose: their lengths and characters, in every operation that takes them.
// SPEC: limits, names.

use argali_testkit::{allow, trust};

use crate::expect::Calls;
use crate::ram::state;
use crate::world::tenant;

/// What is wrong with a text, as codes say it.
const LENGTH: &str = "Length";
const CHARS: &str = "InvalidChars";

#[test]
fn names_have_their_length_and_characters() {
    let a = tenant();
    let document = allow(&["ecs:*"], &["*"]).to_string();
    let trust = trust(&[]).to_string();
    let policy = [("PolicyDocument", document.as_str())];
    let role = [("AssumeRolePolicyDocument", trust.as_str())];
    let before = state(&a);
    type Named<'t> = (&'t str, &'t str, usize, &'t str, &'t [(&'t str, &'t str)]);
    let names: [Named<'_>; 4] = [
        ("CreateUser", "UserName", 64, "a b a/b a@b ä 爱 a:b a* \u{7f}", &[]),
        ("CreateGroup", "GroupName", 64, "a b a/b a@b ä 爱 a:b a*", &[]),
        ("CreateRole", "RoleName", 64, "a_b a/b a@b ä 爱 a:b a*", &role),
        ("CreatePolicy", "PolicyName", 128, "a_b a.b a/b a@b ä 爱 a:b a*", &policy),
    ];
    for (action, parameter, longest, wrong, besides) in names {
        let call = |name: &str, reason: &str| {
            let params = [&[(parameter, name)], besides].concat();
            a.client.refused("Ram", action, &params, &format!("InvalidParameter.{parameter}.{reason}"));
        };
        call(&"a".repeat(longest + 1), LENGTH);
        call("a b", CHARS);
        call("../etc", CHARS);
        for name in wrong.split(' ').filter(|name| !name.is_ascii() || name.len() > 1) {
            call(name, CHARS);
        }
    }
    assert_eq!(state(&a), before, "a refused call changes nothing");
    for (action, parameter, longest, _, besides) in names {
        let long = "a".repeat(longest);
        a.must("Ram", action, &[&[(parameter, long.as_str())], besides].concat());
    }
}

#[test]
fn texts_have_their_length_and_form() {
    let a = tenant();
    let trust = trust(&[]).to_string();
    let (t129, t1025) = ("t".repeat(129), "t".repeat(1025));
    let user = [("UserName", "alice")];
    let group = [("GroupName", "ops")];
    let role = [("RoleName", "r"), ("AssumeRolePolicyDocument", trust.as_str())];
    type Text<'t> = (&'t str, &'t [(&'t str, &'t str)], &'t str, &'t str, &'t str);
    let texts: [Text<'_>; 8] = [
        ("CreateUser", &user, "DisplayName", &t129, "InvalidParameter.DisplayName.Length"),
        ("CreateUser", &user, "Comments", &t129, "InvalidParameter.Comments.Length"),
        ("CreateUser", &user, "Email", "not an address", "InvalidParameter.Email.Format"),
        ("CreateUser", &user, "MobilePhone", "call me", "InvalidParameter.MobilePhone.Format"),
        ("CreateGroup", &group, "Comments", &t129, "InvalidParameter.Comments.Length"),
        ("CreateRole", &role, "Description", &t1025, "InvalidParameter.Description.Length"),
        ("CreateRole", &role, "MaxSessionDuration", "3599", "InvalidParameter.MaxSessionDuration"),
        ("CreateRole", &role, "MaxSessionDuration", "43201", "InvalidParameter.MaxSessionDuration"),
    ];
    let before = state(&a);
    for (action, params, parameter, text, code) in texts {
        a.client.refused("Ram", action, &[params, &[(parameter, text)]].concat(), code);
    }
    assert_eq!(state(&a), before, "a refused call changes nothing");
    // 128 characters are counted as characters, not as bytes.
    let long = "爱".repeat(128);
    let made = a.must("Ram", "CreateUser", &[("UserName", "alice"), ("DisplayName", &long)]);
    assert_eq!(made["User"]["DisplayName"], long);
}

#[test]
fn a_number_or_a_switch_must_be_one() {
    let a = tenant();
    let trust = trust(&[]).to_string();
    let document = allow(&["ecs:*"], &["*"]).to_string();
    let cases = [
        ("ListUsers", vec![("MaxItems", "0")], "InvalidParameter.MaxItems"),
        ("ListUsers", vec![("MaxItems", "1001")], "InvalidParameter.MaxItems"),
        ("ListUsers", vec![("MaxItems", "ten")], "InvalidParameter.MaxItems"),
        ("ListUsers", vec![("MaxItems", "99999999999999999999")], "InvalidParameter.MaxItems"),
        ("ListGroups", vec![("MaxItems", "101")], "InvalidParameter.MaxItems"),
        (
            "CreateRole",
            vec![("RoleName", "r"), ("AssumeRolePolicyDocument", &trust), ("AllowConsoleLogin", "perhaps")],
            "InvalidParameter.AllowConsoleLogin",
        ),
        ("ListPolicies", vec![("PolicyType", "system")], "InvalidParameter.PolicyType"),
        (
            "DeletePolicy",
            vec![("PolicyName", "p"), ("CascadingDelete", "1")],
            "InvalidParameter.CascadingDelete",
        ),
        (
            "CreatePolicyVersion",
            vec![("PolicyName", "p"), ("PolicyDocument", &document), ("RotateStrategy", "Newest")],
            "InvalidParameter.RotateStrategy",
        ),
        (
            "GetPolicyVersion",
            vec![("PolicyName", "p"), ("PolicyType", "Custom"), ("VersionId", "1")],
            "InvalidParameter.VersionId.Format",
        ),
    ];
    for (action, params, code) in cases {
        a.client.refused("Ram", action, &params, code);
    }
    // Booleans come in any case, as Python writes them.
    for (number, text) in ["True", "true", "TRUE"].into_iter().enumerate() {
        let name = format!("role-{number}");
        let params =
            [("RoleName", name.as_str()), ("AssumeRolePolicyDocument", &trust), ("AllowConsoleLogin", text)];
        assert_eq!(a.must("Ram", "CreateRole", &params)["Role"]["RoleName"], name);
    }
}
