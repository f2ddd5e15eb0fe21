//! The caller's side: signing requests to object storage.

use super::OssError;
use super::date::{http_date, parse_http_date};
use crate::percent::{encode_into, encode_path_into};
use crate::signature::oss_v1;
use crate::signature::oss_v4::{self, Empty, Family, Scope};
use crate::{Credentials, time};

/// How a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OssScheme {
    /// HMAC-SHA1.
    V1,
    /// HMAC-SHA256 under a key of the day.
    V4,
    /// The same as S3 has it.
    S3,
}

/// A request to be signed, in path style.
#[derive(Clone, Copy, Debug)]
pub struct OssOutgoing<'a> {
    /// The method.
    pub method: &'a str,
    /// Where to, with the port unless it is the default one.
    pub host: &'a str,
    /// The bucket, if one is meant.
    pub bucket: Option<&'a str>,
    /// The object, if one is meant.
    pub key: Option<&'a str>,
    /// What stands after the `?`, each name once.
    pub query: &'a [(&'a str, &'a str)],
    /// Headers, names in lower case, none of those that signing sets.
    pub headers: &'a [(&'a str, &'a str)],
    /// The instant of signing, in Unix seconds.
    pub timestamp_unix_s: i64,
    /// Where the server is, for V4.
    pub region: &'a str,
}

/// Signs with headers: the target, and all headers, `host` among them.
///
/// # Errors
///
/// Fails if the instant is outside the calendar.
pub fn sign_oss(
    request: &OssOutgoing<'_>,
    scheme: OssScheme,
    credentials: &Credentials,
) -> Result<(String, Vec<(String, String)>), OssError> {
    let dates = Dates::of(request.timestamp_unix_s)?;
    let mut headers: Vec<(String, String)> = vec![("host".to_owned(), request.host.to_owned())];
    headers.extend(request.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let prefix = if scheme == OssScheme::S3 { "x-amz-" } else { "x-oss-" };
    if let Some(token) = &credentials.security_token {
        headers.push((format!("{prefix}security-token"), token.clone()));
    }
    if scheme == OssScheme::V1 {
        headers.push(("date".to_owned(), dates.http));
    } else {
        headers.push((format!("{prefix}date"), dates.compact.clone()));
        headers.push((format!("{prefix}content-sha256"), "UNSIGNED-PAYLOAD".to_owned()));
    }
    headers.sort();
    let secret = credentials.access_key_secret.expose().as_bytes();
    let key = &credentials.access_key_id;
    let find = |wanted: &str| {
        headers.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str())
    };
    let lines = || headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let query = sorted(request.query);
    let authorization = match scheme {
        OssScheme::V1 => {
            let signable = oss_v1::Signable {
                method: request.method,
                content_md5: find("content-md5"),
                content_type: find("content-type"),
                date: find("date"),
                bucket: request.bucket,
                key: request.key,
            };
            let text = oss_v1::string_to_sign(&signable, lines(), query.iter().copied());
            format!("OSS {key}:{}", oss_v1::signature(secret, &text))
        }
        OssScheme::V4 | OssScheme::S3 => {
            let family = if scheme == OssScheme::S3 { Family::S3 } else { Family::Oss };
            let always = |name: &str| {
                name.starts_with("x-oss-")
                    || matches!(name, "content-type" | "content-md5")
                    || family == Family::S3
            };
            let listed: Vec<&str> = match family {
                Family::S3 => lines().map(|(name, _)| name).collect(),
                Family::Oss => Vec::new(),
            };
            let scope =
                Scope { family, day: dates.compact.get(..8).unwrap_or_default(), region: request.region };
            let (path, listed) = (resource(request), listed.join(";"));
            let signable = oss_v4::Signable {
                method: request.method,
                path: &path,
                listed_headers: &listed,
                payload: "UNSIGNED-PAYLOAD",
            };
            let empty = if family == Family::S3 { Empty::Assigned } else { Empty::Bare };
            let signed = lines().filter(|(name, _)| always(name));
            let canonical = oss_v4::canonical_request(&signable, query.iter().copied(), signed, empty);
            let text = oss_v4::string_to_sign(&scope, &dates.compact, &canonical);
            let signature = oss_v4::signature(secret, &scope, &text);
            let list = match family {
                Family::S3 => format!("SignedHeaders={listed},"),
                Family::Oss => String::new(),
            };
            format!("{} Credential={key}/{},{list}Signature={signature}", family.algorithm(), scope.text())
        }
    };
    headers.push(("authorization".to_owned(), authorization));
    Ok((target(request, &[]), headers))
}

/// Signs for whoever holds the address: a target that is good for `lasts_s` seconds without any header.
///
/// # Errors
///
/// Fails if the instant is outside the calendar.
pub fn presign_oss(
    request: &OssOutgoing<'_>,
    scheme: OssScheme,
    credentials: &Credentials,
    lasts_s: i64,
) -> Result<String, OssError> {
    let dates = Dates::of(request.timestamp_unix_s)?;
    let secret = credentials.access_key_secret.expose().as_bytes();
    let key = credentials.access_key_id.clone();
    let mut added: Vec<(&str, String)> = Vec::new();
    let token = credentials.security_token.as_ref();
    if scheme == OssScheme::V1 {
        let expires = request.timestamp_unix_s.saturating_add(lasts_s).to_string();
        added.extend(token.map(|token| ("security-token", token.clone())));
        let signable = oss_v1::Signable {
            method: request.method,
            content_md5: "",
            content_type: "",
            date: &expires,
            bucket: request.bucket,
            key: request.key,
        };
        let query = with_added(request.query, &added);
        let text = oss_v1::string_to_sign(&signable, std::iter::empty(), query.iter().copied());
        let signature = oss_v1::signature(secret, &text);
        added.extend([("OSSAccessKeyId", key), ("Expires", expires), ("Signature", signature)]);
        return Ok(target(request, &added));
    }
    let scope = Scope {
        family: Family::Oss,
        day: dates.compact.get(..8).unwrap_or_default(),
        region: request.region,
    };
    added.extend([
        ("x-oss-signature-version", Family::Oss.algorithm().to_owned()),
        ("x-oss-credential", format!("{key}/{}", scope.text())),
        ("x-oss-date", dates.compact.clone()),
        ("x-oss-expires", lasts_s.to_string()),
    ]);
    added.extend(token.map(|token| ("x-oss-security-token", token.clone())));
    let path = resource(request);
    let signable = oss_v4::Signable {
        method: request.method,
        path: &path,
        listed_headers: "",
        payload: "UNSIGNED-PAYLOAD",
    };
    let query = with_added(request.query, &added);
    let canonical =
        oss_v4::canonical_request(&signable, query.iter().copied(), std::iter::empty(), Empty::Bare);
    let text = oss_v4::string_to_sign(&scope, &dates.compact, &canonical);
    added.push(("x-oss-signature", oss_v4::signature(secret, &scope, &text)));
    Ok(target(request, &added))
}

/// An instant in the two forms that are signed.
struct Dates {
    http: String,
    compact: String,
}

impl Dates {
    fn of(unix_s: i64) -> Result<Self, OssError> {
        let http = http_date(unix_s);
        if parse_http_date(&http) != Some(unix_s) {
            return Err(OssError::argument("The instant of signing is outside the calendar."));
        }
        Ok(Self { http, compact: time::write(unix_s).replace(['-', ':'], "") })
    }
}

fn sorted<'q>(query: &[(&'q str, &'q str)]) -> Vec<(&'q str, &'q str)> {
    let mut query = query.to_vec();
    query.sort_unstable();
    query
}

fn with_added<'q>(query: &[(&'q str, &'q str)], added: &'q [(&'q str, String)]) -> Vec<(&'q str, &'q str)> {
    let added = added.iter().map(|(name, value)| (*name, value.as_str()));
    let all: Vec<_> = query.iter().copied().chain(added).collect();
    sorted(&all)
}

/// `/`, `/bucket/` or `/bucket/key`.
fn resource(request: &OssOutgoing<'_>) -> String {
    match request.bucket {
        None => "/".to_owned(),
        Some(bucket) => format!("/{bucket}/{}", request.key.unwrap_or_default()),
    }
}

fn target(request: &OssOutgoing<'_>, added: &[(&str, String)]) -> String {
    let mut out = Vec::new();
    encode_path_into(&mut out, &resource(request));
    let mut separator = b'?';
    let added = added.iter().map(|(name, value)| (*name, value.as_str()));
    for (name, value) in request.query.iter().copied().chain(added) {
        out.push(separator);
        encode_into(&mut out, name);
        if !value.is_empty() {
            out.push(b'=');
            encode_into(&mut out, value);
        }
        separator = b'&';
    }
    String::from_utf8_lossy(&out).into_owned()
}
