//! The wire protocol of RPC-style cloud APIs: bytes in, values out, for server and client alike.
//!
//! A server turns an [`HttpRequest`] into a [`Call`] with [`decode`], looks up the secret of its
//! [`Credential`], asks [`Signed::verify`], reads its operation's parameters with [`Params::deserialize`] and
//! answers through [`encode_success`] or [`encode_error`]. A client signs an [`Outgoing`] call with [`sign_v1`]
//! or [`sign_v3`] and reads the answer with [`decode_answer`].
//!
//! Nothing here reads a clock, draws a random number, or does I/O: times and nonces are arguments. Whatever a
//! request can be read as in two ways is refused, so that what was signed is what is judged and run.

mod answer;
mod client;
mod common;
mod de;
mod error;
mod form_data;
mod format;
mod headers;
mod mns;
mod once_headers;
mod oss;
mod params;
mod percent;
mod response;
mod rpc;
mod secret;
mod signature;
mod target;
mod time;
mod xml;
mod xml_element;

pub use answer::{ApiFailure, decode_answer};
pub use client::{Credentials, Outgoing, Placement, SignedRequest, sign_v1, sign_v3};
pub use error::{Invalid, ParamError, Place, ProtocolError, Reason};
pub use form_data::{FormPart, form_parts, is_form_data};
pub use format::{Format, format_of};
pub use mns::{
    MnsError, MnsOutgoing, MnsRequest, MnsSite, decode_mns, is_mns_authorization, mns_site, sign_mns,
};
pub use oss::{
    Dialect, OssError, OssOutgoing, OssRequest, OssScheme, decode_object_name, decode_oss,
    encode_object_name, http_date, is_oss_sub_resource, parse_http_date, presign_oss, sign_oss,
};
pub use params::{MAX_PARAMETERS, Params};
pub use response::{
    AccessDeniedDetail, EncodeError, ErrorBody, encode_document, encode_document_in, encode_error,
    encode_success,
};
pub use rpc::{Call, Credential, HttpRequest, MAX_NONCE_CHARS, decode};
pub use secret::Secret;
pub use signature::{Scheme, SignatureMismatch, Signed, Term};
pub use time::BadTimestamp;
pub use xml_element::{MalformedXml, XmlElement};
