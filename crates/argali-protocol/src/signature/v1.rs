//! Signature V1: HMAC-SHA1 over the sorted parameters.
// SPEC: wire protocol, signature V1.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

use crate::params::Params;
use crate::percent::encode_twice_into;

/// Base64 of the 20 bytes of an HMAC-SHA1.
pub(crate) const SIGNATURE_CHARS: usize = 28;

/// `METHOD&%2F&` and the encoded canonical query, in which names and values are thus encoded twice.
pub(crate) fn string_to_sign(method: &str, params: &Params<'_>) -> Vec<u8> {
    let signed = || params.as_slice().iter().filter(|param| param.name != "Signature");
    let length: usize = signed().map(|param| param.name.len() + param.value.len() + 6).sum();
    let mut out = Vec::with_capacity(method.len() + 5 + length + length / 2);
    out.extend_from_slice(method.as_bytes());
    out.extend_from_slice(b"&%2F&");
    for (at, param) in signed().enumerate() {
        if at > 0 {
            out.extend_from_slice(b"%26");
        }
        encode_twice_into(&mut out, &param.name);
        out.extend_from_slice(b"%3D");
        encode_twice_into(&mut out, &param.value);
    }
    out
}

/// The signature in its text form.
pub(crate) fn signature(secret: &[u8], string_to_sign: &[u8]) -> [u8; SIGNATURE_CHARS] {
    let mut key = Zeroizing::new(Vec::with_capacity(secret.len() + 1));
    key.extend_from_slice(secret);
    key.push(b'&');
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).expect("HMAC takes any key");
    mac.update(string_to_sign);
    let mut text = [0; SIGNATURE_CHARS];
    #[expect(clippy::expect_used, reason = "the buffer has the length of the text")]
    STANDARD.encode_slice(mac.finalize().into_bytes(), &mut text).expect("20 bytes are 28 characters");
    text
}
