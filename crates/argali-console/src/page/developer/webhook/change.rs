//! Forms that make webhooks, change, try, pause and remove them.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{EVERY_ACTION, KINDS, PATH, TAB, actions, detail, get, need, path_of, tells};
use crate::answer::Answer;
use crate::api::{ARGALI, text};
use crate::need::{Need, submit};
use crate::page::confirm::{self, Deletion};
use crate::page::{Outcome, Refusal, result};
use crate::pairs::{Pairs, encode};
use crate::part::{Field, Fields, Weight, copyable, facts, heading, notice, show_api, summary, tick};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::shell::{CANCEL, OK, SAVE};
use crate::text::webhook::*;
use crate::visit::Visit;

const NAME_FIELD: Field = Field::text("WebhookName", NAME).required().longest(64).hint(NAME_HINT);
const URL_FIELD: Field = Field::text("Url", URL).required().longest(2048).hint(URL_HINT).kind("url", "off");
const ACTIONS_FIELD: Field = Field::text("AuthActions", ACTIONS).longest(2600).hint(ACTIONS_HINT);

/// The form that makes one.
pub(super) fn form(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Answer {
    let fields = Fields::new(visit).refused(failure);
    let is_new = !visit.is_post() && !visit.is_kept();
    let content = html! {
        div.narrow {
            h1 { (visit.say(CREATE)) }
            p.muted { (visit.say(STANDS)) }
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.card.stack method="post" action=(visit.to(&format!("{PATH}/webhooks/new"))) {
                (token(visit))
                (inside(visit, &fields, |kind| is_new || !fields.value(kind).is_empty()))
                div.actions {
                    (submit(visit, Need::somehow(ARGALI, "CreateWebhook"), ("button main", OK)))
                    a.button href=(visit.to(&format!("{PATH}?tab={TAB}"))) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    let status = failure.map_or(200, |failure| failure.status);
    Answer::page(status, shell::page(visit, visit.say(CREATE), &content))
}

/// What one is described by.
fn inside(visit: &Visit<'_>, fields: &Fields<'_>, is_ticked: impl Fn(&str) -> bool) -> Markup {
    html! {
        (fields.show(NAME_FIELD))
        (fields.show(URL_FIELD))
        fieldset.options {
            legend { (visit.say(EVENTS)) }
            @for (kind, label, hint) in KINDS { (tick(visit, (kind, label), is_ticked(kind), Some(hint))) }
        }
        (fields.show(ACTIONS_FIELD))
    }
}

/// The same for one that is there.
pub(super) fn edit(visit: &Visit<'_>, webhook: &Value, failure: Option<&ApiFailure>) -> Markup {
    let actions = actions(webhook);
    let present = [
        ("WebhookName", text(webhook, "WebhookName")),
        ("Url", text(webhook, "Url")),
        ("AuthActions", if actions == EVERY_ACTION { "" } else { actions.as_str() }),
    ];
    let is_sent = failure.is_some() || visit.is_kept();
    let fields = if is_sent { Fields::new(visit) } else { Fields::of(visit, Pairs::read(&encode(present))) };
    let fields = fields.refused(failure);
    let is_ticked = |kind: &str| match is_sent {
        true => !fields.value(kind).is_empty(),
        false => tells(webhook, kind),
    };
    html! {
        section.card.narrow {
            h2 { (visit.say(EDIT)) }
            form.stack method="post" action=(visit.to(&path_of(text(webhook, "WebhookId")))) {
                (token(visit))
                (inside(visit, &fields, is_ticked))
                div.actions { (submit(visit, need("UpdateWebhook", text(webhook, "WebhookId")), ("button main", SAVE))) (show_api(visit)) }
            }
        }
    }
}

/// What a form says of kinds and actions, as operations take it.
fn told(visit: &Visit<'_>) -> [(&'static str, String); 2] {
    let form = visit.form();
    let kinds = KINDS.into_iter().map(|(kind, ..)| kind).filter(|kind| form.is_ticked(kind));
    let kinds = kinds.collect::<Vec<_>>().join(",");
    let actions = form.get("AuthActions").trim();
    // A list without an entry is refused, where one that is left out would mean all.
    let kinds = if kinds.is_empty() { ",".to_owned() } else { kinds };
    let actions = if actions.is_empty() { EVERY_ACTION } else { actions };
    [("Events", kinds), ("AuthActions", actions.to_owned())]
}

/// Makes one, and shows its secret.
pub(super) async fn create(visit: &Visit<'_>) -> Outcome {
    let (form, told) = (visit.form(), told(visit));
    let mut params = vec![("WebhookName", form.get("WebhookName").trim()), ("Url", form.get("Url").trim())];
    params.extend(told.iter().map(|(name, value)| (*name, value.as_str())));
    match visit.call(ARGALI, "CreateWebhook", &params).await {
        Ok(answer) => Ok(with_secret(visit, &answer, CREATED_TITLE)),
        Err(failure) => Ok(self::form(visit, Some(&Refusal::shown(failure)?))),
    }
}

/// Changes one.
pub(super) async fn change(visit: &Visit<'_>, id: &str) -> Outcome {
    let (form, told) = (visit.form(), told(visit));
    let mut params = vec![
        ("WebhookId", id),
        ("WebhookName", form.get("WebhookName").trim()),
        ("Url", form.get("Url").trim()),
    ];
    params.extend(told.iter().map(|(name, value)| (*name, value.as_str())));
    update(visit, id, &params).await
}

/// Pauses one, or has it go on.
pub(super) async fn set_status(visit: &Visit<'_>, id: &str) -> Outcome {
    update(visit, id, &[("WebhookId", id), ("Status", visit.form().get("Status"))]).await
}

async fn update(visit: &Visit<'_>, id: &str, params: &[(&str, &str)]) -> Outcome {
    match visit.call(ARGALI, "UpdateWebhook", params).await {
        Ok(_) => Ok(Answer::see(visit.to(&path_of(id)))),
        Err(failure) => detail::show(visit, id, Some(&Refusal::shown(failure)?)).await,
    }
}

/// Gives one a new secret, and shows it.
pub(super) async fn renew_secret(visit: &Visit<'_>, id: &str) -> Outcome {
    match visit.call(ARGALI, "UpdateWebhook", &[("WebhookId", id), ("RenewSecret", "true")]).await {
        Ok(answer) => Ok(with_secret(visit, &answer, RENEWED_TITLE)),
        Err(failure) => detail::show(visit, id, Some(&Refusal::shown(failure)?)).await,
    }
}

/// Keeps a page with a secret, to be seen once.
fn with_secret(visit: &Visit<'_>, answer: &Value, title: Text) -> Answer {
    let webhook = answer.get("Webhook").unwrap_or(&Value::Null);
    let path = path_of(text(webhook, "WebhookId"));
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(title)) }, None, &html! {}))
            (notice(Weight::Warning, &html! { p { (visit.say(SECRET_ONCE)) } }))
            section.card.stack {
                (facts(&[
                    (visit.say(NAME), html! { bdi { (text(webhook, "WebhookName")) } }),
                    (visit.say(URL), html! { code.long { (text(webhook, "Url")) } }),
                    (visit.say(SECRET), copyable(visit, text(answer, "Secret"))),
                ]))
                p.muted { (visit.say(SECRET_WHAT)) }
            }
            div.actions { a.button.main href=(visit.to(&path)) { (visit.say(TO_WEBHOOK)) } }
        }
    };
    result::keep(visit, visit.say(title), content)
}

/// Sends a message that tries the way.
pub(super) async fn test(visit: &Visit<'_>, id: &str) -> Outcome {
    match visit.call(ARGALI, "PingWebhook", &[("WebhookId", id)]).await {
        Ok(_) => Ok(Answer::see(visit.to(&format!("{}?tested=true", path_of(id))))),
        Err(failure) => detail::show(visit, id, Some(&Refusal::shown(failure)?)).await,
    }
}

/// The page that asks before one is removed.
pub(super) async fn ask_deletion(visit: &Visit<'_>, id: &str) -> Outcome {
    let webhook = get(visit, id).await?;
    Ok(confirm::page(visit, &deletion(id, &webhook), None))
}

/// Removes one.
pub(super) async fn delete(visit: &Visit<'_>, id: &str) -> Outcome {
    let webhook = get(visit, id).await?;
    let (deletion, params) = (deletion(id, &webhook), [("WebhookId", id)]);
    let delete = visit.call(ARGALI, "DeleteWebhook", &params);
    confirm::carry_out(visit, &deletion, delete, &format!("{PATH}?tab={TAB}")).await
}

fn deletion<'a>(id: &str, webhook: &'a Value) -> Deletion<'a> {
    Deletion {
        name: text(webhook, "WebhookName"),
        title: DELETE_TITLE,
        what: DELETE_WHAT,
        path: path_of(id),
        more: html! {},
        need: need("DeleteWebhook", id),
    }
}
