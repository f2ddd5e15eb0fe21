//! Who has permissions in a resource group alone.

use std::collections::BTreeSet;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::ByGroup;
use crate::api::{ARGALI, RAM, RESOURCE_MANAGER, items, list, text};
use crate::icon;
use crate::moment::moment;
use crate::need::{Need, submit};
use crate::page::grant::{ATTACH, Grant, last_used, risk_of, type_label};
use crate::part::{Field, Fields, Table, empty, select};
use crate::text::grant::{KIND, LAST_USED, POLICY, PRINCIPAL, RISK, ROLE, SINCE, TYPE, USER, USER_GROUP};
use crate::text::resource_group::*;
use crate::visit::Visit;

/// How many holders of permissions a row names.
const MOST_NAMED: usize = 3;
/// How many grants are looked through.
const MOST_PAGES: usize = 10;

/// Who has permissions in each group alone.
pub(super) async fn holders(visit: &Visit<'_>) -> ByGroup<BTreeSet<String>> {
    let mut holders: ByGroup<BTreeSet<String>> = ByGroup::new();
    for page in 1..=MOST_PAGES {
        let page = page.to_string();
        let params = [("PageNumber", page.as_str()), ("PageSize", "100")];
        let Ok(answer) = visit.call(RESOURCE_MANAGER, "ListPolicyAttachments", &params).await else { break };
        let grants: Vec<&Value> = list(&answer, "PolicyAttachments", "PolicyAttachment").collect();
        for grant in &grants {
            let group = holders.entry(text(grant, "ResourceGroupId").to_owned()).or_default();
            group.insert(name_of(grant).to_owned());
        }
        if grants.len() < 100 {
            break;
        }
    }
    holders
}

/// The first few of them.
pub(super) fn names(visit: &Visit<'_>, named: &[&str]) -> Markup {
    html! {
        @if named.is_empty() { span.muted { "–" } }
        @for (at, name) in named.iter().take(MOST_NAMED).enumerate() { @if at > 0 { ", " } bdi { (name) } }
        @if named.len() > MOST_NAMED { " " span.muted { (visit.fill(AND_MORE, &[&(named.len() - MOST_NAMED).to_string()])) } }
    }
}

/// The name of whom a grant is to, without the domain of its account.
fn name_of(grant: &Value) -> &str {
    let whole = text(grant, "PrincipalName");
    whole.split('@').next().unwrap_or(whole)
}

/// The grants that count in a group alone, and where one begins.
pub(super) async fn part(visit: &Visit<'_>, id: &str) -> Result<Markup, ApiFailure> {
    let params = [("ResourceGroupId", id), ("MaxItems", "100")];
    let answer = visit.call(ARGALI, "SearchGrants", &params).await?;
    let row = |row: &Value| {
        let grant = Grant::of(row);
        vec![
            grant.holder(visit),
            grant.kind(visit),
            grant.policy(visit),
            html! { (visit.say(type_label(text(row, "PolicyType")))) },
            risk_of(visit, row),
            moment(visit, text(row, "AttachDate")),
            last_used(visit, row),
        ]
    };
    let rows: Vec<_> = items(&answer, "Grants").map(row).collect();
    let columns = &[PRINCIPAL, KIND, POLICY, TYPE, RISK, SINCE, LAST_USED];
    let kinds = [("User", USER), ("Group", USER_GROUP), ("Role", ROLE)];
    let kinds = kinds.map(|(kind, label)| (kind, visit.say(label).to_owned()));
    let name = Field::text("name", GRANT_NAME).required().longest(64);
    Ok(html! {
        @if rows.is_empty() {
            section.card { (empty(visit, icon::LuShieldCheck, visit.say(PERMISSIONS_EMPTY), &html! { a.button.main href="#name" { (visit.say(GRANT_HERE)) } })) }
        } @else {
            (Table { caption: PERMISSIONS, columns, rows }.show(visit))
        }
        form.card.stack.narrow method="get" action=(visit.to("/ram/grants/new")) {
            h2 { (visit.say(GRANT_HERE)) }
            input type="hidden" name="scope" value="group";
            input type="hidden" name="ResourceGroupId" value=(id);
            div.row {
                (select(visit, ("kind", GRANT_TO), "User", &kinds))
                (Fields::empty(visit).show(name))
            }
            div.actions { (submit(visit, Need::any(ATTACH.iter().map(|operation| Need::somehow(RAM, operation))), ("button main", CONTINUE))) }
        }
    })
}
