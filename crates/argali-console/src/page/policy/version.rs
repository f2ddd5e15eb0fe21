//! The versions of a policy: which is in force, what differs, and putting another in force.
// SPEC: console, policies, versions.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::path_of;
use crate::answer::Answer;
use crate::api::{RAM, holds, list, text};
use crate::moment::moment;
use crate::need::{Need, needing};
use crate::page::conflict;
use crate::part::{Table, act, card, difference, formatted, show_api};
use crate::shell::{self, token};
use crate::text::policy::*;
use crate::text::shell::{ACTIONS, DELETE};
use crate::text::user::CREATED;
use crate::visit::Visit;

/// The tab.
pub(super) async fn part(visit: &Visit<'_>, policy: (&str, &str), path: &str) -> Result<Markup, ApiFailure> {
    let (policy_type, name) = policy;
    let params = [("PolicyType", policy_type), ("PolicyName", name)];
    let answer = visit.call(RAM, "ListPolicyVersions", &params).await?;
    let versions: Vec<&Value> = list(&answer, "PolicyVersions", "PolicyVersion").collect();
    let in_force = versions.iter().find(|version| holds(version, "IsDefaultVersion"));
    let in_force = in_force.map(|version| text(version, "VersionId")).unwrap_or_default();
    let rows = versions.iter().map(|version| row(visit, (name, in_force), version, path)).collect();
    let compared = match visit.query().filled("compare") {
        Some(id) => compared(visit, policy, [id, in_force]).await?,
        None => html! {},
    };
    Ok(html! {
        (Table { caption: VERSIONS, columns: &[VERSION, CREATED, ACTIONS], rows }.show(visit))
        (compared)
    })
}

fn row(visit: &Visit<'_>, (name, in_force): (&str, &str), version: &Value, path: &str) -> Vec<Markup> {
    let id = text(version, "VersionId");
    let is_default = holds(version, "IsDefaultVersion");
    let deed = |word, operation, look| {
        let need = Need::call(RAM, operation, &[("PolicyName", name), ("VersionId", id)]);
        let base = conflict::carrying(&[in_force]);
        let fields = [("VersionId", id), ("do", word), (base.0, base.1.as_str())];
        needing(visit, need, &act(visit, &format!("{path}/versions"), &fields, look))
    };
    vec![
        html! { (id) @if is_default { " " span.badge.success { (visit.say(IN_FORCE)) } } },
        moment(visit, text(version, "CreateDate")),
        html! {
            @if is_default { span.muted { "–" } } @else {
                a href=(visit.to(&format!("{path}?tab=versions&compare={id}"))) { (visit.say(COMPARE)) } " "
                (deed("default", "SetDefaultPolicyVersion", ("quiet", SET_DEFAULT)))
                (deed("delete", "DeletePolicyVersion", ("quiet danger", DELETE)))
            }
        },
    ]
}

/// The page where another version was put in force meanwhile than the one that was to be replaced; nothing if none was.
pub(super) async fn outdated(
    visit: &Visit<'_>,
    (policy_type, name): (&str, &str),
) -> Result<Option<Answer>, ApiFailure> {
    let params = [("PolicyType", policy_type), ("PolicyName", name)];
    let answer = visit.call(RAM, "ListPolicyVersions", &params).await?;
    let mut versions = list(&answer, "PolicyVersions", "PolicyVersion");
    let in_force = versions.find(|version| holds(version, "IsDefaultVersion"));
    let in_force = in_force.map(|version| text(version, "VersionId")).unwrap_or_default();
    let chosen = visit.form().get("VersionId");
    if !conflict::is_outdated(visit, &[in_force], &[chosen]) {
        return Ok(None);
    }
    let path = path_of(policy_type, name);
    let changed = conflict::Changed {
        operations: &["CreatePolicyVersion", "SetDefaultPolicyVersion"],
        resource: &format!(":policy/{name}"),
        theirs: &format!("{path}?tab=versions"),
        save: "default",
    };
    let both = compared(visit, (policy_type, name), [in_force, chosen]).await?;
    let content = html! {
        div.writing {
            h1 { (name) }
            (conflict::notice(visit, &changed, &both).await)
            form id=(conflict::FORM) method="post" action=(visit.to(&format!("{path}/versions"))) {
                (token(visit))
                (conflict::base_anew(&[in_force]))
                input type="hidden" name="VersionId" value=(chosen);
                div.actions {
                    button.button name="do" value="default" { (visit.fill(PUT_IN_FORCE, &[chosen])) }
                    (show_api(visit))
                }
            }
        }
    };
    Ok(Some(Answer::page(409, shell::page(visit, name, &content))))
}

/// What differs between a version and the one that is in force.
async fn compared(
    visit: &Visit<'_>,
    (policy_type, name): (&str, &str),
    [id, in_force]: [&str; 2],
) -> Result<Markup, ApiFailure> {
    let mut documents = Vec::new();
    for version in [id, in_force] {
        let params = [("PolicyType", policy_type), ("PolicyName", name), ("VersionId", version)];
        let answer = visit.call(RAM, "GetPolicyVersion", &params).await?;
        let version = answer.get("PolicyVersion").unwrap_or(&Value::Null);
        documents.push(formatted(text(version, "PolicyDocument")));
    }
    let title = visit.fill(COMPARED, &[id, in_force]);
    Ok(match documents.as_slice() {
        [old, new] => card(&title, &difference(visit, old, new)),
        _ => html! {},
    })
}
