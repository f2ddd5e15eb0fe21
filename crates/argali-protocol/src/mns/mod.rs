//! Requests to Message Service: what they are about, what else they say, and who says so.
//!
//! Nothing is verified here: the credential carries what was signed, and [`Signed::verify`](crate::Signed::verify)
//! tells whether it was. The body is not looked at; it is read with [`XmlElement`](crate::XmlElement).
// SPEC: wire protocol, MNS and RocketMQ.

mod sign;
mod site;

use std::borrow::Cow;

pub use sign::{MnsOutgoing, sign_mns};
pub use site::{MnsSite, mns_site};

use crate::once_headers::OnceHeaders;
use crate::oss::parse_http_date;
use crate::params::Params;
use crate::signature::{Claim, Signed};
use crate::target::split_target;
use crate::{BadTimestamp, Credential, HttpRequest, percent};

/// What `Authorization` begins with.
const SCHEME: &str = "MNS ";

/// Headers that may occur once; so may all that are the protocol's own.
// SPEC: security requirements, R2.
const UNIQUE: [&str; 7] =
    ["authorization", "content-length", "content-md5", "content-type", "date", "host", "security-token"];
const OWN: [&str; 1] = ["x-mns-"];

/// A request to Message Service, read once.
#[derive(Debug)]
pub struct MnsRequest<'a> {
    /// The method, as sent.
    pub method: &'a str,
    /// The path, decoded.
    pub path: Cow<'a, str>,
    /// What stands after the `?`.
    pub query: Params<'a>,
    /// Who says that they are calling.
    pub credential: Credential<'a>,
    /// The host that was called, with its port if it was sent.
    pub host: &'a str,
    headers: OnceHeaders<'a>,
}

impl<'a> MnsRequest<'a> {
    /// The value of a header, whose name is in lower case; trimmed.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name)
    }
}

/// Why a request cannot be read, as its sender is told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct MnsError {
    code: &'static str,
    message: Cow<'static, str>,
}

impl MnsError {
    fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into() }
    }

    /// The error code on the wire. Its HTTP status is 400.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What is wrong and what to do next.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// Whether an `Authorization` header is one of Message Service.
#[must_use]
pub fn is_mns_authorization(value: &[u8]) -> bool {
    value.trim_ascii_start().starts_with(SCHEME.as_bytes())
}

/// Reads a request, whose body is not looked at.
///
/// # Errors
///
/// Fails on whatever has two readings or none, before any signature is computed.
pub fn decode_mns<'a>(request: &HttpRequest<'a>) -> Result<MnsRequest<'a>, MnsError> {
    let argument = |message| MnsError::new("InvalidArgument", message);
    let headers = OnceHeaders::read(request.headers, &UNIQUE, &OWN).map_err(argument)?;
    let (path, query) = split_target(request.target, headers.get("host"))
        .map_err(|message| MnsError::new("InvalidRequestURL", message))?;
    let resource = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let query =
        Params::from_query(query).map_err(|error| MnsError::new("InvalidQueryString", error.message()))?;
    let path = percent::decode_path(path).map_err(|_| {
        MnsError::new("InvalidRequestURL", "The path is not UTF-8 in percent-encoding: write it so.")
    })?;
    let credential = credential(request.method, &headers, &resource)?;
    let host = headers.get("host").unwrap_or_default();
    Ok(MnsRequest { method: request.method, path, query, credential, host, headers })
}

fn credential<'a>(
    method: &str,
    headers: &OnceHeaders<'a>,
    resource: &str,
) -> Result<Credential<'a>, MnsError> {
    let Some(authorization) = headers.get("authorization") else { return Ok(Credential::Anonymous) };
    let parts = authorization.strip_prefix(SCHEME).and_then(|rest| rest.split_once(':'));
    let Some((key, claimed)) = parts.filter(|(key, claimed)| !key.is_empty() && !claimed.is_empty()) else {
        let message = "Write the Authorization header as MNS <AccessKeyId>:<Signature>.";
        return Err(MnsError::new("InvalidAuthorizationHeader", message));
    };
    let Some(date) = headers.get("date").filter(|date| !date.is_empty()) else {
        let message = "Send the Date header, for example Thu, 02 Jan 2025 03:04:05 GMT.";
        return Err(MnsError::new("MissingDateHeader", message));
    };
    let text = |name: &str| headers.get(name).unwrap_or_default();
    let token = Some(text("security-token")).filter(|token| !token.is_empty());
    let claim = Claim {
        access_key_id: Cow::Borrowed(key),
        security_token: token.map(Cow::Borrowed),
        nonce: Cow::Borrowed(""),
        timestamp: parse_http_date(date).ok_or(BadTimestamp),
        claimed: Cow::Borrowed(claimed),
    };
    let own = headers.iter().filter(|(name, _)| name.starts_with(OWN[0]));
    let signed = [method, text("content-md5"), text("content-type"), date];
    Ok(Credential::Signed(Signed::mns(claim, string_to_sign(signed, own, resource))))
}

/// The text that is signed: method, content MD5, content type and date; the protocol's own headers, sorted by name; and
/// path and query as they are sent.
fn string_to_sign<'h>(
    first: [&str; 4],
    own: impl Iterator<Item = (&'h str, &'h str)>,
    resource: &str,
) -> Vec<u8> {
    let mut out = first.join("\n");
    out.push('\n');
    for (name, value) in own {
        out.push_str(name);
        out.push(':');
        out.push_str(value);
        out.push('\n');
    }
    out.push_str(resource);
    out.into_bytes()
}
