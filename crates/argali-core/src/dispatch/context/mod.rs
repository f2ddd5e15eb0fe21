//! What an operation has to work with while it runs: here whoever calls, in `signed` with its caller.

mod permission;
mod signed;

use argali_policy::Decision;
use argali_protocol::{AccessDeniedDetail, Format, encode_success};
use argali_store::Transaction;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use smallvec::SmallVec;

pub use self::signed::Context;
use super::authenticate::Authenticated;
use super::authorize::deciding;
use super::backend;
use super::errand::Brought;
use super::logon::PresentLogon;
use super::standing::Standing;
use super::{Request, Visit};
use crate::audit::{CallerRecord, Draft, GroupMove};
use crate::caller::Origin;
use crate::core::Core;
use crate::diagnosis::{Diagnosis, Refused};
use crate::env::Env;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, RequestId};
use crate::model::Key;
use crate::password::PasswordHash;
use crate::registry::Registered;
use crate::session::Claims;
use crate::settings::{Limits, Settings};
use crate::time::Timestamp;

/// The accounts in which a change may have changed access.
pub(in crate::dispatch) type ChangedAccounts = SmallVec<[AccountId; 2]>;

/// A running operation's view of the world, whoever called: one transaction, one instant.
pub struct OpenContext<'a> {
    core: &'a Core,
    request: &'a Request,
    operation: &'a Registered,
    tx: &'a mut dyn Transaction,
    draft: &'a mut Draft,
    brought: Option<&'a Brought>,
    authenticated: Option<&'a Authenticated>,
    changed: ChangedAccounts,
    /// Whether it is only asked what would be allowed.
    is_on_trial: bool,
}

impl<'a> OpenContext<'a> {
    pub(in crate::dispatch) fn new(
        core: &'a Core,
        visit: Visit<'a>,
        tx: &'a mut dyn Transaction,
        draft: &'a mut Draft,
    ) -> Self {
        draft.begin_again();
        if let Some(Brought::Backend(heard)) = visit.brought {
            draft.note(backend::NOTE, heard.said());
        }
        let Visit { request, operation, brought, authenticated, .. } = visit;
        let changed = ChangedAccounts::new();
        Self { core, request, operation, tx, draft, brought, authenticated, changed, is_on_trial: false }
    }

    /// The same where it is only asked what would be allowed: nothing is used.
    pub(in crate::dispatch) fn on_trial(self) -> Self {
        Self { is_on_trial: true, ..self }
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

    /// The host that was asked, with its port if it has one.
    pub fn host(&self) -> &str {
        &self.draft.event().host
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

    /// What the operator decided.
    pub fn settings(&self) -> &'a Settings {
        self.core.settings()
    }

    /// The state to read.
    pub fn tx(&self) -> &dyn Transaction {
        self.tx
    }

    /// The state to change. In an operation that only reads, a change is refused when it is committed.
    pub fn tx_mut(&mut self) -> &mut dyn Transaction {
        self.tx
    }

    /// What came of the operation's errand, if it had one.
    pub fn brought(&self) -> Option<&'a Brought> {
        self.brought
    }

    /// Who was found to be calling, before the call was judged.
    pub(in crate::dispatch) fn authenticated(&self) -> Option<&'a Authenticated> {
        self.authenticated
    }

    /// The console logon that the caller presented, or `Logon.Required`.
    pub(crate) fn logon(&self) -> Result<&'a PresentLogon, ApiError> {
        self.authenticated().and_then(|caller| caller.logon.as_ref()).ok_or_else(|| {
            let message = "This is for whoever is logged on to the console: it cannot be signed.";
            ApiError::new(ErrorCode::LogonRequired, message)
        })
    }

    /// The hash of a new password, which the errand was to make.
    pub(crate) fn brought_hash(&self) -> Result<PasswordHash, ApiError> {
        match self.brought {
            Some(Brought::Hash(hash)) => Ok(hash.clone()),
            other => Err(ApiError::internal(format!("no hash was brought but {other:?}"))),
        }
    }

    /// Names the caller in the record, and takes it that access may change in its account.
    pub(in crate::dispatch) fn is_called_by(&mut self, standing: &Standing) {
        self.draft.caller(standing);
        self.changes_access_in(standing.caller().account());
    }

    /// What is known of the request besides its operation.
    pub(in crate::dispatch) fn request(&self) -> &'a Request {
        self.request
    }

    /// Records that something besides policies has decided about a resource.
    pub(crate) fn decided_by(&mut self, resource: &str, allowed: bool, what: &str) {
        self.draft.decided(resource, allowed, Some(what.to_owned()));
    }

    /// The keys and caches that all requests share.
    pub(crate) fn core(&self) -> &'a Core {
        self.core
    }

    /// Says that this operation changes access in this account; the caller's own need not be named.
    pub fn changes_access_in(&mut self, account: AccountId) {
        if !self.changed.contains(&account) {
            self.changed.push(account);
        }
    }

    /// Names who acts, where the operation itself found out.
    pub(crate) fn acts_as(&mut self, record: CallerRecord) {
        self.draft.acts_as(record);
    }

    /// Says that another account may read the record of this call, too.
    pub(crate) fn concerns(&mut self, account: AccountId) {
        self.draft.concerns(account);
    }

    /// Records what an operation that decides for itself has decided about a resource.
    pub(crate) fn decided(&mut self, resource: &str, decision: &Decision) {
        self.draft.decided(resource, decision.is_allowed(), deciding(decision));
    }

    /// Notes which grant of the caller's let something through.
    pub(in crate::dispatch) fn note_use(&self, standing: &Standing, decision: &Decision) {
        if !self.is_on_trial {
            self.core.grant_uses().note(standing.permissions(), decision, self.now());
        }
    }

    /// Records the session that this call issues: it can be listed and ended by its record.
    pub(crate) fn begins_session(&mut self, claims: &Claims, access_key_id: &str) {
        self.draft.begins_session(claims, access_key_id);
    }

    /// Records why permission is refused, and says of it what the caller may know.
    pub(crate) fn diagnose(&mut self, refused: Refused<'_>) -> AccessDeniedDetail {
        let diagnosis = Diagnosis::of(refused);
        let key = self.core.vault().diagnostic_key();
        let sealed = diagnosis.seal(key, self.env(), &self.draft.event().accounts);
        let detail = diagnosis.detail(sealed);
        self.draft.refused(diagnosis);
        detail
    }

    /// Adds what the record of this call should say besides: never a secret.
    pub fn note(&mut self, name: &'static str, value: impl Into<String>) {
        self.draft.note(name, value.into());
    }

    /// Says in the record of this call that a resource went to another resource group.
    pub(crate) fn moved(&mut self, moved: GroupMove) {
        self.draft.moved(moved);
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

    /// Seals where a page ended, so that only this account can go on with this list.
    pub fn seal_marker(&self, list: &Key, after: &[u8]) -> String {
        let key = self.core.vault().marker_key();
        URL_SAFE_NO_PAD.encode(key.seal(self.env(), list.as_bytes(), after))
    }

    /// Opens a marker that [`OpenContext::seal_marker`] made for the same list.
    pub fn open_marker(&self, list: &Key, marker: &str) -> Result<Vec<u8>, ApiError> {
        let sealed = URL_SAFE_NO_PAD.decode(marker).ok();
        let after = sealed.and_then(|sealed| self.core.vault().marker_key().open(list.as_bytes(), &sealed));
        let message = "The marker is not one of this list: send the Marker of the page before, unchanged.";
        after.map(|after| after.to_vec()).ok_or_else(|| ApiError::invalid("Marker", message))
    }

    pub(in crate::dispatch) fn into_changed_accounts(self) -> ChangedAccounts {
        self.changed
    }
}

impl std::fmt::Debug for OpenContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenContext").field("operation", self.operation).finish_non_exhaustive()
    }
}
