//! Passkeys as administrators and their owners see them.

use argali_testkit::{Enterprise, TestServer, minutes};

use super::logon_name;
use crate::expect::Calls;
use crate::passkey::{by_name, register};
use crate::person::{PASSWORD, Person};
use crate::shape::complete;
use crate::stage::text;
use crate::world::tenant_on;

const NO_PASSKEY: &str = "EntityNotExist.User.Passkey";

/// An account whose alice and bob are logged on, alice with a passkey; and its number.
fn world(server: &TestServer) -> (Enterprise, [Person<'_>; 2], String) {
    let a = by_name(tenant_on(server));
    let people = ["alice", "bob"].map(|name| {
        a.user(name);
        Person::of(server, &a, name)
    });
    register(&people[0], &a);
    let id = text(&people[0].must("Ims", "ListPasskeys", &[])["Passkeys"][0]["PasskeyId"]);
    (a, people, id)
}

#[test]
fn passkeys_are_those_of_the_user_that_is_named() {
    let server = TestServer::start();
    let (a, [alice, bob], id) = world(&server);
    let [of_alice, of_bob, nobody] = ["alice", "bob", "nobody"].map(|name| logon_name(&a, name));
    let (alices, bobs) = (("UserPrincipalName", of_alice.as_str()), ("UserPrincipalName", of_bob.as_str()));
    let (which, name) = (("PasskeyId", id.as_str()), ("PasskeyName", "Phone"));
    a.client.refused("Ims", "DeletePasskey", &[alices], "MissingPasskeyId");
    a.client.refused("Ims", "UpdatePasskey", &[alices, name], "MissingPasskeyId");
    a.client.refused("Ims", "UpdatePasskey", &[alices, which], "MissingPasskeyName");
    let long = "n".repeat(65);
    a.client.refused(
        "Ims",
        "UpdatePasskey",
        &[alices, which, ("PasskeyName", &long)],
        "InvalidParameter.PasskeyName.Length",
    );
    a.client.refused("Ims", "DeletePasskey", &[alices, ("PasskeyId", "first")], "InvalidParameter.PasskeyId");
    for params in [vec![bobs, which], vec![alices, ("PasskeyId", "700000000000000000")], vec![which]] {
        a.client.refused("Ims", "DeletePasskey", &params, NO_PASSKEY);
        a.client.refused("Ims", "UpdatePasskey", &[&params[..], &[name]].concat(), NO_PASSKEY);
    }
    a.client.refused("Ims", "ListPasskeys", &[("UserPrincipalName", &nobody)], "EntityNotExist.User");
    let elsewhere = by_name(tenant_on(&server));
    elsewhere.client.refused("Ims", "DeletePasskey", &[alices, which], "EntityNotExist.User");
    // Nobody sees to what is somebody else's without a policy.
    for (action, params) in [
        ("ListPasskeys", vec![alices]),
        ("UpdatePasskey", vec![alices, which, name]),
        ("DeletePasskey", vec![alices, which]),
    ] {
        bob.refused("Ims", action, &params, "NoPermission");
        a.must("Ims", "SetSecurityPreference", &[("AllowUserToManageMFADevices", "false")]);
        alice.refused("Ims", action, &params, "NoPermission");
        a.must("Ims", "SetSecurityPreference", &[("AllowUserToManageMFADevices", "true")]);
    }
    bob.refused("Ims", "DeletePasskey", &[which], NO_PASSKEY);

    let listed = a.must("Ims", "ListPasskeys", &[alices]);
    complete("Ims", "ListPasskeys", &listed, &["Passkeys[].LastUseDate"]);
    assert_eq!(a.must("Ims", "ListPasskeys", &[])["Passkeys"], serde_json::json!([]), "an owner has none");
    a.must("Ims", "UpdatePasskey", &[alices, which, name]);
    assert_eq!(alice.must("Ims", "ListPasskeys", &[alices])["Passkeys"][0]["PasskeyName"], "Phone");
    alice.must("Ims", "UpdatePasskey", &[which, ("PasskeyName", "My phone")]);
    server.clock().advance(minutes(16));
    alice.refused("Ims", "DeletePasskey", &[which], "Logon.VerificationRequired");
    alice.must("Argali", "VerifyIdentity", &[("Password", PASSWORD)]);
    alice.must("Ims", "DeletePasskey", &[which]);
    alice.refused("Ims", "DeletePasskey", &[which], NO_PASSKEY);
}

#[test]
fn a_user_is_deleted_with_its_passkeys_and_comes_back_without_them() {
    let server = TestServer::start();
    let (a, _, _) = world(&server);
    let alice = logon_name(&a, "alice");
    let alices = ("UserPrincipalName", alice.as_str());
    let id = text(&a.must("Ims", "GetUser", &[alices])["User"]["UserId"]);
    let keys = a.must("Ims", "ListAccessKeys", &[alices]);
    let key = text(&keys["AccessKeys"]["AccessKey"][0]["AccessKeyId"]);
    a.must("Ims", "DeleteAccessKey", &[alices, ("UserAccessKeyId", &key)]);
    a.must("Ims", "DeleteLoginProfile", &[alices]);
    a.must("Ims", "DeleteUser", &[alices]);
    a.must("Ims", "RestoreUserFromRecycleBin", &[("UserId", &id)]);
    assert_eq!(a.must("Ims", "ListPasskeys", &[alices])["Passkeys"], serde_json::json!([]));
}

/// Reports and lists tell of a passkey as they do of a device.
#[test]
fn a_passkey_counts_in_reports() {
    let server = TestServer::start();
    let (a, ..) = world(&server);
    let with = |has: &str| a.must("Argali", "SearchUsers", &[("HasMFADevice", has)])["TotalCount"].clone();
    assert_eq!((with("true"), with("false")), (1.into(), 1.into()));
    let figures =
        || a.must("Ims", "GetAccountSecurityPracticeReport", &[])["AccountSecurityPracticeInfo"].clone();
    assert_eq!(figures()["AccountSecurityPracticeUserInfo"]["SubUserBindMfa"], 1);
    a.must("Ims", "SetSecurityPreference", &[("AllowUserToLoginWithPasskey", "false")]);
    assert_eq!(
        (with("true"), figures()["AccountSecurityPracticeUserInfo"]["SubUserBindMfa"].clone()),
        (0.into(), 0.into())
    );
}
