//! What a service does in a role of an account while nobody calls: judged as a session of that role would be.

use argali_policy::{Context as Conditions, Policies, Principal, Request as Question, Resource};
use argali_policy::{evaluate, evaluate_assume_role};
use argali_store::Transaction;

use super::authorize::{deciding, refusal};
use super::permissions::Holder;
use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{Bucket, Entity as _, Role};
use crate::name::RoleName;
use crate::operation::Check;
use crate::registry::Refusal;
use crate::time::Timestamp;

/// A service in a role.
#[derive(Clone, Debug)]
pub(crate) struct ServiceAct<'a> {
    /// What trust policies call the service.
    pub(crate) service: &'static str,
    /// What its sessions are called.
    pub(crate) session: &'static str,
    /// The account for which it acts.
    pub(crate) account: AccountId,
    /// The role, which is the account's.
    pub(crate) role: &'a RoleName,
    /// When.
    pub(crate) now: Timestamp,
}

impl ServiceAct<'_> {
    /// Whether the role is there, trusts the service, and may do something to or in a bucket; says what decided.
    ///
    /// A request has an address and may have come over TLS: this has neither, so what only such requests may, it may
    /// not.
    ///
    /// # Errors
    ///
    /// Fails with what is in the way, in a sentence for the account's administrator.
    pub(crate) fn judge(
        &self,
        core: &Core,
        tx: &dyn Transaction,
        check: &Check,
        bucket: &Bucket,
    ) -> Result<Option<String>, ApiError> {
        let account = self.account.as_str();
        let role = Role::find(tx, self.account, self.role)?.ok_or_else(|| self.without_role())?;
        let mut context = Conditions::new();
        context.set("acs:CurrentTime", self.now.to_string());
        let trust = core.permissions().trust(&role)?;
        let assuming = Question {
            principal: Principal::Service { account, name: self.service },
            action: "sts:AssumeRole",
            resource: Resource { arn: &role.policy_arn(self.account), owner: account },
            context: &context,
        };
        if !evaluate_assume_role(&Policies { trust: Some(&trust), ..Policies::default() }, &assuming)
            .is_allowed()
        {
            let (name, service) = (self.role, self.service);
            let message = format!(
                "The role `{name}` does not trust `{service}`: let its trust policy name that service."
            );
            return Err(ApiError::new(ErrorCode::Declared("NoPermission".into(), 403), message));
        }
        for (key, values) in check.conditions.iter() {
            values.iter().for_each(|value| context.add(key.to_owned(), value.as_str()));
        }
        let permissions = core.permissions().of(tx, self.account, Holder::Role(role.id))?;
        let document = core.permissions().bucket(bucket)?;
        let policies = Policies {
            bucket: document.as_deref(),
            account_scope: &permissions.account_scope,
            group_scope: permissions.in_group(check.resource.group.as_ref()),
            ..Policies::default()
        };
        let service_linked = role.linked_to.is_some();
        let question = Question {
            principal: Principal::RoleSession {
                account,
                role: role.name.as_str(),
                session: self.session,
                service_linked,
            },
            action: &check.action,
            resource: Resource { arn: &check.resource.arn, owner: check.resource.owner.as_str() },
            context: &context,
        };
        let decision = evaluate(&policies, &question);
        if decision.is_allowed() {
            core.grant_uses().note(&permissions, &decision, self.now);
            Ok(deciding(&decision))
        } else {
            Err(refusal(Refusal::AccessDenied, check, &decision))
        }
    }

    fn without_role(&self) -> ApiError {
        let message = format!(
            "The role `{}` does not exist: make it with a trust policy that names `{}`, or name another.",
            self.role, self.service
        );
        ApiError::new(ErrorCode::Declared("EntityNotExist.Role".into(), 404), message)
    }
}
