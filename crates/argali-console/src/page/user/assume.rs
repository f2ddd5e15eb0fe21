//! Which roles of other accounts a user may assume, as far as they are known here.
// SPEC: console, user details.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use crate::api::{ARGALI, holds, list, text};
use crate::icon;
use crate::page::account::named;
use crate::page::delegation::{path_of_received, policy_arn_of};
use crate::pairs::encode;
use crate::part::{Table, copyable, empty, page_size_of, pager_of};
use crate::text::delegation::{ACCOUNT, GRANT, RECEIVED_EMPTY, ROLE, WITHDRAWN};
use crate::text::shell::{ACTIONS, WHY};
use crate::text::user::*;
use crate::visit::Visit;

/// Each role is asked about.
const SIZES: crate::part::Sizes = &["20"];

/// The tab.
pub(crate) async fn part(visit: &Visit<'_>, user: &str) -> Result<Markup, ApiFailure> {
    let params = [("MaxItems", page_size_of(visit, SIZES)), ("Marker", visit.query().get("marker"))];
    let answer = visit.call(ARGALI, "ListReceivedRoles", &params).await?;
    let mut rows = Vec::new();
    for role in list(&answer, "Roles", "Role") {
        rows.push(row(visit, user, role).await?);
    }
    let (marker, path) = (text(&answer, "Marker"), format!("{}?tab=assume", super::path_of(user)));
    let is_only_page = marker.is_empty() && visit.query().filled("marker").is_none();
    Ok(html! {
        @if rows.is_empty() {
            section.card {
                (empty(visit, icon::LuWaypoints, &visit.fill(RECEIVED_EMPTY, &[visit.account_id()]), &copyable(visit, visit.account_id())))
            }
        } @else {
            (Table { caption: CAN_ASSUME, columns: &[ROLE, ACCOUNT, MAY_ASSUME, ACTIONS], rows }.show(visit))
            p.hint { (visit.say(MAY_ASSUME_WHAT)) }
        }
        @if !is_only_page { (pager_of(visit, &path, marker, SIZES)) }
    })
}

/// A role, whether the user's own policies let it be asked for, and what is done about it.
async fn row(visit: &Visit<'_>, user: &str, role: &Value) -> Result<Vec<Markup>, ApiFailure> {
    let (account, name) = (text(role, "AccountId"), text(role, "RoleName"));
    let arn = policy_arn_of(account, name);
    let is_offered = text(role, "Status") == "Offered";
    let who = format!("user/{user}");
    let question =
        [("AuthPrincipal", who.as_str()), ("AuthAction", "sts:AssumeRole"), ("AuthResource", &arn)];
    let may = is_offered && holds(&visit.call(ARGALI, "TestAccess", &question).await?, "Allowed");
    let test =
        encode([("who", "user"), ("user", user), ("action", "sts:AssumeRole"), ("resource", arn.as_str())]);
    let path = path_of_received(account, name);
    Ok(vec![
        html! { a href=(visit.to(&path)) { bdi { (name) } } },
        named(text(role, "AccountAlias"), account),
        match (is_offered, may) {
            (false, _) => html! { span.badge.warning { (visit.say(WITHDRAWN)) } },
            (true, true) => html! { span.badge.success { (visit.say(MAY)) } },
            (true, false) => html! { span.badge { (visit.say(MAY_NOT)) } },
        },
        html! {
            div.row-actions {
                @if is_offered && !may { a href=(visit.to(&format!("{path}?{}", encode([("q", user)])))) { (visit.say(GRANT)) } }
                @if is_offered { a href=(visit.to(&format!("/test?{test}"))) { (visit.say(WHY)) } }
            }
        },
    ])
}
