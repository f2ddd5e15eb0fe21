//! An issuer of OIDC tokens: a real host under TLS, with keys and documents that a test may change.

mod host;
mod token;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argali_server::Config;
use parking_lot::Mutex;
use ring::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::certificate::{Vouched, pem};
use crate::clock::TestClock;
pub use host::Document;
use host::Host;
pub use token::{Signer, Token};

/// Where the issuer says of itself what must be known.
const DISCOVERY: &str = "/.well-known/openid-configuration";
const KEYS: &str = "/keys";

/// An issuer on a free port of loopback. It listens until the process ends.
#[derive(Debug)]
pub struct Issuer {
    url: String,
    shared: Arc<Shared>,
    certificates: [Vec<u8>; 2],
    authority: TempDir,
}

/// What the issuer's threads share with the test.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    documents: Mutex<BTreeMap<String, Document>>,
    key_requests: AtomicUsize,
}

impl Issuer {
    /// Starts one that has a key of each kind.
    ///
    /// # Panics
    ///
    /// Panics if there is no port, or no certificate can be made.
    pub fn start() -> Self {
        let vouched = Vouched::new("localhost");
        let shared = Arc::new(Shared::default());
        let port = Host::start(&vouched, Arc::clone(&shared));
        let url = format!("https://localhost:{port}");
        let authority = TempDir::with_prefix("argali-issuer-");
        let authority = authority.unwrap_or_else(|error| panic!("no folder: {error}"));
        let written = std::fs::write(authority.path().join("ca.pem"), pem("CERTIFICATE", &vouched.authority));
        written.unwrap_or_else(|error| panic!("no file: {error}"));
        let issuer = Self { url, shared, certificates: [vouched.certificate, vouched.authority], authority };
        let discovery = json!({ "issuer": issuer.url, "jwks_uri": format!("{}{KEYS}", issuer.url) });
        issuer.shows(DISCOVERY, Document::json(&discovery));
        issuer.has_keys(&[Signer::Rsa, Signer::Curve]);
        issuer
    }

    /// How it names itself.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Lets a server reach it, and trust its authority.
    pub fn reachable_from(&self, config: &mut Config) {
        let loopback = "127.0.0.0/8".parse().unwrap_or_else(|error| panic!("no network: {error}"));
        config.federation.allowed_addresses = vec![loopback];
        config.federation.ca_file = self.authority_file();
    }

    /// The certificate of its authority, as a file in PEM.
    pub fn authority_file(&self) -> PathBuf {
        self.authority.path().join("ca.pem")
    }

    /// The SHA-1 hashes of its own certificate and of its authority's.
    pub fn sha1_fingerprints(&self) -> [String; 2] {
        self.fingerprints(&SHA1_FOR_LEGACY_USE_ONLY)
    }

    /// The SHA-256 hashes of its own certificate and of its authority's.
    pub fn sha256_fingerprints(&self) -> [String; 2] {
        self.fingerprints(&SHA256)
    }

    fn fingerprints(&self, how: &'static Algorithm) -> [String; 2] {
        self.certificates.each_ref().map(|certificate| hex::encode(digest(how, certificate)))
    }

    /// Shows these keys from now on.
    pub fn has_keys(&self, signers: &[Signer]) {
        let keys: Vec<Value> = signers.iter().map(|signer| signer.public_key()).collect();
        self.shows(KEYS, Document::json(&json!({ "keys": keys })));
    }

    /// Shows this document in place of its description.
    pub fn describes_itself_as(&self, document: Document) {
        self.shows(DISCOVERY, document);
    }

    /// Shows this document in place of its keys.
    pub fn shows_keys(&self, document: Document) {
        self.shows(KEYS, document);
    }

    /// How often its keys have been asked for.
    pub fn key_requests(&self) -> usize {
        self.shared.key_requests.load(Ordering::SeqCst)
    }

    /// A token about `subject`, for `audience`, that is good at the time of `clock` and for an hour.
    pub fn token(&self, clock: &TestClock, subject: &str, audience: &str) -> Token {
        let now_s = clock.now().as_seconds();
        let claims = json!({
            "iss": self.url, "sub": subject, "aud": audience, "iat": now_s, "exp": now_s + 3_600,
        });
        Token::new(Signer::Rsa, claims)
    }

    fn shows(&self, path: &str, document: Document) {
        self.shared.documents.lock().insert(path.to_owned(), document);
    }
}
