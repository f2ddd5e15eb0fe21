//! Credentials made here, as browsers and authenticators make them, and everything that may be wrong with them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::Encoder;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::*;

const CHALLENGE: &[u8] = b"0123456789abcdef";
const ID: &[u8] = b"a credential's name";
/// Somebody is there and was verified; and the same with a new passkey.
const VERIFIED: u8 = 0b101;
const ATTESTED: u8 = 1 << 6;

fn party() -> RelyingParty {
    RelyingParty::of("argali.example", true).unwrap()
}

/// An authenticator with one passkey.
enum Device {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

impl Device {
    fn es256() -> Self {
        let (how, random) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        let key = EcdsaKeyPair::generate_pkcs8(how, &random).unwrap();
        Self::Es256(EcdsaKeyPair::from_pkcs8(how, key.as_ref(), &random).unwrap())
    }

    fn ed_dsa() -> Self {
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::EdDsa(Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap())
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256(key) => key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Self::EdDsa(key) => key.sign(message).as_ref().to_vec(),
        }
    }

    /// Its key as COSE has it.
    fn cose(&self) -> Vec<u8> {
        let (kind, algorithm, curve, point) = match self {
            Self::Es256(key) => (2, -7, 1, &key.public_key().as_ref()[1..]),
            Self::EdDsa(key) => (1, -8, 6, key.public_key().as_ref()),
        };
        let mut cbor = Encoder::new(Vec::new());
        let members = if kind == 2 { 5 } else { 4 };
        cbor.map(members).unwrap();
        for (label, value) in [(1, kind), (3, algorithm), (-1, curve)] {
            cbor.i64(label).unwrap().i64(value).unwrap();
        }
        cbor.i64(-2).unwrap().bytes(&point[..32]).unwrap();
        if kind == 2 {
            cbor.i64(-3).unwrap().bytes(&point[32..]).unwrap();
        }
        cbor.into_writer()
    }
}

fn client_data(kind: &str, origin: &str) -> Vec<u8> {
    let challenge = URL_SAFE_NO_PAD.encode(CHALLENGE);
    json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false, "new": 1 })
        .to_string()
        .into()
}

fn authenticator_data(party: &str, flags: u8, counter: u32, rest: &[u8]) -> Vec<u8> {
    [&Sha256::digest(party)[..], &[flags], &counter.to_be_bytes(), rest].concat()
}

/// What follows the counter for a new passkey.
fn attested(cose: &[u8]) -> Vec<u8> {
    let length = u16::try_from(ID.len()).unwrap().to_be_bytes();
    [&[0; 16][..], &length, ID, cose].concat()
}

fn attestation_object(data: &[u8]) -> Vec<u8> {
    let mut cbor = Encoder::new(Vec::new());
    cbor.map(3).unwrap().str("fmt").unwrap().str("packed").unwrap();
    cbor.str("attStmt").unwrap().map(1).unwrap().str("x5c").unwrap().array(0).unwrap();
    cbor.str("authData").unwrap().bytes(data).unwrap();
    cbor.into_writer()
}

fn envelope(response: Value) -> Value {
    json!({ "id": URL_SAFE_NO_PAD.encode(ID), "rawId": "ignored", "type": "public-key", "response": response })
}

fn registration(client_data: &[u8], object: &[u8]) -> Value {
    envelope(json!({
        "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
        "attestationObject": URL_SAFE_NO_PAD.encode(object),
    }))
}

fn register(client_data: &[u8], data: &[u8]) -> Result<NewCredential, Rejected> {
    let json = registration(client_data, &attestation_object(data)).to_string();
    Registration::parse(&json)?.verify(&party())
}

/// A new passkey as it should be made.
fn made(device: &Device) -> NewCredential {
    let data = authenticator_data("argali.example", VERIFIED | ATTESTED, 7, &attested(&device.cose()));
    register(&client_data("webauthn.create", "https://argali.example"), &data).unwrap()
}

fn assertion(device: &Device, client_data: &[u8], data: &[u8]) -> Value {
    let signature = device.sign(&[data, &Sha256::digest(client_data)].concat());
    envelope(json!({
        "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
        "authenticatorData": URL_SAFE_NO_PAD.encode(data),
        "signature": URL_SAFE_NO_PAD.encode(signature),
        "userHandle": null,
    }))
}

fn show(device: &Device, client_data: &[u8], data: &[u8], known: &NewCredential) -> Result<u32, Rejected> {
    let json = assertion(device, client_data, data).to_string();
    Assertion::parse(&json)?.verify(&party(), &known.key, known.counter)
}

#[test]
fn a_passkey_is_made_and_shown() {
    for device in [Device::es256(), Device::ed_dsa()] {
        let known = made(&device);
        assert_eq!((known.counter, known.id.to_string()), (7, URL_SAFE_NO_PAD.encode(ID)));
        let seen = client_data("webauthn.get", "https://argali.example");
        let data = authenticator_data("argali.example", VERIFIED, 8, &[]);
        assert_eq!(show(&device, &seen, &data, &known), Ok(8));
        let parsed = Assertion::parse(&assertion(&device, &seen, &data).to_string()).unwrap();
        assert_eq!((parsed.challenge(), parsed.credential_id()), (CHALLENGE, &known.id));
        // Extensions are overlooked.
        let data = authenticator_data("argali.example", VERIFIED | 1 << 7, 8, &[0xa1, 0x61, b'x', 1]);
        assert_eq!(show(&device, &seen, &data, &known), Ok(8));
    }
}

#[test]
fn what_was_made_for_something_else_is_rejected() {
    let device = Device::es256();
    let known = made(&device);
    let good = authenticator_data("argali.example", VERIFIED, 8, &[]);
    for (kind, origin, expected) in [
        ("webauthn.create", "https://argali.example", Rejected::OtherPurpose),
        ("payment.get", "https://argali.example", Rejected::OtherPurpose),
        ("webauthn.get", "https://evil.example", Rejected::OtherOrigin),
        ("webauthn.get", "http://argali.example", Rejected::OtherOrigin),
        ("webauthn.get", "https://argali.example:8443", Rejected::OtherOrigin),
        ("webauthn.get", "https://argali.example.evil.example", Rejected::OtherOrigin),
    ] {
        assert_eq!(
            show(&device, &client_data(kind, origin), &good, &known),
            Err(expected),
            "{kind} {origin}"
        );
    }
    for member in [json!({ "crossOrigin": true }), json!({ "topOrigin": "https://evil.example" })] {
        let mut seen: Value =
            serde_json::from_slice(&client_data("webauthn.get", "https://argali.example")).unwrap();
        seen.as_object_mut().unwrap().extend(member.as_object().unwrap().clone());
        let shown = show(&device, seen.to_string().as_bytes(), &good, &known);
        assert_eq!(shown, Err(Rejected::OtherOrigin), "{member}");
    }
    let seen = client_data("webauthn.get", "https://argali.example");
    for (party, flags, counter, expected) in [
        ("evil.example", VERIFIED, 8, Rejected::OtherRelyingParty),
        ("argali.example", 0b001, 8, Rejected::NotVerified),
        ("argali.example", 0b100, 8, Rejected::NotVerified),
        ("argali.example", 0, 8, Rejected::NotVerified),
        ("argali.example", VERIFIED | 1 << 4, 8, Rejected::Malformed),
        ("argali.example", VERIFIED, 7, Rejected::Cloned),
        ("argali.example", VERIFIED, 6, Rejected::Cloned),
        ("argali.example", VERIFIED, 0, Rejected::Cloned),
    ] {
        let data = authenticator_data(party, flags, counter, &[]);
        assert_eq!(show(&device, &seen, &data, &known), Err(expected), "{party} {flags} {counter}");
    }
    let other = show(&Device::es256(), &seen, &good, &known);
    assert_eq!(other, Err(Rejected::Signature), "a key of somebody else");
    assert_eq!(
        show(&Device::ed_dsa(), &seen, &good, &known),
        Err(Rejected::Signature),
        "a key of another kind"
    );
    let counts_nothing = NewCredential { counter: 0, ..known };
    let data = authenticator_data("argali.example", VERIFIED, 0, &[]);
    assert_eq!(show(&device, &seen, &data, &counts_nothing), Ok(0), "one that does not count");
}

#[test]
fn a_passkey_that_is_not_made_as_it_should_be_is_rejected() {
    let cose = Device::es256().cose();
    let seen = client_data("webauthn.create", "https://argali.example");
    let data = |flags, rest: &[u8]| authenticator_data("argali.example", flags, 0, rest);
    let whole = attested(&cose);
    for (what, data, expected) in [
        ("without verification", data(1 | ATTESTED, &whole), Rejected::NotVerified),
        ("without a key", data(VERIFIED, &[]), Rejected::Malformed),
        ("with more behind it", data(VERIFIED | ATTESTED, &[&whole[..], &[0]].concat()), Rejected::Malformed),
        (
            "without extensions that it says to have",
            data(VERIFIED | ATTESTED | 1 << 7, &whole),
            Rejected::Malformed,
        ),
    ] {
        assert_eq!(register(&seen, &data), Err(expected), "{what}");
    }
    let made = authenticator_data("argali.example", VERIFIED | ATTESTED, 0, &whole);
    for length in 0..made.len() {
        assert!(register(&seen, &made[..length]).is_err(), "cut to {length}");
    }
    let object = attestation_object(&made);
    for length in 0..object.len() {
        let json = registration(&seen, &object[..length]).to_string();
        assert_eq!(Registration::parse(&json).err(), Some(Rejected::Malformed), "cut to {length}");
    }
    let asserted = register(&client_data("webauthn.get", "https://argali.example"), &made);
    assert_eq!(asserted, Err(Rejected::OtherPurpose));
    let mut other = registration(&seen, &object);
    other["id"] = json!("AAAA");
    let other = Registration::parse(&other.to_string()).unwrap().verify(&party());
    assert_eq!(other, Err(Rejected::Malformed), "two names of one passkey");
}

#[test]
fn keys_of_other_kinds_are_rejected() {
    let key = |members: &[(i64, i64)], points: &[(i64, &[u8])]| {
        let mut cbor = Encoder::new(Vec::new());
        cbor.map(u64::try_from(members.len() + points.len()).unwrap()).unwrap();
        for (label, value) in members {
            cbor.i64(*label).unwrap().i64(*value).unwrap();
        }
        for (label, bytes) in points {
            cbor.i64(*label).unwrap().bytes(bytes).unwrap();
        }
        PublicKey::read(&mut minicbor::Decoder::new(&cbor.into_writer()))
    };
    let (half, long) = ([1; 32], [1; 256]);
    let (ec, x, y) = ([(1, 2), (3, -7), (-1, 1)], (-2, &half[..]), (-3, &half[..]));
    assert!(key(&ec, &[x, y]).is_ok());
    assert!(key(&[(1, 3), (3, -257)], &[(-1, &long), (-2, &[1, 0, 1])]).is_ok());
    for (members, points, expected) in [
        (&ec[..], &[x][..], Rejected::Malformed),
        (&ec, &[x, x], Rejected::Malformed),
        (&ec, &[(-2, &half[..31]), (-3, &[1; 33])], Rejected::Malformed),
        (&[(1, 2), (3, -7), (-1, 2)], &[x, y], Rejected::Algorithm),
        (&[(1, 2), (3, -35), (-1, 2)], &[x, y], Rejected::Algorithm),
        (&[(1, 2), (3, -8), (-1, 6)], &[x, y], Rejected::Algorithm),
        (&[(1, 1), (3, -8), (-1, 6)], &[(-2, &half[..31])], Rejected::Malformed),
        (&[(1, 3), (3, -257)], &[(-1, &long[..128]), (-2, &[1, 0, 1])], Rejected::Algorithm),
        (&[(1, 3), (3, -257)], &[(-1, &long), (-2, &[0, 1])], Rejected::Algorithm),
        (&[(1, 4), (3, 5)], &[], Rejected::Algorithm),
        (&[(1, 2), (1, 2)], &[], Rejected::Malformed),
        (&[], &[], Rejected::Malformed),
    ] {
        assert_eq!(key(members, points), Err(expected), "{members:?}");
    }
    // A map without an end, one with more members than there are bytes, nested ones, text for labels.
    for bytes in [
        &[0xbf, 0xff][..],
        &[0xbb, 255, 255, 255, 255, 255, 255, 255, 255],
        &[0x81; 4096],
        &[0xa1, 0x61, b'x', 1],
    ] {
        assert_eq!(PublicKey::read(&mut minicbor::Decoder::new(bytes)), Err(Rejected::Malformed));
    }
}

#[test]
fn what_is_no_credential_is_rejected() {
    let device = Device::es256();
    let seen = client_data("webauthn.get", "https://argali.example");
    let good = assertion(&device, &seen, &authenticator_data("argali.example", VERIFIED, 8, &[]));
    let bent = |pointer: &str, value: Value| {
        let mut bent = good.clone();
        *bent.pointer_mut(pointer).unwrap() = value;
        Assertion::parse(&bent.to_string()).map(drop)
    };
    for (pointer, value) in [
        ("/id", json!("")),
        ("/id", json!("AAAA==")),
        ("/id", json!("AB")),
        ("/id", json!(URL_SAFE_NO_PAD.encode([0; 1024]))),
        ("/type", json!("password")),
        ("/response", json!({})),
        ("/response/clientDataJSON", json!(URL_SAFE_NO_PAD.encode("{}"))),
        ("/response/clientDataJSON", json!(URL_SAFE_NO_PAD.encode([0xff; 32]))),
        ("/response/authenticatorData", json!(URL_SAFE_NO_PAD.encode([0; 36]))),
        ("/response/signature", json!(7)),
        ("/response/userHandle", json!("x".repeat(LONGEST_CREDENTIAL))),
    ] {
        assert_eq!(bent(pointer, value.clone()), Err(Rejected::Malformed), "{pointer} {value}");
    }
    for text in ["", "null", "[]", "{\"id\":\"AAAA\",\"id\":\"AAAA\"}"] {
        assert!(Assertion::parse(text).is_err() && Registration::parse(text).is_err(), "{text}");
    }
    let parsed = Assertion::parse(&good.to_string()).unwrap();
    assert!(!parsed.is_of_another_than(b"anybody"), "it does not say whose it is");
}
