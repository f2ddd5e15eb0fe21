//! An authenticator together with its browser: it makes a passkey and shows it, as a page asks for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::Mutex;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

/// Somebody is there, and was verified.
const VERIFIED: u8 = 0b101;
/// There is a new passkey.
const ATTESTED: u8 = 1 << 6;

/// An authenticator with one passkey.
#[derive(Debug)]
pub struct PasskeyDevice {
    key: EcdsaKeyPair,
    id: [u8; 16],
    counter: Mutex<u32>,
    flags: u8,
}

impl PasskeyDevice {
    /// A new one.
    ///
    /// # Panics
    ///
    /// Panics if there is no randomness.
    pub fn new() -> Self {
        let (how, random) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        let key = EcdsaKeyPair::generate_pkcs8(how, &random);
        let key = key.and_then(|key| {
            EcdsaKeyPair::from_pkcs8(how, key.as_ref(), &random).map_err(|_| ring::error::Unspecified)
        });
        let id = ring::rand::generate::<[u8; 16]>(&random).map(ring::rand::Random::expose);
        match (key, id) {
            (Ok(key), Ok(id)) => Self { key, id, counter: Mutex::new(0), flags: VERIFIED },
            _ => panic!("no key can be made"),
        }
    }

    /// The same that does not find out who uses it.
    #[must_use]
    pub fn careless(self) -> Self {
        Self { flags: 1, ..self }
    }

    /// Makes it count from here, as one does that was copied earlier.
    pub fn count_from(&self, counter: u32) {
        *self.counter.lock() = counter;
    }

    /// What a browser at `origin` answers when it is asked for a new passkey with these options.
    pub fn create(&self, options: &Value, origin: &str) -> String {
        let party = options["rp"]["id"].as_str().unwrap_or_default();
        let point = self.key.public_key().as_ref();
        let mut data = self.data(party, self.flags | ATTESTED);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(self.id);
        // A map of five: an EC2 key for ES256 on P-256, with its two coordinates.
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 32]);
        data.extend(&point[33..]);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.extend(u8::try_from(data.len()));
        object.extend(data);
        self.credential(json!({
            "clientDataJSON": encoded(client_data("webauthn.create", options, origin).as_bytes()),
            "attestationObject": encoded(&object),
        }))
    }

    /// What a browser at `origin` answers when it is asked to show its passkey with these options.
    ///
    /// # Panics
    ///
    /// Panics if there is no randomness.
    pub fn get(&self, options: &Value, origin: &str) -> String {
        let party = options["rpId"].as_str().unwrap_or_default();
        let (seen, data) = (client_data("webauthn.get", options, origin), self.data(party, self.flags));
        let signed = [&data[..], digest(&SHA256, seen.as_bytes()).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed);
        let signature = signature.unwrap_or_else(|_| panic!("nothing can be signed"));
        self.credential(json!({
            "clientDataJSON": encoded(seen.as_bytes()),
            "authenticatorData": encoded(&data),
            "signature": encoded(signature.as_ref()),
        }))
    }

    fn credential(&self, response: Value) -> String {
        json!({ "id": encoded(&self.id), "type": "public-key", "response": response }).to_string()
    }

    fn data(&self, party: &str, flags: u8) -> Vec<u8> {
        let mut counter = self.counter.lock();
        *counter += 1;
        [digest(&SHA256, party.as_bytes()).as_ref(), &[flags], &counter.to_be_bytes()].concat()
    }
}

impl Default for PasskeyDevice {
    fn default() -> Self {
        Self::new()
    }
}

fn client_data(kind: &str, options: &Value, origin: &str) -> String {
    json!({ "type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": false })
        .to_string()
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
