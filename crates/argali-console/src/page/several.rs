//! Something done with several at once: what came of each.
// SPEC: console, parts, result.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{Refusal, result};
use crate::answer::Answer;
use crate::api::{VERIFICATION_REQUIRED, is_absent};
use crate::part::{Table, explained};
use crate::text::Text;
use crate::text::list::*;
use crate::text::shell::CLOSE;
use crate::visit::Visit;

/// What came of one.
#[derive(Debug)]
pub(crate) enum Came {
    /// It was done.
    Done,
    /// It was so before.
    Already,
    /// It was refused.
    Failed(Box<ApiFailure>),
}

impl Came {
    /// What came of adding something to one.
    pub(crate) fn of_adding<T>(called: Result<T, ApiFailure>) -> Result<Self, Refusal> {
        Self::of(called, |failure| failure.code.starts_with("EntityAlreadyExist"))
    }

    /// What came of taking something away.
    pub(crate) fn of_removing<T>(called: Result<T, ApiFailure>) -> Result<Self, Refusal> {
        Self::of(called, is_absent)
    }

    /// Fails where whoever is logged on must show first that it is still the same: then nothing was done.
    fn of<T>(
        called: Result<T, ApiFailure>,
        is_already_so: impl Fn(&ApiFailure) -> bool,
    ) -> Result<Self, Refusal> {
        match called {
            Ok(_) => Ok(Self::Done),
            Err(failure) if failure.code == VERIFICATION_REQUIRED => Err(failure.into()),
            Err(failure) if is_already_so(&failure) => Ok(Self::Already),
            Err(failure) => Ok(Self::Failed(Box::new(failure))),
        }
    }

    /// How it is told, with words of its own.
    pub(crate) fn show(&self, visit: &Visit<'_>, words: &Words) -> Markup {
        match self {
            Self::Done => html! { span.badge.success { (visit.say(words.done)) } },
            Self::Already => html! { span.badge { (visit.say(words.already)) } },
            Self::Failed(failure) => {
                html! { span.badge.warning { (visit.say(words.failed)) } " " (explained(visit, failure)) }
            }
        }
    }
}

/// How it is told what came of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    pub(crate) done: Text,
    pub(crate) already: Text,
    pub(crate) failed: Text,
}

/// The usual words.
pub(crate) const USUAL: Words = Words { done: DONE, already: ALREADY, failed: FAILED };

/// The page that tells what came of each, once.
pub(crate) fn results(visit: &Visit<'_>, title: &str, rows: &[(Markup, Came)], back: &str) -> Answer {
    let rows = rows.iter().map(|(what, came)| vec![what.clone(), came.show(visit, &USUAL)]).collect();
    let content = html! {
        div.narrow {
            h1 { (title) }
            (Table { caption: RESULT_STATE, columns: &[RESULT_WHAT, RESULT_STATE], rows }.show(visit))
            div.actions { a.button.main href=(visit.to(back)) { (visit.say(CLOSE)) } }
        }
    };
    result::keep(visit, title, content)
}
