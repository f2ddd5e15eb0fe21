//! From an HTTP request to a call: the one reading that signature, judging, dispatch and audit all use.

use std::borrow::Cow;
use std::fmt;

use crate::common::{Common, Offer};
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
    let common = Common::of(&params);
    let Head { action, version, format, credential } = match Offer::of(&headers, &common)? {
        Offer::V3(fields) => decode_v3(request, &headers, &params, &common, fields)?,
        Offer::V1 => decode_v1(request.method, &params, &common)?,
        Offer::Nothing => decode_anonymous(&headers, &common)?,
    };
    Ok(Call { action, version, params, format, credential, host: target.host })
}

/// What each scheme writes in a place of its own.
struct Head<'a> {
    action: Cow<'a, str>,
    version: Cow<'a, str>,
    format: Format,
    credential: Credential<'a>,
}

fn decode_v1<'a>(
    method: &str,
    params: &Params<'a>,
    common: &Common<'_, 'a>,
) -> Result<Head<'a>, ProtocolError> {
    let action = by_parameter(common.action, "Action")?.clone();
    let version = by_parameter(common.version, "Version")?.clone();
    let access_key_id = by_parameter(common.access_key_id, "AccessKeyId")?.clone();
    let claimed = present(common.signature)
        .ok_or(ProtocolError::IncompleteSignature(Cow::Borrowed("send the parameter Signature")))?
        .clone();
    if by_parameter(common.signature_method, "SignatureMethod")? != "HMAC-SHA1" {
        return Err(ProtocolError::SignatureMethod);
    }
    if by_parameter(common.signature_version, "SignatureVersion")? != "1.0" {
        return Err(ProtocolError::IncompleteSignature(Cow::Borrowed("send SignatureVersion=1.0")));
    }
    let nonce = checked_nonce(by_parameter(common.signature_nonce, "SignatureNonce")?.clone())?;
    let timestamp = time::parse(by_parameter(common.timestamp, "Timestamp")?);
    let security_token = present(common.security_token).cloned();
    if access_key_id.starts_with("STS.") && security_token.is_none() {
        return Err(missing("SecurityToken"));
    }
    let format = Format::choose(common.format.map(Cow::as_ref), Format::Xml)?;
    let canonical = signature::v1::string_to_sign(method, params);
    let claim = signature::Claim { access_key_id, security_token, nonce, timestamp, claimed };
    Ok(Head { action, version, format, credential: Credential::Signed(Signed::v1(claim, canonical)) })
}

fn decode_v3<'a>(
    request: &HttpRequest<'a>,
    headers: &Headers<'a>,
    params: &Params<'a>,
    common: &Common<'_, 'a>,
    fields: &'a str,
) -> Result<Head<'a>, ProtocolError> {
    let authorization = signature::v3::Authorization::parse(fields)?;
    let action = by_header(headers.action, "Action", Headers::ACTION)?;
    let version = by_header(headers.version, "Version", Headers::VERSION)?;
    let timestamp = time::parse(by_header(headers.date, "Timestamp", Headers::DATE)?);
    let nonce = by_header(headers.nonce, "SignatureNonce", Headers::NONCE)?;
    let security_token = headers.security_token.filter(|token| !token.is_empty());
    if authorization.access_key_id.starts_with("STS.") {
        by_header(security_token, "SecurityToken", Headers::SECURITY_TOKEN)?;
    }
    authorization.check_coverage(headers)?;
    let accepted = Format::accepted(headers.accept);
    // V3 has no such parameter, so what means nothing to us may be an operation's own.
    let format = Format::choose(common.format.map(Cow::as_ref), accepted).unwrap_or(accepted);
    let payload = signature::v3::payload_hash(request.body);
    let payload_intact = headers.content_sha256.is_some_and(|claimed| claimed.as_bytes() == payload);
    let names = authorization.signed_headers;
    let canonical =
        signature::v3::canonical_request(request.method, params, names, request.headers, &payload)?;
    let claim = signature::Claim {
        access_key_id: Cow::Borrowed(authorization.access_key_id),
        security_token: security_token.map(Cow::Borrowed),
        nonce: checked_nonce(Cow::Borrowed(nonce))?,
        timestamp,
        claimed: Cow::Borrowed(authorization.signature),
    };
    let credential = Credential::Signed(Signed::v3(claim, canonical, payload_intact));
    Ok(Head { action: Cow::Borrowed(action), version: Cow::Borrowed(version), format, credential })
}

/// A call without a signature: V1's common parameters without key and signature, or V3's headers without
/// `Authorization`.
// SPEC: wire protocol, unsigned calls.
fn decode_anonymous<'a>(headers: &Headers<'a>, common: &Common<'_, 'a>) -> Result<Head<'a>, ProtocolError> {
    let by_headers = common.action.is_none() && headers.action.is_some();
    let (action, version, default) = if by_headers {
        let action = by_header(headers.action, "Action", Headers::ACTION)?;
        let version = by_header(headers.version, "Version", Headers::VERSION)?;
        (Cow::Borrowed(action), Cow::Borrowed(version), Format::accepted(headers.accept))
    } else {
        let action = by_parameter(common.action, "Action")?.clone();
        (action, by_parameter(common.version, "Version")?.clone(), Format::Xml)
    };
    let format = Format::choose(common.format.map(Cow::as_ref), default)?;
    Ok(Head { action, version, format, credential: Credential::Anonymous })
}

fn by_parameter<'p, 'a>(
    value: Option<&'p Cow<'a, str>>,
    name: &'static str,
) -> Result<&'p Cow<'a, str>, ProtocolError> {
    present(value).ok_or(missing(name))
}

fn by_header<'a>(
    value: Option<&'a str>,
    parameter: &'static str,
    header: &'static str,
) -> Result<&'a str, ProtocolError> {
    let place = Place::Header(header);
    value.filter(|value| !value.is_empty()).ok_or(ProtocolError::Missing { parameter, place })
}

/// An empty value of the protocol's own parameters is none.
fn present<'p, 'a>(value: Option<&'p Cow<'a, str>>) -> Option<&'p Cow<'a, str>> {
    value.filter(|value| !value.is_empty())
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
    if target.starts_with('/') {
        return None;
    }
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
