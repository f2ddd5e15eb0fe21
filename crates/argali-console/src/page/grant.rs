//! Granting policies to users, groups and roles, and revoking them.
// SPEC: console, grant permission; requirements S0-26 to S0-36, S0-52 to S0-56, S3-22 to S3-32, S3-57 to S3-61.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{Outcome, Refusal, group, result, role, user};
use crate::answer::Answer;
use crate::api::{RAM, RESOURCE_MANAGER, VERIFICATION_REQUIRED, list, text};
use crate::icon;
use crate::moment::moment;
use crate::pairs::encode;
use crate::part::{
    Table, Weight, act, empty, explained, facts, heading, notice, search_within, select, show_api,
};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::grant::*;
use crate::text::shell::{ACTIONS, CANCEL, CLOSE};
use crate::visit::Visit;

/// System policies that allow everything, or changing who has access.
const RISKY: [&str; 2] = ["AdministratorAccess", "AliyunRAMFullAccess"];
/// How many policies of a kind the form shows at once.
const MOST_SHOWN: usize = 80;

/// Whom policies are granted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    User,
    Group,
    Role,
}

impl Kind {
    const ALL: [Self; 3] = [Self::User, Self::Group, Self::Role];

    fn word(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::Role => "Role",
        }
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    fn label(self) -> Text {
        match self {
            Self::User => USER,
            Self::Group => USER_GROUP,
            Self::Role => ROLE,
        }
    }

    fn parameter(self) -> &'static str {
        match self {
            Self::User => "UserName",
            Self::Group => "GroupName",
            Self::Role => "RoleName",
        }
    }

    /// The page of such a principal.
    fn page_of(self, name: &str) -> String {
        match self {
            Self::User => user::path_of(name),
            Self::Group => group::path_of(name),
            Self::Role => role::path_of(name),
        }
    }
}

/// Where policies are granted to somebody.
pub(crate) fn path_to(kind: Kind, name: &str) -> String {
    format!("/ram/grants/new?{}", encode([("kind", kind.word()), ("name", name)]))
}

/// The same with a system policy that is chosen already.
pub(crate) fn path_with(kind: Kind, name: &str, policy: &str) -> String {
    format!("{}&{}", path_to(kind, name), encode([("policy", format!("System/{policy}").as_str())]))
}

/// Whether a policy is of high risk.
pub(crate) fn is_high_risk(policy: &str) -> bool {
    RISKY.contains(&policy)
}

/// The badge of such a policy.
pub(crate) fn risk(visit: &Visit<'_>, policy: &str) -> Markup {
    html! { @if is_high_risk(policy) { " " span.badge.warning { (visit.say(HIGH_RISK)) } } }
}

/// The policies of somebody, each with the button that takes it back.
pub(crate) async fn part(visit: &Visit<'_>, kind: Kind, name: &str) -> Result<Markup, ApiFailure> {
    let action = format!("ListPoliciesFor{}", kind.word());
    let answer = visit.call(RAM, &action, &[(kind.parameter(), name)]).await?;
    let row = |policy: &Value| {
        let (policy_name, policy_type) = (text(policy, "PolicyName"), text(policy, "PolicyType"));
        let fields =
            [("kind", kind.word()), ("name", name), ("PolicyName", policy_name), ("PolicyType", policy_type)];
        vec![
            html! { a href=(visit.to(&super::policy::path_of(policy_type, policy_name))) { (policy_name) } (risk(visit, policy_name)) },
            html! { (visit.say(type_label(policy_type))) },
            html! { bdi { (text(policy, "Description")) } },
            moment(visit, text(policy, "AttachDate")),
            act(visit, "/ram/grants/revoke", &fields, ("quiet danger", REVOKE)),
        ]
    };
    let rows: Vec<_> = list(&answer, "Policies", "Policy").map(row).collect();
    let grant = html! { a.button.main href=(visit.to(&path_to(kind, name))) { (visit.say(TITLE)) } };
    let nothing = if kind == Kind::Role { EMPTY_ROLE } else { EMPTY_USER };
    Ok(html! {
        @if rows.is_empty() {
            section.card { (empty(icon::LuShieldCheck, visit.say(nothing), &grant)) }
        } @else {
            (Table { caption: POLICY, columns: &[POLICY, TYPE, DESCRIPTION, SINCE, ACTIONS], rows }.show(visit))
            div.actions { (grant) }
        }
    })
}

/// The label of a type of policies.
pub(crate) fn type_label(policy_type: &str) -> Text {
    if policy_type == "System" { crate::text::policy::SYSTEM } else { crate::text::policy::CUSTOM }
}

/// Whom the form is for.
fn principal<'v>(visit: &'v Visit<'_>) -> Result<(Kind, &'v str), Refusal> {
    let from = if visit.is_post() { visit.form() } else { visit.query() };
    let kind = Kind::of(from.get("kind")).ok_or(Refusal::NoPage)?;
    let name = from.filled("name").ok_or(Refusal::NoPage)?;
    Ok((kind, name))
}

/// The form.
pub(crate) async fn show(visit: &Visit<'_>) -> Outcome {
    page(visit, 200, None).await
}

async fn page(visit: &Visit<'_>, status: u16, refused: Option<&str>) -> Outcome {
    let (kind, name) = principal(visit)?;
    let system = visit.call(RAM, "ListPolicies", &[("PolicyType", "System"), ("MaxItems", "1000")]).await?;
    let custom = visit.call(RAM, "ListPolicies", &[("PolicyType", "Custom"), ("MaxItems", "1000")]).await?;
    let groups = visit.call(RESOURCE_MANAGER, "ListResourceGroups", &[("PageSize", "100")]).await;
    let groups = groups.unwrap_or_default();
    let back = visit.to(&format!("{}?tab=permissions", kind.page_of(name)));
    let content = html! {
        div.narrow {
            h1 { (visit.say(TITLE)) }
            @if let Some(words) = refused { (notice(Weight::Danger, &html! { p { (words) } })) }
            (search_within(visit, &within(visit, kind, name), "/ram/grants/new"))
            form.stack method="post" action=(visit.to("/ram/grants/new")) {
                (token(visit))
                input type="hidden" name="kind" value=(kind.word());
                input type="hidden" name="name" value=(name);
                section.card.stack { (scope(visit, &groups)) }
                section.card.stack {
                    h2 { (visit.say(PRINCIPAL)) }
                    (facts(&[(visit.say(kind.label()), html! { bdi { (name) } })]))
                }
                section.card.stack {
                    h2 { (visit.say(POLICY)) }
                    (notice(Weight::Warning, &html! { p { (visit.say(HIGH_RISK_NOTE)) } }))
                    (choices(visit, (SYSTEM, SYSTEM_HINT), "System", &system))
                    (choices(visit, (CUSTOM, CUSTOM_HINT), "Custom", &custom))
                    p { a href=(visit.to("/ram/policies/new")) { (visit.say(CREATE_POLICY)) } }
                }
                div.actions {
                    button.button.main { (visit.say(SUBMIT)) }
                    a.button href=(back) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Ok(Answer::page(status, shell::page(visit, visit.say(TITLE), &content)))
}

/// What the address says besides what is looked for.
fn within<'v>(visit: &'v Visit<'_>, kind: Kind, name: &'v str) -> Vec<(&'v str, &'v str)> {
    let scope = ["scope", "ResourceGroupId"].map(|name| (name, visit.query().get(name)));
    let kept = scope.into_iter().filter(|(_, value)| !value.is_empty());
    [("kind", kind.word()), ("name", name)].into_iter().chain(kept).collect()
}

fn scope(visit: &Visit<'_>, groups: &Value) -> Markup {
    let from = if visit.is_post() { visit.form() } else { visit.query() };
    let in_group = from.get("scope") == "group";
    let choice = |value: &str, label, hint, chosen: bool| {
        html! {
            label.tick {
                input type="radio" name="scope" value=(value) checked[chosen];
                span { span { (visit.say(label)) } span.hint { (visit.say(hint)) } }
            }
        }
    };
    let groups: Vec<_> = list(groups, "ResourceGroups", "ResourceGroup")
        .map(|group| (text(group, "Id"), format!("{} ({})", text(group, "DisplayName"), text(group, "Name"))))
        .collect();
    html! {
        h2 { (visit.say(SCOPE)) }
        (choice("account", SCOPE_ACCOUNT, SCOPE_ACCOUNT_HINT, !in_group))
        @if !groups.is_empty() {
            (choice("group", SCOPE_GROUP, SCOPE_GROUP_HINT, in_group))
            div.nested { (select(visit, ("ResourceGroupId", GROUP), from.get("ResourceGroupId"), &groups)) }
        }
    }
}

fn choices(visit: &Visit<'_>, (label, hint): (Text, Text), policy_type: &str, answer: &Value) -> Markup {
    let wanted = visit.query().get("q").trim().to_lowercase();
    let entered = if visit.is_post() { visit.form() } else { visit.query() };
    let chosen: Vec<&str> = entered.all("policy").collect();
    let matches = |policy: &&Value| {
        [text(policy, "PolicyName"), text(policy, "Description")]
            .iter()
            .any(|text| text.to_lowercase().contains(&wanted))
    };
    let mut policies: Vec<&Value> = list(answer, "Policies", "Policy").filter(matches).collect();
    let value_of = |policy: &Value| format!("{policy_type}/{}", text(policy, "PolicyName"));
    // What is chosen already is seen.
    policies.sort_by_key(|policy| !chosen.contains(&value_of(policy).as_str()));
    policies.truncate(MOST_SHOWN);
    html! {
        fieldset.group {
            legend { (visit.say(label)) }
            p.hint { (visit.say(hint)) }
            @if policies.is_empty() {
                p.muted { (visit.say(CUSTOM_EMPTY)) }
            } @else {
                div.policies {
                    @for policy in policies {
                        @let name = text(policy, "PolicyName");
                        @let value = value_of(policy);
                        label.tick {
                            input type="checkbox" name="policy" value=(value) checked[chosen.contains(&value.as_str())];
                            span { span { (name) (risk(visit, name)) } span.hint { bdi { (text(policy, "Description")) } } }
                        }
                    }
                }
            }
        }
    }
}

/// Attaches what was chosen, and shows what came of each.
pub(crate) async fn send(visit: &Visit<'_>) -> Outcome {
    let (kind, name) = principal(visit)?;
    let form = visit.form();
    let group = if form.get("scope") == "group" { form.get("ResourceGroupId") } else { "" };
    let mut rows = Vec::new();
    for policy in form.all("policy") {
        let (policy_type, policy_name) = policy.split_once('/').ok_or(Refusal::NoPage)?;
        let params = [
            (kind.parameter(), name),
            ("PolicyName", policy_name),
            ("PolicyType", policy_type),
            ("ResourceGroupId", group),
        ];
        let came = visit.call(RAM, &format!("AttachPolicyTo{}", kind.word()), &params).await;
        let state = match came {
            Ok(_) => html! { span.badge.success { (visit.say(DONE)) } },
            Err(failure) if failure.code == VERIFICATION_REQUIRED => return Err(failure.into()),
            Err(failure) if failure.code.starts_with("EntityAlreadyExist") => {
                html! { span.badge { (visit.say(ALREADY)) } }
            }
            Err(failure) => {
                html! { span.badge.warning { (visit.say(NOT_DONE)) } " " (explained(visit, &failure)) }
            }
        };
        rows.push(vec![html! { (policy_name) }, state]);
    }
    if rows.is_empty() {
        return page(visit, 400, Some(visit.say(CHOOSE))).await;
    }
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(RESULT)) }, None, &html! {}))
            p.lede { (visit.say(kind.label())) " " strong { bdi { (name) } } }
            (Table { caption: RESULT, columns: &[POLICY, STATE], rows }.show(visit))
            div.actions {
                a.button.main href=(visit.to(&format!("{}?tab=permissions", kind.page_of(name)))) { (visit.say(CLOSE)) }
            }
        }
    };
    Ok(result::keep(visit, visit.say(RESULT), content))
}

/// Takes a policy back.
pub(crate) async fn revoke(visit: &Visit<'_>) -> Outcome {
    let (kind, name) = principal(visit)?;
    let policy =
        ["PolicyName", "PolicyType", "ResourceGroupId"].map(|field| (field, visit.form().get(field)));
    let params: Vec<_> = [(kind.parameter(), name)].into_iter().chain(policy).collect();
    visit.call(RAM, &format!("DetachPolicyFrom{}", kind.word()), &params).await?;
    Ok(Answer::see(visit.to(&format!("{}?tab=permissions", kind.page_of(name)))))
}
