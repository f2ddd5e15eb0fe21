//! Webhooks: addresses which an account has told of its own events.
//!
//! What is told is read from the audit trail, the one truth, after the last record that a receiver has taken; how far
//! that is stands in the store. So nothing is lost, whatever ends in between, and what was sent and not written down is
//! sent again: receivers drop repeats by the events' ids. Each webhook is told in the order of the trail, one message at
//! a time. Whoever moves the bytes asks for messages in the background: no request waits for any of this.
//!
//! A webhook stands on its account, as a trail does: it tells what the account's own trail shows, whoever made it, until
//! somebody who may stops it.

mod letter;
mod name;
mod post;

pub(crate) use letter::{Message, written};
pub use name::{ActionPattern, EventKind, ReceiverUrl, WebhookId, WebhookName};
pub use post::{Letter, NoPoster, PostError, Poster, Posting};

use crate::audit::{Event, Order, Position, Query};
use crate::core::Core;
use crate::dispatch::Posted;
use crate::error::ApiError;
use crate::model::{
    Account, AccountStatus, Attempt, Attempts, Outcome, Webhook, WebhookProgress, WebhookState,
};
use crate::time::Timestamp;

/// How many events a message tells of at most.
const MOST_EVENTS: usize = 20;
/// How many webhooks are looked at in one go.
const AT_ONCE: usize = 1_000;
/// How long is waited after the first failure, and at most, in seconds. Each wait is twice the one before.
const FIRST_WAIT_S: i64 = 5;
const LONGEST_WAIT_S: i64 = 60 * 60;
/// Receivers answer with this where there is nobody any more.
const GONE: u16 = 410;

/// What a webhook has to tell now.
#[derive(Debug)]
pub enum Due {
    /// Nothing. It need not be looked again at what is up to here.
    Nothing(Option<Position>),
    /// Nothing so far; there may be more after this.
    More(Position),
    /// A message.
    Notice(Box<Notice>),
}

/// A message of a webhook, ready to be sent.
#[derive(Debug)]
pub struct Notice {
    webhook: Webhook,
    progress: WebhookProgress,
    /// The last record that it tells of.
    position: Position,
    message: String,
    count: usize,
    first: String,
    /// What is sent.
    pub letter: Letter,
}

impl Core {
    /// How far webhooks have come that may tell now, some at a time, and where to go on.
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be read.
    pub fn webhooks_to_tell(
        &self,
        after: Option<&[u8]>,
    ) -> Result<(Vec<WebhookProgress>, Option<Vec<u8>>), ApiError> {
        let now = self.env().now();
        let (mut found, next) = WebhookProgress::some(self.store().read()?.as_ref(), after, AT_ONCE)?;
        found.retain(|progress| progress.may_tell(now));
        Ok((found, next))
    }

    /// What a webhook has to tell now, which nothing up to `looked_at` is. It blocks while records are read.
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be read.
    pub fn due_notice(
        &self,
        progress: &WebhookProgress,
        looked_at: Option<Position>,
    ) -> Result<Due, ApiError> {
        let end = self.trail().reader().end();
        let snapshot = self.store().read()?;
        let tx = snapshot.as_ref();
        let (account, id) = (progress.account, &progress.webhook);
        let found = (WebhookProgress::find(tx, account, id)?, Webhook::find(tx, account, id)?);
        let (Some(progress), Some(webhook)) = found else { return Ok(Due::Nothing(None)) };
        let account = Account::find(tx, account)?;
        let Some(account) = account.filter(|account| account.status != AccountStatus::Closed) else {
            return Ok(Due::Nothing(None));
        };
        drop(snapshot);
        if !progress.may_tell(self.env().now()) {
            return Ok(Due::Nothing(None));
        }
        let kinds = webhook.kinds.clone();
        let query = Query {
            from: webhook.created_at,
            order: Order::OldestFirst,
            keep: Box::new(move |event| kind_of(event).is_some_and(|kind| kinds.contains(&kind))),
            after: progress.position().max(looked_at),
            at_most: MOST_EVENTS,
            ..Query::of(account.id)
        };
        let found = self.trail().reader().look_up(&query).map_err(ApiError::internal)?;
        let told: Vec<&Event> =
            found.events.iter().filter(|event| self.is_covered(&webhook, event)).collect();
        let position = found.next.or(found.last);
        let (Some(position), Some(first)) = (position, told.first()) else {
            return Ok(position.map_or(Due::Nothing(end), Due::More));
        };
        let message = Message::events(&webhook, &told);
        let secret = webhook.secret(&self.data_key(&account)?)?;
        let (count, first, id) = (told.len(), first.request_id.clone(), message.id.clone());
        let letter = message.sealed(&webhook, &secret, self.env().now())?;
        Ok(Due::Notice(Box::new(Notice { webhook, progress, position, message: id, count, first, letter })))
    }

    fn is_covered(&self, webhook: &Webhook, event: &Event) -> bool {
        // What there is no operation for is told to those who want everything.
        let action = event.auth_action(self.registry()).unwrap_or_default();
        webhook.actions.iter().any(|pattern| pattern.covers(action))
    }

    /// Writes down that nothing up to `position` concerns a webhook, so that it is not read again after a restart.
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be written.
    pub fn pass_over(&self, progress: &WebhookProgress, position: Position) -> Result<(), ApiError> {
        // So much is soon read again.
        if progress.position().is_some_and(|known| known.is_near(position)) {
            return Ok(());
        }
        let ((), durable) = self.store().transact(|tx| {
            let found = WebhookProgress::find(tx, progress.account, &progress.webhook)?;
            if let Some(mut known) = found.filter(|found| found.position() == progress.position()) {
                known.has_come_to(position);
                known.save(tx);
            }
            Ok::<_, ApiError>(())
        })?;
        Ok(durable.wait()?)
    }

    /// Writes down what became of a message. Says whether the webhook may have more to tell at once.
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be written.
    pub fn note_notice(&self, notice: &Notice, posted: &Posted) -> Result<bool, ApiError> {
        let Some(outcome) = Outcome::of(&posted.status) else { return Ok(false) };
        let now = self.env().now();
        let (account, id) = (notice.webhook.account, &notice.webhook.id);
        let (is_taken, durable) = self.store().transact(|tx| {
            let webhook = Webhook::find(tx, account, id)?;
            let progress = WebhookProgress::find(tx, account, id)?;
            let (Some(webhook), Some(mut progress)) = (webhook, progress) else { return Ok(false) };
            if progress.position() != notice.progress.position() {
                return Ok(false);
            }
            let attempt = Attempt {
                message: notice.message.clone(),
                at: now,
                events: u32::try_from(notice.count).unwrap_or(u32::MAX),
                first_event: Some(notice.first.clone()),
                outcome,
                took_ms: posted.took_ms,
                number: progress.failures.saturating_add(1),
            };
            Attempts::add(tx, account, id, attempt)?;
            if outcome.is_delivered() {
                progress.has_told(notice.position, now);
            } else if webhook == notice.webhook {
                progress.has_failed(outcome, now, self.settings().webhook_patience_s);
            }
            progress.save(tx);
            Ok::<_, ApiError>(outcome.is_delivered())
        })?;
        durable.wait()?;
        Ok(is_taken)
    }
}

impl WebhookProgress {
    /// Whether it is time to tell, if there is something.
    fn may_tell(&self, now: Timestamp) -> bool {
        self.state == WebhookState::Active && self.next_attempt_at.is_none_or(|at| at <= now)
    }

    fn has_told(&mut self, position: Position, now: Timestamp) {
        self.has_come_to(position);
        self.told_at = Some(now);
        self.forget_failures();
    }

    /// Waits longer each time, and stops the webhook once its receiver has failed for `patience_s` seconds, or is gone.
    fn has_failed(&mut self, outcome: Outcome, now: Timestamp, patience_s: i64) {
        let since = *self.failing_since.get_or_insert(now);
        let doublings = self.failures.min(16);
        let wait_s = FIRST_WAIT_S.saturating_mul(1 << doublings).min(LONGEST_WAIT_S);
        self.failures = self.failures.saturating_add(1);
        self.outcome = Some(outcome);
        self.next_attempt_at = Some(now.plus_seconds(wait_s));
        if since.plus_seconds(patience_s) <= now || outcome.status == Some(GONE) {
            (self.state, self.state_since, self.next_attempt_at) = (WebhookState::Stopped, now, None);
            tracing::info!(account = %self.account, webhook = %self.webhook, "a webhook stops: its receiver fails");
        }
    }
}

/// What an event is told as, if it is told at all: reads are not, nor what failed for other reasons than a refusal.
pub(crate) fn kind_of(event: &Event) -> Option<EventKind> {
    let is_logon = event.product.as_deref() == Some("Argali") && event.action.starts_with("LogOn");
    if event.error_code.is_some() {
        let is_refused = event.is_refused() || event.refused_signer || is_logon;
        return is_refused.then_some(EventKind::Refusal);
    }
    // A logon of several steps begins its session with the last one, which says whether a second factor was shown.
    let begins = event.session.is_some() || is_logon && event.notes.contains_key("mfaPresent");
    let ends = ["LogOff", "EndSession", "EndSessions", "EndLogonSessions", "SwitchBack"]
        .contains(&event.action.as_str());
    match () {
        () if begins || ends => Some(EventKind::Session),
        () if event.write && !is_logon => Some(EventKind::Change),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_until_patience_ends() {
        let began = Timestamp::from_seconds(1_000_000);
        let id = "wh-0123456789abcdef".parse().unwrap();
        let mut progress = WebhookProgress::new("11223344".parse().unwrap(), id, began);
        let failure = Outcome::of(&Ok(500)).unwrap();
        let (mut now, mut waits) = (began, Vec::new());
        while progress.state == WebhookState::Active {
            progress.has_failed(failure, now, 24 * 60 * 60);
            if let Some(next) = progress.next_attempt_at {
                assert!(!progress.may_tell(next.plus_seconds(-1)) && progress.may_tell(next));
                waits.push(next.as_seconds() - now.as_seconds());
                now = next;
            }
        }
        assert_eq!(waits[..11], [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600]);
        assert!(waits[11..].iter().all(|wait| *wait == 3_600));
        let failed_for = now.as_seconds() - began.as_seconds();
        assert!((86_400..86_400 + 3_600).contains(&failed_for), "{failed_for}");
        assert!(!progress.may_tell(now.plus_seconds(1_000_000)), "it does not go on by itself");
        progress.resume(now);
        assert!(progress.may_tell(now) && progress.failures == 0 && progress.outcome.is_none());
        progress.has_failed(Outcome::of(&Ok(410)).unwrap(), now, 24 * 60 * 60);
        assert_eq!(progress.state, WebhookState::Stopped, "nobody is there any more");
    }
}
