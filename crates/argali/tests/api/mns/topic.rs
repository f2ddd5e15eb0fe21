//! Topics: what is published there comes into the queues that have subscribed.

use super::Post;
use crate::stage::fresh;

#[test]
fn what_cannot_be_subscribed_is_refused() {
    let post = Post::open();
    let topic = post.topic();
    let call = |topic: &str, name: &str, members: &[(&str, &str)]| {
        let target = format!("/topics/{topic}/subscriptions/{name}");
        post.mns.call("PUT", &target).document("Subscription", members).send().outcome()
    };
    let own = format!("acs:mns:cn-hangzhou:{}:queues/a", post.owner.id);
    for endpoint in [
        "",
        "http://127.0.0.1/a",
        "mail:directmail:a@example.com",
        "sms:directsms:1",
        "acs:mns:cn-hangzhou:99999999:queues/a",
        &format!("acs:mns:cn-hangzhou:{}:topics/a", post.owner.id),
        &format!("acs:mns:cn-hangzhou:{}:queues/a_b", post.owner.id),
        &format!("acs:mns:*:{}:queues/a", post.owner.id),
    ] {
        assert_eq!(call(&topic, "s", &[("Endpoint", endpoint)]), "400 EndpointInvalid", "{endpoint}");
    }
    let own = ("Endpoint", own.as_str());
    assert_eq!(call("absent", "s", &[own]), "404 TopicNotExist");
    assert_eq!(call("a_b", "s", &[own]), "400 TopicNameInvalid");
    assert_eq!(call(&topic, "a_b", &[own]), "400 SubscriptionNameInvalid");
    assert_eq!(call(&topic, &"x".repeat(121), &[own]), "400 SubscriptionNameLengthError");
    assert_eq!(call(&topic, "s", &[own, ("FilterTag", "12345678901234567")]), "400 InvalidArgument");
    assert_eq!(call(&topic, "s", &[own, ("NotifyContentFormat", "YAML")]), "400 InvalidArgument");
    assert_eq!(call(&topic, "s", &[own, ("NotifyStrategy", "NEVER")]), "400 InvalidArgument");
    let at =
        |method, below: &str| post.mns.call(method, &format!("/topics/{topic}/subscriptions{below}")).send();
    assert_eq!(at("GET", "/absent").outcome(), "404 SubscriptionNotExist");
    assert_eq!(at("DELETE", "/absent").outcome(), "404 SubscriptionNotExist");
    assert_eq!(at("PUT", "/absent?metaoverride=true").outcome(), "404 SubscriptionNotExist");
    assert_eq!(post.publish("absent", "x", "").outcome(), "404 TopicNotExist");
    assert_eq!(post.publish(&topic, "", "").outcome(), "400 InvalidArgument");
    assert_eq!(post.publish(&topic, "x", "12345678901234567").outcome(), "400 InvalidArgument");
    assert_eq!(at("GET", "").must().elements("SubscriptionURL").len(), 0);
}

#[test]
fn a_topic_is_made_set_shown_and_deleted() {
    let post = Post::open();
    let topic = fresh("topic-");
    let at = |method, query: &str, members: &[(&str, &str)]| {
        post.mns.call(method, &format!("/topics/{topic}{query}")).document("Topic", members).send()
    };
    assert_eq!(at("PUT", "", &[("MaximumMessageSize", "1")]).outcome(), "400 InvalidArgument");
    assert_eq!(at("PUT", "", &[]).outcome(), "201");
    assert_eq!(at("PUT", "", &[]).outcome(), "204");
    assert_eq!(at("PUT", "", &[("MaximumMessageSize", "2048")]).outcome(), "409 TopicAlreadyExist");
    at("PUT", "?metaoverride=true", &[("MaximumMessageSize", "2048"), ("LoggingEnabled", "true")]).must();
    let shown = post.mns.call("GET", &format!("/topics/{topic}")).send().must();
    for (member, value) in [
        ("TopicName", topic.as_str()),
        ("MaximumMessageSize", "2048"),
        ("MessageRetentionPeriod", "86400"),
        ("MessageCount", "0"),
        ("LoggingEnabled", "True"),
    ] {
        assert_eq!(shown.element(member), value, "{member}");
    }
    assert_eq!(post.publish(&topic, &"x".repeat(2_049), "").outcome(), "400 InvalidArgument");
    post.subscribe(&topic, "s", &[]).must();
    let listed = post.mns.call("GET", "/topics").header("x-mns-prefix", &topic).send().must();
    assert!(listed.element("TopicURL").ends_with(&format!("/topics/{topic}")));
    assert_eq!(post.mns.call("DELETE", &format!("/topics/{topic}")).send().outcome(), "204");
    at("PUT", "", &[]).must();
    let none = post.mns.call("GET", &format!("/topics/{topic}/subscriptions")).send().must();
    assert_eq!(none.elements("SubscriptionURL").len(), 0, "its subscriptions went with it");
}

#[test]
fn subscriptions_are_shown_and_end() {
    let post = Post::open();
    let topic = post.topic();
    let more = [("FilterTag", "important"), ("NotifyContentFormat", "JSON")];
    let made = post.subscribe(&topic, "s", &more);
    assert_eq!(made.outcome(), "201");
    assert!(made.header("location").ends_with(&format!("/topics/{topic}/subscriptions/s")));
    assert_eq!(post.subscribe(&topic, "s", &more).outcome(), "204");
    assert_eq!(post.subscribe(&topic, "s", &[]).outcome(), "409 SubscriptionAlreadyExist");
    let at = format!("/topics/{topic}/subscriptions/s");
    let strategy = [("NotifyStrategy", "EXPONENTIAL_DECAY_RETRY")];
    post.mns
        .call("PUT", &format!("{at}?metaoverride=true"))
        .document("Subscription", &strategy)
        .send()
        .must();
    let shown = post.mns.call("GET", &at).send().must();
    for (member, value) in [
        ("TopicOwner", post.owner.id.as_str()),
        ("TopicName", &topic),
        ("Subscriber", &post.owner.id),
        ("SubscriptionName", "s"),
        ("Endpoint", &format!("acs:mns:cn-hangzhou:{}:queues/{}", post.owner.id, post.queue)),
        ("FilterTag", "important"),
        ("NotifyStrategy", "EXPONENTIAL_DECAY_RETRY"),
        ("NotifyContentFormat", "JSON"),
    ] {
        assert_eq!(shown.element(member), value, "{member}");
    }
    assert_eq!(post.mns.call("DELETE", &at).send().outcome(), "204");
    post.publish(&topic, "x", "important").must();
    assert_eq!(post.receive().outcome(), "404 MessageNotExist");
}

#[test]
fn a_topic_has_a_hundred_subscriptions() {
    let post = Post::open();
    let topic = post.topic();
    for number in 0..100 {
        post.subscribe(&topic, &format!("s-{number:02}"), &[]).must();
    }
    assert_eq!(post.subscribe(&topic, "more", &[]).outcome(), "403 SubscriptionNumExceededLimit");
    post.publish(&topic, "x", "").must();
    assert_eq!(post.counts()[0], "100");
    let page = post.mns.call("GET", &format!("/topics/{topic}/subscriptions"));
    let page = page.header("x-mns-ret-number", "7").header("x-mns-prefix", "s-9").send().must();
    assert_eq!(page.elements("SubscriptionURL").len(), 7);
    assert!(!page.element("NextMarker").is_empty());
}

#[test]
fn a_message_comes_in_the_form_that_was_asked_for() {
    let post = Post::open();
    let topic = post.topic();
    for (name, format) in [("j", "JSON"), ("s", "SIMPLIFIED"), ("x", "XML")] {
        post.subscribe(&topic, name, &[("NotifyContentFormat", format)]).must();
    }
    post.subscribe(&topic, "other", &[("FilterTag", "other")]).must();
    let published = post.publish(&topic, "a<b", "important").must();
    let (id, md5) = (published.element("MessageId"), published.element("MessageBodyMD5"));
    let received = post.mns.receive(&post.queue, "?numOfMessages=16").must().elements("MessageBody");
    let [json, simplified, xml] = received.try_into().unwrap();
    assert_eq!(simplified, "a&lt;b");
    let json: serde_json::Value = serde_json::from_str(&json.replace("&lt;", "<")).unwrap();
    assert_eq!([&json["MessageId"], &json["MessageMD5"], &json["Message"]], [&id, &md5, "a<b"]);
    assert_eq!([&json["TopicOwner"], &json["TopicName"]], [&post.owner.id, &topic]);
    assert_eq!([&json["SubscriptionName"], &json["MessageTag"]], ["j", "important"]);
    let xml = xml.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    assert!(xml.contains("<Notification xmlns=\"http://mns.aliyuncs.com/doc/v1/\"><TopicOwner>"), "{xml}");
    assert!(xml.contains(&format!("<Message>a&lt;b</Message><MessageMD5>{md5}</MessageMD5>")), "{xml}");
    assert!(xml.contains("<SubscriptionName>x</SubscriptionName>"), "{xml}");
    assert_eq!(post.receive().outcome(), "404 MessageNotExist", "nobody wanted another tag");
}

#[test]
fn a_queue_that_is_gone_keeps_nobody_from_publishing() {
    let post = Post::open();
    let topic = post.topic();
    post.subscribe(&topic, "s", &[]).must();
    post.mns.call("DELETE", &format!("/queues/{}", post.queue)).send().must();
    post.publish(&topic, "x", "").must();
    post.mns.put_queue(&post.queue, &[]).must();
    assert_eq!(post.counts(), ["0", "0", "0"]);
    post.publish(&topic, "y", "").must();
    assert_eq!(post.counts(), ["1", "0", "0"]);
}
