//! The form that grants policies: where, to whom, which.
// SPEC: console, grant permission.

use maud::{Markup, html};
use serde_json::Value;

use super::principal::{self, Principal};
use super::{ATTACH, LIST, risk};
use crate::answer::Answer;
use crate::api::{RAM, RESOURCE_MANAGER, list, text};
use crate::icon::{self, icon};
use crate::need::{Need, submit};
use crate::page::several::{Came, Words};
use crate::page::{Outcome, Refusal, result};
use crate::pairs::Pairs;
use crate::part::{Table, Weight, heading, notice, select, show_api};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::grant::*;
use crate::text::shell::{CANCEL, CLOSE, SEARCH};
use crate::visit::Visit;

/// How many policies of a kind the form shows at once.
const MOST_SHOWN: usize = 80;
/// What the visit says, in its form or its address.
fn said<'v>(visit: &'v Visit<'_>) -> &'v Pairs {
    if visit.is_post() { visit.form() } else { visit.query() }
}

/// The page that the form was opened from.
fn back(principals: &[Principal]) -> String {
    let Some(first) = principals.first() else { return LIST.to_owned() };
    match principals {
        [one] => format!("{}?tab=permissions", one.kind.page_of(&one.name)),
        several if several.iter().all(|other| other.kind == first.kind) => first.kind.list().to_owned(),
        _ => LIST.to_owned(),
    }
}

/// The form.
pub(super) async fn show(visit: &Visit<'_>) -> Outcome {
    page(visit, 200, None).await
}

async fn page(visit: &Visit<'_>, status: u16, refused: Option<&str>) -> Outcome {
    let principals = principal::chosen(said(visit));
    let system = visit.call(RAM, "ListPolicies", &[("PolicyType", "System"), ("MaxItems", "1000")]).await?;
    let custom = visit.call(RAM, "ListPolicies", &[("PolicyType", "Custom"), ("MaxItems", "1000")]).await?;
    let groups = visit.call(RESOURCE_MANAGER, "ListResourceGroups", &[("PageSize", "100")]).await;
    let groups = groups.unwrap_or_default();
    let form = format!("{LIST}/new");
    let kinds = principals.iter().map(|principal| principal.kind.operation("AttachPolicyTo"));
    let kinds: Vec<_> =
        if principals.is_empty() { ATTACH.map(str::to_owned).into() } else { kinds.collect() };
    let need = Need::any(kinds.iter().map(|operation| Need::somehow(RAM, operation)));
    let within = within(visit, &principals);
    let content = html! {
        div.narrow {
            h1 { (visit.say(TITLE)) }
            @if let Some(words) = refused { (notice(Weight::Danger, &html! { p { (words) } })) }
            form #finder method="get" action=(visit.to(&form)) {
                @for (name, value) in &within { input type="hidden" name=(name) value=(value); }
            }
            form.stack method="post" action=(visit.to(&form)) {
                (token(visit))
                section.card.stack { (scope(visit, &groups)) }
                section.card.stack { (principal::part(visit, &principals).await) }
                section.card.stack {
                    h2 { (visit.say(POLICY)) }
                    (finder(visit))
                    (notice(Weight::Warning, &html! { p { (visit.say(HIGH_RISK_NOTE)) } }))
                    (choices(visit, (SYSTEM, SYSTEM_HINT), "System", &system))
                    (choices(visit, (CUSTOM, CUSTOM_HINT), "Custom", &custom))
                    p { a href=(visit.to("/ram/policies/new")) { (visit.say(CREATE_POLICY)) } }
                }
                div.actions {
                    (submit(visit, need, ("button main", SUBMIT)))
                    a.button href=(visit.to(&back(&principals))) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Ok(Answer::page(status, shell::page(visit, visit.say(TITLE), &content)))
}

/// The field of a form of its own, which stands where the policies are that it finds.
fn finder(visit: &Visit<'_>) -> Markup {
    html! {
        div.search role="search" {
            (icon(icon::LuSearch))
            input type="search" name="q" form="finder" value=(visit.query().get("q")) maxlength="64"
                placeholder=(visit.say(FIND_POLICY)) aria-label=(visit.say(FIND_POLICY));
            button.hidden form="finder" { (visit.say(SEARCH)) }
        }
    }
}

/// What the address says besides what is looked for.
fn within(visit: &Visit<'_>, principals: &[Principal]) -> Vec<(&'static str, String)> {
    let scope = ["scope", "ResourceGroupId"].map(|name| (name, visit.query().get(name).to_owned()));
    let kept = scope.into_iter().filter(|(_, value)| !value.is_empty());
    principals.iter().map(|principal| ("principal", principal.write())).chain(kept).collect()
}

fn scope(visit: &Visit<'_>, groups: &Value) -> Markup {
    let from = said(visit);
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
    let chosen: Vec<&str> = said(visit).all("policy").collect();
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

/// How it is told what came of each.
const GRANTED: Words = Words { done: DONE, already: ALREADY, failed: NOT_DONE };

/// Attaches what was chosen to each, and shows what came of it.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    let principals = principal::chosen(form);
    if let Some(words) = principal::unread(form) {
        return page(visit, 400, Some(&visit.fill(OTHERS_UNREAD, &[words]))).await;
    }
    if principals.is_empty() {
        return page(visit, 400, Some(visit.say(CHOOSE_PRINCIPAL))).await;
    }
    let group = if form.get("scope") == "group" { form.get("ResourceGroupId") } else { "" };
    let mut rows = Vec::new();
    for principal in &principals {
        for policy in form.all("policy") {
            let (policy_type, policy_name) = policy.split_once('/').ok_or(Refusal::NoPage)?;
            let params = [
                (principal.kind.parameter(), principal.name.as_str()),
                ("PolicyName", policy_name),
                ("PolicyType", policy_type),
                ("ResourceGroupId", group),
            ];
            let called = visit.call(RAM, &principal.kind.operation("AttachPolicyTo"), &params).await;
            let state = Came::of_adding(called)?.show(visit, &GRANTED);
            rows.push(vec![principal.show(visit), html! { (policy_name) }, state]);
        }
    }
    if rows.is_empty() {
        return page(visit, 400, Some(visit.say(CHOOSE))).await;
    }
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(RESULT)) }, None, &html! {}))
            (Table { caption: RESULT, columns: &[PRINCIPAL, POLICY, STATE], rows }.show(visit))
            div.actions { a.button.main href=(visit.to(&back(&principals))) { (visit.say(CLOSE)) } }
        }
    };
    Ok(result::keep(visit, visit.say(RESULT), content))
}
