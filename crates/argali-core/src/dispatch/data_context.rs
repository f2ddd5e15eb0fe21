//! What an operation of a data plane has to work with, and how it asks for permission.

use std::ops::{Deref, DerefMut};

use argali_policy::{
    Context as Conditions, Decision, Effect, Layer, Policies, Principal, Request as Question, Resource,
    evaluate,
};

use super::authorize::{circumstances, circumstances_of, question, refusal};
use super::context::{ChangedAccounts, Context, OpenContext};
use super::standing::Standing;
use crate::caller::{Caller, Identity};
use crate::diagnosis::Refused;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{Acl, Bucket};
use crate::operation::{Check, ResourceName};
use crate::registry::Refusal;

/// A running operation's view of the world: one transaction, one instant, and a caller, who may be nobody.
pub struct DataContext<'a> {
    open: OpenContext<'a>,
    standing: Option<&'a Standing>,
    /// Condition keys that every check of the call has.
    conditions: &'a Conditions,
    /// Queues into which messages have come, each as often as messages have.
    arrived: Vec<u64>,
}

/// Something that permission is needed for.
#[derive(Debug)]
pub struct Ask<'q> {
    /// The action, such as `oss:GetObject`.
    pub action: &'static str,
    /// On what.
    pub resource: ResourceName,
    /// The bucket that it is in, whose policy has a say; none for what is in no bucket yet.
    pub bucket: Option<&'q Bucket>,
    /// Who may without any policy.
    pub open_to: OpenTo,
    /// Condition keys of this check alone.
    pub conditions: Conditions,
}

/// Who may do something that no policy allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenTo {
    /// Nobody.
    Nobody,
    /// Whoever an ACL lets read.
    Readers(Acl),
    /// Whoever an ACL lets write.
    Writers(Acl),
}

impl OpenTo {
    /// Whether that is everybody.
    const fn everybody(self) -> bool {
        matches!(
            self,
            Self::Readers(Acl::PublicRead | Acl::PublicReadWrite) | Self::Writers(Acl::PublicReadWrite)
        )
    }
}

impl<'a> Deref for DataContext<'a> {
    type Target = OpenContext<'a>;

    fn deref(&self) -> &OpenContext<'a> {
        &self.open
    }
}

impl<'a> DerefMut for DataContext<'a> {
    fn deref_mut(&mut self) -> &mut OpenContext<'a> {
        &mut self.open
    }
}

impl<'a> DataContext<'a> {
    pub(super) fn new(
        mut open: OpenContext<'a>,
        standing: Option<&'a Standing>,
        conditions: &'a Conditions,
    ) -> Self {
        if let Some(standing) = standing {
            open.is_called_by(standing);
        }
        Self { open, standing, conditions, arrived: Vec::new() }
    }

    /// Who is calling; nobody, if the request is not signed.
    pub fn caller(&self) -> Option<&'a Caller> {
        self.standing.map(Standing::caller)
    }

    /// The caller's account.
    pub fn account(&self) -> Option<AccountId> {
        self.caller().map(Caller::account)
    }

    /// Asks for permission: of the caller's policies, then of the bucket's, and last of the ACL.
    // SPEC: evaluation, OSS: bucket policy, RAM, ACL.
    pub fn authorize(&mut self, ask: Ask<'_>) -> Result<(), ApiError> {
        let Ask { action, resource, bucket, open_to, conditions: mut own } = ask;
        for (key, values) in self.conditions.iter() {
            values.iter().for_each(|value| own.add(key.to_owned(), value.as_str()));
        }
        let conditions = match self.standing {
            Some(standing) => circumstances(self.open.request(), standing, &own),
            None => circumstances_of(self.open.request(), &own),
        };
        let check = Check { action: action.into(), resource, conditions: own };
        let question = Question {
            principal: self.standing.map_or(Principal::Anonymous, Standing::principal),
            action: &check.action,
            resource: Resource { arn: &check.resource.arn, owner: check.resource.owner.as_str() },
            context: &conditions,
        };
        let document = match bucket {
            Some(bucket) => self.open.core().permissions().bucket(bucket)?,
            None => None,
        };
        let decision = self.decide(&question, &check.resource, document.as_deref());
        if decision.is_allowed() {
            if let Some(standing) = self.standing {
                self.open.note_use(standing, &decision);
            }
            self.open.decided(&check.resource.arn, &decision);
            return Ok(());
        }
        if is_silent(&decision) && !question.is_oversized() && open_to.everybody() {
            self.open.decided_by(&check.resource.arn, true, "Acl");
            return Ok(());
        }
        self.open.decided(&check.resource.arn, &decision);
        Err(self.refusal(&question, &check, &decision))
    }

    fn decide(
        &self,
        question: &Question<'_>,
        resource: &ResourceName,
        bucket: Option<&argali_policy::Document>,
    ) -> Decision {
        decide_in_bucket(self.standing, question, resource, bucket)
    }

    fn refusal(&mut self, question: &Question<'_>, check: &Check, decision: &Decision) -> ApiError {
        let Some(caller) = self.caller() else {
            let message = match decision.effect() {
                Effect::ExplicitDeny => "Access denied by bucket policy.",
                _ => "Anonymous access is forbidden for this operation: sign the request.",
            };
            return ApiError::new(ErrorCode::Declared("AccessDenied".into(), 403), message);
        };
        let session_policy = match caller.identity() {
            Identity::Session(claims) => claims.policy.as_deref(),
            _ => None,
        };
        let resource_group = check.resource.group.as_ref();
        let principal = caller.into();
        let refused = Refused { principal, question, resource_group, decision, session_policy };
        let detail = self.open.diagnose(refused);
        refusal(Refusal::AccessDenied, check, decision).with_detail(detail)
    }

    /// Says that a message can be received from a queue: who waits there is told once that is on disk.
    pub(crate) fn message_arrives(&mut self, queue: u64) {
        self.arrived.push(queue);
    }

    pub(super) fn take_arrived(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.arrived)
    }

    pub(super) fn into_changed_accounts(self) -> ChangedAccounts {
        self.open.into_changed_accounts()
    }
}

/// What the policies of whoever calls, and of a bucket, say of a question.
fn decide_in_bucket(
    standing: Option<&Standing>,
    question: &Question<'_>,
    resource: &ResourceName,
    bucket: Option<&argali_policy::Document>,
) -> Decision {
    let mut policies = Policies { bucket, ..Policies::default() };
    if let Some(standing) = standing {
        let permissions = standing.permissions();
        policies.session = standing.session_policy();
        policies.account_scope = &permissions.account_scope;
        policies.group_scope = permissions.in_group(resource.group.as_ref());
    }
    evaluate(&policies, question)
}

impl Context<'_> {
    /// Asks for one more permission, on a bucket, whose policy has a say.
    pub(crate) fn authorize_on_bucket(&mut self, check: &Check, bucket: &Bucket) -> Result<(), ApiError> {
        let conditions = circumstances(self.request(), self.standing(), &check.conditions);
        let question = question(self.standing(), check, &conditions);
        let document = self.core().permissions().bucket(bucket)?;
        let decision =
            decide_in_bucket(Some(self.standing()), &question, &check.resource, document.as_deref());
        self.decided(&check.resource.arn, &decision);
        if decision.is_allowed() {
            return Ok(());
        }
        let detail = self.detail(&question, check.resource.group.as_ref(), &decision);
        Err(refusal(Refusal::NoPermission, check, &decision).with_detail(detail))
    }
}

/// Whether no policy has said anything: neither those that allow nor those that bound what may be allowed.
fn is_silent(decision: &Decision) -> bool {
    decision.effect() == Effect::ImplicitDeny && !matches!(decision.layer(), Layer::Session | Layer::Control)
}

impl std::fmt::Debug for DataContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataContext").field("caller", &self.caller()).finish_non_exhaustive()
    }
}
