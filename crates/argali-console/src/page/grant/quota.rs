//! How many policies somebody has, and would have, of as many as may be: of each kind, in the scope that is chosen.
// SPEC: console, grant permission, count against the quota; limits: each scope counts on its own.

use maud::{Markup, html};
use serde_json::Value;

use super::principal::Principal;
use super::scope::Scope;
use crate::api::{ARGALI, IMS, items, number, text};
use crate::need::{Need, open};
use crate::pairs::Pairs;
use crate::part::Table;
use crate::text::grant::*;
use crate::visit::Visit;

/// Of how many principals it is told.
const MOST_COUNTED: usize = 20;
/// How many grants of one are counted: more than may be.
const MOST_GRANTS: &str = "1000";

/// The table, once something and somebody is chosen.
pub(super) async fn table(visit: &Visit<'_>, from: &Pairs, principals: &[Principal]) -> Markup {
    let chosen: Vec<(&str, &str)> = from.all("policy").filter_map(|key| key.split_once('/')).collect();
    if chosen.is_empty() || principals.is_empty() {
        return html! {};
    }
    let summary = match open(visit, vec![Need::call(IMS, "GetAccountSummary", &[])]).as_slice() {
        [true] => visit.call(IMS, "GetAccountSummary", &[]).await.unwrap_or_default(),
        _ => Value::Null,
    };
    let scope = match Scope::of(from) {
        Scope::Account => visit.account_id(),
        Scope::Group(id) => id,
    };
    let mut rows = Vec::new();
    for principal in principals.iter().take(MOST_COUNTED) {
        let had = had(visit, principal, scope).await;
        let quotas = ["AttachedSystemPoliciesPer", "AttachedPoliciesPer"]
            .map(|name| quota(&summary, &format!("{name}{}Quota", principal.kind.word())));
        let [system, custom] = ["System", "Custom"]
            .map(|policy_type| had.as_ref().map(|had| Count::of(policy_type, had, &chosen)));
        let [of_system, of_custom] = quotas;
        rows.push(vec![
            principal.show(visit),
            cell(visit, system, of_system),
            cell(visit, custom, of_custom),
        ]);
    }
    html! {
        (Table { caption: COUNTED, columns: &[PRINCIPAL, SYSTEM, CUSTOM], rows }.show(visit))
        p.hint { (visit.say(COUNTED_WHAT)) }
    }
}

fn quota(summary: &Value, name: &str) -> Option<usize> {
    let quota = number(summary.get("SummaryMap")?, name);
    usize::try_from(quota).ok().filter(|quota| *quota > 0)
}

/// What somebody has in a scope, as type and name; nothing if the viewer may not see that, or there is nobody.
async fn had(visit: &Visit<'_>, principal: &Principal, scope: &str) -> Option<Vec<(String, String)>> {
    let params = [
        ("PrincipalType", principal.kind.word()),
        ("PrincipalName", principal.name.as_str()),
        ("ResourceGroupId", scope),
        ("MaxItems", MOST_GRANTS),
    ];
    if open(visit, vec![Need::call(ARGALI, "SearchGrants", &params)]) != [true] {
        return None;
    }
    let answer = visit.call(ARGALI, "SearchGrants", &params).await.ok()?;
    let named = |row: &Value| (text(row, "PolicyType").to_owned(), text(row, "PolicyName").to_owned());
    Some(items(&answer, "Grants").map(named).collect())
}

/// How many somebody has of a kind, and how many of those that are chosen are new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Count {
    had: usize,
    new: usize,
}

impl Count {
    fn of(policy_type: &str, had: &[(String, String)], chosen: &[(&str, &str)]) -> Self {
        let had: Vec<&str> =
            had.iter().filter(|(own, _)| own == policy_type).map(|(_, name)| name.as_str()).collect();
        let new = chosen.iter().filter(|(own, name)| *own == policy_type && !had.contains(name)).count();
        Self { had: had.len(), new }
    }
}

fn cell(visit: &Visit<'_>, count: Option<Count>, quota: Option<usize>) -> Markup {
    let Some(Count { had, new }) = count else { return html! { span.muted { "–" } } };
    let sum = format!("{had} + {new}");
    let is_over = new > 0 && quota.is_some_and(|quota| had + new > quota);
    html! {
        @match quota {
            Some(quota) => (visit.fill(OF_QUOTA, &[&sum, &quota.to_string()])),
            None => (sum),
        }
        @if is_over { " " span.badge.danger { (visit.say(OVER_QUOTA)) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_has_already_is_not_new() {
        let had = [("System", "A"), ("System", "B"), ("Custom", "A")]
            .map(|(policy_type, name)| (policy_type.to_owned(), name.to_owned()));
        let chosen = [("System", "A"), ("System", "C"), ("Custom", "B")];
        assert_eq!(Count::of("System", &had, &chosen), Count { had: 2, new: 1 });
        assert_eq!(Count::of("Custom", &had, &chosen), Count { had: 1, new: 1 });
    }
}
