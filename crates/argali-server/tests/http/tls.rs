//! The https listener: what it refuses, and that behind it all is as on the other.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use argali_server::config::OptionalAddress;
use argali_server::{Config, Data, Env, Server, ServerOptions};
use argali_testkit::{Signing, TestServer, TestServerBuilder};
use tokio_rustls::TlsConnector;

pub(crate) fn anywhere() -> OptionalAddress {
    OptionalAddress(Some(SocketAddr::from(([127, 0, 0, 1], 0))))
}

pub(crate) fn secured() -> TestServerBuilder {
    TestServer::builder().configure(|config| config.listen.https = anywhere())
}

const HEALTH: &[u8] = b"GET /-/healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

/// What the TLS port says to `bytes` in clear before it closes, while the sending side stays open.
fn in_clear(server: &TestServer, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server.https()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server closes by itself");
    answer
}

#[test]
fn who_speaks_in_clear_is_told_to_speak_tls() {
    let server = secured().start();
    let text = String::from_utf8(in_clear(&server, HEALTH)).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 400 "), "{text}");
    assert!(body.contains("https://"), "{text}");
    assert!(server.page("/-/metrics").1.contains("argali_tls_handshakes_failed_total 1\n"));
}

#[test]
fn a_handshake_that_stalls_is_cut_off() {
    let server = secured().configure(|config| config.limits.head_timeout_ms = 40).start();
    let hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    for bytes in [&b""[..], &hello[..1], &hello[..]] {
        assert_eq!(in_clear(&server, bytes), b"", "{bytes:?}");
    }
    // After the handshake a head is owed as ever.
    let mut silent = server.tls().connect("localhost").unwrap();
    assert!(!matches!(silent.read(&mut [0]), Ok(1..)), "it is not served");
    let nonsense = [&hello[..], &[0xff; 600]].concat();
    assert_ne!(in_clear(&server, &nonsense).first(), Some(&b'H'), "no HTTP for what is no handshake");
}

#[test]
fn only_names_that_are_vouched_for_are_believed() {
    let server = secured().start();
    let tls = server.tls();
    for host in ["example.com", "localhost.example.com", "evil-aliyuncs.com", "192.0.2.1"] {
        let error = tls.raw(host, HEALTH).unwrap_err().to_string();
        assert!(error.contains("certificate"), "{host}: {error}");
    }
    let other = secured().start();
    let stranger = other.tls_trusting(argali_testkit::SelfSigned::new("localhost").certificate.as_str());
    assert!(stranger.raw("localhost", HEALTH).unwrap_err().to_string().contains("certificate"));
    for host in [
        "localhost",
        "127.0.0.1",
        "::1",
        "sts.aliyuncs.com",
        "ecs.cn-hangzhou.aliyuncs.com",
        "logs.oss-cn-hangzhou.aliyuncs.com",
    ] {
        assert_eq!(tls.raw(host, HEALTH).unwrap().status(), Some(200), "{host}");
    }
}

#[test]
fn calls_work_as_in_clear() {
    let server = secured().start();
    let a = server.account("company-a", "11223344");
    let host = format!("localhost:{}", server.https().port());
    for signing in Signing::ALL {
        let client = a.client.over(&server.tls(), &host).signing(signing);
        let answer = client.call("Sts", "GetCallerIdentity", &[]).unwrap();
        assert_eq!(answer["AccountId"], "11223344", "{signing:?}");
    }
    let signed = a.client.signing(Signing::V1Query).sign("Sts", "GetCallerIdentity", &[]);
    let absolute = format!(
        "GET https://sts.aliyuncs.com{} HTTP/1.1\r\nhost: sts.aliyuncs.com\r\nconnection: close\r\n\r\n",
        signed.target
    );
    let answer = server.tls().raw("sts.aliyuncs.com", absolute.as_bytes()).unwrap();
    assert_eq!(answer.status(), Some(200), "{}", answer.text());
    let client = a.client.over(&server.tls(), "ram.aliyuncs.com");
    let failure = client.call("Ram", "GetUser", &[("UserName", "nobody")]).unwrap_err();
    assert_eq!(failure.code, "EntityNotExist.User");
    let link = "https://ram.aliyuncs.com/-/help/EntityNotExist.User";
    assert_eq!(failure.recommend.as_deref(), Some(link));
}

#[test]
fn policies_can_tell_tls_from_clear() {
    let server = secured().start();
    let a = server.account("company-a", "11223344");
    let document = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:GetUser","Resource":"*",
        "Condition":{"Bool":{"acs:SecureTransport":"true"}}}]}"#;
    let alice = a.user("alice");
    a.must("Ram", "CreatePolicy", &[("PolicyName", "tls"), ("PolicyDocument", document)]);
    let attach = [("PolicyType", "Custom"), ("PolicyName", "tls"), ("UserName", "alice")];
    a.must("Ram", "AttachPolicyToUser", &attach);
    let get = [("UserName", "alice")];
    assert_eq!(alice.call("Ram", "GetUser", &get).unwrap_err().code, "NoPermission");
    alice.over(&server.tls(), "localhost").call("Ram", "GetUser", &get).unwrap();
}

#[test]
fn connections_are_counted_over_both_listeners() {
    let server = secured().configure(|config| config.limits.connections_per_address = 1).start();
    let kept = server.tls().connect("localhost").unwrap();
    assert_eq!(server.raw(HEALTH).status(), None);
    assert!(server.tls().connect("localhost").is_err());
    drop(kept);
    let again = (0..1_000).find_map(|_| server.raw(HEALTH).status());
    assert_eq!(again, Some(200));
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_is_spoken_with_who_prefers_it() {
    let server = tokio::task::spawn_blocking(|| secured().start()).await.unwrap();
    let tls = server.tls().offering(&[b"h2", b"http/1.1"]);
    let stream = tokio::net::TcpStream::connect(server.https()).await.unwrap();
    let name = "localhost".try_into().unwrap();
    let connector = TlsConnector::from(Arc::clone(tls.config()));
    let stream = connector.connect(name, stream).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) = h2::client::handshake(stream).await.unwrap();
    let driven = tokio::spawn(connection);
    let get = |uri: &str| hyper::Request::get(uri).body(()).unwrap();
    let connect = hyper::Request::connect("ram.aliyuncs.com:443").body(()).unwrap();
    for (request, status) in [
        (get("https://localhost/-/healthz"), 200),
        (get("https://ram.aliyuncs.com/?Action=GetUser&Version=2015-05-01"), 400),
        (get("https://oss-cn-hangzhou.aliyuncs.com/"), 403),
        (connect, 403),
    ] {
        let uri = request.uri().clone();
        let (answer, _) = sender.send_request(request, true).unwrap();
        assert_eq!(answer.await.unwrap().status(), status, "{uri}");
    }
    drop(sender);
    driven.await.unwrap().unwrap();
    let first = server.tls().offering(&[b"http/1.1"]).connect("localhost").unwrap();
    assert_eq!(first.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    tokio::task::spawn_blocking(move || drop(server)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn https_may_listen_anywhere_and_stops_in_good_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.listen.http = SocketAddr::from(([127, 0, 0, 1], 0));
    config.listen.https = OptionalAddress(Some(SocketAddr::from(([0, 0, 0, 0], 0))));
    config.listen.port_file = folder.path().join("ports.json");
    let server =
        Server::start(ServerOptions { config, data: Data::Memory, env: Env::system() }).await.unwrap();
    let port = server.addresses().https.unwrap().port();
    let ports = std::fs::read_to_string(folder.path().join("ports.json")).unwrap();
    assert!(ports.contains(&format!("\"https\":{port}")), "{ports}");

    // One has not shaken hands yet, and must not be waited for.
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut silent = TcpStream::connect(address).unwrap();
    tokio::time::timeout(Duration::from_secs(5), server.shutdown()).await.unwrap();
    assert_eq!(silent.read(&mut [0]).unwrap_or(0), 0);
    assert!(TcpStream::connect(address).is_err());
}
