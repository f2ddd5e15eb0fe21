//! Calls whose work a backend does.
//!
//! What only reads is an errand: the backend is asked, the call is judged anew, and what it said is handed over. A
//! change cannot be undone by judging it again, so it is judged once, inside the writer, in the transaction that puts
//! on record that the backend is asked and makes the request good for no second time. Only when that is on disk is the
//! backend asked; what it answered is added to the record.

use argali_protocol::{Call, encode_success};
use argali_store::Durable;

use super::answer::not_recorded;
use super::run::unsigned;
use super::{Context, Done, Errand, OpenContext, Request, Visit};
use crate::audit::Draft;
use crate::backend::Heard;
use crate::core::Core;
use crate::error::ApiError;
use crate::operation::Ready;

/// What the record of a call says of its backend.
pub(super) const NOTE: &str = "backend";
/// What it says until the backend has answered.
const ASKED: &str = "asked; no answer is on record";

impl Core {
    /// Judges a change inside the writer, and puts on record that its backend is asked.
    pub(super) fn put_on_record(
        &self,
        visit: Visit<'_>,
        call: &Call<'_>,
        draft: &mut Draft,
    ) -> Result<Done<Errand>, ApiError> {
        self.change_with(visit, draft, |visit, standing, tx, draft| {
            let Ready::Signed(prepared) = visit.operation.endpoint.prepare(&call.params)? else {
                return Err(ApiError::internal("an open operation has a backend"));
            };
            let open = OpenContext::new(self, visit, tx, draft);
            let mut cx = Context::new(open, standing.ok_or_else(unsigned)?);
            cx.authorize(prepared.as_ref())?;
            let errand = prepared.errand(&cx)?;
            cx.note(NOTE, ASKED);
            Ok((errand, cx.into_changed_accounts()))
        })
    }

    /// Has a backend make a change that is on record, and says there what it answered.
    pub(super) async fn have_changed(
        &self,
        request: &Request,
        visit: Visit<'_>,
        recorded: Done<Errand>,
        draft: &mut Draft,
    ) -> Result<Done<Vec<u8>>, ApiError> {
        let Done { outcome, durable } = recorded;
        if let Some((durable, _turn)) = durable
            && let Err(error) = durable.await
        {
            tracing::error!(request = %request.id, %error, "a change could not be put on record");
            return Err(not_recorded());
        }
        let Errand::AskBackend(question) = outcome? else {
            return Err(ApiError::internal("a change without a question has a backend"));
        };
        let heard =
            Heard::new(question.service, self.backends().ask(&question.backend, &question.passage).await);
        draft.note(NOTE, heard.said());
        let encode = |answer| {
            let id = request.id.to_string();
            encode_success(request.format, visit.operation.name(), &id, &answer).map_err(ApiError::internal)
        };
        let outcome = heard.outcome().and_then(encode);
        match &outcome {
            Ok(_) => draft.succeed(),
            Err(error) => draft.fail(error),
        }
        draft.amend();
        Ok(Done { outcome, durable: Some((Durable::kept(), None)) })
    }
}
