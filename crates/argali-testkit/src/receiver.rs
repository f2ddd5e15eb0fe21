//! A receiver of webhooks on loopback: it remembers what came and answers as it is told.

use std::collections::{BTreeMap, VecDeque};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use argali_server::{Config, Network};
use parking_lot::Mutex;
use serde_json::Value;

use crate::raw::PATIENCE;

/// What a receiver does with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// It answers with this status.
    Status(u16),
    /// It says that it is elsewhere.
    Redirect(String),
    /// It says nothing, until the sender hangs up.
    Silence,
}

/// A message that came.
#[derive(Clone, Debug)]
pub struct Received {
    /// The request's first line.
    pub line: String,
    /// Its headers, by name in lower case.
    pub headers: BTreeMap<String, String>,
    /// What it says.
    pub body: Value,
    /// The same as it came.
    pub bytes: Vec<u8>,
    /// What was done with it.
    pub reaction: Reaction,
}

impl Received {
    /// The events that it tells of.
    pub fn events(&self) -> Vec<Value> {
        self.body["events"].as_array().cloned().unwrap_or_default()
    }
}

/// Listens for as long as the test runs.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// What is done with the next messages; all others are taken.
    reactions: Mutex<VecDeque<Reaction>>,
    received: Mutex<Vec<Received>>,
}

impl Receiver {
    /// Begins to listen on a free port.
    ///
    /// # Panics
    ///
    /// Panics if there is none.
    pub fn start() -> Self {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)));
        let listener = listener.unwrap_or_else(|error| panic!("no port: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("no port: {error}"));
        let shared = Arc::<Shared>::default();
        let own = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&own);
                // A sender that hangs up is what some tests are about.
                std::thread::spawn(move || answer(stream, &shared).ok());
            }
        });
        Self { address, shared }
    }

    /// Where it takes messages.
    pub fn url(&self) -> String {
        format!("http://{}/hook?from=argali", self.address)
    }

    /// Lets a server reach it.
    pub fn reachable_from(config: &mut Config) {
        config.webhooks.allowed_addresses = Network::LOOPBACK.to_vec();
    }

    /// Does this with the next messages, in this order.
    pub fn will(&self, reactions: impl IntoIterator<Item = Reaction>) {
        self.shared.reactions.lock().extend(reactions);
    }

    /// Does this with whatever comes, from now on, and nothing else.
    pub fn always(&self, reaction: &Reaction) {
        *self.shared.reactions.lock() = std::iter::repeat_n(reaction.clone(), 10_000).collect();
    }

    /// Takes whatever comes, from now on.
    pub fn takes_all(&self) {
        self.shared.reactions.lock().clear();
    }

    /// All messages so far, in the order in which they came.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().clone()
    }

    /// What the messages that were taken tell of.
    pub fn taken(&self) -> Vec<Value> {
        let taken = |received: &Received| matches!(received.reaction, Reaction::Status(200..=299));
        self.received().iter().filter(|received| taken(received)).flat_map(Received::events).collect()
    }
}

fn answer(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8_lossy(&head);
    let (line, rest) = head.split_once("\r\n").unwrap_or_default();
    let headers = rest.lines().filter_map(|line| line.split_once(": "));
    let headers: BTreeMap<_, _> =
        headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or_default();
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    let reaction = shared.reactions.lock().pop_front().unwrap_or(Reaction::Status(204));
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    let received = Received { line: line.to_owned(), headers, body, bytes, reaction: reaction.clone() };
    shared.received.lock().push(received);
    match reaction {
        Reaction::Status(status) => {
            write!(stream, "HTTP/1.1 {status} So\r\ncontent-length: 16\r\n\r\na secret of mine")
        }
        Reaction::Redirect(to) => {
            write!(stream, "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n")
        }
        Reaction::Silence => stream.read_exact(&mut byte),
    }
}
