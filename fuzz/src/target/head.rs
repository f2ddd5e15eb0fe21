//! Bytes on a connection of a server: whatever comes, it answers or closes, and goes on.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use argali_testkit::{Signing, TestServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::runtime::Runtime;

use super::{Probe, Target, outcome};
use crate::engine::{Shape, Words};

pub(super) static TARGET: Target = Target {
    name: "head",
    shape: Shape::Request,
    words: Words::anywhere(&[
        "host",
        "content-length",
        "transfer-encoding",
        "chunked",
        "connection",
        "close",
        "keep-alive",
        "upgrade",
        "h2c",
        "expect",
        "100-continue",
        "content-encoding",
        "gzip",
        "content-type",
        "application/x-www-form-urlencoded",
        "te",
        "trailers",
        "0",
        "1",
        "5",
        "+5",
        "0x5",
        "18446744073709551616",
        "authorization",
        "accept",
        "text/xml",
        "x-forwarded-for",
        "10.0.0.1, 127.0.0.1",
        "127.0.0.1:2742",
        "a:b:c",
        "GET",
        "POST",
        "PUT",
        "CONNECT",
        "OPTIONS",
        "HTTP/1.1",
        "HTTP/1.0",
        "HTTP/2.0",
        "PRI * HTTP/2.0",
        "/-/healthz",
        "/-/metrics",
        "/?Action=GetUser",
        "http://ram.aliyuncs.com/",
        "*",
        "\r\n",
        "\r\n\r\n",
        "\n\n",
        "\r",
        "\t",
        "\u{0}",
        " ",
        "%00",
        "?",
        "#",
        "x-acs-action",
        "x-acs-version",
        "x-acs-date",
    ]),
    seeds,
    start: || Box::new(Listening::new()),
};

/// How many connections a server serves before a new one takes its place: the records of a server grow.
const PER_SERVER: u32 = 50_000;
/// How long a server may keep silent.
const PATIENCE: Duration = Duration::from_secs(10);

struct Listening {
    server: TestServer,
    runtime: Runtime,
    served: u32,
    /// The client's address: each has its own, so that ports do not run out.
    client: u32,
}

impl Listening {
    fn new() -> Self {
        let server = TestServer::builder().seed(1).start();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { server, runtime, served: 0, client: 0 }
    }
}

impl Probe for Listening {
    fn probe(&mut self, input: &[u8]) -> u64 {
        if self.served == PER_SERVER {
            *self = Self { client: self.client, ..Self::new() };
        }
        self.served += 1;
        self.client = (self.client + 1) % (1 << 16);
        let from = Ipv4Addr::from(Ipv4Addr::new(127, 1, 0, 0).to_bits() + self.client);
        let answer = self.runtime.block_on(exchange(self.server.address(), from, input));
        let text = String::from_utf8_lossy(&answer);
        let statuses: Vec<&str> = text.split("HTTP/1.1 ").skip(1).filter_map(|one| one.get(..3)).collect();
        assert!(!statuses.contains(&"500"), "an internal error: {text}");
        // Nothing but answers goes out, whatever came in.
        assert!(answer.is_empty() || text.starts_with("HTTP/1.") || answer.len() > 8, "{text}");
        let code = text.split_once("Code\":\"").or_else(|| text.split_once("<Code>"));
        let code = code.map(|(_, rest)| rest.split(['"', '<']).next().unwrap_or_default());
        outcome((statuses, code, text.starts_with("HTTP/")))
    }
}

/// Sends bytes, ends the sending side, and reads until the server closes.
async fn exchange(to: SocketAddr, from: Ipv4Addr, bytes: &[u8]) -> Vec<u8> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    let mut stream = socket.connect(to).await.unwrap();
    let mut answer = Vec::new();
    let heard = async {
        // A server that refuses early closes while it is still being sent to.
        let sent = async {
            stream.write_all(bytes).await?;
            stream.shutdown().await
        };
        let sent = sent.await;
        let heard = stream.read_to_end(&mut answer).await.map(drop);
        for error in [sent.err(), heard.err()].into_iter().flatten() {
            let closed = matches!(
                error.kind(),
                ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::NotConnected
            );
            assert!(closed, "the connection fails: {error}");
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("the server neither answers nor closes");
    answer
}

/// Whole requests, signed and not, in all ways of framing; and the beginning of HTTP/2.
fn seeds() -> Vec<Vec<u8>> {
    let server = TestServer::builder().seed(1).start();
    let owner = server.account("company-a", "11223344");
    let mut seeds = Vec::new();
    for signing in Signing::ALL {
        let signed = owner.client.signing(signing).sign("Ram", "ListUsers", &[("MaxItems", "1")]);
        let mut head = format!("{} {} HTTP/1.1\r\n", signed.method, signed.target);
        signed.headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
        let length = signed.body.len();
        seeds.push([format!("{head}content-length: {length}\r\n\r\n").as_bytes(), &signed.body].concat());
        let chunk = format!("{head}transfer-encoding: chunked\r\n\r\n{length:x}\r\n");
        seeds.push([chunk.as_bytes(), &signed.body, b"\r\n0\r\n\r\n"].concat());
    }
    let plain = [
        "GET /-/healthz HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\nA=1&B",
        "GET /?Action=GetUser&Version=2015-05-01&Format=JSON HTTP/1.1\r\nhost: a\r\n\r\nGET /-/readyz HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET http://ram.aliyuncs.com/?Action=GetUser HTTP/1.1\r\nhost: ram.aliyuncs.com\r\n\r\n",
        "CONNECT ram.aliyuncs.com:443 HTTP/1.1\r\nhost: ram.aliyuncs.com:443\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n\r\n",
    ];
    seeds.extend(plain.iter().map(|text| text.as_bytes().to_vec()));
    // SETTINGS, then HEADERS of `GET / http a` by HPACK's static table.
    let frames = [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..],
        &[0, 0, 0, 4, 0, 0, 0, 0, 0],
        &[0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 0x01, b'a'],
    ];
    seeds.push(frames.concat());
    seeds
}
