//! Answers: their headers, and their bodies as XML.

use argali_core::error::ApiError;
use argali_core::model::{Description, Object};
use argali_core::services::oss::invalid_argument;
use argali_core::time::Timestamp;
use argali_protocol::{Dialect, encode_document, http_date};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};
use serde::Serialize;

use crate::body::Body;

/// An answer in the making.
pub(crate) type Answer = Response<Body>;

/// Headers that an object's description has, of those that HTTP knows.
pub(crate) const DESCRIBING: [&str; 6] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
];

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Body::default());
    *answer.status_mut() = status;
    answer
}

/// An answer with an XML document.
pub(crate) fn document<T: Serialize>(root: &str, content: &T) -> Result<Answer, ApiError> {
    let text = encode_document(root, content).map_err(ApiError::internal)?;
    Ok(with_type(text, "application/xml"))
}

/// An answer with a text of another type.
pub(crate) fn with_type(text: Vec<u8>, content_type: &'static str) -> Answer {
    let mut answer = Response::new(Body::whole(text));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// Sets a header of an answer whose name is fixed.
pub(crate) fn set(headers: &mut HeaderMap, name: &'static str, value: &str) -> Result<(), ApiError> {
    headers.insert(HeaderName::from_static(name), header_value(value)?);
    Ok(())
}

/// What is told of an object in headers, whether or not its bytes follow.
pub(crate) fn describe(headers: &mut HeaderMap, object: &Object, dialect: Dialect) -> Result<(), ApiError> {
    describe_briefly(headers, object)?;
    set(headers, "accept-ranges", "bytes")?;
    set(headers, "x-oss-object-type", object.kind.as_str())?;
    set(headers, "x-oss-storage-class", object.description.storage_class.as_str())?;
    let Description { headers: own, metadata, tags, .. } = &object.description;
    for name in DESCRIBING {
        if let Some(value) = own.get(name) {
            set(headers, name, value)?;
        }
    }
    if !own.contains_key("content-type") {
        set(headers, "content-type", "application/octet-stream")?;
    }
    if !tags.is_empty() {
        set(headers, "x-oss-tagging-count", &tags.len().to_string())?;
    }
    for (name, value) in metadata {
        let name = format!("{}meta-{name}", dialect.header_prefix());
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(ApiError::internal)?;
        headers.insert(name, header_value(value)?);
    }
    Ok(())
}

/// The little that is always told of an object.
pub(crate) fn describe_briefly(headers: &mut HeaderMap, object: &Object) -> Result<(), ApiError> {
    set(headers, "etag", &quoted(&object.etag))?;
    set(headers, "last-modified", &http_date(object.modified_at.as_seconds()))?;
    set(headers, "x-oss-hash-crc64ecma", &object.crc64.to_string())
}

/// A tag as headers and lists write it.
pub(crate) fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

/// A date as lists write it.
// SPEC: forms of identifiers and dates, dates: OSS bodies.
pub(crate) fn body_date(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{}.000Z", text.trim_end_matches('Z'))
}

fn header_value(text: &str) -> Result<HeaderValue, ApiError> {
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| invalid_argument("A value cannot stand in a header: leave line breaks out."))
}
