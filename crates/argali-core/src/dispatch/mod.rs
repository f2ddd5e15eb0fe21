//! The one way in: authenticate, authorize, run, record.
//!
//! Whoever calls, over whatever listener, comes through [`Core::dispatch`]. Only it makes a [`Context`], and only
//! after everything that the operation needs has been allowed.

mod authenticate;
mod authorize;
mod chain;
mod context;
mod nonce;
mod permissions;
mod standing;
mod turn;

use std::panic::{AssertUnwindSafe, catch_unwind};

use argali_protocol::{Call, ErrorBody, Format, HttpRequest, decode, encode_error, format_of};
use argali_store::{Durable, Transaction};

pub(crate) use authenticate::Authenticated;
pub(crate) use chain::assume_role_conditions;
pub use context::Context;
pub(crate) use nonce::NonceMemory;
pub(crate) use permissions::PermissionsCache;
pub(crate) use standing::{Standing, StandingCache};
use turn::Turn;
pub(crate) use turn::Turns;

use crate::audit::{Draft, Written};
use crate::caller::Origin;
use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::RequestId;
use crate::model::bump_generation;
use crate::operation::{Access, Prepared};
use crate::registry::Registered;
use crate::time::Timestamp;

/// A request as a listener received it.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// Method, target, headers and body.
    pub http: HttpRequest<'a>,
    /// Where it came from.
    pub origin: Origin,
}

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

/// What is known of a request before its operation is.
#[derive(Debug)]
pub(crate) struct Request {
    /// Its number.
    pub(crate) id: RequestId,
    /// When it came: the one instant at which it is judged.
    pub(crate) now: Timestamp,
    /// Where it came from.
    pub(crate) origin: Origin,
    /// How it wants its answer.
    pub(crate) format: Format,
}

/// An operation that was done, and what must happen before its caller may know.
struct Done {
    body: Vec<u8>,
    /// For a change: the promise that it is on disk, and the place it takes until then.
    durable: Option<(Durable, Turn)>,
}

impl Core {
    /// Answers one request. It never fails and never panics: what goes wrong is the answer.
    pub async fn dispatch(&self, incoming: &Incoming<'_>) -> Answer {
        let request = Request {
            id: RequestId::generate(self.env()),
            now: self.env().now(),
            origin: incoming.origin,
            format: format_of(&incoming.http),
        };
        let mut draft = Draft::new(&request);
        // A panic is a bug of ours. It ends this request alone: whatever it held is dropped or rolled back.
        let attempt = catch_unwind(AssertUnwindSafe(|| self.attempt(&request, incoming, &mut draft)));
        let result = attempt.unwrap_or_else(|_| Err(ApiError::internal("the operation panicked")));
        let result = self.settle(result, draft).await;
        self.answer(&request, incoming, result)
    }

    /// Everything that needs no waiting.
    fn attempt(
        &self,
        request: &Request,
        incoming: &Incoming<'_>,
        draft: &mut Draft,
    ) -> Result<Done, ApiError> {
        let call = decode(&incoming.http)?;
        draft.call(&call);
        if !self.trail().is_writable() {
            return Err(not_recorded());
        }
        let operation = self.registry().find(&call.version, &call.action)?;
        draft.operation(operation);
        let snapshot = self.store().read()?;
        let authenticated = self.authenticate(request, &call, snapshot.as_ref(), draft)?;
        draft.caller(&authenticated.standing);
        let prepared = operation.endpoint.prepare(&call.params)?;
        if operation.access().is_change() {
            drop(snapshot);
            self.change(request, &call, operation, prepared, &authenticated, draft)
        } else {
            self.read(request, operation, prepared, &authenticated.standing, snapshot, draft)
        }
    }

    /// Judges and runs on the snapshot that the caller was authenticated on.
    fn read(
        &self,
        request: &Request,
        operation: &Registered,
        prepared: Box<dyn Prepared + '_>,
        standing: &Standing,
        mut snapshot: Box<dyn Transaction + '_>,
        draft: &mut Draft,
    ) -> Result<Done, ApiError> {
        let mut cx = Context::new(self, request, operation, standing, snapshot.as_mut(), draft);
        cx.authorize(prepared.as_ref())?;
        Ok(Done { body: prepared.run(&mut cx)?, durable: None })
    }

    /// Judges and runs inside the writer: on the state that the change before this one left.
    // INVARIANT: a change made under an authority that was revoked before it never commits.
    fn change(
        &self,
        request: &Request,
        call: &Call<'_>,
        operation: &Registered,
        prepared: Box<dyn Prepared + '_>,
        authenticated: &Authenticated,
        draft: &mut Draft,
    ) -> Result<Done, ApiError> {
        let turn = self.turns().take(authenticated.standing.caller().account())?;
        let mut first = Some(prepared);
        let (body, durable) = self.store().transact(|tx| {
            let prepared = match first.take() {
                Some(prepared) => prepared,
                None => operation.endpoint.prepare(&call.params)?,
            };
            let standing = self.still_standing(tx, authenticated, request.now)?;
            let mut cx = Context::new(self, request, operation, &standing, tx, draft);
            cx.authorize(prepared.as_ref())?;
            let body = prepared.run(&mut cx)?;
            let changed = cx.into_changed_accounts();
            if operation.access() == Access::Identity {
                for account in changed {
                    bump_generation(tx, account)?;
                }
            }
            authenticated.nonce.insert(tx);
            draft.succeed();
            self.trail().enlist(tx, draft);
            Ok::<_, ApiError>(body)
        })?;
        Ok(Done { body, durable: Some((durable, turn)) })
    }

    /// Waits for what must be on record before the caller may know, and records the rest.
    async fn settle(&self, result: Result<Done, ApiError>, mut draft: Draft) -> Result<Vec<u8>, ApiError> {
        match result {
            Ok(Done { body, durable: Some((durable, _turn)) }) => {
                if let Err(error) = durable.await {
                    tracing::error!(request = %draft.request_id(), %error, "a change could not be flushed");
                    return Err(unknown_outcome());
                }
                self.trail().enlisted(draft);
                Ok(body)
            }
            Ok(Done { body, durable: None }) => {
                draft.succeed();
                if draft.access() == Some(Access::Session) {
                    written(self.trail().write(draft)).await?;
                } else {
                    self.trail().note(draft);
                }
                Ok(body)
            }
            Err(error) => {
                draft.fail(&error);
                log_failure(&draft, &error);
                written(self.trail().write(draft)).await?;
                Err(error)
            }
        }
    }

    fn answer(
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

fn not_recorded() -> ApiError {
    let message = "The call cannot be recorded and was not carried out; try again in a moment.";
    ApiError::new(ErrorCode::ServiceUnavailable, message)
}

fn unknown_outcome() -> ApiError {
    let message = "The change may or may not have been made; look before you try again.";
    ApiError::new(ErrorCode::ServiceUnavailable, message)
}

fn error_body(request: &Request, incoming: &Incoming<'_>, error: &ApiError) -> Vec<u8> {
    let host = incoming.http.headers.iter().find(|(name, _)| *name == "host").map(|(_, value)| *value);
    let host_id = host.map(|host| String::from_utf8_lossy(host).into_owned()).unwrap_or_default();
    let code = error.code().wire();
    let scheme = if request.origin.secure_transport { "https" } else { "http" };
    encode_error(
        request.format,
        &ErrorBody {
            request_id: request.id.to_string(),
            recommend: (!host_id.is_empty()).then(|| format!("{scheme}://{host_id}/-/help/{code}")),
            host_id,
            code: code.into_owned(),
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
