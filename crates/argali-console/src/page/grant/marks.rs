//! Which chosen policies are of services that do not support resource groups: in one, they allow nothing.
// SPEC: console, grant permission, resource scope.

use std::collections::{BTreeMap, BTreeSet};

use argali_core::services::ram::system_policy;
use maud::{Markup, html};
use serde_json::Value;

use super::scope::Scope;
use crate::api::many;
use crate::page::policy::current;
use crate::page::service_list::supports_groups;
use crate::pairs::Pairs;
use crate::part::{Weight, notice};
use crate::text::grant::*;
use crate::visit::Visit;

/// How many chosen policies are looked at.
const MOST_READ: usize = 60;

/// The chosen policies, by type and name, with those services of theirs that do not support resource groups.
#[derive(Debug, Default)]
pub(super) struct Marks(BTreeMap<String, BTreeSet<String>>);

impl Marks {
    /// Reads the documents of those that are chosen for a resource group.
    pub(super) async fn of(visit: &Visit<'_>, from: &Pairs) -> Self {
        let mut marks = BTreeMap::new();
        if Scope::of(from) == Scope::Account {
            return Self(marks);
        }
        for key in from.all("policy").take(MOST_READ) {
            let Some((policy_type, name)) = key.split_once('/') else { continue };
            let document = document(visit, (policy_type, name)).await;
            let mut services = services_of(&document);
            services.retain(|code| supports_groups(visit, code) == Some(false));
            if !services.is_empty() {
                marks.insert(key.to_owned(), services);
            }
        }
        Self(marks)
    }

    /// The mark itself, after the name of a policy.
    pub(super) fn badge(&self, visit: &Visit<'_>, (policy_type, name): (&str, &str)) -> Markup {
        let is_marked = self.0.contains_key(&format!("{policy_type}/{name}"));
        html! { @if is_marked { " " span.badge.warning { (visit.say(NO_GROUPS)) } } }
    }

    /// The same in sentences.
    pub(super) fn warnings(&self, visit: &Visit<'_>) -> Markup {
        html! {
            @if !self.0.is_empty() {
                (notice(Weight::Warning, &html! {
                    @for (key, services) in &self.0 {
                        @let name = key.split_once('/').map_or(key.as_str(), |(_, name)| name);
                        @let services: Vec<&str> = services.iter().map(String::as_str).collect();
                        p { (visit.fill(NO_GROUPS_WHAT, &[name, &services.join(visit.say(BETWEEN))])) }
                    }
                }))
            }
        }
    }
}

/// The document of a policy; empty if the viewer may not see it.
async fn document(visit: &Visit<'_>, (policy_type, name): (&str, &str)) -> String {
    if policy_type == "Custom" {
        return current(visit, name).await.unwrap_or_default();
    }
    let system = name.parse().ok().and_then(|name| system_policy::find(&name));
    system.map(|policy| policy.text.clone()).unwrap_or_default()
}

/// What the services are called whose actions a document allows by name. What allows actions of all services says
/// nothing of any.
fn services_of(document: &str) -> BTreeSet<String> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let mut services = BTreeSet::new();
    for statement in many(document.get("Statement")) {
        if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
            continue;
        }
        let actions = many(statement.get("Action")).filter_map(Value::as_str);
        let named = actions.filter_map(|action| action.split_once(':')).map(|(service, _)| service);
        services.extend(named.filter(|service| !service.contains(['*', '?'])).map(str::to_ascii_lowercase));
    }
    services
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_read_from_what_is_allowed_by_name() {
        let document = r#"{"Version":"1","Statement":[
            {"Effect":"Allow","Action":["ecs:Describe*","MNS:SendMessage"],"Resource":"*"},
            {"Effect":"Allow","Action":"*","Resource":"*"},
            {"Effect":"Allow","Action":["*:List*","r?m:GetUser"],"Resource":"*"},
            {"Effect":"Allow","NotAction":"oss:*","Resource":"*"},
            {"Effect":"Deny","Action":"slb:*","Resource":"*"}]}"#;
        assert_eq!(services_of(document).into_iter().collect::<Vec<_>>(), ["ecs", "mns"]);
        assert!(services_of("").is_empty() && services_of("[]").is_empty());
    }
}
