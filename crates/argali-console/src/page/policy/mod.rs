//! Policies: their list, their documents and versions, who has them.
// SPEC: console, policies; requirements S0-35, S3-28, S3-31.

mod check;
mod edit;
mod from_activity;
mod review;
mod statement;
mod visual;
mod vocabulary;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::grant::{risk, type_label};
use super::{Outcome, Refusal, confirm};
use crate::answer::Answer;
use crate::api::{RAM, holds, list, many, number, text};
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::pairs::segment;
use crate::part::{
    Field, Table, Weight, act_shown, code, empty, heading, indented, nothing, notice, search, tabs,
};
use crate::shell;
use crate::text::policy::*;
use crate::text::shell::{ACTIONS, DELETE};
use crate::text::user::CREATED;
use crate::visit::Visit;

const LIST: &str = "/ram/policies";
const TABS: [(&str, crate::text::Text); 3] =
    [("document", DOCUMENT), ("versions", VERSIONS), ("references", REFERENCES)];
/// How many policies the list shows at once.
const MOST_SHOWN: usize = 100;
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
        (false, []) => show_list(visit).await,
        (false, ["new"]) => edit::begin(visit, None).await,
        (true, ["new"]) => edit::send(visit, None).await,
        (false, [kind, name]) => show(visit, (kind, name)).await,
        (false, ["Custom", name, "edit"]) => edit::begin(visit, Some(name)).await,
        (true, ["Custom", name, "edit"]) => edit::send(visit, Some(name)).await,
        (true, [kind, name, "versions"]) => change(visit, (kind, name)).await,
        (false, ["Custom", name, "delete"]) => ask_to_delete(visit, name),
        (true, ["Custom", name, "delete"]) => delete(visit, name).await,
        _ => Err(Refusal::NoPage),
    }
}

/// The page of a policy.
pub(crate) fn path_of(policy_type: &str, name: &str) -> String {
    format!("{LIST}/{}/{}", segment(policy_type), segment(name))
}

/// The list.
pub(crate) async fn show_list(visit: &Visit<'_>) -> Outcome {
    let query = visit.query();
    let chosen = ["System", "Custom"].into_iter().find(|kind| *kind == query.get("type")).unwrap_or_default();
    let answer = visit.call(RAM, "ListPolicies", &[("PolicyType", chosen), ("MaxItems", "1000")]).await?;
    let wanted = query.get("q").trim().to_lowercase();
    let matches = |policy: &&Value| {
        [text(policy, "PolicyName"), text(policy, "Description")]
            .iter()
            .any(|text| text.to_lowercase().contains(&wanted))
    };
    let row = |policy: &Value| {
        let (name, policy_type) = (text(policy, "PolicyName"), text(policy, "PolicyType"));
        vec![
            html! { a href=(visit.to(&path_of(policy_type, name))) { (name) } (risk(visit, name)) },
            html! { (visit.say(type_label(policy_type))) },
            html! { bdi { (text(policy, "Description")) } },
            html! { (number(policy, "AttachmentCount")) },
        ]
    };
    let found = list(&answer, "Policies", "Policy").filter(matches).take(MOST_SHOWN);
    let rows: Vec<_> = found.map(row).collect();
    let new = html! {
        a.button.main href=(visit.to("/ram/policies/new")) data-new { (icon(icon::LuPlus)) (visit.say(CREATE)) }
    };
    let kinds = [("", BOTH), ("System", SYSTEM), ("Custom", CUSTOM)];
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &new))
        div.toolbar {
            (search(visit, LIST))
            div.segments {
                @for (kind, label) in kinds {
                    a href=(visit.to(&format!("{LIST}?{}", query.with("type", kind)))) aria-current=[(kind == chosen).then_some("true")] {
                        (visit.say(label))
                    }
                }
            }
        }
        @if rows.is_empty() {
            section.card { (nothing(visit, LIST, (icon::LuScrollText, EMPTY, new))) }
        } @else {
            (Table { caption: TITLE, columns: &[NAME, TYPE, DESCRIPTION, ATTACHED], rows }.show(visit))
        }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(TITLE), &content)))
}

/// The details of a policy, a tab at a time.
pub(crate) async fn show(visit: &Visit<'_>, (policy_type, name): (&str, &str)) -> Outcome {
    let params = [("PolicyType", policy_type), ("PolicyName", name)];
    let answer = visit.call(RAM, "GetPolicy", &params).await?;
    let policy = answer.get("Policy").unwrap_or(&Value::Null);
    let version = answer.get("DefaultPolicyVersion").unwrap_or(&Value::Null);
    let name = text(policy, "PolicyName");
    let is_custom = text(policy, "PolicyType") == "Custom";
    let asked = visit.query().get("tab");
    let tab = TABS.iter().find(|(tab, _)| *tab == asked).map_or("document", |(tab, _)| tab);
    let path = path_of(policy_type, name);
    let part = match tab {
        "versions" => versions(visit, &params, &path).await?,
        "references" => references(visit, &params).await?,
        _ => document(visit, text(version, "PolicyDocument")),
    };
    let actions = html! {
        @if is_custom {
            a.button href=(visit.to(&format!("{path}/edit"))) { (visit.say(crate::text::policy_edit::EDIT)) }
            a.button href=(visit.to(&format!("{path}/delete"))) { (visit.say(DELETE)) }
        }
    };
    let description = Some(text(policy, "Description")).filter(|text| !text.is_empty());
    let content = html! {
        (heading(&html! { (name) (risk(visit, name)) }, description, &actions))
        @if !is_custom { (notice(Weight::Info, &html! { p { (visit.say(KEPT)) } })) }
        (tabs(visit, &path, tab, &TABS))
        (part)
    };
    Ok(Answer::page(200, shell::page(visit, name, &content)))
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

/// The document of a custom policy that is in force.
async fn current(visit: &Visit<'_>, name: &str) -> Result<String, ApiFailure> {
    let answer = visit.call(RAM, "GetPolicy", &[("PolicyType", "Custom"), ("PolicyName", name)]).await?;
    let version = answer.get("DefaultPolicyVersion").unwrap_or(&Value::Null);
    Ok(text(version, "PolicyDocument").to_owned())
}

async fn versions(visit: &Visit<'_>, params: &[(&str, &str)], path: &str) -> Result<Markup, ApiFailure> {
    let answer = visit.call(RAM, "ListPolicyVersions", params).await?;
    let row = |version: &Value| {
        let id = text(version, "VersionId");
        let is_default = holds(version, "IsDefaultVersion");
        let fields = |action| [("VersionId", id), ("do", action)];
        vec![
            html! { (id) @if is_default { " " span.badge.success { (visit.say(IN_FORCE)) } } },
            moment(visit, text(version, "CreateDate")),
            html! {
                @if !is_default {
                    (act_shown(visit, &format!("{path}/versions"), &fields("default"), ("quiet", SET_DEFAULT)))
                    (act_shown(visit, &format!("{path}/versions"), &fields("delete"), ("quiet danger", DELETE)))
                }
            },
        ]
    };
    let rows = list(&answer, "PolicyVersions", "PolicyVersion").map(row).collect();
    Ok(Table { caption: VERSIONS, columns: &[VERSION, CREATED, ACTIONS], rows }.show(visit))
}

/// Somebody who has a policy.
struct PolicyHolder {
    kind: crate::text::Text,
    name: String,
    path: String,
    since: String,
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
            let since = text(entity, "AttachDate").to_owned();
            PolicyHolder { kind, name: name.to_owned(), path: path_of(name), since }
        }));
    }
    Ok(holders)
}

async fn references(visit: &Visit<'_>, params: &[(&str, &str)]) -> Result<Markup, ApiFailure> {
    let row = |holder: PolicyHolder| {
        vec![
            html! { a href=(visit.to(&holder.path)) { bdi { (holder.name) } } },
            html! { (visit.say(holder.kind)) },
            moment(visit, &holder.since),
        ]
    };
    let rows: Vec<_> = holders(visit, params).await?.into_iter().map(row).collect();
    if rows.is_empty() {
        return Ok(
            html! { section.card { (empty(icon::LuShieldCheck, visit.say(REFERENCES_EMPTY), &html! {})) } },
        );
    }
    let columns = &[crate::text::grant::PRINCIPAL, TYPE, crate::text::grant::SINCE];
    Ok(Table { caption: REFERENCES, columns, rows }.show(visit))
}

/// Puts a version in force, or deletes one.
pub(crate) async fn change(visit: &Visit<'_>, (policy_type, name): (&str, &str)) -> Outcome {
    let form = visit.form();
    let action = match form.get("do") {
        "default" => "SetDefaultPolicyVersion",
        "delete" => "DeletePolicyVersion",
        _ => return Err(Refusal::NoPage),
    };
    visit.call(RAM, action, &[("PolicyName", name), ("VersionId", form.get("VersionId"))]).await?;
    Ok(Answer::see(visit.to(&format!("{}?tab=versions", path_of(policy_type, name)))))
}

/// Asks whether a policy is really to be deleted.
pub(crate) fn ask_to_delete(visit: &Visit<'_>, name: &str) -> Outcome {
    Ok(confirm::page(visit, &deletion(name), None))
}

/// Deletes a policy.
pub(crate) async fn delete(visit: &Visit<'_>, name: &str) -> Outcome {
    let deletion = deletion(name);
    if let Some(answer) = confirm::objection(visit, &deletion) {
        return Ok(answer);
    }
    match visit.call(RAM, "DeletePolicy", &[("PolicyName", name)]).await {
        Ok(_) => Ok(Answer::see(visit.to(LIST))),
        Err(failure) => Ok(confirm::page(visit, &deletion, Some(&Refusal::shown(failure)?))),
    }
}

fn deletion(name: &str) -> confirm::Deletion<'_> {
    confirm::Deletion {
        name,
        title: DELETE_TITLE,
        what: DELETE_WHAT,
        path: path_of("Custom", name),
        more: html! {},
    }
}
