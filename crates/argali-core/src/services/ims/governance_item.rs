//! What a governance report looks at: the items whose names the reference gives, and what each means here.
//!
//! The reference has more of them in a list that is not published. Recent is what lies no more than 90 days back, as in
//! the report on an account's practice.

use argali_store::{StoreError, Transaction};

use super::security_practice::LONG_S;
use crate::audit::{Event, Facets, Found, Query};
use crate::identifier::AccountId;
use crate::model::survey::{Credentials, HeldKey, RecentUses};
use crate::model::{GovernanceColumn, GovernanceFinding, GovernanceValue, KeyOwner, UserSso};
use crate::name::{GovernanceItem, GovernanceValueKind as Kind};
use crate::time::Timestamp;

/// How many logons of the owner are counted at most.
const MOST_LOGONS: usize = 1_000;
/// What records call an account's owner.
const OWNER: &str = "root";
/// What the record of a step holds that ended in a logon.
const OF_LOGON: &str = "mfaPresent";

/// Whether users come in through an identity provider of the account's. It has no rows.
pub(super) fn user_sso(tx: &dyn Transaction, account: AccountId) -> Result<GovernanceFinding, StoreError> {
    Ok(GovernanceFinding {
        item: GovernanceItem::SSOLoginEnabled,
        metric: UserSso::of(tx, account)?.enabled.into(),
        columns: Vec::new(),
        rows: Vec::new(),
    })
}

/// Whether the account itself has signed with an AccessKey of its own lately. Its rows are those keys, the oldest
/// first, whether they are switched on or not.
pub(super) fn owner_keys(
    tx: &dyn Transaction,
    account: AccountId,
    recent: &RecentUses,
    now: Timestamp,
) -> Result<GovernanceFinding, StoreError> {
    let held = Credentials::of(tx, account, KeyOwner::Account, recent)?.keys;
    let row = |key: HeldKey| {
        let last_use = key.last_use.filter(|at| *at >= since(now))?;
        Some(vec![key.id.into(), last_use.to_string().into()])
    };
    let rows: Vec<_> = held.into_iter().filter_map(row).collect();
    Ok(GovernanceFinding {
        item: GovernanceItem::AccountRecentUsingAccessKey,
        metric: (!rows.is_empty()).into(),
        columns: columns(&[("AccessKeyId", Kind::String), ("LastUsedTime", Kind::String)]),
        rows,
    })
}

/// What is asked of the records for the owner's logons.
pub(super) fn owner_logons_query(account: AccountId, now: Timestamp) -> Query {
    let facets = Facets {
        product: Some("Argali".to_owned()),
        user: Some(OWNER.to_owned()),
        write: Some(true),
        ..Facets::default()
    };
    let is_logon = |event: &Event| event.error_code.is_none() && event.notes.contains_key(OF_LOGON);
    Query { from: since(now), facets, keep: Box::new(is_logon), at_most: MOST_LOGONS, ..Query::of(account) }
}

/// How often the account's owner has logged on lately, up to a thousand times. Its rows are those logons, the latest
/// first.
pub(super) fn owner_logons(found: &Found) -> GovernanceFinding {
    let row = |event: &Event| {
        let at = Timestamp::from_millis(event.time_ms).to_string();
        vec![at.into(), event.source_ip.clone().into()]
    };
    let rows: Vec<_> = found.events.iter().map(row).collect();
    GovernanceFinding {
        item: GovernanceItem::RecentAccountLoginTimes,
        metric: GovernanceValue::Number(rows.len() as u64),
        columns: columns(&[("LoginTime", Kind::String), ("SourceIp", Kind::String)]),
        rows,
    }
}

fn since(now: Timestamp) -> Timestamp {
    now.plus_seconds(-LONG_S)
}

fn columns(named: &[(&str, Kind)]) -> Vec<GovernanceColumn> {
    named.iter().copied().map(GovernanceColumn::from).collect()
}
