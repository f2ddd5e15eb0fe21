//! What somebody has been granted, on the page of whom it is: its own grants, and of a user those of its groups.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{Grant, Kind, LIST, last_used, link, risk_of, type_label};
use crate::api::{ARGALI, RAM, items, list, text};
use crate::icon;
use crate::moment::moment;
use crate::need::needing;
use crate::page::{group, policy};
use crate::part::list::{CHOSEN, SEVERAL, tick_all};
use crate::part::{Table, act, empty};
use crate::text::grant::*;
use crate::text::list::{CHOOSE, WITH_CHOSEN};
use crate::text::shell::ACTIONS;
use crate::visit::Visit;

/// How many grants of one principal are shown.
const MOST_SHOWN: &str = "1000";

/// The grants of somebody, as `SearchGrants` tells of them.
pub(crate) async fn grants(visit: &Visit<'_>, kind: Kind, name: &str) -> Result<Vec<Value>, ApiFailure> {
    let params = [("PrincipalType", kind.word()), ("PrincipalName", name), ("MaxItems", MOST_SHOWN)];
    let answer = visit.call(ARGALI, "SearchGrants", &params).await?;
    Ok(items(&answer, "Grants").cloned().collect())
}

/// The grants of somebody, each with the button that takes it back, and one for those that are chosen.
pub(crate) async fn part(visit: &Visit<'_>, kind: Kind, name: &str) -> Result<Markup, ApiFailure> {
    let own = grants(visit, kind, name).await?;
    let through = if kind == Kind::User { of_groups(visit, name).await } else { Vec::new() };
    let revoke =
        needing(visit, super::revocation(&own), &html! { button.button.small { (visit.say(REVOKE)) } });
    let nothing = match kind {
        Kind::Role => EMPTY_ROLE,
        Kind::Group => EMPTY_GROUP,
        Kind::User if through.is_empty() => EMPTY_USER_ALONE,
        Kind::User => EMPTY_USER,
    };
    Ok(html! {
        @if own.is_empty() {
            section.card {
                (empty(visit, icon::LuShieldCheck, visit.say(nothing), &link(visit, kind, name, "button main")))
            }
        } @else {
            (table(visit, own.iter().map(|row| own_row(visit, row)).collect(), ACTIONS))
            form.bulk #chosen method="get" action=(visit.to(&format!("{LIST}/{SEVERAL}"))) {
                (tick_all(visit))
                span.muted { (visit.say(WITH_CHOSEN)) }
                (revoke)
            }
            div.actions { (link(visit, kind, name, "button main")) }
        }
        @if !through.is_empty() {
            h2 { (visit.say(THROUGH_GROUPS)) }
            (table(visit, through.iter().map(|row| group_row(visit, row)).collect(), THROUGH))
        }
    })
}

/// What a user has through its groups, as far as the viewer may see that.
async fn of_groups(visit: &Visit<'_>, user: &str) -> Vec<Value> {
    let answer = visit.call(RAM, "ListGroupsForUser", &[("UserName", user)]).await.unwrap_or_default();
    let mut through = Vec::new();
    for group in list(&answer, "Groups", "Group") {
        through.extend(grants(visit, Kind::Group, text(group, "GroupName")).await.unwrap_or_default());
    }
    through
}

fn table(visit: &Visit<'_>, rows: Vec<Vec<Markup>>, last: crate::text::Text) -> Markup {
    Table { caption: POLICY, columns: &[POLICY, TYPE, SCOPE, RISK, SINCE, LAST_USED, last], rows }.show(visit)
}

/// What stands in a row besides its last cell.
fn cells(visit: &Visit<'_>, grant: &Grant, row: &Value, first: Markup) -> Vec<Markup> {
    let description = policy::description(visit, row);
    vec![
        html! { (first) @if !description.is_empty() { div.hint { bdi { (description) } } } },
        html! { (visit.say(type_label(&grant.policy_type))) },
        grant.scope(visit),
        risk_of(visit, row),
        moment(visit, text(row, "AttachDate")),
        last_used(visit, row),
    ]
}

fn own_row(visit: &Visit<'_>, row: &Value) -> Vec<Markup> {
    let grant = Grant::of(row);
    let fields = [
        ("kind", grant.kind.word()),
        ("name", grant.name.as_str()),
        ("PolicyName", grant.policy.as_str()),
        ("PolicyType", grant.policy_type.as_str()),
        ("ResourceGroupId", grant.group.as_str()),
    ];
    let first = html! {
        input type="checkbox" name=(CHOSEN) value=(grant.key()) form="chosen" aria-label=(visit.fill(CHOOSE, &[&grant.policy]));
        (grant.policy(visit))
    };
    let mut cells = cells(visit, &grant, row, first);
    let revoke = act(visit, &format!("{LIST}/revoke"), &fields, ("quiet danger", REVOKE));
    cells.push(needing(visit, grant.revocation_need(), &revoke));
    cells
}

fn group_row(visit: &Visit<'_>, row: &Value) -> Vec<Markup> {
    let grant = Grant::of(row);
    let mut cells = cells(visit, &grant, row, grant.policy(visit));
    let path = format!("{}?tab=permissions", group::path_of(&grant.name));
    cells.push(html! { a href=(visit.to(&path)) { bdi { (grant.name) } } });
    cells
}
