//! Tokens, made by hand so that they can be wrong in every way.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair as RsaKeyPair, PublicKeyComponents};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
};
use serde_json::{Value, json};

/// A key pair of issuers in tests; it is nobody's secret.
static RSA: LazyLock<RsaKeyPair> = LazyLock::new(|| {
    let text: String = include_str!("rsa.key.base64").split_whitespace().collect();
    let der = STANDARD.decode(text).unwrap_or_else(|error| panic!("no key: {error}"));
    RsaKeyPair::from_der(&der).unwrap_or_else(|error| panic!("no key: {error}"))
});
static CURVE: LazyLock<EcdsaKeyPair> = LazyLock::new(on_curve);
static OTHER: LazyLock<EcdsaKeyPair> = LazyLock::new(on_curve);

/// What a token is signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// An RSA key, called `rsa`.
    Rsa,
    /// A key on P-256, called `curve`.
    Curve,
    /// Another key on P-256, which is called `curve` as well.
    Other,
    /// The public RSA key, taken for a shared secret.
    PublicKey,
    /// Nothing.
    Nobody,
}

impl Signer {
    fn id(self) -> &'static str {
        match self {
            Self::Rsa | Self::PublicKey | Self::Nobody => "rsa",
            Self::Curve | Self::Other => "curve",
        }
    }

    fn algorithm(self) -> &'static str {
        match self {
            Self::Rsa => "RS256",
            Self::Curve | Self::Other => "ES256",
            Self::PublicKey => "HS256",
            Self::Nobody => "none",
        }
    }

    /// The key as its issuer shows it.
    pub(super) fn public_key(self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let pair = match self {
            Self::Rsa | Self::PublicKey | Self::Nobody => {
                let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(RSA.public());
                return json!({ "kty": "RSA", "kid": self.id(), "use": "sig", "n": text(&n), "e": text(&e) });
            }
            Self::Curve => &CURVE,
            Self::Other => &OTHER,
        };
        // 4, then both halves of the point.
        let point = pair.public_key().as_ref();
        let (x, y) = (&point[1..33], &point[33..]);
        json!({ "kty": "EC", "crv": "P-256", "kid": self.id(), "x": text(x), "y": text(y) })
    }

    fn sign(self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Rsa => by_rsa(algorithm, message),
            Self::Curve | Self::Other => {
                let pair = if self == Self::Curve { &CURVE } else { &OTHER };
                let signed = pair.sign(&SystemRandom::new(), message);
                signed.unwrap_or_else(|error| panic!("not signed: {error}")).as_ref().to_vec()
            }
            Self::PublicKey => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, RSA.public().as_ref());
                hmac::sign(&key, message).as_ref().to_vec()
            }
            Self::Nobody => Vec::new(),
        }
    }
}

/// A token in the making.
#[derive(Clone, Debug)]
pub struct Token {
    signer: Signer,
    header: Value,
    claims: Value,
}

impl Token {
    pub(super) fn new(signer: Signer, claims: Value) -> Self {
        let header = json!({ "alg": signer.algorithm(), "typ": "JWT", "kid": signer.id() });
        Self { signer, header, claims }
    }

    /// The same, signed by another.
    #[must_use]
    pub fn signed_by(self, signer: Signer) -> Self {
        Self::new(signer, self.claims)
    }

    /// The same with another claim, or one changed; `null` removes it.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        set(&mut self.claims, name, value.into());
        self
    }

    /// The same with another member of the header, or one changed; `null` removes it.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        set(&mut self.header, name, value.into());
        self
    }

    /// The token as it is sent.
    pub fn encode(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&self.header), part(&self.claims));
        let algorithm = self.header["alg"].as_str().unwrap_or_default();
        let signature = self.signer.sign(algorithm, message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    let Value::Object(members) = object else { panic!("no object: {object}") };
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
}

fn by_rsa(algorithm: &str, message: &[u8]) -> Vec<u8> {
    let how: &dyn RsaEncoding = match algorithm {
        "RS384" => &RSA_PKCS1_SHA384,
        "RS512" => &RSA_PKCS1_SHA512,
        "PS256" => &RSA_PSS_SHA256,
        "PS384" => &RSA_PSS_SHA384,
        "PS512" => &RSA_PSS_SHA512,
        _ => &RSA_PKCS1_SHA256,
    };
    let mut signature = vec![0; RSA.public().modulus_len()];
    let signed = RSA.sign(how, &SystemRandom::new(), message, &mut signature);
    signed.unwrap_or_else(|error| panic!("not signed: {error}"));
    signature
}

fn on_curve() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
    let der = der.unwrap_or_else(|error| panic!("no key: {error}"));
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.as_ref(), &random);
    pair.unwrap_or_else(|error| panic!("no key: {error}"))
}
