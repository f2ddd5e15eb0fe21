//! Requests to object storage: which bucket and object they name, and what of them was signed.

use std::collections::BTreeSet;

use argali_protocol::{
    Credential, Credentials, Dialect, HttpRequest, OssOutgoing, OssRequest, OssScheme, Secret, decode_oss,
    is_oss_sub_resource, presign_oss, sign_oss,
};

use super::wire::Wire;
use super::{Probe, Target, outcome};
use crate::engine::{Shape, Words};

pub(super) static TARGET: Target = Target {
    name: "storage",
    shape: Shape::Request,
    words: Words::anywhere(&[
        "/logs/a",
        "/logs/%2e%2e/a",
        "//logs/a",
        "/logs",
        "%2F",
        "%00",
        "%3Facl",
        "http://127.0.0.1:2744/logs/a",
        "http://logs.oss-cn-hangzhou.aliyuncs.com/a",
        "logs.oss-cn-hangzhou.aliyuncs.com",
        "logs.oss.example",
        "oss.example:80",
        "LOGS.oss-cn-hangzhou-internal.aliyuncs.com",
        "acl",
        "uploadId",
        "partNumber",
        "uploads",
        "delete",
        "policy",
        "prefix",
        "response-content-type",
        "x-oss-process",
        "security-token",
        "Expires",
        "OSSAccessKeyId",
        "OSSAccessKeyId=LTAIkey",
        "Signature",
        "Signature=",
        "x-oss-signature",
        "x-oss-signature-version",
        "OSS4-HMAC-SHA256",
        "x-oss-credential",
        "x-oss-expires",
        "x-oss-additional-headers",
        "X-Amz-Algorithm=AWS4-HMAC-SHA256",
        "X-Amz-Signature",
        "X-Amz-SignedHeaders",
        "host",
        "date",
        "authorization",
        "content-md5",
        "content-type",
        "range",
        "x-oss-date",
        "x-oss-acl",
        "x-oss-meta-a",
        "x-oss-copy-source",
        "x-oss-security-token",
        "x-oss-content-sha256",
        "x-amz-date",
        "x-amz-acl",
        "x-amz-content-sha256",
        "UNSIGNED-PAYLOAD",
        "OSS LTAIkey:x",
        "OSS4-HMAC-SHA256 Credential=LTAIkey/20261201/cn-hangzhou/oss/aliyun_v4_request,Signature=00",
        "AWS4-HMAC-SHA256 Credential=LTAIkey/20261201/cn-hangzhou/s3/aws4_request,SignedHeaders=host,Signature=00",
        "Tue, 01 Dec 2026 08:00:00 GMT",
        "20261201T080000Z",
        "GET",
        "PUT",
        "public-read",
        "a;b",
        "0",
    ]),
    seeds: originals,
    start: || {
        let meant = |input: &Vec<u8>| read(input, |_, request| meaning(request)).flatten().unwrap();
        Box::new(Verifying { meant: originals().iter().map(meant).collect() })
    },
};

const OWN_DOMAIN: &str = "oss.example";
const KEY: &str = "LTAIkey";
const SECRET: &str = "a secret of forty characters, no less abc";
/// 2026-12-01T08:00:00Z.
const SIGNED_AT_S: i64 = 1_796_112_000;

type Pairs = &'static [(&'static str, &'static str)];

/// A request's method, object, query and headers.
type Original = (&'static str, Option<&'static str>, Pairs, Pairs);

/// Requests as clients sign them, in all ways.
fn originals() -> Vec<Vec<u8>> {
    let calls: [Original; 6] = [
        ("GET", Some("dir/\u{8fd0}\u{7ef4} 1+.txt"), &[], &[("range", "bytes=0-1")]),
        ("PUT", Some("a"), &[], &[("content-type", "text/plain"), ("x-oss-meta-a", "b")]),
        ("PUT", Some("a"), &[("partNumber", "1"), ("uploadId", "u")], &[]),
        ("GET", None, &[("prefix", "p/"), ("list-type", "2")], &[]),
        ("PUT", None, &[("acl", "")], &[("x-oss-acl", "public-read")]),
        ("POST", None, &[("delete", "")], &[("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==")]),
    ];
    let mut all = Vec::new();
    for token in [None, Some("a-token".to_owned())] {
        let credentials = Credentials {
            access_key_id: KEY.to_owned(),
            access_key_secret: Secret::new(SECRET.to_owned()),
            security_token: token,
        };
        for (method, key, query, headers) in calls {
            for scheme in [OssScheme::V1, OssScheme::V4, OssScheme::S3] {
                let request = OssOutgoing {
                    method,
                    host: "127.0.0.1:2744",
                    bucket: Some("logs"),
                    key,
                    query,
                    headers,
                    timestamp_unix_s: SIGNED_AT_S,
                    region: "cn-hangzhou",
                };
                let (target, signed) = sign_oss(&request, scheme, &credentials).unwrap();
                all.push(written(method, &target, &signed));
                // No header of the protocol is presigned here: whoever adds one changes what was signed.
                let bare = OssOutgoing { headers: &[], ..request };
                let target = presign_oss(&bare, scheme, &credentials, 60).unwrap();
                let sent = [("host".to_owned(), "127.0.0.1:2744".to_owned())];
                all.push(written(method, &target, &sent));
            }
        }
    }
    all
}

fn written(method: &str, target: &str, headers: &[(String, String)]) -> Vec<u8> {
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    format!("{method} {target}\n{lines}\n").into_bytes()
}

/// Reads an input and looks at the request, if object storage can read it.
fn read<T>(input: &[u8], look: impl FnOnce(&HttpRequest<'_>, &OssRequest<'_>) -> T) -> Option<T> {
    Wire::read(input)?.with(|http| Some(look(http, &decode_oss(http, OWN_DOMAIN).ok()?)))
}

struct Verifying {
    /// What the originals say.
    meant: BTreeSet<String>,
}

impl Probe for Verifying {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let Some(wire) = Wire::read(input) else { return 0 };
        wire.with(|http| match decode_oss(http, OWN_DOMAIN) {
            Err(refusal) => {
                assert!((400..500).contains(&refusal.http_status()), "{refusal}");
                assert!(!refusal.message().is_empty() && !refusal.message().contains(SECRET));
                outcome((refusal.code(), super::gist(refusal.message())))
            }
            Ok(request) => self.look(&request),
        })
    }
}

impl Verifying {
    fn look(&self, request: &OssRequest<'_>) -> u64 {
        for named in [&request.bucket, &request.key].into_iter().flatten() {
            assert!(!named.is_empty());
        }
        let named = (request.bucket.is_some(), request.key.is_some(), request.dialect as u8);
        let Credential::Signed(signed) = &request.credential else { return outcome(("anonymous", named)) };
        if signed.access_key_id != KEY {
            return outcome(("nobody's key", named));
        }
        if let Err(mismatch) = signed.verify(SECRET.as_bytes()) {
            assert!(!mismatch.message().contains(SECRET));
            return outcome(("mismatch", named));
        }
        let meaning = meaning(request).expect("it is signed");
        assert!(self.meant.contains(&meaning), "verifies, and was not signed: {meaning}");
        outcome(("verified", &meaning, named))
    }
}

/// What a signature is about. V1 leaves out of the query what asks for nothing; and it writes an object's name and the
/// query that follows it as one text, so that here they are one, too.
fn meaning(request: &OssRequest<'_>) -> Option<String> {
    let Credential::Signed(signed) = &request.credential else { return None };
    let is_v1 = request.query.get("OSSAccessKeyId").is_some()
        || request.plain_header("authorization").is_some_and(|text| text.starts_with("OSS "));
    let mut pairs: Vec<(&str, &str)> = request
        .query
        .iter()
        .filter(|(name, _)| match *name {
            "Signature" | "x-oss-signature" | "X-Amz-Signature" => false,
            // V1 signs it as it does the rest, and others find out in the end that it is not the one of the key.
            "security-token" => is_v1,
            name => !is_v1 || is_oss_sub_resource(name),
        })
        .collect();
    pairs.sort_unstable();
    let own: Vec<_> = request.own_headers().filter(|(name, _)| *name != "security-token").collect();
    let plain = ["content-md5", "content-type"].map(|name| match request.dialect {
        Dialect::Oss => request.plain_header(name).unwrap_or_default(),
        // S3 signs those that the client lists.
        Dialect::S3 => "",
    });
    let named = (request.bucket.as_deref().unwrap_or_default(), request.key.as_deref().unwrap_or_default());
    let what = if is_v1 {
        let one = |(name, value): &(&str, &str)| match *value {
            "" => (*name).to_owned(),
            value => format!("{name}={value}"),
        };
        let asked: Vec<String> = pairs.iter().map(one).collect();
        format!("/{}/{}?{}", named.0, named.1, asked.join("&")).trim_end_matches('?').to_owned()
    } else {
        format!("{named:?} {pairs:?}")
    };
    // A token need not be signed: it is refused unless it is the one of the key.
    Some(format!("{} {what} {own:?} {plain:?} {:?}", request.method, signed.timestamp))
}
