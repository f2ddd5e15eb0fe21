//! When AccessKeys were used last, gathered in memory and written down now and then.
//!
//! A request only notes its time beside its key; it waits for nobody and wakes no writer. What has been noted since the
//! last round of tidying, or the last orderly stop, is lost if the process is killed.
// SPEC: security, the promise, P5: last-used times are exempt.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argali_store::StoreError;

use crate::core::Core;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::survey::RecentUses;
use crate::model::{AccessKey, LastUse};
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
    /// The use of a key that has not been used yet, as far as memory goes.
    pub(super) fn new(account: AccountId, access_key_id: Arc<str>) -> Arc<Self> {
        Arc::new(Self { account, access_key_id, noted: Mutex::default() })
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
    pub(super) fn of_account(&self, account: AccountId) -> RecentUses {
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
        tx: &dyn argali_store::Transaction,
        key: &AccessKey,
    ) -> Result<Option<LastUse>, ApiError> {
        match self.key_uses().of(&key.id) {
            Some(noted) => Ok(Some(noted)),
            None => Ok(LastUse::find(tx, key.account, &key.id)?),
        }
    }

    /// Writes down which keys were used since the last time, and waits for the disk. Keys that are gone are passed over.
    pub fn keep_last_uses(&self) -> Result<(), StoreError> {
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
