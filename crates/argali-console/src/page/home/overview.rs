//! How the account is: quotas, live sessions, findings and the latest changes, as far as the viewer may see them.

use maud::{Markup, html};
use serde_json::Value;

use crate::api::{ARGALI, IMS, items, list, number, text};
use crate::moment::moment;

use crate::page::{activity, analyzer, session};
use crate::part::{card, facts};
use crate::text::Text;
use crate::text::home::*;
use crate::text::shell::{ACTIVITY, ANALYZER, GROUPS, POLICIES, ROLES, SESSIONS, USERS};
use crate::visit::Visit;

/// How many users and roles an account has at most whose findings are there with the page.
const FEW_TO_ANALYZE: i64 = 500;
/// How many sessions and calls are shown.
const FEW_SESSIONS: &str = "5";
const FEW_CALLS: &str = "6";
/// What is counted: the member of the answer, the label, and where it is listed.
const COUNTED: [(&str, Text, &str); 4] = [
    ("Users", USERS, "/ram/users"),
    ("Groups", GROUPS, "/ram/groups"),
    ("Roles", ROLES, "/ram/roles"),
    ("Policies", POLICIES, "/ram/policies?type=Custom"),
];

/// A card for each that the viewer may see.
pub(super) async fn cards(visit: &Visit<'_>) -> Markup {
    let own = visit.account_id();
    let may_count = visit.may("ram:GetAccountSummary", &format!("acs:ram:*:{own}:*")).await;
    let may_see_sessions = visit.may("argali:ListSessions", &format!("acs:argali:*:{own}:session/*")).await;
    let may_analyze = visit.may("argali:ListFindings", &format!("acs:argali:*:{own}:finding/*")).await;
    let may_see_calls = visit.may("actiontrail:LookupEvents", &format!("acs:actiontrail:*:{own}:*")).await;
    let summary = match may_count {
        true => visit.call(IMS, "GetAccountSummary", &[]).await.ok(),
        false => None,
    };
    let summary = summary.as_ref().and_then(|answer| answer.get("SummaryMap"));
    html! {
        div.columns.three {
            @if let Some(summary) = summary { (counts(visit, summary)) }
            @if may_see_sessions { (sessions(visit).await) }
            @if may_analyze { (findings(visit, summary).await) }
        }
        @if may_see_calls { (calls(visit).await) }
    }
}

fn counts(visit: &Visit<'_>, summary: &Value) -> Markup {
    let count = |(name, label, path): (&str, Text, &str)| {
        let (used, quota) = (number(summary, name), number(summary, &format!("{name}Quota")));
        let used = html! { a href=(visit.to(path)) { (used) } };
        (visit.say(label), visit.phrase(OF_QUOTA, &[used, html! { (quota) }]))
    };
    card(visit.say(QUOTAS), &facts(&COUNTED.map(count)))
}

async fn sessions(visit: &Visit<'_>) -> Markup {
    let params = [("Status", "Live"), ("MaxItems", FEW_SESSIONS)];
    let answer = visit.call(ARGALI, "ListSessions", &params).await.unwrap_or_default();
    let sessions: Vec<_> = list(&answer, "Sessions", "Session").collect();
    let content = html! {
        @if sessions.is_empty() { p.muted { (visit.say(NO_SESSIONS)) } }
        @else {
            ul.plain {
                @for session in sessions {
                    li.two {
                        strong { bdi { (text(session, "RoleName")) } }
                        span.muted.small-text { "← " bdi { (session::who(session)) } " · " (moment(visit, text(session, "IssueDate"))) }
                    }
                }
            }
        }
    };
    with_way(visit, LIVE_SESSIONS, ("/sessions", SESSIONS), &content)
}

/// Finding them takes as long as the account is large: those of a large one are got by the script, and without it there
/// is the way.
async fn findings(visit: &Visit<'_>, summary: Option<&Value>) -> Markup {
    let size = summary.map(|summary| number(summary, "Users") + number(summary, "Roles"));
    let counts = match size {
        Some(..=FEW_TO_ANALYZE) => analyzer::counts(visit).await.ok(),
        _ => None,
    };
    let content = html! {
        @match counts {
            Some(counts) => (counts),
            None => div #findings data-load=(visit.to("/analyzer/counts")) { p.muted { (visit.say(FINDINGS_WHAT)) } },
        }
    };
    with_way(visit, FINDINGS, ("/analyzer", ANALYZER), &content)
}

async fn calls(visit: &Visit<'_>) -> Markup {
    let params = [("OnlyNotable", "true"), ("MaxItems", FEW_CALLS)];
    let answer = visit.call(ARGALI, "ListActivity", &params).await.unwrap_or_default();
    let events: Vec<&Value> = items(&answer, "Events").collect();
    html! {
        section.stack {
            div.card-head.bare {
                h2 { (visit.say(LATEST)) }
                a.button.small href=(visit.to("/activity")) { (visit.say(ACTIVITY)) }
            }
            @if events.is_empty() { p.muted { (visit.say(NO_CALLS)) } } @else { (activity::brief(visit, &events)) }
        }
    }
}

/// A card with the way to the page that has all of it.
fn with_way(visit: &Visit<'_>, title: Text, (path, label): (&str, Text), content: &Markup) -> Markup {
    html! {
        section.card {
            div.card-head { h2 { (visit.say(title)) } a.button.small href=(visit.to(path)) { (visit.say(label)) } }
            (content)
        }
    }
}
