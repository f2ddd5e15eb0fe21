//! Policy documents as they come in: small enough, and valid for what they are for.

use argali_policy::{Document, DocumentKind, counted_length};

use crate::error::{ApiError, ErrorCode};

/// How many times its limit a text may have with all its white space.
const ROOM_FOR_WHITE_SPACE: usize = 4;

/// Reads the document that came as `parameter`, of at most `most` characters.
///
/// Fails with `InvalidParameter.<parameter>.Length` or `MalformedPolicyDocument`, whose message says where and what.
// SPEC: policy language, refusals; limits, how policy size counts.
pub(super) fn read_document(
    kind: DocumentKind,
    parameter: &str,
    most: usize,
    text: &str,
) -> Result<Document, ApiError> {
    if counted_length(text) > most || text.chars().count() > ROOM_FOR_WHITE_SPACE * most {
        let message = format!("{parameter} must have 1 to {most} characters, white space not counted.");
        return Err(ApiError::invalid(&format!("{parameter}.Length"), message));
    }
    Document::parse(kind, text).map_err(|error| malformed(&error.to_string()))
}

/// A document that cannot be accepted, for the reason given.
pub(super) fn malformed(reason: &str) -> ApiError {
    ApiError::new(ErrorCode::MalformedPolicyDocument, format!("The policy document is not valid: {reason}."))
}
