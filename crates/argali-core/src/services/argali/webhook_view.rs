//! Webhooks as they are shown: what they tell, how they do, and what became of what they sent lately.

use serde::{Deserialize, Serialize};

use super::webhook::webhook_resource;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::model::{Attempt, Attempts, Outcome, Verdict, Webhook, WebhookProgress, WebhookState};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::time::Timestamp;
use crate::webhook::{ActionPattern, EventKind, ReceiverUrl, WebhookId, WebhookName};

/// How webhooks are looked at.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<ListWebhooks>(), Entry::of::<GetWebhook>(), Entry::of::<ListWebhookDeliveries>()];

/// A webhook, without its secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WebhookView {
    webhook_id: WebhookId,
    webhook_name: WebhookName,
    url: ReceiverUrl,
    events: Vec<EventKind>,
    auth_actions: Vec<ActionPattern>,
    status: Status,
    /// Since when it is paused, stopped, or active again.
    status_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_delivery_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureView>,
    create_date: Timestamp,
    update_date: Timestamp,
}

/// How a webhook does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Status {
    /// It tells.
    Active,
    /// Its receiver fails, and is tried again.
    Failing,
    /// Somebody has paused it.
    Paused,
    /// Its receiver failed for too long: it waits for somebody to make it active again.
    Stopped,
}

/// What is wrong with a receiver.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FailureView {
    outcome: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    since: Timestamp,
    /// How many attempts in a row.
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_date: Option<Timestamp>,
}

impl WebhookView {
    pub(super) fn of(webhook: Webhook, progress: WebhookProgress) -> Self {
        let status = match (progress.state, progress.outcome) {
            (WebhookState::Active, None) => Status::Active,
            (WebhookState::Active, Some(_)) => Status::Failing,
            (WebhookState::Paused, _) => Status::Paused,
            (WebhookState::Stopped, _) => Status::Stopped,
        };
        let failure = progress.outcome.zip(progress.failing_since).map(|(outcome, since)| FailureView {
            outcome: outcome.verdict,
            http_status: outcome.status,
            since,
            attempts: progress.failures,
            next_attempt_date: progress.next_attempt_at,
        });
        Self {
            webhook_id: webhook.id,
            webhook_name: webhook.name,
            url: webhook.url,
            events: webhook.kinds,
            auth_actions: webhook.actions,
            status,
            status_date: progress.state_since,
            last_delivery_date: progress.told_at,
            failure,
            create_date: webhook.created_at,
            update_date: webhook.updated_at,
        }
    }
}

/// Lists the account's webhooks, of which there are few.
#[derive(Debug, Deserialize)]
pub struct ListWebhooks {}

/// Webhooks.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WebhookList {
    webhooks: Vec<WebhookView>,
    /// How many there may be.
    most_webhooks: usize,
}

impl Operation for ListWebhooks {
    const NAME: &'static str = "ListWebhooks";
    const ACCESS: Access = Access::Read;
    type Response = WebhookList;

    fn resources(&self, caller: &Caller) -> Resources {
        webhook_resource(caller.account(), "*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<WebhookList, ApiError> {
        let mut webhooks = Vec::new();
        for webhook in Webhook::all(cx.tx(), cx.account())? {
            let progress = progress_of(cx, &webhook)?;
            webhooks.push(WebhookView::of(webhook, progress));
        }
        webhooks.sort_by(|a, b| a.webhook_name.cmp(&b.webhook_name));
        Ok(WebhookList { webhooks, most_webhooks: cx.limits().webhooks })
    }
}

/// Shows a webhook.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetWebhook {
    /// Which one.
    pub webhook_id: WebhookId,
}

/// One webhook.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneWebhook {
    webhook: WebhookView,
}

impl Operation for GetWebhook {
    const NAME: &'static str = "GetWebhook";
    const ACCESS: Access = Access::Read;
    type Response = OneWebhook;

    fn resources(&self, caller: &Caller) -> Resources {
        webhook_resource(caller.account(), self.webhook_id.as_str()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneWebhook, ApiError> {
        let (webhook, progress) = existing_webhook(cx, &self.webhook_id)?;
        Ok(OneWebhook { webhook: WebhookView::of(webhook, progress) })
    }
}

/// Lists what a webhook sent lately, the newest first. What receivers say besides their status is not kept.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListWebhookDeliveries {
    /// Of which one.
    pub webhook_id: WebhookId,
}

/// What was sent lately.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeliveryList {
    deliveries: Vec<DeliveryView>,
}

/// Something that was sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeliveryView {
    message_id: String,
    delivery_date: Timestamp,
    /// Whether it only tried the way.
    is_ping: bool,
    event_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_event_id: Option<String>,
    outcome: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    duration_ms: u32,
    /// Which attempt in a row it was.
    attempt: u32,
}

impl From<Attempt> for DeliveryView {
    fn from(attempt: Attempt) -> Self {
        let Outcome { verdict, status } = attempt.outcome;
        Self {
            message_id: attempt.message,
            delivery_date: attempt.at,
            is_ping: attempt.first_event.is_none(),
            event_count: attempt.events,
            first_event_id: attempt.first_event,
            outcome: verdict,
            http_status: status,
            duration_ms: attempt.took_ms,
            attempt: attempt.number,
        }
    }
}

impl Operation for ListWebhookDeliveries {
    const NAME: &'static str = "ListWebhookDeliveries";
    const ACCESS: Access = Access::Read;
    type Response = DeliveryList;

    fn resources(&self, caller: &Caller) -> Resources {
        webhook_resource(caller.account(), self.webhook_id.as_str()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<DeliveryList, ApiError> {
        let (webhook, _) = existing_webhook(cx, &self.webhook_id)?;
        let attempts = Attempts::of(cx.tx(), cx.account(), &webhook.id)?.list;
        Ok(DeliveryList { deliveries: attempts.into_iter().map(Into::into).collect() })
    }
}

/// The account's webhook of this id and how far it has come, or `EntityNotExist.Webhook`.
pub(super) fn existing_webhook(
    cx: &Context<'_>,
    id: &WebhookId,
) -> Result<(Webhook, WebhookProgress), ApiError> {
    let webhook = Webhook::find(cx.tx(), cx.account(), id)?.ok_or_else(|| {
        let message = format!("There is no webhook `{id}`: check WebhookId.");
        ApiError::new(ErrorCode::EntityNotExistWebhook, message)
    })?;
    let progress = progress_of(cx, &webhook)?;
    Ok((webhook, progress))
}

fn progress_of(cx: &Context<'_>, webhook: &Webhook) -> Result<WebhookProgress, ApiError> {
    let found = WebhookProgress::find(cx.tx(), webhook.account, &webhook.id)?;
    found.ok_or_else(|| ApiError::internal("a webhook is kept without how far it has come"))
}
