//! The form that grants policies: where, to whom, which.
// SPEC: console, grant permission.

use maud::{Markup, html};

use super::choice::{self, Known, Offer, TABS};
use super::marks::Marks;
use super::principal::{self, Principal, WHO};
use super::scope::{self, Scope};
use super::{ATTACH, FORM, LIST, Risks, quota};
use crate::answer::Answer;
use crate::api::RAM;
use crate::local;
use crate::need::{Need, submit};
use crate::page::several::{Came, Words};
use crate::page::{Outcome, Refusal, picker, result};
use crate::pairs::{Pairs, encode};
use crate::part::{Table, Weight, heading, notice, show_api, summary_of};
use crate::shell::{self, token};
use crate::text::grant::*;
use crate::text::shell::{CANCEL, CLOSE};
use crate::visit::Visit;

/// How many policies the form shows besides those that are chosen, how many more if asked, and how many at most: others
/// are searched for.
const SHOWN: usize = 20;
pub(super) const MOST_SHOWN: usize = 40;
/// How many bytes an address of the form may have, in a browser or a proxy before the server.
const LONGEST_ADDRESS: usize = 4_096;

/// What the buttons are called that look for policies, besides those of the tabs.
pub(super) const FIND: &str = "find-policy";
pub(super) const MORE: &str = "more";
/// What those are called that show a document, before the policy.
pub(super) const DOCUMENT: &str = "document:";
/// What the one is called that leads to making a policy, and back.
const CREATE: &str = "create";
/// What the script asks while a form changes: what is to be said of what is chosen.
const CHECK: &str = "check";

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

/// What is wrong with a form, by its fields.
#[derive(Debug, Default)]
struct Wrong {
    group: Option<String>,
    others: Option<String>,
    policy: Option<String>,
    /// What no field is about.
    form: Option<String>,
}

impl Wrong {
    /// What the form lacks before anything can be granted.
    fn of(visit: &Visit<'_>, form: &Pairs) -> Self {
        let say = |words| Some(visit.say(words).to_owned());
        // Without a group the grant would count in the whole account, which is more than was meant.
        let group = if Scope::of(form) == Scope::Group("") { say(CHOOSE_GROUP) } else { None };
        let others = match principal::unread(form).next() {
            Some(words) => Some(visit.fill(OTHERS_UNREAD, &[words])),
            None if principal::chosen(form).is_empty() => say(CHOOSE_PRINCIPAL),
            None => None,
        };
        let is_named = |key: &str| key.split_once('/').is_some_and(|(_, name)| !name.is_empty());
        let policy = if form.all("policy").any(is_named) { None } else { say(CHOOSE) };
        Self { group, others, policy, form: None }
    }

    fn all(&self) -> Vec<(Option<&str>, &str)> {
        let fields = [
            (Some(scope::GROUP_ID), &self.group),
            (Some("others"), &self.others),
            (Some("policy"), &self.policy),
            (None, &self.form),
        ];
        fields.into_iter().filter_map(|(field, words)| Some((field, words.as_deref()?))).collect()
    }
}

/// The form.
pub(super) async fn show(visit: &Visit<'_>) -> Outcome {
    page(visit, said(visit), &Wrong::default()).await
}

async fn page(visit: &Visit<'_>, from: &Pairs, wrong: &Wrong) -> Outcome {
    let principals = principal::chosen(from);
    let offer = Offer::of(visit, from).await?;
    let risks = Risks::named(visit, offer.custom(from)).await;
    let marks = Marks::of(visit, from).await;
    let known = Known { risks: &risks, marks: &marks };
    let kinds = principals.iter().map(|principal| principal.kind.operation("AttachPolicyTo"));
    let kinds: Vec<_> =
        if principals.is_empty() { ATTACH.map(str::to_owned).into() } else { kinds.collect() };
    let need = Need::any(kinds.iter().map(|operation| Need::somehow(RAM, operation)));
    let all = wrong.all();
    let content = html! {
        div.narrow {
            h1 { (visit.say(TITLE)) }
            @if !all.is_empty() { (summary_of(&all)) }
            form.stack method="post" action=(visit.to(FORM)) data-checked {
                (token(visit))
                input type="hidden" name="shown" value=(shown(from));
                section.card.stack { (scope::part(visit, from, wrong.group.as_deref()).await) }
                section.card.stack { (principal::part(visit, from, &principals, wrong.others.as_deref()).await) }
                section.card.stack {
                    h2 { (visit.say(POLICY)) }
                    (notice(Weight::Warning, &html! { p { (visit.say(HIGH_RISK_NOTE)) } }))
                    (choice::part(visit, from, (&offer, known), wrong.policy.as_deref()).await)
                    div.actions { button.button.small name="do" value=(CREATE) formnovalidate data-leaves="yes" { (visit.say(CREATE_POLICY)) } }
                    (check(visit, from, known, &principals).await)
                }
                div.actions {
                    (submit(visit, need, ("button main", SUBMIT)))
                    a.button href=(visit.to(&back(&principals))) data-close { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    let status = if all.is_empty() { 200 } else { 400 };
    Ok(Answer::page(status, shell::page(visit, visit.say(TITLE), &content)))
}

/// What is to be said of what is chosen. The script renews it while one chooses.
async fn check(visit: &Visit<'_>, from: &Pairs, known: Known<'_>, principals: &[Principal]) -> Markup {
    html! {
        div.stack #check aria-live="polite" {
            (known.risks.warnings(visit, from))
            (known.marks.warnings(visit))
            (quota::table(visit, from, principals).await)
        }
    }
}

/// How many policies are shown besides those that are chosen.
pub(super) fn shown(from: &Pairs) -> usize {
    from.get("shown").parse().unwrap_or(SHOWN).clamp(SHOWN, MOST_SHOWN)
}

/// What a button changes of the form that is shown next.
#[derive(Clone, Copy, Debug)]
struct Next<'f> {
    tab: &'f str,
    shown: usize,
    /// The policy whose document is to be seen.
    document: &'f str,
    /// The part of the page that is looked at.
    place: &'static str,
}

impl<'f> Next<'f> {
    /// What the button says that was pressed, if it is one of those that look.
    fn of(form: &'f Pairs) -> Option<Self> {
        let pressed = form.get("do");
        let same = Self { tab: choice::tab(form), shown: shown(form), document: "", place: "policies" };
        Some(match pressed {
            FIND => Self { shown: SHOWN, ..same },
            picker::FIND => Self { place: WHO.field, ..same },
            MORE => Self { shown: same.shown + SHOWN, ..same },
            _ => match (pressed.strip_prefix(DOCUMENT), TABS.iter().find(|(tab, ..)| *tab == pressed)) {
                (Some(document), _) => Self { document, place: "document", ..same },
                (None, Some((tab, ..))) => Self { tab, shown: SHOWN, ..same },
                (None, None) => return None,
            },
        })
    }

    /// An address of the form with everything that was chosen.
    fn address(self, form: &Pairs) -> String {
        let principals: Vec<String> = principal::chosen(form).iter().map(Principal::write).collect();
        let others = principal::unread(form).collect::<Vec<_>>().join(", ");
        let more = if self.shown == SHOWN { String::new() } else { self.shown.to_string() };
        let tab = if self.tab == "System" { "" } else { self.tab };
        let kept = ["scope", scope::GROUP_ID, "q", WHO.field].map(|name| (name, form.get(name)));
        let said = kept.into_iter().chain([
            ("others", others.as_str()),
            ("shown", &more),
            ("tab", tab),
            ("document", self.document),
        ]);
        let ticked = form.all("policy").map(|policy| ("policy", policy));
        let said = said.filter(|(_, value)| !value.is_empty()).chain(ticked);
        let query = encode(principals.iter().map(|principal| ("principal", principal.as_str())).chain(said));
        format!("{FORM}?{query}")
    }
}

/// The form with other policies and everything that was chosen: at an address of its own, if that is not too long.
async fn look(visit: &Visit<'_>, next: Next<'_>) -> Outcome {
    let address = next.address(visit.form());
    if address.len() > LONGEST_ADDRESS {
        let from = Pairs::read(address.split_once('?').map_or("", |(_, query)| query));
        return page(visit, &from, &Wrong::default()).await;
    }
    Ok(Answer::see(format!("{}#{}", visit.to(&address), next.place)))
}

/// Leads to where a policy is made, and from there back here with everything that was chosen.
async fn begin_policy(visit: &Visit<'_>) -> Outcome {
    let next = Next { tab: "Custom", shown: SHOWN, document: "", place: "policies" };
    let back = visit.to(&next.address(visit.form()));
    let path = format!("/ram/policies/new?{}", encode([("next", back.as_str())]));
    if path.len() > LONGEST_ADDRESS {
        let words = visit.say(TOO_MUCH_CHOSEN).to_owned();
        return page(visit, visit.form(), &Wrong { form: Some(words), ..Wrong::default() }).await;
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

/// How it is told what came of each.
const GRANTED: Words = Words { done: DONE, already: ALREADY, failed: NOT_DONE };

/// Attaches what was chosen to each, and shows what came of it.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    if let Some(next) = Next::of(form) {
        return look(visit, next).await;
    }
    match form.get("do") {
        CREATE => return begin_policy(visit).await,
        CHECK => return show(visit).await,
        _ => {}
    }
    let (principals, wrong) = (principal::chosen(form), Wrong::of(visit, form));
    if !wrong.all().is_empty() {
        return page(visit, form, &wrong).await;
    }
    let group = Scope::of(form).group();
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
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(RESULT)) }, None, &html! {}))
            (Table { caption: RESULT, columns: &[PRINCIPAL, POLICY, STATE], rows }.show(visit))
            div.actions { a.button.main href=(visit.to(&back(&principals))) data-close { (visit.say(CLOSE)) } }
        }
    };
    Ok(result::keep(visit, visit.say(RESULT), content))
}
