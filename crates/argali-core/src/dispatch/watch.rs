//! Calls that were allowed, and of which it is asked afterwards whether they still would be.
// SPEC: security, the promise, P6.

use super::authenticate::Authenticated;
use super::authorize::decide;
use super::{Context, Request, guarded};
use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::operation::{Check, ResourceName};

/// Who was allowed to do what.
#[derive(Debug)]
pub(crate) struct Watch {
    request: Request,
    authenticated: Authenticated,
    check: Check,
}

impl Context<'_> {
    /// Watches over what comes of this call: whether its caller may use the operation's action on `resource`.
    pub(crate) fn watch(&self, resource: ResourceName) -> Result<Watch, ApiError> {
        let authenticated = self.authenticated().cloned();
        Ok(Watch {
            request: self.request().clone(),
            authenticated: authenticated.ok_or_else(|| ApiError::internal("a call has no caller"))?,
            check: self.own_check(resource),
        })
    }
}

impl Watch {
    /// Whether the caller, asking now, would be allowed. It leaves no record.
    pub(crate) fn holds(&self, core: &Core) -> bool {
        let request = Request { now: core.env().now(), ..self.request.clone() };
        let judged = guarded(|| {
            let snapshot = core.store().read()?;
            let standing = core.still_standing(snapshot.as_ref(), &self.authenticated, &request)?;
            let allowed = decide(&request, &standing, &self.check).is_allowed();
            if allowed { Ok(()) } else { Err(ApiError::new(ErrorCode::NoPermission, "no longer allowed")) }
        });
        if let Err(error) = &judged {
            tracing::info!(request = %request.id, code = %error.code().wire(), "what was allowed is no longer");
        }
        judged.is_ok()
    }
}
