//! What is to be said of a document before it is saved.
// SPEC: console, policies: the live check.

use maud::{Markup, html};
use serde_json::Value;

use crate::api::{ARGALI, items, number, text};
use crate::language::Language;
use crate::message::in_chinese;

use crate::text::Text;
use crate::text::policy_edit::*;
use crate::visit::Visit;

/// How many findings are shown: whoever has mended those sees the others.
const MOST_SHOWN: usize = 20;

/// What is wrong with the document, and what in it is hardly meant. Nothing for viewers who may not know.
pub(super) async fn part(visit: &Visit<'_>, document: &str) -> Markup {
    let checked = visit.call(ARGALI, "LintPolicy", &[("PolicyDocument", document)]).await;
    let answer = checked.unwrap_or(Value::Null);
    let findings: Vec<&Value> = items(&answer, "Findings").collect();
    let syntax = serde_json::from_str::<Value>(document).err();
    html! {
        section.card #check aria-live="polite" {
            @if !answer.is_null() {
                div.card-head {
                    h2 { (visit.say(CHECKED)) }
                    span.muted.small-text { (visit.fill(COUNTED, &[&number(&answer, "Characters").to_string()])) }
                }
                @if findings.is_empty() { p { (visit.say(CHECK_GOOD)) } }
                ul.findings {
                    @if let Some(error) = syntax {
                        li {
                            span.badge.danger { (visit.say(ERROR)) }
                            span { (visit.fill(BAD_JSON, &[&error.line().to_string(), &error.column().to_string()])) }
                        }
                    } @else {
                        @for finding in findings.iter().take(MOST_SHOWN) { li { (shown(visit, finding)) } }
                        @if let Some(more) = findings.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
                            li { span.muted { (visit.fill(MORE_FINDINGS, &[&more.to_string()])) } }
                        }
                    }
                }
            }
        }
    }
}

fn shown(visit: &Visit<'_>, finding: &Value) -> Markup {
    let (class, label) =
        if text(finding, "Severity") == "Error" { ("danger", ERROR) } else { ("warning", WARNING) };
    html! {
        span.badge.(class) { (visit.say(label)) }
        span { (said(visit, finding)) }
    }
}

/// A finding in the language of the visit, with its place.
fn said(visit: &Visit<'_>, finding: &Value) -> Markup {
    let (path, message) = (text(finding, "Path"), text(finding, "Message"));
    if visit.language() == Language::English {
        return html! { (message) };
    }
    // A mistake names its place itself.
    match in_chinese(message) {
        Some(message) if message.starts_with('`') || path.is_empty() => html! { (message) },
        Some(message) => html! { code { (path) } " " (message) },
        None => {
            html! { (visit.say(rule(text(finding, "Rule")))) " " @if !path.is_empty() { code { (path) } } }
        }
    }
}

fn rule(rule: &str) -> Text {
    match rule {
        "too-broad" => RULE_BROAD,
        "unknown-action" => RULE_ACTION,
        "unknown-key" => RULE_KEY,
        "too-narrow" => RULE_NARROW,
        "never-matches" => RULE_NEVER,
        "too-long" => RULE_LONG,
        _ => RULE_MALFORMED,
    }
}
