//! Something done with several at once: what came of each.
// SPEC: console, parts, result.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{Refusal, result};
use crate::answer::Answer;
use crate::api::{VERIFICATION_REQUIRED, is_absent};
use crate::need::{Need, needing};
use crate::part::list::CHOSEN;
use crate::part::{Field, Fields, Table, Weight, explained, notice, on_record, show_api};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::list::*;
use crate::text::shell::{CANCEL, CLOSE};
use crate::visit::Visit;

/// Something that is to be done with those that are chosen in a list, which is asked first.
pub(crate) struct Deed<'a> {
    /// What is asked, with their number.
    pub(crate) title: String,
    /// What it does.
    pub(crate) what: (Weight, Text),
    /// What the address of the list calls it, and what its button says.
    pub(crate) word: &'a str,
    pub(crate) button: (&'a str, &'a str),
    /// Where the form is sent, and where the list is.
    pub(crate) to: String,
    pub(crate) back: String,
    /// What it needs for one of them at least.
    pub(crate) need: Need,
    /// Which they are, as the form says it.
    pub(crate) chosen: &'a [&'a str],
    /// What is to be seen of them.
    pub(crate) seen: Markup,
    /// What else is entered.
    pub(crate) fields: Markup,
    /// Whether their number is typed first.
    pub(crate) is_counted: bool,
}

impl Deed<'_> {
    /// The page that asks.
    pub(crate) fn ask(&self, visit: &Visit<'_>) -> Answer {
        self.page(visit, None)
    }

    /// The page that asks again, if the number that was typed is not theirs.
    pub(crate) fn objection(&self, visit: &Visit<'_>) -> Option<Answer> {
        let count = self.chosen.len().to_string();
        let differs = self.is_counted && visit.form().get("Count").trim() != count;
        differs.then(|| self.page(visit, Some(&visit.fill(COUNT_DIFFERS, &[&count]))))
    }

    fn page(&self, visit: &Visit<'_>, refused: Option<&str>) -> Answer {
        let count = self.chosen.len().to_string();
        let (class, label) = self.button;
        let content = html! {
            div.narrow {
                h1 { (self.title) }
                (notice(self.what.0, &html! { p { (visit.say(self.what.1)) } }))
                @if let Some(words) = refused { (notice(Weight::Danger, &html! { p role="alert" { (words) } })) }
                (self.seen)
                form.card.stack method="post" action=(visit.to(&self.to)) {
                    (token(visit))
                    input type="hidden" name="do" value=(self.word);
                    @for one in self.chosen { input type="hidden" name=(CHOSEN) value=(one); }
                    (self.fields)
                    @if self.is_counted {
                        (Fields::empty(visit).show_as(Field::text("Count", TYPE_COUNT).required().longest(4), &visit.fill(TYPE_COUNT, &[&count])))
                    }
                    div.actions {
                        (needing(visit, self.need.clone(), &html! { button class=(class) { (label) } }))
                        a.button href=(visit.to(&self.back)) { (visit.say(CANCEL)) }
                        (show_api(visit))
                    }
                }
            }
        };
        Answer::page(if refused.is_some() { 400 } else { 200 }, shell::page(visit, &self.title, &content))
    }
}

/// The names of those that are chosen, as a page shows them before something is done with them.
pub(crate) fn names(chosen: &[&str]) -> Markup {
    html! { ul.plain { @for one in chosen { li { bdi { (one) } } } } }
}

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

    /// What came of doing something that can be done again and again.
    pub(crate) fn of_acting<T>(called: Result<T, ApiFailure>) -> Result<Self, Refusal> {
        Self::of(called, |_| false)
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
                html! {
                    span.badge.warning { (visit.say(words.failed)) } " " (explained(visit, failure)) " "
                    span.muted.small-text { (on_record(visit, failure)) }
                }
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
