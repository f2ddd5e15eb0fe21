//! Requests after framing: decoded in one way or refused, under both signature versions.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::mem::discriminant;

use argali_protocol::{
    Credential, HttpRequest, MAX_NONCE_CHARS, MAX_PARAMETERS, ParamError, decode, format_of,
};
use serde::Deserialize;

use super::wire::{WORDS, Wire, samples};
use super::{Probe, Target, gist, outcome};
use crate::engine::{Shape, Words};

pub(super) static TARGET: Target = Target {
    name: "parameters",
    shape: Shape::Request,
    words: Words::anywhere(WORDS),
    seeds: samples,
    start: || Box::new(Decoding),
};

struct Decoding;

/// An operation with parameters of every form.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only whether they can be read is asked")]
struct Everything {
    action: Option<String>,
    user_name: Option<String>,
    max_items: Option<u16>,
    dry_run: Option<bool>,
    amount: Option<i64>,
    #[serde(default)]
    name: Vec<String>,
    #[serde(default)]
    tag: Vec<Pair>,
    option: Option<Pair>,
    kind: Option<Kind>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only whether they can be read is asked")]
struct Pair {
    key: String,
    value: Option<String>,
    #[serde(default)]
    name: Vec<u32>,
}

#[derive(Debug, Deserialize)]
enum Kind {
    User,
    Role,
}

impl Probe for Decoding {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let Some(wire) = Wire::read(input) else { return 0 };
        wire.with(|request| {
            let format = format_of(request);
            match decode(request) {
                Err(refusal) => {
                    let (code, status, message) = (refusal.code(), refusal.http_status(), refusal.message());
                    assert!((400..500).contains(&status) && !code.is_empty(), "{code} {status}");
                    assert!(message.ends_with('.'), "no sentence: {message}");
                    let (headers, form) = (request.headers.len().min(12), !request.body.is_empty());
                    outcome((discriminant(&refusal), headers, form))
                }
                Ok(call) => {
                    assert_eq!(call.format, format, "two readings of the format");
                    assert!(!call.action.is_empty() && !call.version.is_empty());
                    let pairs: Vec<(&str, &str)> = call.params.iter().collect();
                    let slow = slow_reading(request);
                    assert!(slow.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(pairs));
                    assert!(call.params.len() <= MAX_PARAMETERS);
                    let scheme = match &call.credential {
                        Credential::Anonymous => "anonymous",
                        Credential::Signed(signed) => {
                            assert!(signed.nonce.chars().count() <= MAX_NONCE_CHARS);
                            assert!(signed.verify(b"a secret that nobody has").is_err());
                            "signed"
                        }
                    };
                    let read = call.params.deserialize::<Everything>().map(drop);
                    outcome((
                        scheme,
                        call.format == argali_protocol::Format::Xml,
                        read.as_ref().err().map(why),
                    ))
                }
            }
        })
    }
}

fn why(error: &ParamError) -> String {
    gist(&error.to_string())
}

/// Names and values, read in the slow and obvious way; of a request that is known to be acceptable.
fn slow_reading(request: &HttpRequest<'_>) -> BTreeMap<String, String> {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    let form = std::str::from_utf8(request.body).unwrap();
    let pieces = query.split('&').chain(form.split('&')).filter(|piece| !piece.is_empty());
    let mut found = BTreeMap::new();
    for piece in pieces {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        assert!(found.insert(decoded(name), decoded(value)).is_none(), "a name twice");
    }
    found
}

fn decoded(text: &str) -> String {
    let spaced: Cow<'_, str> = text.replace('+', " ").into();
    percent_encoding::percent_decode_str(&spaced).decode_utf8().unwrap().into_owned()
}
