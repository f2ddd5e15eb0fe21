//! What can go wrong in object storage, in its own words.
// SPEC: wire protocol, OSS, errors.

use std::borrow::Cow;

use crate::error::{ApiError, ErrorCode};

/// Every code that object storage answers with, and its HTTP status.
pub const CODES: &[(&str, u16)] = &[
    ("AccessDenied", 403),
    ("BucketAlreadyExists", 409),
    ("BucketNotEmpty", 409),
    ("EntityTooLarge", 400),
    ("EntityTooSmall", 400),
    ("FileAlreadyExists", 409),
    ("IncompleteBody", 400),
    ("InternalError", 500),
    ("InvalidAccessKeyId", 403),
    ("InvalidArgument", 400),
    ("InvalidBucketName", 400),
    ("InvalidDigest", 400),
    ("InvalidObjectName", 400),
    ("InvalidPart", 400),
    ("InvalidPartOrder", 400),
    ("InvalidPolicyDocument", 400),
    ("InvalidRange", 416),
    ("InvalidSecurityToken", 403),
    ("InvalidTag", 400),
    ("MalformedXML", 400),
    ("MethodNotAllowed", 405),
    ("NoSuchBucket", 404),
    ("NoSuchBucketPolicy", 404),
    ("NoSuchCORSConfiguration", 404),
    ("NoSuchKey", 404),
    ("NoSuchTagSet", 404),
    ("NoSuchUpload", 404),
    ("NotImplemented", 501),
    ("ObjectNotAppendable", 409),
    ("PositionNotEqualToLength", 409),
    ("PreconditionFailed", 412),
    ("QpsLimitExceeded", 503),
    ("RequestTargetTooLong", 414),
    ("RequestTimeTooSkewed", 403),
    ("RequestTimeout", 408),
    ("SecurityTokenExpired", 403),
    ("ServiceUnavailable", 503),
    ("SignatureDoesNotMatch", 403),
    ("TooManyBuckets", 400),
    ("XAmzContentSHA256Mismatch", 400),
];

/// A failure under one of object storage's own codes.
pub fn storage_error(
    code: &'static str,
    http_status: u16,
    message: impl Into<Cow<'static, str>>,
) -> ApiError {
    debug_assert!(CODES.contains(&(code, http_status)), "{code} is not among CODES");
    ApiError::new(ErrorCode::Declared(code.into(), http_status), message)
}

/// Something of a request that cannot be accepted.
pub fn invalid_argument(message: impl Into<Cow<'static, str>>) -> ApiError {
    storage_error("InvalidArgument", 400, message)
}

/// A caller who may not.
pub fn access_denied(message: impl Into<Cow<'static, str>>) -> ApiError {
    storage_error("AccessDenied", 403, message)
}

/// There is no such bucket.
pub fn no_such_bucket() -> ApiError {
    storage_error("NoSuchBucket", 404, "The specified bucket does not exist: check its name, or create it.")
}

/// There is no such object.
pub fn no_such_key() -> ApiError {
    storage_error("NoSuchKey", 404, "The specified key does not exist: check its name, or list the bucket.")
}

/// There is no such upload.
pub fn no_such_upload() -> ApiError {
    let message =
        "The specified upload does not exist; it may have been completed or aborted: begin another.";
    storage_error("NoSuchUpload", 404, message)
}

/// A condition of the request does not hold.
pub fn precondition_failed() -> ApiError {
    let message =
        "At least one of the preconditions you specified did not hold: read the object's headers again.";
    storage_error("PreconditionFailed", 412, message)
}
