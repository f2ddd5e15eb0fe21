//! Asking what somebody may do, whether or not somebody calls: with the policies and the engine that serve requests.

use std::sync::Arc;

use argali_policy::{
    Attachment, Document, DocumentKind, Explanation, Policies, PolicyLabel, PolicySet, Principal as Asking,
    Request as Question, Resource, evaluate, evaluate_assume_role, explain, explain_assume_role,
};
use argali_store::Transaction;

use super::permissions::{Holder, Permissions};
use super::standing::Standing;
use crate::caller::Identity;
use crate::core::Core;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::{ResourceGroupId, Role, User};
use crate::name::{RoleName, UserName};
use crate::operation::Check;

/// Somebody whose permissions are asked about.
#[derive(Debug)]
pub(crate) struct Subject {
    account: AccountId,
    /// The account that its session began in; its own, if it is none.
    origin: AccountId,
    identity: SubjectIdentity,
    permissions: Arc<Permissions>,
    session_policy: Option<SessionPolicy>,
}

#[derive(Debug)]
enum SubjectIdentity {
    Account,
    User { id: String, name: UserName },
    Session { role: RoleName, session: String },
}

/// What a session may do at most, as text and compiled.
#[derive(Debug)]
struct SessionPolicy {
    text: String,
    document: Arc<Document>,
}

impl Subject {
    /// Whoever calls, with all that narrows its session.
    pub(crate) fn caller(standing: &Standing) -> Result<Self, ApiError> {
        let caller = standing.caller();
        let identity = match caller.identity() {
            Identity::Account => SubjectIdentity::Account,
            Identity::User { id, name } => SubjectIdentity::User { id: id.to_string(), name: name.clone() },
            Identity::Session(claims) => SubjectIdentity::Session {
                role: claims.role_name.clone(),
                session: claims.session_name.to_string(),
            },
        };
        let (origin, policy) = match caller.identity() {
            Identity::Session(claims) => (claims.account_of_origin(), claims.policy.clone()),
            _ => (caller.account(), None),
        };
        Ok(Self {
            account: caller.account(),
            origin,
            identity,
            permissions: Arc::clone(standing.permissions()),
            session_policy: policy.map(SessionPolicy::new).transpose()?,
        })
    }

    /// An account itself.
    pub(crate) fn account(account: AccountId) -> Self {
        let (identity, permissions) = (SubjectIdentity::Account, Arc::default());
        Self { account, origin: account, identity, permissions, session_policy: None }
    }

    /// A user.
    pub(crate) fn user(
        core: &Core,
        tx: &dyn Transaction,
        account: AccountId,
        user: User,
    ) -> Result<Self, ApiError> {
        let permissions = core.permissions().of(tx, account, Holder::User(user.id))?;
        let identity = SubjectIdentity::User { id: user.id.to_string(), name: user.name };
        Ok(Self { account, origin: account, identity, permissions, session_policy: None })
    }

    /// A user or session of another account, by its ARN, whose own account lets it do everything: so that what is
    /// found is the other side's. Nothing if the ARN is another's.
    pub(crate) fn stranger(arn: &str) -> Result<Option<Self>, ApiError> {
        let Some((account, relative)) = arn.strip_prefix("acs:ram::").and_then(|rest| rest.split_once(':'))
        else {
            return Ok(None);
        };
        let Ok(account) = account.parse() else { return Ok(None) };
        let parts: Vec<&str> = relative.split('/').collect();
        let identity = match parts.as_slice() {
            ["root"] => SubjectIdentity::Account,
            ["user", name] => {
                let Ok(name) = name.parse() else { return Ok(None) };
                SubjectIdentity::User { id: String::new(), name }
            }
            ["assumed-role", role, session] => {
                let Ok(role) = role.parse() else { return Ok(None) };
                SubjectIdentity::Session { role, session: (*session).to_owned() }
            }
            _ => return Ok(None),
        };
        let permissions = Arc::new(Permissions::everything()?);
        Ok(Some(Self { account, origin: account, identity, permissions, session_policy: None }))
    }

    /// A session of a role, with the session policy that it has.
    pub(crate) fn session(
        core: &Core,
        tx: &dyn Transaction,
        account: AccountId,
        role: Role,
        session: String,
        session_policy: Option<String>,
    ) -> Result<Self, ApiError> {
        let permissions = core.permissions().of(tx, account, Holder::Role(role.id))?;
        Ok(Self {
            account,
            origin: account,
            identity: SubjectIdentity::Session { role: role.name, session },
            permissions,
            session_policy: session_policy.map(SessionPolicy::new).transpose()?,
        })
    }

    /// The same in a session that began in another account.
    #[must_use]
    pub(crate) fn begun_in(self, origin: AccountId) -> Self {
        Self { origin, ..self }
    }

    /// Its account, and the one that its session began in.
    pub(crate) fn accounts(&self) -> (AccountId, AccountId) {
        (self.account, self.origin)
    }

    /// The kind, as `GetCallerIdentity` calls it.
    pub(crate) fn kind(&self) -> &'static str {
        match self.identity {
            SubjectIdentity::Account => "Account",
            SubjectIdentity::User { .. } => "RAMUser",
            SubjectIdentity::Session { .. } => "AssumedRoleUser",
        }
    }

    /// The ARN, as `GetCallerIdentity` answers it.
    pub(crate) fn arn(&self) -> String {
        let account = self.account;
        match &self.identity {
            SubjectIdentity::Account => format!("acs:ram::{account}:root"),
            SubjectIdentity::User { name, .. } => format!("acs:ram::{account}:user/{name}"),
            SubjectIdentity::Session { role, session } => {
                format!("acs:ram::{account}:assumed-role/{role}/{session}")
            }
        }
    }

    /// The text of its session policy.
    pub(crate) fn session_policy(&self) -> Option<&str> {
        self.session_policy.as_ref().map(|policy| policy.text.as_str())
    }

    /// Its question, as it is put to the policies.
    pub(crate) fn question<'a>(&'a self, check: &'a Check) -> Question<'a> {
        let account = self.account.as_str();
        Question {
            principal: match &self.identity {
                SubjectIdentity::Account => Asking::Account { account },
                SubjectIdentity::User { id, name } => Asking::User { account, name: name.as_str(), id },
                SubjectIdentity::Session { role, session } => {
                    Asking::RoleSession { account, role: role.as_str(), session, service_linked: false }
                }
            },
            action: &check.action,
            resource: Resource { arn: &check.resource.arn, owner: check.resource.owner.as_str() },
            context: &check.conditions,
        }
    }

    /// What the policies say, and why. The check's conditions are all that there are.
    pub(crate) fn explain(&self, check: &Check) -> Explanation {
        let group = self.permissions.in_group(check.resource.group.as_ref());
        explain(&self.policies(group), &self.question(check))
    }

    /// What they say of assuming a role that has this trust policy.
    pub(crate) fn explain_assuming(&self, check: &Check, trust: &Document) -> Explanation {
        let policies = Policies { trust: Some(trust), ..self.policies(None) };
        explain_assume_role(&policies, &self.question(check))
    }

    /// Only whether they allow it.
    pub(crate) fn may(&self, check: &Check) -> bool {
        let group = self.permissions.in_group(check.resource.group.as_ref());
        evaluate(&self.policies(group), &self.question(check)).is_allowed()
    }

    /// Only whether they allow assuming a role that has this trust policy.
    pub(crate) fn may_assume(&self, check: &Check, trust: &Document) -> bool {
        let policies = Policies { trust: Some(trust), ..self.policies(None) };
        evaluate_assume_role(&policies, &self.question(check)).is_allowed()
    }

    /// The resource groups in which it would be allowed, were the resource in one of them.
    pub(crate) fn groups_that_allow(&self, check: &Check) -> Vec<ResourceGroupId> {
        let others = self.permissions.groups().filter(|(id, _)| Some(*id) != check.resource.group.as_ref());
        let allows =
            |set: &PolicySet| evaluate(&self.policies(Some(set)), &self.question(check)).is_allowed();
        others.filter(|(_, set)| allows(set)).map(|(id, _)| id.clone()).collect()
    }

    /// Whether the account's policies would allow it, were a policy attached that says this.
    pub(crate) fn would_be_allowed_by(&self, check: &Check, document: &Arc<Document>) -> bool {
        let label = PolicyLabel::new("proposed", Attachment::User);
        let proposed = PolicySet::new([(label, Arc::clone(document))]);
        let mut question = self.question(check);
        // As if the resource were its own: a role elsewhere is asked for by the own account's policies, too.
        question.resource.owner = self.account.as_str();
        evaluate(&Policies { account_scope: &proposed, ..self.policies(None) }, &question).is_allowed()
    }

    fn policies<'a>(&'a self, group_scope: Option<&'a PolicySet>) -> Policies<'a> {
        Policies {
            session: self.session_policy.as_ref().map(|policy| policy.document.as_ref()),
            account_scope: &self.permissions.account_scope,
            group_scope,
            ..Policies::default()
        }
    }
}

impl SessionPolicy {
    fn new(text: String) -> Result<Self, ApiError> {
        let document = Document::parse(DocumentKind::Session, &text).map_err(ApiError::internal)?;
        Ok(Self { text, document: Arc::new(document) })
    }
}
