//! Requests to object storage: which bucket and object they name, what else they say, and who says so.
//!
//! Clients of OSS and of the S3 form of it are read into the same [`OssRequest`]. Nothing is verified here: the
//! credential carries what was signed, and [`Signed::verify`](crate::Signed::verify) tells whether it was.
// SPEC: wire protocol, OSS.

mod address;
mod credential;
mod date;
mod error;
mod sign;

pub use date::{http_date, parse_http_date};
pub use error::OssError;
pub use sign::{OssOutgoing, OssScheme, presign_oss, sign_oss};

use crate::once_headers::OnceHeaders;
use crate::params::Params;
use crate::percent;
use crate::target::split_target;
use crate::{Credential, HttpRequest};
use address::Address;

/// Headers that may occur once; so may all that are the protocol's own.
// SPEC: security requirements, R2.
const UNIQUE: [&str; 10] = [
    "authorization",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "host",
    "if-match",
    "if-none-match",
    "range",
    "security-token",
];
const OWN: [&str; 2] = [Dialect::Oss.header_prefix(), Dialect::S3.header_prefix()];

/// Whose form of the protocol a request has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// OSS: headers begin with `x-oss-`.
    Oss,
    /// S3: headers begin with `x-amz-`.
    S3,
}

impl Dialect {
    /// What the protocol's own headers begin with.
    pub const fn header_prefix(self) -> &'static str {
        match self {
            Self::Oss => "x-oss-",
            Self::S3 => "x-amz-",
        }
    }
}

/// A request to object storage, read once.
#[derive(Debug)]
pub struct OssRequest<'a> {
    /// The method, as sent.
    pub method: &'a str,
    /// The bucket that is named, if one is; not known to be a name that buckets have.
    pub bucket: Option<String>,
    /// The object that is named, if one is; not empty, not known to be a name that objects have.
    pub key: Option<String>,
    /// What stands after the `?`.
    pub query: Params<'a>,
    /// Who says that they are calling.
    pub credential: Credential<'a>,
    /// The host that was called, with its port if it was sent.
    pub host: &'a str,
    /// Whose form of the protocol it has.
    pub dialect: Dialect,
    headers: OnceHeaders<'a>,
}

impl<'a> OssRequest<'a> {
    /// The value of one of the protocol's own headers by the end of its name, such as `acl` for `x-oss-acl`.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.own(self.dialect.header_prefix(), name)
    }

    /// The protocol's own headers with the end of their names, in the order of their names.
    pub fn own_headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let prefix = self.dialect.header_prefix();
        self.headers.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value)))
    }

    /// The value of any other header, whose name is in lower case; trimmed.
    pub fn plain_header(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name)
    }
}

/// Reads a request, whose body is not looked at. `own_domain` is the server's own domain for object storage, in lower
/// case; none if empty.
///
/// # Errors
///
/// Fails on whatever has two readings or none, before any signature is computed.
pub fn decode_oss<'a>(request: &HttpRequest<'a>, own_domain: &str) -> Result<OssRequest<'a>, OssError> {
    let headers = OnceHeaders::read(request.headers, &UNIQUE, &OWN).map_err(OssError::argument)?;
    let (path, query) = split_target(request.target, headers.get("host")).map_err(OssError::argument)?;
    let query = Params::read(query, "").map_err(|error| OssError::argument(error.message()))?;
    let path = percent::decode_path(path).map_err(|_| OssError::object_name())?;
    let host = headers.get("host").unwrap_or_default();
    let Address { bucket, key } = address::read(host, &path, own_domain)?;
    let named = credential::Named {
        method: request.method,
        path: &path,
        bucket: bucket.as_deref(),
        key: key.as_deref(),
    };
    let (credential, dialect) = credential::read(&named, &headers, &query)?;
    Ok(OssRequest { method: request.method, bucket, key, query, credential, host, dialect, headers })
}

/// Whether a query parameter says what is asked for, so that whoever does not know it must not answer.
#[must_use]
pub fn is_oss_sub_resource(name: &str) -> bool {
    crate::signature::oss_v1::is_sub_resource(name)
}

/// The name of an object percent-encoded, slashes left, as lists and headers carry it.
#[must_use]
pub fn encode_object_name(name: &str) -> String {
    let mut out = Vec::with_capacity(name.len());
    percent::encode_path_into(&mut out, name);
    String::from_utf8_lossy(&out).into_owned()
}

/// The name of an object that is percent-encoded; nothing if it cannot be read.
#[must_use]
pub fn decode_object_name(name: &str) -> Option<String> {
    percent::decode_path(name).ok().map(std::borrow::Cow::into_owned)
}
