//! The list of webhooks; pausing, resuming and deleting several at once.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{PATH, TAB, actions, get, kinds, last_delivery, need, path_of, status};
use crate::api::{ARGALI, items, number, text, texts};
use crate::icon::{self, icon};
use crate::need::{Need, needing};
use crate::page::several::{Came, Deed, names, results};
use crate::page::{Outcome, Refusal};
use crate::part::list::{
    About, Act, Column, Found, List, SEVERAL, Wanted, Width, by_member, chosen, member, whole,
};
use crate::part::{Weight, denied};
use crate::text::Text;
use crate::text::shell::DELETE;
use crate::text::webhook::*;
use crate::visit::Visit;

/// The list.
pub(super) struct Webhooks {
    new: Markup,
}

const COLUMNS: &[Column<'_>] = &[
    Column::drawn(NAME, "WebhookName", &|visit, webhook| {
        html! { a href=(visit.to(&path_of(text(webhook, "WebhookId")))) { bdi { (text(webhook, "WebhookName")) } } }
    }),
    Column::drawn(URL, "Url", &|_, webhook| html! { code.long { (text(webhook, "Url")) } }),
    Column::drawn(EVENTS, "Events", &kinds)
        .unordered()
        .in_files(&|webhook| texts(webhook, "Events").join("; ")),
    Column::of(ACTIONS, "AuthActions").unordered().where_room(Width::File).in_files(&actions),
    Column::drawn(STATUS, "Status", &status),
    Column::drawn(LAST_DELIVERY, "LastDeliveryDate", &last_delivery),
];

impl Webhooks {
    pub(super) fn of(visit: &Visit<'_>) -> Self {
        let new = html! {
            a.button.main href=(visit.to(&format!("{PATH}/webhooks/new"))) data-new { (icon(icon::LuPlus)) (visit.say(CREATE)) }
        };
        Self { new: needing(visit, Need::somehow(ARGALI, "CreateWebhook"), &new) }
    }
}

impl List for Webhooks {
    fn about(&self) -> About<'_> {
        About {
            path: PATH,
            kept: vec![("tab", TAB)],
            title: WEBHOOKS.into(),
            file: TAB,
            search: Some(SEARCH),
            columns: COLUMNS.to_vec(),
            acts: vec![
                Act::new("pause", PAUSE, &|webhook| need("UpdateWebhook", text(webhook, "WebhookId"))),
                Act::new("resume", RESUME, &|webhook| need("UpdateWebhook", text(webhook, "WebhookId"))),
                Act::new("delete", DELETE, &|webhook| need("DeleteWebhook", text(webhook, "WebhookId"))),
            ],
            key: &|webhook| text(webhook, "WebhookId").to_owned(),
            empty: (icon::LuBell, EMPTY),
            onward: self.new.clone(),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let answer = visit.call(ARGALI, "ListWebhooks", &[]).await?;
        let words = wanted.query.get("q").trim().to_lowercase();
        let says = |webhook: &Value| {
            ["WebhookName", "Url", "Status"]
                .iter()
                .any(|name| text(webhook, name).to_lowercase().contains(&words))
        };
        let rows: Vec<Value> = items(&answer, "Webhooks").cloned().collect();
        let count = [rows.len().to_string(), number(&answer, "MostWebhooks").to_string()];
        let note = (!rows.is_empty()).then(|| visit.fill(COUNT, &[&count[0], &count[1]]));
        let name = |webhook: &Value| member(webhook, "WebhookName") + text(webhook, "WebhookId");
        Ok(Found { note, ..whole(wanted, rows, says, (by_member(wanted), name)) })
    }

    fn actions(&self, _: &Visit<'_>) -> Markup {
        self.new.clone()
    }

    async fn refused(&self, visit: &Visit<'_>, failure: &ApiFailure) -> Option<Markup> {
        Some(denied(visit, failure))
    }
}

/// What is done with several: what its button says, how it looks, and what it does.
fn deed_of(word: &str) -> Result<(Text, &'static str, (Weight, Text)), Refusal> {
    match word {
        "pause" => Ok((PAUSE, "button main", (Weight::Info, PAUSE_WHAT))),
        "resume" => Ok((RESUME, "button main", (Weight::Info, RESUME_WHAT))),
        "delete" => Ok((DELETE, "button danger", (Weight::Warning, DELETE_WHAT))),
        _ => Err(Refusal::NoPage),
    }
}

fn back() -> String {
    format!("{PATH}?tab={TAB}")
}

/// Asks whether it is really to be done with those that are chosen.
pub(super) async fn ask(visit: &Visit<'_>) -> Outcome {
    let (word, ids) = (visit.query().get("do"), chosen(visit.query())?);
    let (label, class, what) = deed_of(word)?;
    let mut called = Vec::new();
    for id in &ids {
        let webhook = get(visit, id).await.unwrap_or_default();
        called.push(member(&webhook, "WebhookName"));
    }
    let operation = if word == "delete" { "DeleteWebhook" } else { "UpdateWebhook" };
    let deed = Deed {
        title: visit.fill(SEVERAL_WEBHOOKS, &[visit.say(label), &ids.len().to_string()]),
        what,
        word,
        button: (class, visit.say(label)),
        to: format!("{PATH}/{SEVERAL}"),
        back: back(),
        need: Need::any(ids.iter().map(|id| need(operation, id))),
        chosen: &ids,
        seen: html! { section.card { (names(&called.iter().map(String::as_str).collect::<Vec<_>>())) } },
        fields: html! {},
        is_counted: false,
    };
    Ok(deed.ask(visit))
}

/// Does it, and tells what came of each.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    let (word, ids) = (visit.form().get("do"), chosen(visit.form())?);
    let (label, ..) = deed_of(word)?;
    let mut rows = Vec::new();
    for id in &ids {
        let webhook = get(visit, id).await.unwrap_or_default();
        let called = match word {
            "delete" => visit.call(ARGALI, "DeleteWebhook", &[("WebhookId", id)]).await,
            word => {
                let status = if word == "pause" { "Paused" } else { "Active" };
                visit.call(ARGALI, "UpdateWebhook", &[("WebhookId", id), ("Status", status)]).await
            }
        };
        rows.push((html! { bdi { (text(&webhook, "WebhookName")) } }, Came::of_removing(called)?));
    }
    let title = visit.fill(SEVERAL_WEBHOOKS, &[visit.say(label), &ids.len().to_string()]);
    Ok(results(visit, &title, &rows, &back()))
}
