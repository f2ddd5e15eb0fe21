//! What the records of an account tell of use: which roles were taken on, and which policies let something through.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use parking_lot::Mutex;
use quick_cache::sync::Cache;

use super::{LONG_DAYS, Looking};
use crate::audit::{By, Event, Facets, Order, Position, Query, Reader};
use crate::diagnosis::TRUST_POLICY;
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// How many look-ups are made: each reads ten thousand records at most.
const MOST_LOOK_UPS: usize = 20;

/// What was seen in accounts that were looked at before. Records are only ever added, so that the next look reads what
/// came since.
pub(crate) type UsesSeen = Cache<AccountId, Arc<Uses>>;

/// What was seen in an account.
#[derive(Debug)]
pub(crate) struct Uses {
    /// Since when all records were read.
    pub(super) since: Timestamp,
    seen: Seen,
    /// A place behind every record that was read.
    end: Option<Position>,
}

/// Each with the last time.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// When roles were used, by their id.
    roles: BTreeMap<String, Timestamp>,
    /// Which policies let something through for which user or role, by ARN and id.
    policies: BTreeMap<(String, String), Timestamp>,
    /// Which users and roles took on a role: there the record names the role's trust policy, and not the other half.
    assumed: BTreeMap<String, Timestamp>,
    oldest: Option<Timestamp>,
}

impl Uses {
    /// What the account's records of the last ninety days tell, or as many of them as there is time for.
    pub(super) fn of(looking: Looking<'_>, records: &Reader, before: &UsesSeen) -> io::Result<Arc<Self>> {
        let known = before.get(&looking.account);
        let read_on = known.map(|uses| uses.read_on(looking, records)).transpose()?.flatten();
        let uses = Arc::new(match read_on {
            Some(uses) => uses,
            None => Self::read_anew(looking, records)?,
        });
        before.insert(looking.account, Arc::clone(&uses));
        Ok(uses)
    }

    fn read_anew(looking: Looking<'_>, records: &Reader) -> io::Result<Self> {
        let end = records.end();
        let (seen, is_whole) = Seen::default().with(looking, records, Order::NewestFirst, None)?;
        let from = looking.days_ago(LONG_DAYS);
        let since = if is_whole { from } else { seen.oldest.unwrap_or(looking.now) };
        Ok(Self { since, seen, end })
    }

    /// The same with what was recorded since; nothing if that is more than there is time for.
    fn read_on(&self, looking: Looking<'_>, records: &Reader) -> io::Result<Option<Self>> {
        let (from, end) = (looking.days_ago(LONG_DAYS), records.end());
        let mut seen = self.seen.clone();
        seen.forget_before(from);
        let (seen, is_whole) = seen.with(looking, records, Order::OldestFirst, self.end)?;
        Ok(is_whole.then(|| Self { since: self.since.max(from), seen, end }))
    }

    /// When a role was last used.
    pub(super) fn of_role(&self, id: &str) -> Option<Timestamp> {
        self.seen.roles.get(id).copied()
    }

    /// Whether a user or role took on a role.
    pub(super) fn has_assumed(&self, principal: &str) -> bool {
        self.seen.assumed.contains_key(principal)
    }

    /// Whether a policy let something through for a user or role.
    pub(super) fn has(&self, policy: &str, principal: &str) -> bool {
        self.seen.policies.contains_key(&(policy.to_owned(), principal.to_owned()))
    }
}

impl Seen {
    /// The same with what records tell that follow a place; and whether all of them were read.
    fn with(
        self,
        looking: Looking<'_>,
        records: &Reader,
        order: Order,
        mut after: Option<Position>,
    ) -> io::Result<(Self, bool)> {
        let seen = Arc::new(Mutex::new(self));
        let mut is_whole = false;
        for _ in 0..MOST_LOOK_UPS {
            let (noted, account) = (Arc::clone(&seen), looking.account);
            let query = Query {
                from: looking.days_ago(LONG_DAYS),
                order,
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
        Ok((seen, is_whole))
    }

    fn forget_before(&mut self, from: Timestamp) {
        self.roles.retain(|_, time| *time >= from);
        self.policies.retain(|_, time| *time >= from);
        self.assumed.retain(|_, time| *time >= from);
    }

    fn note(&mut self, event: &Event, account: AccountId) {
        let time = Timestamp::from_millis(event.time_ms);
        self.oldest = Some(self.oldest.map_or(time, |oldest| oldest.min(time)));
        if let Some(claims) = event.session.as_ref().and_then(|session| session.claims())
            && claims.account == account
        {
            last(&mut self.roles, claims.role_id.to_string(), time);
        }
        let Some(caller) = event.caller.as_deref().filter(|caller| caller.account == account) else { return };
        let principal = match caller.chain.first() {
            Some(link) => {
                last(&mut self.roles, link.principal_id.clone(), time);
                &link.principal_id
            }
            None => &caller.principal_id,
        };
        for resource in event.resources.iter().filter(|resource| resource.allowed) {
            match resource.decided_by.as_deref().and_then(|by| by.rsplit_once('#')) {
                Some((TRUST_POLICY, _)) => {
                    last(&mut self.assumed, principal.clone(), time);
                }
                Some((policy, _)) => {
                    last(&mut self.policies, (policy.to_owned(), principal.clone()), time);
                }
                None => {}
            }
        }
    }
}

/// Keeps the later of two times.
fn last<K: Ord>(times: &mut BTreeMap<K, Timestamp>, of: K, time: Timestamp) {
    let last = times.entry(of).or_insert(time);
    *last = time.max(*last);
}
