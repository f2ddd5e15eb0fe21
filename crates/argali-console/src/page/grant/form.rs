//! The form that grants policies: where, to whom, which.
// SPEC: console, grant permission.

use maud::{Markup, html};
use serde_json::Value;

use super::principal::{self, Principal};
use super::{ATTACH, FORM, LIST, Risks};
use crate::answer::Answer;
use crate::api::{RAM, RESOURCE_MANAGER, list, text};
use crate::icon::{self, icon};
use crate::local;
use crate::need::{Need, submit};
use crate::page::policy::description;
use crate::page::several::{Came, Words};
use crate::page::{Outcome, Refusal, result};
use crate::pairs::{Pairs, encode};
use crate::part::{Table, Weight, heading, notice, select, show_api, summary_of};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::grant::*;
use crate::text::shell::{CANCEL, CLOSE, NOTHING_MATCHES, SEARCH};
use crate::visit::Visit;

/// How many policies of a kind the form shows besides those that are chosen, how many more if asked, and how many at
/// most: others are searched for.
const SHOWN: usize = 20;
const MOST_SHOWN: usize = 80;
/// How many bytes an address of the form may have, in a browser or a proxy before the server.
const LONGEST_ADDRESS: usize = 4_096;

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
    let risks = Risks::of(visit).await;
    let kinds = principals.iter().map(|principal| principal.kind.operation("AttachPolicyTo"));
    let kinds: Vec<_> =
        if principals.is_empty() { ATTACH.map(str::to_owned).into() } else { kinds.collect() };
    let need = Need::any(kinds.iter().map(|operation| Need::somehow(RAM, operation)));
    let content = html! {
        div.narrow {
            h1 { (visit.say(TITLE)) }
            @if let Some(words) = refused { (summary_of(&[(None, words)])) }
            form.stack method="post" action=(visit.to(FORM)) {
                (token(visit))
                input type="hidden" name="shown" value=(shown(said(visit)));
                section.card.stack { (scope(visit, &groups)) }
                section.card.stack { (principal::part(visit, &principals).await) }
                section.card.stack {
                    h2 { (visit.say(POLICY)) }
                    (finder(visit))
                    (notice(Weight::Warning, &html! { p { (visit.say(HIGH_RISK_NOTE)) } }))
                    (risks.warnings(visit, said(visit)))
                    (choices(visit, (SYSTEM, SYSTEM_HINT), "System", (&system, &risks)))
                    (choices(visit, (CUSTOM, CUSTOM_HINT), "Custom", (&custom, &risks)))
                    div.actions { button.button.small name="do" value=(CREATE) formnovalidate data-leaves="yes" { (visit.say(CREATE_POLICY)) } }
                }
                div.actions {
                    (submit(visit, need, ("button main", SUBMIT)))
                    a.button href=(visit.to(&back(&principals))) data-close { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Ok(Answer::page(status, shell::page(visit, visit.say(TITLE), &content)))
}

/// The field that policies are found with. Its button sends the whole form, so that nothing which was chosen is lost.
fn finder(visit: &Visit<'_>) -> Markup {
    html! {
        div.toolbar {
            div.search role="search" {
                (icon(icon::LuSearch))
                input type="search" name="q" value=(said(visit).get("q")) maxlength="64"
                    placeholder=(visit.say(FIND_POLICY)) aria-label=(visit.say(FIND_POLICY));
            }
            button.button name="do" value=(FIND) formnovalidate { (visit.say(SEARCH)) }
        }
    }
}

/// What buttons that look for policies are called, besides the one that grants.
const FIND: &str = "find";
const MORE: &str = "more";
/// What the one is called that leads to making a policy, and back.
const CREATE: &str = "create";

/// How many policies of a kind are shown besides those that are chosen.
fn shown(from: &Pairs) -> usize {
    from.get("shown").parse().unwrap_or(SHOWN).clamp(SHOWN, MOST_SHOWN)
}

/// An address of the form with everything that was chosen, and so many policies of a kind.
fn address(form: &Pairs, shown: usize) -> String {
    let principals: Vec<String> = principal::chosen(form).iter().map(principal::Principal::write).collect();
    let others = principal::unread(form).collect::<Vec<_>>().join(", ");
    let more = if shown == SHOWN { String::new() } else { shown.to_string() };
    let kept = ["scope", "ResourceGroupId", "q"].map(|name| (name, form.get(name)));
    let said = kept.into_iter().chain([("others", others.as_str()), ("shown", &more)]);
    let ticked = form.all("policy").map(|policy| ("policy", policy));
    let said = said.filter(|(_, value)| !value.is_empty()).chain(ticked);
    let query = encode(principals.iter().map(|principal| ("principal", principal.as_str())).chain(said));
    format!("{FORM}?{query}")
}

/// The form with other policies and everything that was chosen: at an address of its own, if that is not too long.
async fn look(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    let more = if form.get("do") == MORE { shown(form) + SHOWN } else { SHOWN };
    let address = address(form, more);
    if address.len() > LONGEST_ADDRESS {
        return page(visit, 200, None).await;
    }
    Ok(Answer::see(visit.to(&address)))
}

/// Leads to where a policy is made, and from there back here with everything that was chosen.
async fn begin_policy(visit: &Visit<'_>) -> Outcome {
    let back = visit.to(&address(visit.form(), SHOWN));
    let path = format!("/ram/policies/new?{}", encode([("next", back.as_str())]));
    if path.len() > LONGEST_ADDRESS {
        return page(visit, 200, Some(visit.say(TOO_MUCH_CHOSEN))).await;
    }
    Ok(Answer::see(visit.to(&path)))
}

/// An address of the form that somebody named to be led back to; nothing if it is none.
pub(crate) fn way_back<'n>(visit: &Visit<'_>, next: &'n str) -> Option<&'n str> {
    let next = local::page(next)?;
    let is_form = next.strip_prefix(&visit.to(FORM)).is_some_and(|rest| rest.starts_with('?'));
    is_form.then_some(next)
}

/// The same with one more policy of the account chosen.
pub(crate) fn with_policy(back: &str, name: &str) -> String {
    format!("{back}&{}", encode([("policy", format!("Custom/{name}").as_str())]))
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
            div.nested {
                (select(visit, ("ResourceGroupId", GROUP), from.get("ResourceGroupId"), &groups))
                p.hint { a href=(visit.to("/resource-groups/services")) { (visit.say(WHICH_SERVICES)) } }
            }
        }
    }
}

/// The policies of a kind: those that are chosen, then the first of those that are looked for.
fn choices(
    visit: &Visit<'_>,
    (label, hint): (Text, Text),
    policy_type: &str,
    (answer, risks): (&Value, &Risks),
) -> Markup {
    let from = said(visit);
    let wanted = from.get("q").trim().to_lowercase();
    let chosen: Vec<&str> = from.all("policy").collect();
    let value_of = |policy: &Value| format!("{policy_type}/{}", text(policy, "PolicyName"));
    let matches = |policy: &&Value| {
        [text(policy, "PolicyName"), description(visit, policy)]
            .iter()
            .any(|text| text.to_lowercase().contains(&wanted))
    };
    let (ticked, others): (Vec<&Value>, Vec<&Value>) =
        list(answer, "Policies", "Policy").partition(|policy| chosen.contains(&value_of(policy).as_str()));
    let others: Vec<&Value> = others.into_iter().filter(matches).collect();
    let (all, seen) = (others.len(), others.len().min(shown(from)));
    let choice = |policy: &Value, is_ticked: bool| {
        let name = text(policy, "PolicyName");
        html! {
            label.tick {
                input type="checkbox" name="policy" value=(value_of(policy)) checked[is_ticked];
                span { span { (name) (risks.mark(visit, policy_type, name)) } span.hint { bdi { (description(visit, policy)) } } }
            }
        }
    };
    html! {
        fieldset.group {
            legend { (visit.say(label)) }
            p.hint { (visit.say(hint)) }
            @if seen + ticked.len() == 0 {
                p.muted { (visit.say(if wanted.is_empty() { CUSTOM_EMPTY } else { NOTHING_MATCHES })) }
            } @else {
                div.policies {
                    @for policy in &ticked { (choice(policy, true)) }
                    @for policy in others.iter().take(seen) { (choice(policy, false)) }
                }
            }
            @if seen < all {
                div.actions {
                    span.hint { (visit.fill(SOME_SHOWN, &[&seen.to_string(), &all.to_string()])) }
                    @if seen < MOST_SHOWN { button.button.small name="do" value=(MORE) formnovalidate { (visit.say(SHOW_MORE)) } }
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
    if matches!(form.get("do"), FIND | MORE) {
        return look(visit).await;
    }
    if form.get("do") == CREATE {
        return begin_policy(visit).await;
    }
    let principals = principal::chosen(form);
    if let Some(words) = principal::unread(form).next() {
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
            div.actions { a.button.main href=(visit.to(&back(&principals))) data-close { (visit.say(CLOSE)) } }
        }
    };
    Ok(result::keep(visit, visit.say(RESULT), content))
}
