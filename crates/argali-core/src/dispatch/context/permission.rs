//! How a running operation asks for permission, and what a refusal tells.

use std::borrow::Cow;

use argali_policy::{Decision, Effect, Request as Question};
use argali_protocol::AccessDeniedDetail;

use super::super::authorize::{circumstances, decide, question, refusal};
use super::super::logon::verified_until;
use super::super::permissions::RESOURCE_TAG;
use super::Context;
use crate::caller::Identity;
use crate::diagnosis::Refused;
use crate::error::{ApiError, ErrorCode};
use crate::model::{ResourceGroupId, SecurityPreference};
use crate::operation::{Check, Prepared, ResourceName};

impl Context<'_> {
    /// Whether the caller may use the operation's own action on a resource; not recorded as asked.
    pub(crate) fn may(&self, resource: &ResourceName) -> bool {
        decide(self.request, self.standing, &self.own_check(resource.clone())).is_allowed()
    }

    /// Whether the caller may use the operation's own action on a resource, as it is asked.
    pub(in crate::dispatch) fn own_check(&self, resource: ResourceName) -> Check {
        Check { action: self.operation.action.into(), resource, conditions: self.conditions.clone() }
    }

    /// Asks for permission for the operation's own action on a resource that it learned of by reading.
    pub fn authorize_on(&mut self, resource: ResourceName) -> Result<(), ApiError> {
        self.authorize_check(&self.own_check(resource))
    }

    /// Asks for permission on what the caller named by a number alone: `found`, if there is such a thing, or `any`.
    ///
    /// A refusal speaks of `any` either way, so that it tells neither the name nor whether there is one.
    pub fn authorize_on_found(
        &mut self,
        found: Option<ResourceName>,
        any: ResourceName,
    ) -> Result<(), ApiError> {
        let told = self.own_check(any);
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
    pub(in crate::dispatch) fn authorize(&mut self, prepared: &dyn Prepared) -> Result<(), ApiError> {
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
    pub(in crate::dispatch) fn detail(
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
}
