//! Messages: sent, received in their order, hidden, deleted, expired.

use std::collections::BTreeSet;

use argali_testkit::{TestServer, XmlAnswer, seconds};

use super::Post;

fn send_with(post: &Post, body: &str, members: &[(&str, &str)]) -> XmlAnswer {
    let members = [&[("MessageBody", body)], members].concat();
    post.mns.call("POST", &format!("/queues/{}/messages", post.queue)).document("Message", &members).send()
}

fn batch(bodies: &[&str]) -> String {
    let messages: String =
        bodies.iter().map(|body| format!("<Message><MessageBody>{body}</MessageBody></Message>")).collect();
    format!("<Messages xmlns=\"http://mns.aliyuncs.com/doc/v1/\">{messages}</Messages>")
}

fn send_batch(post: &Post, bodies: &[&str]) -> XmlAnswer {
    post.mns.call("POST", &format!("/queues/{}/messages", post.queue)).body(batch(bodies)).send()
}

#[test]
fn what_cannot_be_sent_is_refused() {
    let post = Post::open();
    for members in [
        &[("DelaySeconds", "604801")][..],
        &[("DelaySeconds", "-1")],
        &[("Priority", "0")],
        &[("Priority", "17")],
        &[("Priority", "high")],
    ] {
        assert_eq!(send_with(&post, "x", members).outcome(), "400 InvalidArgument", "{members:?}");
    }
    assert_eq!(post.mns.send_message(&post.queue, "").outcome(), "400 InvalidArgument");
    assert_eq!(post.mns.send_message(&post.queue, &"x".repeat(65_537)).outcome(), "400 InvalidArgument");
    assert_eq!(post.mns.send_message(&post.queue, &"x".repeat(65_536)).outcome(), "201");
    assert_eq!(post.mns.send_message("absent", "x").outcome(), "404 QueueNotExist");
    assert_eq!(send_batch(&post, &[]).outcome(), "400 InvalidArgument");
    assert_eq!(send_batch(&post, &["x"; 17]).outcome(), "400 InvalidArgument");
    let half = "x".repeat(40_000);
    assert_eq!(send_batch(&post, &[&half, &half]).outcome(), "400 InvalidArgument", "64 KiB in all");
    assert_eq!(send_batch(&post, &["x", ""]).outcome(), "400 InvalidArgument", "all or none");
    assert_eq!(post.counts(), ["1", "0", "0"]);
}

#[test]
fn a_message_is_received_as_it_was_sent() {
    let post = Post::open();
    let body = "  运维 <a> & \"b\"\n\t ";
    let sent = post.mns.send_message(&post.queue, body);
    assert_eq!(sent.outcome(), "201");
    assert!(sent.elements("ReceiptHandle").is_empty(), "there is none until somebody receives it");
    let unescape = |text: String| text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    for query in ["?peekonly=true", "", "?numOfMessages=3"] {
        if query == "?numOfMessages=3" {
            post.mns.send_message(&post.queue, body).must();
        }
        let received = post.mns.receive(&post.queue, query).must();
        assert_eq!(unescape(received.element("MessageBody")), body, "{query}");
        assert_eq!(received.element("MessageBodyMD5"), sent.element("MessageBodyMD5"));
        assert_eq!(received.elements("ReceiptHandle").is_empty(), query == "?peekonly=true");
        assert_eq!(received.element("Priority"), "8");
    }
}

#[test]
fn properties_and_groups_come_back() {
    let post = Post::open();
    let document = "<Message><MessageBody>x</MessageBody><MessageGroupId>g</MessageGroupId><UserProperties><PropertyValue><Name>k</Name><Value>7</Value><Type>NUMBER</Type></PropertyValue></UserProperties><SystemProperties><SystemPropertyValue><Name>traceparent</Name><Value>t</Value><Type>STRING</Type></SystemPropertyValue></SystemProperties></Message>";
    let call = |document: &str| {
        post.mns.call("POST", &format!("/queues/{}/messages", post.queue)).body(document).send()
    };
    assert_eq!(call(&document.replace("NUMBER", "LIST")).outcome(), "400 InvalidArgument");
    assert_eq!(call(document).must().element("MessageGroupId"), "g");
    let text = post.receive().must().text();
    let user = "<UserProperties><PropertyValue><Name>k</Name><Value>7</Value><Type>NUMBER</Type></PropertyValue></UserProperties>";
    assert!(text.contains(user) && text.contains("<Name>traceparent</Name>"), "{text}");
    assert!(text.contains("<MessageGroupId>g</MessageGroupId>"), "{text}");
}

#[test]
fn the_urgent_comes_first_then_the_oldest() {
    let post = Post::open();
    for (body, priority) in [("d", "16"), ("b", "8"), ("a", "1"), ("c", "8")] {
        send_with(&post, body, &[("Priority", priority)]).must();
    }
    let seen = post.mns.receive(&post.queue, "?peekonly=true&numOfMessages=16").must();
    assert_eq!(seen.elements("MessageBody"), ["a", "b", "c", "d"]);
    assert_eq!(post.receive().must().element("MessageBody"), "a");
    assert_eq!(post.mns.receive(&post.queue, "?numOfMessages=2").must().elements("MessageBody"), ["b", "c"]);
    assert_eq!(post.counts(), ["1", "3", "0"]);
}

#[test]
fn a_message_is_invisible_until_its_time_and_its_receipt_good_so_long() {
    let server = TestServer::start();
    let post = Post::on(&server);
    post.send("x");
    let first = post.receive().must();
    let receipt = first.element("ReceiptHandle");
    assert_eq!(
        (first.element("DequeueCount").as_str(), post.receive().outcome().as_str()),
        ("1", "404 MessageNotExist")
    );
    let millis = |answer: &XmlAnswer, name: &str| answer.element(name).parse::<i64>().unwrap();
    assert_eq!(millis(&first, "NextVisibleTime") - millis(&first, "FirstDequeueTime"), 30_000);
    server.clock().advance(seconds(30));
    assert_eq!(post.mns.delete_message(&post.queue, &receipt).outcome(), "404 MessageNotExist", "too late");
    let again = post.receive().must();
    assert_eq!(again.element("DequeueCount"), "2");
    assert_eq!(again.element("FirstDequeueTime"), first.element("FirstDequeueTime"));
    assert_eq!(again.element("EnqueueTime"), first.element("EnqueueTime"));
    assert_eq!(post.mns.delete_message(&post.queue, &receipt).outcome(), "404 MessageNotExist", "an old one");
    let receipt = again.element("ReceiptHandle");
    assert_eq!(post.mns.delete_message(&post.queue, &receipt).outcome(), "204");
    assert_eq!(post.mns.delete_message(&post.queue, &receipt).outcome(), "404 MessageNotExist");
    for receipt in ["made-up", "1-", &format!("1-{}", "0".repeat(33))] {
        assert_eq!(post.mns.delete_message(&post.queue, receipt).outcome(), "400 ReceiptHandleError");
    }
    let without = post.mns.call("DELETE", &format!("/queues/{}/messages", post.queue)).send();
    assert_eq!(without.outcome(), "400 MissingReceiptHandle");
    assert_eq!(post.counts(), ["0", "0", "0"]);
}

#[test]
fn whoever_received_a_message_may_hide_it_longer_or_show_it() {
    let server = TestServer::start();
    let post = Post::on(&server);
    post.send("x");
    let receipt = post.receive().must().element("ReceiptHandle");
    let change = |receipt: &str, timeout: &str| {
        let query = format!("ReceiptHandle={receipt}&VisibilityTimeout={timeout}");
        post.mns.call("PUT", &format!("/queues/{}/messages?{query}", post.queue)).send()
    };
    assert_eq!(change("made-up", "5").outcome(), "400 ReceiptHandleError");
    assert_eq!(change(&receipt, "43201").outcome(), "400 InvalidArgument");
    let longer = change(&receipt, "100").must();
    assert_eq!(change(&receipt, "100").outcome(), "404 MessageNotExist", "the receipt was replaced");
    server.clock().advance(seconds(99));
    assert_eq!(post.receive().outcome(), "404 MessageNotExist");
    change(&longer.element("ReceiptHandle"), "0").must();
    assert_eq!(post.receive().must().element("DequeueCount"), "2");
}

#[test]
fn a_delayed_message_waits_and_can_be_taken_back() {
    let server = TestServer::start();
    let post = Post::on(&server);
    let sent = send_with(&post, "late", &[("DelaySeconds", "10")]).must();
    let taken_back = send_with(&post, "never", &[("DelaySeconds", "10")]).must();
    assert_eq!(post.counts(), ["0", "0", "2"]);
    assert_eq!(post.receive().outcome(), "404 MessageNotExist");
    assert_eq!(post.mns.receive(&post.queue, "?peekonly=true").outcome(), "404 MessageNotExist");
    post.mns.delete_message(&post.queue, &taken_back.element("ReceiptHandle")).must();
    server.clock().advance(seconds(10));
    assert_eq!(post.counts(), ["1", "0", "0"]);
    assert_eq!(post.receive().must().element("MessageId"), sent.element("MessageId"));
    // A queue delays what does not say otherwise.
    post.mns.put_queue(&format!("{}?metaoverride=true", post.queue), &[("DelaySeconds", "5")]).must();
    post.send("by the queue");
    send_with(&post, "at once", &[("DelaySeconds", "0")]).must();
    assert_eq!(post.receive().must().element("MessageBody"), "at once");
    assert_eq!(post.receive().outcome(), "404 MessageNotExist");
}

#[test]
fn messages_go_when_their_time_is_over() {
    let server = TestServer::start();
    let post = Post::on(&server);
    post.mns
        .put_queue(&format!("{}?metaoverride=true", post.queue), &[("MessageRetentionPeriod", "60")])
        .must();
    send_batch(&post, &["a", "b"]).must();
    let receipt = post.receive().must().element("ReceiptHandle");
    server.clock().advance(seconds(59));
    post.send("c");
    server.clock().advance(seconds(1));
    assert_eq!(post.counts(), ["1", "0", "0"]);
    assert_eq!(post.mns.delete_message(&post.queue, &receipt).outcome(), "404 MessageNotExist");
    let seen = post.mns.receive(&post.queue, "?peekonly=true&numOfMessages=9").must();
    assert_eq!(seen.elements("MessageBody"), ["c"]);
    server.core().tidy().unwrap();
    assert_eq!(post.counts(), ["1", "0", "0"]);
    assert_eq!(post.receive().must().element("MessageBody"), "c");
    server.clock().advance(seconds(60));
    server.core().tidy().unwrap();
    assert_eq!(post.counts(), ["0", "0", "0"]);
    assert_eq!(post.receive().outcome(), "404 MessageNotExist");
}

#[test]
fn many_are_deleted_each_for_itself() {
    let post = Post::open();
    send_batch(&post, &["a", "b", "c"]).must();
    let received = post.mns.receive(&post.queue, "?numOfMessages=16").must();
    let receipts = received.elements("ReceiptHandle");
    let delete = |receipts: &[&str]| {
        let handles: String =
            receipts.iter().map(|receipt| format!("<ReceiptHandle>{receipt}</ReceiptHandle>")).collect();
        let document = format!("<ReceiptHandles>{handles}</ReceiptHandles>");
        post.mns.call("DELETE", &format!("/queues/{}/messages", post.queue)).body(document).send()
    };
    let some = delete(&[&receipts[0], "made-up", &receipts[1], &receipts[0]]);
    assert_eq!(some.status, 404);
    assert_eq!(some.elements("ErrorCode"), ["ReceiptHandleError", "MessageNotExist"]);
    assert_eq!(some.elements("ReceiptHandle"), ["made-up", receipts[0].as_str()]);
    assert_eq!(delete(&[&receipts[2]]).outcome(), "204");
    assert_eq!(delete(&["x"; 17]).outcome(), "400 InvalidArgument");
    assert_eq!(post.counts(), ["0", "0", "0"]);
}

#[test]
fn twenty_receivers_get_each_message_once() {
    let post = Post::open();
    let sent: BTreeSet<String> =
        (0..10).flat_map(|_| send_batch(&post, &["x"; 16]).must().elements("MessageId")).collect();
    assert_eq!(sent.len(), 160);
    let received: Vec<String> = std::thread::scope(|scope| {
        let receiver = || {
            let mut got = Vec::new();
            loop {
                let query = if got.len() % 2 == 0 { "" } else { "?numOfMessages=3" };
                let answer = post.mns.receive(&post.queue, query);
                if answer.outcome() == "404 MessageNotExist" {
                    return got;
                }
                got.extend(answer.must().elements("MessageId"));
            }
        };
        let receivers: Vec<_> = (0..20).map(|_| scope.spawn(receiver)).collect();
        receivers.into_iter().flat_map(|receiver| receiver.join().unwrap()).collect()
    });
    assert_eq!(received.len(), 160, "none twice");
    assert_eq!(received.into_iter().collect::<BTreeSet<_>>(), sent);
}
