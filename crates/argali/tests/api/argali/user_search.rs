//! Users as lists show them: looked for, in an order, with what each logs on and signs with.
// SPEC: console, users, columns and filters.

use argali_testkit::{Client, Enterprise, TestServer, allow, minutes};
use serde_json::Value;

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;

/// What bob logs on with.
const PASSWORD: &str = "correct horse";

#[track_caller]
fn found(client: &Client, params: &[(&str, &str)]) -> Value {
    let answer = client.must("Argali", "SearchUsers", params);
    known("Argali", "SearchUsers", &answer);
    answer
}

#[track_caller]
fn names(client: &Client, params: &[(&str, &str)]) -> Vec<String> {
    let answer = found(client, params);
    answer["Users"].as_array().unwrap().iter().map(|user| text(&user["UserName"])).collect()
}

/// Four users: alice has a key, bob a password, carol tags, and dave nothing.
fn some_users(server: &TestServer) -> (Enterprise, Client) {
    let account = server.account("company-a", "11223344");
    let alice = account.user("alice");
    for (name, display_name) in [("bob", "Robert"), ("carol", "Ali"), ("dave", "")] {
        server.clock().advance(minutes(60));
        let display_name = Some(("DisplayName", display_name)).filter(|(_, name)| !name.is_empty());
        let params: Vec<_> = [("UserName", name)].into_iter().chain(display_name).collect();
        account.must("Ram", "CreateUser", &params);
    }
    account.must("Ram", "CreateLoginProfile", &[("UserName", "bob"), ("Password", PASSWORD)]);
    let carol = [("ResourceType", "user"), ("ResourcePrincipalName.1", "carol@11223344")];
    let tags = [("Tag.1.Key", "team"), ("Tag.1.Value", "ops")];
    account.must("Ims", "TagResources", &[carol, tags].concat());
    (account, alice)
}

#[test]
fn users_are_found_by_those_who_may_list_them() {
    let server = TestServer::start();
    let (account, alice) = some_users(&server);
    alice.refused("Argali", "SearchUsers", &[], "NoPermission");
    for (name, value) in [("UnusedDays", "0"), ("UnusedDays", "3651"), ("MaxItems", "0"), ("Marker", "x")] {
        let code = format!("InvalidParameter.{name}");
        account.client.refused("Argali", "SearchUsers", &[(name, value)], &code);
    }
    account.client.refused("Argali", "SearchUsers", &[("OrderBy", "Age")], "InvalidParameter.OrderBy");
}

#[test]
fn what_cannot_be_read_of_one_user_is_not_told_of_all() {
    let server = TestServer::start();
    let (account, alice) = some_users(&server);
    account.grant_document("alice", "names", &allow(&["ram:ListUsers"], &["*"]));
    let answer = found(&alice, &[]);
    for (flag, member) in [
        ("ShowsLogons", "HasConsoleAccess"),
        ("ShowsMFADevices", "HasMFADevice"),
        ("ShowsAccessKeys", "AccessKeys"),
    ] {
        assert_eq!(answer[flag], false, "{answer}");
        assert!(answer["Users"][0].get(member).is_none(), "{member}: {answer}");
    }
    for params in [
        ("HasMFADevice", "false"),
        ("HasAccessKey", "true"),
        ("UnusedDays", "9"),
        ("OrderBy", "LastLogonDate"),
    ] {
        alice.refused("Argali", "SearchUsers", &[params], "NoPermission");
    }
    assert_eq!(names(&alice, &[("Text", "dav")]), ["dave"], "names are for whoever may list them");
    account.grant("alice", "AliyunRAMReadOnlyAccess");
    assert_eq!(names(&alice, &[("HasAccessKey", "true")]), ["alice"]);
}

#[test]
fn users_are_looked_for_by_all_that_is_known_of_them() {
    let server = TestServer::start();
    let (account, alice) = some_users(&server);
    let client = &account.client;
    let all = ["alice", "bob", "carol", "dave"];
    for (params, expected) in [
        (vec![], &all[..]),
        (vec![("Text", "ALI")], &["alice", "carol"][..]),
        (vec![("Tag.1.Key", "team")], &["carol"]),
        (vec![("Tag.1.Key", "team"), ("Tag.1.Value", "dev")], &[]),
        (vec![("HasMFADevice", "true")], &[]),
        (vec![("HasMFADevice", "false")], &all),
        (vec![("HasAccessKey", "true")], &["alice"]),
        (vec![("HasAccessKey", "false"), ("Text", "a")], &["carol", "dave"]),
        (vec![("Descending", "true")], &["dave", "carol", "bob", "alice"]),
        (vec![("OrderBy", "DisplayName")], &["alice", "dave", "carol", "bob"]),
        (vec![("OrderBy", "CreateDate"), ("Descending", "true")], &["dave", "carol", "bob", "alice"]),
        (vec![("UnusedDays", "30")], &[]),
    ] {
        assert_eq!(names(client, &params), expected, "{params:?}");
    }
    server.clock().advance(minutes(60 * 24 * 31));
    alice.call("Sts", "GetCallerIdentity", &[]).unwrap();
    // The first password that an administrator chose is good for two weeks.
    account.must("Ram", "UpdateLoginProfile", &[("UserName", "bob"), ("Password", PASSWORD)]);
    let log_on = [("LogonName", "bob@company-a"), ("Password", PASSWORD)];
    client.call_unsigned("Argali", "LogOn", &log_on).unwrap();
    assert_eq!(names(client, &[("UnusedDays", "30")]), ["carol", "dave"]);
    let latest = names(client, &[("OrderBy", "LastLogonDate"), ("Descending", "true")]);
    assert_eq!(latest, ["bob", "dave", "carol", "alice"]);
    let answer = found(client, &[("Text", "a")]);
    assert_eq!(answer["TotalCount"], 3, "{answer}");
    let users = found(client, &[]);
    assert!(users["Users"][0]["AccessKeys"][0]["LastUseDate"].is_string(), "{users}");
    assert!(users["Users"][1]["LastLogonDate"].is_string(), "{users}");
    complete("Argali", "SearchUsers", &users, &["Marker"]);
}

#[test]
fn pages_go_on_where_they_ended_although_users_go_meanwhile() {
    let server = TestServer::start();
    let (account, _) = some_users(&server);
    let client = &account.client;
    for order in ["UserName", "CreateDate"] {
        for descending in ["false", "true"] {
            let order = [("OrderBy", order), ("Descending", descending), ("MaxItems", "2")];
            let first = found(client, &order);
            assert_eq!((&first["TotalCount"], &first["IsTruncated"]), (&4.into(), &true.into()), "{first}");
            let marker = text(&first["Marker"]);
            let second = found(client, &[&order[..], &[("Marker", &marker)]].concat());
            assert!(second.get("Marker").is_none(), "{second}");
            let mut seen: Vec<_> = [&first, &second]
                .into_iter()
                .flat_map(|page| page["Users"].as_array().unwrap())
                .map(|user| text(&user["UserName"]))
                .collect();
            seen.sort();
            assert_eq!(seen, ["alice", "bob", "carol", "dave"], "{order:?}");
        }
    }
    let order = [("OrderBy", "DisplayName"), ("MaxItems", "2")];
    let marker = text(&found(client, &order)["Marker"]);
    account.must("Ram", "DeleteUser", &[("UserName", "dave")]);
    let rest = names(client, &[&order[..], &[("Marker", &marker)]].concat());
    assert_eq!(rest, ["carol", "bob"], "the page ended with dave, who is gone");
    client.refused("Argali", "SearchUsers", &[("Marker", &marker)], "InvalidParameter.Marker");
}
