//! Whether a host is who it says: its certificate leads to a root that is trusted, and, where an account has pinned
//! some, through one of its certificates.
//!
//! The pins narrow what is trusted and never widen it. What is compared is the path that was verified, not what else
//! the host sends along: anybody could send the right certificate along.

use std::fmt;
use std::sync::Arc;

use argali_core::federation::Fingerprint;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use webpki::{EndEntityCert, KeyUsage, VerifiedPath, anchor_from_trusted_cert};

/// Roots, and the pins of one provider.
pub(super) struct Vouching {
    pub(super) roots: Arc<[TrustAnchor<'static>]>,
    pub(super) pins: Vec<Fingerprint>,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

impl Vouching {
    /// Whether one of the pinned certificates is in the path: the host's own, one that signed it, or the root, if the
    /// host has sent that.
    fn is_pinned(&self, path: &VerifiedPath<'_>, sent: &[CertificateDer<'_>]) -> bool {
        let anchor = path.anchor();
        let is_anchor = |certificate: &&CertificateDer<'_>| {
            anchor_from_trusted_cert(certificate).is_ok_and(|root| {
                root.subject == anchor.subject
                    && root.subject_public_key_info == anchor.subject_public_key_info
            })
        };
        let between = path.intermediate_certificates().map(|certificate| certificate.der());
        let own = std::iter::once(path.end_entity().der());
        own.chain(between).any(|der| self.is_pin(&der))
            || sent.iter().filter(is_anchor).any(|der| self.is_pin(der))
    }

    fn is_pin(&self, certificate: &[u8]) -> bool {
        let hashes = [&SHA1_FOR_LEGACY_USE_ONLY, &SHA256].map(|how| hex::encode(digest(how, certificate)));
        self.pins.iter().any(|pin| hashes.iter().any(|hash| pin.is(hash)))
    }
}

impl ServerCertVerifier for Vouching {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = EndEntityCert::try_from(end_entity).map_err(not_valid)?;
        let pinned = |path: &VerifiedPath<'_>| {
            let pinned = self.pins.is_empty() || self.is_pinned(path, intermediates);
            if pinned { Ok(()) } else { Err(webpki::Error::UnknownIssuer) }
        };
        let usage = KeyUsage::server_auth();
        certificate
            .verify_for_usage(
                self.algorithms.all,
                &self.roots,
                intermediates,
                now,
                usage,
                None,
                Some(&pinned),
            )
            .map_err(not_valid)?;
        certificate.verify_is_valid_for_subject_name(server_name).map_err(not_valid)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn not_valid(error: webpki::Error) -> Error {
    let reason = match error {
        webpki::Error::UnknownIssuer => {
            return Error::General(
                "its certificate leads to no trusted root by way of a certificate whose fingerprint is registered"
                    .to_owned(),
            );
        }
        other => CertificateError::Other(OtherError(Arc::new(other))),
    };
    Error::InvalidCertificate(reason)
}

impl fmt::Debug for Vouching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vouching").field("pins", &self.pins).finish_non_exhaustive()
    }
}
