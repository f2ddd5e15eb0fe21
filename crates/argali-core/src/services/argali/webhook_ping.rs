//! Trying a webhook: one message without events, sent at once.

use serde::{Deserialize, Serialize};

use super::webhook::webhook_resource;
use super::webhook_view::{DeliveryView, existing_webhook};
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::{ApiError, ErrorCode};
use crate::model::{Attempt, Attempts, Outcome};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::webhook::{Message, WebhookId};

/// How webhooks are tried.
pub const OPERATIONS: &[Entry] = &[Entry::of::<PingWebhook>()];

/// Sends a message without events to a webhook's receiver, whether the webhook is active or not, and says what became of
/// it. What waits to be told is not touched.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PingWebhook {
    /// Which one.
    pub webhook_id: WebhookId,
}

/// What became of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Pinged {
    delivery: DeliveryView,
}

impl PingWebhook {
    fn message(&self, cx: &Context<'_>) -> Result<Message, ApiError> {
        let (webhook, _) = existing_webhook(cx, &self.webhook_id)?;
        Ok(Message::ping(&webhook, cx.request_id()))
    }
}

impl Operation for PingWebhook {
    const NAME: &'static str = "PingWebhook";
    const ACCESS: Access = Access::Resource;
    const HAS_ERRAND: bool = true;
    type Response = Pinged;

    fn resources(&self, caller: &Caller) -> Resources {
        webhook_resource(caller.account(), self.webhook_id.as_str()).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let (webhook, _) = existing_webhook(cx, &self.webhook_id)?;
        let secret = webhook.secret(&cx.core().data_key(&cx.account_record()?)?)?;
        let letter = self.message(cx)?.sealed(&webhook, &secret, cx.now())?;
        Ok(Errand::Post(Box::new(letter)))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<Pinged, ApiError> {
        let Some(Brought::Posted(posted)) = cx.brought() else {
            return Err(ApiError::internal("a webhook is tried without its letter"));
        };
        let Some(outcome) = Outcome::of(&posted.status) else {
            let message = "Too many messages of the account are under way: try again shortly.";
            return Err(ApiError::new(ErrorCode::Throttling, message));
        };
        let attempt = Attempt {
            message: self.message(cx)?.id,
            at: cx.now(),
            events: 0,
            first_event: None,
            outcome,
            took_ms: posted.took_ms,
            number: 1,
        };
        let account = cx.account();
        Attempts::add(cx.tx_mut(), account, &self.webhook_id, attempt.clone())?;
        Ok(Pinged { delivery: attempt.into() })
    }
}
