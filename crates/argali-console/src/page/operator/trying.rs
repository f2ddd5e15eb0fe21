//! What a server for trying has besides: a clock that can be moved on, and a new beginning.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::PATH;
use crate::answer::Answer;
use crate::api::{ARGALI, holds, number, text};
use crate::moment::duration;
use crate::page::{Outcome, Refusal};
use crate::part::{Field, Fields, Weight, card, facts, notice, select, show_api, summary, summary_of};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::operator::*;
use crate::text::shell::CANCEL;
use crate::visit::Visit;

/// By how much the clock can be moved on at once, in seconds.
const STEPS: [(&str, Text, &str); 7] = [
    ("60", MINUTES, "1"),
    ("900", MINUTES, "15"),
    ("3600", HOURS, "1"),
    ("43200", HOURS, "12"),
    ("86400", DAYS, "1"),
    ("604800", DAYS, "7"),
    ("2592000", DAYS, "30"),
];
/// What is typed before everything is put back.
const WORD: &str = "reset";

/// Whether this is such a server.
pub(super) fn is_here(visit: &Visit<'_>) -> bool {
    visit.console().core.env().movable_clock().is_some()
}

/// The tab.
pub(super) async fn part(visit: &Visit<'_>) -> Result<Markup, Refusal> {
    let health = visit.call(ARGALI, "GetServerHealth", &[]).await?;
    let trying = health.get("Trying").unwrap_or(&Value::Null);
    let steps: Vec<_> =
        STEPS.iter().map(|(seconds, unit, count)| (*seconds, visit.fill(*unit, &[count]))).collect();
    let clock = html! {
        (facts(&[
            (visit.say(CLOCK), html! { code { (text(&health, "Time")) } }),
            (visit.say(AHEAD_OF_REAL), html! { (ahead(visit, number(trying, "AheadSeconds"))) }),
        ]))
        p.muted { (visit.say(CLOCK_WHAT)) }
        form.stack.narrow method="post" action=(visit.to(&format!("{PATH}/clock"))) {
            (token(visit))
            (select(visit, ("Seconds", ADVANCE_BY), "900", &steps))
            div.actions { button.button.main { (visit.say(ADVANCE)) } (show_api(visit)) }
        }
    };
    let world = html! {
        p { (visit.say(RESET_WHAT)) }
        div.actions {
            @if holds(trying, "CanReset") {
                a.button.danger href=(visit.to(&format!("{PATH}/reset"))) { (visit.say(RESET)) }
            } @else {
                button.button.danger disabled aria-describedby="no-reset" { (visit.say(RESET)) }
                span.muted id="no-reset" { (visit.say(NO_RESET)) }
            }
        }
    };
    Ok(html! {
        (notice(Weight::Info, &html! { p { (visit.say(TRYING_ONLY)) } }))
        (card(visit.say(MOVE_CLOCK), &html! { div.stack { (clock) } }))
        (card(visit.say(WORLD), &html! { div.stack { (world) } }))
    })
}

fn ahead(visit: &Visit<'_>, seconds: i64) -> String {
    Some(duration(visit, seconds))
        .filter(|said| !said.is_empty())
        .unwrap_or_else(|| visit.say(NOT_AHEAD).to_owned())
}

/// Moves the clock on.
pub(super) async fn advance(visit: &Visit<'_>) -> Outcome {
    visit.call(ARGALI, "AdvanceClock", &[("Seconds", visit.form().get("Seconds"))]).await?;
    Ok(Answer::see(visit.to(&format!("{PATH}?tab=trying"))))
}

/// Asks whether everything is really to be put back.
pub(super) async fn ask(visit: &Visit<'_>) -> Outcome {
    // Whoever may not look at the server is not asked.
    visit.call(ARGALI, "GetServerHealth", &[]).await?;
    Ok(form(visit, 200, &Fields::empty(visit), &html! {}))
}

/// Puts everything back, and leads to the logon: every session has ended.
pub(super) async fn reset(visit: &Visit<'_>) -> Outcome {
    if !visit.form().get("Word").trim().eq_ignore_ascii_case(WORD) {
        let words = visit.fill(WORD_DIFFERS, &[WORD]);
        let fields = Fields::new(visit).wrong("Word", Some(&words));
        return Ok(form(visit, 400, &fields, &summary_of(&[(Some("Word"), &words)])));
    }
    match visit.call(ARGALI, "ResetWorld", &[]).await {
        Ok(_) => Ok(Answer::see("/logon")),
        Err(failure) => refused(visit, Refusal::shown(failure)?),
    }
}

fn refused(visit: &Visit<'_>, failure: ApiFailure) -> Outcome {
    Ok(form(visit, failure.status, &Fields::new(visit), &summary(visit, &failure)))
}

fn form(visit: &Visit<'_>, status: u16, fields: &Fields<'_>, refused: &Markup) -> Answer {
    let content = html! {
        div.narrow {
            h1 { (visit.say(RESET_ASK)) }
            (notice(Weight::Warning, &html! { p { (visit.say(RESET_WHAT)) } }))
            (refused)
            form.card.stack method="post" action=(visit.to(&format!("{PATH}/reset"))) {
                (token(visit))
                (fields.show(Field::text("Word", TYPE_WORD).required().longest(16)))
                div.actions {
                    button.button.danger { (visit.say(RESET)) }
                    a.button href=(visit.to(&format!("{PATH}?tab=trying"))) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Answer::page(status, shell::page(visit, visit.say(RESET_ASK), &content))
}
