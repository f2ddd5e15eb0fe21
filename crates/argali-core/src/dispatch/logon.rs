//! Console logons as credentials: only callers inside of this process present them, and never over the wire.
//!
//! A logon is judged at each call, by its record and by everything that it stands on. Whoever has switched to a role acts
//! by the session of the role, which stands on the logon in turn.
// SPEC: design, sessions, console logons; security, sessions, console sessions.

use std::sync::Arc;

use argali_store::Transaction;
use sha2::{Digest, Sha256};

use super::Request;
use super::authenticate::Authenticated;
use super::permissions::Holder;
use super::standing::Standing;
use crate::audit::Draft;
use crate::caller::{Caller, Identity};
use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, UserId};
use crate::logon_name::named_account;
use crate::model::{
    Account, AccountStatus, ConsoleSession, Entity, KeyOwner, LoginProfile, SecurityPreference, SwitchedRole,
    User, generation,
};
use crate::name::{KeyStatus, RoleName};
use crate::session::SessionId;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// What a browser holds of a console logon, and as whom its bearer acts: as itself, or in a role.
#[derive(Clone, Debug)]
pub struct LogonCredential {
    /// 256 random bits, as text.
    value: SecretText,
    role: Option<WantedRole>,
}

/// The role in which somebody who is logged on acts.
#[derive(Clone, Debug)]
struct WantedRole {
    /// The alias, default domain or number of its account.
    account: String,
    name: RoleName,
}

/// A logon that was found good.
#[derive(Clone, Debug)]
pub(crate) struct PresentLogon {
    /// The account.
    pub(crate) account: AccountId,
    /// Its record.
    pub(crate) session: ConsoleSession,
    /// The user; nobody where the account's owner is logged on.
    pub(crate) user: Option<User>,
    /// Whether a second factor was shown that is still its owner's.
    pub(crate) mfa_present: bool,
    /// When it ends.
    pub(crate) ends_at: Timestamp,
}

/// For how long password or code need not be shown again, in seconds.
// SPEC: console, security verification.
const VERIFIED_S: i64 = 15 * 60;

impl LogonCredential {
    /// The credential that [`LogOn`](crate::services::argali) answered as `Session`.
    pub fn new(value: SecretText) -> Self {
        Self { value, role: None }
    }

    /// The same, to act in a role that the logon has switched to: its name, and its account's alias, default domain
    /// or number.
    #[must_use]
    pub fn in_role(self, account: impl Into<String>, name: RoleName) -> Self {
        Self { role: Some(WantedRole { account: account.into(), name }), ..self }
    }

    /// What is kept of it.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.value.expose().as_bytes()).into()
    }
}

impl Core {
    /// Finds out who is logged on and as whom it acts, as `snapshot` has it.
    pub(super) fn authenticate_logon(
        &self,
        request: &Request,
        credential: &LogonCredential,
        snapshot: &dyn Transaction,
        draft: &mut Draft,
    ) -> Result<Authenticated, ApiError> {
        let logon = self.present_logon(snapshot, &credential.hash(), request.now)?;
        let Some(wanted) = &credential.role else {
            let standing = self.logon_standing(snapshot, &logon)?;
            return Ok(Authenticated { standing, token: None, nonce: None, logon: Some(logon) });
        };
        let account = named_account(snapshot, &wanted.account, &self.settings().domain_suffix)?;
        let switched = account.and_then(|account| logon.session.role(account, &wanted.name));
        let SwitchedRole { access_key_id, token, .. } = switched.ok_or_else(not_switched)?;
        draft.signed_with(access_key_id);
        let standing = self.standing(snapshot, access_key_id, Some(token), request.now)?;
        let token = Some(token.clone());
        Ok(Authenticated { standing, token, nonce: None, logon: Some(logon) })
    }

    /// The standing of somebody who was logged on, as another transaction sees it.
    pub(super) fn logon_still_standing(
        &self,
        tx: &dyn Transaction,
        known: &PresentLogon,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Arc<Standing>, ApiError> {
        let logon = self.present_logon(tx, &known.session.cookie, now)?;
        let Some(token) = token else { return self.logon_standing(tx, &logon) };
        let switched = logon.session.switched.iter().find(|role| role.token == token);
        let switched = switched.ok_or_else(not_switched)?;
        self.standing(tx, &switched.access_key_id, Some(token), now)
    }

    /// The logon of a user by its number, if everything that it stands on still holds.
    pub(super) fn logon_of_user(
        &self,
        tx: &dyn Transaction,
        (account, user, id): (AccountId, UserId, SessionId),
        now: Timestamp,
    ) -> Result<Option<PresentLogon>, ApiError> {
        let session = ConsoleSession::find(tx, account, id)?;
        match session.filter(|session| session.owner == KeyOwner::User(user)) {
            Some(session) => self.judge_logon(tx, account, session, now),
            None => Ok(None),
        }
    }

    /// The logons of somebody that are under way, the latest first.
    pub(crate) fn logons_of(
        &self,
        tx: &dyn Transaction,
        (account, owner): (AccountId, KeyOwner),
        now: Timestamp,
    ) -> Result<Vec<PresentLogon>, ApiError> {
        let mut logons = Vec::new();
        for session in ConsoleSession::of_owner(tx, account, owner)? {
            logons.extend(self.judge_logon(tx, account, session, now)?);
        }
        logons.sort_by_key(|logon| std::cmp::Reverse(logon.session.began_at));
        Ok(logons)
    }

    /// The logon whose cookie has this hash, if everything that it stands on still holds.
    fn present_logon(
        &self,
        tx: &dyn Transaction,
        cookie: &[u8; 32],
        now: Timestamp,
    ) -> Result<PresentLogon, ApiError> {
        let found = ConsoleSession::of_cookie(tx, cookie)?;
        let (account, session) = found.ok_or_else(ended)?;
        self.judge_logon(tx, account, session, now)?.ok_or_else(ended)
    }

    /// Judges a logon by what it stands on; `None` if that no longer holds.
    fn judge_logon(
        &self,
        tx: &dyn Transaction,
        account: AccountId,
        session: ConsoleSession,
        now: Timestamp,
    ) -> Result<Option<PresentLogon>, ApiError> {
        let record = Account::find(tx, account)?.filter(|record| record.status == AccountStatus::Open);
        let profile = LoginProfile::find(tx, account, session.owner)?
            .filter(|profile| profile.status == KeyStatus::Active)
            .filter(|profile| profile.password().mark() == session.password_mark);
        let (Some(record), Some(_)) = (record, profile) else { return Ok(None) };
        let user = match session.owner {
            KeyOwner::Account => None,
            KeyOwner::User(id) => match User::find_by_id(tx, account, id.number())? {
                Some(user) => Some(user),
                None => return Ok(None),
            },
        };
        let mark = record.sessions_not_before.max(user.as_ref().map_or(0, |user| user.sessions_not_before));
        let preference = SecurityPreference::of(tx, account)?;
        let longest = session.began_at.plus_seconds(i64::from(preference.session_hours) * 3_600);
        let ends_at = session.ends_at.min(longest);
        let is_admitted = user.is_none()
            || session.source_ip.parse().is_ok_and(|address| preference.networks.admit(address));
        if now >= ends_at || !is_admitted || (mark > 0 && session.began_at_generation <= mark) {
            return Ok(None);
        }
        let mfa_present = match session.second_factor {
            Some(factor) => factor.counts(tx, (account, session.owner), &preference)?,
            None => false,
        };
        Ok(Some(PresentLogon { account, session, user, mfa_present, ends_at }))
    }

    /// What a logon may do.
    fn logon_standing(&self, tx: &dyn Transaction, logon: &PresentLogon) -> Result<Arc<Standing>, ApiError> {
        let account = logon.account;
        let (identity, permissions) = match &logon.user {
            None => (Identity::Account, Arc::default()),
            Some(user) => {
                let permissions = self.permissions().of(tx, account, Holder::User(user.id))?;
                (Identity::User { id: user.id, name: user.name.clone() }, permissions)
            }
        };
        let user_id = logon.user.as_ref().map(|user| user.id.to_string()).unwrap_or_default();
        // A logon has no key; this names it where others have one.
        let caller = Caller::new(account, identity, format!("logon:{}", logon.session.id).into());
        let held_under = [(account, generation(tx, account)?)].into_iter().collect();
        Ok(Arc::new(Standing::of_logon(caller, permissions, user_id, held_under, logon)))
    }
}

/// Until when sensitive operations are open to a logon.
pub(crate) fn verified_until(session: &ConsoleSession) -> Timestamp {
    session.verified_at.plus_seconds(VERIFIED_S)
}

fn ended() -> ApiError {
    let message = "The console session has ended: log on again.";
    ApiError::new(ErrorCode::LogonEnded, message)
}

fn not_switched() -> ApiError {
    let message = "This logon has not switched to that role, or has switched back: switch to it.";
    ApiError::new(ErrorCode::LogonNotSwitched, message)
}
