//! Policies: their list, their documents and versions, who has them.
// SPEC: console, policies; requirements S0-35, S3-28, S3-31.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::grant::{risk, type_label};
use super::{Outcome, Refusal, confirm};
use crate::answer::Answer;
use crate::api::{RAM, holds, list, number, text};
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::pairs::{Pairs, encode, segment};
use crate::part::{
    Field, Fields, Table, Weight, act, empty, heading, indented, nothing, notice, search, show_api, summary,
    tabs,
};
use crate::shell::{self, token};
use crate::text::policy::*;
use crate::text::shell::{ACTIONS, CANCEL, DELETE, OK, SAVE};
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
const TEMPLATE: &str = "{\n  \"Version\": \"1\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": [\"ecs:Describe*\"],\n      \"Resource\": [\"*\"]\n    }\n  ]\n}";

/// Answers a visit to an address below that of policies.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => show_list(visit).await,
        (false, ["new"]) => Ok(form(visit, None)),
        (true, ["new"]) => create(visit).await,
        (false, [kind, name]) => show(visit, (kind, name), None).await,
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

/// The form that makes one.
pub(crate) fn form(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Answer {
    let template = Pairs::read(&encode([("PolicyDocument", TEMPLATE)]));
    let fields = if visit.is_post() { Fields::new(visit) } else { Fields::of(visit, template) };
    let fields = fields.refused(failure);
    let content = html! {
        div.narrow {
            h1 { (visit.say(CREATE)) }
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.card.stack.code method="post" action=(visit.to("/ram/policies/new")) {
                (token(visit))
                (fields.show(Field::text("PolicyName", NAME).required().longest(128).hint(NAME_HINT)))
                (fields.show(Field::text("Description", DESCRIPTION).longest(1024)))
                (fields.show(DOCUMENT_FIELD))
                div.actions {
                    button.button.main { (visit.say(OK)) }
                    a.button href=(visit.to(LIST)) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Answer::page(
        failure.map_or(200, |failure| failure.status),
        shell::page(visit, visit.say(CREATE), &content),
    )
}

/// Makes one.
pub(crate) async fn create(visit: &Visit<'_>) -> Outcome {
    let params =
        ["PolicyName", "Description", "PolicyDocument"].map(|name| (name, visit.form().get(name).trim()));
    match visit.call(RAM, "CreatePolicy", &params).await {
        Ok(_) => Ok(Answer::see(visit.to(&path_of("Custom", visit.form().get("PolicyName").trim())))),
        Err(failure) => Ok(form(visit, Some(&Refusal::shown(failure)?))),
    }
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
    let asked = visit.query().get("tab");
    let tab = TABS.iter().find(|(tab, _)| *tab == asked).map_or("document", |(tab, _)| tab);
    let path = path_of(policy_type, name);
    let part = match tab {
        "versions" => versions(visit, &params, &path).await?,
        "references" => references(visit, &params).await?,
        _ => document(visit, text(version, "PolicyDocument"), is_custom.then_some(path.as_str()), failure),
    };
    let actions = html! {
        @if is_custom { a.button href=(visit.to(&format!("{path}/delete"))) { (visit.say(DELETE)) } }
    };
    let description = Some(text(policy, "Description")).filter(|text| !text.is_empty());
    let content = html! {
        (heading(&html! { (name) (risk(visit, name)) }, description, &actions))
        @if !is_custom { (notice(Weight::Info, &html! { p { (visit.say(KEPT)) } })) }
        (tabs(visit, &path, tab, &TABS))
        @if let Some(failure) = failure { (summary(visit, failure)) }
        (part)
    };
    Ok(Answer::page(failure.map_or(200, |failure| failure.status), shell::page(visit, name, &content)))
}

fn document(
    visit: &Visit<'_>,
    document: &str,
    editable: Option<&str>,
    failure: Option<&ApiFailure>,
) -> Markup {
    let shown = Pairs::read(&encode([("PolicyDocument", indented(document).as_str())]));
    let fields = if failure.is_some() { Fields::new(visit) } else { Fields::of(visit, shown) };
    html! {
        @match editable {
            None => pre tabindex="0" { code { (indented(document)) } },
            Some(path) => form.card.stack.code method="post" action=(visit.to(&format!("{path}/versions"))) {
                (token(visit))
                h2 { (visit.say(NEW_VERSION)) }
                (fields.refused(failure).show(DOCUMENT_FIELD))
                div.actions { button.button.main { (visit.say(SAVE)) } }
            },
        }
    }
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
                    (act(visit, &format!("{path}/versions"), &fields("default"), ("quiet", SET_DEFAULT)))
                    (act(visit, &format!("{path}/versions"), &fields("delete"), ("quiet danger", DELETE)))
                }
            },
        ]
    };
    let rows = list(&answer, "PolicyVersions", "PolicyVersion").map(row).collect();
    Ok(Table { caption: VERSIONS, columns: &[VERSION, CREATED, ACTIONS], rows }.show(visit))
}

async fn references(visit: &Visit<'_>, params: &[(&str, &str)]) -> Result<Markup, ApiFailure> {
    let answer = visit.call(RAM, "ListEntitiesForPolicy", params).await?;
    let kinds = [
        ("Users", "User", "UserName", super::user::path_of as fn(&str) -> String),
        ("Groups", "Group", "GroupName", super::group::path_of),
        ("Roles", "Role", "RoleName", super::role::path_of),
    ];
    let mut rows = Vec::new();
    for (plural, singular, member, path_of) in kinds {
        for entity in list(&answer, plural, singular) {
            let name = text(entity, member);
            rows.push(vec![
                html! { a href=(visit.to(&path_of(name))) { bdi { (name) } } },
                html! { (singular) },
                moment(visit, text(entity, "AttachDate")),
            ]);
        }
    }
    if rows.is_empty() {
        return Ok(
            html! { section.card { (empty(icon::LuShieldCheck, visit.say(REFERENCES_EMPTY), &html! {})) } },
        );
    }
    let columns = &[crate::text::grant::PRINCIPAL, TYPE, crate::text::grant::SINCE];
    Ok(Table { caption: REFERENCES, columns, rows }.show(visit))
}

/// Changes the document, which makes a version; or puts a version in force, or deletes one.
pub(crate) async fn change(visit: &Visit<'_>, (policy_type, name): (&str, &str)) -> Outcome {
    let form = visit.form();
    let version = [("PolicyName", name), ("VersionId", form.get("VersionId"))];
    let path = path_of(policy_type, name);
    let action = match form.get("do") {
        "default" => "SetDefaultPolicyVersion",
        "delete" => "DeletePolicyVersion",
        _ => {
            let params = [
                ("PolicyName", name),
                ("PolicyDocument", form.get("PolicyDocument")),
                ("SetAsDefault", "true"),
                ("RotateStrategy", "DeleteOldestNonDefaultVersionWhenLimitExceeded"),
            ];
            return match visit.call(RAM, "CreatePolicyVersion", &params).await {
                Ok(_) => Ok(Answer::see(visit.to(&path))),
                Err(failure) => show(visit, (policy_type, name), Some(&Refusal::shown(failure)?)).await,
            };
        }
    };
    visit.call(RAM, action, &version).await?;
    Ok(Answer::see(visit.to(&format!("{path}?tab=versions"))))
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
