//! What came of a form, shown once.
// SPEC: console, parts, result.

use maud::Markup;

use super::{Outcome, failure};
use crate::answer::Answer;
use crate::shell;
use crate::visit::Visit;

/// Keeps a result and leads to it.
pub(crate) fn keep(visit: &Visit<'_>, title: &str, content: Markup) -> Answer {
    let key = visit.random();
    let whose = (key.clone(), visit.browser().to_owned());
    visit.console().once.keep(whose, visit.now(), (title.to_owned(), content));
    Answer::see(visit.to(&format!("/result/{key}")))
}

/// Shows a result, this once.
pub(crate) fn show(visit: &Visit<'_>, key: &str) -> Outcome {
    match visit.console().once.take(key, visit.browser(), visit.now()) {
        Some((title, content)) => Ok(Answer::page(200, shell::page(visit, &title, &content))),
        None => Ok(failure::shown_before(visit)),
    }
}
