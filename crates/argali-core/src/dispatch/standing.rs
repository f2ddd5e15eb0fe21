//! Whether a credential is good, and what its bearer may do: judged anew whenever anything it stands on changes.
// SPEC: security, the promise and sessions.

use std::sync::Arc;

use argali_policy::{
    Context as Conditions, Document, DocumentKind, Policies, Principal as Asking, Request as Question,
    Resource, evaluate_assume_role,
};
use argali_store::{StoreError, Transaction};
use quick_cache::sync::Cache;
use smallvec::SmallVec;
use subtle::ConstantTimeEq;

use super::authenticate::Authenticated;
use super::permissions::{Holder, Permissions};
use crate::audit::CallerRecord;
use crate::caller::{Caller, Identity};
use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, UserId};
use crate::model::{
    AccessKey, Account, AccountStatus, EndedSession, Entity, KeyOwner, Role, User, generation,
};
use crate::name::KeyStatus;
use crate::session::{BadToken, Circumstances, Claims, Source};
use crate::settings::SessionRevocation;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// A credential that was found good, and everything that follows from it.
#[derive(Debug)]
pub(crate) struct Standing {
    caller: Caller,
    secret: SecretText,
    token: Option<Box<str>>,
    permissions: Arc<Permissions>,
    session_policy: Option<Arc<Document>>,
    user_id: String,
    /// How records of its calls name it.
    record: Arc<CallerRecord>,
    /// The accounts it stands on, with the generations at which it was judged.
    // INVARIANT: while these are unchanged, so is everything else here.
    held_under: Generations,
    /// When it must be judged anew even so: the session's end, or a date in a condition.
    good_until: Option<Timestamp>,
}

/// Accounts of a chain with their generations: one, or two when a role is assumed across accounts.
pub(crate) type Generations = SmallVec<[(AccountId, u64); 2]>;

/// Credentials in use, by AccessKeyId.
pub(crate) type StandingCache = Cache<Arc<str>, Arc<Standing>>;

impl Standing {
    /// Who signs with the credential.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// What the credential signs with.
    pub(crate) fn secret(&self) -> &SecretText {
        &self.secret
    }

    /// What the session may do at most.
    pub(crate) fn session_policy(&self) -> Option<&Document> {
        self.session_policy.as_deref()
    }

    /// What the caller may do.
    pub(crate) fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    /// How records of its calls name it.
    pub(crate) fn record(&self) -> &Arc<CallerRecord> {
        &self.record
    }

    /// The generations of every account in the chain.
    pub(crate) fn held_under(&self) -> &Generations {
        &self.held_under
    }

    /// The caller as the policy language knows callers.
    pub(crate) fn principal(&self) -> Asking<'_> {
        let account = self.caller.account_str();
        match self.caller.identity() {
            Identity::Account => Asking::Account { account },
            Identity::User { name, .. } => Asking::User { account, name: name.as_str(), id: &self.user_id },
            Identity::Session(claims) => session_principal(claims),
        }
    }

    fn holds(&self, tx: &dyn Transaction, token: Option<&str>, now: Timestamp) -> Result<bool, StoreError> {
        let same_token = match (&self.token, token) {
            (Some(own), Some(given)) => bool::from(own.as_bytes().ct_eq(given.as_bytes())),
            (None, None) => true,
            _ => false,
        };
        if !same_token || self.good_until.is_some_and(|until| now >= until) {
            return Ok(false);
        }
        for (account, judged_at) in &self.held_under {
            if generation(tx, *account)? != *judged_at {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Core {
    /// The standing of a credential as `tx` sees it: from memory while nothing has changed.
    pub(super) fn standing(
        &self,
        tx: &dyn Transaction,
        access_key_id: &str,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Arc<Standing>, ApiError> {
        if let Some(known) = self.standings().get(access_key_id)
            && known.holds(tx, token, now)?
        {
            return Ok(known);
        }
        let judged = match token {
            None => self.judge_access_key(tx, access_key_id)?,
            Some(token) => self.judge_token(tx, access_key_id, token, now)?,
        };
        let judged = Arc::new(judged);
        self.standings().insert(Arc::clone(judged.caller.access_key_id()), Arc::clone(&judged));
        Ok(judged)
    }

    /// The standing of a caller that was authenticated, as another transaction sees it.
    pub(super) fn still_standing(
        &self,
        tx: &dyn Transaction,
        authenticated: &Authenticated,
        now: Timestamp,
    ) -> Result<Arc<Standing>, ApiError> {
        let known = &authenticated.standing;
        if known.holds(tx, authenticated.token.as_deref(), now)? {
            return Ok(Arc::clone(known));
        }
        self.standing(tx, known.caller.access_key_id(), authenticated.token.as_deref(), now)
    }

    fn judge_access_key(&self, tx: &dyn Transaction, id: &str) -> Result<Standing, ApiError> {
        let key = AccessKey::find(tx, id)?.ok_or_else(unknown_key)?;
        let account = Account::find(tx, key.account)?.ok_or_else(unknown_key)?;
        if key.status == KeyStatus::Inactive || account.status == AccountStatus::Closed {
            let message = "Specified access key is disabled: its owner must activate it.";
            return Err(ApiError::new(ErrorCode::InvalidAccessKeyIdInactive, message));
        }
        let (identity, user_id, permissions) = match key.owner {
            KeyOwner::Account => (Identity::Account, String::new(), Arc::default()),
            KeyOwner::User(id) => {
                let user = User::find_by_id(tx, key.account, id.number())?.ok_or_else(unknown_key)?;
                let permissions = self.permissions().of(tx, key.account, Holder::User(id))?;
                (Identity::User { id, name: user.name }, id.to_string(), permissions)
            }
        };
        let secret = self.data_key(&account)?;
        let secret =
            key.secret(&secret).ok_or_else(|| ApiError::internal("an AccessKey secret does not open"))?;
        let caller = Caller::new(key.account, identity, key.id.into());
        Ok(Standing {
            record: CallerRecord::of(&caller),
            caller,
            secret,
            token: None,
            permissions,
            session_policy: None,
            user_id,
            held_under: [(key.account, generation(tx, key.account)?)].into_iter().collect(),
            good_until: None,
        })
    }

    fn judge_token(
        &self,
        tx: &dyn Transaction,
        access_key_id: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<Standing, ApiError> {
        let (claims, secret) = self.token_keys().open(access_key_id, token).map_err(bad_token)?;
        let mut chain =
            Chain { core: self, tx, now, held_under: Generations::new(), good_until: claims.ends_at };
        let judged = chain.judge(&claims)?;
        let (held_under, good_until) = (chain.held_under, Some(chain.good_until));
        let caller = Caller::new(claims.account, Identity::Session(Arc::new(claims)), access_key_id.into());
        Ok(Standing {
            record: CallerRecord::of(&caller),
            caller,
            secret,
            token: Some(token.into()),
            permissions: judged.permissions,
            session_policy: judged.session_policy,
            user_id: String::new(),
            held_under,
            good_until,
        })
    }
}

/// A walk from a session down to the credential that its chain began with.
struct Chain<'a> {
    core: &'a Core,
    tx: &'a dyn Transaction,
    now: Timestamp,
    held_under: Generations,
    good_until: Timestamp,
}

/// What an identity of the chain may do.
struct Judged {
    permissions: Arc<Permissions>,
    session_policy: Option<Arc<Document>>,
}

impl Chain<'_> {
    /// Checks everything that a session stands on, in the order in which the answers say most.
    fn judge(&mut self, claims: &Claims) -> Result<Judged, ApiError> {
        if self.now >= claims.ends_at {
            let message = "Specified SecurityToken is expired: assume the role again.";
            return Err(ApiError::new(ErrorCode::InvalidSecurityTokenExpired, message));
        }
        let account = self.open_account(claims.account, Side::Role)?;
        let role = Role::find(self.tx, claims.account, &claims.role_name)?;
        // A role of the same name made later has another id, and revives nothing.
        let role = role.filter(|role| role.id == claims.role_id).ok_or_else(gone)?;
        let mark = account.sessions_not_before.max(role.sessions_not_before);
        check_mark(claims, claims.account, mark, Side::Role)?;
        if EndedSession::is_ended(self.tx, claims.account, &claims.session_id)? {
            return Err(revoked(Side::Role));
        }
        if self.core.settings().session_revocation == SessionRevocation::Immediate {
            self.judge_source(claims, &role)?;
        }
        Ok(Judged {
            permissions: self.core.permissions().of(self.tx, claims.account, Holder::Role(role.id))?,
            session_policy: claims.policy.as_deref().map(session_policy).transpose()?,
        })
    }

    /// Checks that whoever assumed the role still may, and is still trusted.
    fn judge_source(&mut self, claims: &Claims, role: &Role) -> Result<(), ApiError> {
        match &claims.source {
            Source::AccessKey { account, user, access_key_id } => {
                let (name, judged) = self.judge_user(claims, *account, *user, access_key_id)?;
                let id = user.to_string();
                let asking = Asking::User { account: account.as_str(), name: &name, id: &id };
                self.judge_link(claims, role, asking, &judged)
            }
            Source::Session(parent) => {
                let judged = self.judge(parent)?;
                self.judge_link(claims, role, session_principal(parent), &judged)
            }
        }
    }

    fn judge_user(
        &mut self,
        claims: &Claims,
        account: AccountId,
        user: UserId,
        access_key_id: &str,
    ) -> Result<(String, Judged), ApiError> {
        let record = self.open_account(account, Side::Source)?;
        let user = User::find_by_id(self.tx, account, user.number())?.ok_or_else(gone)?;
        check_mark(claims, account, record.sessions_not_before.max(user.sessions_not_before), Side::Source)?;
        let key = AccessKey::find(self.tx, access_key_id)?;
        if key.is_none_or(|key| key.status == KeyStatus::Inactive) {
            return Err(revoked(Side::Source));
        }
        let permissions = self.core.permissions().of(self.tx, account, Holder::User(user.id))?;
        Ok((user.name.as_str().to_owned(), Judged { permissions, session_policy: None }))
    }

    fn judge_link(
        &mut self,
        claims: &Claims,
        role: &Role,
        asking: Asking<'_>,
        source: &Judged,
    ) -> Result<(), ApiError> {
        let trust = self.core.permissions().trust(role)?;
        let source_identity = claims.source_identity.as_ref().map(crate::name::SourceIdentity::as_str);
        let conditions = assume_role_conditions(&claims.circumstances, source_identity, self.now);
        let decision = evaluate_assume_role(
            &Policies {
                session: source.session_policy.as_deref(),
                account_scope: &source.permissions.account_scope,
                trust: Some(&trust),
                ..Policies::default()
            },
            &Question {
                principal: asking,
                action: "sts:AssumeRole",
                resource: Resource { arn: &role.policy_arn(claims.account), owner: claims.account.as_str() },
                context: &conditions,
            },
        );
        if let Some(change) = decision.next_change_ms() {
            self.good_until = self.good_until.min(Timestamp::from_millis(change));
        }
        if decision.is_allowed() {
            return Ok(());
        }
        let by_trust = decision.layer() == argali_policy::Layer::Trust;
        Err(revoked(if by_trust { Side::Role } else { Side::Source }))
    }

    /// The account, if it is open; its generation is noted, so that the judgement lasts no longer.
    fn open_account(&mut self, id: AccountId, side: Side) -> Result<Account, ApiError> {
        if !self.held_under.iter().any(|(known, _)| *known == id) {
            self.held_under.push((id, generation(self.tx, id)?));
        }
        let account = Account::find(self.tx, id)?.ok_or_else(gone)?;
        if account.status == AccountStatus::Closed { Err(revoked(side)) } else { Ok(account) }
    }
}

/// The condition keys of an `AssumeRole` call, with the present as the time.
pub(crate) fn assume_role_conditions(
    circumstances: &Circumstances,
    source_identity: Option<&str>,
    now: Timestamp,
) -> Conditions {
    let mut conditions = Conditions::new();
    conditions.set("acs:CurrentTime", now.to_string());
    conditions.set("acs:SourceIp", circumstances.source_ip.to_string());
    conditions.set("acs:SecureTransport", circumstances.secure_transport.to_string());
    if let Some(mfa_present) = circumstances.mfa_present {
        conditions.set("acs:MFAPresent", mfa_present.to_string());
    }
    if let Some(external_id) = &circumstances.external_id {
        conditions.set("sts:ExternalId", external_id.as_str());
    }
    if let Some(source_identity) = source_identity {
        conditions.set("sts:SourceIdentity", source_identity);
    }
    conditions
}

fn session_principal(claims: &Claims) -> Asking<'_> {
    Asking::RoleSession {
        account: claims.account.as_str(),
        role: claims.role_name.as_str(),
        session: claims.session_name.as_str(),
        service_linked: false,
    }
}

fn session_policy(text: &str) -> Result<Arc<Document>, ApiError> {
    Document::parse(DocumentKind::Session, text).map(Arc::new).map_err(ApiError::internal)
}

/// Which side of a delegation ended a session. The message says which, not why.
#[derive(Clone, Copy)]
enum Side {
    Role,
    Source,
}

fn check_mark(claims: &Claims, account: AccountId, mark: u64, side: Side) -> Result<(), ApiError> {
    match claims.issued_at_generation(account) {
        Some(issued_at) if issued_at <= mark && mark > 0 => Err(revoked(side)),
        Some(_) => Ok(()),
        None => Err(revoked(side)),
    }
}

fn revoked(side: Side) -> ApiError {
    let message = match side {
        Side::Role => {
            "The session has been revoked by the account that owns the role; ask its owner to trust you again."
        }
        Side::Source => {
            "The session has been revoked by the account that assumed the role; ask its administrator for permission."
        }
    };
    ApiError::new(ErrorCode::InvalidSecurityTokenRevoked, message)
}

fn gone() -> ApiError {
    let message = "Specified SecurityToken is malformed: what it was issued for no longer exists.";
    ApiError::new(ErrorCode::InvalidSecurityTokenMalformed, message)
}

fn unknown_key() -> ApiError {
    let message = "Specified access key is not found: check the AccessKeyId, or create a key.";
    ApiError::new(ErrorCode::InvalidAccessKeyIdNotFound, message)
}

fn bad_token(error: BadToken) -> ApiError {
    match error {
        BadToken::Mismatch => {
            let message = "Specified SecurityToken mismatch with the AccessKey: send each with the other.";
            ApiError::new(ErrorCode::InvalidSecurityTokenMismatchWithAccessKey, message)
        }
        BadToken::Malformed | BadToken::TooLong => {
            let message = "Specified SecurityToken is malformed: send it exactly as AssumeRole gave it.";
            ApiError::new(ErrorCode::InvalidSecurityTokenMalformed, message)
        }
    }
}
