//! What can go wrong in object storage, in its own words.
// SPEC: wire protocol, OSS, errors.

use std::borrow::Cow;

use crate::error::{ApiError, ErrorCode};

/// A failure under one of object storage's own codes.
pub fn storage_error(
    code: &'static str,
    http_status: u16,
    message: impl Into<Cow<'static, str>>,
) -> ApiError {
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
