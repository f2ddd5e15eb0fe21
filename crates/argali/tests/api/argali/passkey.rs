//! Registering passkeys.

use argali_testkit::{Enterprise, PasskeyDevice, TestServer, minutes};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::passkey::{by_name, first_step, origin, register, register_on};
use crate::person::{PASSWORD, Person};
use crate::world::tenant_on;

/// An account whose alice is logged on.
fn world(server: &TestServer) -> (Enterprise, Person<'_>) {
    let a = by_name(tenant_on(server));
    a.user("alice");
    let alice = Person::of(server, &a, "alice");
    (a, alice)
}

fn wish(person: &Person<'_>) -> Value {
    person.must("Argali", "BeginPasskeyRegistration", &[])["PublicKey"].clone()
}

#[track_caller]
fn refused(person: &Person<'_>, credential: &str, code: &str) -> String {
    let params = [("PasskeyName", "My laptop"), ("Credential", credential)];
    person.refused("Argali", "RegisterPasskey", &params, code).message
}

#[test]
fn only_whoever_is_logged_on_registers_and_only_for_itself() {
    let server = TestServer::start();
    let (a, alice) = world(&server);
    a.client.refused("Argali", "BeginPasskeyRegistration", &[], "Logon.Required");
    let owner = {
        let params = [("Owner", a.id.as_str()), ("Password", &server.give_owner_password(&a))];
        let step = a.client.call_unsigned("Argali", "LogOn", &params).unwrap();
        Person::holding(&server, &a, step["Session"].as_str().unwrap())
    };
    owner.refused("Argali", "BeginPasskeyRegistration", &[], "NotSupport.Account");
    for (preference, code) in [
        ("AllowUserToManageMFADevices", "NoPermission"),
        ("AllowUserToLoginWithPasskey", "NotSupport.Passkey"),
    ] {
        let wish = wish(&alice);
        a.must("Ims", "SetSecurityPreference", &[(preference, "false")]);
        alice.refused("Argali", "BeginPasskeyRegistration", &[], code);
        refused(&alice, &PasskeyDevice::new().create(&wish, &origin(&a)), code);
        a.must("Ims", "SetSecurityPreference", &[(preference, "true")]);
    }
    server.clock().advance(minutes(16));
    alice.refused("Argali", "BeginPasskeyRegistration", &[], "Logon.VerificationRequired");
    refused(&alice, "{}", "Logon.VerificationRequired");
}

#[test]
fn where_browsers_allow_no_passkeys_none_is_asked_for() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    a.user("alice");
    let alice = Person::of(&server, &a, "alice");
    let failure = alice.refused("Argali", "BeginPasskeyRegistration", &[], "NotSupport.Passkey");
    assert!(failure.message.contains("https"), "{failure}");
    refused(&alice, "{}", "NotSupport.Passkey");
}

#[test]
fn what_was_not_made_here_and_now_is_refused() {
    let server = TestServer::start();
    let (a, alice) = world(&server);
    let (device, here) = (PasskeyDevice::new(), origin(&a));
    const BAD: &str = "InvalidParameter.Credential";
    for (credential, why) in [
        (String::new(), "mandatory"),
        ("{}".to_owned(), "cannot be read"),
        (format!("{{\"id\":\"{}\"}}", "A".repeat(20_000)), "cannot be read"),
        (device.create(&wish(&alice), "https://evil.example"), "a page of another address"),
        (
            device.create(&json!({ "challenge": "AAAA", "rp": { "id": "localhost" } }), &here),
            "another question",
        ),
        (device.get(&wish(&alice), &here), "cannot be read"),
        (PasskeyDevice::new().careless().create(&wish(&alice), &here), "did not verify"),
    ] {
        let code = if credential.is_empty() { "MissingCredential" } else { BAD };
        let message = refused(&alice, &credential, code);
        assert!(message.contains(why), "{message}");
    }
    let mut elsewhere = wish(&alice);
    elsewhere["rp"]["id"] = json!("evil.example");
    assert!(refused(&alice, &device.create(&elsewhere, &here), BAD).contains("for another address"));
    // Somebody else's challenge, one of another logon of hers, and one that is over.
    a.user("bob");
    let bob = Person::of(&server, &a, "bob");
    let again = Person::log_on(&server, &a, "alice");
    for other in [&bob, &again] {
        assert!(refused(&alice, &device.create(&wish(other), &here), BAD).contains("another question"));
    }
    let late = wish(&alice);
    server.clock().advance(minutes(5));
    assert!(refused(&alice, &device.create(&late, &here), BAD).contains("too long"));
    // A challenge is met once, whichever passkey is made with it.
    let once = wish(&alice);
    let params = [("PasskeyName", "First"), ("Credential", &device.create(&once, &here))];
    alice.must("Argali", "RegisterPasskey", &params);
    assert!(refused(&alice, &PasskeyDevice::new().create(&once, &here), BAD).contains("too long"));
    refused(&alice, &device.create(&wish(&alice), &here), "EntityAlreadyExists.User.Passkey");
    // What she may not call it.
    let credential = PasskeyDevice::new().create(&wish(&alice), &here);
    let long = "n".repeat(65);
    for (name, code) in [("", "MissingPasskeyName"), (long.as_str(), "InvalidParameter.PasskeyName.Length")] {
        let params = [("PasskeyName", name), ("Credential", credential.as_str())];
        alice.refused("Argali", "RegisterPasskey", &params, code);
    }
}

#[test]
fn a_user_registers_as_many_as_it_may() {
    let server = TestServer::start();
    let (a, alice) = world(&server);
    let options = wish(&alice);
    assert_eq!((&options["rp"]["id"], &options["attestation"]), (&json!("localhost"), &json!("none")));
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    let handle = options["user"]["id"].as_str().unwrap();
    assert_ne!(
        wish(&alice)["user"]["id"],
        handle,
        "a number that tells nothing, not even that it is the same user"
    );
    for count in 0..10 {
        let made = register_on(&alice, &a, &PasskeyDevice::new()).unwrap();
        assert_eq!(made["Passkey"]["PasskeyName"], "My laptop");
        if count < 9 {
            let known = wish(&alice)["excludeCredentials"].as_array().unwrap().len();
            assert_eq!(known, count + 1, "an authenticator makes one");
        }
    }
    alice.refused("Argali", "BeginPasskeyRegistration", &[], "LimitExceeded.User.Passkey");
    refused(&alice, "{}", "LimitExceeded.User.Passkey");
}

/// A passkey verifies in the course of a logon, and counts as a second factor from then on.
#[test]
fn a_passkey_verifies_whoever_is_logged_on() {
    let server = TestServer::start();
    let (a, alice) = world(&server);
    alice.refused("Argali", "BeginPasskeyVerification", &[], "EntityNotExist.User.Passkey");
    let device = register(&alice, &a);
    server.clock().advance(minutes(16));
    let ask = || alice.must("Argali", "BeginPasskeyVerification", &[])["PublicKey"].clone();
    let verify = |credential: &str| alice.call("Argali", "VerifyIdentity", &[("Credential", credential)]);
    let both = [("Password", PASSWORD), ("Credential", "{}")];
    alice.refused("Argali", "VerifyIdentity", &both, "MissingPassword");
    let step = first_step(&a, "alice");
    let for_logon = crate::passkey::challenge(&a, &step).unwrap()["PublicKey"].clone();
    for credential in [
        "{}".to_owned(),
        device.get(&ask(), "https://evil.example"),
        PasskeyDevice::new().get(&ask(), &origin(&a)),
        device.get(&for_logon, &origin(&a)),
    ] {
        assert_eq!(verify(&credential).unwrap_err().code, "Logon.Failed", "{credential}");
    }
    assert_eq!(alice.must("Argali", "GetLogonSession", &[])["MFAPresent"], false);
    let shown = device.get(&ask(), &origin(&a));
    verify(&shown).unwrap();
    assert_eq!(alice.must("Argali", "GetLogonSession", &[])["MFAPresent"], true);
    assert_eq!(verify(&shown).unwrap_err().code, "Logon.Failed", "it is shown once");
    wish(&alice);
}
