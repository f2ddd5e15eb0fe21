//! The public keys of an issuer.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use crate::url::HttpsUrl;

/// What the keys of an RSA pair may sign with.
const RSA: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// The keys with which an issuer's tokens are checked.
#[derive(Debug, Default)]
pub struct KeySet {
    keys: Vec<Key>,
    source: String,
}

/// One key.
#[derive(Debug)]
pub(super) struct Key {
    id: Option<String>,
    pub(super) key: DecodingKey,
    /// What it may be used with: never more than its kind allows.
    pub(super) algorithms: Vec<Algorithm>,
}

impl KeySet {
    /// Reads a JSON Web Key Set; none if it is something else.
    ///
    /// Keys that cannot be used are passed over: an issuer may have keys of other kinds and for other purposes.
    pub fn parse(document: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }
        let document: Document = serde_json::from_slice(document).ok()?;
        let keys = document.keys.into_iter().filter_map(usable).collect();
        Some(Self { keys, source: String::new() })
    }

    /// The same, told where they were got.
    pub(super) fn from(mut self, source: &HttpsUrl) -> Self {
        source.as_str().clone_into(&mut self.source);
        self
    }

    /// Where they were got; empty if nobody told.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The ids of the keys, with what each may be used with.
    pub fn listed(&self) -> impl Iterator<Item = (Option<String>, Vec<String>)> {
        self.keys.iter().map(|key| {
            let algorithms = key.algorithms.iter().map(|algorithm| format!("{algorithm:?}"));
            (key.id.clone(), algorithms.collect())
        })
    }

    /// The ids of the keys that have one.
    pub fn ids(&self) -> Vec<String> {
        self.keys.iter().filter_map(|key| key.id.clone()).collect()
    }

    /// Whether there is a key of this id; of any, without one.
    pub fn knows(&self, id: Option<&str>) -> bool {
        self.keys.iter().any(|key| id.is_none() || key.id.as_deref() == id)
    }

    /// The key for a token that names this one and was signed with this algorithm.
    ///
    /// A token that names none is checked only if there is no choice.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&Key> {
        let fits = |key: &&Key| key.algorithms.contains(&algorithm);
        let mut found = self.keys.iter().filter(|key| id.is_none() || key.id.as_deref() == id).filter(fits);
        let key = found.next()?;
        if found.next().is_some() { None } else { Some(key) }
    }
}

fn usable(key: Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(key).ok()?;
    let common = &jwk.common;
    let to_sign = common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
    let operations = common.key_operations.as_ref();
    if !to_sign || operations.is_some_and(|operations| !operations.contains(&KeyOperations::Verify)) {
        return None;
    }
    let mut algorithms = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => RSA.to_vec(),
        AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
            EllipticCurve::P256 => vec![Algorithm::ES256],
            EllipticCurve::P384 => vec![Algorithm::ES384],
            _ => return None,
        },
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            vec![Algorithm::EdDSA]
        }
        // A shared secret has no place in a public document.
        _ => return None,
    };
    if let Some(only) = common.key_algorithm {
        algorithms.retain(|algorithm| only.to_string().parse() == Ok(*algorithm));
    }
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    (!algorithms.is_empty()).then_some(Key { id: jwk.common.key_id, key, algorithms })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(keys: &Value) -> KeySet {
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
    }

    #[test]
    fn keys_are_used_for_what_they_are_for() {
        let rsa = |more: Value| {
            let mut key = json!({ "kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB" });
            key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            set(&json!([key]))
        };
        assert!(rsa(json!({})).find(Some("r"), Algorithm::PS384).is_some());
        assert!(rsa(json!({ "use": "sig", "alg": "RS256" })).find(Some("r"), Algorithm::RS256).is_some());
        for (more, algorithm) in [
            (json!({}), Algorithm::ES256),
            (json!({}), Algorithm::HS256),
            (json!({ "use": "enc" }), Algorithm::RS256),
            (json!({ "key_ops": ["sign"] }), Algorithm::RS256),
            (json!({ "alg": "RS256" }), Algorithm::RS384),
            (json!({ "alg": "HS256" }), Algorithm::HS256),
            (json!({ "alg": "RSA-OAEP" }), Algorithm::RS256),
        ] {
            assert!(rsa(more.clone()).find(Some("r"), algorithm).is_none(), "{more} {algorithm:?}");
        }
        let odd = json!([
            { "kty": "oct", "kid": "s", "k": "AAAA" },
            { "kty": "EC", "kid": "e", "crv": "P-521", "x": "AA", "y": "AA" },
            { "kty": "new", "kid": "n" },
            "nothing",
        ]);
        assert!(set(&odd).keys.is_empty());
        assert!(KeySet::parse(b"[]").is_none() && KeySet::parse(b"{}").is_none());
    }

    #[test]
    fn a_token_without_a_key_id_is_checked_only_without_a_choice() {
        let key = |id: &str| json!({ "kty": "RSA", "kid": id, "n": "AQAB", "e": "AQAB" });
        assert!(set(&json!([key("a")])).find(None, Algorithm::RS256).is_some());
        assert!(set(&json!([key("a"), key("b")])).find(None, Algorithm::RS256).is_none());
        let both = set(&json!([key("a"), key("b"), key("b")]));
        assert!(both.find(Some("a"), Algorithm::RS256).is_some());
        assert!(both.find(Some("b"), Algorithm::RS256).is_none(), "two keys of one id");
        assert!(both.find(Some("c"), Algorithm::RS256).is_none());
        assert!(both.knows(Some("a")) && both.knows(None) && !both.knows(Some("c")));
    }
}
