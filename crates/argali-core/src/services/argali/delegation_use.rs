//! What is made of delegations: when somebody last assumed each role from outside, and how many sessions are under way.
//!
//! It is read from the records of the calls that began sessions, as far back as one look-up reaches.

use std::collections::{BTreeMap, BTreeSet};

use parking_lot::Mutex;

use super::session::{begun, holds};
use crate::audit::{Facets, Query};
use crate::dispatch::{Brought, Context, Errand, judge_session};
use crate::error::ApiError;
use crate::identifier::{AccountId, RoleId};
use crate::name::RoleName;
use crate::session::Claims;
use crate::time::Timestamp;

/// How many sessions are looked at besides the last of each delegation.
const MOST_SESSIONS: usize = 2_000;

/// What one account has made of one role.
#[derive(Clone, Debug)]
pub(super) struct Use {
    /// The role's account.
    pub(super) account: AccountId,
    /// The role's name then.
    pub(super) role_name: RoleName,
    /// When a session was last begun.
    pub(super) last: Timestamp,
    /// How many sessions are under way.
    pub(super) live: usize,
}

/// Uses by role, and by the account whose identity assumed it.
pub(super) type Uses = BTreeMap<(RoleId, AccountId), Use>;

/// What is to be looked up of delegations that `between` lets in: the account is the one that assumed the role.
pub(super) fn uses(
    cx: &Context<'_>,
    between: impl Fn(&Claims, AccountId) -> bool + Send + Sync + 'static,
) -> Errand {
    let now = cx.now();
    // The newest come first, so that the first of each delegation is its last use.
    let seen = Mutex::new(BTreeSet::new());
    Errand::LookUp(Query {
        facets: Facets { begins_session: true, ..Facets::default() },
        at_most: MOST_SESSIONS,
        keep: Box::new(move |event| {
            begun(event).is_some_and(|(session, claims, source)| {
                between(&claims, source.account)
                    && (seen.lock().insert((claims.role_id, source.account)) || session.ends_at() > now)
            })
        }),
        ..Query::of(cx.account())
    })
}

/// Whether the records were read to their beginning, so that what was not found never was.
pub(super) fn is_whole(cx: &Context<'_>) -> bool {
    matches!(cx.brought(), Some(Brought::Records(found)) if found.next.is_none())
}

/// What was found of it.
pub(super) fn found_uses(cx: &Context<'_>) -> Result<Uses, ApiError> {
    let Some(Brought::Records(found)) = cx.brought() else {
        return Err(ApiError::internal("delegations are shown without their records"));
    };
    let mut uses = Uses::new();
    for (_, claims, source) in found.events.iter().filter_map(begun) {
        let live = holds(judge_session(cx.core(), cx.tx(), cx.now(), &claims))?;
        let entry = uses.entry((claims.role_id, source.account)).or_insert_with(|| Use {
            account: claims.account,
            role_name: claims.role_name.clone(),
            last: claims.issued_at,
            live: 0,
        });
        entry.last = entry.last.max(claims.issued_at);
        entry.live += usize::from(live);
    }
    Ok(uses)
}
