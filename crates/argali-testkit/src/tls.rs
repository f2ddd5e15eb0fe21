//! Connections under TLS, for which the time is the server's.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use argali_protocol::SignedRequest;
use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::clock::TestClock;
use crate::raw::{PATIENCE, RawAnswer};

/// A stream under TLS.
pub type TlsStream = StreamOwned<ClientConnection, TcpStream>;

/// A client that connects under TLS, each time anew. Cheap to clone.
#[derive(Clone)]
pub struct TlsClient {
    address: SocketAddr,
    way: Way,
    config: Arc<ClientConfig>,
}

#[derive(Clone, Copy, Debug)]
enum Way {
    /// To the address itself.
    Straight,
    /// By a tunnel that is asked for there.
    ByTunnel,
}

impl TlsClient {
    /// A client of the listener at `address`, that trusts the certificate in `authority` (PEM) alone.
    pub(crate) fn new(address: SocketAddr, authority: &str, clock: &TestClock) -> Self {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(authority.as_bytes()) {
            let certificate = certificate.unwrap_or_else(|error| panic!("no certificate: {error}"));
            roots.add(certificate).unwrap_or_else(|error| panic!("no authority: {error}"));
        }
        let builder = ClientConfig::builder_with_details(
            Arc::new(ring::default_provider()),
            Arc::new(Time(clock.clone())),
        );
        let builder = builder.with_safe_default_protocol_versions();
        let builder = builder.unwrap_or_else(|error| panic!("no TLS: {error}"));
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        // Each connection is to see the certificate.
        config.resumption = Resumption::disabled();
        Self { address, way: Way::Straight, config: Arc::new(config) }
    }

    /// The same, by tunnels that the server at `proxy` is asked for.
    #[must_use]
    pub fn by_tunnel(&self, proxy: SocketAddr) -> Self {
        Self { address: proxy, way: Way::ByTunnel, config: Arc::clone(&self.config) }
    }

    /// The same, offering these protocols.
    #[must_use]
    pub fn offering(&self, protocols: &[&[u8]]) -> Self {
        let mut config = ClientConfig::clone(&self.config);
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Self { config: Arc::new(config), ..self.clone() }
    }

    /// What it connects with.
    pub fn config(&self) -> &Arc<ClientConfig> {
        &self.config
    }

    /// Connects, shakes hands, and believes the server only if it can show that it is `host`.
    ///
    /// # Errors
    ///
    /// Fails if it cannot, or a tunnel is refused.
    pub fn connect(&self, host: &str) -> io::Result<TlsStream> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        if matches!(self.way, Way::ByTunnel) {
            dig(&mut stream, host)?;
        }
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let mut connection =
            ClientConnection::new(Arc::clone(&self.config), name).map_err(io::Error::other)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut stream)?;
        }
        Ok(StreamOwned::new(connection, stream))
    }

    /// Sends bytes as they are over a connection of their own and returns what comes back until it is closed.
    ///
    /// # Errors
    ///
    /// Fails if there is no connection.
    pub fn raw(&self, host: &str, bytes: &[u8]) -> io::Result<RawAnswer> {
        let mut stream = self.connect(host)?;
        stream.write_all(bytes)?;
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(error),
            _ => Ok(RawAnswer(answer)),
        }
    }

    /// Sends a signed request as it is and returns status, content type and body as they came.
    pub(crate) fn exchange(&self, host: &str, signed: &SignedRequest) -> (u16, String, Vec<u8>) {
        let mut bytes = format!("{} {} HTTP/1.1\r\nconnection: close\r\n", signed.method, signed.target);
        for (name, value) in &signed.headers {
            bytes.push_str(&format!("{name}: {value}\r\n"));
        }
        bytes.push_str(&format!("content-length: {}\r\n\r\n", signed.body.len()));
        let bytes = [bytes.as_bytes(), &signed.body].concat();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let answer = self.raw(name, &bytes).unwrap_or_else(|error| panic!("no answer under TLS: {error}"));
        let text = answer.text();
        let (head, _) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("half an answer: {text}"));
        let content_type = head.lines().find_map(|line| line.strip_prefix("content-type: "));
        let body = answer.0.get(head.len() + 4..).unwrap_or_default().to_vec();
        (answer.status().unwrap_or_default(), content_type.unwrap_or_default().to_owned(), body)
    }
}

impl fmt::Debug for TlsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsClient")
            .field("address", &self.address)
            .field("way", &self.way)
            .finish_non_exhaustive()
    }
}

/// Asks for a tunnel to `host`.
fn dig(stream: &mut TcpStream, host: &str) -> io::Result<()> {
    write!(stream, "CONNECT {host}:443 HTTP/1.1\r\nhost: {host}:443\r\n\r\n")?;
    let mut head = Vec::new();
    let mut byte = [0];
    // One at a time: what comes after the head is the tunnel's.
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        head.extend(byte);
    }
    let answer = RawAnswer(head);
    if answer.status() == Some(200) { Ok(()) } else { Err(io::Error::other(answer.text())) }
}

/// The server's time, by which its certificates are good or not.
#[derive(Debug)]
struct Time(TestClock);

impl TimeProvider for Time {
    fn current_time(&self) -> Option<UnixTime> {
        let now_s = u64::try_from(self.0.now().as_seconds()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(now_s)))
    }
}
