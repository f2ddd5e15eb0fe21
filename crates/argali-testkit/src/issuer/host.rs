//! The issuer's host: as much of HTTP as its only client needs, and whatever that client must withstand.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use super::{KEYS, Shared};
use crate::certificate::Vouched;
use crate::raw::PATIENCE;

/// An answer of the issuer.
#[derive(Clone, Debug)]
pub struct Document {
    status: &'static str,
    headers: String,
    body: Vec<u8>,
    is_whole: bool,
}

impl Document {
    /// A document of JSON.
    pub fn json(value: &Value) -> Self {
        Self::text(&value.to_string())
    }

    /// Any text.
    pub fn text(text: &str) -> Self {
        Self { status: "200 OK", headers: String::new(), body: text.as_bytes().to_vec(), is_whole: true }
    }

    /// A redirect.
    pub fn redirect(to: &str) -> Self {
        Self { status: "302 Found", headers: format!("location: {to}\r\n"), ..Self::text("") }
    }

    /// A failure of the issuer.
    pub fn failure() -> Self {
        Self { status: "500 Internal Server Error", ..Self::text("{}") }
    }

    /// So many bytes.
    pub fn of_size(bytes: usize) -> Self {
        Self { body: vec![b' '; bytes], ..Self::text("") }
    }

    /// One that begins and never ends.
    pub fn without_end() -> Self {
        Self { is_whole: false, ..Self::text("{") }
    }
}

/// The threads that listen.
pub(super) struct Host;

impl Host {
    /// Listens on a free port of loopback, and returns it.
    pub(super) fn start(vouched: &Vouched, shared: Arc<Shared>) -> u16 {
        let chain = [&vouched.certificate, &vouched.authority].map(|der| CertificateDer::from(der.clone()));
        let key = PrivatePkcs8KeyDer::from(vouched.private_key.clone()).into();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().map(|config| config.with_no_client_auth());
        let config = config.and_then(|config| config.with_single_cert(chain.to_vec(), key));
        let config = Arc::new(config.unwrap_or_else(|error| panic!("no TLS: {error}")));
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)));
        let listener = listener.unwrap_or_else(|error| panic!("no port: {error}"));
        let port = listener.local_addr().unwrap_or_else(|error| panic!("no port: {error}")).port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, shared) = (Arc::clone(&config), Arc::clone(&shared));
                // A client that hangs up is what some tests are about.
                std::thread::spawn(move || answer(config, stream, &shared).ok());
            }
        });
        port
    }
}

fn answer(config: Arc<ServerConfig>, stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).unwrap_or_default();
    if path == KEYS {
        shared.key_requests.fetch_add(1, Ordering::SeqCst);
    }
    let document = shared.documents.lock().get(path).cloned();
    let document = document.unwrap_or_else(|| Document { status: "404 Not Found", ..Document::text("") });
    let length = if document.is_whole { document.body.len() } else { 1 << 20 };
    let head =
        format!("HTTP/1.1 {}\r\n{}content-length: {length}\r\n\r\n", document.status, document.headers);
    stream.write_all(head.as_bytes())?;
    stream.write_all(&document.body)?;
    stream.flush()?;
    if document.is_whole {
        stream.conn.send_close_notify();
        return stream.flush();
    }
    // Until the client has had enough.
    stream.read_exact(&mut byte)
}
