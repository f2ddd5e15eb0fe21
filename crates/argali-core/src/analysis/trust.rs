//! Roles: whom they let in from outside, and whether anybody uses them.

use std::collections::BTreeMap;

use argali_store::{StoreError, Transaction};
use serde_json::Value;

use super::uses::Uses;
use super::{Finding, FindingKind, Looking, NEW_DAYS, SOON_DAYS};
use crate::identifier::AccountId;
use crate::model::{Account, AccountStatus, Entity, Role};
use crate::time::Timestamp;

/// How many roles are read at once.
const AT_ONCE: usize = 1_000;

pub(super) fn findings(looking: Looking<'_>, uses: &Uses) -> Result<Vec<Finding>, StoreError> {
    let (mut findings, mut after) = (Vec::new(), None);
    loop {
        let page = Role::page(looking.tx, looking.account, after.as_deref(), AT_ONCE)?;
        for role in &page.records {
            findings.extend(unused(looking, role, uses));
            findings.extend(of_outside(looking, role)?);
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(findings),
        }
    }
}

fn unused(looking: Looking<'_>, role: &Role, uses: &Uses) -> Option<Finding> {
    let long_ago = looking.is_long_ago(uses.since) && looking.is_long_ago(role.created_at);
    // Services use theirs without a session.
    let is_unused = long_ago && role.linked_to.is_none() && uses.of_role(&role.id.to_string()).is_none();
    is_unused.then(|| {
        let finding = Finding::new(FindingKind::UnusedRole, role.arn(looking.account));
        finding.at("CreateDate", Some(role.created_at))
    })
}

/// Somebody outside whom a role lets in.
#[derive(Debug, Default)]
struct Outsider {
    /// As the trust policy names them.
    principals: Vec<String>,
    whole_account: bool,
    /// Whether each statement asks for an external id.
    external_id: bool,
    /// When the last statement that lets them in ends, if each has an end.
    ends_at: Option<Timestamp>,
}

fn of_outside(looking: Looking<'_>, role: &Role) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    for (account, outsider) in outsiders(&role.trust_policy, looking.account) {
        let finding = |kind| {
            let finding = Finding::new(kind, role.arn(looking.account)).about("AccountId", account.as_str());
            outsider.principals.iter().fold(finding, |finding, name| finding.shown_by("Principal", name))
        };
        if !is_open(looking.tx, account)? {
            findings.push(finding(FindingKind::UnknownAccountTrusted));
        }
        if role.updated_at > looking.days_ago(NEW_DAYS) {
            findings.push(finding(FindingKind::OutsideAccessNew).at("UpdateDate", Some(role.updated_at)));
        }
        if outsider.whole_account {
            findings.push(finding(FindingKind::OutsideWholeAccount));
        }
        if !outsider.external_id {
            findings.push(finding(FindingKind::OutsideNoExternalId));
        }
        if outsider.ends_at.is_some_and(|end| end <= looking.days_ago(-SOON_DAYS)) {
            findings.push(finding(FindingKind::DelegationExpiring).at("ExpirationDate", outsider.ends_at));
        }
    }
    Ok(findings)
}

fn is_open(tx: &dyn Transaction, account: AccountId) -> Result<bool, StoreError> {
    Ok(Account::find(tx, account)?.is_some_and(|account| account.status == AccountStatus::Open))
}

/// The accounts that a trust policy lets in, but for its own.
fn outsiders(document: &str, own: AccountId) -> BTreeMap<AccountId, Outsider> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let mut outsiders: BTreeMap<AccountId, Outsider> = BTreeMap::new();
    let allows = |statement: &&Value| statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    for statement in many(document.get("Statement")).filter(allows) {
        let condition = statement.get("Condition");
        let asks = condition.is_some_and(|condition| condition.to_string().contains("sts:ExternalId"));
        let ends_at = condition.and_then(end_of);
        let principals = statement.get("Principal").and_then(|principal| principal.get("RAM"));
        for name in many(principals).filter_map(Value::as_str) {
            let Some(account) = account_of(name).filter(|account| *account != own) else { continue };
            let first = !outsiders.contains_key(&account);
            let outsider = outsiders.entry(account).or_default();
            outsider.principals.push(name.to_owned());
            outsider.whole_account |= name.ends_with(":root");
            outsider.external_id = asks && (first || outsider.external_id);
            outsider.ends_at =
                if first { ends_at } else { outsider.ends_at.zip(ends_at).map(|(a, b)| a.max(b)) };
        }
    }
    outsiders
}

/// `acs:ram::<account>:root`, or a user or role of it.
fn account_of(arn: &str) -> Option<AccountId> {
    arn.split(':').nth(3)?.parse().ok()
}

/// The time that a condition lets nobody in after.
fn end_of(condition: &Value) -> Option<Timestamp> {
    let before = |operator: &str| condition.get(operator)?.get("acs:CurrentTime");
    let ends = before("DateLessThan").or_else(|| before("DateLessThanEquals"));
    many(ends).filter_map(Value::as_str).filter_map(|text| text.parse().ok()).max()
}

/// One or several: policies write both.
pub(crate) fn many(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let slice = match value {
        Some(Value::Array(values)) => values.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    slice.iter()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(statements: &Value) -> BTreeMap<AccountId, Outsider> {
        let document = json!({ "Version": "1", "Statement": statements });
        outsiders(&document.to_string(), "11223344".parse().unwrap())
    }

    #[test]
    fn the_weakest_statement_counts_for_each_account() {
        let statement = |principals: Value, condition: Value| {
            json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "RAM": principals },
                    "Condition": condition })
        };
        let until = |time: &str| json!({ "DateLessThan": { "acs:CurrentTime": time } });
        let asks = json!({ "StringEquals": { "sts:ExternalId": "x" } });
        let both = found(&json!([
            statement(json!(["acs:ram::12345678:user/alice", "acs:ram::11223344:root"]), asks.clone()),
            statement(json!("acs:ram::12345678:root"), json!({})),
            statement(json!("acs:ram::87654321:root"), until("2026-12-01T00:00:00Z")),
            statement(json!("acs:ram::87654321:role/ops"), until("2027-01-01T00:00:00Z")),
        ]));
        assert_eq!(both.len(), 2, "the own account is no outsider");
        let first = &both[&"12345678".parse().unwrap()];
        assert!(first.whole_account && !first.external_id && first.ends_at.is_none());
        let second = &both[&"87654321".parse().unwrap()];
        assert_eq!(second.ends_at.map(|end| end.to_string()).as_deref(), Some("2027-01-01T00:00:00Z"));
        let only = found(&json!([statement(json!("acs:ram::12345678:user/alice"), asks)]));
        let only = &only[&"12345678".parse().unwrap()];
        assert!(only.external_id && !only.whole_account);
    }
}
