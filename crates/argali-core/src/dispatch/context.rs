//! What an operation has to work with while it runs.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

use argali_policy::{Context as Conditions, Decision, Effect, Request as Question};
use argali_protocol::{AccessDeniedDetail, Format, encode_success};
use argali_store::Transaction;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use smallvec::SmallVec;

use super::authorize::{circumstances, decide, deciding, question, refusal};
use super::backend;
use super::errand::Brought;
use super::logon::{PresentLogon, verified_until};
use super::permissions::RESOURCE_TAG;
use super::standing::Standing;
use super::{Request, Visit};
use crate::audit::{CallerRecord, Draft};
use crate::caller::{Caller, Identity, Origin};
use crate::core::Core;
use crate::diagnosis::{Diagnosis, Refused};
use crate::env::Env;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, RequestId};
use crate::model::{Account, Entity, Key, ResourceGroupId, SecurityPreference};
use crate::operation::{Check, Prepared, ResourceName, SelfService};
use crate::password::PasswordHash;
use crate::registry::Registered;
use crate::session::Claims;
use crate::settings::{Limits, Settings};
use crate::time::Timestamp;

/// The accounts in which a change may have changed access.
pub(super) type ChangedAccounts = SmallVec<[AccountId; 2]>;

/// A running operation's view of the world, whoever called: one transaction, one instant.
pub struct OpenContext<'a> {
    core: &'a Core,
    request: &'a Request,
    operation: &'a Registered,
    tx: &'a mut dyn Transaction,
    draft: &'a mut Draft,
    brought: Option<&'a Brought>,
    logon: Option<&'a PresentLogon>,
    changed: ChangedAccounts,
}

/// The same with a caller, who is allowed to call the operation.
///
/// Only the dispatcher makes one, after authorization, so that no operation can forget the check.
pub struct Context<'a> {
    open: OpenContext<'a>,
    standing: &'a Standing,
    /// Condition keys that the request's parameters fill.
    conditions: Conditions,
    has_asked: bool,
    /// What the caller does to itself, where its account lets users do so without a policy.
    own: Option<SelfService>,
}

impl<'a> Deref for Context<'a> {
    type Target = OpenContext<'a>;

    fn deref(&self) -> &OpenContext<'a> {
        &self.open
    }
}

impl<'a> DerefMut for Context<'a> {
    fn deref_mut(&mut self) -> &mut OpenContext<'a> {
        &mut self.open
    }
}

impl<'a> OpenContext<'a> {
    pub(super) fn new(
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
        let logon = authenticated.and_then(|caller| caller.logon.as_ref());
        Self { core, request, operation, tx, draft, brought, logon, changed: ChangedAccounts::new() }
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

    /// The console logon that the caller presented, or `Logon.Required`.
    pub(crate) fn logon(&self) -> Result<&'a PresentLogon, ApiError> {
        self.logon.ok_or_else(|| {
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
    pub(super) fn is_called_by(&mut self, standing: &Standing) {
        self.draft.caller(standing);
        self.changes_access_in(standing.caller().account());
    }

    /// What is known of the request besides its operation.
    pub(super) fn request(&self) -> &'a Request {
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

    pub(super) fn into_changed_accounts(self) -> ChangedAccounts {
        self.changed
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(mut open: OpenContext<'a>, standing: &'a Standing) -> Self {
        open.is_called_by(standing);
        Self { open, standing, conditions: Conditions::new(), has_asked: false, own: None }
    }

    /// Who is calling.
    pub fn caller(&self) -> &'a Caller {
        self.standing.caller()
    }

    /// The caller's account, whose things the operation works on.
    pub fn account(&self) -> AccountId {
        self.caller().account()
    }

    /// What the caller may do.
    pub(crate) fn standing(&self) -> &'a Standing {
        self.standing
    }

    /// The condition keys that every check of this request has.
    pub(crate) fn circumstances(&self) -> Conditions {
        circumstances(self.request, self.standing, &Conditions::new())
    }

    /// Whether the caller may use the operation's own action on a resource; not recorded as asked.
    pub(crate) fn may(&self, resource: &ResourceName) -> bool {
        let action = self.operation.action.into();
        let check = Check { action, resource: resource.clone(), conditions: self.conditions.clone() };
        decide(self.request, self.standing, &check).is_allowed()
    }

    /// Asks for permission for the operation's own action on a resource that it learned of by reading.
    pub fn authorize_on(&mut self, resource: ResourceName) -> Result<(), ApiError> {
        let action = self.operation.action.into();
        self.authorize_check(&Check { action, resource, conditions: self.conditions.clone() })
    }

    /// Asks for permission on what the caller named by a number alone: `found`, if there is such a thing, or `any`.
    ///
    /// A refusal speaks of `any` either way, so that it tells neither the name nor whether there is one.
    pub fn authorize_on_found(
        &mut self,
        found: Option<ResourceName>,
        any: ResourceName,
    ) -> Result<(), ApiError> {
        let action = self.operation.action.into();
        let told = Check { action, resource: any, conditions: self.conditions.clone() };
        let asked = found.map(|resource| Check { resource, ..told.clone() });
        self.decide(asked.as_ref().unwrap_or(&told), Some(&told))
    }

    /// Asks for one more permission.
    pub fn authorize_check(&mut self, check: &Check) -> Result<(), ApiError> {
        self.decide(check, None)
    }

    /// Whether the caller would be allowed something. It is neither a permission nor on record.
    pub(crate) fn allows(&self, check: &Check) -> bool {
        decide(self.request, self.standing, check).is_allowed()
    }

    /// Asks for `asked`; a refusal is worded as one of `told`, if that is to be another.
    fn decide(&mut self, asked: &Check, told: Option<&Check>) -> Result<(), ApiError> {
        self.has_asked = true;
        let asked = &self.with_resource_tags(asked)?;
        let decision = decide(self.request, self.standing, asked);
        if decision.effect() == Effect::ImplicitDeny && self.may_by_itself()? {
            self.draft.decided(&asked.resource.arn, true, Some("SecurityPreference".to_owned()));
            return Ok(());
        }
        self.decided(&asked.resource.arn, &decision);
        if decision.is_allowed() {
            return Ok(());
        }
        let told = told.unwrap_or(asked);
        let conditions = circumstances(self.request, self.standing, &told.conditions);
        let question = question(self.standing, told, &conditions);
        let detail = self.detail(&question, told.resource.group.as_ref(), &decision);
        Err(refusal(self.operation.refusal, told, &decision).with_detail(detail))
    }

    /// Whether the caller is a user who does to itself what its account lets users do without a policy.
    fn may_by_itself(&self) -> Result<bool, ApiError> {
        match (self.own, self.caller().identity()) {
            (Some(what), Identity::User { .. }) => {
                Ok(SecurityPreference::of(self.tx(), self.account())?.allows(what))
            }
            _ => Ok(false),
        }
    }

    /// The check with the tags of its resource, if any policy of the caller asks for them.
    // SPEC: policy language, condition keys, acs:ResourceTag.
    fn with_resource_tags<'c>(&self, check: &'c Check) -> Result<Cow<'c, Check>, ApiError> {
        let tagged = check.resource.tagged.as_ref().filter(|_| self.standing.reads_resource_tags());
        let Some(tagged) = tagged else { return Ok(Cow::Borrowed(check)) };
        let mut check = check.clone();
        for (key, value) in tagged.tags(self.tx(), check.resource.owner)? {
            check.conditions.set(format!("{RESOURCE_TAG}{key}"), value.as_str());
        }
        Ok(Cow::Owned(check))
    }

    /// Whether the caller's policies were asked about anything.
    pub(crate) fn has_asked(&self) -> bool {
        self.has_asked
    }

    /// Asks for everything that a request needs before it runs.
    pub(super) fn authorize(&mut self, prepared: &dyn Prepared) -> Result<(), ApiError> {
        self.own = prepared.on_oneself(self.caller());
        self.conditions = prepared.conditions();
        for check in prepared.checks(self, self.operation.action)? {
            self.authorize_check(&check)?;
        }
        self.require_verification(prepared)
    }

    /// Refuses what is sensitive to whoever is logged on and has not shown password or code lately, in a role, too.
    fn require_verification(&self, prepared: &dyn Prepared) -> Result<(), ApiError> {
        let Ok(logon) = self.logon() else { return Ok(()) };
        if self.now() < verified_until(&logon.session) || !prepared.is_sensitive(self)? {
            return Ok(());
        }
        let message = "Show your password or a code first: call VerifyIdentity, then send this again.";
        Err(ApiError::new(ErrorCode::LogonVerificationRequired, message))
    }

    /// The refusal of an operation that decides for itself, recorded with the decision it follows from.
    pub(crate) fn refuse(
        &mut self,
        question: &Question<'_>,
        decision: &Decision,
        message: &'static str,
    ) -> ApiError {
        self.decided(question.resource.arn, decision);
        let detail = self.detail(question, None, decision);
        ApiError::new(ErrorCode::NoPermission, message).with_detail(detail)
    }

    /// What the caller may know of why permission is refused, which is recorded.
    pub(super) fn detail(
        &mut self,
        question: &Question<'_>,
        resource_group: Option<&ResourceGroupId>,
        decision: &Decision,
    ) -> AccessDeniedDetail {
        let caller = self.caller();
        let session_policy = match caller.identity() {
            Identity::Session(claims) => claims.policy.as_deref(),
            _ => None,
        };
        let principal = caller.into();
        self.diagnose(Refused { principal, question, resource_group, decision, session_policy })
    }

    /// The record of the caller's account.
    pub fn account_record(&self) -> Result<Account, ApiError> {
        let record = Account::find(self.tx(), self.account())?;
        record.ok_or_else(|| ApiError::internal("the caller's account has no record"))
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

    /// The same of those that are `wanted`: a page is full unless it is the last.
    pub fn page_where<E: Entity>(
        &self,
        marker: Option<&str>,
        size: usize,
        wanted: impl Fn(&E) -> bool,
    ) -> Result<(Vec<E>, Option<String>), ApiError> {
        let list = E::table(self.account());
        let after = marker.map(|marker| self.open_marker(&list, marker)).transpose()?;
        let page = E::page_where(self.tx(), self.account(), after.as_deref(), size, wanted)?;
        Ok((page.records, page.next.map(|next| self.seal_marker(&list, &next))))
    }

    pub(super) fn into_changed_accounts(self) -> ChangedAccounts {
        self.open.into_changed_accounts()
    }
}

impl std::fmt::Debug for OpenContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenContext").field("operation", self.operation).finish_non_exhaustive()
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
