//! A policy before it is saved: what changes, and who gains or loses by it.
// SPEC: console, policies: review.

use maud::{Markup, html};
use serde_json::Value;

use super::edit::Draft;
use super::{check, current, holders};
use crate::answer::Answer;
use crate::api::many;
use crate::icon::{self, icon};
use crate::need::needing;
use crate::page::check::codes;
use crate::page::{Outcome, conflict};
use crate::part::{difference as lines_between, formatted, show_api};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::conflict::DIFFERENCE as BOTH_DIFFER;
use crate::text::policy_edit::*;
use crate::text::shell::SAVE;
use crate::visit::Visit;

/// The page.
pub(super) async fn show(visit: &Visit<'_>, draft: &Draft<'_>) -> Outcome {
    let before_text = match draft.existing {
        Some(name) => Some(current(visit, name).await?),
        None => None,
    };
    let before = before_text.as_deref().map(statements).unwrap_or_default();
    let after = statements(&draft.document);
    let title = visit.fill(REVIEW_TITLE, &[draft.name()]);
    let outdated = match (draft.existing, &before_text) {
        (Some(name), Some(now)) if is_outdated(visit, now, draft) => {
            Some(conflicting(visit, name, now, draft).await)
        }
        _ => None,
    };
    let content = html! {
        div.writing {
            h1 { (title) }
            @if let Some(outdated) = outdated { (outdated) }
            (difference(visit, draft, &before, &after))
            @if let Some(name) = draft.existing { (effect(visit, name).await?) }
            (check::part(visit, &draft.document).await)
            details {
                summary { (icon(icon::LuChevronRight)) (visit.say(WHOLE)) }
                @match &before_text {
                    Some(before) => (lines_between(visit, &formatted(before), &formatted(&draft.document))),
                    None => pre tabindex="0" { code { (formatted(&draft.document)) } },
                }
            }
            form id=(conflict::FORM) method="post" action=(visit.to(&draft.path())) {
                (token(visit))
                (draft.hidden())
                input type="hidden" name="mode" value="json";
                input type="hidden" name="PolicyDocument" value=(draft.document);
                // The review shows what it is made from.
                @if let Some(now) = &before_text { (conflict::base_anew(&[&formatted(now)])) }
                div.actions {
                    (needing(visit, draft.need(), &html! { button.button.main name="do" value="save" { (visit.say(SAVE)) } }))
                    button.button name="do" value="visual" { (visit.say(BACK)) }
                    (show_api(visit))
                }
            }
        }
    };
    Ok(Answer::page(200, shell::page(visit, &title, &content)))
}

/// Whether another version than the one that the draft was made from is in force.
pub(super) fn is_outdated(visit: &Visit<'_>, now: &str, draft: &Draft<'_>) -> bool {
    conflict::is_outdated(visit, &[&formatted(now)], &[&formatted(&draft.document)])
}

/// Who changed the policy meanwhile, and how.
async fn conflicting(visit: &Visit<'_>, name: &str, now: &str, draft: &Draft<'_>) -> Markup {
    let both = html! {
        p { (visit.say(BOTH_DIFFER)) }
        (lines_between(visit, &formatted(now), &formatted(&draft.document)))
    };
    let changed = conflict::Changed {
        operations: &["CreatePolicyVersion", "SetDefaultPolicyVersion"],
        resource: &format!(":policy/{name}"),
        theirs: &draft.path(),
        save: "save",
    };
    conflict::notice(visit, &changed, &both).await
}

fn statements(document: &str) -> Vec<Value> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    many(document.get("Statement")).cloned().collect()
}

fn difference(visit: &Visit<'_>, draft: &Draft<'_>, before: &[Value], after: &[Value]) -> Markup {
    let list = |label: Text, class: &str, statements: Vec<&Value>| {
        html! {
            @if !statements.is_empty() {
                h3 { (visit.say(label)) }
                ul.changes.(class) { @for statement in statements { li { (in_words(visit, statement)) } } }
            }
        }
    };
    let added: Vec<&Value> = after.iter().filter(|statement| !before.contains(statement)).collect();
    let removed: Vec<&Value> = before.iter().filter(|statement| !after.contains(statement)).collect();
    html! {
        section.card.stack {
            h2 { (visit.say(NEW_STATEMENTS)) }
            @if draft.existing.is_none() {
                ul.plain { @for statement in after { li { (in_words(visit, statement)) } } }
            } @else if added.is_empty() && removed.is_empty() {
                p { (visit.say(UNCHANGED)) }
            } @else {
                (list(ADDED, "added", added))
                (list(REMOVED, "removed", removed))
            }
        }
    }
}

/// Whoever has the policy.
async fn effect(visit: &Visit<'_>, name: &str) -> Result<Markup, crate::page::Refusal> {
    let holders = holders(visit, &[("PolicyType", "Custom"), ("PolicyName", name)]).await?;
    Ok(html! {
        section.card.stack {
            h2 { (visit.say(EFFECT_ON)) }
            @if holders.is_empty() {
                p { (visit.say(EFFECT_NONE)) }
            } @else {
                p { (visit.say(EFFECT_SOME)) }
                ul.plain {
                    @for holder in holders {
                        li { span.badge { (visit.say(holder.kind)) } " " a href=(visit.to(&holder.path)) { bdi { (holder.name) } } }
                    }
                }
            }
        }
    })
}

/// A statement in a sentence.
pub(super) fn in_words(visit: &Visit<'_>, statement: &Value) -> Markup {
    let named = |name: &str| -> Vec<&str> { many(statement.get(name)).filter_map(Value::as_str).collect() };
    let what = |name: &str, except: &str| match named(except) {
        list if list.is_empty() => codes(&named(name)),
        list => visit.phrase(ALL_BUT, &[codes(&list)]),
    };
    let sentence =
        if statement.get("Effect").and_then(Value::as_str) == Some("Deny") { DENIES_ON } else { ALLOWS_ON };
    let conditions = statement.get("Condition").and_then(Value::as_object);
    let conditions = conditions.into_iter().flatten().flat_map(|(operator, keys)| {
        let keys = keys.as_object().into_iter().flatten();
        keys.map(move |(key, values)| format!("{operator} {key} {}", plain(values)))
    });
    let conditions: Vec<String> = conditions.collect();
    let conditions: Vec<&str> = conditions.iter().map(String::as_str).collect();
    html! {
        (visit.phrase(sentence, &[what("Action", "NotAction"), what("Resource", "NotResource")]))
        @if !conditions.is_empty() { (visit.phrase(ON_CONDITION, &[codes(&conditions)])) }
    }
}

fn plain(values: &Value) -> String {
    let texts =
        many(Some(values)).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    texts.collect::<Vec<_>>().join(", ")
}
