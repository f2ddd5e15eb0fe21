//! Every grant of the account: who has which policy, where it counts, and when it was used last.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{Grant, LIST, TITLE, last_used, risk_of, type_label};
use crate::api::{ARGALI, RESOURCE_MANAGER, holds, text};
use crate::icon;
use crate::need::needing;
use crate::page::Outcome;
use crate::page::resource_group::group_options;
use crate::part::list::{
    self as lists, About, Act, Actions, Cell, Column, Creation, Filter, Found, Label, List, Wanted, Width,
};
use crate::text::Text;
use crate::text::grant::*;
use crate::text::policy::{BOTH, CUSTOM, SYSTEM};
use crate::visit::Visit;

const KINDS: &[(&str, Text)] = &[("", BOTH), ("User", USER), ("Group", USER_GROUP), ("Role", ROLE)];
const TYPES: &[(&str, Text)] = &[("", BOTH), ("System", SYSTEM), ("Custom", CUSTOM)];

/// The list, with the scopes that it can be narrowed to.
struct Grants {
    scopes: Vec<(String, String)>,
}

const COLUMNS: &[Column<'_>] = &[
    Column {
        label: Label::Said(PRINCIPAL),
        name: "PrincipalName",
        width: Width::Always,
        order: Some("PrincipalName"),
        cell: Cell::Drawn(&|visit, row| Grant::of(row).holder(visit)),
        plain: Some(&|row| text(row, "PrincipalName").to_owned()),
    },
    Column {
        label: Label::Said(KIND),
        name: "PrincipalType",
        width: Width::Roomy,
        order: None,
        cell: Cell::Drawn(&|visit, row| Grant::of(row).kind(visit)),
        plain: Some(&|row| text(row, "PrincipalType").to_owned()),
    },
    Column {
        label: Label::Said(POLICY),
        name: "PolicyName",
        width: Width::Always,
        order: Some("PolicyName"),
        cell: Cell::Drawn(&|visit, row| Grant::of(row).policy(visit)),
        plain: Some(&|row| text(row, "PolicyName").to_owned()),
    },
    Column {
        label: Label::Said(TYPE),
        name: "PolicyType",
        width: Width::Roomy,
        order: None,
        cell: Cell::Drawn(&|visit, row| html! { (visit.say(type_label(text(row, "PolicyType")))) }),
        plain: Some(&|row| text(row, "PolicyType").to_owned()),
    },
    Column {
        label: Label::Said(SCOPE),
        name: "ResourceGroupId",
        width: Width::Roomy,
        order: None,
        cell: Cell::Drawn(&|visit, row| Grant::of(row).scope(visit)),
        plain: Some(&|row| text(row, "ResourceGroupId").to_owned()),
    },
    Column {
        label: Label::Said(RISK),
        name: "IsHighRisk",
        width: Width::Roomy,
        order: None,
        cell: Cell::Drawn(&risk_of),
        plain: Some(&|row| holds(row, "IsHighRisk").to_string()),
    },
    Column::moment(SINCE, "AttachDate").where_room(Width::Roomy),
    Column {
        label: Label::Said(LAST_USED),
        name: "LastUseDate",
        width: Width::Roomy,
        order: Some("LastUseDate"),
        cell: Cell::Drawn(&last_used),
        plain: Some(&|row| text(row, "LastUseDate").to_owned()),
    },
];

/// The list.
pub(super) async fn show(visit: &Visit<'_>) -> Outcome {
    let answer = visit.call(RESOURCE_MANAGER, "ListResourceGroups", &[("PageSize", "100")]).await;
    let answer = answer.unwrap_or_default();
    let groups = group_options(&answer).into_iter().map(|(id, name)| (id.to_owned(), name));
    let account = (visit.account_id().to_owned(), visit.say(IN_ACCOUNT).to_owned());
    lists::show(visit, &Grants { scopes: [account].into_iter().chain(groups).collect() }).await
}

impl List for Grants {
    fn about(&self) -> About<'_> {
        About {
            path: LIST,
            title: GRANTS.into(),
            lede: GRANTS_LEDE.into(),
            file: "grants",
            search: None,
            filters: vec![
                Filter::Choice("kind", KIND, KINDS),
                Filter::Words("principal", PRINCIPAL_TEXT, "alice"),
                Filter::Words("policy", POLICY_TEXT, "ECS"),
                Filter::Choice("type", TYPE, TYPES),
                Filter::Named("group", SCOPE, &self.scopes),
                Filter::Days("unused", UNUSED_DAYS),
            ],
            columns: COLUMNS.to_vec(),
            actions: Some(Actions { most: revoke, others: |_, _| html! {} }),
            acts: vec![Act::new("revoke", REVOKE, &|row| Grant::of(row).revocation_need())],
            key: &|row| Grant::of(row).key(),
            create: Some(Creation { path: "/ram/grants/new", label: TITLE, needs: &super::ATTACH }),
            empty: (icon::LuShieldCheck, GRANTS_EMPTY),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let query = wanted.query;
        let narrowed = [
            ("PrincipalType", query.get("kind")),
            ("PrincipalText", query.get("principal").trim()),
            ("PolicyText", query.get("policy").trim()),
            ("PolicyType", query.get("type")),
            ("ResourceGroupId", query.get("group")),
            ("UnusedDays", query.get("unused").trim()),
        ];
        let params: Vec<_> = narrowed.into_iter().chain(wanted.params()).collect();
        let answer = visit.call(ARGALI, "SearchGrants", &params).await?;
        Ok(Found::of_search(&answer, "Grants", None))
    }
}

fn revoke(visit: &Visit<'_>, row: &Value) -> Markup {
    let grant = Grant::of(row);
    let path = format!("{LIST}/{}", lists::SEVERAL);
    let ask = crate::pairs::encode([(lists::CHOSEN, grant.key().as_str())]);
    let revoke = html! { a.danger-text href=(visit.to(&format!("{path}?{ask}"))) { (visit.say(REVOKE)) } };
    needing(visit, grant.revocation_need(), &revoke)
}
