//! Connections to hosts that tenants name.
//!
//! A host is looked up once, and what was checked is what is connected to: public addresses, and those that the operator
//! lists. Nothing is kept between two connections: no TLS session, no cookie.
// SPEC: security, requests, the last of the limits.

mod address;

use std::error::Error;
use std::net::IpAddr;
use std::path::Path;

use argali_core::env::Env;
use argali_core::federation::Fingerprint;
use argali_core::url::{Scheme, WebUrl};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::client::TlsStream;

use self::address::{is_listed, may_connect};
use crate::proxy::Network;
use crate::tls::{Trust, TrustError};

/// How many addresses of a host are tried.
const MOST_ADDRESSES: usize = 4;

type Cause = Box<dyn Error + Send + Sync>;

/// What can be reached, and whose word is taken for who a host is.
#[derive(Debug)]
pub(crate) struct Reach {
    allowed: Vec<Network>,
    trust: Trust,
}

/// Why there is no connection.
#[derive(Debug)]
pub(crate) enum NotReached {
    /// No address of the host may be connected to.
    Forbidden,
    /// The host cannot be found, or does not answer.
    Failed(Cause),
}

impl Reach {
    /// Reaches what is public or in `allowed`, and believes the machine's authorities and those in `ca_file`, which the
    /// configuration names at `key`.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be used.
    pub(crate) fn new(
        allowed: &[Network],
        (key, ca_file): (&'static str, &Path),
        env: Env,
    ) -> Result<Self, TrustError> {
        Ok(Self { allowed: allowed.to_vec(), trust: Trust::new(key, ca_file, env)? })
    }

    /// Whether anything is listed that may be spoken to in clear.
    pub(crate) fn lists_any(&self) -> bool {
        !self.allowed.is_empty()
    }

    /// Whether `address` may be spoken to as `scheme` has it. In clear only what the operator lists is.
    pub(crate) fn may_connect(&self, scheme: Scheme, address: IpAddr) -> bool {
        match scheme {
            Scheme::Https => may_connect(address, &self.allowed),
            Scheme::Http => is_listed(address, &self.allowed),
        }
    }

    /// A connection to the first address of the URL's host that may be connected to and answers.
    pub(crate) async fn connect(&self, url: &WebUrl) -> Result<TcpStream, NotReached> {
        let failed = |error: std::io::Error| NotReached::Failed(error.into());
        let found = lookup_host((url.host(), url.port())).await.map_err(failed)?;
        let mut last = None;
        let reachable = found.filter(|found| self.may_connect(url.scheme(), found.ip()));
        for address in reachable.take(MOST_ADDRESSES) {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some(error),
            }
        }
        Err(last.map_or(NotReached::Forbidden, failed))
    }

    /// A handshake with `host`, as [`Trust::secure`].
    pub(crate) async fn secure(
        &self,
        host: &str,
        pins: &[Fingerprint],
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, Cause> {
        self.trust.secure(host, pins, stream).await
    }
}
