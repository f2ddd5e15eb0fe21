//! Deleting a policy: from whoever has it and with its older versions first, which is offered.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{LIST, path_of};
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, holds, is_denied, items, list, text};
use crate::need::{Need, needing};
use crate::page::grant::{self, Grant};
use crate::page::{Outcome, confirm};
use crate::part::act_saying;
use crate::text::policy::*;
use crate::visit::Visit;

/// How many grants are taken back at once, and how many of their holders are named.
const MOST_DETACHED: &str = "1000";
const MOST_NAMED: usize = 20;

/// What deleting a policy needs.
pub(super) fn need(name: &str) -> Need {
    Need::call(RAM, "DeletePolicy", &[("PolicyName", name)])
}

/// What keeps a policy from being deleted, as far as the viewer may see it: deleting refuses to pass over what is hidden.
struct Obstacles {
    grants: Vec<Value>,
    /// The versions that are not in force.
    versions: Vec<String>,
}

impl Obstacles {
    async fn of(visit: &Visit<'_>, name: &str) -> Result<Self, ApiFailure> {
        let versions = match other_versions(visit, name).await {
            Err(failure) if is_denied(&failure) => Vec::new(),
            versions => versions?,
        };
        Ok(Self { grants: grants_of(visit, name).await?, versions })
    }
}

/// Asks whether a policy is really to be deleted, and offers to remove first what keeps it.
pub(super) async fn ask(visit: &Visit<'_>, name: &str) -> Outcome {
    let obstacles = Obstacles::of(visit, name).await?;
    Ok(confirm::page(visit, &deletion(visit, name, &obstacles), None))
}

/// Deletes a policy; or, where that is asked, takes it from whoever has it, or deletes its other versions, and asks again.
pub(super) async fn send(visit: &Visit<'_>, name: &str) -> Outcome {
    let (detaches, deletes_versions) = (visit.form().is_ticked("detach"), visit.form().is_ticked("versions"));
    if detaches {
        detach_all(visit, name).await?;
    }
    if deletes_versions {
        delete_other_versions(visit, name).await?;
    }
    if detaches || deletes_versions {
        return Ok(Answer::see(visit.to(&path_to(name))));
    }
    let obstacles = Obstacles::of(visit, name).await?;
    let deletion = deletion(visit, name, &obstacles);
    let params = [("PolicyName", name)];
    confirm::carry_out(visit, &deletion, visit.call(RAM, "DeletePolicy", &params), LIST).await
}

fn path_to(name: &str) -> String {
    format!("{}/delete", path_of("Custom", name))
}

/// The grants of a custom policy; none if the viewer may not see them.
pub(super) async fn grants_of(visit: &Visit<'_>, name: &str) -> Result<Vec<Value>, ApiFailure> {
    let params = [("PolicyType", "Custom"), ("PolicyName", name), ("MaxItems", MOST_DETACHED)];
    match visit.call(ARGALI, "SearchGrants", &params).await {
        Ok(answer) => Ok(items(&answer, "Grants").cloned().collect()),
        Err(failure) if is_denied(&failure) => Ok(Vec::new()),
        Err(failure) => Err(failure),
    }
}

async fn other_versions(visit: &Visit<'_>, name: &str) -> Result<Vec<String>, ApiFailure> {
    let params = [("PolicyName", name), ("PolicyType", "Custom")];
    let answer = visit.call(RAM, "ListPolicyVersions", &params).await?;
    let versions = list(&answer, "PolicyVersions", "PolicyVersion");
    let others = versions.filter(|version| !holds(version, "IsDefaultVersion"));
    Ok(others.map(|version| text(version, "VersionId").to_owned()).collect())
}

/// Takes a policy from whoever has it.
pub(super) async fn detach_all(visit: &Visit<'_>, name: &str) -> Result<(), ApiFailure> {
    for row in grants_of(visit, name).await? {
        Grant::of(&row).revoke(visit).await?;
    }
    Ok(())
}

/// Deletes the versions that are not in force.
pub(super) async fn delete_other_versions(visit: &Visit<'_>, name: &str) -> Result<(), ApiFailure> {
    for version in other_versions(visit, name).await? {
        visit.call(RAM, "DeletePolicyVersion", &[("PolicyName", name), ("VersionId", &version)]).await?;
    }
    Ok(())
}

fn deletion<'a>(visit: &Visit<'_>, name: &'a str, obstacles: &Obstacles) -> confirm::Deletion<'a> {
    let Obstacles { grants, versions } = obstacles;
    let more = html! {
        @if !grants.is_empty() {
            @let words = visit.fill(crate::text::role::DETACH_ALL, &[&grants.len().to_string()]);
            @let holders = grants.iter().map(|row| Grant::of(row).holder(visit));
            (obstacle(
                visit,
                (DETACH_FIRST, holders.collect()),
                (name, "detach", &words, grant::revocation(grants)),
            ))
        }
        @if !versions.is_empty() {
            @let words = visit.fill(DELETE_VERSIONS, &[&versions.len().to_string()]);
            @let first = [("PolicyName", name), ("VersionId", versions.first().map_or("", String::as_str))];
            (obstacle(
                visit,
                (VERSIONS_FIRST, versions.iter().map(|version| html! { (version) }).collect()),
                (name, "versions", &words, Need::call(RAM, "DeletePolicyVersion", &first)),
            ))
        }
    };
    let path = path_of("Custom", name);
    confirm::Deletion { name, title: DELETE_TITLE, what: DELETE_WHAT, path, more, need: need(name) }
}

/// What keeps a policy, and the button that removes it.
fn obstacle(
    visit: &Visit<'_>,
    (said, what): (crate::text::Text, Vec<Markup>),
    (name, word, button, need): (&str, &str, &str, Need),
) -> Markup {
    html! {
        section.card.stack {
            p { (visit.say(said)) }
            ul.names {
                @for one in what.iter().take(MOST_NAMED) { li { (one) } }
                @if what.len() > MOST_NAMED { li { "…" } }
            }
            (needing(visit, need, &act_saying(visit, &path_to(name), &[(word, "true")], ("button", button))))
        }
    }
}
