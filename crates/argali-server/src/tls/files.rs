//! The operator's certificate and key, read again when their files change.

use std::fmt;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

use super::{TlsError, provider};

/// A certificate and its key, in two files.
pub(crate) struct Files {
    certificate: PathBuf,
    private_key: PathBuf,
    shown: RwLock<Arc<CertifiedKey>>,
    /// How the files were when they were last read, well or badly.
    seen: Mutex<[Stamp; 2]>,
}

/// What of a file changes whenever its content does; `None` of a file that is not there.
type Stamp = Option<(u64, u64, i64, i64)>;

impl Files {
    /// Reads both files.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be read or do not belong together.
    pub(crate) fn open(certificate: &Path, private_key: &Path) -> Result<Self, TlsError> {
        let seen = [stamp(certificate), stamp(private_key)];
        let shown = read(certificate, private_key)?;
        Ok(Self {
            certificate: certificate.to_owned(),
            private_key: private_key.to_owned(),
            shown: RwLock::new(Arc::new(shown)),
            seen: Mutex::new(seen),
        })
    }

    /// Reads the files again if they have changed. A pair that cannot be used is reported once, and what was shown
    /// until then is shown further on: the two files of a good pair may be put in place one after the other.
    pub(crate) fn refresh(&self) {
        let mut seen = self.seen.lock();
        // Taken before reading, so that what changes meanwhile is seen the next time.
        let now = [stamp(&self.certificate), stamp(&self.private_key)];
        if now == *seen {
            return;
        }
        *seen = now;
        match read(&self.certificate, &self.private_key) {
            Ok(pair) => {
                *self.shown.write() = Arc::new(pair);
                tracing::info!(certificate = %self.certificate.display(), "a new certificate is in use");
            }
            Err(error) => {
                let source = std::error::Error::source(&error);
                tracing::error!(%error, source, "the old certificate stays in use");
            }
        }
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.shown.read()))
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

fn stamp(file: &Path) -> Stamp {
    let of = |metadata: Metadata| (metadata.ino(), metadata.len(), metadata.mtime(), metadata.mtime_nsec());
    fs::metadata(file).ok().map(of)
}

fn read(certificate: &Path, private_key: &Path) -> Result<CertifiedKey, TlsError> {
    let cannot_read = |path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::Io { doing: "read", path, source }
    };
    let text = fs::read(certificate).map_err(cannot_read(certificate))?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| TlsError::NoCertificate(certificate.to_owned()))?;
    let text = Zeroizing::new(fs::read(private_key).map_err(cannot_read(private_key))?);
    let key = PrivateKeyDer::from_pem_slice(&text).map_err(|_| TlsError::NoKey(private_key.to_owned()))?;
    CertifiedKey::from_der(chain, key, &provider()).map_err(|source| TlsError::Unfit {
        certificate: certificate.to_owned(),
        key: private_key.to_owned(),
        source,
    })
}
