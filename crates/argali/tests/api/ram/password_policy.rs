//! The password policy, as RAM shows it.

use serde_json::json;

use crate::expect::Calls;
use crate::shape::complete;
use crate::world::tenant;

#[test]
fn numbers_have_their_ranges() {
    let a = tenant();
    for (parameter, bad) in [
        ("MinimumPasswordLength", ["7", "33", "-1"]),
        ("MaxPasswordAge", ["-1", "1096", "70000"]),
        ("PasswordReusePrevention", ["-1", "25", "300"]),
        ("MaxLoginAttemps", ["-1", "33", "256"]),
    ] {
        for value in bad {
            let code = format!("InvalidParameter.{parameter}.Range");
            a.client.refused("Ram", "SetPasswordPolicy", &[(parameter, value)], &code);
        }
        let code = format!("InvalidParameter.{parameter}");
        a.client.refused("Ram", "SetPasswordPolicy", &[(parameter, "many")], &code);
    }
    assert_eq!(a.must("Ram", "GetPasswordPolicy", &[])["PasswordPolicy"]["MinimumPasswordLength"], 8);
}

#[test]
fn a_policy_is_shown_as_it_was_set() {
    let a = tenant();
    let shown = a.must("Ram", "GetPasswordPolicy", &[]);
    complete("Ram", "GetPasswordPolicy", &shown, &[]);
    let default = json!({
        "MinimumPasswordLength": 8, "RequireLowercaseCharacters": false, "RequireUppercaseCharacters": false,
        "RequireNumbers": false, "RequireSymbols": false, "HardExpiry": false, "MaxPasswordAge": 0,
        "PasswordReusePrevention": 0, "MaxLoginAttemps": 0,
    });
    assert_eq!(shown["PasswordPolicy"], default);
    let change = [
        ("MinimumPasswordLength", "12"),
        ("RequireLowercaseCharacters", "true"),
        ("RequireUppercaseCharacters", "true"),
        ("RequireNumbers", "true"),
        ("RequireSymbols", "true"),
        ("HardExpiry", "true"),
        ("MaxPasswordAge", "90"),
        ("PasswordReusePrevention", "24"),
        ("MaxLoginAttemps", "5"),
    ];
    let set = a.must("Ram", "SetPasswordPolicy", &change);
    complete("Ram", "SetPasswordPolicy", &set, &[]);
    // What is left out stays.
    a.must("Ram", "SetPasswordPolicy", &[("RequireSymbols", "false")]);
    let shown = a.must("Ram", "GetPasswordPolicy", &[]);
    assert_eq!(
        shown["PasswordPolicy"],
        json!({
            "MinimumPasswordLength": 12, "RequireLowercaseCharacters": true, "RequireUppercaseCharacters": true,
            "RequireNumbers": true, "RequireSymbols": false, "HardExpiry": true, "MaxPasswordAge": 90,
            "PasswordReusePrevention": 24, "MaxLoginAttemps": 5,
        })
    );
    // Each account has its own.
    assert_eq!(tenant().must("Ram", "GetPasswordPolicy", &[])["PasswordPolicy"], default);
}
