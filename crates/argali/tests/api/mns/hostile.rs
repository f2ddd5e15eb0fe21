//! What no client sends: it is refused before anything happens, and the server goes on.

use argali_testkit::{TestServer, minutes};

use super::Post;

#[test]
fn documents_are_read_strictly() {
    let post = Post::open();
    let send = |body: &str| {
        post.mns.call("POST", &format!("/queues/{}/messages", post.queue)).body(body).send().outcome()
    };
    let deep = format!("<Message>{}{}</Message>", "<a>".repeat(20), "</a>".repeat(20));
    for body in [
        "no",
        "<Message>",
        "<Other><MessageBody>x</MessageBody></Other>",
        "<!DOCTYPE m [<!ENTITY x \"y\">]><Message><MessageBody>&x;</MessageBody></Message>",
        "<Message><MessageBody>&x;</MessageBody></Message>",
        "<Message><MessageBody>&#1;</MessageBody></Message>",
        &deep,
    ] {
        assert_eq!(send(body), "400 MalformedXML", "{body}");
    }
    assert_eq!(post.counts(), ["0", "0", "0"]);
}

#[test]
fn paths_and_queries_are_read_strictly() {
    let post = Post::open();
    for (method, target) in [
        ("GET", "/"),
        ("GET", "/queues/"),
        ("POST", "/queues"),
        ("GET", "/queues/a/b"),
        ("PATCH", "/queues/a"),
        ("GET", "/topics/a/subscriptions/b/c"),
        ("GET", "/nothing"),
    ] {
        let outcome = post.mns.call(method, target).send().outcome();
        let known = ["400 InvalidRequestURL", "400 QueueNameLengthError"];
        assert!(known.contains(&outcome.as_str()), "{method} {target}: {outcome}");
    }
    for query in
        ["?x=1", "?peekonly=true&waitseconds=1", "?numOfMessages=1&numOfMessages=2", "?metaoverride=true"]
    {
        assert_eq!(post.mns.receive(&post.queue, query).outcome(), "400 InvalidQueryString", "{query}");
    }
    for many in ["0", "17", "-1", "x"] {
        let outcome = post.mns.receive(&post.queue, &format!("?numOfMessages={many}")).outcome();
        assert_eq!(outcome, "400 InvalidArgument", "{many}");
    }
}

#[test]
fn signatures_cover_what_is_asked_for_and_hold_for_a_quarter_of_an_hour() {
    let server = TestServer::start();
    let post = Post::on(&server);
    let call = post.mns.call("GET", "/queues");
    let raw = |target: &str, headers: &[(String, String)]| {
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        server.raw(format!("GET {target} HTTP/1.1\r\nconnection: close\r\n{lines}\r\n").as_bytes()).text()
    };
    let signed = call.signed();
    assert!(raw("/queues", &signed).starts_with("HTTP/1.1 200 "));
    let other = raw("/topics", &signed);
    assert!(
        other.starts_with("HTTP/1.1 403 ") && other.contains("<Code>SignatureDoesNotMatch</Code>"),
        "{other}"
    );
    let with = |name: &str, value: &str| {
        let mut changed: Vec<_> = signed.iter().filter(|(known, _)| known != name).cloned().collect();
        changed.push((name.to_owned(), value.to_owned()));
        raw("/queues", &changed)
    };
    assert!(with("x-mns-prefix", "a").contains("<Code>SignatureDoesNotMatch</Code>"));
    assert!(with("authorization", "MNS a").contains("<Code>InvalidAuthorizationHeader</Code>"));
    assert!(with("authorization", "MNS LTAInobody:xxxx").contains("<Code>InvalidAccessKeyId</Code>"));
    assert!(with("date", "").contains("<Code>MissingDateHeader</Code>"));
    assert!(with("date", "yesterday").contains("<Code>InvalidDateHeader</Code>"));
    assert!(with("security-token", "x").contains("<Code>InvalidSecurityToken</Code>"));
    server.clock().advance(minutes(16));
    let late = raw("/queues", &signed);
    assert!(late.starts_with("HTTP/1.1 408 ") && late.contains("<Code>TimeExpired</Code>"), "{late}");
}

#[test]
fn a_body_is_the_one_whose_digest_was_signed() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    let post = Post::open();
    let body = "<Message><MessageBody>x</MessageBody></Message>";
    let digits = "e9e8c6a0f43d6c04b5f4fbcd8c1b1f9b";
    let send = |digest: &str| {
        let call = post.mns.call("POST", &format!("/queues/{}/messages", post.queue)).body(body);
        call.header("content-md5", digest).send().outcome()
    };
    assert_eq!(send(&STANDARD.encode(digits)), "400 InvalidDegist");
    assert_eq!(send("x"), "400 InvalidDegist");
}
