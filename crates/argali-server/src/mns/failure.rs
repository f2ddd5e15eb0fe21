//! How failures read in Message Service's own words.
// SPEC: wire protocol, MNS and RocketMQ, codes.

use argali_core::error::{ApiError, ErrorCode};
use argali_core::services::mns::{CODES, NAMESPACE};
use argali_protocol::{AccessDeniedDetail, encode_document_in};
use hyper::StatusCode;
use hyper::header::{CONNECTION, HeaderValue};
use serde::Serialize;

use super::answer::{Answer, with_document};

/// A failure as clients of Message Service know it.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    http_status: u16,
    code: String,
    message: String,
    detail: Option<AccessDeniedDetail>,
}

/// An error answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorBody<'a> {
    code: &'a str,
    message: &'a str,
    request_id: &'a str,
    host_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_denied_detail: Option<&'a AccessDeniedDetail>,
}

impl Failure {
    pub(super) fn new(http_status: u16, code: &str, message: &str) -> Self {
        debug_assert!(CODES.contains(&(code, http_status)), "{code} is not among CODES");
        Self { http_status, code: code.to_owned(), message: message.to_owned(), detail: None }
    }

    pub(super) fn into_answer(self, request_id: &str, host_id: &str) -> Answer {
        let Self { http_status, code, message, detail } = &self;
        let body = ErrorBody { code, message, request_id, host_id, access_denied_detail: detail.as_ref() };
        let document = encode_document_in(NAMESPACE, "Error", &body).unwrap_or_default();
        // The official Python client takes the first thing in a member for its text, and fails where that is an element.
        let document = String::from_utf8_lossy(&document);
        let document = document.replace("<AccessDeniedDetail>", "<AccessDeniedDetail>\n");
        let status = StatusCode::from_u16(*http_status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = with_document(status, document.into_bytes());
        if matches!(http_status, 408 | 413) {
            // Of the body something may be left that is not read.
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }
}

impl From<&ApiError> for Failure {
    fn from(error: &ApiError) -> Self {
        let wire;
        let (http_status, code) = match error.code() {
            ErrorCode::InvalidAccessKeyIdNotFound | ErrorCode::InvalidAccessKeyIdInactive => {
                (403, "InvalidAccessKeyId")
            }
            ErrorCode::SignatureDoesNotMatch => (403, "SignatureDoesNotMatch"),
            ErrorCode::InvalidSecurityTokenExpired
            | ErrorCode::InvalidSecurityTokenMalformed
            | ErrorCode::InvalidSecurityTokenMismatchWithAccessKey
            | ErrorCode::InvalidSecurityTokenRevoked
            | ErrorCode::MissingSecurityToken => (403, "InvalidSecurityToken"),
            ErrorCode::InvalidTimeStampExpired => (408, "TimeExpired"),
            ErrorCode::InvalidTimeStampFormat => (400, "InvalidDateHeader"),
            ErrorCode::Throttling | ErrorCode::ThrottlingUser => (400, "QpsLimitExceeded"),
            ErrorCode::ServiceUnavailable => (503, "ServiceUnavailable"),
            ErrorCode::InternalError => (500, "InternalError"),
            ErrorCode::Declared(code, status) => {
                wire = code.clone();
                (*status, wire.as_ref())
            }
            _ => (400, "InvalidArgument"),
        };
        Self { detail: error.detail().cloned(), ..Self::new(http_status, code, error.message()) }
    }
}
