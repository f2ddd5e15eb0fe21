//! From an HTTP request to a call: the one reading that signature, judging, dispatch and audit all use.

use std::borrow::Cow;
use std::fmt;

use crate::error::Place;
use crate::format::Format;
use crate::headers::{Headers, is_form};
use crate::params::Params;
use crate::signature::{self, Signed};
use crate::{ProtocolError, time};

/// How many characters a nonce may have.
// SPEC: security requirements, R7.
pub const MAX_NONCE_CHARS: usize = 128;

/// An HTTP request as it came, after framing.
#[derive(Clone, Copy)]
pub struct HttpRequest<'a> {
    /// The method, as sent.
    pub method: &'a str,
    /// The request target: `/path?query`, or `http://host/path?query` as proxies get it.
    pub target: &'a str,
    /// All headers in the order sent, names in lower case. Under HTTP/2 the caller puts `:authority` in `host`.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The whole body.
    pub body: &'a [u8],
}

/// A call: what is asked for, and by which credential. Nothing is verified yet.
#[derive(Debug)]
pub struct Call<'a> {
    /// The operation, for example `CreateRole`; not empty, not known to exist.
    pub action: Cow<'a, str>,
    /// The API date, for example `2015-05-01`; not empty, not known to exist.
    pub version: Cow<'a, str>,
    /// Business and common parameters.
    pub params: Params<'a>,
    /// How to answer.
    pub format: Format,
    /// Who says that they are calling.
    pub credential: Credential<'a>,
    /// The host that was called, with its port if it was sent; empty if none was.
    pub host: &'a str,
}

/// What a call offers to show who makes it.
#[derive(Debug)]
pub enum Credential<'a> {
    /// Nothing. Only the operations that carry their own proof accept that.
    Anonymous,
    /// A key id and a signature, still to be verified.
    Signed(Signed<'a>),
}

/// Reads a request.
///
/// Fails on whatever has two readings or none, before any signature is computed. A body that is not a form is
/// refused rather than ignored, under every scheme. What needs a look at the server's state is left to the
/// caller: whether the version, the operation and the key exist, the clock, the nonce, the signature.
pub fn decode<'a>(request: &HttpRequest<'a>) -> Result<Call<'a>, ProtocolError> {
    if !matches!(request.method, "GET" | "POST") {
        return Err(ProtocolError::Method);
    }
    let headers = Headers::read(request.headers)?;
    let target = Target::read(request.target, headers.host)?;
    let params = Params::read(target.query, form(request.body, &headers)?)?;
    match offered(&headers, &params)? {
        Offer::V3(authorization) => decode_v3(request, &headers, target, params, authorization),
        Offer::V1 => decode_v1(request, target, params),
        Offer::Nothing => decode_anonymous(&headers, target, params),
    }
}

fn decode_v1<'a>(
    request: &HttpRequest<'a>,
    target: Target<'a>,
    params: Params<'a>,
) -> Result<Call<'a>, ProtocolError> {
    let needed = |name| params.common(name).ok_or(missing(name));
    let (action, version) = (needed("Action")?, needed("Version")?);
    let access_key_id = needed("AccessKeyId")?;
    let claimed = params
        .common("Signature")
        .ok_or(ProtocolError::IncompleteSignature(Cow::Borrowed("send the parameter Signature")))?;
    if needed("SignatureMethod")? != "HMAC-SHA1" {
        return Err(ProtocolError::SignatureMethod);
    }
    if needed("SignatureVersion")? != "1.0" {
        return Err(ProtocolError::IncompleteSignature(Cow::Borrowed("send SignatureVersion=1.0")));
    }
    let nonce = checked_nonce(needed("SignatureNonce")?)?;
    let timestamp = time::parse(&needed("Timestamp")?);
    let security_token = params.common("SecurityToken");
    if access_key_id.starts_with("STS.") && security_token.is_none() {
        return Err(missing("SecurityToken"));
    }
    let format = Format::choose(params.get("Format"), Format::Xml)?;
    let canonical = signature::v1::string_to_sign(request.method, &params);
    let signed =
        Signed::v1(signature::Claim { access_key_id, security_token, nonce, timestamp, claimed }, canonical);
    Ok(Call { action, version, params, format, credential: Credential::Signed(signed), host: target.host })
}

fn decode_v3<'a>(
    request: &HttpRequest<'a>,
    headers: &Headers<'a>,
    target: Target<'a>,
    params: Params<'a>,
    authorization: &'a str,
) -> Result<Call<'a>, ProtocolError> {
    let authorization = signature::v3::Authorization::parse(authorization)?;
    let needed = |value: Option<&'a str>, parameter, header| {
        let place = Place::Header(header);
        value.filter(|value| !value.is_empty()).ok_or(ProtocolError::Missing { parameter, place })
    };
    let action = needed(headers.action, "Action", Headers::ACTION)?;
    let version = needed(headers.version, "Version", Headers::VERSION)?;
    let timestamp = time::parse(needed(headers.date, "Timestamp", Headers::DATE)?);
    let nonce = checked_nonce(Cow::Borrowed(needed(headers.nonce, "SignatureNonce", Headers::NONCE)?))?;
    let security_token = headers.security_token.filter(|token| !token.is_empty());
    if authorization.access_key_id.starts_with("STS.") {
        needed(security_token, "SecurityToken", Headers::SECURITY_TOKEN)?;
    }
    authorization.check_coverage(headers)?;
    let format = match Format::choose(params.get("Format"), Format::accepted(headers.accept)) {
        // V3 has no such parameter, so an operation may have one of its own.
        Err(_) => Format::accepted(headers.accept),
        Ok(format) => format,
    };
    let payload = signature::v3::payload_hash(request.body);
    let payload_intact = headers.content_sha256.is_some_and(|claimed| claimed.as_bytes() == payload);
    let canonical = signature::v3::canonical_request(
        request.method,
        &params,
        authorization.signed_headers,
        request.headers,
        &payload,
    )?;
    let claim = signature::Claim {
        access_key_id: Cow::Borrowed(authorization.access_key_id),
        security_token: security_token.map(Cow::Borrowed),
        nonce,
        timestamp,
        claimed: Cow::Borrowed(authorization.signature),
    };
    let credential = Credential::Signed(Signed::v3(claim, canonical, payload_intact));
    let (action, version) = (Cow::Borrowed(action), Cow::Borrowed(version));
    Ok(Call { action, version, params, format, credential, host: target.host })
}

/// A call without a signature: V1's common parameters without key and signature, or V3's headers without
/// `Authorization`.
// SPEC: wire protocol, unsigned calls.
fn decode_anonymous<'a>(
    headers: &Headers<'a>,
    target: Target<'a>,
    params: Params<'a>,
) -> Result<Call<'a>, ProtocolError> {
    let from_params = params.get("Action").is_some() || headers.action.is_none();
    let (action, version, default) = if from_params {
        (params.common("Action"), params.common("Version"), Format::Xml)
    } else {
        let header = |value: Option<&'a str>| value.filter(|value| !value.is_empty()).map(Cow::Borrowed);
        (header(headers.action), header(headers.version), Format::accepted(headers.accept))
    };
    let action = action.ok_or(missing("Action"))?;
    let version = version.ok_or(missing("Version"))?;
    let format = Format::choose(params.get("Format"), default)?;
    Ok(Call { action, version, params, format, credential: Credential::Anonymous, host: target.host })
}

/// The scheme of the credential in a request.
enum Offer<'a> {
    V3(&'a str),
    V1,
    Nothing,
}

/// Finds the one scheme of a request; two are refused.
// SPEC: security requirements, R2 and R4; wire protocol, other schemes.
fn offered<'a>(headers: &Headers<'a>, params: &Params<'a>) -> Result<Offer<'a>, ProtocolError> {
    const BY_PARAMETER: [&str; 4] = ["AccessKeyId", "Signature", "SecurityToken", "BearerToken"];
    const OF_OBJECT_STORAGE: [&str; 2] = ["OSSAccessKeyId", "x-oss-signature"];
    let has = |names: &[&str]| names.iter().any(|name| params.get(name).is_some());
    let by_parameter = has(&BY_PARAMETER);
    let two = |detail| Err(ProtocolError::TwoCredentials(detail));
    if headers.authorization.is_some() && by_parameter {
        return two("an Authorization header and signature parameters");
    }
    if headers.bearer_token.is_some() && (headers.authorization.is_some() || by_parameter) {
        return two("a bearer token and a signature");
    }
    if (headers.authorization.is_some() || by_parameter) && has(&OF_OBJECT_STORAGE) {
        return two("signature parameters of object storage and of another scheme");
    }
    if let Some(authorization) = headers.authorization {
        return match authorization.split_once([' ', '\t']) {
            Some(("ACS3-HMAC-SHA256", rest)) => Ok(Offer::V3(rest)),
            _ if authorization == "ACS3-HMAC-SHA256" => Ok(Offer::V3("")),
            _ => Err(ProtocolError::SignatureMethod),
        };
    }
    if headers.bearer_token.is_some() {
        return Err(ProtocolError::BearerToken);
    }
    match params.get("SignatureType") {
        Some("BEARERTOKEN") => Err(ProtocolError::BearerToken),
        _ if params.get("BearerToken").is_some() => Err(ProtocolError::BearerToken),
        None | Some("") => Ok(if by_parameter { Offer::V1 } else { Offer::Nothing }),
        Some(_) => Err(ProtocolError::SignatureMethod),
    }
}

/// The parts of a request target.
struct Target<'a> {
    query: &'a str,
    host: &'a str,
}

impl<'a> Target<'a> {
    fn read(target: &'a str, host: Option<&'a str>) -> Result<Self, ProtocolError> {
        let (before, query) = target.split_once('?').unwrap_or((target, ""));
        let absolute = strip_scheme(before).map(|rest| match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        });
        let (authority, path) = absolute.map_or((None, before), |(authority, path)| (Some(authority), path));
        if path != "/" {
            return Err(ProtocolError::Path);
        }
        // A request with two hosts would be judged as one and verified as the other.
        match (authority, host) {
            (Some(authority), Some(host)) if !same_host(authority, host) => Err(ProtocolError::HostConflict),
            (authority, host) => Ok(Self { query, host: host.or(authority).unwrap_or_default() }),
        }
    }
}

fn strip_scheme(target: &str) -> Option<&str> {
    let (scheme, rest) = target.split_once("://")?;
    (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")).then_some(rest)
}

fn same_host(a: &str, b: &str) -> bool {
    fn without_default_port(host: &str) -> &str {
        host.strip_suffix(":80").or_else(|| host.strip_suffix(":443")).unwrap_or(host)
    }
    without_default_port(a).eq_ignore_ascii_case(without_default_port(b))
}

/// The body as form text; clients that send none may still name any content type.
fn form<'a>(body: &'a [u8], headers: &Headers<'_>) -> Result<&'a str, ProtocolError> {
    if body.is_empty() {
        return Ok("");
    }
    if !headers.content_type.is_some_and(is_form) {
        return Err(ProtocolError::BodyNotForm);
    }
    str::from_utf8(body).map_err(|_| ProtocolError::NotUtf8("query or form"))
}

fn checked_nonce(nonce: Cow<'_, str>) -> Result<Cow<'_, str>, ProtocolError> {
    if nonce.chars().count() > MAX_NONCE_CHARS { Err(ProtocolError::NonceTooLong) } else { Ok(nonce) }
}

fn missing(parameter: &'static str) -> ProtocolError {
    ProtocolError::Missing { parameter, place: Place::Parameter }
}

impl fmt::Debug for HttpRequest<'_> {
    /// Leaves out target, values and body, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
