//! Passkeys as browsers send them: what a slow reading finds wrong is never accepted, and nothing that was not signed is.
//!
//! Bytes lie within JSON in base64, where damage would seldom reach them: an input says which part it is of, and is put
//! into a credential with which nothing else is wrong.

use argali_core::passkey::{Assertion, NewCredential, Registration, Rejected, RelyingParty};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Probe, Target, outcome};
use crate::engine::{Shape, Words};

pub(super) static TARGET: Target = Target {
    name: "passkey",
    shape: Shape::Words,
    words: Words::anywhere(&[
        "registration",
        "assertion",
        "object",
        "data",
        "client",
        "\n",
        "authData",
        "attStmt",
        "fmt",
        "webauthn.create",
        "webauthn.get",
        "https://argali.example",
        "\"crossOrigin\":true",
        "\"topOrigin\":\"\"",
        "\"userHandle\":null",
        "type",
    ]),
    seeds: Vec::new,
    start: || Box::new(Credentials::new()),
};

/// Credentials with which nothing is wrong: the first lines of their files say what they are.
const REGISTRATION: &str = include_str!("../../corpus/passkey/registration");
const ASSERTION: &str = include_str!("../../corpus/passkey/assertion");

struct Credentials {
    party: RelyingParty,
    registration: Value,
    assertion: Value,
    known: NewCredential,
}

impl Credentials {
    fn new() -> Self {
        let whole = |file: &str| serde_json::from_str::<Value>(file.split_once('\n').unwrap().1).unwrap();
        let (registration, assertion) = (whole(REGISTRATION), whole(ASSERTION));
        let party = RelyingParty::of("argali.example", true).unwrap();
        let known = Registration::parse(&registration.to_string()).unwrap().verify(&party).unwrap();
        Self { party, registration, assertion, known }
    }

    /// Both credentials, with this part in place of theirs.
    fn with(&self, part: &str, bytes: &[u8]) -> [Value; 2] {
        let [mut registration, mut assertion] = [self.registration.clone(), self.assertion.clone()];
        let encoded = json!(URL_SAFE_NO_PAD.encode(bytes));
        match part {
            "object" => registration["response"]["attestationObject"] = encoded,
            "data" => {
                let object = [b"\xa1\x68authData".as_slice(), &head_of(bytes.len()), bytes].concat();
                registration["response"]["attestationObject"] = json!(URL_SAFE_NO_PAD.encode(object));
                assertion["response"]["authenticatorData"] = encoded;
            }
            _ => {
                registration["response"]["clientDataJSON"] = encoded.clone();
                assertion["response"]["clientDataJSON"] = encoded;
            }
        }
        [registration, assertion]
    }

    fn register(&self, json: &str) -> Result<NewCredential, Rejected> {
        Registration::parse(json)?.verify(&self.party)
    }

    /// Whoever did not sign it is not let in by it.
    fn show(&self, json: &str) -> Result<u32, Rejected> {
        let shown = Assertion::parse(json)?.verify(&self.party, &self.known.key, self.known.counter)?;
        let (own, read) = (&self.assertion["response"], serde_json::from_str::<Value>(json).unwrap());
        for signed in ["clientDataJSON", "authenticatorData"] {
            assert_eq!(read["response"][signed], own[signed], "what was not signed is accepted");
        }
        assert_eq!(shown, 8);
        Ok(shown)
    }
}

/// How CBOR begins a text of so many bytes.
fn head_of(length: usize) -> [u8; 5] {
    let [a, b, c, d] = u32::try_from(length).unwrap().to_be_bytes();
    [0x5a, a, b, c, d]
}

/// What must be so of authenticator data that makes a passkey, found by its places.
fn looks_made(data: &[u8], made: &NewCredential) -> bool {
    let length = usize::from(data[53]) << 8 | usize::from(data[54]);
    data[..32] == Sha256::digest("argali.example")[..]
        && data[32] & 0b0100_0101 == 0b0100_0101
        && data[33..37] == made.counter.to_be_bytes()
        && URL_SAFE_NO_PAD.encode(&data[55..55 + length]) == made.id.to_string()
}

/// What must be so of client data with which one is made, by a reading of all JSON.
fn looks_seen(client: &[u8]) -> bool {
    let read: Value = serde_json::from_slice(client).unwrap();
    read["type"] == "webauthn.create"
        && read["origin"] == "https://argali.example"
        && matches!(read["crossOrigin"], Value::Null | Value::Bool(false))
        && read["topOrigin"].is_null()
}

impl Probe for Credentials {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let Some(at) = input.iter().position(|byte| *byte == b'\n') else { return 0 };
        let (part, bytes) = (&input[..at], &input[at + 1..]);
        let Ok(part) = std::str::from_utf8(part) else { return 0 };
        match part {
            "registration" | "assertion" => {
                let Ok(json) = std::str::from_utf8(bytes) else { return 0 };
                let (made, shown) = (self.register(json), self.show(json));
                outcome((made.map(|made| made.counter), shown))
            }
            "object" | "data" | "client" => {
                let [registration, assertion] = self.with(part, bytes).map(|json| json.to_string());
                let (made, shown) = (self.register(&registration), self.show(&assertion));
                if let Ok(made) = &made {
                    match part {
                        "data" => assert!(looks_made(bytes, made), "data that is not right is accepted"),
                        "client" => assert!(looks_seen(bytes), "client data that is not right is accepted"),
                        _ => {}
                    }
                }
                outcome((part, made.map(|made| made.counter.min(9)), shown))
            }
            _ => 0,
        }
    }
}
