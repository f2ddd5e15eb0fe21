//! Gets the documents of identity providers: one request, to one address, under TLS.
//!
//! Nothing is kept between two documents, not even a connection.
// SPEC: security, requests, the last of the limits.

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use argali_core::env::Env;
use argali_core::federation::{FetchError, Fetcher, Fetching, Fingerprint, HttpsUrl};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use crate::config::Federation;
use crate::reach::{NotReached, Reach};
use crate::tls::TrustError;

/// The largest document, in bytes.
const LARGEST: usize = 256 << 10;
/// How much a host may say before its document, in bytes.
const LARGEST_HEAD: usize = 64 << 10;

/// Gets documents from the internet, and from where the operator allows.
pub(crate) struct Client {
    reach: Reach,
    latest: Duration,
}

impl Client {
    /// What the configuration asks for.
    ///
    /// # Errors
    ///
    /// Fails if the file of roots cannot be used.
    pub(crate) fn new(config: &Federation, env: Env) -> Result<Self, TrustError> {
        let ca_file = ("federation.ca_file", config.ca_file.as_path());
        Ok(Self {
            reach: Reach::new(&config.allowed_addresses, ca_file, env)?,
            latest: Duration::from_millis(config.timeout_ms),
        })
    }

    async fn get(&self, url: &HttpsUrl, pins: &[Fingerprint]) -> Result<Vec<u8>, FetchError> {
        let host = || url.host().to_owned();
        let failed = |source| FetchError::Unreachable { host: host(), source };
        let stream = self.reach.connect(url).await.map_err(|error| match error {
            NotReached::Forbidden => FetchError::Forbidden(host()),
            NotReached::Failed(source) => failed(source),
        })?;
        let stream = self.reach.secure(url.host(), pins, stream).await.map_err(failed)?;
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
        f.debug_struct("Client").field("reach", &self.reach).finish_non_exhaustive()
    }
}

fn request(url: &HttpsUrl) -> Result<Request<Empty<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
    let request = Request::get(url.target())
        .header(header::HOST, url.authority())
        .header(header::ACCEPT, "application/json")
        .header(header::USER_AGENT, concat!("argali/", env!("CARGO_PKG_VERSION")));
    Ok(request.body(Empty::new())?)
}
