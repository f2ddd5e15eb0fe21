//! How a call comes in: which operation it names, who calls, and whether that caller has its turn.

use argali_protocol::{Call, Credential, decode};
use argali_store::Transaction;

use super::answer::not_recorded;
use super::authenticate::Authenticated;
use super::logon::LogonCredential;
use super::turn::Line;
use super::{Incoming, Request, Visit};
use crate::audit::Draft;
use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::registry::Registered;

/// A call whose operation and caller are known.
pub(super) struct Entered<'a> {
    pub(super) call: Call<'a>,
    pub(super) operation: &'a Registered,
    pub(super) authenticated: Option<Authenticated>,
}

impl Entered<'_> {
    /// The call as it is before anything was waited for.
    pub(super) fn visit<'a>(&'a self, request: &'a Request) -> Visit<'a> {
        let Self { operation, authenticated, .. } = self;
        Visit { request, operation, authenticated: authenticated.as_ref(), brought: None, waited: false }
    }
}

impl Core {
    /// Finds out what is called, and by whom.
    pub(super) fn enter<'a>(
        &'a self,
        request: &Request,
        (incoming, logon): (&Incoming<'a>, Option<&LogonCredential>),
        snapshot: &dyn Transaction,
        draft: &mut Draft,
    ) -> Result<Entered<'a>, ApiError> {
        let call = decode(&incoming.http)?;
        draft.call(&call);
        draft.sent_by(&incoming.http);
        if !self.trail().is_writable() {
            return Err(not_recorded());
        }
        let operation = self.registry().find(&call.version, &call.action)?;
        draft.operation(operation);
        let authenticated = match (&call.credential, logon) {
            (Credential::Anonymous, Some(logon)) => {
                Some(self.authenticate_logon(request, logon, snapshot, draft)?)
            }
            (Credential::Anonymous, None) if operation.endpoint.is_open() => None,
            (Credential::Anonymous, None) => return Err(not_signed()),
            (Credential::Signed(signed), _) => Some(self.authenticate(request, signed, snapshot, draft)?),
        };
        if let Some(authenticated) = &authenticated {
            self.admit_caller(request, operation, authenticated, draft)?;
        }
        draft.parameters(&call.params, operation);
        Ok(Entered { call, operation, authenticated })
    }

    /// Names the caller in the record and notes what it used, unless it may not call from there or has sent too much.
    pub(super) fn admit_caller(
        &self,
        request: &Request,
        operation: &Registered,
        authenticated: &Authenticated,
        draft: &mut Draft,
    ) -> Result<(), ApiError> {
        draft.caller(&authenticated.standing);
        authenticated.standing.require_admitted(request.origin.source_ip)?;
        let caller = authenticated.standing.caller();
        if let Some(key) = authenticated.standing.key_use() {
            self.key_uses().note(key, request.now, &operation.product);
        }
        self.rates().admit(&self.settings().rates, caller, operation, request.now)
    }

    /// Where a call has to wait, if others call too.
    pub(super) fn line(&self, request: &Request, entered: &Entered<'_>) -> Result<Option<Line>, ApiError> {
        let Some(caller) = &entered.authenticated else { return Ok(None) };
        self.turns().line(caller.standing.caller().account(), request.now)
    }
}

fn not_signed() -> ApiError {
    let message = "AccessKeyId is mandatory for this action: sign the request.";
    ApiError::new(ErrorCode::Missing("AccessKeyId".to_owned()), message)
}
