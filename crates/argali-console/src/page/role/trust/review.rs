//! What a new trust policy would do, shown before it is saved.
// SPEC: console, trust editor, review.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::document::Trust;
use super::path_of;
use super::words::{self, Line};
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, holds, list, text};
use crate::need::needing;
use crate::page::account::Names;
use crate::page::session;
use crate::page::{Outcome, conflict};
use crate::part::{Weight, difference, formatted, heading, notice, show_api, tick};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::conflict::DIFFERENCE as BOTH_DIFFER;
use crate::text::shell::{CANCEL, SAVE};
use crate::text::trust::*;

use crate::visit::Visit;

/// Shows what a document would do to a role. Fails with what the document is refused for.
pub(crate) async fn show(visit: &Visit<'_>, role: &str, old: &str, new: &str) -> Outcome {
    let params = [("RoleName", role), ("AssumeRolePolicyDocument", new)];
    let effect = visit.call(ARGALI, "PreviewTrustPolicy", &params).await?;
    let (was, is) = (Trust::read(old), Trust::read(new));
    let names = Names::of(visit, was.accounts().into_iter().chain(is.accounts())).await;
    let (before, after) = (words::lines(visit, &names, &was), words::lines(visit, &names, &is));
    let outdated = match is_outdated(visit, old, new) {
        true => Some(conflicting(visit, role, (old, new)).await),
        false => None,
    };
    let content = html! {
        div.narrow {
            (heading(&html! { bdi { (role) } "\u{a0}· " (visit.say(REVIEW)) }, Some(visit.say(REVIEW_WHAT)), &html! {}))
            @if let Some(outdated) = outdated { (outdated) }
            section.card.stack {
                h2 { (visit.say(NEW_WORDS)) }
                (words::in_words(visit, &names, &is))
            }
            (changes(visit, &before, &after))
            (ending(visit, &effect, SESSIONS_END))
            section.card.stack {
                h2 { (visit.say(DIFFERENCE)) }
                (difference(visit, &formatted(old), &formatted(new)))
            }
            form.stack id=(conflict::FORM) method="post" action=(visit.to(&format!("{}/trust", path_of(role)))) {
                (token(visit))
                input type="hidden" name="mode" value=(visit.form().get("mode"));
                input type="hidden" name="Document" value=(new);
                // The review shows what it is made from.
                (conflict::base_anew(&[&formatted(old)]))
                @if !holds(&effect, "EndsAtOnce") && has_sessions(&effect) {
                    section.card { (tick(visit, ("end", END_THESE), true, Some(END_THESE_HINT))) }
                }
                div.actions {
                    (needing(visit, super::update(role), &html! { button.button.main name="do" value="save" { (visit.say(SAVE)) } }))
                    button.button name="do" value="edit" { (visit.say(EDIT_ON)) }
                    a.button href=(visit.to(&format!("{}?tab=trust", path_of(role)))) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(REVIEW), &content)))
}

/// Whether the role trusts others than those that the document was made from.
pub(super) fn is_outdated(visit: &Visit<'_>, now: &str, new: &str) -> bool {
    conflict::is_outdated(visit, &[&formatted(now)], &[&formatted(new)])
}

/// Who changed the trust policy meanwhile, and how.
async fn conflicting(visit: &Visit<'_>, role: &str, (now, new): (&str, &str)) -> Markup {
    let both = html! {
        p { (visit.say(BOTH_DIFFER)) }
        (difference(visit, &formatted(now), &formatted(new)))
    };
    let changed = conflict::Changed {
        operations: &["UpdateRole"],
        resource: &format!(":role/{role}"),
        theirs: &format!("{}/trust", path_of(role)),
        save: "save",
    };
    conflict::notice(visit, &changed, &both).await
}

/// What a document would do to a role: who loses, who gains, and which sessions end.
pub(crate) async fn effect(
    visit: &Visit<'_>,
    role: &str,
    old: &str,
    new: &str,
) -> Result<Markup, ApiFailure> {
    let params = [("RoleName", role), ("AssumeRolePolicyDocument", new)];
    let effect = visit.call(ARGALI, "PreviewTrustPolicy", &params).await?;
    let (was, is) = (Trust::read(old), Trust::read(new));
    let names = Names::of(visit, was.accounts().into_iter().chain(is.accounts())).await;
    let (before, after) = (words::lines(visit, &names, &was), words::lines(visit, &names, &is));
    Ok(html! { (changes(visit, &before, &after)) (ending(visit, &effect, SESSIONS_END)) })
}

/// Who loses and who gains.
fn changes(visit: &Visit<'_>, before: &[Line], after: &[Line]) -> Markup {
    let is_in = |line: &Line, lines: &[Line]| {
        lines.iter().any(|other| {
            (&other.principal, other.denies, &other.conditions)
                == (&line.principal, line.denies, &line.conditions)
        })
    };
    let lost: Vec<&Line> = before.iter().filter(|line| !is_in(line, after)).collect();
    let gained: Vec<&Line> = after.iter().filter(|line| !is_in(line, before)).collect();
    let part = |title, lines: &[&Line], class: &str| {
        html! {
            div {
                h3 { (visit.say(title)) }
                @if lines.is_empty() { p.muted { (visit.say(NOBODY_CHANGES)) } }
                @else { ul.sentences.(class) { @for line in lines { li { span { (line.words) } } } } }
            }
        }
    };
    html! {
        section.card {
            h2 { (visit.say(EFFECT)) }
            div.columns { (part(NOT_ANY_MORE, &lost, "lost")) (part(FROM_NOW_ON, &gained, "gained")) }
        }
    }
}

fn has_sessions(effect: &Value) -> bool {
    list(effect, "Sessions", "Session").next().is_some()
}

/// The sessions that the change is about; `words` are for those that end with it.
pub(crate) fn ending(visit: &Visit<'_>, effect: &Value, words: Text) -> Markup {
    let sessions: Vec<&Value> = list(effect, "Sessions", "Session").collect();
    let words = if holds(effect, "EndsAtOnce") { words } else { SESSIONS_RUN_ON };
    html! {
        @if sessions.is_empty() {
            (notice(Weight::Info, &html! { p { (visit.say(NO_SESSION_ENDS)) } }))
        } @else {
            (notice(Weight::Warning, &html! { p { (visit.fill(words, &[&sessions.len().to_string()])) } }))
            (session::short_table(visit, &sessions))
        }
    }
}

/// Saves a document, and ends the sessions that it does not admit if that is asked for.
pub(crate) async fn save(visit: &Visit<'_>, role: &str, new: &str) -> Outcome {
    let end = visit.form().is_ticked("end");
    let preview = [("RoleName", role), ("AssumeRolePolicyDocument", new)];
    // Where saving is only shown, the preview says what is wrong with the document.
    let is_previewed = end || visit.is_rehearsed();
    let effect =
        if is_previewed { visit.call(ARGALI, "PreviewTrustPolicy", &preview).await? } else { Value::Null };
    visit.call(RAM, "UpdateRole", &[("RoleName", role), ("NewAssumeRolePolicyDocument", new)]).await?;
    for session in list(&effect, "Sessions", "Session").filter(|_| end) {
        visit.call(ARGALI, "EndSession", &[("SessionId", text(session, "SessionId"))]).await?;
    }
    Ok(Answer::see(visit.to(&format!("{}?tab=trust", path_of(role)))))
}
