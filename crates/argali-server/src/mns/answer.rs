//! Answers: their status, and their documents.

use argali_core::error::ApiError;
use argali_core::services::mns::{Made, NAMESPACE};
use argali_protocol::encode_document_in;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::{Response, StatusCode};
use serde::Serialize;

/// An answer in the making.
pub(super) type Answer = Response<Full<Bytes>>;

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}

/// An answer with a document.
pub(super) fn document<T: Serialize>(
    status: StatusCode,
    root: &str,
    content: &T,
) -> Result<Answer, ApiError> {
    Ok(with_document(status, encode_document_in(NAMESPACE, root, content).map_err(ApiError::internal)?))
}

/// The same with a document that is written already.
pub(super) fn with_document(status: StatusCode, document: Vec<u8>) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(document)));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/xml;charset=utf-8"));
    answer
}

/// The answer to having made something, which is at `address`.
pub(super) fn made(made: Made, address: &str) -> Result<Answer, ApiError> {
    let status = if made == Made::New { StatusCode::CREATED } else { StatusCode::NO_CONTENT };
    let mut answer = empty(status);
    let address = HeaderValue::from_str(address).map_err(ApiError::internal)?;
    answer.headers_mut().insert(LOCATION, address);
    Ok(answer)
}
