//! What operators do with accounts, and that nobody else does.

use argali_testkit::{Enterprise, TestServer};
use serde_json::Value;

use crate::expect::Calls;
use crate::person::Person;
use crate::shape::complete;
use crate::stage::{borrowed, text};
use crate::world::{operators_on, tenant_on};

const PASSWORD: &str = "a-long-password";

/// A server with operators, and an account that is none of theirs.
fn world() -> (TestServer, Enterprise, Enterprise) {
    let (server, operators) = operators_on(TestServer::builder());
    let other = tenant_on(&server);
    (server, operators, other)
}

/// Every operation of operators, about `account`.
fn calls(account: &str) -> [(&'static str, Vec<(&'static str, String)>); 6] {
    let account = ("Account", account.to_owned());
    let password = ("OwnerPassword", PASSWORD.to_owned());
    let gate = [("Service", "expressconnect".to_owned()), ("Open", "true".to_owned())];
    [
        ("ListAccounts", Vec::new()),
        ("CreateAccount", vec![("AccountName", "New".to_owned())]),
        ("CloseAccount", vec![account.clone()]),
        ("OpenAccount", vec![account.clone()]),
        ("ReplaceOwnerPassword", vec![account.clone(), password]),
        ("SetGate", [vec![account], gate.to_vec()].concat()),
    ]
}

/// Without the setting there are none, and with it no owner of another account is one.
#[test]
fn nobody_is_an_operator_unless_the_configuration_says_so() {
    let (server, _, other) = world();
    let without = TestServer::start();
    let alone = tenant_on(&without);
    for (action, params) in calls(&other.id) {
        other.client.refused("Argali", action, &borrowed(&params), "NoPermission");
        alone.client.refused("Argali", action, &borrowed(&params), "NoPermission");
    }
    assert!(server.core().accounts().unwrap().iter().all(|account| account.open_gates.is_empty()));
}

/// People of another account stay such, whatever role of the operators they assume.
#[test]
fn a_role_makes_nobody_an_operator() {
    let (server, operators, other) = world();
    let role = operators.role("admin", &[&other.root_arn(), &operators.root_arn()], &["AdministratorAccess"]);
    let (alice, bob) = (other.user("alice"), operators.user("bob"));
    other.grant("alice", "AliyunSTSAssumeRoleAccess");
    operators.grant("bob", "AliyunSTSAssumeRoleAccess");
    let (stranger, own) = (alice.assume(&role, "alice").unwrap(), bob.assume(&role, "bob").unwrap());
    for (action, params) in calls(&tenant_on(&server).id) {
        stranger.refused("Argali", action, &borrowed(&params), "NoPermission");
    }
    own.must("Argali", "ListAccounts", &[]);
}

/// A user of the operators' account does what its policies say.
#[test]
fn policies_say_which_operator_may_do_what() {
    let (_server, operators, other) = world();
    let alice = operators.user("alice");
    alice.refused("Argali", "ListAccounts", &[], "NoPermission");
    let arn = format!("acs:argali:*:{}:account/{}", operators.id, other.id);
    let document = argali_testkit::allow(&["argali:CloseAccount", "argali:OpenAccount"], &[&arn]);
    operators.grant_document("alice", "close-one", &document);
    alice.must("Argali", "CloseAccount", &[("Account", &other.id)]);
    alice.refused("Argali", "CloseAccount", &[("Account", &operators.id)], "NoPermission");
    alice.must("Argali", "OpenAccount", &[("Account", &other.id)]);
}

#[test]
fn an_account_is_made_and_its_owner_logs_on() {
    let (server, operators, _) = world();
    let params = [
        ("AccountName", "Third"),
        ("AccountId", "77000"),
        ("AccountAlias", "third-company"),
        ("OwnerPassword", PASSWORD),
    ];
    let long = "x".repeat(129);
    for (wrong, value, code) in [
        ("OwnerPassword", "short", "InvalidParameter.OwnerPassword"),
        ("AccountName", long.as_str(), "InvalidParameter.AccountName"),
    ] {
        let params = params.map(|(name, given)| (name, if name == wrong { value } else { given }));
        operators.client.refused("Argali", "CreateAccount", &params, code);
    }
    let made = operators.must("Argali", "CreateAccount", &params);
    complete("Argali", "CreateAccount", &made, &[]);
    let again = operators.client.call("Argali", "CreateAccount", &params).unwrap_err();
    assert_eq!((again.code.as_str(), again.status), ("EntityAlreadyExists.Account", 409));
    let logon = [("Owner", "third-company"), ("Password", PASSWORD)];
    let step = operators.client.call_unsigned("Argali", "LogOn", &logon).unwrap();
    let owner = Person::holding(&server, &operators, &text(&step["Session"]));
    assert_eq!(owner.must("Argali", "GetLogonSession", &[])["AccountName"], "Third");
}

#[test]
fn an_account_is_closed_and_opened_again() {
    let (_server, operators, other) = world();
    let account = [("Account", other.alias.as_str())];
    let closed = operators.must("Argali", "CloseAccount", &account);
    complete("Argali", "CloseAccount", &closed, &["Account.OpenGates[]"]);
    assert_eq!(closed["Account"]["Status"], "Closed");
    assert!(other.client.call("Ram", "ListUsers", &[]).is_err(), "its key is good for nothing");
    operators.must("Argali", "OpenAccount", &account);
    other.must("Ram", "ListUsers", &[]);
    let own = [("Account", operators.id.as_str())];
    operators.client.refused("Argali", "CloseAccount", &own, "InvalidParameter.Account");
    operators.client.refused("Argali", "CloseAccount", &[("Account", "999")], "EntityNotExist.Account");
}

#[test]
fn an_owner_gets_another_password_and_its_logons_end() {
    let (server, operators, other) = world();
    let before = server.give_owner_password(&other);
    let log_on = |password: &str| {
        operators.client.call_unsigned("Argali", "LogOn", &[("Owner", &other.id), ("Password", password)])
    };
    let owner = Person::holding(&server, &other, &text(&log_on(&before).unwrap()["Session"]));
    let params = [("Account", other.id.as_str()), ("OwnerPassword", PASSWORD)];
    operators.must("Argali", "ReplaceOwnerPassword", &params);
    owner.refused("Ram", "ListUsers", &[], "Logon.Ended");
    assert_eq!(log_on(&before).unwrap_err().code, "Logon.Failed");
    log_on(PASSWORD).unwrap();
}

/// S0-09: a gate is turned, shown, and written in the owner's own trail.
#[test]
fn a_gate_is_opened_and_the_owner_can_read_of_it() {
    let (server, operators, other) = world();
    let turn = |service: &str, open: &str| {
        let params = [("Account", other.id.as_str()), ("Service", service), ("Open", open)];
        operators.client.call("Argali", "SetGate", &params)
    };
    assert_eq!(turn("ecs", "true").unwrap_err().code, "InvalidParameter.Service", "it has no gate");
    let opened = turn("expressconnect", "true").unwrap();
    assert_eq!(opened["Account"]["OpenGates"], serde_json::json!(["expressconnect"]));
    let listed = operators.must("Argali", "ListAccounts", &[]);
    complete("Argali", "ListAccounts", &listed, &[]);
    assert_eq!(listed["GatedServices"], serde_json::json!(["expressconnect"]));
    let rows = listed["Accounts"]["Account"].as_array().unwrap();
    let row = rows.iter().find(|row| row["AccountId"] == other.id.as_str()).unwrap();
    assert_eq!(row["OpenGates"], serde_json::json!(["expressconnect"]));
    turn("expressconnect", "false").unwrap();
    server.clock().advance(argali_testkit::minutes(1));
    let params = [("LookupAttribute.1.Key", "EventName"), ("LookupAttribute.1.Value", "SetGate")];
    let found = other.must("Actiontrail", "LookupEvents", &params);
    assert_eq!(found["Events"].as_array().map(Vec::len), Some(2), "{found:#}");
    assert!(found.to_string().contains(&operators.id), "and who did it: {found:#}");
    assert!(matches!(found["Events"][0]["eventName"], Value::String(_)));
}
