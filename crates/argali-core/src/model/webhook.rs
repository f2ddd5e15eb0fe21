//! Webhooks: where an account has its events told, and how far that has come.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, GlobalTable, Key};
use super::record::{Record, damaged, page, read, write};
use super::webhook_attempt::{Attempts, Outcome};
use crate::audit::Position;
use crate::env::Env;
use crate::identifier::AccountId;
use crate::time::Timestamp;
use crate::vault::SecretKey;
use crate::webhook::{ActionPattern, EventKind, ReceiverUrl, WebhookId, WebhookName};

/// An address that is told of an account's events.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Webhook {
    /// Whose it is.
    #[n(0)]
    pub account: AccountId,
    /// Its identifier.
    #[n(1)]
    pub id: WebhookId,
    /// What it is called.
    #[n(2)]
    pub name: WebhookName,
    /// Where events are told.
    #[n(3)]
    pub url: ReceiverUrl,
    /// What events are told.
    #[n(4)]
    pub kinds: Vec<EventKind>,
    /// Of which actions: of any of these.
    #[n(5)]
    pub actions: Vec<ActionPattern>,
    /// What messages are signed with, sealed with the account's data key.
    #[cbor(n(6), with = "minicbor::bytes")]
    sealed_secret: Vec<u8>,
    /// When it was made. Events are told from then on.
    #[n(7)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[n(8)]
    pub updated_at: Timestamp,
}

/// What a webhook is to be.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    /// What it is called.
    pub name: WebhookName,
    /// Where events are told.
    pub url: ReceiverUrl,
    /// What events are told.
    pub kinds: Vec<EventKind>,
    /// Of which actions.
    pub actions: Vec<ActionPattern>,
}

impl Record for Webhook {}

impl Webhook {
    /// A webhook of an account, with a secret that is sealed at once.
    pub(crate) fn new(
        env: &Env,
        data_key: &SecretKey,
        account: AccountId,
        new: NewWebhook,
        now: Timestamp,
    ) -> (Self, SecretKey) {
        let NewWebhook { name, url, kinds, actions } = new;
        let (id, sealed_secret) = (WebhookId::generate(env), Vec::new());
        let mut webhook =
            Self { account, id, name, url, kinds, actions, sealed_secret, created_at: now, updated_at: now };
        let secret = webhook.renew_secret(env, data_key);
        (webhook, secret)
    }

    /// Gives it a new secret in place of the old one.
    pub(crate) fn renew_secret(&mut self, env: &Env, data_key: &SecretKey) -> SecretKey {
        let secret = SecretKey::generate(env);
        self.sealed_secret = data_key.seal(env, &self.place(), secret.expose());
        secret
    }

    /// The secret. Fails if it was moved, or sealed with another key.
    pub(crate) fn secret(&self, data_key: &SecretKey) -> Result<SecretKey, StoreError> {
        let plain = data_key.open(&self.place(), &self.sealed_secret);
        let bytes = plain.and_then(|plain| plain.as_slice().try_into().ok());
        bytes.map(SecretKey::new).ok_or_else(|| damaged("the secret of a webhook does not open".to_owned()))
    }

    /// The one with this id.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        id: &WebhookId,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::table(account).text(id.as_str()))
    }

    /// All of an account, in the order of their ids.
    pub fn all(tx: &dyn Transaction, account: AccountId) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Self::table(account), None, usize::MAX - 1)?.records)
    }

    /// Writes it.
    pub fn save(&self, tx: &mut dyn Transaction) {
        write(tx, &Self::table(self.account).text(self.id.as_str()), self);
    }

    /// Removes it, how far it has come, and what became of it.
    pub fn delete(&self, tx: &mut dyn Transaction) {
        tx.delete(Self::table(self.account).text(self.id.as_str()).as_bytes());
        tx.delete(WebhookProgress::key(self.account, &self.id).as_bytes());
        Attempts::delete(tx, self.account, &self.id);
    }

    fn place(&self) -> Vec<u8> {
        format!("secret of webhook {} of account {}", self.id, self.account).into_bytes()
    }

    fn table(account: AccountId) -> Key {
        Key::account(account, AccountTable::Webhook)
    }
}

/// Whether a webhook tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum WebhookState {
    /// It does.
    #[n(0)]
    Active,
    /// Somebody has paused it.
    #[n(1)]
    Paused,
    /// Its receiver has failed for too long.
    #[n(2)]
    Stopped,
}

/// How far a webhook has come. All lie together, so that whoever tells finds them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct WebhookProgress {
    /// Whose webhook it is.
    #[n(0)]
    pub account: AccountId,
    /// Which.
    #[n(1)]
    pub webhook: WebhookId,
    /// Whether it tells.
    #[n(2)]
    pub state: WebhookState,
    /// Since when it is so.
    #[n(3)]
    pub state_since: Timestamp,
    /// The last record that was told, or passed over.
    #[cbor(n(4), with = "minicbor::bytes")]
    position: Vec<u8>,
    /// When a receiver took something last.
    #[n(5)]
    pub told_at: Option<Timestamp>,
    /// How many attempts in a row failed.
    #[n(6)]
    pub failures: u32,
    /// Since when they do.
    #[n(7)]
    pub failing_since: Option<Timestamp>,
    /// Until when is waited.
    #[n(8)]
    pub next_attempt_at: Option<Timestamp>,
    /// What became of the last of them.
    #[n(9)]
    pub outcome: Option<Outcome>,
}

impl Record for WebhookProgress {}

impl WebhookProgress {
    /// That of a new webhook.
    pub fn new(account: AccountId, webhook: WebhookId, now: Timestamp) -> Self {
        Self {
            account,
            webhook,
            state: WebhookState::Active,
            state_since: now,
            position: Vec::new(),
            told_at: None,
            failures: 0,
            failing_since: None,
            next_attempt_at: None,
            outcome: None,
        }
    }

    /// That of a webhook.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        id: &WebhookId,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::key(account, id))
    }

    /// Some of all, and where to go on.
    pub fn some(
        tx: &dyn Transaction,
        after: Option<&[u8]>,
        at_most: usize,
    ) -> Result<(Vec<Self>, Option<Vec<u8>>), StoreError> {
        let found = page(tx, &Key::global(GlobalTable::WebhookProgress), after, at_most)?;
        Ok((found.records, found.next))
    }

    /// The last record that was told, or passed over.
    pub fn position(&self) -> Option<Position> {
        Position::from_bytes(&self.position)
    }

    /// Says that nothing is told yet: it goes on with the first record that there is.
    pub fn begins_anew(&mut self) {
        self.position.clear();
    }

    /// Says that everything up to this record is dealt with.
    pub fn has_come_to(&mut self, position: Position) {
        self.position = position.to_bytes().to_vec();
    }

    /// Tells nothing until it is resumed.
    pub fn pause(&mut self, now: Timestamp) {
        (self.state, self.state_since) = (WebhookState::Paused, now);
        self.forget_failures();
    }

    /// Goes on where it was, at once.
    pub fn resume(&mut self, now: Timestamp) {
        (self.state, self.state_since) = (WebhookState::Active, now);
        self.forget_failures();
    }

    /// Begins with patience anew.
    pub fn forget_failures(&mut self) {
        (self.failures, self.failing_since, self.next_attempt_at, self.outcome) = (0, None, None, None);
    }

    /// Writes it.
    pub fn save(&self, tx: &mut dyn Transaction) {
        write(tx, &Self::key(self.account, &self.webhook), self);
    }

    fn key(account: AccountId, id: &WebhookId) -> Key {
        Key::global(GlobalTable::WebhookProgress).text(account.as_str()).text(id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::check;
    use super::super::webhook_attempt::Verdict;
    use super::*;

    #[test]
    fn what_every_format_wrote_reads_as_the_same() {
        let (account, at) = ("11223344".parse().unwrap(), Timestamp::from_millis(1_750_000_000_123));
        let id: WebhookId = "wh-0123456789abcdef".parse().unwrap();
        let webhook = Webhook {
            account,
            id: id.clone(),
            name: "Alarm".parse().unwrap(),
            url: "https://alarm.example.com/argali".parse().unwrap(),
            kinds: vec![EventKind::Change, EventKind::Refusal, EventKind::Session],
            actions: vec!["ram:*".parse().unwrap(), "ecs:StopInstance".parse().unwrap()],
            sealed_secret: vec![1, 2, 3],
            created_at: at,
            updated_at: at,
        };
        check("Webhook", &webhook);
        let outcome = Outcome { verdict: Verdict::BadStatus, status: Some(500) };
        let progress = WebhookProgress {
            account,
            webhook: id,
            state: WebhookState::Stopped,
            state_since: at,
            position: vec![0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 4, 1],
            told_at: Some(at),
            failures: 3,
            failing_since: Some(at),
            next_attempt_at: Some(at),
            outcome: Some(outcome),
        };
        check("WebhookProgress", &progress);
    }
}
