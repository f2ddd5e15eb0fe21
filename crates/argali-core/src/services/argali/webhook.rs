//! Webhooks: made, changed, paused and removed. What they tell, and when, is in `crate::webhook`.
//!
//! Whoever has an account's events told can read them all, so it needs the permission to look them up besides. Once
//! made, a webhook is the account's, like a trail: it goes on when whoever made it may no longer, or is gone.
// SPEC: console, Developer.

use serde::{Deserialize, Serialize};

use super::webhook_view::{WebhookView, existing_webhook};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::federation::Listed;
use crate::identifier::AccountId;
use crate::model::{NewWebhook, Webhook, WebhookProgress};
use crate::operation::{Access, Check, Entry, Operation, ResourceName, Resources};
use crate::services::actiontrail::all_records;
use crate::services::ram::access_key_life::shown_once;
use crate::vault::SecretText;
use crate::webhook::{ActionPattern, EventKind, ReceiverUrl, WebhookId, WebhookName, written};

/// How webhooks are changed.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<CreateWebhook>(), Entry::of::<UpdateWebhook>(), Entry::of::<DeleteWebhook>()];

/// Of how many kinds of actions one webhook tells at most.
const MOST_PATTERNS: usize = 20;
/// Every action.
const EVERY_ACTION: &str = "*";

/// Makes a webhook, which tells from now on. Its secret is shown this once.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateWebhook {
    /// What it is called.
    pub webhook_name: WebhookName,
    /// Where events are told.
    pub url: ReceiverUrl,
    /// What events are told, with commas between: `Change`, `Refusal` and `Session`; all unless told.
    pub events: Option<Listed<EventKind>>,
    /// Of which actions, with commas between, such as `ram:*,ecs:StopInstance`; of all unless told.
    pub auth_actions: Option<Listed<ActionPattern>>,
}

/// A webhook, with its secret if that is new.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangedWebhook {
    webhook: WebhookView,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "shown_if_new")]
    secret: Option<SecretText>,
}

impl Operation for CreateWebhook {
    const NAME: &'static str = "CreateWebhook";
    const ACCESS: Access = Access::Resource;
    const IS_SENSITIVE: bool = true;
    type Response = ChangedWebhook;

    fn resources(&self, caller: &Caller) -> Resources {
        webhook_resource(caller.account(), "*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ChangedWebhook, ApiError> {
        require_records(cx)?;
        let (account, now, most) = (cx.account(), cx.now(), cx.limits().webhooks);
        if Webhook::all(cx.tx(), account)?.len() >= most {
            let message = format!("The account has {most} webhooks, which is its limit: delete one first.");
            return Err(ApiError::new(ErrorCode::LimitExceededWebhook, message));
        }
        let new = NewWebhook {
            name: self.webhook_name,
            url: acceptable(cx, self.url)?,
            kinds: self.events.map_or(Ok(EventKind::ALL.to_vec()), kinds)?,
            actions: self.auth_actions.map_or_else(every_action, actions)?,
        };
        let data_key = cx.core().data_key(&cx.account_record()?)?;
        let (webhook, secret) = Webhook::new(cx.env(), &data_key, account, new, now);
        let progress = WebhookProgress::new(account, webhook.id.clone(), now);
        webhook.save(cx.tx_mut());
        progress.save(cx.tx_mut());
        cx.note("webhookId", webhook.id.as_str());
        Ok(ChangedWebhook { webhook: WebhookView::of(webhook, progress), secret: Some(written(&secret)) })
    }
}

/// Changes a webhook. What is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateWebhook {
    /// Which one.
    pub webhook_id: WebhookId,
    /// What it is called.
    pub webhook_name: Option<WebhookName>,
    /// Where events are told.
    pub url: Option<ReceiverUrl>,
    /// What events are told.
    pub events: Option<Listed<EventKind>>,
    /// Of which actions; `*` for all.
    pub auth_actions: Option<Listed<ActionPattern>>,
    /// Whether it tells. One that is active again goes on where it was.
    pub status: Option<WantedStatus>,
    /// Whether it gets a new secret, which is shown this once; the old one is good no longer.
    #[serde(default)]
    pub renew_secret: bool,
}

/// Whether a webhook is to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum WantedStatus {
    /// It is, at once.
    Active,
    /// It is not, until it is made active again.
    Paused,
}

impl Operation for UpdateWebhook {
    const NAME: &'static str = "UpdateWebhook";
    const ACCESS: Access = Access::Resource;
    type Response = ChangedWebhook;

    fn resources(&self, caller: &Caller) -> Resources {
        webhook_resource(caller.account(), self.webhook_id.as_str()).into()
    }

    /// To pause a webhook, or have it go on, is not.
    fn is_sensitive(&self, _cx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(self.changes_what_is_told() || self.renew_secret)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ChangedWebhook, ApiError> {
        // To pause a webhook lets nobody read anything.
        if self.changes_what_is_told() || self.renew_secret || self.status == Some(WantedStatus::Active) {
            require_records(cx)?;
        }
        let (mut webhook, mut progress) = existing_webhook(cx, &self.webhook_id)?;
        if let Some(name) = self.webhook_name {
            webhook.name = name;
        }
        if let Some(url) = self.url {
            webhook.url = acceptable(cx, url)?;
            // Whatever failed was another receiver.
            progress.forget_failures();
        }
        if let Some(events) = self.events {
            webhook.kinds = kinds(events)?;
        }
        if let Some(patterns) = self.auth_actions {
            webhook.actions = actions(patterns)?;
        }
        let secret = match self.renew_secret {
            true => {
                let data_key = cx.core().data_key(&cx.account_record()?)?;
                Some(written(&webhook.renew_secret(cx.env(), &data_key)))
            }
            false => None,
        };
        webhook.updated_at = cx.now();
        match self.status {
            Some(WantedStatus::Active) => progress.resume(cx.now()),
            Some(WantedStatus::Paused) => progress.pause(cx.now()),
            None => {}
        }
        webhook.save(cx.tx_mut());
        progress.save(cx.tx_mut());
        Ok(ChangedWebhook { webhook: WebhookView::of(webhook, progress), secret })
    }
}

impl UpdateWebhook {
    fn changes_what_is_told(&self) -> bool {
        self.url.is_some() || self.events.is_some() || self.auth_actions.is_some()
    }
}

/// Removes a webhook. What it has not told yet, nobody is told.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteWebhook {
    /// Which one.
    pub webhook_id: WebhookId,
}

impl Operation for DeleteWebhook {
    const NAME: &'static str = "DeleteWebhook";
    const ACCESS: Access = Access::Resource;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        webhook_resource(caller.account(), self.webhook_id.as_str()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let (webhook, _) = existing_webhook(cx, &self.webhook_id)?;
        webhook.delete(cx.tx_mut());
        Ok(())
    }
}

/// Whoever has events told must be allowed to look them up.
fn require_records(cx: &mut Context<'_>) -> Result<(), ApiError> {
    let resource = all_records(cx.account());
    cx.authorize_check(&Check {
        action: "actiontrail:LookupEvents".into(),
        resource,
        conditions: Default::default(),
    })
}

/// A URL, if the operator lets anything be sent there, as far as the URL alone tells.
fn acceptable(cx: &Context<'_>, url: ReceiverUrl) -> Result<ReceiverUrl, ApiError> {
    let parts = url.parts().map_err(|invalid| ApiError::internal(invalid.message))?;
    match cx.core().poster().refuses(&parts) {
        Some(why) => Err(ApiError::invalid("Url", why)),
        None => Ok(url),
    }
}

fn kinds(wanted: Listed<EventKind>) -> Result<Vec<EventKind>, ApiError> {
    let Listed(mut kinds) = wanted;
    if kinds.is_empty() {
        return Err(ApiError::invalid("Events", "Name one of Change, Refusal and Session at least."));
    }
    kinds.sort_unstable();
    Ok(kinds)
}

fn actions(wanted: Listed<ActionPattern>) -> Result<Vec<ActionPattern>, ApiError> {
    let Listed(patterns) = wanted;
    if patterns.is_empty() || patterns.len() > MOST_PATTERNS {
        let message = format!("Name 1 to {MOST_PATTERNS} actions, or `{EVERY_ACTION}` for all.");
        return Err(ApiError::invalid("AuthActions", message));
    }
    Ok(patterns)
}

fn every_action() -> Result<Vec<ActionPattern>, ApiError> {
    EVERY_ACTION
        .parse()
        .map(|every| vec![every])
        .map_err(|invalid: argali_protocol::Invalid| ApiError::internal(invalid.message))
}

/// A webhook, or all of them, as something that permission is needed for.
pub(super) fn webhook_resource(account: AccountId, id: &str) -> ResourceName {
    ResourceName::new(account, format!("acs:argali:*:{account}:webhook/{id}"))
}

fn shown_if_new<S: serde::Serializer>(secret: &Option<SecretText>, serializer: S) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => shown_once(secret, serializer),
        None => serializer.serialize_none(),
    }
}
