//! Requests that no client sends, and answers that clients compare byte for byte.

use argali_testkit::{Signing, TestServer};

/// A request that is whole but for its head's other lines.
fn get(target: &str, lines: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nhost: ram.example\r\nconnection: close\r\n{lines}\r\n").into_bytes()
}

#[test]
fn what_is_not_http_is_refused_and_closed() {
    let server = TestServer::start();
    for bytes in [
        &b"nonsense\r\n\r\n"[..],
        b"GET / HTTP/1.1\r\n\r\n folded: 1\r\n\r\n",
        b"GET /?Action=GetUser HTTP/1.1\r\nhost: a\r\nx: 1\r\n folded\r\n\r\n",
        b"GET / HTTP/9.9\r\nhost: a\r\n\r\n",
        b"GET /?Action=A HTTP/1.1\r\nhost: a\r\nbad\0name: 1\r\n\r\n",
        b"GET /?Action=A HTTP/1.1\r\nhost : a\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: +1\r\n\r\na",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ] {
        let answer = server.raw(bytes);
        assert!(matches!(answer.status(), Some(400 | 303) | None), "{bytes:?}: {}", answer.text());
        if answer.status() == Some(303) {
            // The first request was whole; what follows it was not answered as one.
            assert_eq!(answer.text().matches("HTTP/1.1 ").count(), 2, "{}", answer.text());
        }
    }
}

#[test]
fn a_length_beside_a_transfer_coding_does_not_count() {
    let server = TestServer::start();
    let body = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut bytes = format!(
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\ntransfer-encoding: chunked\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    let text = server.raw(&bytes).text();
    // Refused as a whole, or read by the coding alone and closed. Never read by the length.
    assert!(text.starts_with("HTTP/1.1 400"), "{text}");
}

#[test]
fn calls_that_core_never_sees_are_refused_in_the_same_form() {
    let server = TestServer::start();
    for (bytes, status, code) in [
        (get("/other?Action=GetUser&Version=2015-05-01&Format=JSON", ""), 404, "InvalidAction.NotFound"),
        (
            b"PUT /?Format=JSON HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_vec(),
            403,
            "UnsupportedHTTPMethod",
        ),
        (
            get("/?Action=GetUser&Format=JSON", "content-encoding: gzip\r\n"),
            415,
            "UnsupportedContentEncoding",
        ),
        (
            get(&format!("/?Action=GetUser&Format=JSON&a={}", "x".repeat(33 << 10)), ""),
            414,
            "RequestTargetTooLong",
        ),
    ] {
        let text = server.raw(&bytes).text();
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{text}");
        assert!(text.contains("content-type: application/json;charset=utf-8\r\n"), "{text}");
        assert!(text.contains("x-acs-request-id: "), "{text}");
        assert!(text.contains(&format!("\"Code\":\"{code}\"")), "{text}");
    }
}

#[test]
fn answers_carry_the_headers_that_clients_look_at() {
    let server = TestServer::start();
    let a = server.account("company-a", "11223344");
    let signed = a.client.signing(Signing::V1Query).sign("Sts", "GetCallerIdentity", &[]);
    let text = server.raw(&get_as_signed(&signed)).text();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    for line in [
        "content-type: application/json;charset=utf-8",
        "x-content-type-options: nosniff",
        "access-control-allow-origin: *",
        "access-control-expose-headers: *",
    ] {
        assert!(head.lines().any(|other| other == line), "{line}: {head}");
    }
    let id = head.lines().find_map(|line| line.strip_prefix("x-acs-request-id: ")).unwrap();
    assert!(body.contains(&format!("\"RequestId\":\"{id}\"")), "{text}");
}

#[test]
fn absolute_targets_are_calls_too() {
    let server = TestServer::start();
    let a = server.account("company-a", "11223344");
    let signed = a.client.signing(Signing::V1Query).sign("Sts", "GetCallerIdentity", &[]);
    let target = format!("http://{}{}", server.endpoint(), signed.target);
    let bytes = format!("GET {target} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", server.endpoint());
    let answer = server.raw(bytes.as_bytes());
    assert_eq!(answer.status(), Some(200), "{}", answer.text());

    let bytes = format!("GET {target}x HTTP/1.1\r\nhost: elsewhere\r\nconnection: close\r\n\r\n");
    let answer = server.raw(bytes.as_bytes());
    assert_eq!(answer.status(), Some(400), "two hosts: {}", answer.text());
}

#[test]
fn bodies_may_come_in_chunks() {
    let server = TestServer::start();
    let a = server.account("company-a", "11223344");
    let signed = a.client.signing(Signing::V1Form).sign("Sts", "GetCallerIdentity", &[]);
    let mut bytes = format!(
        "POST / HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n",
        server.endpoint()
    )
    .into_bytes();
    for chunk in signed.body.chunks(7) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    let answer = server.raw(&bytes);
    assert_eq!(answer.status(), Some(200), "{}", answer.text());
}

fn get_as_signed(signed: &argali_protocol::SignedRequest) -> Vec<u8> {
    let mut head = format!("{} {} HTTP/1.1\r\nconnection: close\r\n", signed.method, signed.target);
    for (name, value) in &signed.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}
