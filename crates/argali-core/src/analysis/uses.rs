//! What the records of an account tell of use: which roles were taken on, and which policies let something through.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use parking_lot::Mutex;

use super::{LONG_DAYS, Looking};
use crate::audit::{By, Event, Facets, Order, Query, Reader};
use crate::diagnosis::TRUST_POLICY;
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// How many look-ups are made: each reads ten thousand records at most.
const MOST_LOOK_UPS: usize = 20;

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Since when all records were read.
    pub(super) since: Timestamp,
    seen: Seen,
}

#[derive(Debug, Default)]
struct Seen {
    /// When roles were last used, by their id.
    roles: BTreeMap<String, Timestamp>,
    /// Which policies let something through for which user or role, by ARN and id.
    policies: BTreeSet<(String, String)>,
    /// Which users and roles took on a role: there the record names the role's trust policy, and not the other half.
    assumed: BTreeSet<String>,
    oldest: Option<Timestamp>,
}

impl Uses {
    /// Reads the account's records of the last ninety days, or as many as there is time for.
    pub(super) fn seen(looking: Looking<'_>, records: &Reader) -> std::io::Result<Self> {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let from = looking.days_ago(LONG_DAYS);
        let (mut after, mut is_whole) = (None, false);
        for _ in 0..MOST_LOOK_UPS {
            let (noted, account) = (Arc::clone(&seen), looking.account);
            let query = Query {
                from,
                order: Order::NewestFirst,
                by: By::Account,
                facets: Facets::default(),
                keep: Box::new(move |event| {
                    noted.lock().note(event, account);
                    false
                }),
                after,
                ..Query::of(account)
            };
            after = records.look_up(&query)?.next;
            if after.is_none() {
                is_whole = true;
                break;
            }
        }
        let seen = std::mem::take(&mut *seen.lock());
        let since = if is_whole { from } else { seen.oldest.unwrap_or(looking.now) };
        Ok(Self { since, seen })
    }

    /// When a role was last used.
    pub(super) fn of_role(&self, id: &str) -> Option<Timestamp> {
        self.seen.roles.get(id).copied()
    }

    /// Whether a user or role took on a role.
    pub(super) fn has_assumed(&self, principal: &str) -> bool {
        self.seen.assumed.contains(principal)
    }

    /// Whether a policy let something through for a user or role.
    pub(super) fn has(&self, policy: &str, principal: &str) -> bool {
        self.seen.policies.contains(&(policy.to_owned(), principal.to_owned()))
    }
}

impl Seen {
    fn note(&mut self, event: &Event, account: AccountId) {
        let time = Timestamp::from_millis(event.time_ms);
        self.oldest = Some(self.oldest.map_or(time, |oldest| oldest.min(time)));
        if let Some(claims) = event.session.as_ref().and_then(|session| session.claims())
            && claims.account == account
        {
            self.used(claims.role_id.to_string(), time);
        }
        let Some(caller) = event.caller.as_deref().filter(|caller| caller.account == account) else { return };
        let principal = match caller.chain.first() {
            Some(link) => {
                self.used(link.principal_id.clone(), time);
                &link.principal_id
            }
            None => &caller.principal_id,
        };
        for resource in event.resources.iter().filter(|resource| resource.allowed) {
            match resource.decided_by.as_deref().and_then(|by| by.rsplit_once('#')) {
                Some((TRUST_POLICY, _)) => {
                    self.assumed.insert(principal.clone());
                }
                Some((policy, _)) => {
                    self.policies.insert((policy.to_owned(), principal.clone()));
                }
                None => {}
            }
        }
    }

    fn used(&mut self, role: String, time: Timestamp) {
        let last = self.roles.entry(role).or_insert(time);
        *last = time.max(*last);
    }
}
