//! Waiting for a message: it ends when one comes, when the time is over, and when the caller may no longer wait.

#![expect(clippy::disallowed_methods, reason = "how long a client waits is what is tested")]

use std::time::{Duration, Instant};

use argali_testkit::{TestServer, seconds};

use super::Post;

#[test]
fn waiting_has_bounds() {
    let post = Post::open();
    for wait in ["-1", "31", "x"] {
        let answer = post.mns.receive(&post.queue, &format!("?waitseconds={wait}"));
        assert_eq!(answer.outcome(), "400 InvalidArgument", "{wait}");
    }
    let began = Instant::now();
    assert_eq!(post.mns.receive(&post.queue, "?waitseconds=1").outcome(), "404 MessageNotExist");
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
    // The queue says how long, unless the request does.
    post.mns.put_queue(&format!("{}?metaoverride=true", post.queue), &[("PollingWaitSeconds", "1")]).must();
    let began = Instant::now();
    assert_eq!(post.mns.receive(&post.queue, "?waitseconds=0").outcome(), "404 MessageNotExist");
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    let began = Instant::now();
    assert_eq!(post.receive().outcome(), "404 MessageNotExist");
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
}

/// What comes of waiting for up to half a minute while `meanwhile` happens, and how long it took after that.
fn waiting(post: &Post, client: &argali_testkit::MnsClient, meanwhile: impl FnOnce()) -> (String, Duration) {
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| client.receive(&post.queue, "?waitseconds=30"));
        std::thread::park_timeout(Duration::from_millis(500));
        assert!(!waits.is_finished());
        meanwhile();
        let happened = Instant::now();
        let answer = waits.join().unwrap();
        let outcome = if answer.status == 200 { answer.element("MessageBody") } else { answer.outcome() };
        (outcome, happened.elapsed())
    })
}

#[track_caller]
fn assert_soon((outcome, took): (String, Duration), expected: &str) {
    assert_eq!(outcome, expected);
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_message_ends_the_waiting() {
    let post = Post::open();
    assert_soon(waiting(&post, &post.mns, || drop(post.send("x"))), "x");
    let topic = post.topic();
    post.subscribe(&topic, "s", &[("NotifyContentFormat", "SIMPLIFIED")]).must();
    assert_soon(waiting(&post, &post.mns, || drop(post.publish(&topic, "y", "").must())), "y");
}

#[test]
fn time_ends_the_waiting_for_what_was_hidden() {
    let server = TestServer::start();
    let post = Post::on(&server);
    post.mns.put_queue(&format!("{}?metaoverride=true", post.queue), &[("VisibilityTimeout", "100")]).must();
    post.send("x");
    post.receive().must();
    assert_soon(waiting(&post, &post.mns, || server.clock().advance(seconds(30))), "404 MessageNotExist");
}

#[test]
fn time_shows_what_was_hidden() {
    let server = TestServer::start();
    let post = Post::on(&server);
    post.mns.put_queue(&format!("{}?metaoverride=true", post.queue), &[("VisibilityTimeout", "20")]).must();
    post.send("x");
    post.receive().must();
    assert_soon(waiting(&post, &post.mns, || server.clock().advance(seconds(20))), "x");
}

#[test]
fn revocation_ends_the_waiting() {
    let post = Post::open();
    let alice = post.by(&post.owner.user("alice"));
    post.owner.grant("alice", "AliyunMNSFullAccess");
    let revoke = || {
        let params = [("UserName", "alice"), ("PolicyName", "AliyunMNSFullAccess"), ("PolicyType", "System")];
        post.owner.must("Ram", "DetachPolicyFromUser", &params);
    };
    assert_soon(waiting(&post, &alice, revoke), "403 AccessDenied");
    post.owner.grant("alice", "AliyunMNSFullAccess");
    let delete = || drop(post.mns.call("DELETE", &format!("/queues/{}", post.queue)).send().must());
    assert_soon(waiting(&post, &alice, delete), "404 QueueNotExist");
}

#[test]
fn an_ended_session_ends_the_waiting() {
    let post = Post::open();
    let role = post.owner.role("receiver", &[&post.owner.root_arn()], &["AliyunMNSFullAccess"]);
    let bob = post.owner.user("bob");
    post.owner.grant("bob", "AliyunSTSAssumeRoleAccess");
    let session = post.by(&bob.assume(&role, "session").unwrap());
    let revoke = || {
        let params =
            [("UserName", "bob"), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
        post.owner.must("Ram", "DetachPolicyFromUser", &params);
    };
    assert_soon(waiting(&post, &session, revoke), "403 InvalidSecurityToken");
}

#[test]
fn each_of_many_who_wait_gets_its_message_and_none_is_kept_from_working() {
    let post = Post::open();
    let received = std::thread::scope(|scope| {
        let receive = || post.mns.receive(&post.queue, "?waitseconds=20").must().element("MessageBody");
        let waiting: Vec<_> = (0..20).map(|_| scope.spawn(receive)).collect();
        std::thread::park_timeout(Duration::from_millis(500));
        let began = Instant::now();
        for number in 0..20 {
            post.send(&number.to_string());
        }
        let mut received: Vec<_> = waiting.into_iter().map(|waiting| waiting.join().unwrap()).collect();
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        received.sort();
        received
    });
    let mut sent: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    sent.sort();
    assert_eq!(received, sent);
}
