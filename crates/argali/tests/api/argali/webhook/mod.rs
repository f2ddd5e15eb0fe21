//! Webhooks: who may have events told, what is told, and what becomes of receivers that fail.

mod change;
mod failing;
mod kill;
mod telling;

use argali_testkit::{Enterprise, Receiver, TestServer, seconds};
use serde_json::Value;

use crate::stage::text;

/// A server that reaches receivers on loopback.
pub(crate) fn server() -> TestServer {
    TestServer::builder().configure(Receiver::reachable_from).start()
}

/// Has the account's events told to `receiver`, from a second that nothing happened in before: the webhook's id.
pub(crate) fn hook(
    server: &TestServer,
    of: &Enterprise,
    receiver: &Receiver,
    more: &[(&str, &str)],
) -> String {
    server.clock().advance(seconds(1));
    let url = receiver.url();
    let params = [&[("WebhookName", "Alarm"), ("Url", url.as_str())], more].concat();
    text(&of.must("Argali", "CreateWebhook", &params)["Webhook"]["WebhookId"])
}

/// A webhook as it is shown.
pub(crate) fn shown(of: &Enterprise, id: &str) -> Value {
    of.must("Argali", "GetWebhook", &[("WebhookId", id)])["Webhook"].clone()
}

/// What it sent lately, the newest first.
fn deliveries(of: &Enterprise, id: &str) -> Vec<Value> {
    let listed = of.must("Argali", "ListWebhookDeliveries", &[("WebhookId", id)]);
    listed["Deliveries"].as_array().unwrap().clone()
}

/// What the messages that a receiver took tell of: kinds and names.
fn told(receiver: &Receiver) -> Vec<String> {
    let name = |told: &Value| format!("{} {}", text(&told["kind"]), text(&told["event"]["eventName"]));
    receiver.taken().iter().map(name).collect()
}
