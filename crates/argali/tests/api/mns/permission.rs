//! Who may what: policies reach queues and topics by their names, and nobody reaches another account's.

use argali_testkit::{TestServer, allow};

use super::Post;

#[test]
fn reading_rights_let_nobody_receive() {
    let post = Post::open();
    let reader = post.by(&post.owner.user("reader"));
    post.owner.grant("reader", "AliyunMNSReadOnlyAccess");
    post.send("x");
    assert_eq!(reader.call("GET", "/queues").send().outcome(), "200");
    assert_eq!(reader.call("GET", &format!("/queues/{}", post.queue)).send().outcome(), "200");
    for query in ["", "?peekonly=true"] {
        assert_eq!(reader.receive(&post.queue, query).outcome(), "403 AccessDenied", "{query}");
    }
    let refused = reader.send_message(&post.queue, "y");
    assert_eq!(refused.outcome(), "403 AccessDenied");
    assert_eq!(refused.element("AuthAction"), "mns:SendMessage");
    assert_eq!(refused.element("NoPermissionType"), "ImplicitDeny");
    assert!(!refused.element("EncodedDiagnosticMessage").is_empty());
    assert!(refused.element("Message").contains(&format!("/queues/{}/messages", post.queue)));
}

#[test]
fn a_policy_names_one_queue() {
    let post = Post::open();
    let user = post.by(&post.owner.user("sender"));
    let queue = format!("acs:mns:*:{}:/queues/{}/messages", post.owner.id, post.queue);
    post.owner.grant_document("sender", "one", &allow(&["mns:SendMessage"], &[&queue]));
    assert_eq!(user.send_message(&post.queue, "x").outcome(), "201");
    assert_eq!(user.receive(&post.queue, "").outcome(), "403 AccessDenied");
    assert_eq!(user.call("GET", &format!("/queues/{}", post.queue)).send().outcome(), "403 AccessDenied");
    post.mns.put_queue("other", &[]).must();
    for queue in ["other", "absent"] {
        assert_eq!(user.send_message(queue, "x").outcome(), "403 AccessDenied", "{queue}");
    }
    // A region in a policy is the one where the queue is, whatever else a host says.
    let user = post.by(&post.owner.user("north"));
    let queue = format!("acs:mns:cn-beijing:{}:/queues/*", post.owner.id);
    post.owner.grant_document("north", "north", &allow(&["mns:*"], &[&queue]));
    assert_eq!(user.send_message(&post.queue, "x").outcome(), "403 AccessDenied");
    let beijing = user.at_host(&format!("{}.mns.cn-beijing.aliyuncs.com", post.owner.id));
    assert_eq!(beijing.put_queue("north", &[]).outcome(), "201");
}

#[test]
fn who_names_another_account_is_refused_whether_or_not_there_is_anything() {
    let server = TestServer::start();
    let post = Post::on(&server);
    let stranger = Post::on(&server);
    for (account, queue) in
        [(post.owner.id.as_str(), post.queue.as_str()), (&post.owner.id, "absent"), ("99999999", "x")]
    {
        let there = stranger.mns.at_host(&format!("{account}.mns.cn-hangzhou.aliyuncs.com"));
        assert_eq!(there.send_message(queue, "x").outcome(), "403 AccessDenied", "{account} {queue}");
        assert_eq!(there.put_queue(queue, &[]).outcome(), "403 AccessDenied", "{account} {queue}");
    }
    assert_eq!(stranger.mns.send_message(&post.queue, "x").outcome(), "404 QueueNotExist");
}

#[test]
fn each_call_is_on_record_and_no_message_with_it() {
    let server = TestServer::start();
    let post = Post::on(&server);
    let id = post.send("what-nobody-else-may-read").header("x-mns-request-id").to_owned();
    let received = post.receive().must().header("x-mns-request-id").to_owned();
    let refused = post.receive().header("x-mns-request-id").to_owned();
    let events = server.core().trail().events().unwrap();
    let event =
        |id: &str| events.iter().find(|event| event.request_id == id).unwrap_or_else(|| panic!("{id}"));
    let sent = event(&id);
    assert_eq!(
        (sent.action.as_str(), sent.product.as_deref(), sent.write),
        ("SendMessage", Some("Mns"), true)
    );
    let arn = format!("acs:mns:cn-hangzhou:{}:/queues/{}/messages", post.owner.id, post.queue);
    assert_eq!((sent.resources[0].arn.as_str(), sent.resources[0].allowed), (arn.as_str(), true));
    assert_eq!(sent.parameters["QueueName"], post.queue);
    assert_eq!(event(&received).action, "ReceiveMessage");
    assert_eq!(event(&refused).error_code.as_deref(), Some("MessageNotExist"));
    let all = serde_json::to_string(&events).unwrap();
    assert!(!all.contains("what-nobody-else-may-read"));
}
