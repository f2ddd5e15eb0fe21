//! Which policies people are warned of before they grant them, and what they might grant instead.
// SPEC: console, grant permission: high-risk policies carry a badge.

use std::collections::BTreeSet;

use argali_core::services::ram::system_policy;
use maud::{Markup, html};
use serde_json::Value;

use crate::api::{ARGALI, items, text};
use crate::pairs::Pairs;
use crate::part::{Weight, notice};
use crate::text::grant::*;
use crate::visit::Visit;

/// How many policies one call names.
const MOST_NAMED: usize = 200;

/// The policies of high risk: those of the system, and those of the account as far as the viewer may see them.
#[derive(Debug)]
pub(crate) struct Risks {
    own: BTreeSet<String>,
}

impl Risks {
    /// Asks of those that have such a name: judging one takes reading its document, so that nobody asks of policies
    /// that are not shown.
    pub(crate) async fn named<'n>(visit: &Visit<'_>, names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: BTreeSet<&str> = names.into_iter().collect();
        let numbered: Vec<(String, &str)> =
            names.into_iter().zip(1..).map(|(name, at)| (format!("PolicyNames.{at}"), name)).collect();
        let mut params = vec![("PolicyType", "Custom")];
        // So many names are as well not named: then all are judged.
        if numbered.len() <= MOST_NAMED {
            params.extend(numbered.iter().map(|(at, name)| (at.as_str(), *name)));
        }
        if numbered.is_empty() {
            return Self { own: BTreeSet::new() };
        }
        let answer = visit.call(ARGALI, "ListHighRiskPolicies", &params).await.unwrap_or_default();
        Self { own: items(&answer, "Policies").map(|policy| text(policy, "PolicyName").to_owned()).collect() }
    }

    /// Whether the policy of this type and name is one.
    pub(crate) fn has(&self, policy_type: &str, name: &str) -> bool {
        if policy_type != "System" {
            return self.own.contains(name);
        }
        name.parse().is_ok_and(|name| system_policy::find(&name).is_some_and(|policy| policy.is_high_risk))
    }

    /// A policy of an answer with `IsHighRisk`, as answers about grants have it.
    pub(crate) fn tell(&self, mut policy: Value) -> Value {
        let is_high_risk = self.has(text(&policy, "PolicyType"), text(&policy, "PolicyName"));
        if let Some(members) = policy.as_object_mut() {
            members.insert("IsHighRisk".to_owned(), is_high_risk.into());
        }
        policy
    }

    /// The badge of such a policy, after its name.
    pub(crate) fn mark(&self, visit: &Visit<'_>, policy_type: &str, name: &str) -> Markup {
        html! { @if self.has(policy_type, name) { " " (badge(visit)) } }
    }

    /// What is said of those that a form has chosen.
    pub(super) fn warnings(&self, visit: &Visit<'_>, form: &Pairs) -> Markup {
        let chosen = form.all("policy").filter_map(|policy| policy.split_once('/'));
        html! {
            @for (_, name) in chosen.filter(|(policy_type, name)| self.has(policy_type, name)) {
                (notice(Weight::Warning, &html! {
                    p { (visit.fill(danger(name), &[name])) }
                    @let narrower = narrower(name);
                    @if !narrower.is_empty() {
                        p { (visit.fill(NARROWER, &[&narrower.join(visit.say(BETWEEN))])) }
                    }
                }))
            }
        }
    }
}

/// The badge itself.
pub(crate) fn badge(visit: &Visit<'_>) -> Markup {
    html! { span.badge.warning { (visit.say(HIGH_RISK)) } }
}

/// What granting a policy of high risk means.
fn danger(name: &str) -> crate::text::Text {
    match name {
        "AdministratorAccess" => ALLOWS_EVERYTHING,
        "PowerUserAccess" => ALLOWS_MOST,
        "AliyunResourceDirectoryFullAccess" => ALLOWS_DIRECTORY,
        "AliyunActionTrailFullAccess" => ALLOWS_TRAIL,
        _ => ALLOWS_ACCESS,
    }
}

/// Policies of the system that often do instead.
fn narrower(name: &str) -> &'static [&'static str] {
    match name {
        "AdministratorAccess" => &["PowerUserAccess", "AliyunECSFullAccess", "ReadOnlyAccess"],
        "PowerUserAccess" => &["AliyunECSFullAccess", "AliyunRDSFullAccess", "ReadOnlyAccess"],
        "AliyunRAMFullAccess" => &["AliyunRAMReadOnlyAccess", "AliyunSTSAssumeRoleAccess"],
        "AliyunActionTrailFullAccess" => &["AliyunActionTrailReadOnlyAccess"],
        "AliyunResourceDirectoryFullAccess" => &["AliyunResourceDirectoryReadOnlyAccess"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_proposed_instead_is_there_and_no_access_to_everything() {
        for policy in system_policy::all().filter(|policy| policy.is_high_risk) {
            for instead in narrower(policy.name.as_str()) {
                assert!(
                    system_policy::find(&instead.parse().unwrap()).is_some(),
                    "{}: {instead}",
                    policy.name
                );
                assert!(!narrower(instead).contains(&policy.name.as_str()), "{instead} is no wider");
            }
            assert!(!narrower(policy.name.as_str()).is_empty(), "{}", policy.name);
        }
    }
}
