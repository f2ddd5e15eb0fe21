//! Who may call what: every operation of Message Service, called by every kind of caller.
//!
//! The operations come from the registry, so that none is forgotten: a new one fails here until it has an entry in
//! `stage`. What comes of each call is kept in a snapshot, where a change of access shows as a line.

use std::fmt::Write;

use argali_testkit::{Credentials, MnsClient, TestServer, XmlAnswer, allow};
use serde_json::json;

use super::Post;
use crate::stage::fresh;

const COLUMNS: [&str; 8] =
    ["anonymous", "forger", "ungranted", "session", "denied", "granted", "owner", "stranger"];

/// Calls an operation as it is meant to be called, once; what it needs is there.
fn stage(post: &Post, client: &MnsClient, topic: &str, operation: &str) -> XmlAnswer {
    let queue = post.queue.as_str();
    let messages = format!("/queues/{queue}/messages");
    post.send("x");
    // Whoever is to delete or hide a message has its receipt.
    let receipt = || post.receive().must().element("ReceiptHandle");
    let body = [("MessageBody", "x")];
    let (at_queue, at_topic) = (format!("/queues/{queue}"), format!("/topics/{topic}"));
    let subscription = format!("{at_topic}/subscriptions/s");
    let endpoint = format!("acs:mns:cn-hangzhou:{}:queues/{queue}", post.owner.id);
    match operation {
        "CreateQueue" => client.put_queue(&fresh("made-"), &[]),
        "SetQueueAttributes" => {
            client.put_queue(&format!("{queue}?metaoverride=true"), &[("DelaySeconds", "0")])
        }
        "GetQueueAttributes" => client.call("GET", &at_queue).send(),
        "DeleteQueue" => {
            let doomed = fresh("doomed-");
            post.mns.put_queue(&doomed, &[]).must();
            client.call("DELETE", &format!("/queues/{doomed}")).send()
        }
        "ListQueue" => client.call("GET", "/queues").send(),
        "SendMessage" => client.send_message(queue, "x"),
        "BatchSendMessage" => {
            let document = "<Messages><Message><MessageBody>x</MessageBody></Message></Messages>";
            client.call("POST", &messages).body(document).send()
        }
        "ReceiveMessage" => client.receive(queue, ""),
        "BatchReceiveMessage" => client.receive(queue, "?numOfMessages=2"),
        "PeekMessage" => client.receive(queue, "?peekonly=true"),
        "BatchPeekMessage" => client.receive(queue, "?peekonly=true&numOfMessages=2"),
        "DeleteMessage" => client.delete_message(queue, &receipt()),
        "BatchDeleteMessage" => {
            let document =
                format!("<ReceiptHandles><ReceiptHandle>{}</ReceiptHandle></ReceiptHandles>", receipt());
            client.call("DELETE", &messages).body(document).send()
        }
        "ChangeMessageVisibility" => {
            let query = format!("ReceiptHandle={}&VisibilityTimeout=60", receipt());
            client.call("PUT", &format!("{messages}?{query}")).send()
        }
        "CreateTopic" => client.call("PUT", &format!("/topics/{}", fresh("made-"))).send(),
        "SetTopicAttributes" => client.call("PUT", &format!("{at_topic}?metaoverride=true")).send(),
        "GetTopicAttributes" => client.call("GET", &at_topic).send(),
        "DeleteTopic" => client.call("DELETE", &format!("/topics/{}", post.topic())).send(),
        "ListTopic" => client.call("GET", "/topics").send(),
        "PublishMessage" => {
            client.call("POST", &format!("{at_topic}/messages")).document("Message", &body).send()
        }
        "Subscribe" => client
            .call("PUT", &format!("{at_topic}/subscriptions/{}", fresh("s-")))
            .document("Subscription", &[("Endpoint", &endpoint)])
            .send(),
        "Unsubscribe" => {
            let name = fresh("s-");
            post.subscribe(topic, &name, &[]).must();
            client.call("DELETE", &format!("{at_topic}/subscriptions/{name}")).send()
        }
        "GetSubscriptionAttributes" => client.call("GET", &subscription).send(),
        "SetSubscriptionAttributes" => {
            client.call("PUT", &format!("{subscription}?metaoverride=true")).send()
        }
        "ListSubscriptionByTopic" => client.call("GET", &format!("{at_topic}/subscriptions")).send(),
        "OpenService" => client.call("POST", "/commonbuy/openservice").send(),
        other => panic!("{other} has no entry in mns/access.rs: add one"),
    }
}

fn outcome(answer: &XmlAnswer) -> String {
    match answer.status {
        200..300 => "ok".to_owned(),
        _ => answer.element("Code"),
    }
}

#[test]
fn of_messaging() {
    let server = TestServer::start();
    let post = Post::on(&server);
    let topic = post.topic();
    post.subscribe(&topic, "s", &[]).must();
    let forged = Credentials { access_key_secret: "wrong".into(), ..post.owner.client.credentials().clone() };
    let role = post.owner.role("without-rights", &[&post.owner.root_arn()], &[]);
    let assumer = post.owner.user("assumer");
    post.owner.grant("assumer", "AliyunSTSAssumeRoleAccess");
    let ungranted = post.by(&post.owner.user("ungranted"));
    let session = post.by(&assumer.assume(&role, "session").unwrap());
    let denied = post.by(&post.owner.user("denied"));
    post.owner.grant("denied", "AdministratorAccess");
    let granted = post.by(&post.owner.user("granted"));
    // A stranger names the account whose queues it wants.
    let host = format!("{}.mns.cn-hangzhou.aliyuncs.com", post.owner.id);
    let stranger = Post::on(&server).mns.at_host(&host);
    let callers = [
        post.anonymous().at_host(&host),
        post.mns.with_credentials(Some(&forged)),
        ungranted,
        session,
        denied,
        granted,
        post.mns.clone(),
        stranger,
    ];
    let mut table = format!("{:26}", "");
    COLUMNS.iter().for_each(|column| write!(table, "{column:28}").unwrap());
    let of_messaging =
        server.core().registry().of_data_plane().filter(|operation| operation.product == "Mns");
    for operation in of_messaging {
        let (name, action) = (operation.name(), operation.action);
        write!(table, "\n{name:26}").unwrap();
        let mut row = Vec::new();
        for (column, caller) in COLUMNS.iter().zip(&callers) {
            let policy = match *column {
                "denied" => Some(
                    json!({"Version": "1", "Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}]}),
                ),
                "granted" => Some(allow(&[action], &["*"])),
                _ => None,
            };
            let policy = policy.map(|document| {
                let policy = fresh("only");
                post.owner.grant_document(column, &policy, &document);
                policy
            });
            row.push(outcome(&stage(&post, caller, &topic, name)));
            write!(table, "{:28}", row.last().unwrap()).unwrap();
            if let Some(policy) = policy {
                let params = [("UserName", *column), ("PolicyName", &policy), ("PolicyType", "Custom")];
                post.owner.must("Ram", "DetachPolicyFromUser", &params);
                post.owner.must("Ram", "DeletePolicy", &params[1..2]);
            }
        }
        let [anonymous, forger, ungranted, session, denied, granted, owner, stranger] =
            row.try_into().unwrap();
        assert_eq!(anonymous, "MissingAuthorizationHeader", "{name}");
        assert_eq!(forger, "SignatureDoesNotMatch", "{name}");
        assert_eq!([ungranted.as_str(), &session, &denied, &stranger], ["AccessDenied"; 4], "{name}");
        assert_eq!([granted.as_str(), &owner], ["ok"; 2], "{name}");
    }
    insta::assert_snapshot!(table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
}
