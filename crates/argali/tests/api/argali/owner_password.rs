//! The owner's password, which only the operator replaces.

use argali_testkit::{ApiFailure, Enterprise, TestServer};
use serde_json::Value;

use crate::expect::Calls;
use crate::person::Person;
use crate::process::Installation;
use crate::stage::text;
use crate::world::tenant_on;

fn log_on(a: &Enterprise, password: &str) -> Result<Value, ApiFailure> {
    a.client.call_unsigned("Argali", "LogOn", &[("Owner", &a.id), ("Password", password)])
}

#[test]
fn a_new_password_ends_the_owners_logons_and_nobody_elses() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    let alice = Person::of(&server, &a, "alice");
    let first = server.give_owner_password(&a);
    let owner = Person::holding(&server, &a, &text(&log_on(&a, &first).unwrap()["Session"]));
    owner.must("Ram", "ListUsers", &[]);

    let second = server.give_owner_password(&a);
    assert_ne!(first, second);
    owner.refused("Ram", "ListUsers", &[], "Logon.Ended");
    assert_eq!(log_on(&a, &first).unwrap_err().code, "Logon.Failed");
    let owner = Person::holding(&server, &a, &text(&log_on(&a, &second).unwrap()["Session"]));
    owner.must("Ram", "ListUsers", &[]);
    alice.must("Sts", "GetCallerIdentity", &[]);
    a.must("Ram", "ListUsers", &[]);
}

#[test]
fn the_account_can_read_that_its_operator_did_it() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let password = server.give_owner_password(&a);
    let params =
        [("LookupAttribute.1.Key", "EventName"), ("LookupAttribute.1.Value", "ReplaceOwnerPassword")];
    let found = a.must("Actiontrail", "LookupEvents", &params);
    assert_eq!(found["Events"].as_array().unwrap().len(), 1, "{found}");
    assert!(!found.to_string().contains(&password));
}

#[test]
fn the_command_shows_the_password_once() {
    let installation = Installation::new();
    let account = ["account", "password", "11223344", "-o", "json"];
    assert_eq!(installation.operate(&account).status.code(), Some(4), "there is no such account");
    let credentials = installation.create_account("company-a", "11223344");
    // Directly, and then through the server.
    let without = installation.operate(&account);
    let process = installation.serve("warn");
    let with = installation.operate(&account);
    let client = process.client(credentials);
    let [first, second] = [without, with].map(|output| {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&shown["AccountId"], &shown["Alias"]), (&"11223344".into(), &"company-a".into()));
        text(&shown["OwnerPassword"])
    });
    let log_on = |password: &str| {
        client.call_unsigned("Argali", "LogOn", &[("Owner", "company-a"), ("Password", password)])
    };
    assert_eq!(log_on(&first).unwrap_err().code, "Logon.Failed");
    log_on(&second).unwrap();
    client.must("Ram", "ListUsers", &[]);
}
