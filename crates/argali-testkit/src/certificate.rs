//! Certificates that a test puts into files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, IsCa, PublicKeyData, SignatureAlgorithm, SigningKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

/// A certificate that signs itself, and its key, both in PEM. Each is made with a key of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelfSigned {
    /// The certificate, which clients can be told to trust.
    pub certificate: String,
    /// The private key.
    pub private_key: String,
}

impl SelfSigned {
    /// One for a host.
    ///
    /// # Panics
    ///
    /// Panics if `host` is no name of a host.
    pub fn new(host: &str) -> Self {
        let random = SystemRandom::new();
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random);
        let der = der.unwrap_or_else(|error| panic!("no key: {error}"));
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der.as_ref(), &random);
        let pair = pair.unwrap_or_else(|error| panic!("no key: {error}"));
        let params = CertificateParams::new([host.to_owned()]);
        let mut params = params.unwrap_or_else(|error| panic!("`{host}`: {error}"));
        let mut serial = [0; 8];
        random.fill(&mut serial).unwrap_or_else(|error| panic!("no number: {error}"));
        params.serial_number = Some(serial.to_vec().into());
        params.is_ca = IsCa::ExplicitNoCa;
        let signed = params.self_signed(&Key(pair)).unwrap_or_else(|error| panic!("no certificate: {error}"));
        Self { certificate: pem("CERTIFICATE", signed.der()), private_key: pem("PRIVATE KEY", der.as_ref()) }
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

struct Key(EcdsaKeyPair);

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature = self.0.sign(&SystemRandom::new(), message);
        signature.map(|signature| signature.as_ref().to_vec()).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}
