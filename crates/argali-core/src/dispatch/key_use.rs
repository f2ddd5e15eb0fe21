//! When AccessKeys were used last, gathered in memory and written down now and then.
//!
//! A request only notes its time beside its key; it waits for nobody and wakes no writer. What has been noted since the
//! last round of tidying, or the last orderly stop, is lost if the process is killed.
// SPEC: security, the promise, P5: last-used times are exempt.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argali_store::{StoreError, Transaction};

use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::survey::RecentUses;
use crate::model::{AccessKey, IdleLimit, LastUse, SecurityPreference};
use crate::name::KeyStatus;
use crate::time::Timestamp;

/// The use of one key, shared by everything that is known of the key.
#[derive(Debug)]
pub(crate) struct KeyUse {
    account: AccountId,
    access_key_id: Arc<str>,
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    last: LastUse,
    /// Whether it is among those that wait to be written down.
    is_waiting: bool,
}

/// Uses that wait to be written down, each key once.
#[derive(Debug, Default)]
pub(crate) struct KeyUses {
    waiting: Mutex<Vec<Arc<KeyUse>>>,
}

impl KeyUse {
    /// The use of a key that was used last, as far as is written down, at `last`.
    pub(super) fn new(account: AccountId, access_key_id: Arc<str>, last: LastUse) -> Arc<Self> {
        let noted = Mutex::new(Noted { last, is_waiting: false });
        Arc::new(Self { account, access_key_id, noted })
    }

    /// Fails with `InvalidAccessKeyId.Inactive` if the key, which was made or switched on at `ready_at`, has lain idle
    /// for too long.
    pub(super) fn require_in_use(
        &self,
        ready_at: Timestamp,
        limit: IdleLimit,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        // Whoever holds the lock uses it at this moment.
        let Ok(noted) = self.noted.try_lock() else { return Ok(()) };
        if !limit.is_passed(noted.last.at.max(ready_at), now) {
            return Ok(());
        }
        let message = "Specified access key is disabled, because it was not used for too long: its owner must activate it.";
        Err(ApiError::new(ErrorCode::InvalidAccessKeyIdInactive, message))
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyUses {
    /// Notes that a key was used now, for a call of `service`.
    pub(super) fn note(&self, key: &Arc<KeyUse>, now: Timestamp, service: &str) {
        // Whoever holds the lock notes the same moment.
        let Ok(mut noted) = key.noted.try_lock() else { return };
        noted.last.at = noted.last.at.max(now);
        if noted.last.service != service {
            service.clone_into(&mut noted.last.service);
        }
        if !std::mem::replace(&mut noted.is_waiting, true) {
            self.waiting().push(Arc::clone(key));
        }
    }

    /// The last use of a key that is not written down yet.
    fn of(&self, access_key_id: &str) -> Option<LastUse> {
        let found = self.waiting().iter().find(|key| &*key.access_key_id == access_key_id).cloned();
        found.map(|key| key.noted().last.clone())
    }

    /// The last uses of an account's keys that are not written down yet.
    pub(crate) fn of_account(&self, account: AccountId) -> RecentUses {
        let of_account = |key: &&Arc<KeyUse>| key.account == account;
        let waiting: Vec<_> = self.waiting().iter().filter(of_account).cloned().collect();
        waiting.into_iter().map(|key| (Arc::clone(&key.access_key_id), key.noted().last.at)).collect()
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Arc<KeyUse>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Core {
    /// When and for which service a key was used last; `None` if it never was.
    pub(crate) fn last_use(
        &self,
        tx: &dyn Transaction,
        key: &AccessKey,
    ) -> Result<Option<LastUse>, ApiError> {
        match self.key_uses().of(&key.id) {
            Some(noted) => Ok(Some(noted)),
            None => Ok(LastUse::find(tx, key.account, &key.id)?),
        }
    }

    /// Whether a key may be used: not if it was switched off, and not if it has lain idle for too long, until it is
    /// switched on.
    pub(crate) fn key_status(
        &self,
        tx: &dyn Transaction,
        key: &AccessKey,
        now: Timestamp,
    ) -> Result<KeyStatus, ApiError> {
        let preference = SecurityPreference::of(tx, key.account)?;
        let Some(limit) = preference.idle_limit_of_key(key.owner) else { return Ok(key.status) };
        let last = self.last_use(tx, key)?.map_or(Timestamp::default(), |last| last.at);
        let is_idle = limit.is_passed(last.max(key.ready_at()), now);
        Ok(if is_idle { KeyStatus::Inactive } else { key.status })
    }

    /// Writes down which keys and grants were used since the last time, and waits for the disk. What is gone is passed
    /// over.
    pub fn keep_last_uses(&self) -> Result<(), StoreError> {
        self.keep_grant_uses()?;
        const AT_ONCE: usize = 1_000;
        let waiting = std::mem::take(&mut *self.key_uses().waiting());
        let uses: Vec<_> = waiting
            .iter()
            .map(|key| {
                let mut noted = key.noted();
                noted.is_waiting = false;
                (key, noted.last.clone())
            })
            .collect();
        for some in uses.chunks(AT_ONCE) {
            let ((), durable) = self.store().transact(|tx| {
                for (key, last) in some {
                    if AccessKey::find(tx, &key.access_key_id)?.is_some() {
                        last.save(tx, key.account, &key.access_key_id);
                    }
                }
                Ok::<_, StoreError>(())
            })?;
            durable.wait()?;
        }
        Ok(())
    }
}
