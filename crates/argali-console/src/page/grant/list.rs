//! Every grant of the account: who has which policy, and where it counts.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{Grant, Kind, LIST, is_high_risk, risk, type_label};
use crate::api::{RESOURCE_MANAGER, list, number, text};
use crate::icon;
use crate::moment::moment;
use crate::page::Outcome;
use crate::page::resource_group::group_options;
use crate::part::list::{self as lists, About, Act, Column, Filter, Found, List, Wanted, Width};
use crate::text::Text;
use crate::text::grant::*;
use crate::text::policy::{BOTH, CUSTOM, SYSTEM};
use crate::visit::Visit;

/// How many grants one call lists at most.
const MOST_AT_ONCE: usize = 100;

const KINDS: &[(&str, Text)] =
    &[("", BOTH), ("IMSUser", USER), ("IMSGroup", USER_GROUP), ("ServiceRole", ROLE)];
const TYPES: &[(&str, Text)] = &[("", BOTH), ("System", SYSTEM), ("Custom", CUSTOM)];

/// The list, with the resource groups that it can be narrowed to.
struct Grants {
    groups: Vec<(String, String)>,
}

const COLUMNS: &[Column] = &[
    Column {
        label: PRINCIPAL,
        name: "Principal",
        width: Width::Always,
        order: None,
        cell: |visit, row| {
            let grant = grant(row);
            html! { a href=(visit.to(&grant.kind.page_of(&grant.name))) { bdi { (grant.name) } } }
        },
        plain: |row| grant(row).name,
    },
    Column {
        label: KIND,
        name: "PrincipalType",
        width: Width::Always,
        order: None,
        cell: |visit, row| html! { (visit.say(grant(row).kind.label())) },
        plain: |row| grant(row).kind.word().to_owned(),
    },
    Column {
        label: POLICY,
        name: "PolicyName",
        width: Width::Always,
        order: None,
        cell: |visit, row| {
            let grant = grant(row);
            let path = crate::page::policy::path_of(&grant.policy_type, &grant.policy);
            html! { a href=(visit.to(&path)) { (grant.policy) } }
        },
        plain: |row| grant(row).policy,
    },
    Column {
        label: TYPE,
        name: "PolicyType",
        width: Width::Roomy,
        order: None,
        cell: |visit, row| html! { (visit.say(type_label(text(row, "PolicyType")))) },
        plain: |row| text(row, "PolicyType").to_owned(),
    },
    Column {
        label: SCOPE,
        name: "ResourceGroupId",
        width: Width::Always,
        order: None,
        cell: |visit, row| {
            let group = grant(row).group;
            html! { @if group.is_empty() { (visit.say(SCOPE_ACCOUNT)) } @else { (group) } }
        },
        plain: |row| grant(row).group,
    },
    Column {
        label: RISK,
        name: "HighRisk",
        width: Width::Roomy,
        order: None,
        cell: |visit, row| risk_or_none(visit, text(row, "PolicyName")),
        plain: |row| is_high_risk(text(row, "PolicyName")).to_string(),
    },
    Column {
        label: SINCE,
        name: "AttachDate",
        width: Width::Roomy,
        order: None,
        cell: |visit, row| moment(visit, text(row, "AttachDate")),
        plain: |row| text(row, "AttachDate").to_owned(),
    },
];

fn risk_or_none(visit: &Visit<'_>, policy: &str) -> Markup {
    if is_high_risk(policy) {
        risk(visit, policy)
    } else {
        html! { "–" }
    }
}

/// The grant of which an answer tells.
fn grant(row: &Value) -> Grant {
    let kind = match text(row, "PrincipalType") {
        "IMSUser" => Kind::User,
        "IMSGroup" => Kind::Group,
        _ => Kind::Role,
    };
    // Principals are named with their domain, and the account stands in place of a group.
    let name = text(row, "PrincipalName");
    let group = Some(text(row, "ResourceGroupId")).filter(|group| group.starts_with("rg-"));
    Grant {
        kind,
        name: name.split('@').next().unwrap_or(name).to_owned(),
        policy_type: text(row, "PolicyType").to_owned(),
        policy: text(row, "PolicyName").to_owned(),
        group: group.unwrap_or_default().to_owned(),
    }
}

/// The list.
pub(super) async fn show(visit: &Visit<'_>) -> Outcome {
    let answer = visit.call(RESOURCE_MANAGER, "ListResourceGroups", &[("PageSize", "100")]).await;
    let answer = answer.unwrap_or_default();
    let groups = group_options(&answer).into_iter().map(|(id, name)| (id.to_owned(), name)).collect();
    lists::show(visit, &Grants { groups }).await
}

impl List for Grants {
    fn about(&self) -> About<'_> {
        About {
            path: LIST,
            title: GRANTS,
            lede: GRANTS_LEDE,
            file: "grants",
            search: None,
            filters: vec![
                Filter::Choice("kind", KIND, KINDS),
                Filter::Words("principal", PRINCIPAL, "alice"),
                Filter::Words("policy", POLICY, "AliyunECSFullAccess"),
                Filter::Choice("type", TYPE, TYPES),
                Filter::Named("group", GROUP, &self.groups),
            ],
            columns: COLUMNS,
            actions: None,
            acts: &[Act { word: "revoke", label: REVOKE }],
            key: |row| grant(row).key(),
            create: None,
            empty: (icon::LuShieldCheck, GRANTS_EMPTY),
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let query = wanted.query;
        // Pages are found by number, and hold a hundred at most.
        let size = wanted.size.parse().unwrap_or(MOST_AT_ONCE).min(MOST_AT_ONCE);
        let page = wanted.marker.parse::<i64>().unwrap_or(1).max(1);
        let kind = query.get("kind");
        let principal = query.filled("principal").map(|name| named(visit, kind, name)).unwrap_or_default();
        let params = [
            ("PrincipalType", if principal.is_empty() { kind } else { kind_of(kind) }),
            ("PrincipalName", principal.as_str()),
            ("PolicyName", query.get("policy").trim()),
            ("PolicyType", query.get("type")),
            ("ResourceGroupId", query.get("group")),
            ("PageNumber", &page.to_string()),
            ("PageSize", &size.to_string()),
        ];
        let answer = match visit.call(RESOURCE_MANAGER, "ListPolicyAttachments", &params).await {
            // A policy that is not there is granted to nobody.
            Err(failure) if crate::api::is_absent(&failure) => {
                return Ok(Found { total: Some(0), ..Found::default() });
            }
            answer => answer?,
        };
        let total = usize::try_from(number(&answer, "TotalCount")).unwrap_or_default();
        let seen = usize::try_from(page).unwrap_or(usize::MAX).saturating_mul(size);
        Ok(Found {
            rows: list(&answer, "PolicyAttachments", "PolicyAttachment").cloned().collect(),
            total: Some(total),
            next: if seen < total { (page + 1).to_string() } else { String::new() },
            note: None,
        })
    }
}

/// A principal is looked for among those of one kind: among users unless the address says otherwise.
fn kind_of(kind: &str) -> &str {
    if kind.is_empty() { "IMSUser" } else { kind }
}

/// A principal's name with its domain, as operations take it.
fn named(visit: &Visit<'_>, kind: &str, name: &str) -> String {
    let name = name.split('@').next().unwrap_or(name);
    let prefix = match kind_of(kind) {
        "IMSGroup" => "group.",
        "ServiceRole" => "role.",
        _ => "",
    };
    format!("{name}@{prefix}{}", visit.account_id())
}
