//! Whom a role trusts: in words, as JSON, and changed.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{path_of, show};
use crate::answer::Answer;
use crate::api::{RAM, text};
use crate::page::{Outcome, Refusal};
use crate::pairs::Pairs;
use crate::part::{Field, Fields, Weight, notice, summary};
use crate::shell::token;
use crate::text::role::*;
use crate::text::shell::SAVE;
use crate::visit::Visit;

/// How many characters a trust policy has at most.
// SPEC: limits, quotas.
const LONGEST: u32 = 4_096;

/// The tab.
pub(crate) fn part(visit: &Visit<'_>, role: &Value, failure: Option<&ApiFailure>) -> Markup {
    let name = text(role, "RoleName");
    let document = text(role, "AssumeRolePolicyDocument");
    let entered =
        if failure.is_some() { visit.form().get("Document").to_owned() } else { indented(document) };
    html! {
        section.card.stack {
            h2 { (visit.say(TRUST)) }
            (in_words(visit, document))
        }
        @if let Some(failure) = failure { (summary(visit, failure)) }
        form.card.stack.code method="post" action=(visit.to(&format!("{}/trust", path_of(name)))) {
            (token(visit))
            input type="hidden" name="tab" value="trust";
            h2 { (visit.say(EDIT_TRUST)) }
            (notice(Weight::Info, &html! { p { (visit.say(TRUST_EFFECT)) } }))
            (document_field(visit, &entered))
            div.actions { button.button.main { (visit.say(SAVE)) } }
        }
    }
}

/// The field with a trust policy.
pub(crate) fn document_field(visit: &Visit<'_>, document: &str) -> Markup {
    let pairs = Pairs::read(&crate::pairs::encode([("Document", document)]));
    Fields::of(visit, pairs)
        .show(Field::text("Document", DOCUMENT).required().longest(LONGEST).kind("textarea", "off"))
}

/// Saves a trust policy.
pub(crate) async fn save(visit: &Visit<'_>, name: &str) -> Outcome {
    let params = [("RoleName", name), ("NewAssumeRolePolicyDocument", visit.form().get("Document"))];
    match visit.call(RAM, "UpdateRole", &params).await {
        Ok(_) => Ok(Answer::see(visit.to(&format!("{}?tab=trust", path_of(name))))),
        Err(failure) => show(visit, name, Some(&Refusal::shown(failure)?)).await,
    }
}

/// JSON with its lines broken. What is none, and what its author has laid out, stays as it is.
// SPEC: requirements, X3: the author's text is kept when it is shown again.
pub(crate) fn indented(document: &str) -> String {
    if document.contains('\n') {
        return document.to_owned();
    }
    let read: Option<Value> = serde_json::from_str(document).ok();
    read.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| document.to_owned())
}

/// A trust policy in sentences, one for each principal, and what to mind.
pub(crate) fn in_words(visit: &Visit<'_>, document: &str) -> Markup {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let mut lines = Vec::new();
    let mut is_open = false;
    for statement in many(document.get("Statement")) {
        if text(statement, "Effect") != "Allow" {
            continue;
        }
        let condition = statement.get("Condition");
        let has_external_id =
            condition.is_some_and(|condition| condition.to_string().contains("sts:ExternalId"));
        let principal = statement.get("Principal");
        for (kind, value) in principal.and_then(Value::as_object).into_iter().flatten() {
            for name in many(Some(value)).filter_map(Value::as_str) {
                let (sentence, is_account) = sentence(visit, kind, name);
                is_open |= is_account && !has_external_id && !name.contains(visit.account_id());
                lines.push(html! {
                    (sentence)
                    @if condition.is_some() { " " span.badge { (visit.say(CONDITION)) } }
                });
            }
        }
    }
    html! {
        @if lines.is_empty() { p { (visit.say(NOBODY)) } }
        ul.plain { @for line in &lines { li { (line) } } }
        @if is_open { (notice(Weight::Warning, &html! { p { (visit.say(WHOLE_ACCOUNT)) } })) }
    }
}

/// What a principal may, and whether it is a whole account.
fn sentence(visit: &Visit<'_>, kind: &str, name: &str) -> (Markup, bool) {
    let code = |text: &str| html! { code { bdi { (text) } } };
    let account = name.strip_prefix("acs:ram::").and_then(|rest| rest.strip_suffix(":root"));
    match (kind, account) {
        ("Service", _) => (visit.phrase(SERVICE_MAY, &[code(name)]), false),
        ("Federated", _) => (visit.phrase(PROVIDER_MAY, &[code(name)]), false),
        (_, Some(account)) if account == visit.account_id() => (html! { (visit.say(OWN_MAY)) }, true),
        (_, Some(account)) => (visit.phrase(ACCOUNT_MAY, &[code(account)]), true),
        (_, None) => (visit.phrase(ONE_MAY, &[code(name)]), false),
    }
}

/// One or several: policies write both.
fn many(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let slice = match value {
        Some(Value::Array(values)) => values.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    slice.iter()
}
