//! Keys and logons that lie idle for too long are as good as switched off.

use std::time::Duration;

use argali_testkit::{ApiFailure, Client, Enterprise, TestServer, hours};
use serde_json::Value;

use crate::expect::Calls;
use crate::person::PASSWORD;
use crate::stage::text;
use crate::world::tenant_on;

const INACTIVE: &str = "InvalidAccessKeyId.Inactive";
const ALICE: (&str, &str) = ("UserName", "alice");

fn days(number: u64) -> Duration {
    hours(24 * number)
}

fn use_it(client: &Client) {
    client.must("Sts", "GetCallerIdentity", &[]);
}

/// The state of alice's only key, as both products show it.
fn status(a: &Enterprise) -> String {
    let in_ram = &a.must("Ram", "ListAccessKeys", &[ALICE])["AccessKeys"]["AccessKey"][0]["Status"];
    let name = format!("alice@{}.onaliyun.com", a.alias);
    let in_ims = a.must("Ims", "ListAccessKeys", &[("UserPrincipalName", &name)]);
    assert_eq!(*in_ram, in_ims["AccessKeys"]["AccessKey"][0]["Status"]);
    text(in_ram)
}

#[test]
fn a_key_that_nobody_used_for_too_long_works_no_more_until_it_is_switched_on() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    a.must("Ims", "SetSecurityPreference", &[("MaxIdleDaysForAccessKeys", "90")]);
    // It is as old as the day on which it was made, and then as its last use.
    server.clock().advance(days(89));
    use_it(&alice);
    server.clock().advance(days(89));
    use_it(&alice);
    assert_eq!(status(&a), "Active");
    server.clock().advance(days(90));
    alice.refused("Sts", "GetCallerIdentity", &[], INACTIVE);
    let failure = alice.refused("Sts", "GetCallerIdentity", &[], INACTIVE);
    assert!(failure.message.contains("not used"), "{failure}");
    assert_eq!(status(&a), "Inactive");
    // The account's own key has no limit.
    use_it(&a.client);

    let key = [ALICE, ("UserAccessKeyId", &alice.credentials().access_key_id), ("Status", "Active")];
    a.must("Ram", "UpdateAccessKey", &key);
    assert_eq!(status(&a), "Active");
    use_it(&alice);
    server.clock().advance(days(89));
    use_it(&alice);
    // Another limit counts at the next request, in both directions.
    server.clock().advance(days(100));
    alice.refused("Sts", "GetCallerIdentity", &[], INACTIVE);
    a.must("Ims", "SetSecurityPreference", &[("MaxIdleDaysForAccessKeys", "180")]);
    use_it(&alice);
}

#[test]
fn when_a_key_was_used_last_is_known_after_a_restart() {
    let server = TestServer::builder().engine(argali_testkit::Engine::Embedded).start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    a.must("Ims", "SetSecurityPreference", &[("MaxIdleDaysForAccessKeys", "90")]);
    server.clock().advance(days(89));
    use_it(&alice);
    let server = server.restart();
    let again = |client: &Client| server.client(client.credentials().clone());
    server.clock().advance(days(89));
    use_it(&again(&alice));
    server.clock().advance(days(90));
    again(&alice).refused("Sts", "GetCallerIdentity", &[], INACTIVE);
}

#[test]
fn a_logon_that_nobody_used_for_too_long_is_shown_and_refused_as_switched_off() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    a.must("Ram", "CreateUser", &[ALICE]);
    a.must("Ram", "CreateLoginProfile", &[ALICE, ("Password", PASSWORD)]);
    a.must("Ims", "SetPasswordPolicy", &[("InitialPasswordAge", "0")]);
    a.must("Ims", "SetSecurityPreference", &[("MaxIdleDaysForUsers", "90")]);
    let name = format!("alice@{}.onaliyun.com", a.alias);
    let log_on = || -> Result<Value, ApiFailure> {
        a.client.call_unsigned("Argali", "LogOn", &[("LogonName", &name), ("Password", PASSWORD)])
    };
    let status = || {
        let shown = a.must("Ims", "GetLoginProfile", &[("UserPrincipalName", &name)]);
        text(&shown["LoginProfile"]["Status"])
    };
    server.clock().advance(days(89));
    log_on().unwrap();
    server.clock().advance(days(89));
    assert_eq!(status(), "Active");
    server.clock().advance(days(1));
    assert_eq!(status(), "Inactive");
    assert_eq!(log_on().unwrap_err().code, "Logon.Forbidden.Unused");
    a.must("Ims", "UpdateLoginProfile", &[("UserPrincipalName", &name), ("Status", "Active")]);
    assert_eq!(status(), "Active");
    log_on().unwrap();
}
