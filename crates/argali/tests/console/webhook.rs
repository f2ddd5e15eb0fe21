//! Webhooks: made, seen, tried, paused and removed by whoever may.

use argali_testkit::{Page, Reaction, Receiver, TestServer, Visitor, allow};

use crate::every_page::is_sound;
use crate::stage::{Stage, heading};

const LIST: &str = "/console/developer?tab=webhooks";
const NEW: &str = "/console/developer/webhooks/new";

fn stage() -> Stage {
    Stage::on(TestServer::builder().configure(Receiver::reachable_from).start())
}

/// Fills in the form for a new one, and returns where that leads.
fn create(owner: &Visitor, receiver: &Receiver, more: &[(&str, &str)]) -> Page {
    let url = receiver.url();
    let values = [&[("WebhookName", "<b>Alarm</b>"), ("Url", url.as_str())], more].concat();
    owner.submit(&owner.get(NEW), NEW, &values)
}

/// The address of the only webhook.
fn path(owner: &Visitor) -> String {
    let list = owner.get(LIST);
    let links = list.tags().into_iter().filter_map(|tag| tag.attribute("href").map(str::to_owned));
    links.into_iter().find(|href| href.contains("/webhooks/wh-")).unwrap_or_else(|| panic!("{}", list.body))
}

#[test]
fn who_may_not_see_webhooks_is_told_what_would_be_needed() {
    let stage = stage();
    let alice = stage.logged_on("alice");
    let list = alice.get(LIST);
    assert!(list.status == 403 && list.body.contains("argali:ListWebhooks"), "{}", list.body);
    let form = alice.get(NEW);
    let refused = alice.submit(&form, NEW, &[("WebhookName", "Mine"), ("Url", "https://example.com")]);
    assert!(refused.status == 403 && refused.body.contains("argali:CreateWebhook"), "{}", refused.body);
    assert!(refused.body.contains("value=\"https://example.com\""), "what was entered is kept");
    // May do all with webhooks, but not read events.
    stage.b.grant_document("alice", "webhooks", &allow(&["argali:*"], &["*"]));
    let refused =
        alice.submit(&alice.get(NEW), NEW, &[("WebhookName", "Mine"), ("Url", "https://example.com")]);
    assert!(refused.status == 403 && refused.body.contains("actiontrail:LookupEvents"), "{}", refused.body);
    assert_eq!(alice.get("/console/developer/webhooks/wh-0123456789abcdef").status, 404);
}

#[test]
fn a_webhook_is_made_and_its_secret_is_seen_once() {
    let (stage, receiver) = (stage(), Receiver::start());
    let owner = stage.owner(&stage.b);
    assert!(owner.get(LIST).body.contains("No program is told"));
    let form = owner.get(NEW);
    for ticked in ["Change", "Refusal", "Session"] {
        let tag = form.tags().into_iter().find(|tag| tag.attribute("name") == Some(ticked)).unwrap();
        assert!(tag.attribute("checked").is_some(), "{ticked} is ticked");
    }
    // Nothing ticked is nothing told, which is refused beside the fields.
    let refused = create(&owner, &receiver, &[("Change", ""), ("Refusal", ""), ("Session", "")]);
    assert!(refused.status == 400 && refused.body.contains("InvalidParameter.Events"), "{}", refused.body);
    let plan =
        owner.submit(&form, NEW, &[("WebhookName", "A"), ("Url", "https://a.example"), ("show-api", "true")]);
    assert!(plan.body.contains("CreateWebhook") && owner.get(LIST).body.contains("No program is told"));
    let landed = create(&owner, &receiver, &[("AuthActions", "ram:*, ecs:*")]);
    let result = landed.header("location").unwrap_or_else(|| panic!("{}", landed.body)).to_owned();
    assert!(owner.get(&result).body.contains("whsec_"));
    assert_eq!(owner.get(&result).status, 410, "it is seen once");
    let path = path(&owner);
    let page = owner.get(&path);
    is_sound(&path, &page, "en");
    assert!(
        page.body.contains("&lt;b&gt;Alarm")
            && !page.body.contains("<b>Alarm")
            && !page.body.contains("whsec_")
    );
    assert!(page.body.contains("ram:*, ecs:*"));
    let renewed = owner.submit(&page, &format!("{path}/secret"), &[]);
    assert!(owner.get(renewed.header("location").unwrap()).body.contains("whsec_"));
    // In Chinese, too.
    let chinese = stage.owner(&stage.b).reading("zh-CN");
    for address in [LIST, NEW, &path, &format!("{path}/delete")] {
        let page = chinese.get(address);
        is_sound(address, &page, "zh-CN");
        assert_eq!(page.status, 200, "{address}");
    }
}

#[test]
fn a_webhook_is_tried_paused_resumed_changed_and_deleted() {
    let (stage, receiver) = (stage(), Receiver::start());
    let owner = stage.owner(&stage.b);
    create(&owner, &receiver, &[]);
    let path = path(&owner);
    let post = |action: &str, values: &[(&str, &str)]| {
        let action = format!("{path}{action}");
        owner.follow(owner.submit(&owner.get(&path), &action, values))
    };
    let tested = post("/test", &[]);
    assert!(
        tested.body.contains("The test was sent:") && tested.body.contains("Taken (204)"),
        "{}",
        tested.body
    );
    receiver.will([Reaction::Status(500)]);
    assert!(post("/test", &[]).body.contains("Answered 500"));
    assert!(post("/status", &[]).body.contains("Paused"));
    assert!(post("/status", &[]).body.contains("Active"));
    let changed = post("", &[("WebhookName", "Quiet"), ("Change", ""), ("Session", "")]);
    assert_eq!(heading(&changed), "Quiet");
    assert_eq!(
        stage.b.must("Argali", "ListWebhooks", &[])["Webhooks"][0]["Events"],
        serde_json::json!(["Refusal"])
    );
    let delete = format!("{path}/delete");
    let form = owner.get(&delete);
    assert!(owner.submit(&form, &delete, &[("Name", "Other")]).status == 400);
    let list = owner.follow(owner.submit(&owner.get(&delete), &delete, &[("Name", "Quiet")]));
    assert!(list.body.contains("No program is told"), "{}", list.body);
}

#[test]
fn what_is_wrong_with_a_receiver_is_said() {
    let (stage, receiver) = (stage(), Receiver::start());
    let owner = stage.owner(&stage.b);
    receiver.always(&Reaction::Status(503));
    create(&owner, &receiver, &[]);
    stage.server.tell_webhooks();
    let path = path(&owner);
    let page = owner.get(&path);
    assert!(page.body.contains("Failing") && page.body.contains("Answered 503"), "{}", page.body);
    is_sound(&path, &page, "en");
    assert!(owner.get(LIST).body.contains("Failing"));
    receiver.takes_all();
    stage.server.clock().advance(argali_testkit::seconds(5));
    stage.server.tell_webhooks();
    let page = owner.get(&path);
    assert!(!page.body.contains("Failing") && page.body.contains("Taken (204)"), "{}", page.body);
}

#[test]
fn several_are_paused_resumed_and_deleted() {
    let (stage, receiver) = (stage(), Receiver::start());
    let owner = stage.owner(&stage.b);
    for name in ["beta", "alpha"] {
        let values = [("WebhookName", name), ("Url", &receiver.url())];
        let made = owner.submit(&owner.get(NEW), NEW, &values);
        assert_eq!(made.status, 303, "{}", made.body);
    }
    let names = |query: &str| {
        let page = owner.get(&format!("{LIST}{query}"));
        let rows = page.body.split("<th scope=\"row\"").skip(1);
        let names =
            rows.map(|row| row.split_once("<bdi>").unwrap().1.split_once("</bdi>").unwrap().0.to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(""), ["alpha", "beta"]);
    assert_eq!(names("&sort=WebhookName&order=desc"), ["beta", "alpha"]);
    assert_eq!(names("&q=ALP"), ["alpha"]);
    let page = owner.get(LIST);
    assert!(page.body.contains("2 in all"), "{}", page.body);
    let file = owner.get(&format!("{LIST}&csv=true"));
    assert!(
        file.body.starts_with("WebhookName,Url,Events") && file.body.lines().count() == 3,
        "{}",
        file.body
    );
    let ids: Vec<_> = page
        .tags()
        .into_iter()
        .filter(|tag| tag.attribute("name") == Some("on"))
        .map(|tag| tag.attribute("value").unwrap().to_owned())
        .collect();
    let chosen = "/console/developer/~chosen";
    for (act, heading_of) in [("pause", "Pause: 2"), ("resume", "Resume: 2"), ("delete", "Delete: 2")] {
        let page = owner.get(&format!("{chosen}?do={act}&on={}&on={}", ids[0], ids[1]));
        assert_eq!(heading(&page), heading_of);
        assert!(page.body.contains("alpha") && page.body.contains("beta"), "{}", page.body);
        let result = owner.follow(owner.submit(&page, chosen, &[]));
        assert_eq!(result.body.matches(">Done<").count(), 2, "{act}: {}", result.body);
        let left = owner.get(LIST);
        assert_eq!(left.body.contains(">Paused<"), act == "pause", "{act}");
    }
    assert!(owner.get(LIST).body.contains("No program is told"));
    assert_eq!(stage.logged_on("alice").get(&format!("{LIST}&csv=true")).status, 403);
}
