//! The e-mail address under which the owner of the account logs on.
// SPEC: console, log on, account owner; security settings, account.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{PATH, back, text_of};
use crate::answer::Answer;
use crate::api::ARGALI;
use crate::need::{Need, submit, way};
use crate::page::{Outcome, Refusal};
use crate::part::{Field, Fields, card, facts, heading, show_api, summary};
use crate::shell::{self, token};
use crate::text::settings::*;
use crate::text::shell::{CANCEL, SAVE};
use crate::visit::Visit;

const MEMBER: &str = "OwnerEmail";
const FIELD: Field = Field::text(MEMBER, EMAIL).longest(128).hint(EMAIL_HINT).kind("email", "email");

/// The card, for whoever may see the address.
pub(super) async fn part(visit: &Visit<'_>) -> Markup {
    let Ok(answer) = visit.call(ARGALI, "GetOwnerEmail", &[]).await else { return html! {} };
    let email = match text_of(&answer, MEMBER) {
        "" => html! { span.muted { (visit.say(NO_EMAIL)) } },
        email => html! { bdi { (email) } },
    };
    let need = Need::somehow(ARGALI, "SetOwnerEmail");
    let content = html! {
        p.muted { (visit.say(EMAIL_LEDE)) }
        (facts(&[(visit.say(EMAIL), email)]))
        div.actions { (way(visit, need, &format!("{PATH}/email"), ("button", MODIFY))) }
    };
    html! { div.narrow { (card(visit.say(EMAIL_TITLE), &html! { div.stack { (content) } })) } }
}

/// The form.
pub(super) async fn show(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Outcome {
    let answer = visit.call(ARGALI, "GetOwnerEmail", &[]).await?;
    let fields = Fields::new(visit).refused(failure).showing(&answer, &[(MEMBER, MEMBER)]);
    let title = format!("{} · {}", visit.say(MODIFY), visit.say(EMAIL_TITLE));
    let content = html! {
        div.narrow {
            (heading(&html! { (title) }, Some(visit.say(EMAIL_LEDE)), &html! {}))
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.card.stack method="post" action=(visit.to(&format!("{PATH}/email"))) {
                (token(visit))
                (fields.show(FIELD))
                div.actions {
                    (submit(visit, Need::somehow(ARGALI, "SetOwnerEmail"), ("button main", SAVE)))
                    a.button href=(visit.to(PATH)) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Ok(Answer::page(failure.map_or(200, |failure| failure.status), shell::page(visit, &title, &content)))
}

/// Takes another address, or none.
pub(super) async fn save(visit: &Visit<'_>) -> Outcome {
    match visit.call(ARGALI, "SetOwnerEmail", &[(MEMBER, visit.form().get(MEMBER).trim())]).await {
        Ok(_) => Ok(back(visit, "account")),
        Err(failure) => show(visit, Some(&Refusal::shown(failure)?)).await,
    }
}
