//! "Show API call": what a form would do, as command, request and Terraform.
// SPEC: console, rules that hold everywhere, show the API.

use maud::{Markup, html};

use super::of_somebody;
use crate::answer::Answer;
use crate::part::call::{command, request};
use crate::part::terraform::resource;
use crate::part::{heading, lines};
use crate::plan::Planned;
use crate::shell;
use crate::text::api_call::*;
use crate::visit::Visit;

/// Whether a form asks what it would do.
pub(super) fn is_asked(visit: &Visit<'_>) -> bool {
    visit.is_post() && visit.form().is_ticked("show-api")
}

/// Goes through what the form does without doing it, and shows that.
pub(super) async fn show(visit: &mut Visit<'_>) -> Answer {
    visit.rehearse();
    let visit = &*visit;
    let outcome = of_somebody(visit).await;
    let calls = visit.planned();
    if calls.is_empty() {
        // What is wrong with the form is shown as it would be.
        return match outcome {
            Ok(answer) if answer.status != 303 => answer,
            Ok(_) => page(visit, &html! { p.muted { (visit.say(NOTHING)) } }),
            Err(refusal) => super::failure::refused(visit, &refusal),
        };
    }
    page(visit, &html! { @for call in &calls { (one(visit, call)) } })
}

fn page(visit: &Visit<'_>, calls: &Markup) -> Answer {
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &html! {}))
        (calls)
    };
    Answer::page(200, shell::page(visit, visit.say(TITLE), &content))
}

fn one(visit: &Visit<'_>, call: &Planned) -> Markup {
    html! {
        section.card.stack {
            h2 { (call.product) " " (call.action) }
            @if let Some(written) = &call.written {
                @if let Some(command) = &call.command { div { h3 { (visit.say(COMMAND)) } (lines(visit, command)) } }
                @let note = if call.command.is_some() { OSS_NOTE } else { MNS_NOTE };
                div { h3 { (visit.say(REQUEST)) } (lines(visit, written)) p.hint { (visit.say(note)) } }
            } @else {
                div { h3 { (visit.say(COMMAND)) } (lines(visit, &command(visit, call))) }
                div { h3 { (visit.say(REQUEST)) } (lines(visit, &request(visit, call))) p.hint { (visit.say(REQUEST_NOTE)) } }
            }
            div {
                h3 { (visit.say(TERRAFORM)) }
                @match resource(call) {
                    Some(text) => (lines(visit, &text)),
                    None => p.muted { (visit.say(NO_TERRAFORM)) },
                }
            }
        }
    }
}
