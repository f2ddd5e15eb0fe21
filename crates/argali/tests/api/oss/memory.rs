//! Large bodies pass through a little memory: in and out, however large they are.
// SPEC: security, storage: streamed both ways with bounded memory.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use argali_protocol::{Credentials, OssOutgoing, OssScheme, presign_oss};
use argali_testkit::TestClock;

use crate::process::{Installation, Process};

const HOST: &str = "company-a-large.oss-cn-hangzhou.aliyuncs.com";
/// How large the object is: several times as large as what the server may take for it.
const MIB: usize = 256;
/// How much more memory the server may have had in use for it, in MiB.
const MOST_MIB: usize = 32;

/// Sends a request with `length` bytes; how many came back.
fn exchange(
    server: &Process,
    owner: &Credentials,
    (method, key): (&str, Option<&str>),
    length: usize,
) -> usize {
    let request = OssOutgoing {
        method,
        host: HOST,
        bucket: Some("company-a-large"),
        key,
        query: &[],
        headers: &[],
        timestamp_unix_s: TestClock::real().now().as_seconds(),
        region: "cn-hangzhou",
    };
    let target = presign_oss(&request, OssScheme::V4, owner, 600).unwrap();
    let mut stream = TcpStream::connect(server.endpoint()).unwrap();
    let head = format!("{method} {target} HTTP/1.1\r\nhost: {HOST}\r\ncontent-length: {length}\r\n");
    write!(stream, "{head}connection: close\r\n\r\n").unwrap();
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..length >> 20 {
        stream.write_all(&piece).unwrap();
    }
    let mut answer = BufReader::new(stream);
    let mut line = String::new();
    answer.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    while line != "\r\n" {
        line.clear();
        answer.read_line(&mut line).unwrap();
    }
    let (mut buffer, mut came) = (vec![0; 1 << 20], 0);
    loop {
        match answer.read(&mut buffer).unwrap() {
            0 => return came,
            read => came += read,
        }
    }
}

#[test]
fn a_large_object_goes_in_and_out_through_a_little_memory() {
    let installation = Installation::new();
    let server = installation.serve("info");
    let owner = installation.create_account("company-a", "11223344");
    exchange(&server, &owner, ("PUT", None), 0);
    // What the first request makes ready is not counted.
    exchange(&server, &owner, ("PUT", Some("small")), 1 << 20);
    exchange(&server, &owner, ("GET", Some("small")), 0);
    let before = server.most_memory_mib();
    exchange(&server, &owner, ("PUT", Some("large")), MIB << 20);
    assert_eq!(exchange(&server, &owner, ("GET", Some("large")), 0), MIB << 20);
    let after = server.most_memory_mib();
    assert!(after <= before + MOST_MIB, "{before} MiB before, {after} MiB after");
}
