//! Signature V3: HMAC-SHA256 over the hash of a canonical request.
// SPEC: wire protocol, signature V3.

use std::borrow::Cow;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::ProtocolError;
use crate::headers::{self, Headers};
use crate::params::{Params, Source};
use crate::percent::encode_into;

/// The name of the scheme in `Authorization` and in the string to sign.
pub(crate) const ALGORITHM: &str = "ACS3-HMAC-SHA256";
/// Lower-case hexadecimal of the 32 bytes of a SHA-256.
pub(crate) const HEX_CHARS: usize = 64;

const EMPTY_PAYLOAD: &[u8; HEX_CHARS] = b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The fields of an `Authorization` header.
pub(crate) struct Authorization<'a> {
    pub(crate) access_key_id: &'a str,
    /// INVARIANT: names in strictly ascending order, separated by `;`.
    pub(crate) signed_headers: &'a str,
    pub(crate) signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads what follows the name of the scheme. Each field occurs once, in any order.
    pub(crate) fn parse(text: &'a str) -> Result<Self, ProtocolError> {
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for field in text.split(',') {
            let place = match field.trim().split_once('=') {
                Some(("Credential", value)) => (&mut credential, value),
                Some(("SignedHeaders", value)) => (&mut signed_headers, value),
                Some(("Signature", value)) => (&mut signature, value),
                _ => return Err(incomplete(FIELDS)),
            };
            if place.1.is_empty() || place.0.replace(place.1).is_some() {
                return Err(incomplete(FIELDS));
            }
        }
        let (Some(access_key_id), Some(signed_headers), Some(signature)) =
            (credential, signed_headers, signature)
        else {
            return Err(incomplete(FIELDS));
        };
        if !signed_headers.split(';').is_sorted_by(|a, b| a < b) {
            return Err(incomplete("list SignedHeaders in ascending order, each name once"));
        }
        Ok(Self { access_key_id, signed_headers, signature })
    }

    /// Checks that all is signed that means something to the server, and that the key id is the same everywhere.
    // SPEC: security requirements, R4.
    pub(crate) fn check_coverage(&self, headers: &Headers<'_>) -> Result<(), ProtocolError> {
        const ALWAYS: [&str; 6] = [
            "host",
            Headers::ACTION,
            Headers::CONTENT_SHA256,
            Headers::DATE,
            Headers::NONCE,
            Headers::VERSION,
        ];
        let with_token = headers.security_token.map(|_| Headers::SECURITY_TOKEN);
        if let Some(name) = ALWAYS.into_iter().chain(with_token).find(|name| !self.covers(name)) {
            return Err(ProtocolError::IncompleteSignature(Cow::Owned(format!(
                "send the header {name} and name it in SignedHeaders"
            ))));
        }
        match headers.access_key_id {
            Some(id) if id != self.access_key_id && self.covers(Headers::ACCESS_KEY_ID) => {
                Err(incomplete("send the same key id in Credential and in x-acs-accesskey-id"))
            }
            _ => Ok(()),
        }
    }

    fn covers(&self, name: &str) -> bool {
        self.signed_headers.split(';').any(|signed| signed == name)
    }
}

/// The text whose hash is signed. Fails if a header that is said to be signed is absent or repeated.
pub(crate) fn canonical_request(
    method: &str,
    params: &Params<'_>,
    signed_headers: &str,
    headers: &[(&str, &[u8])],
    payload: &[u8; HEX_CHARS],
) -> Result<Vec<u8>, ProtocolError> {
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(method.as_bytes());
    out.extend_from_slice(b"\n/\n");
    // What is in the form is covered by the hash of the payload.
    let query = params.as_slice().iter().filter(|param| param.source == Source::Query);
    for (at, param) in query.enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        encode_into(&mut out, &param.name);
        out.push(b'=');
        encode_into(&mut out, &param.value);
    }
    out.push(b'\n');
    for name in signed_headers.split(';') {
        let mut values = headers.iter().filter(|(header, _)| *header == name);
        let (Some((_, value)), None) = (values.next(), values.next()) else {
            return Err(ProtocolError::IncompleteSignature(Cow::Owned(format!(
                "send the signed header {} once",
                ProtocolError::shown(name)
            ))));
        };
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        out.extend_from_slice(headers::trimmed(name, value)?);
        out.push(b'\n');
    }
    out.push(b'\n');
    out.extend_from_slice(signed_headers.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(payload);
    Ok(out)
}

/// The text that is signed: the scheme and the hash of the canonical request.
pub(crate) fn string_to_sign(canonical_request: &[u8]) -> [u8; ALGORITHM.len() + 1 + HEX_CHARS] {
    let mut out = [b'\n'; ALGORITHM.len() + 1 + HEX_CHARS];
    let (algorithm, rest) = out.split_at_mut(ALGORITHM.len());
    algorithm.copy_from_slice(ALGORITHM.as_bytes());
    if let Some((_, hash)) = rest.split_first_mut() {
        hash.copy_from_slice(&to_hex(Sha256::digest(canonical_request).as_slice()));
    }
    out
}

/// The signature in its text form.
pub(crate) fn signature(secret: &[u8], string_to_sign: &[u8]) -> [u8; HEX_CHARS] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes any key");
    mac.update(string_to_sign);
    to_hex(mac.finalize().into_bytes().as_slice())
}

/// The value of `x-acs-content-sha256` for a body.
pub(crate) fn payload_hash(body: &[u8]) -> [u8; HEX_CHARS] {
    if body.is_empty() { *EMPTY_PAYLOAD } else { to_hex(Sha256::digest(body).as_slice()) }
}

fn to_hex(hash: &[u8]) -> [u8; HEX_CHARS] {
    let mut text = [0; HEX_CHARS];
    #[expect(clippy::expect_used, reason = "every caller passes the 32 bytes of a SHA-256")]
    hex::encode_to_slice(hash, &mut text).expect("32 bytes are 64 digits");
    text
}

const FIELDS: &str =
    "write Authorization as ACS3-HMAC-SHA256 Credential=<key id>,SignedHeaders=<names>,Signature=<hex>";

fn incomplete(detail: &'static str) -> ProtocolError {
    ProtocolError::IncompleteSignature(Cow::Borrowed(detail))
}
