//! Whom the program's own calls believe over https.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::ring;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use crate::failure::{Exit, Failure};

/// Names the file of authorities that are trusted, for this program as for others.
pub(crate) const VARIABLE: &str = "SSL_CERT_FILE";

/// TLS that trusts the authorities in the file that `SSL_CERT_FILE` names, or else the system's.
pub(crate) fn config() -> Result<TlsConfig, Failure> {
    let named = std::env::var_os(VARIABLE).filter(|file| !file.is_empty()).map(PathBuf::from);
    let file = named.or_else(|| openssl_probe::probe().cert_file).ok_or_else(|| {
        let message = format!("this system has no list of trusted authorities: name one with {VARIABLE}");
        Failure::new(Exit::Usage, message)
    })?;
    let text = fs::read(&file).map_err(|error| {
        let message = format!("cannot read the trusted authorities in `{}`", file.display());
        Failure::new(Exit::Usage, message).because(error)
    })?;
    let certificates: Vec<_> = parse_pem(&text)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        let message = format!("`{}` holds no certificate in PEM", file.display());
        return Err(Failure::new(Exit::Usage, message));
    }
    let provider = Arc::new(ring::default_provider());
    let builder = TlsConfig::builder().unversioned_rustls_crypto_provider(provider);
    Ok(builder.root_certs(RootCerts::Specific(Arc::new(certificates))).build())
}
