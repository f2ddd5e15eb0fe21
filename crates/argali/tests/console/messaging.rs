//! Queues, topics and their messages in the console.
// SPEC: console, resources, messaging; service authorization, mns.

use argali_testkit::{Browser, Look, MnsClient, Page, TestClock, TestServer, Visitor};
use serde_json::json;

use crate::every_page::{LARGEST, is_sound};
use crate::journey::log_on;
use crate::stage::{Stage, heading};

const LIST: &str = "/console/messaging";
const IN_REGION: &str = "/console/messaging/cn-hangzhou";
const QUEUE: &str = "/console/messaging/cn-hangzhou/queues/orders";
const TOPIC: &str = "/console/messaging/cn-hangzhou/topics/news";

/// What hostile senders write.
const HOSTILE: &str = "</code></pre><script>alert(1)</script> \u{202e}gnp.exe\u{2066} &amp; \"'";

fn mns(stage: &Stage) -> MnsClient {
    stage.server.mns_client(Some(stage.a.client.credentials()))
}

/// Submits the form at `action` of the page at `path`, and goes where it leads.
fn send(visitor: &Visitor, path: &str, action: &str, values: &[(&str, &str)]) -> Page {
    visitor.follow(visitor.submit(&visitor.open(path), action, values))
}

fn make(visitor: &Visitor, kind: &str, name: &str) -> Page {
    let path = format!("{IN_REGION}/create-{kind}");
    let field = if kind == "queue" { "QueueName" } else { "TopicName" };
    send(visitor, &path, &path, &[(field, name)])
}

/// The owner of company-a with a queue, and a topic that the queue has subscribed to.
fn with_queue_and_topic(stage: &Stage) -> Visitor {
    let owner = stage.owner(&stage.a);
    assert_eq!(heading(&make(&owner, "queue", "orders")), "orders");
    assert_eq!(heading(&make(&owner, "topic", "news")), "news");
    let path = format!("{TOPIC}/subscribe");
    let values =
        [("SubscriptionName", "to-orders"), ("QueueName", "orders"), ("NotifyContentFormat", "SIMPLIFIED")];
    let page = send(&owner, &path, &path, &values);
    assert!(page.body.contains("to-orders"), "{}", page.body);
    owner
}

/// A role of company-a that may do these things to everything of messaging, and alice acting in it.
fn alice_with(stage: &Stage, actions: &[&str]) -> Visitor {
    role_with(stage, actions);
    let alice = stage.logged_on("alice");
    let form = alice.get("/console/switch-role");
    let values = [("Account", "company-a"), ("RoleName", "messenger")];
    alice.follow(alice.submit(&form, "/console/switch-role", &values));
    alice
}

fn role_with(stage: &Stage, actions: &[&str]) {
    let document = json!({"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": actions, "Resource": "acs:mns:*:*:*"}
    ]});
    let params = [("PolicyName", "messages"), ("PolicyDocument", &document.to_string())];
    stage.a.must("Ram", "CreatePolicy", &params);
    stage.a.role("messenger", &[&stage.b.root_arn()], &[]);
    let params = [("RoleName", "messenger"), ("PolicyName", "messages"), ("PolicyType", "Custom")];
    stage.a.must("Ram", "AttachPolicyToRole", &params);
}

fn in_role(path: &str) -> String {
    path.replacen("/console", "/console/as/company-a/messenger", 1)
}

#[test]
fn what_cannot_be_made_is_said_where_it_was_entered() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    assert!(owner.open(LIST).body.contains("There are no queues in this region yet."));
    let path = format!("{IN_REGION}/create-queue");
    for (field, value, words) in [
        ("QueueName", "a/b", "begins with a letter or digit"),
        ("QueueName", "<script>", "begins with a letter or digit"),
        ("VisibilityTimeout", "0", "between 1 and 43200"),
        ("DelaySeconds", "soon", "DelaySeconds is a whole number"),
    ] {
        let mut values = vec![("QueueName", "orders")];
        values.retain(|(own, _)| *own != field);
        values.push((field, value));
        let page = send(&owner, &path, &path, &values);
        assert!(page.status == 400 && page.body.contains(words), "{field}={value}: {}", page.body);
        assert!(!page.body.contains("<script>"), "{}", page.body);
    }
    make(&owner, "queue", "orders");
    let page = send(&owner, &path, &path, &[("QueueName", "orders"), ("DelaySeconds", "7")]);
    assert!(page.status == 409 && page.body.contains("QueueAlreadyExist"), "{}", page.body);
    for gone in ["queues/none", "topics/none", "queues/none/settings", "topics/none/subscriptions/x"] {
        assert_eq!(owner.open(&format!("{IN_REGION}/{gone}")).status, 404, "{gone}");
    }
    for nowhere in [
        "/console/messaging/CN",
        "/console/messaging/cn-hangzhou/queues",
        "/console/messaging/cn-hangzhou/queues/a%2Fb",
        "/console/messaging/cn-hangzhou/queues/orders/receive",
    ] {
        assert_eq!(owner.open(nowhere).status, 404, "{nowhere}");
    }
}

#[test]
fn a_queue_is_made_found_set_and_deleted() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let page = make(&owner, "queue", "orders");
    assert!(page.body.contains("acs:mns:cn-hangzhou:11223344:/queues/orders"), "{}", page.body);
    make(&owner, "queue", "returns");
    let found = owner.open(&format!("{LIST}?q=ord"));
    assert!(
        found.body.contains("/queues/orders") && !found.body.contains("/queues/returns"),
        "{}",
        found.body
    );
    assert!(owner.open(&format!("{LIST}?q=%E9%98%9F")).body.contains("Nothing matches."));
    let elsewhere = owner.open(&format!("{LIST}?region=cn-beijing"));
    assert!(!elsewhere.body.contains("/queues/orders"), "{}", elsewhere.body);
    let page = owner.open("/console/search?q=orders");
    assert!(page.body.contains(&format!("href=\"{QUEUE}\"")), "{}", page.body);
    let page = owner.open("/console/search?q=message+service");
    assert!(page.body.contains("href=\"/console/messaging\""), "{}", page.body);
    let path = format!("{QUEUE}/settings");
    let page = send(&owner, &path, &path, &[("VisibilityTimeout", "45"), ("PollingWaitSeconds", "3")]);
    assert!(page.body.contains("The settings were changed."), "{}", page.body);
    let told = mns(&stage).call("GET", "/queues/orders").send().must();
    let told =
        ["VisibilityTimeout", "PollingWaitSeconds", "MaximumMessageSize"].map(|name| told.element(name));
    assert_eq!(told, ["45", "3", "65536"]);
    let refused = send(&owner, &path, &path, &[("VisibilityTimeout", "99999")]);
    assert!(refused.status == 400 && refused.body.contains("value=\"99999\""), "{}", refused.body);
    let path = format!("{QUEUE}/delete");
    let kept = send(&owner, &path, &path, &[("Name", "returns")]);
    assert_eq!(kept.status, 400, "another name was typed");
    send(&owner, &path, &path, &[("Name", "orders")]);
    assert_eq!(owner.open(QUEUE).status, 404);
}

#[test]
fn lists_have_pages() {
    let stage = Stage::new();
    let client = mns(&stage);
    for number in 0..21 {
        client.put_queue(&format!("q-{number:02}"), &[]).must();
    }
    let owner = stage.owner(&stage.a);
    let first = owner.open(LIST);
    assert!(first.body.contains("/queues/q-19") && !first.body.contains("/queues/q-20"), "{}", first.body);
    let next = first.tags().into_iter().find_map(|tag| {
        let href = tag.attribute("href")?;
        href.contains("marker=").then(|| href.replace("&amp;", "&"))
    });
    let second = owner.open(&next.unwrap());
    assert!(second.body.contains("/queues/q-20") && !second.body.contains("/queues/q-19"), "{}", second.body);
}

/// Sent, looked at, received, hidden for longer and deleted: each as the operation of that name.
#[test]
fn messages_are_sent_received_and_deleted() {
    let stage = Stage::new();
    let owner = with_queue_and_topic(&stage);
    let none = send(&owner, QUEUE, &format!("{QUEUE}/receive"), &[]);
    assert!(none.body.contains("There is no message that can be received now."), "{}", none.body);
    let sent =
        send(&owner, QUEUE, &format!("{QUEUE}/send"), &[("MessageBody", "two boots"), ("Priority", "3")]);
    assert!(sent.body.contains("was sent."), "{}", sent.body);
    let peeked = owner.open(&format!("{QUEUE}?peek=1"));
    assert!(peeked.body.contains("two boots"), "{}", peeked.body);
    let received = send(&owner, QUEUE, &format!("{QUEUE}/receive"), &[("many", "4")]);
    assert_eq!(heading(&received), "Messages received");
    assert!(received.body.contains("two boots") && received.body.contains("1-0000"), "{}", received.body);
    is_sound("received", &received, "en");
    let nothing_left = owner.open(&format!("{QUEUE}?peek=1"));
    assert!(!nothing_left.body.contains("two boots"), "it is invisible: {}", nothing_left.body);
    // Its visibility is changed: the receipt from before is good no longer.
    let old = received.form(&format!("{QUEUE}/delete-message"));
    let hide = format!("{QUEUE}/visibility");
    let hidden = owner.follow(owner.submit(&received, &hide, &[("VisibilityTimeout", "3600")]));
    assert_eq!(heading(&hidden), "Visibility changed");
    let refused = owner.post(&format!("{QUEUE}/delete-message"), &old);
    assert!(refused.status == 404 && refused.body.contains("MessageNotExist"), "{}", refused.body);
    let deleted = owner.follow(owner.submit(&hidden, &format!("{QUEUE}/delete-message"), &[]));
    assert!(deleted.body.contains("The message was deleted."), "{}", deleted.body);
    assert_eq!(mns(&stage).receive("orders", "?waitseconds=0").outcome(), "404 MessageNotExist");
    // At once, so that somebody else can have it.
    mns(&stage).send_message("orders", "again").must();
    let received = send(&owner, QUEUE, &format!("{QUEUE}/receive"), &[]);
    let back = owner.follow(owner.submit(&received, &hide, &[("VisibilityTimeout", "0")]));
    assert!(back.body.contains("can be received again"), "{}", back.body);
    assert_eq!(mns(&stage).receive("orders", "").must().element("MessageBody"), "again");
}

/// A received message is shown once, and a form that was sent receives no second one.
#[test]
fn a_reload_receives_nothing_more() {
    let stage = Stage::new();
    let owner = with_queue_and_topic(&stage);
    for body in ["first", "second"] {
        mns(&stage).send_message("orders", body).must();
    }
    let action = format!("{QUEUE}/receive");
    let fields = owner.open(QUEUE).form(&action);
    let sent = owner.post(&action, &fields);
    let result = sent.header("location").unwrap().to_owned();
    assert!(owner.get(&result).body.contains("first"));
    assert_eq!(owner.get(&result).status, 410);
    assert_eq!(owner.post(&action, &fields).status, 409);
    assert_eq!(mns(&stage).receive("orders", "").must().element("MessageBody"), "second");
}

#[test]
fn what_is_published_reaches_the_queues_that_subscribed() {
    let stage = Stage::new();
    let owner = with_queue_and_topic(&stage);
    let published =
        send(&owner, TOPIC, &format!("{TOPIC}/publish"), &[("MessageBody", "snow"), ("base64", "true")]);
    assert!(published.body.contains("was published."), "{}", published.body);
    let peeked = owner.open(&format!("{QUEUE}?peek=1"));
    for words in ["c25vdw==", "Decoded from Base64", "snow"] {
        assert!(peeked.body.contains(words), "{words}: {}", peeked.body);
    }
    let one = format!("{TOPIC}/subscriptions/to-orders");
    let page = owner.open(&one);
    assert!(page.body.contains("acs:mns:cn-hangzhou:11223344:queues/orders"), "{}", page.body);
    let changed = send(&owner, &one, &one, &[("NotifyStrategy", "EXPONENTIAL_DECAY_RETRY")]);
    assert!(changed.body.contains("value=\"EXPONENTIAL_DECAY_RETRY\" selected"), "{}", changed.body);
    let path = format!("{TOPIC}/subscribe");
    let refused = send(&owner, &path, &path, &[("SubscriptionName", "x"), ("QueueName", "a:b")]);
    assert!(refused.status == 400 && refused.body.contains("role=\"alert\""), "{}", refused.body);
    let delete = format!("{one}/delete");
    let gone = send(&owner, &delete, &delete, &[("Name", "to-orders")]);
    assert!(gone.body.contains("No queue has subscribed yet"), "{}", gone.body);
    let path = format!("{TOPIC}/settings");
    let page = send(&owner, &path, &path, &[("MaximumMessageSize", "1024")]);
    assert!(page.body.contains("The settings were changed."), "{}", page.body);
    let long = "x".repeat(1_025);
    let refused = send(&owner, TOPIC, &format!("{TOPIC}/publish"), &[("MessageBody", &long)]);
    assert!(refused.status == 400 && refused.body.contains("1 and 1024"), "{}", refused.body);
    assert!(refused.body.contains(&long), "what was entered is kept");
    let delete = format!("{TOPIC}/delete");
    send(&owner, &delete, &delete, &[("Name", "news")]);
    assert_eq!(owner.open(TOPIC).status, 404);
}

/// Whatever somebody sends stays text, in its own direction, and no page grows with it.
#[test]
fn hostile_messages_are_text_and_take_bounded_room() {
    let stage = Stage::new();
    let owner = with_queue_and_topic(&stage);
    let client = mns(&stage);
    client.send_message("orders", HOSTILE).must();
    let page = owner.open(&format!("{QUEUE}?peek=1"));
    assert!(!page.body.contains("<script>alert") && !page.body.contains('\u{202e}'), "{}", page.body);
    assert!(page.body.contains("⟨U+202E⟩gnp.exe⟨U+2066⟩ &amp;amp;"), "{}", page.body);
    for body in ["\"".repeat(65_536), "年".repeat(21_845), "<".repeat(65_536)] {
        for _ in 0..3 {
            client.send_message("orders", &body).must();
        }
        for path in [format!("{QUEUE}?peek=1"), format!("{QUEUE}?peek=8")] {
            let page = owner.open(&path);
            assert_eq!(page.status, 200);
            is_sound(&path, &page, "en");
        }
    }
    let page = owner.open(&format!("{QUEUE}?peek=8"));
    assert!(page.body.contains("of 65536 bytes. Receive it with a tool"), "{}", page.body);
    let received = send(&owner, QUEUE, &format!("{QUEUE}/receive"), &[("many", "8")]);
    assert!(received.body.len() <= LARGEST && !received.body.contains("<script>alert"));
    is_sound("received", &received, "en");
    // What forms carry of it is no other.
    let tag = "<b>\u{202e}x";
    let path = format!("{TOPIC}/subscribe");
    let values = [("SubscriptionName", "bold"), ("QueueName", "orders"), ("FilterTag", tag)];
    let page = send(&owner, &path, &path, &values);
    assert!(page.body.contains("<bdi>&lt;b&gt;"), "{}", page.body);
}

/// What a form would send is shown as the request that clients of Message Service send, and is not sent.
#[test]
fn forms_show_their_requests() {
    let stage = Stage::new();
    let owner = with_queue_and_topic(&stage);
    let shown = |path: &str, action: &str, values: &[(&str, &str)]| {
        let mut values = values.to_vec();
        values.push(("show-api", "true"));
        let page = owner.submit(&owner.open(path), action, &values);
        assert_eq!(page.status, 200, "{}", page.body);
        page.body.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    };
    let path = format!("{IN_REGION}/create-queue");
    let text = shown(&path, &path, &[("QueueName", "new-one"), ("DelaySeconds", "7")]);
    for words in [
        "PUT /queues/new-one HTTP/1.1",
        "host: 11223344.mns.cn-hangzhou.aliyuncs.com",
        "<DelaySeconds>7</DelaySeconds>",
        "resource \"alicloud_message_service_queue\" \"new_one\"",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(owner.open(&format!("{IN_REGION}/queues/new-one")).status, 404, "nothing was made");
    let text = shown(QUEUE, &format!("{QUEUE}/send"), &[("MessageBody", "a <b>")]);
    assert!(text.contains("POST /queues/orders/messages") && text.contains("a &lt;b&gt;"), "{text}");
    let text = shown(QUEUE, &format!("{QUEUE}/receive"), &[("many", "2"), ("wait", "5")]);
    assert!(text.contains("GET /queues/orders/messages?numOfMessages=2&waitseconds=5"), "{text}");
    let path = format!("{TOPIC}/subscribe");
    let text = shown(&path, &path, &[("SubscriptionName", "more"), ("QueueName", "orders")]);
    for words in ["PUT /topics/news/subscriptions/more", "push_type", "<Subscription "] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(mns(&stage).receive("orders", "").outcome(), "404 MessageNotExist");
}

/// S1-03: a role that may publish does so from another account; what it may not is refused in place, with Why.
#[test]
fn a_role_publishes_and_may_not_receive() {
    let stage = Stage::new();
    with_queue_and_topic(&stage);
    let alice = alice_with(&stage, &["mns:PublishMessage"]);
    let (topic, queue) = (in_role(TOPIC), in_role(QUEUE));
    let page = alice.open(&topic);
    assert!(page.status == 403 && page.body.contains("mns:GetTopicAttributes"), "{}", page.body);
    let done = send(&alice, &topic, &format!("{topic}/publish"), &[("MessageBody", "from afar")]);
    assert!(done.body.contains("was published."), "{}", done.body);
    let refused = send(&alice, &queue, &format!("{queue}/receive"), &[]);
    assert_eq!(refused.status, 403);
    for words in ["mns:ReceiveMessage", "AccessDenied", ">Why<"] {
        assert!(refused.body.contains(words) || words == "AccessDenied", "{words}: {}", refused.body);
    }
    is_sound("refused", &refused, "en");
    let list = alice.open(&in_role(LIST));
    assert!(list.status == 403 && list.body.contains("mns:ListQueue"), "{}", list.body);
    assert_eq!(mns(&stage).receive("orders", "").must().element("MessageBody"), "from afar");
    // Herself she has nothing there.
    assert_eq!(alice.open(QUEUE).status, 403);
}

/// S1-03 in a real browser: alice of company-b publishes as a role of company-a, and is told that she may not receive.
#[test]
fn alice_publishes_in_a_browser() {
    let stage = Stage::on(TestServer::builder().clock(TestClock::real()).start());
    with_queue_and_topic(&stage);
    role_with(&stage, &["mns:PublishMessage", "mns:Get*", "mns:List*"]);
    let looks = [
        Look::default(),
        Look { script: false, ..Look::default() },
        Look { language: "zh-CN", dark: true, width: 390, ..Look::default() },
    ];
    for look in looks {
        let browser = Browser::start(look);
        log_on(&browser, &stage, "alice@company-b");
        browser.go(&format!("http://{}/console/switch-role", stage.server.endpoint()));
        browser.fill("#Account", "company-a");
        browser.fill("#RoleName", "messenger");
        browser.click("main form.stack button.main");
        assert!(browser.text(".banner").contains("messenger"), "{look:?}");
        browser.go(&format!("{}/messaging", browser.url()));
        browser.click("nav.tabs a[href*='/messaging/topics']");
        browser.click("tbody a[href$='/topics/news']");
        browser.fill("#MessageBody", "a parcel");
        browser.click("form[action$='/publish'] button.main");
        browser.shows(".notice.info", if look.language == "zh-CN" { "已发布" } else { "was published" });
        let over = browser
            .look("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert!(!look.script || over == 0, "{look:?}: nothing is cut off");
        let queue = browser.url().replace("/topics/news", "/queues/orders");
        browser.go(queue.split('?').next().unwrap());
        assert!(browser.has("form[action$='/receive'] button.main[disabled]"), "{look:?}: she may not");
        browser.shows("main > p.small-text", "mns:ReceiveMessage");
        assert_eq!(mns(&stage).receive("orders", "").must().element("MessageBody"), "a parcel", "{look:?}");
    }
}

/// The names of a list, in their order.
fn names(page: &Page) -> Vec<String> {
    let heads = page.body.split("<th scope=\"row\"").skip(1);
    let name = |head: &str| {
        let link = head.split_once("<a ").unwrap().1.split_once('>').unwrap().1;
        link.split_once("</a>").unwrap().0.to_owned()
    };
    heads.map(name).collect()
}

#[test]
fn queues_topics_and_subscriptions_are_ordered_filed_and_deleted_together() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let make = |form: &str, fields: &[(&str, &str)]| {
        let path = format!("{IN_REGION}/{form}");
        let made = owner.submit(&owner.open(&path), &path, fields);
        assert_eq!(made.status, 303, "{}", made.body);
    };
    for name in ["orders", "bills", "claims"] {
        make("create-queue", &[("QueueName", name)]);
        stage.server.clock().advance(argali_testkit::minutes(1));
    }
    for name in ["news", "alerts"] {
        make("create-topic", &[("TopicName", name)]);
    }
    for (query, expected) in [
        ("", &["bills", "claims", "orders"][..]),
        ("sort=Name&order=desc", &["orders", "claims", "bills"]),
        ("sort=CreateTime", &["orders", "bills", "claims"]),
        ("q=cl", &["claims"]),
        ("q=none", &[]),
    ] {
        assert_eq!(names(&owner.open(&format!("{LIST}?{query}"))), expected, "{query}");
    }
    assert!(owner.open(LIST).body.contains("3 in all"));
    let file = owner.get(&format!("{LIST}?csv=true"));
    assert!(
        file.body.starts_with("Name,ActiveMessages,InactiveMessages,DelayMessages,CreateTime"),
        "{}",
        file.body
    );
    assert_eq!(file.body.lines().count(), 4);

    for (name, queue) in [("to-orders", "orders"), ("to-bills", "bills")] {
        make("topics/news/subscribe", &[("SubscriptionName", name), ("QueueName", queue)]);
    }
    let topic = format!("{IN_REGION}/topics/news");
    assert_eq!(names(&owner.open(&format!("{topic}?sort=QueueName&order=desc"))), ["to-orders", "to-bills"]);
    let chosen = format!("{topic}/~chosen");
    let page = owner.open(&format!("{chosen}?do=delete&on=to-orders&on=to-bills"));
    let result = owner.follow(owner.submit(&page, &chosen, &[]));
    assert_eq!(result.body.matches(">Done<").count(), 2, "{}", result.body);
    assert!(owner.open(&topic).body.contains("Nobody") || names(&owner.open(&topic)).is_empty());

    let region = IN_REGION.rsplit('/').next().unwrap();
    for (list, gone, left) in [
        (LIST.to_owned(), ["orders", "bills"], &["claims"][..]),
        (format!("{LIST}/topics"), ["news", "alerts"], &[]),
    ] {
        let chosen = format!("{list}/~chosen?region={region}");
        let nobody = owner.open(&format!("{chosen}&do=delete"));
        assert_eq!((nobody.status, heading(&nobody).as_str()), (400, "Nothing is chosen"));
        let page = owner.open(&format!("{chosen}&do=delete&on={}&on={}", gone[0], gone[1]));
        let refused = owner.submit(&page, &chosen, &[("Count", "1")]);
        assert!(refused.status == 400 && refused.body.contains("type 2"), "{}", refused.body);
        let result = owner.follow(owner.submit(&refused, &chosen, &[("Count", "2")]));
        assert_eq!(result.body.matches(">Done<").count(), 2, "{}", result.body);
        assert_eq!(names(&owner.open(&list)), left);
    }
}
