//! Requests to object storage: signatures of the official signers, and what is refused before any is computed.

use argali_protocol::{
    Credential, Credentials, OssError, OssOutgoing, OssRequest, OssScheme, Term, decode_oss, presign_oss,
    sign_oss,
};
use serde_json::Value;

use crate::Sent;
use crate::vector::{credentials, secret, text, vectors};

const HOST: &str = "company-a-logs.oss-cn-hangzhou.aliyuncs.com";
const AT: i64 = 1_735_787_045;

/// Encodes all but letters and digits, as the strictest client does.
fn escape(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(byte);
    text.bytes()
        .map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The request of a vector: with its bucket in the path, or in the host.
fn request(vector: &Value, in_path: bool) -> Sent {
    if let Some(url) = vector["url"].as_str() {
        let rest = url.strip_prefix("https://").unwrap();
        let (host, target) = rest.split_at(rest.find('/').unwrap());
        return Sent::get(target).header("host", host);
    }
    let (bucket, key) = (text(&vector["bucket"]), text(&vector["key"]));
    let mut target = match (bucket, in_path) {
        ("", _) => "/".to_owned(),
        (_, true) => format!("/{bucket}/{}", escape(key)),
        (_, false) => format!("/{}", escape(key)),
    };
    let query: Vec<String> = vector["query"]
        .as_object()
        .into_iter()
        .flatten()
        .map(
            |(name, value)| {
                if value == "" { name.clone() } else { format!("{name}={}", escape(text(value))) }
            },
        )
        .collect();
    if !query.is_empty() {
        target = format!("{target}?{}", query.join("&"));
    }
    let mut sent = Sent { method: text(&vector["method"]).into(), ..Sent::get(&target) };
    let headers = vector["headers"].as_object().unwrap();
    if !headers.contains_key("Host") {
        sent = sent.header("host", if in_path { "127.0.0.1:2744" } else { HOST });
    }
    headers.iter().fold(sent, |sent, (name, value)| sent.header(&name.to_lowercase(), text(value)))
}

fn read<T>(sent: &Sent, look: impl FnOnce(Result<OssRequest<'_>, OssError>) -> T) -> T {
    sent.with(|request| look(decode_oss(request, "")))
}

#[track_caller]
fn verified(sent: &Sent, name: &str, named: (Option<&str>, Option<&str>)) {
    read(sent, |request| {
        let request = request.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((request.bucket.as_deref(), request.key.as_deref()), named, "{name}");
        let Credential::Signed(signed) = &request.credential else { panic!("{name} is signed") };
        let right = secret(&signed.access_key_id);
        if let Err(mismatch) = signed.verify(right.as_bytes()) {
            panic!("{name}: {}", mismatch.string_to_sign());
        }
        assert!(signed.verify(b"another secret").is_err(), "{name}");
        assert_eq!(signed.access_key_id.starts_with("STS."), signed.security_token.is_some(), "{name}");
    });
}

#[test]
fn vectors_of_official_signers_verify_in_both_styles() {
    for scheme in ["oss_v1", "oss_v4"] {
        for vector in vectors(scheme) {
            let part = |name: &str| vector[name].as_str().filter(|text| !text.is_empty());
            for in_path in [true, false] {
                let name = format!("{scheme} {} {in_path}", text(&vector["name"]));
                let sent = request(&vector, in_path);
                let of_host = vector["headers"].get("Host").is_none();
                if in_path || (of_host && part("bucket").is_some()) {
                    verified(&sent, &name, (part("bucket"), part("key")));
                }
            }
        }
    }
}

#[test]
fn whatever_is_changed_no_longer_verifies() {
    for scheme in ["oss_v1", "oss_v4"] {
        for vector in vectors(scheme).into_iter().filter(|vector| vector["url"].is_null()) {
            let sent = request(&vector, true);
            let edited = [
                Sent { method: "DELETE".into(), ..sent.clone() },
                Sent {
                    target: sent.target.replacen("/company", "/dompany", 1).replacen('/', "/x", 1),
                    ..sent.clone()
                },
                sent.clone().header("x-oss-acl", "public-read"),
            ];
            for edited in edited {
                read(&edited, |request| {
                    let Ok(request) = request else { return };
                    let Credential::Signed(signed) = &request.credential else { panic!("signed") };
                    assert!(
                        signed.verify(secret(&signed.access_key_id).as_bytes()).is_err(),
                        "{}",
                        edited.target
                    );
                });
            }
        }
    }
}

#[test]
fn what_we_sign_verifies() {
    let (owner, session) = (credentials("LTAI5tTestAccessKeyId01"), credentials("STS.NTestStsAccessKeyId01"));
    let query = [("uploads", ""), ("prefix", "a b/运")];
    let headers = [("content-type", "text/plain"), ("range", "bytes=0-9")];
    let outgoing = OssOutgoing {
        method: "PUT",
        host: "127.0.0.1:2744",
        bucket: Some("logs"),
        key: Some("dir/运维 1+.txt"),
        query: &query,
        headers: &headers,
        timestamp_unix_s: AT,
        region: "cn-hangzhou",
    };
    let named = (Some("logs"), Some("dir/运维 1+.txt"));
    for credentials in [&owner, &session] {
        for scheme in [OssScheme::V1, OssScheme::V4, OssScheme::S3] {
            let (target, headers) = sign_oss(&outgoing, scheme, credentials).unwrap();
            let sent = Sent { method: "PUT".into(), ..Sent::get(&target) };
            let sent = headers.iter().fold(sent, |sent, (name, value)| sent.header(name, value));
            verified(&sent, &format!("{scheme:?}"), named);
        }
        for scheme in [OssScheme::V1, OssScheme::V4] {
            let target = presign_oss(&outgoing, scheme, credentials, 600).unwrap();
            let sent = Sent { method: "PUT".into(), ..Sent::get(&target) }.header("host", "127.0.0.1:2744");
            verified(&sent, &format!("presigned {scheme:?}"), named);
            read(&sent, |request| {
                let Ok(OssRequest { credential: Credential::Signed(signed), .. }) = request else {
                    panic!("signed")
                };
                assert_eq!(signed.term, Term::Until(AT + 600));
            });
        }
    }
}

#[test]
fn a_parameter_without_a_value_may_be_signed_with_or_without_the_sign() {
    let keys: Credentials = credentials("LTAI5tTestAccessKeyId01");
    let outgoing = OssOutgoing {
        method: "GET",
        host: "h",
        bucket: Some("logs"),
        key: None,
        query: &[("delimiter", ""), ("list-type", "2")],
        headers: &[],
        timestamp_unix_s: AT,
        region: "cn-hangzhou",
    };
    let (target, headers) = sign_oss(&outgoing, OssScheme::V4, &keys).unwrap();
    for target in [target.clone(), target.replace("delimiter", "delimiter=")] {
        let sent = headers.iter().fold(Sent::get(&target), |sent, (name, value)| sent.header(name, value));
        verified(&sent, &target, (Some("logs"), None));
    }
}

#[test]
fn what_has_two_readings_or_none_is_refused() {
    let keys = credentials("LTAI5tTestAccessKeyId01");
    let outgoing = OssOutgoing {
        method: "GET",
        host: "h",
        bucket: Some("logs"),
        key: Some("a"),
        query: &[],
        headers: &[],
        timestamp_unix_s: AT,
        region: "cn-hangzhou",
    };
    let (target, headers) = sign_oss(&outgoing, OssScheme::V4, &keys).unwrap();
    let signed = headers.iter().fold(Sent::get(&target), |sent, (name, value)| sent.header(name, value));
    let v1 = presign_oss(&outgoing, OssScheme::V1, &keys, 600).unwrap();
    let cases = [
        (signed.clone().header("x-oss-date", "20250102T030405Z"), "InvalidArgument"),
        (signed.clone().header("host", "other"), "InvalidArgument"),
        (Sent { target: v1.clone(), ..signed.clone() }, "InvalidArgument"),
        (Sent { target: format!("{target}?a=1&a=2"), ..signed.clone() }, "InvalidArgument"),
        (signed.clone().without("x-oss-content-sha256"), "InvalidArgument"),
        (signed.clone().edit("authorization", |text| text.replace("/oss/", "/ecs/")), "InvalidArgument"),
        (signed.clone().edit("authorization", |text| text.replace("OSS4", "OSS5")), "InvalidArgument"),
        (Sent::get("/logs/%00").header("host", "h"), "InvalidObjectName"),
        (Sent::get("/logs/%zz").header("host", "h"), "InvalidObjectName"),
        (Sent::get("/logs/%FF").header("host", "h"), "InvalidObjectName"),
        (Sent::get("/logs/%01").header("host", "h"), "InvalidObjectName"),
        (Sent::get("http://other/logs/a").header("host", "h"), "InvalidArgument"),
        (Sent::get("logs/a").header("host", "h"), "InvalidArgument"),
        (Sent::get(&v1.replace("Expires=", "Expires=x")).header("host", "h"), "InvalidArgument"),
        (Sent::get("/logs/a?OSSAccessKeyId=x").header("host", "h"), "AccessDenied"),
    ];
    for (sent, code) in cases {
        let refused = read(&sent, |request| request.map(|_| ()));
        assert_eq!(refused.map_err(|error| error.code()), Err(code), "{}", sent.target);
    }
    let presigned = presign_oss(&outgoing, OssScheme::V4, &keys, 604_801).unwrap();
    let refused = read(&Sent::get(&presigned).header("host", "h"), |request| request.map(|_| ()));
    assert_eq!(refused.map_err(|error| error.code()), Err("InvalidArgument"), "a week at most");
}
