//! `kill -9` in the middle of uploads: what was acknowledged is there, and nothing is there by half.
// SPEC: security, storage, S1 and S4.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use argali_protocol::{Credentials, OssOutgoing, OssScheme, presign_oss};
use argali_testkit::TestClock;

use crate::process::Installation;

const HOST: &str = "company-a-logs.oss-cn-hangzhou.aliyuncs.com";
const ROUNDS: usize = 3;
const WRITERS: usize = 3;

/// Sends one request to the http listener, whose host makes it one to object storage: the status and body of the answer,
/// as far as they came.
fn exchange(
    endpoint: &str,
    credentials: &Credentials,
    (method, key): (&str, Option<&str>),
    body: &[u8],
) -> Option<(u16, Vec<u8>)> {
    let request = OssOutgoing {
        method,
        host: HOST,
        bucket: Some("company-a-logs"),
        key,
        query: &[],
        headers: &[],
        timestamp_unix_s: TestClock::real().now().as_seconds(),
        region: "cn-hangzhou",
    };
    let target = presign_oss(&request, OssScheme::V4, credentials, 600).unwrap();
    let mut stream = TcpStream::connect(endpoint).ok()?;
    let length = body.len();
    write!(
        stream,
        "{method} {target} HTTP/1.1\r\nhost: {HOST}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )
    .ok()?;
    stream.write_all(body).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let status = String::from_utf8_lossy(answer.get(9..12)?).parse().ok()?;
    Some((status, answer.split_off(end)))
}

/// The bytes that an object of this name has.
fn content(writer: usize, number: usize) -> Vec<u8> {
    vec![u8::try_from((writer * 31 + number) % 251).unwrap(); 200_000 + number * 1_000]
}

#[test]
fn a_killed_server_has_what_it_acknowledged_and_nothing_by_half() {
    let installation = Installation::new();
    let mut process = installation.serve("info");
    let owner = installation.create_account("company-a", "11223344");
    let made = exchange(process.endpoint(), &owner, ("PUT", None), b"").unwrap();
    assert_eq!(made.0, 200);
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let (endpoint, owner) = (process.endpoint().to_owned(), &owner);
        let stored = std::thread::scope(|scope| {
            let write = |writer: usize| {
                let endpoint = endpoint.clone();
                scope.spawn(move || {
                    let mut stored = Vec::new();
                    for number in 0.. {
                        let key = format!("{round}-{writer}-{number}");
                        match exchange(&endpoint, owner, ("PUT", Some(&key)), &content(writer, number)) {
                            Some((200, _)) => stored.push((key, writer, number)),
                            _ => return stored,
                        }
                    }
                    stored
                })
            };
            let writers: Vec<_> = (0..WRITERS).map(write).collect();
            std::thread::park_timeout(Duration::from_millis(400));
            process.kill();
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
        });
        acknowledged.extend(stored);
        process = installation.serve("info");
    }
    assert!(!acknowledged.is_empty());
    for (key, writer, number) in &acknowledged {
        let (status, body) = exchange(process.endpoint(), &owner, ("GET", Some(key)), b"").unwrap();
        assert!(status == 200 && body == content(*writer, *number), "{key}: {status}, {} bytes", body.len());
    }
    // What was not acknowledged is whole, too, if it is there.
    for writer in 0..WRITERS {
        for round in 0..ROUNDS {
            let count = acknowledged
                .iter()
                .filter(|(key, ..)| key.starts_with(&format!("{round}-{writer}-")))
                .count();
            let key = format!("{round}-{writer}-{count}");
            let (status, body) = exchange(process.endpoint(), &owner, ("GET", Some(&key)), b"").unwrap();
            assert!(status == 404 || body == content(writer, count), "{key}: {status}, {} bytes", body.len());
        }
    }
}
