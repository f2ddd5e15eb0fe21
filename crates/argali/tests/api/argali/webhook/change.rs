//! Webhooks made, changed and removed: by whom, and as what.

use argali_testkit::{Receiver, TestServer, allow};
use serde_json::json;

use super::{hook, server, shown, told};
use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;
use crate::world::{tenant, tenant_on};

const NAME: (&str, &str) = ("WebhookName", "Alarm");
const URL: (&str, &str) = ("Url", "https://alarm.example.com/argali");

#[test]
fn nobody_who_may_not_look_up_events_has_them_told() {
    let a = tenant();
    let made = a.must("Argali", "CreateWebhook", &[NAME, URL]);
    let id = text(&made["Webhook"]["WebhookId"]);
    let id = ("WebhookId", id.as_str());
    let nobody = a.user("nobody");
    for (action, params) in [
        ("CreateWebhook", vec![NAME, URL]),
        ("ListWebhooks", vec![]),
        ("GetWebhook", vec![id]),
        ("UpdateWebhook", vec![id, NAME]),
        ("PingWebhook", vec![id]),
        ("ListWebhookDeliveries", vec![id]),
        ("DeleteWebhook", vec![id]),
    ] {
        nobody.refused("Argali", action, &params, "NoPermission");
    }
    // Whoever may do all with webhooks, and not read events, can stop what is told and begin nothing.
    let keeper = a.user("keeper");
    a.grant_document("keeper", "webhooks", &allow(&["argali:*"], &["*"]));
    for params in [
        vec![("Url", "https://mine.example.com")],
        vec![("RenewSecret", "true")],
        vec![("Events", "Change")],
        vec![("AuthActions", "*")],
        vec![("Status", "Active")],
    ] {
        keeper.refused("Argali", "UpdateWebhook", &[&[id], &params[..]].concat(), "NoPermission");
    }
    keeper.refused("Argali", "CreateWebhook", &[NAME, URL], "NoPermission");
    keeper.must("Argali", "UpdateWebhook", &[id, ("Status", "Paused")]);
    keeper.must("Argali", "UpdateWebhook", &[id, ("WebhookName", "Quiet")]);
    let stranger = tenant();
    for action in ["GetWebhook", "UpdateWebhook", "PingWebhook", "ListWebhookDeliveries", "DeleteWebhook"] {
        stranger.client.refused("Argali", action, &[id], "EntityNotExist.Webhook");
    }
    assert_eq!(stranger.must("Argali", "ListWebhooks", &[])["Webhooks"], json!([]));
    keeper.must("Argali", "DeleteWebhook", &[id]);
    a.client.refused("Argali", "GetWebhook", &[id], "EntityNotExist.Webhook");
}

#[test]
fn what_nothing_can_be_told_to_is_refused() {
    let a = tenant();
    for url in [
        "ftp://alarm.example.com",
        "https://me:secret@alarm.example.com",
        "https://alarm.example.com/#here",
        // In clear, and inside: nothing of that is listed on this server.
        "http://alarm.example.com",
        "https://127.0.0.1:2742",
        "https://[::1]",
        "https://[::ffff:10.0.0.1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.100.100.200/",
        "https://0.0.0.0",
    ] {
        a.client.refused("Argali", "CreateWebhook", &[NAME, ("Url", url)], "InvalidParameter.Url");
    }
    let long = format!("https://alarm.example.com/{}", "x".repeat(2_048));
    for (name, value, code) in [
        ("Url", long.as_str(), "InvalidParameter.Url.Length"),
        ("WebhookName", &"x".repeat(65), "InvalidParameter.WebhookName.Length"),
        ("Events", "Read", "InvalidParameter.Events"),
        ("Events", " , ", "InvalidParameter.Events"),
        ("AuthActions", "ecs", "InvalidParameter.AuthActions"),
        ("AuthActions", "ecs:*,*:Stop", "InvalidParameter.AuthActions"),
        (
            "AuthActions",
            &vec!["ecs:A"; 21]
                .iter()
                .enumerate()
                .map(|(n, a)| format!("{a}{n}"))
                .collect::<Vec<_>>()
                .join(","),
            "InvalidParameter.AuthActions",
        ),
    ] {
        let params: Vec<_> = [NAME, URL].into_iter().filter(|(other, _)| *other != name).collect();
        a.client.refused("Argali", "CreateWebhook", &[&params[..], &[(name, value)]].concat(), code);
    }
    a.client.refused("Argali", "CreateWebhook", &[NAME], "MissingUrl");
    a.client.refused("Argali", "GetWebhook", &[("WebhookId", "1")], "InvalidParameter.WebhookId");
    let id = text(&a.must("Argali", "CreateWebhook", &[NAME, URL])["Webhook"]["WebhookId"]);
    let inside = [("WebhookId", id.as_str()), ("Url", "https://192.168.0.1")];
    a.client.refused("Argali", "UpdateWebhook", &inside, "InvalidParameter.Url");
    for _ in 1..10 {
        a.must("Argali", "CreateWebhook", &[NAME, URL]);
    }
    a.client.refused("Argali", "CreateWebhook", &[NAME, URL], "LimitExceeded.Webhook");
}

#[test]
fn a_secret_is_shown_once_and_whenever_it_is_renewed() {
    let a = tenant();
    let made = a.must("Argali", "CreateWebhook", &[NAME, URL]);
    let unheard = ["Webhook.LastDeliveryDate"];
    let no_failure = ["Webhook.Failure.Outcome", "Webhook.Failure.HttpStatus", "Webhook.Failure.Since"];
    let no_failure =
        [&no_failure[..], &["Webhook.Failure.Attempts", "Webhook.Failure.NextAttemptDate"]].concat();
    let absent = [&unheard[..], &no_failure].concat();
    complete("Argali", "CreateWebhook", &made, &absent);
    let secret = text(&made["Secret"]);
    assert!(secret.starts_with("whsec_") && secret.len() == "whsec_".len() + 44, "{secret}");
    let webhook = &made["Webhook"];
    assert_eq!(
        (&webhook["Events"], &webhook["AuthActions"]),
        (&json!(["Change", "Refusal", "Session"]), &json!(["*"]))
    );
    let id = text(&webhook["WebhookId"]);
    let one = a.must("Argali", "GetWebhook", &[("WebhookId", &id)]);
    complete("Argali", "GetWebhook", &one, &absent);
    assert_eq!(&one["Webhook"], webhook);
    let listed = a.must("Argali", "ListWebhooks", &[]);
    known("Argali", "ListWebhooks", &listed);
    assert_eq!((&listed["Webhooks"], &listed["MostWebhooks"]), (&json!([webhook]), &json!(10)));
    let changes =
        [("WebhookId", id.as_str()), ("Events", "Session,Refusal,Session"), ("AuthActions", "ram:*, sts:*")];
    let changed = a.must("Argali", "UpdateWebhook", &changes);
    known("Argali", "UpdateWebhook", &changed);
    assert!(changed["Secret"].is_null());
    let webhook = &changed["Webhook"];
    assert_eq!(
        (&webhook["Events"], &webhook["AuthActions"]),
        (&json!(["Refusal", "Session"]), &json!(["ram:*", "sts:*"]))
    );
    let renewed = a.must("Argali", "UpdateWebhook", &[("WebhookId", &id), ("RenewSecret", "true")]);
    assert!(text(&renewed["Secret"]).starts_with("whsec_") && text(&renewed["Secret"]) != secret);
    let listed = a.must("Argali", "ListWebhooks", &[]);
    assert!(!listed.to_string().contains("whsec_"));
    // No record has it either.
    let activity = a.must("Argali", "ListActivity", &[]);
    assert!(activity.to_string().contains("UpdateWebhook") && !activity.to_string().contains("whsec_"));
}

#[test]
fn a_webhook_is_tried_whether_it_is_active_or_not() {
    let (server, receiver) = (server(), Receiver::start());
    let a = tenant_on(&server);
    let id = hook(&server, &a, &receiver, &[("Status", "Paused")]);
    a.must("Argali", "UpdateWebhook", &[("WebhookId", &id), ("Status", "Paused")]);
    let pinged = a.must("Argali", "PingWebhook", &[("WebhookId", &id)]);
    complete("Argali", "PingWebhook", &pinged, &["Delivery.FirstEventId"]);
    let delivery = &pinged["Delivery"];
    assert_eq!((&delivery["Outcome"], &delivery["HttpStatus"]), (&json!("Delivered"), &json!(204)));
    let received = receiver.received();
    let ping = received.iter().find(|received| received.body["type"] == "ping").unwrap();
    assert_eq!(ping.body["requestId"], pinged["RequestId"]);
    assert_eq!((&ping.body["webhookId"], &ping.body["accountId"]), (&json!(id), &json!(a.id)));
    assert_eq!(ping.headers["webhook-id"], text(&delivery["MessageId"]));
    assert_eq!(ping.line, "POST /hook?from=argali HTTP/1.1");
    let listed = a.must("Argali", "ListWebhookDeliveries", &[("WebhookId", &id)]);
    known("Argali", "ListWebhookDeliveries", &listed);
    assert!(listed["Deliveries"].as_array().unwrap().contains(delivery));
}

#[test]
fn what_is_deleted_or_closed_tells_nothing() {
    let (server, receiver) = (server(), Receiver::start());
    let a = tenant_on(&server);
    let id = hook(&server, &a, &receiver, &[("AuthActions", "ram:CreateUser")]);
    let status = |status| {
        let (_, durable) = server.core().set_account_status(&a.id, status).unwrap();
        durable.wait().unwrap();
    };
    a.user("first");
    server.tell_webhooks();
    a.user("second");
    status(argali_testkit::model::AccountStatus::Closed);
    let before = told(&receiver).len();
    server.tell_webhooks();
    assert!(before <= 2 && told(&receiver).len() == before, "the account is closed");
    status(argali_testkit::model::AccountStatus::Open);
    server.tell_webhooks();
    assert_eq!(told(&receiver), ["Change CreateUser", "Change CreateUser"]);
    assert_eq!(shown(&a, &id)["Status"], "Active");
    a.must("Argali", "DeleteWebhook", &[("WebhookId", &id)]);
    a.user("third");
    server.tell_webhooks();
    assert_eq!(told(&receiver).len(), 2);
}

#[test]
fn what_webhooks_keep_survives_a_restart() {
    let receiver = Receiver::start();
    let builder = TestServer::builder().engine(argali_testkit::Engine::Embedded);
    let server = builder.configure(Receiver::reachable_from).start();
    let mut a = tenant_on(&server);
    hook(&server, &a, &receiver, &[("AuthActions", "ram:*")]);
    a.user("first");
    server.tell_webhooks();
    let server = server.restart();
    a.client = server.client(a.client.credentials().clone());
    a.user("second");
    server.tell_webhooks();
    let made = |told: &serde_json::Value| text(&told["event"]["requestParameters"]["UserName"]);
    let users = receiver.taken();
    let users: Vec<_> =
        users.iter().filter(|told| told["event"]["eventName"] == "CreateUser").map(made).collect();
    assert_eq!(users, ["first", "second"]);
}
