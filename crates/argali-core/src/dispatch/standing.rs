//! Whether a credential is good, and what its bearer may do: judged anew whenever anything it stands on changes.
// SPEC: security, the promise and sessions.

use std::net::IpAddr;
use std::sync::Arc;

use argali_policy::{Document, Principal as Asking};
use argali_store::{StoreError, Transaction};
use quick_cache::sync::Cache;
use smallvec::SmallVec;
use subtle::ConstantTimeEq;

use super::Request;
use super::authenticate::Authenticated;
use super::chain::{Chain, session_principal};
use super::key_use::KeyUse;
use super::logon::PresentLogon;
use super::permissions::{Holder, Permissions, RESOURCE_TAG};
use crate::audit::CallerRecord;
use crate::caller::{Caller, Identity};
use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{
    AccessKey, Account, AccountStatus, Entity, IdleLimit, KeyOwner, LastUse, NetworkPolicy,
    SecurityPreference, User, generation,
};
use crate::name::KeyStatus;
use crate::session::BadToken;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// A credential that was found good, and everything that follows from it.
#[derive(Debug)]
pub(crate) struct Standing {
    caller: Caller,
    /// Nothing, for console logons: they sign nothing.
    secret: Option<SecretText>,
    /// Whether a second factor was shown; nothing for AccessKeys.
    mfa_present: Option<bool>,
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
    /// When it was used last, for AccessKeys.
    key_use: Option<Arc<KeyUse>>,
    /// Since when it could be used and for how long it may lie idle, for AccessKeys of users.
    idle: Option<(Timestamp, IdleLimit)>,
    /// From where it may be used, for AccessKeys, if not from anywhere.
    network: Option<Arc<NetworkPolicy>>,
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
    pub(crate) fn secret(&self) -> Option<&SecretText> {
        self.secret.as_ref()
    }

    /// Whether a second factor was shown; nothing for AccessKeys.
    pub(crate) fn mfa_present(&self) -> Option<bool> {
        self.mfa_present
    }

    /// What a console logon may do.
    pub(super) fn of_logon(
        caller: Caller,
        permissions: Arc<Permissions>,
        user_id: String,
        held_under: Generations,
        logon: &PresentLogon,
    ) -> Self {
        Self {
            record: CallerRecord::of(&caller),
            caller,
            secret: None,
            key_use: None,
            idle: None,
            network: None,
            mfa_present: Some(logon.mfa_present),
            token: None,
            permissions,
            session_policy: None,
            user_id,
            held_under,
            good_until: Some(logon.ends_at),
        }
    }

    /// What the session may do at most.
    pub(crate) fn session_policy(&self) -> Option<&Document> {
        self.session_policy.as_deref()
    }

    /// What the caller may do.
    pub(crate) fn permissions(&self) -> &Arc<Permissions> {
        &self.permissions
    }

    /// Whether a policy asks for tags of resources.
    pub(crate) fn reads_resource_tags(&self) -> bool {
        self.permissions.reads_resource_tags
            || self.session_policy.as_ref().is_some_and(|policy| policy.reads(RESOURCE_TAG))
    }

    /// How records of its calls name it.
    pub(crate) fn record(&self) -> &Arc<CallerRecord> {
        &self.record
    }

    /// When it was used last, for AccessKeys.
    pub(super) fn key_use(&self) -> Option<&Arc<KeyUse>> {
        self.key_use.as_ref()
    }

    /// That the credential may be used from `address`.
    // SPEC: the IMS API, SetAccessKeyPolicy: temporary credentials are exempt, those of a policed key, too.
    pub(super) fn require_admitted(&self, address: IpAddr) -> Result<(), ApiError> {
        if self.network.as_ref().is_none_or(|network| network.admits(address)) {
            return Ok(());
        }
        let message = format!(
            "Specified access key is disabled for {address}: use it from a network that its network policy names."
        );
        Err(ApiError::new(ErrorCode::InvalidAccessKeyIdInactive, message))
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

    /// Fails with `InvalidAccessKeyId.Inactive` if it is an AccessKey that has lain idle for too long.
    fn require_in_use(&self, now: Timestamp) -> Result<(), ApiError> {
        match (&self.key_use, self.idle) {
            (Some(key), Some((ready_at, limit))) => key.require_in_use(ready_at, limit, now),
            _ => Ok(()),
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
        let known = self.standings().get(access_key_id);
        if let Some(known) = &known
            && known.holds(tx, token, now)?
        {
            known.require_in_use(now)?;
            return Ok(Arc::clone(known));
        }
        let judged = match token {
            None => {
                let judged = self.judge_access_key(tx, access_key_id)?;
                let key_use = known.and_then(|known| known.key_use.clone()).or(judged.key_use);
                Standing { key_use, ..judged }
            }
            Some(token) => self.judge_token(tx, access_key_id, token, now)?,
        };
        judged.require_in_use(now)?;
        let judged = Arc::new(judged);
        self.standings().insert(Arc::clone(judged.caller.access_key_id()), Arc::clone(&judged));
        Ok(judged)
    }

    /// The standing of a caller that was authenticated, as another transaction sees it.
    pub(super) fn still_standing(
        &self,
        tx: &dyn Transaction,
        authenticated: &Authenticated,
        request: &Request,
    ) -> Result<Arc<Standing>, ApiError> {
        let now = request.now;
        let Authenticated { standing: known, token, logon, .. } = authenticated;
        if let Some(logon) = logon {
            return self.logon_still_standing(tx, logon, token.as_deref(), now);
        }
        if known.holds(tx, token.as_deref(), now)? {
            return Ok(Arc::clone(known));
        }
        let judged = self.standing(tx, known.caller.access_key_id(), token.as_deref(), now)?;
        judged.require_admitted(request.origin.source_ip)?;
        Ok(judged)
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
        let network = NetworkPolicy::of_key(tx, &key)?.map(Arc::new);
        let limit = SecurityPreference::of(tx, key.account)?.idle_limit_of_key(key.owner);
        let idle = limit.map(|limit| (key.ready_at(), limit));
        let last = LastUse::find(tx, key.account, &key.id)?.unwrap_or_default();
        let caller = Caller::new(key.account, identity, key.id.into());
        Ok(Standing {
            key_use: Some(KeyUse::new(key.account, Arc::clone(caller.access_key_id()), last)),
            idle,
            network,
            record: CallerRecord::of(&caller),
            caller,
            secret: Some(secret),
            mfa_present: None,
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
        let mut chain = Chain::new(self, tx, now, claims.ends_at);
        let judged = chain.judge(&claims)?;
        let (held_under, good_until) = (chain.held_under, Some(chain.good_until));
        let caller = Caller::new(claims.account, Identity::Session(Arc::new(claims)), access_key_id.into());
        Ok(Standing {
            record: CallerRecord::of(&caller),
            caller,
            secret: Some(secret),
            mfa_present: judged.mfa_present,
            token: Some(token.into()),
            permissions: judged.permissions,
            session_policy: judged.session_policy,
            user_id: String::new(),
            held_under,
            good_until,
            key_use: None,
            idle: None,
            network: None,
        })
    }
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
