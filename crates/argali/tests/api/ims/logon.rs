//! How people log on, as IMS shows it: the same records that RAM shows, and more of each.

use argali_testkit::{Authenticator, Enterprise, TestServer, hours};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::{shared, tenant, tenant_on};

const ALICE: (&str, &str) = ("UserName", "alice");

fn with_alice(a: &Enterprise) -> String {
    a.must("Ram", "CreateUser", &[ALICE, ("DisplayName", "Alice")]);
    format!("alice@{}.onaliyun.com", a.alias)
}

#[test]
fn a_login_profile_is_the_one_that_ram_shows() {
    let a = tenant();
    let name = with_alice(&a);
    let alice = ("UserPrincipalName", name.as_str());
    for action in ["GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"] {
        a.client.refused("Ims", action, &[alice], "EntityNotExist.User.LoginProfile");
        let nobody = format!("nobody@{}", a.alias);
        a.client.refused("Ims", action, &[("UserPrincipalName", &nobody)], "EntityNotExist.User");
    }
    let weak = [alice, ("Password", "short")];
    a.client.refused("Ims", "CreateLoginProfile", &weak, "InvalidParameter.Password.TooWeak");
    let status = [alice, ("Status", "Asleep")];
    a.client.refused("Ims", "CreateLoginProfile", &status, "InvalidParameter.Status");
    // Without a password there is one that nobody knows.
    let made = a.must("Ims", "CreateLoginProfile", &[alice, ("Status", "Inactive")]);
    complete("Ims", "CreateLoginProfile", &made, &[]);
    assert_eq!(made["LoginProfile"]["Status"], "Inactive");
    assert_eq!(made["LoginProfile"]["PasswordStatus"], "InitialValid");
    assert_eq!(made["LoginProfile"]["UserPrincipalName"], name);
    a.client.refused("Ims", "CreateLoginProfile", &[alice], "EntityAlreadyExists.User.LoginProfile");
    a.client.refused(
        "Ram",
        "CreateLoginProfile",
        &[ALICE, ("Password", "password-0")],
        "EntityAlreadyExists.User.LoginProfile",
    );
    a.must("Ims", "UpdateLoginProfile", &[alice, ("Status", "Active"), ("MFABindRequired", "true")]);
    assert_eq!(a.must("Ram", "GetLoginProfile", &[ALICE])["LoginProfile"]["MFABindRequired"], true);
    let shown = a.must("Ims", "GetLoginProfile", &[alice]);
    assert_eq!(shown["LoginProfile"]["Status"], "Active");
    a.must("Ims", "DeleteLoginProfile", &[alice]);
    a.client.refused("Ram", "GetLoginProfile", &[ALICE], "EntityNotExist.User.LoginProfile");
}

#[test]
fn an_initial_password_expires_unless_its_user_changes_it() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let name = with_alice(&a);
    let alice = ("UserPrincipalName", name.as_str());
    let key = a.must("Ram", "CreateAccessKey", &[ALICE]);
    let status = || text(&a.must("Ims", "GetLoginProfile", &[alice])["LoginProfile"]["PasswordStatus"]);
    a.must("Ims", "CreateLoginProfile", &[alice, ("Password", "password-0")]);
    server.clock().advance(hours(14 * 24 - 1));
    assert_eq!(status(), "InitialValid");
    server.clock().advance(hours(1));
    assert_eq!(status(), "InitialExpired");
    a.must("Ims", "SetPasswordPolicy", &[("InitialPasswordAge", "0")]);
    assert_eq!(status(), "InitialValid");
    let own = argali_testkit::Credentials {
        access_key_id: text(&key["AccessKey"]["AccessKeyId"]),
        access_key_secret: argali_protocol::Secret::new(text(&key["AccessKey"]["AccessKeySecret"])),
        security_token: None,
    };
    let change = [("OldPassword", "password-0"), ("NewPassword", "password-1")];
    a.client.with_credentials(own).must("Ims", "ChangePassword", &change);
    assert_eq!(status(), "NotInitial");
}

#[test]
fn a_password_policy_is_shown_in_full() {
    let a = tenant();
    for (parameter, value) in [
        ("MinimumPasswordLength", "33"),
        ("MinimumPasswordDifferentCharacter", "9"),
        ("InitialPasswordAge", "91"),
        ("MaxLoginAttemps", "33"),
    ] {
        let code = format!("InvalidParameter.{parameter}.Range");
        a.client.refused("Ims", "SetPasswordPolicy", &[(parameter, value)], &code);
    }
    a.must("Ram", "SetPasswordPolicy", &[("HardExpiry", "true"), ("MaxPasswordAge", "90")]);
    let change = [
        ("MinimumPasswordDifferentCharacter", "5"),
        ("PasswordNotContainUserName", "true"),
        ("InterceptRiskPasswordOnApi", "true"),
    ];
    let set = a.must("Ims", "SetPasswordPolicy", &change);
    complete("Ims", "SetPasswordPolicy", &set, &[]);
    let shown = a.must("Ims", "GetPasswordPolicy", &[]);
    complete("Ims", "GetPasswordPolicy", &shown, &[]);
    let policy = &shown["PasswordPolicy"];
    assert_eq!((&policy["HardExpire"], &policy["MaxPasswordAge"]), (&json!(true), &json!(90)));
    assert_eq!((&policy["InitialPasswordAge"], &policy["MinimumPasswordLength"]), (&json!(14), &json!(8)));
    with_alice(&a);
    for weak in ["12121212", "x-Alice-y", "password1"] {
        let params = [ALICE, ("Password", weak)];
        a.client.refused("Ram", "CreateLoginProfile", &params, "InvalidParameter.Password.TooWeak");
    }
}

#[test]
fn a_security_preference_is_shown_in_full() {
    let a = tenant();
    for (parameter, value) in [
        ("MFAOperationForLogin", "sometimes"),
        ("MaxIdleDaysForUsers", "91"),
        ("MaxIdleDaysForAccessKeys", "0"),
        ("VerificationTypes", "sms"),
        ("OperationForRiskLogin", "ignore"),
        ("LoginSessionDuration", "25"),
    ] {
        let code = format!("InvalidParameter.{parameter}");
        a.client.refused("Ims", "SetSecurityPreference", &[(parameter, value)], &code);
    }
    a.must("Ram", "SetSecurityPreference", &[("LoginSessionDuration", "3")]);
    let change = [
        ("MFAOperationForLogin", "adaptive"),
        ("MaxIdleDaysForUsers", "90"),
        ("VerificationTypes", r#"["sms"]"#),
        ("OperationForRiskLogin", "autonomous"),
    ];
    let set = a.must("Ims", "SetSecurityPreference", &change);
    complete("Ims", "SetSecurityPreference", &set, &[]);
    let shown = a.must("Ims", "GetSecurityPreference", &[]);
    complete("Ims", "GetSecurityPreference", &shown, &[]);
    let preference = &shown["SecurityPreference"];
    assert_eq!(preference["LoginProfilePreference"]["LoginSessionDuration"], 3);
    assert_eq!(preference["LoginProfilePreference"]["MFAOperationForLogin"], "adaptive");
    assert_eq!(
        preference["MaxIdleDays"],
        json!({ "MaxIdleDaysForAccessKeys": 730, "MaxIdleDaysForUsers": 90 })
    );
    let older = a.must("Ims", "SetSecurityPreference", &[("EnforceMFAForLogin", "true")]);
    let preference = &older["SecurityPreference"]["LoginProfilePreference"];
    assert_eq!(preference["MFAOperationForLogin"], "mandatory");
}

#[test]
fn mfa_devices_are_those_that_ram_shows() {
    let a = tenant();
    let name = with_alice(&a);
    let alice = ("UserPrincipalName", name.as_str());
    let made = a.must("Ims", "CreateVirtualMFADevice", &[("VirtualMFADeviceName", "alice")]);
    complete("Ims", "CreateVirtualMFADevice", &made, &[]);
    a.must("Ims", "CreateVirtualMFADevice", &[("VirtualMFADeviceName", "spare")]);
    let device = &made["VirtualMFADevice"];
    let [first, second] =
        Authenticator::new(&text(&device["Base32StringSeed"])).codes(shared().clock().now());
    let shown = a.must("Ims", "GetUserMFAInfo", &[alice]);
    assert_eq!((&shown["IsMFAEnable"], &shown["MFADevice"]), (&json!(false), &Value::Null));
    a.client.refused("Ims", "DisableVirtualMFA", &[alice], "EntityNotExist.User.MFADevice");
    let serial = text(&device["SerialNumber"]);
    let bind =
        [alice, ("SerialNumber", &serial), ("AuthenticationCode1", &first), ("AuthenticationCode2", &second)];
    a.must("Ims", "BindMFADevice", &bind);
    let shown = a.must("Ims", "GetUserMFAInfo", &[alice]);
    complete("Ims", "GetUserMFAInfo", &shown, &[]);
    assert_eq!(a.must("Ram", "GetUserMFAInfo", &[ALICE])["MFADevice"], shown["MFADevice"]);
    let page = a.must("Ims", "ListVirtualMFADevices", &[("MaxItems", "1")]);
    complete("Ims", "ListVirtualMFADevices", &page, &[]);
    let listed = &page["VirtualMFADevices"]["VirtualMFADevice"];
    assert_eq!(
        (listed.as_array().unwrap().len(), text(&listed[0]["User"]["UserPrincipalName"])),
        (1, name.clone())
    );
    let marker = text(&page["Marker"]);
    let rest = a.must("Ims", "ListVirtualMFADevices", &[("Marker", &marker)]);
    assert_eq!(rest["IsTruncated"], false);
    assert_eq!(a.must("Ims", "GetAccountMFAInfo", &[])["IsMFAEnable"], false);
    // The device goes with its binding.
    a.must("Ims", "DisableVirtualMFA", &[alice]);
    let serial = [("SerialNumber", serial.as_str())];
    a.client.refused("Ims", "DeleteVirtualMFADevice", &serial, "EntityNotExist.VirtualMFADevice");
}
