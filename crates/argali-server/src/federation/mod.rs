//! Gets the documents of identity providers: one request, to one address, under TLS.
//!
//! What a tenant names is looked up once, and what was checked is what is connected to. Nothing is kept between two
//! documents: no connection, no TLS session, no cookie.
// SPEC: security, requests, the last of the limits.

mod address;
mod vouch;

use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use argali_core::env::Env;
use argali_core::federation::{FetchError, Fetcher, Fetching, Fingerprint, HttpsUrl};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::time_provider::TimeProvider;
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::OnceCell;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use self::address::may_connect;
use self::vouch::Vouching;
use crate::config::Federation;
use crate::proxy::Network;
use crate::tls;

/// The largest document, in bytes.
const LARGEST: usize = 256 << 10;
/// How much a host may say before its document, in bytes.
const LARGEST_HEAD: usize = 64 << 10;
/// How many addresses of a host are tried.
const MOST_ADDRESSES: usize = 4;

/// Why no documents can be got.
#[derive(Debug, thiserror::Error)]
pub enum FederationError {
    /// The operator's file of roots cannot be used.
    #[error("federation.ca_file: `{}` cannot be read, or holds no certificate in PEM", .0.display())]
    Roots(PathBuf, #[source] Option<Box<dyn std::error::Error + Send + Sync>>),
}

/// Gets documents from the internet, and from where the operator allows.
pub(crate) struct Client {
    allowed: Vec<Network>,
    own_roots: Vec<TrustAnchor<'static>>,
    /// Those of the machine and our own, read when they are first needed.
    roots: OnceCell<Arc<[TrustAnchor<'static>]>>,
    latest: Duration,
    env: Env,
}

impl Client {
    /// What the configuration asks for.
    ///
    /// # Errors
    ///
    /// Fails if the file of roots cannot be used.
    pub(crate) fn new(config: &Federation, env: Env) -> Result<Self, FederationError> {
        let file = &config.ca_file;
        let own_roots = if file.as_os_str().is_empty() { Vec::new() } else { roots_in(file)? };
        Ok(Self {
            allowed: config.allowed_addresses.clone(),
            own_roots,
            roots: OnceCell::new(),
            latest: Duration::from_millis(config.timeout_ms),
            env,
        })
    }

    async fn get(&self, url: &HttpsUrl, pins: &[Fingerprint]) -> Result<Vec<u8>, FetchError> {
        let host = || url.host().to_owned();
        let failed = |source| FetchError::Unreachable { host: host(), source };
        let stream = self.connect(url).await?;
        let stream = self.secure(url, pins, stream).await.map_err(failed)?;
        let handshake = http1::Builder::new().max_buf_size(LARGEST_HEAD).handshake(TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.map_err(|error| failed(error.into()))?;
        let exchange = async {
            let response = sender.send_request(request(url).map_err(failed)?).await;
            let response = response.map_err(|error| failed(error.into()))?;
            let status = response.status();
            if status != StatusCode::OK {
                return Err(FetchError::Status { host: host(), status: status.as_u16() });
            }
            let body = Limited::new(response.into_body(), LARGEST).collect().await;
            let body = body.map_err(|error| match error.downcast::<LengthLimitError>() {
                Ok(_) => FetchError::TooLarge(host()),
                Err(error) => failed(error),
            })?;
            Ok(body.to_bytes().into())
        };
        let (mut exchange, connection) = (pin!(exchange), pin!(connection));
        tokio::select! {
            document = &mut exchange => document,
            // Whatever came before it ended is still to be read.
            _ = connection => exchange.await,
        }
    }

    /// A connection to the first address that may be connected to and answers.
    async fn connect(&self, url: &HttpsUrl) -> Result<TcpStream, FetchError> {
        let failed = |source: std::io::Error| FetchError::Unreachable {
            host: url.host().to_owned(),
            source: source.into(),
        };
        let found = lookup_host((url.host(), url.port())).await.map_err(failed)?;
        let mut last = None;
        for address in found.filter(|found| may_connect(found.ip(), &self.allowed)).take(MOST_ADDRESSES) {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some(error),
            }
        }
        Err(last.map_or_else(|| FetchError::Forbidden(url.host().to_owned()), failed))
    }

    async fn secure(
        &self,
        url: &HttpsUrl,
        pins: &[Fingerprint],
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, Box<dyn std::error::Error + Send + Sync>> {
        let provider = tls::provider();
        let vouching = Vouching {
            roots: self.roots().await,
            pins: pins.to_vec(),
            algorithms: provider.signature_verification_algorithms,
        };
        let time = Arc::new(OurTime(self.env.clone()));
        let mut config = ClientConfig::builder_with_details(provider, time)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(vouching))
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let name = ServerName::try_from(url.host().to_owned())?;
        Ok(TlsConnector::from(Arc::new(config)).connect(name, stream).await?)
    }

    async fn roots(&self) -> Arc<[TrustAnchor<'static>]> {
        let load = || async {
            let read = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await;
            let read = read.unwrap_or_default();
            for error in &read.errors {
                tracing::warn!(%error, "some of the machine's root certificates cannot be read");
            }
            let of_machine = read.certs.iter().filter_map(anchor);
            self.own_roots.iter().cloned().chain(of_machine).collect()
        };
        Arc::clone(self.roots.get_or_init(load).await)
    }
}

impl Fetcher for Client {
    fn fetch<'a>(&'a self, url: &'a HttpsUrl, pins: &'a [Fingerprint]) -> Fetching<'a> {
        Box::pin(async move {
            let document = timeout(self.latest, self.get(url, pins)).await;
            document.unwrap_or_else(|_| Err(FetchError::TooSlow(url.host().to_owned())))
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

/// Certificates are judged by the same clock as everything else.
#[derive(Debug)]
struct OurTime(Env);

impl TimeProvider for OurTime {
    fn current_time(&self) -> Option<UnixTime> {
        let now_s = u64::try_from(self.0.now().as_seconds()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(now_s)))
    }
}

fn request(url: &HttpsUrl) -> Result<Request<Empty<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
    let request = Request::get(url.target())
        .header(header::HOST, url.authority())
        .header(header::ACCEPT, "application/json")
        .header(header::USER_AGENT, concat!("argali/", env!("CARGO_PKG_VERSION")));
    Ok(request.body(Empty::new())?)
}

fn roots_in(file: &Path) -> Result<Vec<TrustAnchor<'static>>, FederationError> {
    let failed = |source| FederationError::Roots(file.to_owned(), source);
    let certificates = CertificateDer::pem_file_iter(file).map_err(|error| failed(Some(error.into())))?;
    let certificates: Result<Vec<_>, _> = certificates.collect();
    let certificates = certificates.map_err(|error| failed(Some(error.into())))?;
    let roots: Vec<_> = certificates.iter().filter_map(anchor).collect();
    if roots.is_empty() { Err(failed(None)) } else { Ok(roots) }
}

fn anchor(certificate: &CertificateDer<'_>) -> Option<TrustAnchor<'static>> {
    webpki::anchor_from_trusted_cert(certificate).ok().map(|anchor| anchor.to_owned())
}
