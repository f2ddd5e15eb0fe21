//! By which credential a request to object storage was made, and what was signed.
// SPEC: wire protocol, OSS, signatures V1 and V4.

use std::borrow::Cow;

use super::date::parse_http_date;
use super::{Dialect, OssError};
use crate::once_headers::OnceHeaders;
use crate::params::Params;
use crate::signature::oss_v4::{self, Empty, Family, Scope};
use crate::signature::{Claim, Signed, Term, oss_v1};
use crate::{BadTimestamp, Credential, time};

/// How long a presigned request may be good, in seconds.
// SPEC: limits, OSS presigned V4 validity.
const LONGEST_TERM_S: i64 = 604_800;
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// What a request names.
#[derive(Clone, Copy)]
pub(super) struct Named<'n> {
    pub(super) method: &'n str,
    /// The path as it was sent, decoded.
    pub(super) path: &'n str,
    pub(super) bucket: Option<&'n str>,
    pub(super) key: Option<&'n str>,
}

/// The one credential of a request, and the form of the protocol that goes with it. Two are refused.
// SPEC: security requirements, R2.
pub(super) fn read<'a>(
    named: &Named<'_>,
    headers: &OnceHeaders<'a>,
    query: &Params<'a>,
) -> Result<(Credential<'a>, Dialect), OssError> {
    let by_query = [
        query.get("OSSAccessKeyId").is_some() || query.get("Signature").is_some(),
        query.get("x-oss-signature-version").is_some() || query.get("x-oss-signature").is_some(),
        query.get("X-Amz-Signature").is_some() || query.get("X-Amz-Algorithm").is_some(),
    ];
    let authorization = headers.get("authorization");
    if by_query.iter().filter(|given| **given).count() + usize::from(authorization.is_some()) > 1 {
        return Err(OssError::argument("The request has two signatures: send one."));
    }
    let signed = match (authorization, by_query) {
        (Some(authorization), _) => return by_header(named, headers, query, authorization),
        (None, [true, ..]) => presigned_v1(named, headers, query)?,
        (None, [_, true, _]) => presigned_v4(named, headers, query, Family::Oss)?,
        (None, [.., true]) => {
            return Ok((Credential::Signed(presigned_v4(named, headers, query, Family::S3)?), Dialect::S3));
        }
        _ => {
            let s3 = headers.iter().any(|(name, _)| name.starts_with("x-amz-"));
            return Ok((Credential::Anonymous, if s3 { Dialect::S3 } else { Dialect::Oss }));
        }
    };
    Ok((Credential::Signed(signed), Dialect::Oss))
}

fn by_header<'a>(
    named: &Named<'_>,
    headers: &OnceHeaders<'a>,
    query: &Params<'a>,
    authorization: &'a str,
) -> Result<(Credential<'a>, Dialect), OssError> {
    let (signed, dialect) = match authorization.split_once(' ') {
        Some(("OSS", rest)) => (header_v1(named, headers, query, rest)?, Dialect::Oss),
        Some(("OSS4-HMAC-SHA256", rest)) => {
            (header_v4(named, headers, query, rest, Family::Oss)?, Dialect::Oss)
        }
        Some(("AWS4-HMAC-SHA256", rest)) => {
            (header_v4(named, headers, query, rest, Family::S3)?, Dialect::S3)
        }
        _ => {
            let message =
                "The Authorization header has a form that is not known here: sign with OSS V1 or V4.";
            return Err(OssError::argument(message));
        }
    };
    Ok((Credential::Signed(signed), dialect))
}

/// The token of a session, from its one place.
fn token<'a>(
    headers: &OnceHeaders<'a>,
    header: &str,
    query: &Params<'a>,
    parameter: &str,
) -> Result<Option<Cow<'a, str>>, OssError> {
    let plain = headers.get("security-token").filter(|_| header == "x-oss-security-token");
    let by_header = headers.get(header).or(plain).filter(|token| !token.is_empty());
    let by_query = query.get(parameter).filter(|token| !token.is_empty());
    match (by_header, by_query) {
        (Some(_), Some(_)) => {
            Err(OssError::argument("The security token is in a header and in the query: send it once."))
        }
        (Some(token), None) => Ok(Some(Cow::Borrowed(token))),
        (None, token) => Ok(token.map(|token| Cow::Owned(token.to_owned()))),
    }
}

fn header_v1<'a>(
    named: &Named<'_>,
    headers: &OnceHeaders<'a>,
    query: &Params<'a>,
    rest: &'a str,
) -> Result<Signed<'a>, OssError> {
    let (key, claimed) =
        rest.split_once(':').filter(|(key, claimed)| !key.is_empty() && !claimed.is_empty()).ok_or_else(
            || OssError::argument("Write the Authorization header as OSS <AccessKeyId>:<Signature>."),
        )?;
    let date = headers.get("x-oss-date").or_else(|| headers.get("date")).unwrap_or_default();
    let claim = Claim {
        access_key_id: Cow::Borrowed(key),
        security_token: token(headers, "x-oss-security-token", query, "security-token")?,
        nonce: Cow::Borrowed(""),
        timestamp: date_of(date),
        claimed: Cow::Borrowed(claimed),
    };
    Ok(Signed::oss_v1(claim, text_v1(named, headers, query, date), Term::Moment))
}

fn presigned_v1<'a>(
    named: &Named<'_>,
    headers: &OnceHeaders<'a>,
    query: &Params<'a>,
) -> Result<Signed<'a>, OssError> {
    let part = |name: &str| {
        query.get(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            OssError::denied(format!(
                "The presigned request lacks {name}: send OSSAccessKeyId, Expires and Signature."
            ))
        })
    };
    let expires = part("Expires")?;
    let ends: i64 = expires
        .parse()
        .map_err(|_| OssError::argument("Expires is no number of seconds since 1970: sign with one."))?;
    let claim = Claim {
        access_key_id: Cow::Owned(part("OSSAccessKeyId")?.to_owned()),
        security_token: token(headers, "x-oss-security-token", query, "security-token")?,
        nonce: Cow::Borrowed(""),
        timestamp: Ok(ends),
        claimed: Cow::Owned(part("Signature")?.to_owned()),
    };
    Ok(Signed::oss_v1(claim, text_v1(named, headers, query, expires), Term::Until(ends)))
}

fn text_v1(named: &Named<'_>, headers: &OnceHeaders<'_>, query: &Params<'_>, date: &str) -> Vec<u8> {
    let signable = oss_v1::Signable {
        method: named.method,
        content_md5: headers.get("content-md5").unwrap_or_default(),
        content_type: headers.get("content-type").unwrap_or_default(),
        date,
        bucket: named.bucket,
        key: named.key,
    };
    oss_v1::string_to_sign(&signable, headers.iter(), query.iter())
}

/// The fields of an `Authorization` header of V4, in any order.
struct Fields<'a> {
    credential: &'a str,
    listed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Fields<'a> {
    fn parse(text: &'a str, family: Family) -> Result<Self, OssError> {
        let malformed = || {
            let algorithm = family.algorithm();
            OssError::argument(format!(
                "Write the Authorization header as {algorithm} Credential=…,Signature=…."
            ))
        };
        let list = if family == Family::Oss { "AdditionalHeaders" } else { "SignedHeaders" };
        let (mut credential, mut listed, mut signature) = (None, None, None);
        for field in text.split(',') {
            let (name, value) = field.trim().split_once('=').ok_or_else(malformed)?;
            let place = match name {
                "Credential" => &mut credential,
                "Signature" => &mut signature,
                _ if name == list => &mut listed,
                _ => return Err(malformed()),
            };
            if place.replace(value).is_some() {
                return Err(malformed());
            }
        }
        let (Some(credential), Some(signature)) = (credential, signature) else { return Err(malformed()) };
        Ok(Self { credential, listed_headers: listed.unwrap_or_default(), signature })
    }
}

fn header_v4<'a>(
    named: &Named<'_>,
    headers: &OnceHeaders<'a>,
    query: &Params<'a>,
    rest: &'a str,
    family: Family,
) -> Result<Signed<'a>, OssError> {
    let prefix = family_header_prefix(family);
    let fields = Fields::parse(rest, family)?;
    let (key, scope) = Scope::parse(family, fields.credential).ok_or_else(bad_scope)?;
    let date = headers.own(prefix, "date").unwrap_or_default();
    let payload = headers.own(prefix, "content-sha256").ok_or_else(|| {
        OssError::argument(format!("Send the header {prefix}content-sha256, for example {UNSIGNED_PAYLOAD}."))
    })?;
    let claim = Claim {
        access_key_id: Cow::Borrowed(key),
        security_token: token(headers, &format!("{prefix}security-token"), query, "x-oss-security-token")?,
        nonce: Cow::Borrowed(""),
        timestamp: compact_date(date).filter(|_| date.starts_with(scope.day)).ok_or(BadTimestamp),
        claimed: Cow::Borrowed(fields.signature),
    };
    let parts = Parts { headers, query, listed: fields.listed_headers, payload, date };
    let texts = texts_v4(named, &parts, &scope)?;
    Ok(Signed::oss_v4(claim, &scope, texts, Term::Moment))
}

fn presigned_v4<'a>(
    named: &Named<'_>,
    headers: &OnceHeaders<'a>,
    query: &Params<'a>,
    family: Family,
) -> Result<Signed<'a>, OssError> {
    let prefix = family.parameter_prefix();
    let names = match family {
        Family::Oss => ["credential", "date", "expires", "signature", "additional-headers", "security-token"],
        Family::S3 => ["Credential", "Date", "Expires", "Signature", "SignedHeaders", "Security-Token"],
    };
    let [credential, date, expires, signature, listed, token_name] =
        names.map(|name| format!("{prefix}{name}"));
    let part = |name: &str| {
        let value = query.get(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| OssError::denied(format!("The presigned request lacks {name}: sign it again.")))
    };
    let (key, scope) = Scope::parse(family, part(&credential)?).ok_or_else(bad_scope)?;
    let date = part(&date)?;
    let begins = compact_date(date).filter(|_| date.starts_with(scope.day)).ok_or_else(|| {
        OssError::argument("The date of the presigned request is none of its credential's day.")
    })?;
    let lasts = part(&expires)?.parse().ok().filter(|lasts| (1..=LONGEST_TERM_S).contains(lasts));
    let lasts: i64 = lasts.ok_or_else(|| {
        OssError::argument("A presigned request is good for 1 to 604800 seconds: sign it again for less.")
    })?;
    let header = format!("{}security-token", family_header_prefix(family));
    let claim = Claim {
        access_key_id: Cow::Owned(key.to_owned()),
        security_token: token(headers, &header, query, &token_name)?,
        nonce: Cow::Borrowed(""),
        timestamp: Ok(begins),
        claimed: Cow::Owned(part(&signature)?.to_owned()),
    };
    let listed = query.get(&listed).unwrap_or_default();
    let parts = Parts { headers, query, listed, payload: UNSIGNED_PAYLOAD, date };
    let texts = texts_v4(named, &parts, &scope)?;
    Ok(Signed::oss_v4(claim, &scope, texts, Term::Until(begins.saturating_add(lasts))))
}

/// What goes into a canonical request.
struct Parts<'p, 'a> {
    headers: &'p OnceHeaders<'a>,
    query: &'p Params<'a>,
    listed: &'p str,
    payload: &'p str,
    date: &'p str,
}

/// The texts of which one must have been signed: clients differ in how they write parameters without a value.
fn texts_v4(named: &Named<'_>, parts: &Parts<'_, '_>, scope: &Scope<'_>) -> Result<Vec<Vec<u8>>, OssError> {
    let family = scope.family;
    let listed: Vec<&str> = parts.listed.split(';').filter(|name| !name.is_empty()).collect();
    if !listed.is_sorted_by(|a, b| a < b) {
        return Err(OssError::argument("List the signed headers in ascending order, each name once."));
    }
    if let Some(absent) = listed.iter().find(|name| parts.headers.get(name).is_none()) {
        return Err(OssError::argument(format!("The signed header {absent} is not there: send it.")));
    }
    if family == Family::S3 && !listed.contains(&"host") {
        return Err(OssError::argument("The header host is not signed: sign it."));
    }
    // SPEC: security requirements, R4: what means something to the server is signed.
    let unsigned = |name: &str| name.starts_with("x-amz-") && !listed.contains(&name);
    if family == Family::S3
        && let Some((name, _)) = parts.headers.iter().find(|(name, _)| unsigned(name))
    {
        return Err(OssError::argument(format!("The header {name} is not signed: sign it.")));
    }
    let always = |name: &str| {
        family == Family::Oss
            && (name.starts_with("x-oss-") || matches!(name, "content-type" | "content-md5"))
    };
    let signed = |(name, _): &(&str, &str)| always(name) || listed.contains(name);
    let signature = match family {
        Family::Oss => "x-oss-signature",
        Family::S3 => "X-Amz-Signature",
    };
    let path = match (family, named.bucket, named.key) {
        (Family::S3, ..) => named.path.to_owned(),
        (Family::Oss, None, _) => "/".to_owned(),
        (Family::Oss, Some(bucket), key) => format!("/{bucket}/{}", key.unwrap_or_default()),
    };
    let signable = oss_v4::Signable {
        method: named.method,
        path: &path,
        listed_headers: parts.listed,
        payload: parts.payload,
    };
    let text = |empty| {
        let query = parts.query.iter().filter(|(name, _)| *name != signature);
        let headers = parts.headers.iter().filter(signed);
        let canonical = oss_v4::canonical_request(&signable, query, headers, empty);
        oss_v4::string_to_sign(scope, parts.date, &canonical)
    };
    let has_empty = parts.query.iter().any(|(_, value)| value.is_empty());
    Ok(match (family, has_empty) {
        (Family::S3, _) => vec![text(Empty::Assigned)],
        (Family::Oss, false) => vec![text(Empty::Bare)],
        (Family::Oss, true) => vec![text(Empty::Bare), text(Empty::Assigned)],
    })
}

const fn family_header_prefix(family: Family) -> &'static str {
    match family {
        Family::Oss => Dialect::Oss.header_prefix(),
        Family::S3 => Dialect::S3.header_prefix(),
    }
}

fn bad_scope() -> OssError {
    OssError::argument(
        "The credential is not <AccessKeyId>/<yyyymmdd>/<region>/<service>/<terminator>: sign again.",
    )
}

/// `Thu, 02 Jan 2025 03:04:05 GMT`, or the compact form that V4 has.
fn date_of(text: &str) -> Result<i64, BadTimestamp> {
    compact_date(text).or_else(|| parse_http_date(text)).ok_or(BadTimestamp)
}

/// `20250102T030405Z`.
fn compact_date(text: &str) -> Option<i64> {
    let digits = |range: std::ops::Range<usize>| {
        text.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if text.len() != 16 || text.get(8..9) != Some("T") || text.get(15..) != Some("Z") {
        return None;
    }
    let (year, month, day) = (digits(0..4)?, digits(4..6)?, digits(6..8)?);
    let (hour, minute, second) = (digits(9..11)?, digits(11..13)?, digits(13..15)?);
    time::parse(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z")).ok()
}
