//! What an operation has to work with while it runs.

use argali_policy::{Context as Conditions, Decision};
use argali_protocol::{Format, encode_success};
use argali_store::Transaction;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use smallvec::SmallVec;

use super::Request;
use super::authorize::{decide, deciding, detail, refusal};
use super::standing::Standing;
use crate::audit::Draft;
use crate::caller::{Caller, Origin};
use crate::core::Core;
use crate::env::Env;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, RequestId};
use crate::model::{Entity, Key};
use crate::operation::{Check, Prepared, ResourceName};
use crate::registry::Registered;
use crate::settings::Limits;
use crate::time::Timestamp;

/// A running operation's view of the world: one transaction, one instant, one caller.
///
/// Only the dispatcher makes one, after authorization, so that no operation can forget the check.
pub struct Context<'a> {
    core: &'a Core,
    request: &'a Request,
    operation: &'a Registered,
    standing: &'a Standing,
    tx: &'a mut dyn Transaction,
    draft: &'a mut Draft,
    changed: SmallVec<[AccountId; 2]>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        core: &'a Core,
        request: &'a Request,
        operation: &'a Registered,
        standing: &'a Standing,
        tx: &'a mut dyn Transaction,
        draft: &'a mut Draft,
    ) -> Self {
        draft.caller(standing);
        let changed = [standing.caller().account()].into_iter().collect();
        Self { core, request, operation, standing, tx, draft, changed }
    }

    /// Who is calling.
    pub fn caller(&self) -> &'a Caller {
        self.standing.caller()
    }

    /// The caller's account, whose things the operation works on.
    pub fn account(&self) -> AccountId {
        self.caller().account()
    }

    /// The instant of the request.
    pub fn now(&self) -> Timestamp {
        self.request.now
    }

    /// The number of the request.
    pub fn request_id(&self) -> RequestId {
        self.request.id
    }

    /// Where the request came from.
    pub fn origin(&self) -> Origin {
        self.request.origin
    }

    /// How the answer is wanted.
    pub fn format(&self) -> Format {
        self.request.format
    }

    /// Randomness, for identifiers and secrets.
    pub fn env(&self) -> &'a Env {
        self.core.env()
    }

    /// How many of each thing there may be.
    pub fn limits(&self) -> &'a Limits {
        &self.core.settings().limits
    }

    /// The state to read.
    pub fn tx(&self) -> &dyn Transaction {
        self.tx
    }

    /// The state to change. In an operation that only reads, a change is refused when it is committed.
    pub fn tx_mut(&mut self) -> &mut dyn Transaction {
        self.tx
    }

    /// The keys and caches that all requests share.
    pub(crate) fn core(&self) -> &'a Core {
        self.core
    }

    /// What the caller may do.
    pub(crate) fn standing(&self) -> &'a Standing {
        self.standing
    }

    /// Says that this operation changes access in another account than the caller's, too.
    pub fn changes_access_in(&mut self, account: AccountId) {
        if !self.changed.contains(&account) {
            self.changed.push(account);
        }
    }

    /// Asks for permission for the operation's own action on a resource that it learned of by reading.
    pub fn authorize_on(&mut self, resource: ResourceName) -> Result<(), ApiError> {
        let action = self.operation.action.into();
        self.authorize_check(&Check { action, resource, conditions: Conditions::new() })
    }

    /// Asks for one more permission.
    pub fn authorize_check(&mut self, check: &Check) -> Result<(), ApiError> {
        let decision = decide(self.request, self.standing, check);
        self.draft.decided(&check.resource.arn, decision.is_allowed(), deciding(&decision));
        if decision.is_allowed() {
            return Ok(());
        }
        Err(refusal(self.operation.refusal, self.standing, check, &decision))
    }

    /// Asks for everything that a request needs before it runs.
    pub(super) fn authorize(&mut self, prepared: &dyn Prepared) -> Result<(), ApiError> {
        for check in prepared.checks(self, self.operation.action)? {
            self.authorize_check(&check)?;
        }
        Ok(())
    }

    /// The refusal of an operation that decides for itself, recorded with the decision it follows from.
    pub(crate) fn refuse(&mut self, resource: &str, decision: &Decision, message: &'static str) -> ApiError {
        self.draft.decided(resource, false, deciding(decision));
        let detail = detail(self.standing, self.operation.action, decision);
        ApiError::new(ErrorCode::NoPermission, message).with_detail(detail)
    }

    /// Records that an operation that decides for itself has allowed the call.
    pub(crate) fn allow(&mut self, resource: &str, decision: &Decision) {
        self.draft.decided(resource, true, deciding(decision));
    }

    /// Says that another account may read the record of this call, too.
    pub(crate) fn concerns(&mut self, account: AccountId) {
        self.draft.concerns(account);
    }

    /// Adds what the record of this call should say besides: never a secret.
    pub fn note(&mut self, name: &'static str, value: impl Into<String>) {
        self.draft.note(name, value.into());
    }

    /// Encodes an answer as the caller wants it.
    pub(crate) fn encode<T: Serialize + ?Sized>(
        &self,
        name: &str,
        response: &T,
    ) -> Result<Vec<u8>, ApiError> {
        encode_success(self.format(), name, &self.request_id().to_string(), response)
            .map_err(ApiError::internal)
    }

    /// A page of the account's entities of one kind, and the marker of the next page if there is one.
    pub fn page<E: Entity>(
        &self,
        marker: Option<&str>,
        size: usize,
    ) -> Result<(Vec<E>, Option<String>), ApiError> {
        let list = E::table(self.account());
        let after = marker.map(|marker| self.open_marker(&list, marker)).transpose()?;
        let page = E::page(self.tx(), self.account(), after.as_deref(), size)?;
        Ok((page.records, page.next.map(|next| self.seal_marker(&list, &next))))
    }

    /// Seals where a page ended, so that only this account can go on with this list.
    pub fn seal_marker(&self, list: &Key, after: &[u8]) -> String {
        let key = self.core.vault().marker_key();
        URL_SAFE_NO_PAD.encode(key.seal(self.env(), list.as_bytes(), after))
    }

    /// Opens a marker that [`Context::seal_marker`] made for the same list.
    pub fn open_marker(&self, list: &Key, marker: &str) -> Result<Vec<u8>, ApiError> {
        let sealed = URL_SAFE_NO_PAD.decode(marker).ok();
        let after = sealed.and_then(|sealed| self.core.vault().marker_key().open(list.as_bytes(), &sealed));
        let message = "The marker is not one of this list: send the Marker of the page before, unchanged.";
        after.map(|after| after.to_vec()).ok_or_else(|| ApiError::invalid("Marker", message))
    }

    pub(super) fn into_changed_accounts(self) -> SmallVec<[AccountId; 2]> {
        self.changed
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("operation", self.operation)
            .field("caller", self.caller())
            .finish_non_exhaustive()
    }
}
