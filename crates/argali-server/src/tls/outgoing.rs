//! TLS towards others: whom Argali believes when it connects to a host.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use argali_core::env::Env;
use argali_core::federation::Fingerprint;
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::time_provider::TimeProvider;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::vouch::Vouching;

/// Why others cannot be believed.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The operator's file of roots cannot be used.
    #[error("{key}: `{}` cannot be read, or holds no certificate in PEM", file.display())]
    Roots {
        /// The key of the configuration.
        key: &'static str,
        /// The file.
        file: PathBuf,
        /// The refusal.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

/// Whose word is taken for who a host is.
#[derive(Debug)]
pub(crate) struct Trust {
    own_roots: Vec<TrustAnchor<'static>>,
    /// Those of the machine and our own, read when they are first needed.
    roots: OnceCell<Arc<[TrustAnchor<'static>]>>,
    env: Env,
}

impl Trust {
    /// The machine's authorities, and those in the operator's file, which the configuration names at `key`; none if
    /// the path is empty.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be used.
    pub(crate) fn new(key: &'static str, file: &Path, env: Env) -> Result<Self, TrustError> {
        let own_roots = if file.as_os_str().is_empty() { Vec::new() } else { roots_in(key, file)? };
        Ok(Self { own_roots, roots: OnceCell::new(), env })
    }

    /// A handshake with `host`, whose certificate must lead to a trusted root and, if there are pins, through one of
    /// them. No session is resumed.
    pub(crate) async fn secure(
        &self,
        host: &str,
        pins: &[Fingerprint],
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, Box<dyn std::error::Error + Send + Sync>> {
        let provider = super::provider();
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
        let name = ServerName::try_from(host.to_owned())?;
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

/// Certificates are judged by the same clock as everything else.
#[derive(Debug)]
struct OurTime(Env);

impl TimeProvider for OurTime {
    fn current_time(&self) -> Option<UnixTime> {
        let now_s = u64::try_from(self.0.now().as_seconds()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(now_s)))
    }
}

fn roots_in(key: &'static str, file: &Path) -> Result<Vec<TrustAnchor<'static>>, TrustError> {
    let failed = |source| TrustError::Roots { key, file: file.to_owned(), source };
    let certificates = CertificateDer::pem_file_iter(file).map_err(|error| failed(Some(error.into())))?;
    let certificates: Result<Vec<_>, _> = certificates.collect();
    let certificates = certificates.map_err(|error| failed(Some(error.into())))?;
    let roots: Vec<_> = certificates.iter().filter_map(anchor).collect();
    if roots.is_empty() { Err(failed(None)) } else { Ok(roots) }
}

fn anchor(certificate: &CertificateDer<'_>) -> Option<TrustAnchor<'static>> {
    webpki::anchor_from_trusted_cert(certificate).ok().map(|anchor| anchor.to_owned())
}
