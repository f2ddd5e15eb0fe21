//! `kill -9` in the middle of sending and receiving: what was acknowledged is there, and what was deleted is not.
// SPEC: security, storage, S1 and S4.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use argali_protocol::{Credentials, MnsOutgoing, sign_mns};
use argali_testkit::TestClock;

use crate::process::Installation;

const ROUNDS: usize = 3;
const WRITERS: usize = 3;

/// Sends one request: the status and body of the answer, as far as they came.
fn exchange(
    endpoint: &str,
    owner: &Credentials,
    method: &str,
    target: &str,
    body: &str,
) -> Option<(u16, String)> {
    let outgoing = MnsOutgoing {
        method,
        host: endpoint,
        target,
        headers: &[],
        timestamp_unix_s: TestClock::real().now().as_seconds(),
    };
    let headers: String =
        sign_mns(&outgoing, owner).iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let mut stream = TcpStream::connect(endpoint).ok()?;
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some((answer.get(9..12)?.parse().ok()?, answer.split_once("\r\n\r\n")?.1.to_owned()))
}

fn element(answer: &str, name: &str) -> Option<String> {
    let (_, rest) = answer.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0.to_owned())
}

/// What a writer was told.
#[derive(Default)]
struct Told {
    sent: BTreeSet<String>,
    /// Messages whose deletion was acknowledged.
    deleted: BTreeSet<String>,
    /// Messages that may or may not be gone.
    doubtful: BTreeSet<String>,
}

/// Sends, and receives and deletes each third time, until the server is gone.
fn write(endpoint: &str, owner: &Credentials, name: &str) -> Told {
    let mut told = Told::default();
    for number in 0.. {
        let text = format!("{name}-{number}");
        let body = format!("<Message><MessageBody>{text}</MessageBody></Message>");
        match exchange(endpoint, owner, "POST", "/queues/orders/messages", &body) {
            Some((201, _)) => told.sent.insert(text),
            _ => return told,
        };
        if number % 3 != 2 {
            continue;
        }
        let Some((status, answer)) = exchange(endpoint, owner, "GET", "/queues/orders/messages", "") else {
            return told;
        };
        let (Some(text), Some(receipt)) =
            (element(&answer, "MessageBody"), element(&answer, "ReceiptHandle"))
        else {
            assert!(status == 404 || answer.is_empty(), "{status} {answer}");
            continue;
        };
        let target = format!("/queues/orders/messages?ReceiptHandle={receipt}");
        match exchange(endpoint, owner, "DELETE", &target, "") {
            Some((204, _)) => told.deleted.insert(text),
            _ => told.doubtful.insert(text),
        };
    }
    told
}

#[test]
fn a_killed_server_has_the_messages_that_it_acknowledged() {
    let installation = Installation::new();
    let mut process = installation.serve("info");
    let owner = installation.create_account("company-a", "11223344");
    // What was received becomes visible again soon enough to be counted.
    let settings = "<Queue><VisibilityTimeout>1</VisibilityTimeout></Queue>";
    let made = exchange(process.endpoint(), &owner, "PUT", "/queues/orders", settings).unwrap();
    assert_eq!(made.0, 201, "{}", made.1);
    let mut all = Told::default();
    for round in 0..ROUNDS {
        let (endpoint, owner) = (process.endpoint().to_owned(), &owner);
        let told: Vec<Told> = std::thread::scope(|scope| {
            let endpoint = endpoint.as_str();
            let begin = |writer| scope.spawn(move || write(endpoint, owner, &format!("{round}-{writer}")));
            let writers: Vec<_> = (0..WRITERS).map(begin).collect();
            std::thread::park_timeout(Duration::from_millis(400));
            process.kill();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        for Told { sent, deleted, doubtful } in told {
            all.sent.extend(sent);
            all.deleted.extend(deleted);
            all.doubtful.extend(doubtful);
        }
        process = installation.serve("info");
    }
    std::thread::park_timeout(Duration::from_millis(1_100));
    let mut there = BTreeSet::new();
    loop {
        let target = "/queues/orders/messages?numOfMessages=16";
        let (status, answer) = exchange(process.endpoint(), &owner, "GET", target, "").unwrap();
        if status == 404 {
            break;
        }
        let parts = answer.split("<MessageBody>").skip(1);
        let bodies: Vec<_> = parts.filter_map(|part| part.split('<').next()).map(str::to_owned).collect();
        let known = there.len();
        there.extend(bodies);
        if there.len() == known {
            // Only what had become visible again.
            break;
        }
    }
    assert!(all.sent.len() > ROUNDS && !all.deleted.is_empty(), "{} {}", all.sent.len(), all.deleted.len());
    let lost: Vec<_> =
        all.sent.iter().filter(|text| !there.contains(*text) && !all.deleted.contains(*text)).collect();
    assert!(lost.iter().all(|text| all.doubtful.contains(*text)), "{lost:?}");
    let back: Vec<_> = all.deleted.intersection(&there).collect();
    assert!(back.is_empty(), "{back:?}");
}
