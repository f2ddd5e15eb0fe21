//! Every grant of the account: who has which policy, and where it counts.

use maud::html;
use serde_json::Value;

use super::Outcome;
use super::grant::{risk, type_label};
use crate::answer::Answer;
use crate::api::{RESOURCE_MANAGER, list, number, text};
use crate::icon;
use crate::part::{Table, empty, heading};
use crate::shell;
use crate::text::grant::*;
use crate::visit::Visit;

/// How many grants a page has.
const SIZE: i64 = 50;

/// The list.
pub(crate) async fn show(visit: &Visit<'_>) -> Outcome {
    let number_asked = visit.query().get("page");
    let page = number_asked.parse::<i64>().unwrap_or(1).clamp(1, 10_000);
    let params = [("PageNumber", page.to_string()), ("PageSize", SIZE.to_string())];
    let params: Vec<_> = params.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = visit.call(RESOURCE_MANAGER, "ListPolicyAttachments", &params).await?;
    let row = |grant: &Value| {
        let (policy, policy_type) = (text(grant, "PolicyName"), text(grant, "PolicyType"));
        let principal = text(grant, "PrincipalName");
        let kind = match text(grant, "PrincipalType") {
            "IMSUser" => USER,
            "IMSGroup" => USER_GROUP,
            _ => ROLE,
        };
        let scope = text(grant, "ResourceGroupId");
        let scope = if scope.starts_with("rg-") { scope } else { visit.say(SCOPE_ACCOUNT) };
        vec![
            html! { bdi { (principal.split('@').next().unwrap_or(principal)) } },
            html! { (visit.say(kind)) },
            html! { a href=(visit.to(&super::policy::path_of(policy_type, policy))) { (policy) } (risk(visit, policy)) },
            html! { (visit.say(type_label(policy_type))) },
            html! { (scope) },
        ]
    };
    let rows: Vec<_> = list(&answer, "PolicyAttachments", "PolicyAttachment").map(row).collect();
    let more = page * SIZE < number(&answer, "TotalCount");
    let content = html! {
        (heading(&html! { (visit.say(GRANTS)) }, Some(visit.say(GRANTS_LEDE)), &html! {}))
        @if rows.is_empty() {
            section.card { (empty(icon::LuShieldCheck, visit.say(GRANTS_EMPTY), &html! {})) }
        } @else {
            (Table { caption: GRANTS, columns: &[PRINCIPAL, KIND, POLICY, TYPE, SCOPE], rows }.show(visit))
            @if more {
                nav.pager aria-label=(visit.say(GRANTS)) {
                    a.button.small href=(visit.to(&format!("/ram/grants?page={}", page + 1))) { (visit.say(crate::text::shell::NEXT_PAGE)) }
                }
            }
        }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(GRANTS), &content)))
}
