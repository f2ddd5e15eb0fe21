//! Logging on with a passkey in place of a code.

use argali_testkit::{Delegation, Enterprise, PasskeyDevice, TestServer, minutes, trust};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::passkey::{
    answer, by_name, challenge, first_step, log_on, origin, outside_origin, register, show,
};
use crate::person::{Person, bind_device};
use crate::stage::text;
use crate::world::{on_each_engine, tenant_on};

const FAILED: &str = "Logon.Failed";
const ROLE: (&str, &str) = ("company-a", "ecs-admin");

/// An account whose alice has a passkey.
fn world(server: &TestServer) -> (Enterprise, Person<'_>, PasskeyDevice) {
    let a = by_name(tenant_on(server));
    a.user("alice");
    let alice = Person::of(server, &a, "alice");
    let device = register(&alice, &a);
    (a, alice, device)
}

fn needs(a: &Enterprise, user: &str) -> Option<String> {
    first_step(a, user)["Need"].as_str().map(str::to_owned)
}

fn prefer(a: &Enterprise, name: &str, value: &str) {
    a.must("Ims", "SetSecurityPreference", &[(name, value)]);
}

/// The passkeys of alice.
fn listed(a: &Enterprise) -> Vec<Value> {
    let name = format!("alice@{}", a.id);
    let answer = a.must("Ims", "ListPasskeys", &[("UserPrincipalName", &name)]);
    answer["Passkeys"].as_array().unwrap().clone()
}

fn delete(a: &Enterprise) {
    let (name, id) = (format!("alice@{}", a.id), text(&listed(a)[0]["PasskeyId"]));
    a.must("Ims", "DeletePasskey", &[("UserPrincipalName", &name), ("PasskeyId", &id)]);
}

#[test]
fn a_passkey_is_asked_for_and_shown_after_the_password() {
    on_each_engine(|server| {
        let (a, ..) = world(server);
        let device = register(
            &Person::holding(server, &a, &{
                // Whoever has a passkey owes it, however it is with others.
                let step = first_step(&a, "alice");
                assert_eq!((&step["Need"], &step["HasPasskey"]), (&json!("Passkey"), &json!(true)));
                assert!(step["Session"].is_null(), "{step}");
                a.must("Ims", "SetSecurityPreference", &[("AllowUserToLoginWithPasskey", "false")]);
                let session = text(&first_step(&a, "alice")["Session"]);
                a.must("Ims", "SetSecurityPreference", &[("AllowUserToLoginWithPasskey", "true")]);
                session
            }),
            &a,
        );
        let step = first_step(&a, "alice");
        let asked = challenge(&a, &step).unwrap()["PublicKey"].clone();
        assert_eq!((&asked["rpId"], &asked["userVerification"]), (&json!("localhost"), &json!("required")));
        assert_eq!(asked["allowCredentials"].as_array().unwrap().len(), 2);
        let done = show(&a, &step, &device.get(&asked, &outside_origin(&a))).unwrap();
        let alice = Person::holding(server, &a, done["Session"].as_str().unwrap());
        let shown = alice.must("Argali", "GetLogonSession", &[]);
        assert_eq!((&shown["MFAPresent"], &shown["HasPasskey"]), (&json!(true), &json!(true)));
        assert_eq!(listed(&a).iter().filter(|passkey| passkey["LastUseDate"].is_string()).count(), 1);
    });
}

#[test]
fn what_is_not_shown_here_and_now_is_refused() {
    let server = TestServer::start();
    let (a, alice, device) = world(&server);
    let here = outside_origin(&a);
    a.user("bob");
    let of_bob = register(&Person::of(&server, &a, "bob"), &a);
    let registering = alice.must("Argali", "BeginPasskeyRegistration", &[])["PublicKey"].clone();
    // Each in an attempt of its own: five that are wrong end one.
    let refused = |what: &str, credential: &dyn Fn(&Value) -> String| {
        let step = first_step(&a, "alice");
        let asked = challenge(&a, &step).unwrap()["PublicKey"].clone();
        let failure = show(&a, &step, &credential(&asked)).unwrap_err();
        assert_eq!(failure.code, FAILED, "{what}: {failure}");
        server.clock().advance(minutes(16));
        step
    };
    refused("nothing", &|_| "{}".to_owned());
    refused("much", &|_| format!("[{}]", "0".repeat(17_000)));
    refused("another origin", &|asked| device.get(asked, "http://evil.example"));
    refused("another scheme", &|asked| device.get(asked, &origin(&a)));
    refused("another passkey", &|asked| PasskeyDevice::new().get(asked, &here));
    refused("somebody else's", &|asked| of_bob.get(asked, &here));
    refused("another challenge", &|_| {
        device.get(&json!({ "challenge": "AAAA", "rpId": "localhost" }), &here)
    });
    refused("the challenge of another attempt", &|_| {
        let other = challenge(&a, &first_step(&a, "alice")).unwrap();
        device.get(&other["PublicKey"], &here)
    });
    refused("a challenge for something else", &|_| {
        let mut options = registering.clone();
        options["rpId"] = json!("localhost");
        device.get(&options, &here)
    });
    let late = refused("a challenge that is over", &|asked| {
        server.clock().advance(minutes(5));
        device.get(asked, &here)
    });
    assert_eq!(challenge(&a, &late).unwrap_err().code, "Logon.Ended", "an attempt ends, too");
    refused("another relying party", &|asked| {
        let mut asked = asked.clone();
        asked["rpId"] = json!("evil.example");
        device.get(&asked, &here)
    });
    log_on(&a, "alice", &device);
    refused("a copy", &|asked| {
        device.count_from(1);
        device.get(asked, &here)
    });
    device.count_from(100);
    let step = first_step(&a, "alice");
    let asked = challenge(&a, &step).unwrap()["PublicKey"].clone();
    let shown = device.get(&asked, &here);
    show(&a, &step, &shown).unwrap();
    device.count_from(200);
    assert_eq!(
        show(&a, &step, &device.get(&asked, &here)).unwrap_err().code,
        FAILED,
        "a challenge is met once"
    );
    assert_eq!(show(&a, &step, &shown).unwrap_err().code, FAILED);
    // A device that does not find out who uses it is no second factor.
    let careless = PasskeyDevice::new().careless();
    assert_eq!(answer(&a, &first_step(&a, "alice"), &careless).unwrap_err().code, FAILED);
}

#[test]
fn five_that_are_wrong_end_the_attempt() {
    let server = TestServer::start();
    let (a, _, device) = world(&server);
    let step = first_step(&a, "alice");
    for _ in 0..5 {
        assert_eq!(show(&a, &step, "{}").unwrap_err().code, FAILED);
    }
    assert_eq!(answer(&a, &step, &device).unwrap_err().code, FAILED, "even the right one");
}

#[test]
fn at_another_address_a_passkey_is_none() {
    let server = TestServer::start();
    let (a, ..) = world(&server);
    let name = format!("alice@{}", a.id);
    let by_number = server.account("elsewhere", "55667788").client;
    let params = [("LogonName", name.as_str()), ("Password", crate::person::PASSWORD)];
    let step = by_number.call_unsigned("Argali", "LogOn", &params).unwrap();
    assert_eq!(step["Need"], "Passkey", "it is owed all the same");
    let attempt = text(&step["Attempt"]);
    let asked = by_number.call_unsigned("Argali", "BeginPasskeyLogon", &[("Attempt", &attempt)]);
    assert_eq!(asked.unwrap_err().code, "NotSupport.Passkey");
}

#[test]
fn a_code_does_as_well_and_either_is_enough_where_one_must_be_shown() {
    let server = TestServer::start();
    let (a, _, device) = world(&server);
    prefer(&a, "MFAOperationForLogin", "mandatory");
    log_on(&a, "alice", &device);
    let app = bind_device(&server, &a, "alice");
    let step = first_step(&a, "alice");
    assert_eq!((&step["Need"], &step["HasPasskey"]), (&json!("MFACode"), &json!(true)));
    answer(&a, &step, &device).unwrap();
    Person::log_on_with(&server, &a, "alice", &app);
    // Whoever must choose another password still does so after a passkey.
    let name = [("UserName", "alice"), ("PasswordResetRequired", "true")];
    a.must("Ram", "UpdateLoginProfile", &name);
    let step = answer(&a, &first_step(&a, "alice"), &device).unwrap();
    assert_eq!(step["Need"], "NewPassword");
    let attempt = text(&step["Attempt"]);
    let params = [("Attempt", attempt.as_str()), ("NewPassword", "battery staple")];
    let done = a.client.call_unsigned("Argali", "LogOnWithNewPassword", &params).unwrap();
    let alice = Person::holding(&server, &a, done["Session"].as_str().unwrap());
    assert_eq!(alice.must("Argali", "GetLogonSession", &[])["MFAPresent"], true);
}

#[test]
fn whoever_must_have_a_factor_and_has_a_passkey_binds_no_device() {
    let server = TestServer::start();
    let (a, _, device) = world(&server);
    a.must("Ram", "UpdateLoginProfile", &[("UserName", "alice"), ("MFABindRequired", "true")]);
    for everybody in ["independent", "mandatory"] {
        prefer(&a, "MFAOperationForLogin", everybody);
        assert_eq!(needs(&a, "alice").as_deref(), Some("Passkey"), "{everybody}");
        let alice = Person::holding(&server, &a, &log_on(&a, "alice", &device));
        assert_eq!(alice.must("Argali", "GetLogonSession", &[])["MFAPresent"], true);
    }
    // Whoever has neither binds one.
    delete(&a);
    assert_eq!(needs(&a, "alice").as_deref(), Some("MFADevice"));
}

#[test]
fn where_the_account_accepts_none_a_passkey_is_none() {
    let server = TestServer::start();
    let (a, _, device) = world(&server);
    let step = first_step(&a, "alice");
    let asked = challenge(&a, &step).unwrap()["PublicKey"].clone();
    let alice = Person::holding(&server, &a, &log_on(&a, "alice", &device));
    prefer(&a, "AllowUserToLoginWithPasskey", "false");
    assert_eq!(show(&a, &step, &device.get(&asked, &outside_origin(&a))).unwrap_err().code, FAILED);
    assert_eq!(challenge(&a, &step).unwrap_err().code, "EntityNotExist.User.Passkey");
    assert_eq!(
        alice.must("Argali", "GetLogonSession", &[])["MFAPresent"],
        false,
        "what it showed counts no more"
    );
    assert_eq!(needs(&a, "alice"), None);
    prefer(&a, "MFAOperationForLogin", "mandatory");
    assert_eq!(needs(&a, "alice").as_deref(), Some("MFADevice"));
    prefer(&a, "AllowUserToLoginWithPasskey", "true");
    assert_eq!(alice.must("Argali", "GetLogonSession", &[])["MFAPresent"], true);
    assert_eq!(needs(&a, "alice").as_deref(), Some("Passkey"));
}

#[test]
fn a_browser_may_stand_for_a_passkey_until_that_goes() {
    let server = TestServer::start();
    let (a, _, device) = world(&server);
    prefer(&a, "EnableSaveMFATicket", "true");
    let step = first_step(&a, "alice");
    let asked = challenge(&a, &step).unwrap()["PublicKey"].clone();
    let (attempt, shown) = (text(&step["Attempt"]), device.get(&asked, &outside_origin(&a)));
    let params = [("Attempt", attempt.as_str()), ("Credential", &shown), ("RememberMFA", "true")];
    let browser =
        text(&a.client.call_unsigned("Argali", "LogOnWithPasskey", &params).unwrap()["DeviceToken"]);
    let name = format!("alice@{}", a.id);
    let log_on = || {
        let params =
            [("LogonName", name.as_str()), ("Password", crate::person::PASSWORD), ("DeviceToken", &browser)];
        a.client.call_unsigned("Argali", "LogOn", &params).unwrap()["Need"].clone()
    };
    assert_eq!(log_on(), Value::Null);
    let alice = Person::holding(&server, &a, &crate::passkey::log_on(&a, "alice", &device));
    register(&alice, &a);
    assert_eq!(log_on(), Value::Null, "another beside it changes nothing");
    let mine = listed(&a);
    let mine = mine.iter().find(|passkey| passkey["LastUseDate"].is_string()).unwrap();
    a.must("Ims", "DeletePasskey", &[("UserPrincipalName", &name), ("PasskeyId", &text(&mine["PasskeyId"]))]);
    assert_eq!(log_on(), "Passkey");
}

/// A second factor counts along the chain for as long as its passkey is its owner's.
#[test]
fn a_passkey_counts_along_the_chain() {
    let server = TestServer::start();
    let Delegation { a, b, role_arn, .. } = Delegation::set_up(&server);
    let b = by_name(b);
    let mut document = trust(&[&b.root_arn()]);
    document["Statement"][0]["Condition"] = json!({ "Bool": { "acs:MFAPresent": "true" } });
    let params = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", &document.to_string())];
    a.must("Ram", "UpdateRole", &params);
    let alice = Person::of(&server, &b, "alice");
    assert_eq!(alice.switch(ROLE).unwrap_err().code, "NoPermission");
    let device = register(&alice, &b);
    assert_eq!(alice.switch(ROLE).unwrap_err().code, "NoPermission", "to have one is not to show it");
    let alice = Person::holding(&server, &b, &log_on(&b, "alice", &device));
    alice.switch(ROLE).unwrap();
    let session = alice.assume(&role_arn);
    assert_eq!(alice.ask_in(ROLE), "good");
    session.must("Ecs", "DescribeInstances", &[("RegionId", "cn-hangzhou")]);
    delete(&b);
    assert_eq!(alice.ask_in(ROLE), "InvalidSecurityToken.Revoked");
    session.refused(
        "Ecs",
        "DescribeInstances",
        &[("RegionId", "cn-hangzhou")],
        "InvalidSecurityToken.Revoked",
    );
    assert_eq!(
        alice.must("Argali", "GetLogonSession", &[])["MFAPresent"],
        false,
        "the password still counts"
    );
}
