//! TLS: what is shown to clients, and the handshake; and whom Argali believes when it connects itself.
//!
//! A listener shows either the certificate in the operator's files, which are read again when they change, or one by
//! an authority of Argali's own. rustls does the rest: TLS 1.2 and 1.3, HTTP/2 or HTTP/1.1 as the client prefers, no
//! data before the handshake is done.

mod authority;
mod files;
mod outgoing;
mod vouch;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use argali_core::env::Env;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::ResolvesServerCert;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub(crate) use authority::Authority;
pub(crate) use files::Files;
pub(crate) use outgoing::Trust;
pub use outgoing::TrustError;

use crate::config::Listen;
use crate::data::Data;

/// The protocols that are offered, the better first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why TLS cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be used.
    #[error("cannot {doing} `{}`", path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// The refusal.
        source: io::Error,
    },
    /// A certificate is configured without a key, or a key without a certificate.
    #[error("listen.certificate and listen.private_key go together: name both files, or neither")]
    HalfAPair,
    /// A certificate is configured, and nowhere to show it.
    #[error(
        "listen.certificate is shown nowhere: give listen.https an address, or leave the certificate out"
    )]
    NotShown,
    /// The certificate file holds none.
    #[error("`{}` holds no certificate in PEM, the server's own first", .0.display())]
    NoCertificate(PathBuf),
    /// The key file holds none.
    #[error("`{}` holds no private key in PEM, without a pass phrase", .0.display())]
    NoKey(PathBuf),
    /// The two files cannot be used together.
    #[error("the key in `{}` does not open the certificate in `{}`", key.display(), certificate.display())]
    Unfit {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What is wrong.
        source: rustls::Error,
    },
    /// The authority's key can be read by others, or belongs to another user.
    #[error("`{0}` must belong to you and be closed to others: run `chown $(id -u) {0}; chmod 600 {0}`")]
    OpenKey(String),
    /// The files of the authority are not what Argali made.
    #[error("`{}` is damaged: remove ca.key and ca.pem to have a new authority made", .0.display())]
    Damaged(PathBuf),
    /// A certificate cannot be made.
    #[error("no certificate can be made")]
    NotMade(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The library refuses its settings.
    #[error("TLS cannot be set up")]
    NotSetUp(#[from] rustls::Error),
}

/// What is offered under TLS, and whose certificates are shown there.
pub(crate) struct Secured {
    /// On the https listener.
    pub(crate) https: Option<Tls>,
    /// In tunnels.
    pub(crate) tunnels: Option<Tls>,
    /// The operator's certificate, to be looked after.
    pub(crate) files: Option<Arc<Files>>,
    /// Argali's own authority.
    pub(crate) authority: Option<Arc<Authority>>,
}

impl Secured {
    /// What the configuration asks for. An authority is made only if something is shown under it.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be used, or none can be made.
    pub(crate) fn new(listen: &Listen, data: &Data, env: &Env) -> Result<Self, TlsError> {
        let [certificate, private_key] = [&listen.certificate, &listen.private_key];
        let [has_certificate, has_key] = [certificate, private_key].map(|file| !file.as_os_str().is_empty());
        if has_certificate != has_key {
            return Err(TlsError::HalfAPair);
        }
        let has_https = listen.https.0.is_some();
        if has_certificate && !has_https {
            return Err(TlsError::NotShown);
        }
        let files = has_certificate.then(|| Files::open(certificate, private_key));
        let files = files.transpose()?.map(Arc::new);
        let needs_authority = listen.proxy || (has_https && files.is_none());
        let authority = needs_authority.then(|| match data {
            Data::Memory => Authority::in_memory(env),
            Data::Folder(folder) => Authority::in_folder(folder, env),
        });
        let authority = authority.transpose()?.map(Arc::new);
        let of_authority = authority.clone().map(|authority| Tls::new(authority)).transpose()?;
        let https = match &files {
            Some(files) => Some(Tls::new(Arc::clone(files) as _)?),
            None => of_authority.clone().filter(|_| has_https),
        };
        Ok(Self { https, tunnels: of_authority.filter(|_| listen.proxy), files, authority })
    }
}

/// TLS as one listener offers it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Tls(TlsAcceptor);

impl Tls {
    /// TLS that shows what `certificates` chooses.
    ///
    /// # Errors
    ///
    /// Fails if the library refuses its settings.
    pub(crate) fn new(certificates: Arc<dyn ResolvesServerCert>) -> Result<Self, TlsError> {
        let builder =
            ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(certificates);
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        Ok(Self(Arc::new(config).into()))
    }

    /// Shakes hands.
    ///
    /// # Errors
    ///
    /// Fails if the client leaves, or wants what is not offered.
    pub(crate) async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        self.0.accept(stream).await
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

/// The cryptography. It takes randomness from the system: nothing of a handshake need ever come again.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
