//! Queues: made, set, shown, listed, deleted.

use argali_testkit::TestServer;

use super::Post;
use crate::stage::fresh;

#[test]
fn names_and_settings_are_what_they_may_be() {
    let post = Post::open();
    let outcome = |name: &str, settings: &[(&str, &str)]| post.mns.put_queue(name, settings).outcome();
    let long = "x".repeat(121);
    assert_eq!(outcome(&long, &[]), "400 QueueNameLengthError");
    for name in ["-a", "a_b", "a.b", "%E9%98%9F"] {
        assert_eq!(outcome(name, &[]), "400 InvalidQueueName", "{name}");
    }
    for (setting, low, high) in [
        ("VisibilityTimeout", "0", "43201"),
        ("MaximumMessageSize", "1023", "65537"),
        ("MessageRetentionPeriod", "59", "604801"),
        ("DelaySeconds", "-1", "604801"),
        ("PollingWaitSeconds", "-1", "31"),
        ("LoggingEnabled", "perhaps", "2"),
    ] {
        for value in [low, high, "x", "99999999999999999999"] {
            assert_eq!(outcome("a", &[(setting, value)]), "400 InvalidArgument", "{setting} {value}");
        }
    }
    assert_eq!(outcome("absent?metaoverride=true", &[]), "404 QueueNotExist");
    assert_eq!(post.mns.call("GET", "/queues/absent").send().outcome(), "404 QueueNotExist");
    assert_eq!(post.mns.call("DELETE", "/queues/absent").send().outcome(), "404 QueueNotExist");
}

#[test]
fn a_queue_is_made_once_and_set() {
    let post = Post::open();
    let name = fresh("set-");
    let settings = [("VisibilityTimeout", "60"), ("LoggingEnabled", "True")];
    let made = post.mns.put_queue(&name, &settings);
    assert_eq!(made.outcome(), "201");
    assert_eq!(made.header("location"), format!("http://{}/queues/{name}", crate::world::shared().address()));
    assert_eq!(post.mns.put_queue(&name, &settings).outcome(), "204", "the same once more");
    assert_eq!(post.mns.put_queue(&name, &[]).outcome(), "409 QueueAlreadyExist");
    let set = format!("{name}?metaoverride=true");
    assert_eq!(post.mns.put_queue(&set, &[("DelaySeconds", "5")]).outcome(), "204");
    let shown = post.mns.call("GET", &format!("/queues/{name}")).send().must();
    let members = [
        ("QueueName", name.as_str()),
        ("VisibilityTimeout", "60"),
        ("MaximumMessageSize", "65536"),
        ("MessageRetentionPeriod", "345600"),
        ("DelaySeconds", "5"),
        ("PollingWaitSeconds", "0"),
        ("ActiveMessages", "0"),
        ("InactiveMessages", "0"),
        ("DelayMessages", "0"),
        ("LoggingEnabled", "True"),
    ];
    for (member, value) in members {
        assert_eq!(shown.element(member), value, "{member}");
    }
    assert_eq!(shown.header("content-type"), "text/xml;charset=utf-8");
    assert_eq!(shown.header("x-mns-version"), "2015-06-06");
    assert!(!shown.header("x-mns-request-id").is_empty());
}

#[test]
fn a_queue_that_is_made_anew_has_no_old_messages() {
    let post = Post::open();
    post.send("old");
    assert_eq!(post.mns.call("DELETE", &format!("/queues/{}", post.queue)).send().outcome(), "204");
    assert_eq!(post.receive().outcome(), "404 QueueNotExist");
    post.mns.put_queue(&post.queue, &[]).must();
    assert_eq!(post.receive().outcome(), "404 MessageNotExist");
}

#[test]
fn lists_come_in_pages() {
    let server = TestServer::start();
    let post = Post::on(&server);
    for name in ["a-1", "a-2", "a-3", "b"] {
        post.mns.put_queue(name, &[]).must();
    }
    let page = |marker: &str| {
        let call = post.mns.call("GET", "/queues").header("x-mns-prefix", "a-");
        let call = call.header("x-mns-ret-number", "2").header("x-mns-marker", marker);
        call.send()
    };
    let first = page("").must();
    let url = |name: &str| format!("http://{}/queues/{name}", server.address());
    assert_eq!(first.elements("QueueURL"), [url("a-1"), url("a-2")]);
    let second = page(&first.element("NextMarker")).must();
    assert_eq!(second.elements("QueueURL"), [url("a-3")]);
    assert_eq!(second.elements("NextMarker").len(), 0);
    assert_eq!(page("made-up").outcome(), "400 InvalidArgument");
    // A marker is of its account and of its list.
    let stranger = Post::on(&server);
    let stolen = stranger.mns.call("GET", "/queues").header("x-mns-prefix", "a-");
    let marker = first.element("NextMarker");
    assert_eq!(stolen.header("x-mns-marker", &marker).send().outcome(), "400 InvalidArgument");
    let meta = post.mns.call("GET", "/queues").header("x-mns-with-meta", "true").send().must();
    assert_eq!(meta.elements("QueueName").len(), 5);
    for number in ["0", "1001", "x"] {
        let call = post.mns.call("GET", "/queues").header("x-mns-ret-number", number);
        assert_eq!(call.send().outcome(), "400 InvalidArgument", "{number}");
    }
    let call = post.mns.call("GET", "/queues").header("x-mns-prefix", "a/../b");
    assert_eq!(call.send().outcome(), "400 InvalidArgument");
}

#[test]
fn regions_are_apart() {
    let post = Post::open();
    let beijing = post.mns.at_host(&format!("{}.mns.cn-beijing.aliyuncs.com", post.owner.id));
    assert_eq!(beijing.receive(&post.queue, "").outcome(), "404 QueueNotExist");
    let hangzhou = post.mns.at_host(&format!("{}.mns.cn-hangzhou-internal.localhost:99", post.owner.id));
    assert_eq!(hangzhou.receive(&post.queue, "").outcome(), "404 MessageNotExist");
    let made = beijing.put_queue("north", &[]).must();
    let location = format!("http://{}.mns.cn-beijing.aliyuncs.com/queues/north", post.owner.id);
    assert_eq!(made.header("location"), location);
}

#[test]
fn an_account_has_so_many_queues_and_topics() {
    let server = TestServer::builder()
        .configure(|config| {
            config.quota.queues = 1;
            config.quota.topics = 1;
        })
        .start();
    let post = Post::on(&server);
    assert_eq!(post.mns.put_queue("more", &[]).outcome(), "403 QueueNumExceededLimit");
    post.mns.call("DELETE", &format!("/queues/{}", post.queue)).send().must();
    post.mns.put_queue("more", &[]).must();
    post.topic();
    assert_eq!(post.mns.call("PUT", "/topics/more").send().outcome(), "403 TopicNumExceededLimit");
}
