//! Limits on how much one account, one caller or one operation may ask for.
// SPEC: security, requests, limits; limits, rates and times of the gateway.

use argali_testkit::{Client, TestServer, seconds};

use crate::expect::Calls;
use crate::world::tenant_on;

/// How many of `most` calls are served before one is refused.
fn served(client: &Client, product: &str, action: &str, most: usize) -> usize {
    (0..most).position(|_| client.call(product, action, &[]).is_err()).unwrap_or(most)
}

#[test]
fn an_account_that_asks_too_often_is_refused_and_others_are_not() {
    let server = TestServer::builder().configure(|config| config.rate.account = 20).start();
    let (a, b) = (tenant_on(&server), tenant_on(&server));
    server.clock().advance(seconds(1));
    assert_eq!(served(&a.client, "Sts", "GetCallerIdentity", 30), 20);
    a.client.refused("Sts", "GetCallerIdentity", &[], "Throttling.User");
    assert_eq!(served(&b.client, "Sts", "GetCallerIdentity", 1), 1);
    server.clock().advance(seconds(1));
    assert_eq!(served(&a.client, "Sts", "GetCallerIdentity", 30), 20, "a second later");
}

#[test]
fn one_user_cannot_use_up_what_others_of_the_account_may_ask_for() {
    let server = TestServer::builder().configure(|config| config.rate.principal = 5).start();
    let a = tenant_on(&server);
    let (alice, bob) = (a.user("alice"), a.user("bob"));
    assert_eq!(served(&alice, "Sts", "GetCallerIdentity", 10), 5);
    assert_eq!(served(&bob, "Sts", "GetCallerIdentity", 10), 5);
    assert_eq!(served(&a.client, "Sts", "GetCallerIdentity", 10), 10, "the account itself");
}

#[test]
fn an_operation_has_a_rate_of_its_own() {
    let server = TestServer::builder()
        .configure(|config| config.rate.operations = vec!["Ram.ListUsers=3".parse().unwrap()])
        .start();
    let a = tenant_on(&server);
    assert_eq!(served(&a.client, "Ram", "ListUsers", 10), 3);
    assert_eq!(served(&a.client, "Ram", "ListGroups", 10), 10);
}

#[test]
fn changes_beyond_those_that_may_be_under_way_are_refused_and_nothing_is_changed() {
    let server = TestServer::builder().configure(|config| config.limits.requests_per_account = 0).start();
    let a = tenant_on(&server);
    a.client.refused("Ram", "CreateUser", &[("UserName", "alice")], "Throttling");
    a.client.refused("Ram", "GetUser", &[("UserName", "alice")], "EntityNotExist.User");
    assert_eq!(a.must("Ram", "ListUsers", &[])["Users"]["User"], serde_json::json!([]), "reads go on");
}

#[test]
fn an_account_whose_line_is_full_is_refused_while_others_call_and_they_are_served() {
    let server = TestServer::builder().configure(|config| config.limits.requests_per_account = 0).start();
    let (a, b) = (tenant_on(&server), tenant_on(&server));
    assert_eq!(served(&a.client, "Ram", "ListUsers", 10), 10, "nobody else calls");
    assert_eq!(served(&b.client, "Ram", "ListUsers", 10), 1, "the first goes on at once");
    b.client.refused("Ram", "ListUsers", &[], "Throttling");
    assert_eq!(served(&a.client, "Ram", "ListUsers", 1), 1);
    server.clock().advance(seconds(2));
    assert_eq!(served(&a.client, "Ram", "ListUsers", 10), 10, "b has not called for a second");
}
