//! Limits, each reached on purpose.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use argali_testkit::TestServer;

#[test]
fn heads_that_are_too_large_are_refused() {
    let server = TestServer::start();
    let many: String = (0..101).map(|number| format!("x-{number}: 1\r\n")).collect();
    let large = format!("x-large: {}\r\n", "x".repeat(70 << 10));
    for lines in [many, large] {
        let bytes = format!("GET /?Action=GetUser HTTP/1.1\r\nhost: a\r\n{lines}\r\n");
        // The server may close before all of it was sent, and its answer is then lost with the connection.
        assert!(matches!(server.raw(bytes.as_bytes()).status(), Some(431) | None));
    }
}

#[test]
fn bodies_that_are_too_large_are_refused_whether_they_say_so_or_not() {
    let server = TestServer::start();
    let said = b"POST /?Format=JSON HTTP/1.1\r\nhost: a\r\ncontent-length: 1048577\r\n\r\n";
    assert_eq!(server.raw(said).status(), Some(413));

    let mut unsaid = b"POST /?Format=JSON HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..17 {
        unsaid.extend_from_slice(b"10000\r\n");
        unsaid.resize(unsaid.len() + 0x10000, b'x');
        unsaid.extend_from_slice(b"\r\n");
    }
    unsaid.extend_from_slice(b"0\r\n\r\n");
    let answer = server.raw(&unsaid);
    // The server may close before all of it was sent; it never takes it for a call.
    assert!(matches!(answer.status(), Some(413) | None), "{}", answer.text());
}

#[test]
fn a_body_that_stops_half_way_is_no_call() {
    let server = TestServer::start();
    let answer = server.raw(b"POST /?Format=JSON HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf");
    assert!(matches!(answer.status(), Some(400) | None), "{}", answer.text());
}

/// A server that is impatient, so that tests need not be patient.
fn impatient() -> TestServer {
    TestServer::builder()
        .configure(|config| {
            config.limits.head_timeout_ms = 40;
            config.limits.idle_timeout_ms = 200;
            config.limits.body_timeout_ms = 40;
        })
        .start()
}

/// What the server says to `bytes` before it closes, while the sending side stays open.
fn left_alone(server: &TestServer, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server closes by itself");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn slow_clients_are_cut_off() {
    let server = impatient();
    for bytes in [&b""[..], b"GET", b"GET / HTTP/1.1\r\nhost: a\r\n", b"PRI * HTTP/2.0\r\n"] {
        assert_eq!(left_alone(&server, bytes), "", "{bytes:?}");
    }
    let slow_body =
        left_alone(&server, b"POST /?Format=JSON HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nslow");
    assert!(slow_body.starts_with("HTTP/1.1 408 "), "{slow_body}");
    let rests = left_alone(&server, b"GET /-/healthz HTTP/1.1\r\nhost: a\r\n\r\n");
    assert!(rests.starts_with("HTTP/1.1 200 "), "{rests}");
    let second_head = left_alone(&server, b"GET /-/healthz HTTP/1.1\r\nhost: a\r\n\r\nGET /-/he");
    assert_eq!(second_head.matches("HTTP/1.1 200 ").count(), 1, "{second_head}");
    // Over HTTP/2 nothing but rest counts; that it returns is what is tested.
    left_alone(&server, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00");
}

#[test]
fn one_address_has_only_so_many_connections() {
    let server = TestServer::builder().configure(|config| config.limits.connections_per_address = 2).start();
    let kept: Vec<_> = (0..2)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address()).unwrap();
            stream.write_all(b"GET /-/healthz HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"HTTP/1.1 200");
            stream
        })
        .collect();
    assert_eq!(server.raw(b"GET /-/healthz HTTP/1.1\r\nhost: a\r\n\r\n").status(), None);
    drop(kept);
    // The server learns of the closing in its own time.
    let again = (0..1_000).find_map(|_| server.raw(b"GET /-/healthz HTTP/1.1\r\nhost: a\r\n\r\n").status());
    assert_eq!(again, Some(200));
}
