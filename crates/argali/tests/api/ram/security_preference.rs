//! The security preference, as RAM shows it.

use serde_json::json;

use crate::expect::Calls;
use crate::shape::complete;
use crate::world::tenant;

#[test]
fn what_makes_no_sense_is_refused() {
    let a = tenant();
    let too_long = vec!["255.255.255.255"; 33].join(";");
    for (parameter, value) in [
        ("LoginSessionDuration", "0"),
        ("LoginSessionDuration", "25"),
        ("LoginNetworkMasks", "10.0.0.0/33"),
        ("LoginNetworkMasks", "somewhere"),
        ("LoginNetworkMasks", "10.0.0.1,10.0.0.2"),
        ("LoginNetworkMasks", &too_long),
        ("EnableSaveMFATicket", "perhaps"),
    ] {
        let code = format!("InvalidParameter.{parameter}");
        a.client.refused("Ram", "SetSecurityPreference", &[(parameter, value)], &code);
    }
}

#[test]
fn a_preference_is_shown_as_it_was_set() {
    let a = tenant();
    let shown = a.must("Ram", "GetSecurityPreference", &[]);
    complete("Ram", "GetSecurityPreference", &shown, &[]);
    let default = json!({
        "LoginProfilePreference": {
            "AllowUserToChangePassword": true, "EnableSaveMFATicket": false, "LoginNetworkMasks": "",
            "LoginSessionDuration": 6,
        },
        "AccessKeyPreference": { "AllowUserToManageAccessKeys": false },
        "MFAPreference": { "AllowUserToManageMFADevices": true },
        "PublicKeyPreference": { "AllowUserToManagePublicKeys": false },
    });
    assert_eq!(shown["SecurityPreference"], default);
    let change = [
        ("AllowUserToChangePassword", "false"),
        ("EnableSaveMFATicket", "true"),
        ("LoginNetworkMasks", "10.0.0.0/8;192.168.1.7"),
        ("LoginSessionDuration", "24"),
        ("AllowUserToManageAccessKeys", "true"),
        ("AllowUserToManageMFADevices", "false"),
        ("AllowUserToManagePublicKeys", "true"),
    ];
    let set = a.must("Ram", "SetSecurityPreference", &change);
    complete("Ram", "SetSecurityPreference", &set, &[]);
    // What is left out stays.
    a.must("Ram", "SetSecurityPreference", &[("LoginSessionDuration", "1")]);
    let expected = json!({
        "LoginProfilePreference": {
            "AllowUserToChangePassword": false, "EnableSaveMFATicket": true,
            "LoginNetworkMasks": "10.0.0.0/8;192.168.1.7", "LoginSessionDuration": 1,
        },
        "AccessKeyPreference": { "AllowUserToManageAccessKeys": true },
        "MFAPreference": { "AllowUserToManageMFADevices": false },
        "PublicKeyPreference": { "AllowUserToManagePublicKeys": true },
    });
    assert_eq!(a.must("Ram", "GetSecurityPreference", &[])["SecurityPreference"], expected);
    let cleared = a.must("Ram", "SetSecurityPreference", &[("LoginNetworkMasks", "")]);
    assert_eq!(cleared["SecurityPreference"]["LoginProfilePreference"]["LoginNetworkMasks"], "");
    // Each account has its own.
    assert_eq!(tenant().must("Ram", "GetSecurityPreference", &[])["SecurityPreference"], default);
}

#[test]
fn users_manage_their_own_keys_if_the_account_lets_them() {
    let a = tenant();
    let alice = a.user("alice");
    a.user("bob");
    alice.refused("Ram", "CreateAccessKey", &[], "NoPermission");
    a.must("Ram", "SetSecurityPreference", &[("AllowUserToManageAccessKeys", "true")]);
    let made = alice.must("Ram", "CreateAccessKey", &[]);
    let key = made["AccessKey"]["AccessKeyId"].as_str().unwrap();
    let key = ("UserAccessKeyId", key);
    alice.must("Ram", "UpdateAccessKey", &[("UserName", "ALICE"), key, ("Status", "Inactive")]);
    alice.must("Ram", "ListAccessKeys", &[]);
    alice.must("Ram", "DeleteAccessKey", &[key]);
    // Their own alone, and nothing else.
    for params in [&[("UserName", "bob")][..], &[("UserName", "nobody")]] {
        alice.refused("Ram", "CreateAccessKey", params, "NoPermission");
        alice.refused("Ram", "ListAccessKeys", params, "NoPermission");
    }
    alice.refused("Ram", "GetUser", &[("UserName", "alice")], "NoPermission");
    // A session of a role has nothing of its own.
    let role = a.role("idle", &[&a.root_arn()], &[]);
    a.grant("alice", "AliyunSTSAssumeRoleAccess");
    alice.assume(&role, "at-work").unwrap().refused("Ram", "ListAccessKeys", &[], "NoPermission");
    a.must("Ram", "SetSecurityPreference", &[("AllowUserToManageAccessKeys", "false")]);
    alice.refused("Ram", "ListAccessKeys", &[], "NoPermission");
}
