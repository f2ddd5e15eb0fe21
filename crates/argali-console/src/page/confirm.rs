//! Deleting: what it does is said, and the name is typed.
// SPEC: console, parts, confirm.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use crate::answer::Answer;
use crate::need::{Need, submit};
use crate::page::{Outcome, Refusal};
use crate::part::{Field, Fields, Weight, denial, notice, show_api, summary, summary_of};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::shell::{CANCEL, DELETE};
use crate::text::user::{NAME_DIFFERS, TYPE_NAME};
use crate::visit::Visit;

/// Something that is to be deleted.
#[derive(Debug)]
pub(crate) struct Deletion<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// What is asked.
    pub(crate) title: Text,
    /// What it does.
    pub(crate) what: Text,
    /// The page of what is to be deleted.
    pub(crate) path: String,
    /// What else is to be seen or done first.
    pub(crate) more: Markup,
    /// What it needs.
    pub(crate) need: Need,
}

/// The page that asks.
pub(crate) fn page(visit: &Visit<'_>, deletion: &Deletion<'_>, failure: Option<&ApiFailure>) -> Answer {
    answer(
        visit,
        deletion,
        failure.map_or(200, |failure| failure.status),
        failure.map(|failure| summary(visit, failure)),
    )
}

/// The page that asks, after it was refused: of a refusal it says why.
pub(crate) async fn explained_page(
    visit: &Visit<'_>,
    deletion: &Deletion<'_>,
    failure: &ApiFailure,
) -> Answer {
    answer(visit, deletion, failure.status, Some(denial(visit, failure).await))
}

/// Why it is not done: the name that was typed is another.
pub(crate) fn objection(visit: &Visit<'_>, deletion: &Deletion<'_>) -> Option<Answer> {
    let differs = || summary_of(&[(Some("Name"), visit.say(NAME_DIFFERS))]);
    (!is_typed(visit, deletion)).then(|| answer(visit, deletion, 400, Some(differs())))
}

/// Deletes it by `delete` if the right name was typed, and goes on to the list that it was in.
pub(crate) async fn carry_out<T>(
    visit: &Visit<'_>,
    deletion: &Deletion<'_>,
    delete: impl Future<Output = Result<T, ApiFailure>>,
    list: &str,
) -> Outcome {
    if let Some(answer) = objection(visit, deletion) {
        return Ok(answer);
    }
    match delete.await {
        Ok(_) => Ok(Answer::see(visit.to(list))),
        Err(failure) => Ok(explained_page(visit, deletion, &Refusal::shown(failure)?).await),
    }
}

fn is_typed(visit: &Visit<'_>, deletion: &Deletion<'_>) -> bool {
    visit.form().get("Name").trim().eq_ignore_ascii_case(deletion.name)
}

/// The field: what was typed stays in it. Nothing is typed for anybody by an address.
fn name_field(visit: &Visit<'_>, deletion: &Deletion<'_>) -> Markup {
    let field = Field::text("Name", TYPE_NAME).required().longest(128);
    if !visit.is_post() {
        return Fields::empty(visit).show(field);
    }
    let wrong = (!is_typed(visit, deletion)).then(|| visit.say(NAME_DIFFERS));
    Fields::new(visit).wrong("Name", wrong).show(field)
}

fn answer(visit: &Visit<'_>, deletion: &Deletion<'_>, status: u16, refused: Option<Markup>) -> Answer {
    let title = visit.phrase(deletion.title, &[html! { strong { bdi { (deletion.name) } } }]);
    let content = html! {
        div.narrow {
            h1 { (title) }
            (notice(Weight::Warning, &html! { p { (visit.say(deletion.what)) } }))
            @if let Some(refused) = refused { (refused) }
            (deletion.more)
            form.card.stack method="post" action=(visit.to(&format!("{}/delete", deletion.path))) {
                (token(visit))
                (name_field(visit, deletion))
                div.actions {
                    (submit(visit, deletion.need.clone(), ("button danger", DELETE)))
                    a.button href=(visit.to(&deletion.path)) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Answer::page(status, shell::page(visit, &visit.fill(deletion.title, &[deletion.name]), &content))
}
