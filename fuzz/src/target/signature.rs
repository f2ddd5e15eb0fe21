//! Signed requests: what verifies says what was signed, word for word.

use std::collections::BTreeSet;
use std::mem::discriminant;

use argali_protocol::{
    Call, Credential, Credentials, Format, Outgoing, Placement, Secret, decode, sign_v1, sign_v3,
};

use super::wire::{self, WORDS, Wire};
use super::{Probe, Target, outcome};
use crate::engine::{Shape, Words};

pub(super) static TARGET: Target = Target {
    name: "signatures",
    shape: Shape::Request,
    words: Words::anywhere(WORDS),
    seeds: originals,
    start: || {
        let meant =
            |input: &Vec<u8>| Wire::read(input).unwrap().with(|request| meaning(&decode(request).unwrap()));
        Box::new(Verifying { meant: originals().iter().map(meant).collect() })
    },
};

/// The keys that there are, each with its secret.
const KEYS: [(&str, &str); 2] = [
    ("LTAIkey", "a secret of forty characters, no less abc"),
    ("STS.key", "another of forty characters, no less abc"),
];
/// 2026-12-01T08:00:00Z.
const SIGNED_AT_S: i64 = 1_796_112_000;

/// Requests as clients sign them, in all ways.
fn originals() -> Vec<Vec<u8>> {
    let own = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
    };
    let calls = [
        ("GetUser", own(&[("UserName", "alice")])),
        ("CreateUser", own(&[("UserName", "bob"), ("Comments", "é & = + % \n ~*'()")])),
        ("RunInstances", own(&[("Tag.1.Key", "team"), ("Tag.1.Value", ""), ("RegionId", "cn-hangzhou")])),
        ("GetCallerIdentity", Vec::new()),
    ];
    let mut all = Vec::new();
    for (number, (action, params)) in calls.iter().enumerate() {
        for token in [None, Some("a-token".to_owned())] {
            let (key, secret) = KEYS[usize::from(token.is_some())];
            let credentials = Credentials {
                access_key_id: key.to_owned(),
                access_key_secret: Secret::new(secret.to_owned()),
                security_token: token.clone(),
            };
            for (method, placement) in
                [("GET", Placement::Query), ("POST", Placement::Query), ("POST", Placement::Form)]
            {
                let call = Outgoing {
                    host: "127.0.0.1:2742",
                    action,
                    version: "2015-05-01",
                    params,
                    placement,
                    method,
                    timestamp_unix_s: SIGNED_AT_S,
                    nonce: &format!("nonce-{number}"),
                    format: Format::Json,
                    headers: &[("user-agent".to_owned(), "argali-fuzz".to_owned())],
                };
                all.push(wire::write(&sign_v1(&call, &credentials).unwrap()));
                all.push(wire::write(&sign_v3(&call, &credentials).unwrap()));
            }
        }
    }
    all
}

struct Verifying {
    /// What the originals say.
    meant: BTreeSet<String>,
}

impl Probe for Verifying {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let Some(wire) = Wire::read(input) else { return 0 };
        wire.with(|request| match decode(request) {
            Err(refusal) => outcome((discriminant(&refusal), request.headers.len().min(12))),
            Ok(call) => {
                let Credential::Signed(signed) = &call.credential else { return outcome("anonymous") };
                let key = KEYS.iter().find(|(id, _)| *id == signed.access_key_id);
                let Some((_, secret)) = key else { return outcome("nobody's key") };
                if let Err(mismatch) = signed.verify(secret.as_bytes()) {
                    assert!(!mismatch.message().contains(secret));
                    return outcome(("mismatch", call.params.len(), call.format == Format::Xml));
                }
                let meaning = meaning(&call);
                assert!(self.meant.contains(&meaning), "verifies, and was not signed: {meaning}");
                outcome(("verified", &meaning, call.format == Format::Xml))
            }
        })
    }
}

/// All that a server goes by.
fn meaning(call: &Call<'_>) -> String {
    let signed = match &call.credential {
        Credential::Anonymous => None,
        Credential::Signed(signed) => {
            Some((&signed.access_key_id, &signed.security_token, &signed.nonce, &signed.timestamp))
        }
    };
    // Under V1 the signature itself is a parameter, and says nothing.
    let pairs: Vec<_> = call.params.iter().filter(|(name, _)| *name != "Signature").collect();
    format!("{} {} {signed:?} {pairs:?}", call.action, call.version)
}
