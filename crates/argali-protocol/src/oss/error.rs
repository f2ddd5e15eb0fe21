//! Requests that object storage cannot read.

use std::borrow::Cow;

/// Why a request cannot be read, as its sender is told.
// SPEC: wire protocol, OSS, errors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct OssError {
    code: &'static str,
    http_status: u16,
    message: Cow<'static, str>,
}

impl OssError {
    pub(super) fn argument(message: impl Into<Cow<'static, str>>) -> Self {
        Self { code: "InvalidArgument", http_status: 400, message: message.into() }
    }

    pub(super) fn denied(message: impl Into<Cow<'static, str>>) -> Self {
        Self { code: "AccessDenied", http_status: 403, message: message.into() }
    }

    pub(super) fn bucket_name() -> Self {
        let message = "The path names a bucket without a name: write one slash before the bucket.";
        Self { code: "InvalidBucketName", http_status: 400, message: message.into() }
    }

    pub(super) fn object_name() -> Self {
        let message = "The path cannot be read as one name: write it as UTF-8 in percent-encoding, without control characters.";
        Self { code: "InvalidObjectName", http_status: 400, message: message.into() }
    }

    /// The error code on the wire.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The HTTP status that goes with [`Self::code`].
    pub fn http_status(&self) -> u16 {
        self.http_status
    }

    /// What is wrong and what to do next.
    pub fn message(&self) -> &str {
        &self.message
    }
}
