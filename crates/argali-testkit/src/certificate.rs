//! Certificates that a test puts into files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, PublicKeyData, SerialNumber,
    SignatureAlgorithm, SigningKey,
};
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
        let (key, der) = Key::generate();
        let params = certificate_of(host);
        let signed = params.self_signed(&key).unwrap_or_else(|error| panic!("no certificate: {error}"));
        Self { certificate: pem("CERTIFICATE", signed.der()), private_key: pem("PRIVATE KEY", &der) }
    }
}

/// An authority, the certificate of a host that it vouches for, and the host's key, all in DER.
pub(crate) struct Vouched {
    pub(crate) authority: Vec<u8>,
    pub(crate) certificate: Vec<u8>,
    pub(crate) private_key: Vec<u8>,
}

impl Vouched {
    /// For a host, by an authority that nobody knows.
    pub(crate) fn new(host: &str) -> Self {
        let (authority_key, _) = Key::generate();
        let mut params = CertificateParams::default();
        params.serial_number = Some(random_number());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "An authority of tests");
        let authority = params.self_signed(&authority_key);
        let authority = authority.unwrap_or_else(|error| panic!("no authority: {error}"));
        let (key, private_key) = Key::generate();
        let signed = certificate_of(host).signed_by(&key, &Issuer::new(params, authority_key));
        let signed = signed.unwrap_or_else(|error| panic!("no certificate: {error}"));
        Self { authority: authority.der().to_vec(), certificate: signed.der().to_vec(), private_key }
    }
}

fn certificate_of(host: &str) -> CertificateParams {
    let params = CertificateParams::new([host.to_owned()]);
    let mut params = params.unwrap_or_else(|error| panic!("`{host}`: {error}"));
    params.serial_number = Some(random_number());
    params.is_ca = IsCa::ExplicitNoCa;
    params
}

fn random_number() -> SerialNumber {
    let mut number = [0; 8];
    SystemRandom::new().fill(&mut number).unwrap_or_else(|error| panic!("no number: {error}"));
    number.to_vec().into()
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

struct Key(EcdsaKeyPair);

impl Key {
    /// A new one, and its form for files.
    fn generate() -> (Self, Vec<u8>) {
        let random = SystemRandom::new();
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random);
        let der = der.unwrap_or_else(|error| panic!("no key: {error}"));
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der.as_ref(), &random);
        (Self(pair.unwrap_or_else(|error| panic!("no key: {error}"))), der.as_ref().to_vec())
    }
}

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
