//! How failures read in object storage's own words.
// SPEC: wire protocol, OSS, errors.

use argali_core::error::{ApiError, ErrorCode};
use argali_protocol::{AccessDeniedDetail, Credential};
use serde::Serialize;

/// An error answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ErrorBody<'a> {
    code: &'a str,
    message: &'a str,
    request_id: &'a str,
    host_id: &'a str,
    #[serde(rename = "OSSAccessKeyId", skip_serializing_if = "Option::is_none")]
    access_key_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature_provided: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    string_to_sign: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    string_to_sign_bytes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_denied_detail: Option<&'a AccessDeniedDetail>,
    #[serde(rename = "EC")]
    ec: &'static str,
}

/// A failure as clients of object storage know it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) http_status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) ec: &'static str,
    pub(crate) detail: Option<AccessDeniedDetail>,
}

const REFUSED_TOKEN: (u16, &str, &str) = (403, "InvalidSecurityToken", "0002-00000006");

impl From<&ApiError> for Failure {
    fn from(error: &ApiError) -> Self {
        let (http_status, code, ec) = match error.code() {
            ErrorCode::InvalidAccessKeyIdNotFound => (403, "InvalidAccessKeyId", "0002-00000902"),
            ErrorCode::InvalidAccessKeyIdInactive => (403, "InvalidAccessKeyId", "0002-00000904"),
            ErrorCode::SignatureDoesNotMatch => (403, "SignatureDoesNotMatch", "0002-00000040"),
            ErrorCode::InvalidSecurityTokenExpired => (403, "SecurityTokenExpired", "0002-00000069"),
            ErrorCode::InvalidSecurityTokenMalformed
            | ErrorCode::InvalidSecurityTokenMismatchWithAccessKey
            | ErrorCode::InvalidSecurityTokenRevoked
            | ErrorCode::MissingSecurityToken => REFUSED_TOKEN,
            ErrorCode::InvalidTimeStampExpired => (403, "RequestTimeTooSkewed", "0002-00000504"),
            ErrorCode::InvalidTimeStampFormat => (403, "AccessDenied", "0002-00000502"),
            ErrorCode::Throttling | ErrorCode::ThrottlingUser => (503, "QpsLimitExceeded", "0012-00000104"),
            ErrorCode::ServiceUnavailable => (503, "ServiceUnavailable", "0010-00000503"),
            ErrorCode::InternalError => (500, "InternalError", "0010-00000001"),
            ErrorCode::Declared(code, status) => {
                let failure = Self::new(*status, code, error.message(), declared_ec(code, error));
                return Self { detail: error.detail().cloned(), ..failure };
            }
            _ => (400, "InvalidArgument", "0002-00000201"),
        };
        Self { detail: error.detail().cloned(), ..Self::new(http_status, code, message_of(error), ec) }
    }
}

impl Failure {
    pub(crate) fn new(http_status: u16, code: &str, message: &str, ec: &'static str) -> Self {
        Self { http_status, code: code.to_owned(), message: message.to_owned(), ec, detail: None }
    }

    /// The answer's body. What was signed is told to whoever sent a signature that does not match, and to no log.
    pub(crate) fn body<'f>(
        &'f self,
        request_id: &'f str,
        host_id: &'f str,
        credential: Option<&'f Credential<'f>>,
    ) -> ErrorBody<'f> {
        let signed = match credential {
            Some(Credential::Signed(signed)) => Some(signed),
            _ => None,
        };
        let mismatched = signed.filter(|_| self.code == "SignatureDoesNotMatch");
        let text = mismatched.map(|signed| signed.mismatch().string_to_sign().to_owned());
        let bytes = text.as_ref().map(|text| {
            let bytes: Vec<String> = text.bytes().map(|byte| format!("{byte:02X}")).collect();
            bytes.join(" ")
        });
        ErrorBody {
            code: &self.code,
            message: &self.message,
            request_id,
            host_id,
            access_key_id: signed.map(|signed| signed.access_key_id.as_ref()),
            signature_provided: mismatched.map(|signed| signed.claimed()),
            string_to_sign: text,
            string_to_sign_bytes: bytes,
            access_denied_detail: self.detail.as_ref(),
            ec: self.ec,
        }
    }
}

/// A message of object storage's own where the one of the other products speaks of their members.
fn message_of(error: &ApiError) -> &str {
    match error.code() {
        ErrorCode::SignatureDoesNotMatch => {
            "The request signature we calculated does not match the signature you provided. Check your key and signing method."
        }
        _ => error.message(),
    }
}

// SPEC: evaluation, OSS, error details; the others are ours to choose.
fn declared_ec(code: &str, error: &ApiError) -> &'static str {
    let denial =
        error.detail().map(|detail| (detail.no_permission_type.as_str(), detail.policy_type.as_str()));
    match (code, denial) {
        ("AccessDenied", Some(("ExplicitDeny", "ResourceBasedPolicy"))) => "0003-00000101",
        ("AccessDenied", Some(("ExplicitDeny", _))) => "0003-00000201",
        ("AccessDenied", Some(_)) => "0003-00000202",
        ("AccessDenied", None) => "0003-00000001",
        ("NoSuchBucket", _) => "0015-00000101",
        ("NoSuchKey", _) => "0026-00000001",
        ("NoSuchUpload", _) => "0042-00000002",
        ("BucketNotEmpty", _) => "0015-00000301",
        ("BucketAlreadyExists", _) => "0015-00000104",
        ("InternalError", _) => "0010-00000001",
        _ => "0002-00000201",
    }
}
