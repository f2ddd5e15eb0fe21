//! What a backend is sent: the call's own parameters, and signed headers that say who calls.
//!
//! The form is a contract with whoever writes a backend; `docs/services.md` describes it.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::audit::CallerRecord;
use crate::caller::Origin;
use crate::identifier::RequestId;
use crate::time::Timestamp;
use crate::vault::SecretKey;

/// The first line of what is signed.
const SCHEME: &str = "ARGALI1-HMAC-SHA256";
/// The header of the signature.
const SIGNATURE: &str = "x-argali-signature";

/// A call as its backend receives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Names in lower case and values of the headers that say who calls, in name order, the signature last.
    pub headers: Vec<(&'static str, String)>,
    /// The parameters as a form, with `Action` and `Version`.
    pub body: Vec<u8>,
}

/// What is known of a call that is passed on.
#[derive(Debug)]
pub(crate) struct Asking<'a> {
    pub(crate) request_id: RequestId,
    pub(crate) now: Timestamp,
    pub(crate) origin: Origin,
    /// The name of the service.
    pub(crate) service: &'a str,
    pub(crate) caller: &'a CallerRecord,
    /// Every permission that was asked for and given: its action and its resource.
    pub(crate) allowed: &'a [(String, String)],
    pub(crate) body: Vec<u8>,
}

impl Asking<'_> {
    /// Writes down who calls and signs it with the service's key.
    pub(crate) fn signed(self, key: &SecretKey) -> Passage {
        let caller = self.caller;
        let (first_account, first_principal) = caller.origin();
        let begins_with = |of: fn(&(String, String)) -> &String| {
            let mut seen: Vec<String> = Vec::new();
            for text in self.allowed.iter().map(of) {
                let text = escaped(text, is_plain);
                if !seen.contains(&text) {
                    seen.push(text);
                }
            }
            seen.join(" ")
        };
        let mut headers = vec![
            ("x-argali-account", caller.account.to_string()),
            ("x-argali-action", begins_with(|(action, _)| action)),
            ("x-argali-origin-account", first_account.to_string()),
            ("x-argali-origin-principal-id", escaped(first_principal, is_plain)),
            ("x-argali-principal", escaped(&caller.arn, is_plain)),
            ("x-argali-principal-id", escaped(&caller.principal_id, is_plain)),
            ("x-argali-principal-type", escaped(&caller.kind, is_plain)),
            ("x-argali-request-id", self.request_id.to_string()),
            ("x-argali-resource", begins_with(|(_, resource)| resource)),
            ("x-argali-service", escaped(self.service, is_plain)),
        ];
        if let Some(session) = caller.chain.first().and_then(|link| link.session_id) {
            headers.push(("x-argali-session-id", session.to_string()));
        }
        headers.push(("x-argali-source-ip", self.origin.source_ip.to_string()));
        headers.push(("x-argali-time", self.now.as_seconds().to_string()));
        headers.push((SIGNATURE, signature(key, &headers, &self.body)));
        Passage { headers, body: self.body }
    }
}

/// HMAC-SHA256, in hexadecimal, of the scheme, a line `name:value` for each header in name order, and the body's hash.
fn signature(key: &SecretKey, headers: &[(&str, String)], body: &[u8]) -> String {
    let mut text = format!("{SCHEME}\n");
    for (name, value) in headers {
        text.push_str(name);
        text.push(':');
        text.push_str(value);
        text.push('\n');
    }
    text.push_str(&hex::encode(Sha256::digest(body)));
    // A key of any length is one.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key.expose()) else { return String::new() };
    hex::encode(mac.chain_update(text).finalize().into_bytes())
}

/// What URLs hold without being percent-encoded, whatever part of them it is.
pub(crate) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// What a header's value can hold, but for the space, which parts values, and the percent sign, which escapes.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'%'
}

/// The text with all that is not to be kept percent-encoded.
pub(crate) fn escaped(text: &str, keep: fn(u8) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if keep(byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            write!(escaped, "%{byte:02X}").unwrap_or_default();
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;

    fn passage(resource: &str) -> Passage {
        let caller = CallerRecord {
            account: "11223344".parse().unwrap(),
            kind: "SubUser".into(),
            principal_id: "300".to_owned(),
            arn: "acs:ram::11223344:user/alice".to_owned(),
            began_ms: None,
            mfa_present: None,
            chain: Vec::new(),
        };
        let asking = Asking {
            request_id: RequestId::generate(&Env::system()),
            now: Timestamp::from_seconds(1_800_000_000),
            origin: Origin { source_ip: [127, 0, 0, 1].into(), secure_transport: false },
            service: "tower",
            caller: &caller,
            allowed: &[("tower:StopTower".to_owned(), resource.to_owned())],
            body: b"Action=StopTower".to_vec(),
        };
        asking.signed(&SecretKey::new([7; 32]))
    }

    #[test]
    fn headers_are_in_the_order_of_their_names_and_the_signature_is_last() {
        let passage = passage("acs:tower:*:11223344:tower/a");
        let (last, others) = passage.headers.split_last().unwrap();
        assert_eq!(last.0, SIGNATURE);
        assert!(others.is_sorted_by_key(|(name, _)| *name), "{others:?}");
        assert_eq!(last.1.len(), 64);
    }

    #[test]
    fn no_value_ends_its_header_or_passes_for_two() {
        let hostile = "acs:tower:*:1:tower/a\r\nx-argali-account: 1 acs:other\u{e9}%";
        let value = |passage: &Passage| {
            passage.headers.iter().find(|(name, _)| *name == "x-argali-resource").unwrap().1.clone()
        };
        let passage = passage(hostile);
        assert_eq!(value(&passage), "acs:tower:*:1:tower/a%0D%0Ax-argali-account:%201%20acs:other%C3%A9%25");
        assert!(
            passage.headers.iter().all(|(_, value)| value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()))
        );
    }
}
