//! Judging a call and running it: on a snapshot, or inside the writer where it changes something.

use std::sync::Arc;

use argali_protocol::Call;
use argali_store::Transaction;

use super::authenticate::Authenticated;
use super::context::{ChangedAccounts, Context, OpenContext};
use super::errand::Errand;
use super::standing::Standing;
use super::{Done, Visit};
use crate::audit::Draft;
use crate::core::Core;
use crate::error::ApiError;
use crate::model::bump_generation;
use crate::operation::{Access, Ready};

impl Core {
    /// What a call needs before it runs: asked only for callers who are allowed.
    pub(super) fn errand(
        &self,
        visit: Visit<'_>,
        ready: &Ready<'_>,
        mut snapshot: Box<dyn Transaction + '_>,
        draft: &mut Draft,
    ) -> Result<Errand, ApiError> {
        let open = |tx, draft| OpenContext::new(self, visit, tx, draft);
        match ready {
            Ready::Open(prepared) => prepared.errand(&open(snapshot.as_mut(), draft)),
            Ready::Signed(prepared) => {
                let standing = self.standing_of(visit, snapshot.as_ref())?.ok_or_else(unsigned)?;
                let mut cx = Context::new(open(snapshot.as_mut(), draft), &standing);
                cx.authorize(prepared.as_ref())?;
                prepared.errand(&cx)
            }
        }
    }

    /// What the caller is as `snapshot` has it: the one that it was authenticated on, unless time has passed.
    fn standing_of(
        &self,
        visit: Visit<'_>,
        snapshot: &dyn Transaction,
    ) -> Result<Option<Arc<Standing>>, ApiError> {
        let Some(caller) = visit.authenticated else { return Ok(None) };
        if visit.waited {
            return self.still_standing(snapshot, caller, visit.request).map(Some);
        }
        Ok(Some(Arc::clone(&caller.standing)))
    }

    /// Judges and runs on a snapshot.
    pub(super) fn read(
        &self,
        visit: Visit<'_>,
        ready: Ready<'_>,
        mut snapshot: Box<dyn Transaction + '_>,
        draft: &mut Draft,
    ) -> Result<Done<Vec<u8>>, ApiError> {
        let standing = self.standing_of(visit, snapshot.as_ref())?;
        let (body, _) = self.run(visit, ready, standing.as_deref(), snapshot.as_mut(), draft)?;
        Ok(Done { outcome: Ok(body), durable: None })
    }

    /// Judges and runs inside the writer: on the state that the change before this one left.
    // INVARIANT: a change made under an authority that was revoked before it never commits.
    pub(super) fn change(
        &self,
        visit: Visit<'_>,
        call: &Call<'_>,
        ready: Ready<'_>,
        draft: &mut Draft,
    ) -> Result<Done<Vec<u8>>, ApiError> {
        let mut first = Some(ready);
        self.change_with(visit, draft, |visit, standing, tx, draft| {
            let ready = match first.take() {
                Some(ready) => ready,
                None => visit.operation.endpoint.prepare(&call.params)?,
            };
            self.run(visit, ready, standing, tx, draft)
        })
    }

    /// Has `run` judge and run inside the writer, and keeps the record with what it changed.
    pub(super) fn change_with<T>(
        &self,
        visit: Visit<'_>,
        draft: &mut Draft,
        mut run: impl FnMut(
            Visit<'_>,
            Option<&Standing>,
            &mut dyn Transaction,
            &mut Draft,
        ) -> Result<(T, ChangedAccounts), ApiError>,
    ) -> Result<Done<T>, ApiError> {
        let take = |caller: &Authenticated| self.turns().take(caller.standing.caller().account());
        let turn = visit.authenticated.map(take).transpose()?;
        let (outcome, durable) = self.store().transact(|tx| {
            let request = visit.request;
            let standing =
                visit.authenticated.map(|caller| self.still_standing(tx, caller, request)).transpose()?;
            let (outcome, changed) = match run(visit, standing.as_deref(), tx, draft) {
                Ok((answer, changed)) => (Ok(answer), changed),
                Err(error) if error.keeps_changes() => (Err(error), ChangedAccounts::new()),
                Err(error) => return Err(error),
            };
            if visit.operation.access() == Access::Identity {
                for account in changed {
                    bump_generation(tx, account)?;
                }
            }
            if let Some(nonce) = visit.authenticated.and_then(|caller| caller.nonce) {
                nonce.insert(tx);
            }
            match &outcome {
                Ok(_) => draft.succeed(),
                Err(error) => draft.fail(error),
            }
            self.trail().enlist(tx, draft);
            Ok::<_, ApiError>(outcome)
        })?;
        Ok(Done { outcome, durable: Some((durable, turn)) })
    }

    /// Judges and runs in `tx`; also says in which accounts access may have changed.
    fn run(
        &self,
        visit: Visit<'_>,
        ready: Ready<'_>,
        standing: Option<&Standing>,
        tx: &mut dyn Transaction,
        draft: &mut Draft,
    ) -> Result<(Vec<u8>, ChangedAccounts), ApiError> {
        let mut open = OpenContext::new(self, visit, tx, draft);
        match ready {
            Ready::Open(prepared) => Ok((prepared.run(&mut open)?, open.into_changed_accounts())),
            Ready::Signed(prepared) => {
                let mut cx = Context::new(open, standing.ok_or_else(unsigned)?);
                cx.authorize(prepared.as_ref())?;
                Ok((prepared.run(&mut cx)?, cx.into_changed_accounts()))
            }
        }
    }
}

pub(super) fn unsigned() -> ApiError {
    ApiError::internal("an operation that needs a caller was called by nobody")
}
