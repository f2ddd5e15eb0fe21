//! How one enterprise lets another in, as a list that ticks itself: what is done is read as the viewer.
// SPEC: console, home: administrators without a delegation.

use maud::{Markup, html};
use serde_json::Value;

use crate::api::{ARGALI, IMS, RAM, list, number, text};
use crate::page::grant::{Kind, path_to};
use crate::page::manual;
use crate::text::Text;
use crate::text::home::*;
use crate::visit::Visit;

/// What lets a user assume every role.
const ASSUME_ANY: &str = "AliyunSTSAssumeRoleAccess";

/// Something to be done, where, and whether it is.
struct Step {
    label: Text,
    path: String,
    is_done: bool,
}

impl Step {
    fn new(label: Text, path: impl Into<String>, is_done: bool) -> Self {
        Self { label, path: path.into(), is_done }
    }
}

/// The list, for whoever looks after delegations; nothing for others, and once all of it is done.
pub(super) async fn card(visit: &Visit<'_>) -> Option<Markup> {
    let own = visit.account_id();
    if visit.acting().is_some()
        || !visit.may("argali:ListDelegations", &format!("acs:ram:*:{own}:role/*")).await
    {
        return None;
    }
    let few = [("MaxItems", "5")];
    let given = visit.call(ARGALI, "ListDelegations", &few).await.ok()?;
    let given: Vec<&Value> = list(&given, "Delegations", "Delegation").collect();
    let received = visit.call(ARGALI, "ListReceivedRoles", &few).await.unwrap_or_default();
    let received: Vec<&Value> = list(&received, "Roles", "Role").collect();
    let (title, steps) = if given.is_empty() && !received.is_empty() {
        (WORK_ELSEWHERE, receiving(visit, &received).await)
    } else {
        (JOURNEY, giving(visit, &given))
    };
    let is_open = steps.iter().any(|step| !step.is_done);
    is_open.then(|| shown(visit, title, &steps))
}

/// What the side does that owns the resources.
fn giving(visit: &Visit<'_>, given: &[&Value]) -> Vec<Step> {
    let next = given.iter().find(|role| !has_policy(role)).or(given.first());
    let to_grant =
        next.map_or_else(|| "/ram/roles".to_owned(), |role| path_to(Kind::Role, text(role, "RoleName")));
    let was_used = given.iter().any(|role| list(role, "Accounts", "Account").any(is_used));
    vec![
        alias(visit),
        Step::new(STEP_ROLE, "/ram/roles/new", !given.is_empty()),
        Step::new(STEP_GRANT, to_grant, given.iter().any(|role| has_policy(role))),
        Step::new(STEP_THEY_USE, "/delegations", was_used),
    ]
}

fn has_policy(role: &Value) -> bool {
    list(role, "Policies", "Policy").next().is_some()
}

/// What the side does whose users work there.
async fn receiving(visit: &Visit<'_>, received: &[&Value]) -> Vec<Step> {
    let summary = visit.call(IMS, "GetAccountSummary", &[]).await.unwrap_or_default();
    let has_users = summary.get("SummaryMap").is_some_and(|summary| number(summary, "Users") > 0);
    let params = [("PolicyName", ASSUME_ANY), ("PolicyType", "System")];
    let holders = visit.call(RAM, "ListEntitiesForPolicy", &params).await.unwrap_or_default();
    let holds = |(plural, singular)| list(&holders, plural, singular).next().is_some();
    let was_used = received.iter().any(|role| is_used(role));
    let may_assume =
        was_used || [("Users", "User"), ("Groups", "Group"), ("Roles", "Role")].into_iter().any(holds);
    vec![
        alias(visit),
        Step::new(STEP_USER, "/ram/users/new", has_users),
        Step::new(STEP_ASSUME, "/delegations?tab=received", may_assume),
        Step::new(STEP_SWITCH, "/switch-role", was_used),
    ]
}

fn alias(visit: &Visit<'_>) -> Step {
    let has_alias = visit.who().is_some_and(|who| who.alias.is_some());
    Step::new(STEP_ALIAS, "/settings/domain", has_alias)
}

/// Whether somebody acts or acted in a role.
fn is_used(use_of_role: &Value) -> bool {
    number(use_of_role, "LiveSessions") > 0 || !text(use_of_role, "LastUseDate").is_empty()
}

fn shown(visit: &Visit<'_>, title: Text, steps: &[Step]) -> Markup {
    let next = steps.iter().position(|step| !step.is_done);
    html! {
        section.card {
            div.card-head { h2 { (visit.say(title)) } (manual::link(visit, "cross-account")) }
            ol.steps {
                @for (at, step) in steps.iter().enumerate() {
                    li class=[step.is_done.then_some("done")] aria-current=[(Some(at) == next).then_some("step")] {
                        a href=(visit.to(&step.path)) { (visit.say(step.label)) }
                        @if step.is_done { span.hidden { (visit.say(STEP_DONE)) } }
                    }
                }
            }
        }
    }
}
