//! What reading and verifying a call costs, beside the bare HMAC over the same bytes in the same run.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench that cannot run may say so by a panic"
)]

use std::fmt::{self, Display, Formatter};

use argali_protocol::{
    Credential, Credentials, Format, HttpRequest, Outgoing, Params, Placement, SignedRequest, decode,
    sign_v1, sign_v3,
};
use divan::{Bencher, black_box};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha1::Sha1;
use sha2::Sha256;

const SECRET: &str = "ExampleSecret0000000000000000a";

fn assume_role(sign: impl Fn(&Outgoing<'_>, &Credentials) -> SignedRequest) -> SignedRequest {
    let pair = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let params = [
        ("RoleArn", "acs:ram::1000000000000001:role/ops"),
        ("RoleSessionName", "alice"),
        ("DurationSeconds", "3600"),
    ];
    let call = Outgoing {
        host: "127.0.0.1:2742",
        action: "AssumeRole",
        version: "2015-04-01",
        params: &params.map(pair),
        placement: Placement::Query,
        method: "POST",
        timestamp_unix_s: 1_795_321_522,
        nonce: "9b3b573dd024d8d9212486f448f94761",
        format: Format::Json,
        headers: &[pair(("user-agent", "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2"))],
    };
    let credentials = Credentials {
        access_key_id: "LTAI5tEXAMPLEKEYID000001".into(),
        access_key_secret: SECRET.into(),
        security_token: None,
    };
    sign(&call, &credentials)
}

fn verified(request: &HttpRequest<'_>) -> bool {
    let Ok(call) = decode(request) else { return false };
    match call.credential {
        Credential::Signed(signed) => signed.verify(SECRET.as_bytes()).is_ok(),
        Credential::Anonymous => false,
    }
}

/// The text over which a signature is computed: V1's string to sign, V3's canonical request.
fn signed_bytes(request: &HttpRequest<'_>) -> Vec<u8> {
    let call = decode(request).unwrap();
    let Credential::Signed(signed) = call.credential else { unreachable!() };
    let mismatch = signed.verify(b"wrong").unwrap_err();
    mismatch.canonical_request().unwrap_or_else(|| mismatch.string_to_sign()).into()
}

fn main() {
    divan::main();
}

/// A call as it arrives, with the scheme that it is signed by.
struct Sent {
    scheme: &'static str,
    signed: SignedRequest,
}

impl Sent {
    fn all() -> [Self; 2] {
        let v1 = assume_role(|call, credentials| sign_v1(call, credentials).unwrap());
        let v3 = assume_role(|call, credentials| sign_v3(call, credentials).unwrap());
        [Self { scheme: "V1", signed: v1 }, Self { scheme: "V3", signed: v3 }]
    }

    fn with_request<T>(&self, act: impl FnOnce(&HttpRequest<'_>) -> T) -> T {
        let SignedRequest { method, target, headers, body, .. } = &self.signed;
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        act(&HttpRequest { method, target, headers: &headers, body })
    }
}

impl Display for Sent {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.scheme)
    }
}

#[divan::bench(args = Sent::all())]
fn bare_hmac(bencher: Bencher<'_, '_>, sent: &Sent) {
    let bytes = sent.with_request(signed_bytes);
    bencher.bench(|| hmac(sent.scheme, black_box(&bytes)));
}

#[divan::bench(args = Sent::all())]
fn decoding(bencher: Bencher<'_, '_>, sent: &Sent) {
    sent.with_request(|request| bencher.bench(|| decode(black_box(request)).is_ok()));
}

#[divan::bench(args = Sent::all())]
fn decoding_and_verifying(bencher: Bencher<'_, '_>, sent: &Sent) {
    sent.with_request(|request| {
        assert!(verified(request));
        bencher.bench(|| verified(black_box(request)));
    });
}

fn hmac(scheme: &str, bytes: &[u8]) -> u8 {
    if scheme == "V1" {
        let mut mac = Hmac::<Sha1>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(bytes);
        mac.finalize().into_bytes()[0]
    } else {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(bytes);
        mac.finalize().into_bytes()[0]
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AssumeRole {
    role_arn: String,
    role_session_name: String,
    duration_seconds: Option<u32>,
    policy: Option<String>,
    external_id: Option<String>,
}

/// `AssumeRole` out of twelve parameters.
#[divan::bench]
fn deserializing(bencher: Bencher<'_, '_>) {
    let pairs = [
        ("AccessKeyId", "LTAI5tEXAMPLEKEYID000001"),
        ("Action", "AssumeRole"),
        ("DurationSeconds", "3600"),
        ("Format", "JSON"),
        ("RoleArn", "acs:ram::1000000000000001:role/ops"),
        ("RoleSessionName", "alice"),
        ("Signature", "2Eb4A1Uv9g3pBfBSFNhHOrcLYfA="),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureNonce", "fecc04ff2e29485ee4ef3cb4f0b8e60d"),
        ("SignatureVersion", "1.0"),
        ("Timestamp", "2026-11-22T04:25:23Z"),
        ("Version", "2015-04-01"),
    ];
    let params = Params::from_pairs(pairs).unwrap();
    bencher.bench(|| {
        let call: AssumeRole = black_box(&params).deserialize().unwrap();
        let optional = call.policy.is_some() || call.external_id.is_some();
        (call.role_arn.len(), call.role_session_name.len(), call.duration_seconds, optional)
    });
}
