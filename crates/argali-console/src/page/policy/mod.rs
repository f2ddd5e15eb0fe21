//! Policies: their list, their documents and versions, who has them.
// SPEC: console, policies; requirements S0-35, S3-28, S3-31.

mod arn;
mod check;
mod delete;
mod edit;
mod from_activity;
mod policies;
mod review;
mod several;
mod start;
mod statement;
mod version;
mod visual;
mod vocabulary;

use argali_core::services::ram::system_policy;
use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::tags::Tagged;
use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, items, list, many, number, text};
use crate::icon;
use crate::moment::moment;
use crate::need::{Need, way};
use crate::page::grant::{self, Grant};
use crate::pairs::segment;
use crate::part::list::{self as lists, SEVERAL};
use crate::part::{
    Field, Table, Weight, code, denied, empty, formatted, heading, indented, notice, page_size,
    pager_counting, summary, tabs,
};
use crate::shell;
use crate::text::policy::*;
use crate::text::shell::DELETE;
use crate::visit::Visit;

const LIST: &str = "/ram/policies";
const TABS: [(&str, crate::text::Text); 4] = [
    ("document", DOCUMENT),
    ("versions", VERSIONS),
    ("references", REFERENCES),
    ("tags", crate::text::tag::TITLE),
];
/// How many of these policies of the system have, which nobody labels.
const SYSTEM_TABS: usize = 3;
/// How much of a document another page shows.
const MOST_IN_FULL: usize = 6_000;
/// How many characters a document has at most, before the white space is left out.
const LONGEST: u32 = 20_000;
const DOCUMENT_FIELD: Field = Field::text("PolicyDocument", DOCUMENT)
    .required()
    .longest(LONGEST)
    .hint(DOCUMENT_HINT)
    .kind("textarea", "off");
const NAME_FIELD: Field = Field::text("PolicyName", NAME).required().longest(128).hint(NAME_HINT);
const TEMPLATE: &str = "{\n  \"Version\": \"1\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": [\"ecs:Describe*\"],\n      \"Resource\": [\"*\"]\n    }\n  ]\n}";

/// Answers a visit to an address below that of policies.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => lists::show(visit, &policies::Policies).await,
        (false, [SEVERAL]) => several::ask(visit).await,
        (true, [SEVERAL]) => several::send(visit).await,
        (false, ["new"]) => edit::begin(visit, None).await,
        (true, ["new"]) => edit::send(visit, None).await,
        (false, [kind, name]) => show(visit, (kind, name), None).await,
        (true, ["Custom", name, "tags"]) => match Tagged::Policy(name).change(visit).await {
            Ok(answer) => Ok(answer),
            Err(failure) => show(visit, ("Custom", name), Some(&Refusal::shown(failure)?)).await,
        },
        (false, ["Custom", name, "edit"]) => edit::begin(visit, Some(name)).await,
        (true, ["Custom", name, "edit"]) => edit::send(visit, Some(name)).await,
        (true, [kind, name, "versions"]) => change(visit, (kind, name)).await,
        (false, ["Custom", name, "delete"]) => delete::ask(visit, name).await,
        (true, ["Custom", name, "delete"]) => delete::send(visit, name).await,
        _ => Err(Refusal::NoPage),
    }
}

/// The page of a policy.
pub(crate) fn path_of(policy_type: &str, name: &str) -> String {
    format!("{LIST}/{}/{}", segment(policy_type), segment(name))
}

/// What a policy of an answer allows, in a sentence. Those of the system are described in the language of the visit.
pub(crate) fn description<'p>(visit: &Visit<'_>, policy: &'p Value) -> &'p str {
    let named = (text(policy, "PolicyType"), text(policy, "PolicyName"));
    described(visit, named, text(policy, "Description"))
}

/// The same of one of this type and name, of which operations say this.
pub(crate) fn described<'p>(
    visit: &Visit<'_>,
    (policy_type, name): (&str, &str),
    description: &'p str,
) -> &'p str {
    let name = name.parse().ok().filter(|_| policy_type == "System");
    let system = name.and_then(|name| system_policy::find(&name));
    system.map_or(description, |policy| policy.description_in(visit.language().tag()))
}

/// The details of a policy, a tab at a time.
pub(crate) async fn show(
    visit: &Visit<'_>,
    (policy_type, name): (&str, &str),
    failure: Option<&ApiFailure>,
) -> Outcome {
    let params = [("PolicyType", policy_type), ("PolicyName", name)];
    let answer = visit.call(RAM, "GetPolicy", &params).await?;
    let policy = answer.get("Policy").unwrap_or(&Value::Null);
    let version = answer.get("DefaultPolicyVersion").unwrap_or(&Value::Null);
    let name = text(policy, "PolicyName");
    let is_custom = text(policy, "PolicyType") == "Custom";
    let asked = if visit.is_post() { visit.form().get("tab") } else { visit.query().get("tab") };
    let shown = TABS.get(..if is_custom { TABS.len() } else { SYSTEM_TABS }).unwrap_or_default();
    let tab = shown.iter().find(|(tab, _)| *tab == asked).map_or("document", |(tab, _)| tab);
    let path = path_of(policy_type, name);
    let part = match tab {
        "versions" => version::part(visit, (policy_type, name), &path).await?,
        "references" => references(visit, (policy_type, name)).await?,
        "tags" => Tagged::Policy(name).part(visit, failure).await?,
        _ => document(visit, text(version, "PolicyDocument")),
    };
    let actions = html! {
        @if tab != "references" { (grant::button(visit, &format!("{policy_type}/{name}"), "button")) }
        (way(visit, Need::somehow(RAM, "CreatePolicy"), &start::path_with(&format!("{policy_type}/{name}")), ("button", crate::text::policy_start::COPY_OF)))
        @if is_custom {
            (way(visit, edition(name), &format!("{path}/edit"), ("button", crate::text::policy_edit::EDIT)))
            (way(visit, delete::need(name), &format!("{path}/delete"), ("button", DELETE)))
        }
    };
    let custom = is_custom.then_some(name);
    let risk = grant::Risks::named(visit, custom).await.mark(visit, text(policy, "PolicyType"), name);
    let description = Some(description(visit, policy)).filter(|text| !text.is_empty());
    let content = html! {
        (heading(&html! { (name) (risk) }, description, &actions))
        @if !is_custom { (notice(Weight::Info, &html! { p { (visit.say(KEPT)) } })) }
        (tabs(visit, &path, tab, shown))
        @if let Some(failure) = failure { (summary(visit, failure)) }
        (part)
    };
    Ok(Answer::page(failure.map_or(200, |failure| failure.status), shell::page(visit, name, &content)))
}

/// The document in words and as it is written.
fn document(visit: &Visit<'_>, document: &str) -> Markup {
    let read: Value = serde_json::from_str(document).unwrap_or_default();
    html! {
        section.card.stack {
            h2 { (visit.say(crate::text::policy_edit::IN_WORDS)) }
            ul.plain { @for statement in many(read.get("Statement")) { li { (review::in_words(visit, statement)) } } }
        }
        (code(&indented(document)))
    }
}

/// What a policy says, where another page shows it: all of its description, and its document.
pub(crate) async fn in_full(visit: &Visit<'_>, (policy_type, name): (&str, &str)) -> Markup {
    let params = [("PolicyType", policy_type), ("PolicyName", name)];
    let answer = match visit.call(RAM, "GetPolicy", &params).await {
        Ok(answer) => answer,
        Err(failure) => return denied(visit, &failure),
    };
    let policy = answer.get("Policy").unwrap_or(&Value::Null);
    let version = answer.get("DefaultPolicyVersion").unwrap_or(&Value::Null);
    let document = formatted(text(version, "PolicyDocument"));
    let shown: String = document.chars().take(MOST_IN_FULL).collect();
    html! {
        p { bdi { (description(visit, policy)) } }
        pre tabindex="0" { code { (shown) @if shown.len() < document.len() { "…" } } }
        p { a href=(visit.to(&path_of(policy_type, name))) { (visit.say(TO_POLICY)) } }
    }
}

/// The document of a custom policy that is in force.
pub(crate) async fn current(visit: &Visit<'_>, name: &str) -> Result<String, ApiFailure> {
    let answer = visit.call(RAM, "GetPolicy", &[("PolicyType", "Custom"), ("PolicyName", name)]).await?;
    let version = answer.get("DefaultPolicyVersion").unwrap_or(&Value::Null);
    Ok(text(version, "PolicyDocument").to_owned())
}

/// Somebody who has a policy.
struct PolicyHolder {
    kind: crate::text::Text,
    name: String,
    path: String,
}

/// Whoever has a policy.
async fn holders(visit: &Visit<'_>, params: &[(&str, &str)]) -> Result<Vec<PolicyHolder>, ApiFailure> {
    use crate::text::grant::{ROLE, USER, USER_GROUP};
    let answer = visit.call(RAM, "ListEntitiesForPolicy", params).await?;
    let kinds = [
        (USER, "Users", "User", super::user::path_of as fn(&str) -> String),
        (USER_GROUP, "Groups", "Group", super::group::path_of),
        (ROLE, "Roles", "Role", super::role::path_of),
    ];
    let mut holders = Vec::new();
    for (kind, plural, singular, path_of) in kinds {
        holders.extend(list(&answer, plural, singular).map(|entity| {
            let name = text(entity, &format!("{singular}Name"));
            PolicyHolder { kind, name: name.to_owned(), path: path_of(name) }
        }));
    }
    Ok(holders)
}

/// Whoever has it, where, and when it was used last.
async fn references(visit: &Visit<'_>, (policy_type, name): (&str, &str)) -> Result<Markup, ApiFailure> {
    use crate::text::grant::{LAST_USED, PRINCIPAL, SCOPE, SINCE};
    let params = [
        ("PolicyType", policy_type),
        ("PolicyName", name),
        ("MaxItems", page_size(visit)),
        ("Marker", visit.query().get("marker")),
    ];
    let answer = visit.call(ARGALI, "SearchGrants", &params).await?;
    let row = |row: &Value| {
        let grant = Grant::of(row);
        let since = moment(visit, text(row, "AttachDate"));
        vec![grant.holder(visit), grant.kind(visit), grant.scope(visit), since, grant::last_used(visit, row)]
    };
    let rows: Vec<_> = items(&answer, "Grants").map(row).collect();
    let new = grant::button(visit, &format!("{policy_type}/{name}"), "button main");
    if rows.is_empty() {
        return Ok(
            html! { section.card { (empty(visit, icon::LuShieldCheck, visit.say(REFERENCES_EMPTY), &new)) } },
        );
    }
    let columns = &[PRINCIPAL, TYPE, SCOPE, SINCE, LAST_USED];
    let (path, marker) = (path_of(policy_type, name), text(&answer, "Marker"));
    Ok(html! {
        (Table { caption: REFERENCES, columns, rows }.show(visit))
        (pager_counting(visit, &path, marker, Some(number(&answer, "TotalCount"))))
        div.actions { (new) }
    })
}

/// What changing a policy needs.
fn edition(name: &str) -> Need {
    Need::call(RAM, "CreatePolicyVersion", &[("PolicyName", name)])
}

/// Puts a version in force, or deletes one.
pub(crate) async fn change(visit: &Visit<'_>, (policy_type, name): (&str, &str)) -> Outcome {
    let form = visit.form();
    let action = match form.get("do") {
        "default" => "SetDefaultPolicyVersion",
        "delete" => "DeletePolicyVersion",
        _ => return Err(Refusal::NoPage),
    };
    if form.get("do") == "default"
        && let Some(page) = version::outdated(visit, (policy_type, name)).await?
    {
        return Ok(page);
    }
    visit.call(RAM, action, &[("PolicyName", name), ("VersionId", form.get("VersionId"))]).await?;
    Ok(Answer::see(visit.to(&format!("{}?tab=versions", path_of(policy_type, name)))))
}
