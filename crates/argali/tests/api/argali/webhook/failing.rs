//! Receivers that fail: what is tried again, what is never connected to, and when a webhook stops.

use std::time::Duration;

use argali_testkit::{Reaction, Receiver, TestServer, minutes, seconds};
use serde_json::json;

use super::{deliveries, hook, server, shown, told};
use crate::shape::complete;
use crate::stage::text;
use crate::world::tenant_on;

/// Told of by every webhook here, once for each group.
const GROUPS: (&str, &str) = ("AuthActions", "ram:CreateGroup");

#[test]
fn what_lies_inside_is_not_connected_to() {
    let (server, receiver) = (TestServer::start(), Receiver::start());
    let a = tenant_on(&server);
    let url = receiver.url().replace("http://127.0.0.1", "https://localhost");
    let made = a.must("Argali", "CreateWebhook", &[("WebhookName", "Alarm"), ("Url", &url)]);
    let id = text(&made["Webhook"]["WebhookId"]);
    let pinged = a.must("Argali", "PingWebhook", &[("WebhookId", &id)]);
    assert_eq!(pinged["Delivery"]["Outcome"], "AddressForbidden");
    server.tell_webhooks();
    let webhook = shown(&a, &id);
    assert_eq!(
        (&webhook["Status"], &webhook["Failure"]["Outcome"]),
        (&json!("Failing"), &json!("AddressForbidden"))
    );
    assert!(receiver.received().is_empty());
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_not_believed() {
    let (server, receiver) = (server(), Receiver::start());
    let a = tenant_on(&server);
    let url = receiver.url().replace("http://", "https://");
    let made = a.must("Argali", "CreateWebhook", &[("WebhookName", "Alarm"), ("Url", &url)]);
    let id = text(&made["Webhook"]["WebhookId"]);
    let pinged = a.must("Argali", "PingWebhook", &[("WebhookId", &id)]);
    assert!(["NotTrusted", "TooSlow"].contains(&pinged["Delivery"]["Outcome"].as_str().unwrap()), "{pinged}");
    assert!(receiver.received().is_empty());
}

#[test]
fn redirects_are_not_followed() {
    let (server, receiver, elsewhere) = (server(), Receiver::start(), Receiver::start());
    let a = tenant_on(&server);
    receiver.always(&Reaction::Redirect(elsewhere.url()));
    let id = hook(&server, &a, &receiver, &[]);
    server.tell_webhooks();
    let webhook = shown(&a, &id);
    let failure = &webhook["Failure"];
    assert_eq!((&failure["Outcome"], &failure["HttpStatus"]), (&json!("Redirect"), &json!(302)));
    assert_eq!(receiver.received().len(), 1);
    assert!(elsewhere.received().is_empty());
}

#[test]
fn what_a_receiver_did_not_take_is_told_again_after_growing_waits() {
    let (server, receiver) = (server(), Receiver::start());
    let a = tenant_on(&server);
    receiver.will([Reaction::Status(500), Reaction::Status(503)]);
    let id = hook(&server, &a, &receiver, &[GROUPS]);
    a.must("Ram", "CreateGroup", &[("GroupName", "first")]);
    server.tell_webhooks();
    let now = server.clock().now();
    let answer = a.must("Argali", "GetWebhook", &[("WebhookId", &id)]);
    complete("Argali", "GetWebhook", &answer, &["Webhook.LastDeliveryDate"]);
    assert_eq!(answer["Webhook"]["Status"], "Failing");
    assert_eq!(
        answer["Webhook"]["Failure"],
        json!({
            "Outcome": "BadStatus",
            "HttpStatus": 500,
            "Since": now.to_string(),
            "Attempts": 1,
            "NextAttemptDate": now.plus_seconds(5).to_string(),
        })
    );
    a.must("Ram", "CreateGroup", &[("GroupName", "second")]);
    server.tell_webhooks();
    assert_eq!(receiver.received().len(), 1, "it waits");
    server.clock().advance(seconds(5));
    server.tell_webhooks();
    assert_eq!(shown(&a, &id)["Failure"]["NextAttemptDate"], now.plus_seconds(15).to_string());
    server.clock().advance(seconds(10));
    server.tell_webhooks();
    let webhook = shown(&a, &id);
    assert_eq!((&webhook["Status"], webhook["Failure"].is_null()), (&json!("Active"), true));
    assert_eq!(told(&receiver), ["Change CreateGroup", "Change CreateGroup"]);
    let sent = deliveries(&a, &id);
    let column = |name: &str| sent.iter().map(|delivery| delivery[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("Outcome"), ["Delivered", "BadStatus", "BadStatus"]);
    assert_eq!(
        (column("Attempt"), column("HttpStatus")),
        (vec![json!(3), json!(2), json!(1)], vec![json!(204), json!(503), json!(500)])
    );
    assert_eq!(sent[0]["MessageId"], sent[1]["MessageId"], "the same message is sent again as the same");
    // What receivers say is shown to nobody.
    let all = [json!(sent), webhook].map(|value| value.to_string()).concat();
    assert!(!all.contains("secret of mine"), "{all}");
}

#[test]
fn a_receiver_that_never_answers_holds_up_nobody_else() {
    let slow = |config: &mut argali_server::Config| {
        Receiver::reachable_from(config);
        config.webhooks.timeout_ms = 60_000;
    };
    let server = TestServer::builder().configure(slow).start();
    let (silent, other, own) = (Receiver::start(), Receiver::start(), Receiver::start());
    silent.always(&Reaction::Silence);
    let (a, b) = (tenant_on(&server), tenant_on(&server));
    let waiting = hook(&server, &a, &silent, &[]);
    hook(&server, &a, &own, &[]);
    hook(&server, &b, &other, &[]);
    // The server looks by itself every second.
    for _ in 0..1_000 {
        if !other.taken().is_empty() && !own.taken().is_empty() && !silent.received().is_empty() {
            break;
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    assert!(!other.taken().is_empty() && !own.taken().is_empty(), "they were held up");
    assert_eq!((silent.received().len(), deliveries(&a, &waiting).len()), (1, 0), "it is still waited for");
}

#[test]
fn a_receiver_that_takes_too_long_has_failed() {
    let quick = |config: &mut argali_server::Config| {
        Receiver::reachable_from(config);
        config.webhooks.timeout_ms = 200;
    };
    let (server, receiver) = (TestServer::builder().configure(quick).start(), Receiver::start());
    let a = tenant_on(&server);
    receiver.will([Reaction::Silence]);
    let id = hook(&server, &a, &receiver, &[GROUPS]);
    a.must("Ram", "CreateGroup", &[("GroupName", "first")]);
    server.tell_webhooks();
    assert_eq!(shown(&a, &id)["Failure"]["Outcome"], "TooSlow");
    server.clock().advance(seconds(5));
    server.tell_webhooks();
    assert_eq!(told(&receiver), ["Change CreateGroup"]);
}

#[test]
fn after_a_day_of_failures_a_webhook_stops_until_somebody_has_it_go_on() {
    let (server, receiver) = (server(), Receiver::start());
    let a = tenant_on(&server);
    receiver.always(&Reaction::Status(500));
    let id = hook(&server, &a, &receiver, &[GROUPS]);
    a.must("Ram", "CreateGroup", &[("GroupName", "first")]);
    let began = server.clock().now();
    while shown(&a, &id)["Status"] != "Stopped" {
        assert!(server.clock().now() <= began.plus_seconds(26 * 3_600), "it never stops");
        server.tell_webhooks();
        server.clock().advance(minutes(30));
    }
    assert!(server.clock().now() >= began.plus_seconds(24 * 3_600));
    let failure = shown(&a, &id)["Failure"].clone();
    assert_eq!((&failure["Outcome"], failure["NextAttemptDate"].is_null()), (&json!("BadStatus"), true));
    receiver.takes_all();
    a.must("Ram", "CreateGroup", &[("GroupName", "second")]);
    server.clock().advance(minutes(120));
    server.tell_webhooks();
    assert_eq!(told(&receiver), [""; 0], "it does not go on by itself");
    a.must("Argali", "UpdateWebhook", &[("WebhookId", &id), ("Status", "Active")]);
    server.tell_webhooks();
    assert_eq!(told(&receiver), ["Change CreateGroup", "Change CreateGroup"], "nothing is lost");
    // Who says that nobody is there any more is not asked again.
    receiver.will([Reaction::Status(410)]);
    a.must("Ram", "CreateGroup", &[("GroupName", "third")]);
    server.tell_webhooks();
    assert_eq!(shown(&a, &id)["Status"], "Stopped");
}

#[test]
fn a_paused_webhook_tells_nothing_and_then_all_that_it_missed() {
    let (server, receiver, new) = (server(), Receiver::start(), Receiver::start());
    let a = tenant_on(&server);
    let id = hook(&server, &a, &receiver, &[GROUPS]);
    let set =
        |name: &str, value: &str| a.must("Argali", "UpdateWebhook", &[("WebhookId", &id), (name, value)]);
    set("Status", "Paused");
    a.must("Ram", "CreateGroup", &[("GroupName", "first")]);
    server.tell_webhooks();
    assert_eq!((told(&receiver).len(), &shown(&a, &id)["Status"]), (0, &json!("Paused")));
    receiver.always(&Reaction::Status(500));
    set("Status", "Active");
    server.tell_webhooks();
    assert_eq!(shown(&a, &id)["Status"], "Failing");
    // Another address is tried at once.
    set("Url", &new.url());
    server.tell_webhooks();
    assert_eq!((told(&new), told(&receiver).len()), (vec!["Change CreateGroup".to_owned()], 0));
}
