//! The signatures of tokens, checked by ring: what `jsonwebtoken` uses in place of a cryptography of its own.
//!
//! Only public-key signatures are here. There is no HMAC, so that no public key is ever taken for a shared secret,
//! and nothing signs.

use std::sync::Once;

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::signature::{self as by_ring, RsaParameters, UnparsedPublicKey, VerificationAlgorithm};
use signature::Verifier;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: nothing_signs,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes ring the cryptography of `jsonwebtoken` in this process.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if PROVIDER.install_default().is_err() {
            tracing::debug!("the process has chosen another cryptography for tokens");
        }
    });
}

fn nothing_signs(_: &Algorithm, _: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    Err(ErrorKind::UnsupportedAlgorithm.into())
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    if algorithm.family() != key.family() || how(*algorithm).is_none() {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    Ok(Box::new(Check { algorithm: *algorithm, key: key.clone() }))
}

/// A key, and the one algorithm that it is used with.
struct Check {
    algorithm: Algorithm,
    key: DecodingKey,
}

/// How ring checks the signatures of an algorithm.
enum How {
    /// RSA keys of 2,048 to 8,192 bits.
    Rsa(&'static RsaParameters),
    /// Keys on a curve.
    Curve(&'static dyn VerificationAlgorithm),
}

fn how(algorithm: Algorithm) -> Option<How> {
    Some(match algorithm {
        Algorithm::RS256 => How::Rsa(&by_ring::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => How::Rsa(&by_ring::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => How::Rsa(&by_ring::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => How::Rsa(&by_ring::RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => How::Rsa(&by_ring::RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => How::Rsa(&by_ring::RSA_PSS_2048_8192_SHA512),
        Algorithm::ES256 => How::Curve(&by_ring::ECDSA_P256_SHA256_FIXED),
        Algorithm::ES384 => How::Curve(&by_ring::ECDSA_P384_SHA384_FIXED),
        Algorithm::EdDSA => How::Curve(&by_ring::ED25519),
        _ => return None,
    })
}

impl Verifier<Vec<u8>> for Check {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let checked = match (how(self.algorithm), self.key.kind()) {
            (Some(How::Rsa(how)), DecodingKeyKind::RsaModulusExponent { n, e }) => {
                by_ring::RsaPublicKeyComponents { n, e }.verify(how, message, signature)
            }
            (Some(How::Curve(how)), DecodingKeyKind::SecretOrDer(point)) => {
                UnparsedPublicKey::new(how, point).verify(message, signature)
            }
            _ => return Err(signature::Error::new()),
        };
        checked.map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Check {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
