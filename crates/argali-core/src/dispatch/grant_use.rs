//! When grants were used last, gathered in memory and written down now and then.
//!
//! A request that a policy of its caller lets through stores its time beside the attachment of that policy; it waits for
//! nobody and wakes no writer. What has been noted since the last round of tidying, or the last orderly stop, is lost if
//! the process is killed.
// SPEC: console, grant permission and analyzer; security, the promise, P5: last-used times are exempt.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use argali_policy::Decision;
use argali_store::StoreError;
use parking_lot::Mutex;

use super::permissions::Permissions;
use crate::core::Core;
use crate::identifier::AccountId;
use crate::model::{Attachment, GrantUse, RecentGrantUses};
use crate::time::Timestamp;

/// An attachment that counts for somebody, with its last use. A principal's stands beside its compiled policies, so that
/// one attachment to a group has several.
#[derive(Debug)]
pub(super) struct UsedGrant {
    account: AccountId,
    attachment: Attachment,
    last_ms: AtomicI64,
    /// Whether it is among those that wait to be written down.
    is_waiting: AtomicBool,
}

/// Uses that wait to be written down.
#[derive(Debug, Default)]
pub(crate) struct GrantUses {
    waiting: Mutex<BTreeMap<AccountId, Vec<Arc<UsedGrant>>>>,
}

impl UsedGrant {
    /// An attachment of which no use was noted.
    pub(super) fn new(account: AccountId, attachment: Attachment) -> Arc<Self> {
        let (last_ms, is_waiting) = (AtomicI64::new(i64::MIN), AtomicBool::new(false));
        Arc::new(Self { account, attachment, last_ms, is_waiting })
    }

    fn last(&self) -> Timestamp {
        Timestamp::from_millis(self.last_ms.load(Ordering::SeqCst))
    }
}

impl GrantUses {
    /// Notes that a policy of `permissions` has let something through, if one has.
    // INVARIANT: what is noted is written down: the time is stored before it is looked whether the grant waits, and
    // whoever writes it down says that it waits no longer before reading the time, all in one order.
    pub(super) fn note(&self, permissions: &Permissions, decision: &Decision, now: Timestamp) {
        let used = decision.used().and_then(|statement| statement.policy.as_ref());
        let Some(grant) = used.and_then(|label| permissions.grant(label.number())) else { return };
        let now = now.as_millis();
        if grant.last_ms.load(Ordering::SeqCst) < now {
            grant.last_ms.fetch_max(now, Ordering::SeqCst);
        }
        // The first use in a minute alone comes further.
        if !grant.is_waiting.load(Ordering::SeqCst) && !grant.is_waiting.swap(true, Ordering::SeqCst) {
            self.waiting.lock().entry(grant.account).or_default().push(Arc::clone(grant));
        }
    }

    /// The last uses of an account's grants that are not written down yet.
    pub(crate) fn of_account(&self, account: AccountId) -> RecentGrantUses {
        let waiting = self.waiting.lock().get(&account).cloned().unwrap_or_default();
        waiting.iter().map(|grant| (grant.attachment.clone(), grant.last())).collect()
    }
}

impl Core {
    /// Writes down which grants were used since the last time, and waits for the disk.
    pub(super) fn keep_grant_uses(&self) -> Result<(), StoreError> {
        const AT_ONCE: usize = 1_000;
        let waiting = std::mem::take(&mut *self.grant_uses().waiting.lock());
        let waiting: Vec<_> = waiting.into_values().flatten().collect();
        for some in waiting.chunks(AT_ONCE) {
            let uses: Vec<_> = some
                .iter()
                .map(|grant| {
                    grant.is_waiting.store(false, Ordering::SeqCst);
                    (grant, GrantUse { at: grant.last() })
                })
                .collect();
            let ((), durable) = self.store().transact(|tx| {
                for (grant, last) in &uses {
                    last.save(tx, grant.account, &grant.attachment)?;
                }
                Ok::<_, StoreError>(())
            })?;
            durable.wait()?;
        }
        Ok(())
    }
}
