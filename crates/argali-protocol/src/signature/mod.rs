//! Signatures of calls: what is claimed, what was signed, and whether the two agree.

pub(crate) mod oss_v1;
pub(crate) mod oss_v4;
pub(crate) mod v1;
pub(crate) mod v3;

use std::borrow::Cow;
use std::fmt;

use subtle::{Choice, ConstantTimeEq};

use crate::BadTimestamp;

/// How a call is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// HMAC-SHA1 over sorted parameters, `SignatureVersion` 1.0.
    V1,
    /// ACS3-HMAC-SHA256 over a canonical request.
    V3,
    /// HMAC-SHA1 over a few headers and the name of an object.
    OssV1,
    /// HMAC-SHA256 under a key of the day, as OSS or S3 has it.
    OssV4,
    /// HMAC-SHA1 over a few headers and the target.
    Mns,
}

/// When a signature counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// Around the instant at which it was made.
    Moment,
    /// From the instant at which it was made, if it tells one, until this one, in Unix seconds.
    Until(i64),
}

/// A signed call's credential. `Debug` shows neither token nor signature nor what was signed.
pub struct Signed<'a> {
    /// The key that the caller claims to hold; `STS.…` for sessions. Not empty.
    pub access_key_id: Cow<'a, str>,
    /// The session's token; present whenever the key id begins with `STS.`.
    pub security_token: Option<Cow<'a, str>>,
    /// Unique text against replay, at most [`MAX_NONCE_CHARS`](crate::MAX_NONCE_CHARS) characters; empty under the
    /// schemes of object storage and messaging, which have none.
    pub nonce: Cow<'a, str>,
    /// When the caller says that it signed, in Unix seconds.
    pub timestamp: Result<i64, BadTimestamp>,
    /// How it is signed.
    pub scheme: Scheme,
    /// When it counts.
    pub term: Term,
    /// The signature in the text form of its scheme.
    claimed: Cow<'a, str>,
    /// V3: the canonical request, whose hash is in the string to sign. Otherwise the string to sign.
    canonical: Vec<u8>,
    /// Under a scheme that derives its key: what for.
    derived: Option<Box<Derived>>,
    /// Whether the body is the one whose hash the caller sent.
    payload_intact: bool,
}

/// What a key is derived for, and what else may have been signed with it.
struct Derived {
    family: oss_v4::Family,
    day: String,
    region: String,
    /// Other strings of which it may be the signature, where clients differ in how they write one.
    alternatives: Vec<Vec<u8>>,
}

/// The parts of a credential that are read from the request, alike in all schemes.
pub(crate) struct Claim<'a> {
    pub(crate) access_key_id: Cow<'a, str>,
    pub(crate) security_token: Option<Cow<'a, str>>,
    pub(crate) nonce: Cow<'a, str>,
    pub(crate) timestamp: Result<i64, BadTimestamp>,
    pub(crate) claimed: Cow<'a, str>,
}

impl<'a> Signed<'a> {
    pub(crate) fn v1(claim: Claim<'a>, string_to_sign: Vec<u8>) -> Self {
        Self::new(claim, Scheme::V1, string_to_sign, true)
    }

    pub(crate) fn v3(claim: Claim<'a>, canonical_request: Vec<u8>, payload_intact: bool) -> Self {
        Self::new(claim, Scheme::V3, canonical_request, payload_intact)
    }

    pub(crate) fn oss_v1(claim: Claim<'a>, string_to_sign: Vec<u8>, term: Term) -> Self {
        Self { term, ..Self::new(claim, Scheme::OssV1, string_to_sign, true) }
    }

    pub(crate) fn mns(claim: Claim<'a>, string_to_sign: Vec<u8>) -> Self {
        Self::new(claim, Scheme::Mns, string_to_sign, true)
    }

    /// `texts` are the strings of which it may be the signature, the likeliest first.
    pub(crate) fn oss_v4(
        claim: Claim<'a>,
        scope: &oss_v4::Scope<'_>,
        mut texts: Vec<Vec<u8>>,
        term: Term,
    ) -> Self {
        let alternatives = texts.split_off(texts.len().min(1));
        let canonical = texts.pop().unwrap_or_default();
        let derived = Derived {
            family: scope.family,
            day: scope.day.to_owned(),
            region: scope.region.to_owned(),
            alternatives,
        };
        Self { term, derived: Some(Box::new(derived)), ..Self::new(claim, Scheme::OssV4, canonical, true) }
    }

    fn new(claim: Claim<'a>, scheme: Scheme, canonical: Vec<u8>, payload_intact: bool) -> Self {
        let Claim { access_key_id, security_token, nonce, timestamp, claimed } = claim;
        Self {
            access_key_id,
            security_token,
            nonce,
            timestamp,
            scheme,
            term: Term::Moment,
            claimed,
            canonical,
            derived: None,
            payload_intact,
        }
    }

    /// Checks the signature under the key's secret, in time that does not depend on where they differ.
    ///
    /// Under V3 a body that is not the one whose hash was sent fails like a wrong signature. For an unknown key
    /// call it with any secret, so that the answer takes as long.
    pub fn verify(&self, secret: &[u8]) -> Result<(), SignatureMismatch> {
        let claimed = self.claimed.as_bytes();
        let equal = match self.scheme {
            Scheme::V1 => v1::signature(secret, &self.canonical).as_slice().ct_eq(claimed),
            Scheme::V3 => {
                let string_to_sign = v3::string_to_sign(&self.canonical);
                v3::signature(secret, &string_to_sign).as_slice().ct_eq(claimed)
            }
            Scheme::OssV1 | Scheme::Mns => {
                oss_v1::signature(secret, &self.canonical).as_bytes().ct_eq(claimed)
            }
            Scheme::OssV4 => self.verify_derived(secret, claimed),
        };
        if self.payload_intact && bool::from(equal) { Ok(()) } else { Err(self.mismatch()) }
    }

    fn verify_derived(&self, secret: &[u8], claimed: &[u8]) -> Choice {
        let Some(derived) = &self.derived else { return Choice::from(0) };
        let scope = oss_v4::Scope { family: derived.family, day: &derived.day, region: &derived.region };
        let is_of = |text: &Vec<u8>| oss_v4::signature(secret, &scope, text).as_bytes().ct_eq(claimed);
        let texts = std::iter::once(&self.canonical).chain(&derived.alternatives);
        texts.fold(Choice::from(0), |equal, text| equal | is_of(text))
    }

    /// The signature as it was sent.
    pub fn claimed(&self) -> &str {
        &self.claimed
    }

    /// Why the signature is not the right one: the text over which the server computed it.
    pub fn mismatch(&self) -> SignatureMismatch {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match self.scheme {
            Scheme::V1 | Scheme::OssV1 | Scheme::OssV4 | Scheme::Mns => {
                SignatureMismatch { string_to_sign: text(&self.canonical), canonical_request: None }
            }
            Scheme::V3 => SignatureMismatch {
                string_to_sign: text(&v3::string_to_sign(&self.canonical)),
                canonical_request: Some(text(&self.canonical)),
            },
        }
    }
}

impl fmt::Debug for Signed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("access_key_id", &self.access_key_id)
            .field("scheme", &self.scheme)
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}

/// The signature is not that of this secret over this request.
///
/// What was signed may contain a security token: it goes to the caller, who sent it, and to no log. So `Debug`
/// and `Display` leave it out.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("signature does not match")]
pub struct SignatureMismatch {
    string_to_sign: String,
    canonical_request: Option<String>,
}

impl SignatureMismatch {
    /// The error code on the wire.
    pub fn code(&self) -> &'static str {
        "SignatureDoesNotMatch"
    }

    /// The HTTP status that goes with [`Self::code`].
    pub fn http_status(&self) -> u16 {
        400
    }

    /// What the caller reads. Clients split it at the colon and compare the rest with their own string to sign.
    // SPEC: wire protocol, errors.
    pub fn message(&self) -> String {
        const FORM: &str =
            "Specified signature is not matched with our calculation. server string to sign is:";
        format!("{FORM}{}", self.string_to_sign)
    }

    /// The text over which the server computed the HMAC.
    pub fn string_to_sign(&self) -> &str {
        &self.string_to_sign
    }

    /// Under V3, the canonical request whose hash is in the string to sign.
    pub fn canonical_request(&self) -> Option<&str> {
        self.canonical_request.as_deref()
    }
}

impl fmt::Debug for SignatureMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureMismatch").finish_non_exhaustive()
    }
}
