//! How a request ends: what must be on record is recorded, then the caller is answered.

use argali_protocol::{ErrorBody, encode_error};

use super::{Core, Done, Incoming, Request};
use crate::audit::{Draft, Written, shortened};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::RequestId;
use crate::operation::Access;

/// What is sent back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The content type, exactly as clients compare it.
    pub content_type: &'static str,
    /// The number of the request, for its header.
    pub request_id: RequestId,
    /// The body.
    pub body: Vec<u8>,
}

impl Core {
    /// Waits for what must be on record before the caller may know, and records the rest.
    pub(super) async fn settle<T>(
        &self,
        result: Result<Done<T>, ApiError>,
        mut draft: Draft,
    ) -> Result<T, ApiError> {
        match result {
            Ok(Done { outcome, durable: Some((durable, _turn)) }) => {
                if let Err(error) = durable.await {
                    tracing::error!(request = %draft.request_id(), %error, "a change could not be flushed");
                    return Err(unknown_outcome());
                }
                if let Err(error) = &outcome {
                    log_failure(&draft, error);
                }
                self.trail().enlisted(draft);
                outcome
            }
            Ok(Done { outcome, durable: None }) => {
                draft.succeed();
                if draft.access() == Some(Access::Session) {
                    written(self.trail().write(draft)).await?;
                } else {
                    self.trail().note(draft);
                }
                outcome
            }
            Err(error) => {
                draft.fail(&error);
                log_failure(&draft, &error);
                written(self.trail().write(draft)).await?;
                Err(error)
            }
        }
    }

    pub(super) fn answer(
        &self,
        request: &Request,
        incoming: &Incoming<'_>,
        result: Result<Vec<u8>, ApiError>,
    ) -> Answer {
        let (status, body) = match result {
            Ok(body) => (200, body),
            Err(error) => (error.code().http_status(), error_body(request, incoming, &error)),
        };
        Answer { status, content_type: request.format.content_type(), request_id: request.id, body }
    }
}

/// Waits until a record is written. Without its record a call has no success.
async fn written(ticket: Written) -> Result<(), ApiError> {
    ticket.await.map_err(|_| not_recorded())
}

pub(super) fn not_recorded() -> ApiError {
    let message = "The call cannot be recorded and was not carried out; try again in a moment.";
    ApiError::new(ErrorCode::ServiceUnavailable, message)
}

fn unknown_outcome() -> ApiError {
    let message = "The change may or may not have been made; look before you try again.";
    ApiError::new(ErrorCode::ServiceUnavailable, message)
}

fn error_body(request: &Request, incoming: &Incoming<'_>, error: &ApiError) -> Vec<u8> {
    let host = incoming.http.headers.iter().find(|(name, _)| *name == "host").map(|(_, value)| *value);
    let host_id = host.map(|host| shortened(&String::from_utf8_lossy(host))).unwrap_or_default();
    let code = shortened(&error.code().wire());
    let scheme = if request.origin.secure_transport { "https" } else { "http" };
    encode_error(
        request.format,
        &ErrorBody {
            request_id: request.id.to_string(),
            recommend: (!host_id.is_empty()).then(|| format!("{scheme}://{host_id}/-/help/{code}")),
            host_id,
            code,
            message: error.message().to_owned(),
            access_denied_detail: error.detail().cloned(),
        },
    )
}

fn log_failure(draft: &Draft, error: &ApiError) {
    let (request, operation) = (draft.request_id(), draft.operation_name());
    if error.code().http_status() >= 500 {
        let source = std::error::Error::source(error);
        tracing::error!(%request, operation, code = %error.code().wire(), source, "a call failed");
    } else {
        tracing::debug!(%request, operation, code = %error.code().wire(), "a call was refused");
    }
}
