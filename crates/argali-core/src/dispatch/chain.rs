//! What a session stands on, link by link: the role, whoever assumed it, and the trust between them.
// SPEC: security, sessions, at every request.

use std::sync::Arc;

use argali_policy::{
    Context as Conditions, Document, DocumentKind, Layer, Policies, Principal as Asking, Request as Question,
    Resource, evaluate_assume_role,
};
use argali_store::Transaction;

use super::ending::{
    Ending, Side, assuming_account, check_mark, gone, on_the_roles_side, revoked, turned_away_at,
};
use super::link::conditions;
use super::permissions::{Holder, Permissions};
use super::standing::Generations;
use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, RoleId, UserId};
use crate::model::{
    AccessKey, Account, AccountStatus, ConsoleSession, EndedSession, Entity, OidcProvider, Role, User,
    generation,
};
use crate::name::KeyStatus;
use crate::session::{Claims, SessionId, Source};
use crate::settings::SessionRevocation;
use crate::time::Timestamp;

/// A walk from a session down to the credential that its chain began with.
pub(super) struct Chain<'a> {
    core: &'a Core,
    tx: &'a dyn Transaction,
    now: Timestamp,
    /// The accounts that were asked, with their generations.
    pub(super) held_under: Generations,
    /// When it must be judged anew even if nothing changes.
    pub(super) good_until: Timestamp,
    /// A trust policy that is taken to be the role's.
    instead: Option<(RoleId, Arc<Document>)>,
    /// How the session came to its end, if it has and that is known.
    ending: Option<Ending>,
    /// Since when the user that the chain began with is called what it is.
    named_since: Option<Timestamp>,
}

/// What an identity of the chain may do.
pub(super) struct Judged {
    pub(super) permissions: Arc<Permissions>,
    pub(super) session_policy: Option<Arc<Document>>,
    /// Whether a second factor was shown that is still its owner's; nothing for AccessKeys.
    pub(super) mfa_present: Option<bool>,
}

impl<'a> Chain<'a> {
    /// A walk that begins at a session that ends at `ends_at`.
    pub(super) fn new(core: &'a Core, tx: &'a dyn Transaction, now: Timestamp, ends_at: Timestamp) -> Self {
        Self {
            core,
            tx,
            now,
            held_under: Generations::new(),
            good_until: ends_at,
            instead: None,
            ending: None,
            named_since: None,
        }
    }

    /// Checks everything that a session stands on, in the order in which the answers say most.
    pub(super) fn judge(&mut self, claims: &Claims) -> Result<Judged, ApiError> {
        if self.now >= claims.ends_at {
            let message = "Specified SecurityToken is expired: assume the role again.";
            return Err(ApiError::new(ErrorCode::InvalidSecurityTokenExpired, message));
        }
        let account = self.open_account(claims.account, Side::Role)?;
        let role = Role::find(self.tx, claims.account, &claims.role_name)?;
        // A role of the same name made later has another id, and revives nothing.
        let Some(role) = role.filter(|role| role.id == claims.role_id) else {
            return Err(self.ended_there(claims, &account, None, gone()));
        };
        let mark = account.sessions_not_before.max(role.sessions_not_before);
        check_mark(claims, claims.account, mark, Side::Role)
            .map_err(|refusal| self.ended_there(claims, &account, Some(&role), refusal))?;
        let is_ended = EndedSession::is_ended(self.tx, claims.account, claims.session_id)?;
        if is_ended || self.is_closed_to(claims, &role) {
            return Err(self.ended_there(claims, &account, Some(&role), revoked(Side::Role)));
        }
        let mfa_present = match self.core.settings().session_revocation {
            SessionRevocation::Upstream if self.instead.is_none() => {
                self.judge_endings(claims)?;
                claims.circumstances.mfa_present
            }
            SessionRevocation::Immediate | SessionRevocation::Upstream => self.judge_source(claims, &role)?,
        };
        Ok(Judged {
            permissions: self.core.permissions().of(self.tx, claims.account, Holder::Role(role.id))?,
            session_policy: claims.policy.as_deref().map(session_policy).transpose()?,
            mfa_present,
        })
    }

    /// Checks that whoever assumed the role still may, and is still trusted; says whether it has shown a second factor.
    fn judge_source(&mut self, claims: &Claims, role: &Role) -> Result<Option<bool>, ApiError> {
        match &claims.source {
            Source::AccessKey { account, user, access_key_id } => {
                let (name, judged) = self.judge_user(claims, *account, *user)?;
                self.judge_access_key_of(claims, *account, access_key_id)?;
                let id = user.to_string();
                let asking = Asking::User { account: account.as_str(), name: &name, id: &id };
                self.judge_link(claims, role, asking, Some(&judged), conditions(claims, None, self.now))?;
                Ok(None)
            }
            Source::Logon { account, user, logon } => {
                let (name, mut judged) = self.judge_user(claims, *account, *user)?;
                judged.mfa_present = Some(self.judge_logon_of(*account, *user, *logon)?);
                let id = user.to_string();
                let asking = Asking::User { account: account.as_str(), name: &name, id: &id };
                self.judge_persons_link(claims, role, asking, &judged)
            }
            Source::Session(parent) => {
                let judged = self.judge(parent)?;
                self.judge_persons_link(claims, role, session_principal(parent), &judged)
            }
            Source::Federated(federation) => {
                let account = claims.account;
                let provider = OidcProvider::find_by_id(self.tx, account, federation.provider.number())?;
                let provider = provider.ok_or_else(gone)?;
                if !federation.is_meant_for(&provider.client_ids) {
                    return Err(revoked(Side::Role));
                }
                let mut conditions = conditions(claims, None, self.now);
                federation.add_conditions(&provider.client_ids, &mut conditions);
                let arn = provider.arn(account);
                let asking = Asking::Federated { account: account.as_str(), provider_arn: &arn };
                self.judge_link(claims, role, asking, None, conditions)?;
                Ok(None)
            }
        }
    }

    /// Checks a link behind which there may be a person, and says whether that has shown a second factor: it had when
    /// the session began, and what it showed still counts.
    fn judge_persons_link(
        &mut self,
        claims: &Claims,
        role: &Role,
        asking: Asking<'_>,
        source: &Judged,
    ) -> Result<Option<bool>, ApiError> {
        let had = claims.circumstances.mfa_present;
        let mfa_present = had.map(|had| had && source.mfa_present == Some(true));
        let conditions = conditions(claims, mfa_present, self.now);
        self.judge_link(claims, role, asking, Some(source), conditions)?;
        Ok(mfa_present)
    }

    /// Checks only whether anybody along the chain has ended the session by hand.
    fn judge_endings(&mut self, claims: &Claims) -> Result<(), ApiError> {
        match &claims.source {
            Source::AccessKey { account, user, .. } => self.judge_mark_of_user(claims, *account, *user),
            Source::Logon { account, user, logon } => {
                self.judge_mark_of_user(claims, *account, *user)?;
                match ConsoleSession::find(self.tx, *account, *logon)? {
                    Some(_) => Ok(()),
                    // Somebody logged off, or ended the logon.
                    None => Err(revoked(Side::Source)),
                }
            }
            Source::Session(parent) => {
                let mark = self.mark_of(parent.account)?;
                let role = Role::find(self.tx, parent.account, &parent.role_name)?;
                let role = role.filter(|role| role.id == parent.role_id);
                let mark = mark.max(role.map_or(0, |role| role.sessions_not_before));
                check_mark(parent, parent.account, mark, Side::Source)?;
                if EndedSession::is_ended(self.tx, parent.account, parent.session_id)? {
                    return Err(revoked(Side::Source));
                }
                self.judge_endings(parent)
            }
            // A provider ends no sessions by hand.
            Source::Federated(_) => Ok(()),
        }
    }

    fn judge_mark_of_user(
        &mut self,
        claims: &Claims,
        account: AccountId,
        user: UserId,
    ) -> Result<(), ApiError> {
        let mark = self.mark_of(account)?;
        let user = User::find_by_id(self.tx, account, user.number())?;
        let mark = mark.max(user.map_or(0, |user| user.sessions_not_before));
        check_mark(claims, account, mark, Side::Source)
    }

    /// The account's *sessions-not-before* mark; its generation is noted.
    fn mark_of(&mut self, id: AccountId) -> Result<u64, ApiError> {
        self.note_generation(id)?;
        Ok(Account::find(self.tx, id)?.map_or(0, |account| account.sessions_not_before))
    }

    /// Checks the user that a chain began with, and returns its name and what it may do.
    fn judge_user(
        &mut self,
        claims: &Claims,
        account: AccountId,
        user: UserId,
    ) -> Result<(String, Judged), ApiError> {
        let record = self.open_account(account, Side::Source)?;
        let user = User::find_by_id(self.tx, account, user.number())?.ok_or_else(gone)?;
        check_mark(claims, account, record.sessions_not_before.max(user.sessions_not_before), Side::Source)?;
        self.named_since = Some(user.updated_at);
        let permissions = self.core.permissions().of(self.tx, account, Holder::User(user.id))?;
        let judged = Judged { permissions, session_policy: None, mfa_present: None };
        Ok((user.name.as_str().to_owned(), judged))
    }

    /// Checks the key that a user signed with.
    fn judge_access_key_of(
        &self,
        claims: &Claims,
        account: AccountId,
        access_key_id: &str,
    ) -> Result<(), ApiError> {
        let key = AccessKey::find(self.tx, access_key_id)?;
        let Some(key) = key.filter(|key| key.status == KeyStatus::Active) else {
            return Err(revoked(Side::Source));
        };
        check_mark(claims, account, key.sessions_not_before.unwrap_or_default(), Side::Source)
    }

    /// Checks the logon of a user, and says whether a second factor was shown.
    fn judge_logon_of(
        &mut self,
        account: AccountId,
        user: UserId,
        logon: SessionId,
    ) -> Result<bool, ApiError> {
        let found = self.core.logon_of_user(self.tx, (account, user, logon), self.now)?;
        let found = found.ok_or_else(|| revoked(Side::Source))?;
        self.good_until = self.good_until.min(found.ends_at);
        Ok(found.mfa_present)
    }

    /// Checks that both sides agree: whoever assumed the role, if it has permissions of its own, and the trust policy.
    fn judge_link(
        &mut self,
        claims: &Claims,
        role: &Role,
        asking: Asking<'_>,
        source: Option<&Judged>,
        conditions: Conditions,
    ) -> Result<(), ApiError> {
        let trust = match &self.instead {
            Some((id, trust)) if *id == role.id => Arc::clone(trust),
            _ => self.core.permissions().trust(role)?,
        };
        let alone = Policies { trust: Some(&trust), ..Policies::default() };
        let policies = source.map_or(alone, |source| Policies {
            session: source.session_policy.as_deref(),
            account_scope: &source.permissions.account_scope,
            ..alone
        });
        let decision = evaluate_assume_role(
            &policies,
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
        if decision.layer() != Layer::Trust {
            return Err(self.ended(assuming_account(claims), None, revoked(Side::Source)));
        }
        let at = turned_away_at(claims, role, (&policies, asking), self.now);
        // Whoever bears another name since was not known by this one then.
        let at = at.filter(|at| self.named_since.is_none_or(|since| since <= *at));
        Err(self.ended(claims.account, at, revoked(Side::Role)))
    }

    /// Whether people have switched to a role that is closed to them by now, which only the setting `upstream` lets pass.
    fn is_closed_to(&self, claims: &Claims, role: &Role) -> bool {
        let is_upstream =
            self.core.settings().session_revocation == SessionRevocation::Upstream && self.instead.is_none();
        claims.in_console && !role.allow_console_login && !is_upstream
    }

    /// Notes how a session came to its end that is over on its role's side.
    fn ended_there(
        &mut self,
        claims: &Claims,
        account: &Account,
        role: Option<&Role>,
        refusal: ApiError,
    ) -> ApiError {
        match on_the_roles_side(self.tx, claims, account, role) {
            Ok(ending) => {
                self.ending = ending;
                refusal
            }
            Err(error) => error.into(),
        }
    }

    /// Notes how the session came to its end, which the refusal does not tell.
    fn ended(&mut self, by: AccountId, at: Option<Timestamp>, refusal: ApiError) -> ApiError {
        self.ending = Some(Ending { by, at });
        refusal
    }

    fn note_generation(&mut self, id: AccountId) -> Result<(), ApiError> {
        if !self.held_under.iter().any(|(known, _)| *known == id) {
            self.held_under.push((id, generation(self.tx, id)?));
        }
        Ok(())
    }

    /// The account, if it is open; its generation is noted, so that the judgement lasts no longer.
    fn open_account(&mut self, id: AccountId, side: Side) -> Result<Account, ApiError> {
        self.note_generation(id)?;
        let account = Account::find(self.tx, id)?.ok_or_else(gone)?;
        match account.status {
            AccountStatus::Open => Ok(account),
            AccountStatus::Closed => Err(self.ended(id, None, revoked(side))),
        }
    }
}

/// Checks, as every request of it would, whether a session still holds. Fails with what the request would be told.
pub(crate) fn judge_session(
    core: &Core,
    tx: &dyn Transaction,
    now: Timestamp,
    claims: &Claims,
) -> Result<(), ApiError> {
    Chain::new(core, tx, now, claims.ends_at).judge(claims).map(drop)
}

/// How a session came to its end, as far as that is known; nothing while it holds.
pub(crate) fn ending_of(
    core: &Core,
    tx: &dyn Transaction,
    now: Timestamp,
    claims: &Claims,
) -> Result<Option<Ending>, ApiError> {
    let mut chain = Chain::new(core, tx, now, claims.ends_at);
    match chain.judge(claims) {
        Err(error) if error.code() == &ErrorCode::InternalError => Err(error),
        Ok(_) | Err(_) => Ok(chain.ending),
    }
}

/// Checks whether a session would still be admitted if the role of this id had another trust policy, whatever the
/// operator decided about sessions that were issued before.
pub(crate) fn judge_session_under(
    core: &Core,
    tx: &dyn Transaction,
    now: Timestamp,
    claims: &Claims,
    trust: (RoleId, Arc<Document>),
) -> Result<(), ApiError> {
    let mut chain = Chain::new(core, tx, now, claims.ends_at);
    chain.instead = Some(trust);
    chain.judge(claims).map(drop)
}

pub(super) fn session_principal(claims: &Claims) -> Asking<'_> {
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
