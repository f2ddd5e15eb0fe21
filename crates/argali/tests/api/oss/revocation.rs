//! What is revoked ends at once: at the next request, in the middle of a download, before an upload is seen.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use argali_testkit::{OssClient, TestServer};

use super::Shop;

/// More than sockets and channels hold, so that a client that does not read stops the server.
const LARGE: usize = 64 << 20;

/// A user who may everything in object storage.
fn user(shop: &Shop) -> OssClient {
    let user = shop.owner.user("alice");
    shop.owner.grant("alice", "AliyunOSSFullAccess");
    shop.by(&user)
}

fn revoke(shop: &Shop) {
    let params = [("UserName", "alice"), ("PolicyName", "AliyunOSSFullAccess"), ("PolicyType", "System")];
    shop.owner.must("Ram", "DetachPolicyFromUser", &params);
}

fn head(client: &OssClient, method: &str, bucket: &str, key: &str, extra: &str) -> String {
    let (target, headers) = client.call(method, bucket, key).signed();
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("{method} {target} HTTP/1.1\r\n{lines}{extra}\r\n")
}

#[test]
fn the_next_request_is_refused() {
    let shop = Shop::open();
    let alice = user(&shop);
    let link = alice.call("GET", &shop.bucket, "a").presigned(600);
    alice.put(&shop.bucket, "a", b"x").must();
    assert_eq!(alice.exchange("GET", &link, &[], b"").outcome(), "200");
    revoke(&shop);
    assert_eq!(alice.get(&shop.bucket, "a").outcome(), "403 AccessDenied");
    assert_eq!(alice.exchange("GET", &link, &[], b"").outcome(), "403 AccessDenied", "links, too");
}

#[test]
fn a_running_download_is_cut() {
    let server = TestServer::start();
    let shop = Shop::on(&server);
    let alice = user(&shop);
    shop.oss.put(&shop.bucket, "large", &vec![7; LARGE]).must();
    let begin = || {
        let mut stream = TcpStream::connect(server.oss()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(head(&alice, "GET", &shop.bucket, "large", "").as_bytes()).unwrap();
        let mut first = [0; 1_024];
        stream.read_exact(&mut first).unwrap();
        assert!(first.starts_with(b"HTTP/1.1 200 "));
        stream
    };
    let drain = |mut stream: TcpStream| {
        let mut rest = Vec::new();
        // However it ends, it has ended.
        drop(stream.read_to_end(&mut rest));
        rest.len()
    };
    let mut whole = begin();
    let mut rest = vec![0; LARGE - 1_024];
    whole.read_exact(&mut rest).unwrap();
    let stream = begin();
    revoke(&shop);
    // The client is slow: it has read nothing for as long as the server may take to ask again.
    std::thread::park_timeout(Duration::from_secs(1));
    let received = drain(stream);
    assert!(received < LARGE / 2, "{received} bytes came of what was revoked");
}

#[test]
fn an_upload_is_judged_again_before_it_is_seen() {
    let server = TestServer::start();
    let shop = Shop::on(&server);
    let alice = user(&shop);
    let mut stream = TcpStream::connect(server.oss()).unwrap();
    let head = head(&alice, "PUT", &shop.bucket, "late", "content-length: 10\r\nconnection: close\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(b"12345").unwrap();
    stream.flush().unwrap();
    // It was admitted: what was sent is being taken in.
    std::thread::park_timeout(Duration::from_millis(300));
    revoke(&shop);
    stream.write_all(b"67890").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    assert_eq!(shop.oss.get(&shop.bucket, "late").outcome(), "404 NoSuchKey");
}

#[test]
fn what_opens_a_bucket_is_judged_while_it_is_read() {
    let server = TestServer::start();
    let shop = Shop::on(&server);
    shop.set_acl("public-read");
    shop.oss.put(&shop.bucket, "large", &vec![7; LARGE]).must();
    let mut stream = TcpStream::connect(server.oss()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(head(&shop.anonymous(), "GET", &shop.bucket, "large", "").as_bytes()).unwrap();
    let mut first = [0; 1_024];
    stream.read_exact(&mut first).unwrap();
    shop.set_acl("private");
    std::thread::park_timeout(Duration::from_secs(1));
    let mut rest = Vec::new();
    drop(stream.read_to_end(&mut rest));
    assert!(rest.len() < LARGE / 2, "{} bytes came of what was closed", rest.len());
}
