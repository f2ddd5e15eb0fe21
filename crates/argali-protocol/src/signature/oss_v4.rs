//! OSS signature V4 and the S3 signature that it is made after: HMAC-SHA256 under a key of the day.
// SPEC: wire protocol, OSS, signature V4.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::percent::{encode_into, encode_path_into};

/// What differs between the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Oss,
    S3,
}

impl Family {
    /// The name of the scheme.
    pub(crate) const fn algorithm(self) -> &'static str {
        match self {
            Self::Oss => "OSS4-HMAC-SHA256",
            Self::S3 => "AWS4-HMAC-SHA256",
        }
    }

    /// What the query parameters of presigned requests begin with.
    pub(crate) const fn parameter_prefix(self) -> &'static str {
        match self {
            Self::Oss => "x-oss-",
            Self::S3 => "X-Amz-",
        }
    }

    /// How the scope of every signature ends: service and terminator.
    const fn scope_end(self) -> (&'static str, &'static str) {
        match self {
            Self::Oss => ("oss", "aliyun_v4_request"),
            Self::S3 => ("s3", "aws4_request"),
        }
    }

    const fn key_prefix(self) -> &'static [u8] {
        match self {
            Self::Oss => b"aliyun_v4",
            Self::S3 => b"AWS4",
        }
    }
}

/// `<yyyymmdd>/<region>/<service>/<terminator>`: what the key is derived for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope<'s> {
    pub(crate) family: Family,
    pub(crate) day: &'s str,
    pub(crate) region: &'s str,
}

impl<'s> Scope<'s> {
    /// Reads `<AccessKeyId>/<scope>`.
    pub(crate) fn parse(family: Family, credential: &'s str) -> Option<(&'s str, Self)> {
        let mut parts = credential.rsplitn(5, '/');
        let (service, terminator) = family.scope_end();
        let (end, named, region, day, key) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let is_day = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
        let fits = end == terminator && named == service && is_day && !region.is_empty() && !key.is_empty();
        fits.then_some((key, Self { family, day, region }))
    }

    pub(crate) fn text(&self) -> String {
        let (service, terminator) = self.family.scope_end();
        format!("{}/{}/{service}/{terminator}", self.day, self.region)
    }
}

/// What is signed of a request, besides its query and headers.
#[derive(Clone, Copy)]
pub(crate) struct Signable<'s> {
    pub(crate) method: &'s str,
    /// `/`, `/bucket/` or `/bucket/key`, decoded; for S3 the path as it was sent, decoded.
    pub(crate) path: &'s str,
    /// Headers that are signed besides those that always are, sorted, with `;` between; for S3 all.
    pub(crate) listed_headers: &'s str,
    pub(crate) payload: &'s str,
}

/// How a query parameter without a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    /// As its name.
    Bare,
    /// With `=` after it.
    Assigned,
}

/// The text whose hash is signed; `query` and `headers` are those that count, headers sorted.
pub(crate) fn canonical_request<'q>(
    signable: &Signable<'_>,
    query: impl Iterator<Item = (&'q str, &'q str)>,
    headers: impl Iterator<Item = (&'q str, &'q str)>,
    empty: Empty,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(signable.method.as_bytes());
    out.push(b'\n');
    encode_path_into(&mut out, signable.path);
    out.push(b'\n');
    let mut pairs: Vec<_> = query.map(|(name, value)| (encoded(name), encoded(value))).collect();
    pairs.sort_unstable();
    for (at, (name, value)) in pairs.iter().enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        if !value.is_empty() || empty == Empty::Assigned {
            out.push(b'=');
            out.extend_from_slice(value);
        }
    }
    out.push(b'\n');
    for (name, value) in headers {
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        out.extend_from_slice(value.as_bytes());
        out.push(b'\n');
    }
    out.push(b'\n');
    out.extend_from_slice(signable.listed_headers.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(signable.payload.as_bytes());
    out
}

/// The text that is signed.
pub(crate) fn string_to_sign(scope: &Scope<'_>, date: &str, canonical_request: &[u8]) -> Vec<u8> {
    let hash = hex::encode(Sha256::digest(canonical_request));
    format!("{}\n{date}\n{}\n{hash}", scope.family.algorithm(), scope.text()).into_bytes()
}

/// The signature in its text form.
pub(crate) fn signature(secret: &[u8], scope: &Scope<'_>, string_to_sign: &[u8]) -> String {
    let mut key = Zeroizing::new(scope.family.key_prefix().to_vec());
    key.extend_from_slice(secret);
    let (service, terminator) = scope.family.scope_end();
    for part in [scope.day, scope.region, service, terminator] {
        key = Zeroizing::new(mac(&key, part.as_bytes()).to_vec());
    }
    hex::encode(mac(&key, string_to_sign))
}

fn mac(key: &[u8], text: &[u8]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any key");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

fn encoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    encode_into(&mut out, text);
    out
}
