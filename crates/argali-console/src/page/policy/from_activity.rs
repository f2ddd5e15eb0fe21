//! A policy document that allows what chosen calls did.
// SPEC: console, activity, make a policy from this.

use std::collections::{BTreeMap, BTreeSet};

use argali_protocol::ApiFailure;
use serde_json::{Value, json};

use crate::api::{ARGALI, items, text, texts};
use crate::pairs::Pairs;
use crate::visit::Visit;

/// How many calls are looked at.
const MOST: usize = 100;

/// The document, indented; nothing if no call was chosen or none of them needs permission.
pub(super) async fn document(visit: &Visit<'_>, said: &Pairs) -> Result<Option<String>, ApiFailure> {
    let mut wanted = Vec::new();
    for request in said.all("event").take(MOST) {
        let answer = visit.call(ARGALI, "ListActivity", &[("RequestId", request)]).await?;
        wanted.extend(items(&answer, "Events").filter_map(asked));
    }
    Ok(of_calls(wanted))
}

/// Whether a call needed permission, so that a document can allow it.
pub(super) fn is_usable(event: &Value) -> bool {
    asked(event).is_some()
}

/// The action of a call, and what it was done on.
fn asked(event: &Value) -> Option<(String, BTreeSet<String>)> {
    let resources = texts(event, "Resources").into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    let action = text(event, "AuthAction");
    (!action.is_empty() && !resources.is_empty()).then(|| (action.to_owned(), resources))
}

/// A statement for each set of resources, so that no action is allowed on more than it was seen on.
fn of_calls(calls: Vec<(String, BTreeSet<String>)>) -> Option<String> {
    let mut by_action: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (action, resources) in calls {
        by_action.entry(action).or_default().extend(resources);
    }
    let mut by_resources: BTreeMap<BTreeSet<String>, Vec<String>> = BTreeMap::new();
    for (action, resources) in by_action {
        by_resources.entry(resources).or_default().push(action);
    }
    let statements = by_resources.into_iter();
    let statements: Vec<_> = statements
        .map(|(resources, actions)| json!({ "Effect": "Allow", "Action": actions, "Resource": resources }))
        .collect();
    let document = json!({ "Version": "1", "Statement": statements });
    (!statements.is_empty()).then(|| serde_json::to_string_pretty(&document).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_action_is_allowed_on_more_than_it_was_seen_on() {
        let call = |action: &str, resources: &[&str]| {
            (action.to_owned(), resources.iter().map(|arn| (*arn).to_owned()).collect())
        };
        assert_eq!(of_calls(Vec::new()), None);
        let calls = vec![
            call("ecs:StopInstance", &["i-1"]),
            call("ecs:StartInstance", &["i-1"]),
            call("ram:GetUser", &["u"]),
            call("ecs:StopInstance", &["i-1"]),
        ];
        let document: Value = serde_json::from_str(&of_calls(calls).unwrap()).unwrap();
        assert_eq!(
            document["Statement"],
            json!([
                { "Effect": "Allow", "Action": ["ecs:StartInstance", "ecs:StopInstance"], "Resource": ["i-1"] },
                { "Effect": "Allow", "Action": ["ram:GetUser"], "Resource": ["u"] },
            ])
        );
    }
}
