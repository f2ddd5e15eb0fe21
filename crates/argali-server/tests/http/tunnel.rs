//! `CONNECT`: what is refused, and that a tunnel ends at Argali.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use argali_server::{Config, Data, Env, Server, ServerOptions};
use argali_testkit::{RawAnswer, TestServer, TestServerBuilder};
use rustls::{ClientConnection, StreamOwned};

use crate::tls::secured;

fn proxy() -> TestServerBuilder {
    TestServer::builder().configure(|config| config.listen.proxy = true)
}

fn connect(target: &str, lines: &str) -> Vec<u8> {
    format!("CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n{lines}\r\n").into_bytes()
}

const HEALTH: &[u8] = b"GET /-/healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

fn answers(answer: &RawAnswer) -> usize {
    answer.text().matches("HTTP/1.1 ").count()
}

#[test]
fn without_the_proxy_there_are_no_tunnels() {
    let server = TestServer::start();
    let answer = server.raw(&connect("ram.aliyuncs.com:443", ""));
    assert_eq!(answer.status(), Some(403), "{}", answer.text());
    assert!(answer.text().contains("--proxy"), "{}", answer.text());
}

#[test]
fn tunnels_lead_nowhere_else() {
    let server = proxy().start();
    let own = server.endpoint().to_owned();
    for target in [
        "example.com:443",
        "aliyuncs.com:443",
        "evil-aliyuncs.com:443",
        "ram.aliyuncs.com.evil.com:443",
        "ram.aliyuncs.com:80",
        "ram.aliyuncs.com:4430",
        "ram.aliyuncs.com",
        "evil.com:443@ram.aliyuncs.com:443",
        "user@ram.aliyuncs.com:443",
        "127.0.0.1:443",
        "[::1]:443",
        "100.100.100.200:80",
        &own,
        "/",
    ] {
        let answer = server.raw(&connect(target, ""));
        assert!(matches!(answer.status(), Some(400 | 403)), "{target}: {}", answer.text());
    }
}

#[test]
fn nothing_that_follows_a_refused_tunnel_is_read_as_a_request() {
    for server in [proxy().start(), TestServer::start()] {
        for head in [
            connect("example.com:443", ""),
            connect("ram.aliyuncs.com:443", &format!("content-length: {}\r\n", HEALTH.len())),
            connect("ram.aliyuncs.com:443", "transfer-encoding: chunked\r\n"),
        ] {
            let answer = server.raw(&[&head[..], HEALTH].concat());
            assert!(matches!(answer.status(), Some(400 | 403)), "{}", answer.text());
            assert_eq!(answers(&answer), 1, "{}", answer.text());
        }
    }
}

#[test]
fn nothing_in_clear_is_answered_in_a_tunnel() {
    let server = proxy().start();
    let answer = server.raw(&[&connect("ram.aliyuncs.com:443", "")[..], HEALTH].concat());
    assert_eq!((answer.status(), answers(&answer)), (Some(200), 1), "{}", answer.text());
    assert!(!answer.text().contains("ok\n"), "{}", answer.text());
}

#[test]
fn there_are_no_tunnels_in_tunnels() {
    let server = proxy().start();
    let tls = server.tls().by_tunnel(server.address());
    let answer = tls.raw("ram.aliyuncs.com", &connect("ram.aliyuncs.com:443", "")).unwrap();
    assert_eq!(answer.status(), Some(403), "{}", answer.text());
}

#[test]
fn a_tunnel_that_stalls_is_cut_off() {
    let server = proxy().configure(|config| config.limits.head_timeout_ms = 40).start();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(&connect("ram.aliyuncs.com:443", "")).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server closes by itself");
    assert!(answer.starts_with(b"HTTP/1.1 200 "));
    let mut silent = server.tls().by_tunnel(server.address()).connect("ram.aliyuncs.com").unwrap();
    assert!(!matches!(silent.read(&mut [0]), Ok(1..)), "it is not served");
}

#[test]
fn a_tunnel_counts_as_the_connection_that_it_was() {
    let server = proxy().configure(|config| config.limits.connections_per_address = 1).start();
    let kept = server.tls().by_tunnel(server.address()).connect("ram.aliyuncs.com").unwrap();
    assert_eq!(server.raw(HEALTH).status(), None);
    drop(kept);
    let again = (0..1_000).find_map(|_| server.raw(HEALTH).status());
    assert_eq!(again, Some(200));
}

#[test]
fn calls_to_fixed_hosts_are_answered_through_a_tunnel() {
    let server = proxy().start();
    let a = server.account("company-a", "11223344");
    let tls = server.tls().by_tunnel(server.address());
    for host in ["sts.aliyuncs.com", "sts.cn-hangzhou.aliyuncs.com", "STS.aliyuncs.com"] {
        let answer = a.client.over(&tls, host).call("Sts", "GetCallerIdentity", &[]).unwrap();
        assert_eq!(answer["AccountId"], "11223344", "{host}");
    }
    let objects = tls.raw(
        "logs.oss-cn-hangzhou.aliyuncs.com",
        b"GET /a HTTP/1.1\r\nhost: logs.oss-cn-hangzhou.aliyuncs.com\r\nconnection: close\r\n\r\n",
    );
    assert_eq!(objects.unwrap().status(), Some(403), "nobody may list what there may be");
    // It shows its own authority, whatever the https listener shows.
    let error = server.tls_trusting(&argali_testkit::SelfSigned::new("sts.aliyuncs.com").certificate);
    let error = error.by_tunnel(server.address()).connect("sts.aliyuncs.com").unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
}

#[test]
fn a_proxy_that_is_reached_under_tls_opens_tunnels_too() {
    let server = secured().configure(|config| config.listen.proxy = true).start();
    let tls = server.tls();
    let mut outer = tls.connect("localhost").unwrap();
    outer.write_all(&connect("ram.aliyuncs.com:443", "")).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        outer.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    assert!(head.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&head));
    let name = "ram.aliyuncs.com".try_into().unwrap();
    let inner = ClientConnection::new(Arc::clone(tls.config()), name).unwrap();
    let mut inner = StreamOwned::new(inner, outer);
    inner.write_all(HEALTH).unwrap();
    let mut answer = Vec::new();
    // It ends without a farewell of the outer connection.
    inner.read_to_end(&mut answer).ok();
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_does_not_wait_for_tunnels() {
    let mut config = Config::default();
    config.listen.http = SocketAddr::from(([127, 0, 0, 1], 0));
    config.listen.proxy = true;
    let server =
        Server::start(ServerOptions { config, data: Data::Memory, env: Env::system() }).await.unwrap();
    let mut stream = TcpStream::connect(server.addresses().http).unwrap();
    stream.write_all(&connect("ram.aliyuncs.com:443", "")).unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
    tokio::time::timeout(Duration::from_secs(5), server.shutdown()).await.unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
}
