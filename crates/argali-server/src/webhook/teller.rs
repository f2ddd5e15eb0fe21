//! Turns of webhooks: each tells one message at a time, in order, and none waits for another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use argali_core::Core;
use argali_core::audit::Position;
use argali_core::error::ApiError;
use argali_core::identifier::AccountId;
use argali_core::model::WebhookProgress;
use argali_core::webhook::{Due, Notice, WebhookId};
use parking_lot::Mutex;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::stop::Stop;

/// How often it is looked whether there is something to tell.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How much a webhook tells, or looks through, before its next turn.
const STEPS_A_TURN: usize = 64;
/// How many webhooks read records or write down how far they have come at once.
const AT_THE_RECORDS: usize = 4;

type Which = (AccountId, WebhookId);

/// Tells what is due.
#[derive(Debug)]
pub(crate) struct Teller {
    core: Arc<Core>,
    /// The webhooks that have their turn.
    telling: watch::Sender<BTreeSet<Which>>,
    /// Up to where nothing is to be told by a webhook, besides what the store says.
    looked_at: Mutex<BTreeMap<Which, Position>>,
    at_the_records: Semaphore,
    tasks: Mutex<JoinSet<()>>,
}

impl Teller {
    pub(crate) fn new(core: Arc<Core>) -> Arc<Self> {
        Arc::new(Self {
            core,
            telling: watch::Sender::default(),
            looked_at: Mutex::default(),
            at_the_records: Semaphore::new(AT_THE_RECORDS),
            tasks: Mutex::default(),
        })
    }

    /// Gives every webhook its turn that may have something to tell and does not have it already.
    ///
    /// # Errors
    ///
    /// Fails if the records cannot be read.
    pub(crate) async fn round(self: &Arc<Self>) -> Result<(), ApiError> {
        let end = self.at_records(|core| Ok(core.trail().reader().end())).await?;
        let (mut after, mut known) = (None::<Vec<u8>>, BTreeSet::new());
        loop {
            let from = after.take();
            let (found, next) = self.at_records(move |core| core.webhooks_to_tell(from.as_deref())).await?;
            for progress in found {
                let which = (progress.account, progress.webhook.clone());
                let is_new = end.is_none() || self.looked_at.lock().get(&which) != end.as_ref();
                if is_new {
                    self.begin(progress, which.clone());
                }
                known.insert(which);
            }
            after = next;
            if after.is_none() {
                self.looked_at.lock().retain(|which, _| known.contains(which));
                return Ok(());
            }
        }
    }

    /// Waits until no webhook has its turn.
    pub(crate) async fn rest(&self) {
        let mut telling = self.telling.subscribe();
        // The sender is this, so it is there.
        telling.wait_for(BTreeSet::is_empty).await.ok();
    }

    fn begin(self: &Arc<Self>, progress: WebhookProgress, which: Which) {
        if !self.telling.send_if_modified(|telling| telling.insert(which.clone())) {
            return;
        }
        let turn = Turn { teller: Arc::clone(self), which };
        let mut tasks = self.tasks.lock();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            if let Err(error) = turn.tell(&progress).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(account = %progress.account, webhook = %progress.webhook, error, "a webhook tells nothing");
            }
        });
    }

    /// Does what blocks where it holds nobody up.
    async fn at_records<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Core) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let _place = self.at_the_records.acquire().await.map_err(ApiError::internal)?;
        let core = Arc::clone(&self.core);
        tokio::task::spawn_blocking(move || work(&core)).await.map_err(ApiError::internal)?
    }
}

/// A webhook that has its turn, until this is dropped.
struct Turn {
    teller: Arc<Teller>,
    which: Which,
}

impl Turn {
    async fn tell(&self, progress: &WebhookProgress) -> Result<(), ApiError> {
        for _ in 0..STEPS_A_TURN {
            let (known, looked_at) = (progress.clone(), self.looked_at());
            let due = self.teller.at_records(move |core| core.due_notice(&known, looked_at)).await?;
            let goes_on = match due {
                Due::Nothing(position) => {
                    self.has_looked_at(position);
                    false
                }
                Due::More(position) => {
                    self.has_looked_at(Some(position));
                    let known = progress.clone();
                    self.teller.at_records(move |core| core.pass_over(&known, position)).await?;
                    true
                }
                Due::Notice(notice) => self.post(*notice).await?,
            };
            if !goes_on {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn post(&self, notice: Notice) -> Result<bool, ApiError> {
        let core = &self.teller.core;
        let posted = core.post(&notice.letter).await;
        if let Err(error) = &posted.status {
            let error = error as &dyn std::error::Error;
            tracing::debug!(account = %self.which.0, webhook = %self.which.1, error, "a receiver took nothing");
        }
        self.teller.at_records(move |core| core.note_notice(&notice, &posted)).await
    }

    fn looked_at(&self) -> Option<Position> {
        self.teller.looked_at.lock().get(&self.which).copied()
    }

    fn has_looked_at(&self, position: Option<Position>) {
        let mut looked_at = self.teller.looked_at.lock();
        match position {
            Some(position) => looked_at.insert(self.which.clone(), position),
            None => looked_at.remove(&self.which),
        };
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.teller.telling.send_if_modified(|telling| telling.remove(&self.which));
    }
}

/// Gives webhooks their turns for as long as the server runs. What is under way then is told again after the next start.
pub(crate) async fn tell(teller: Arc<Teller>, mut stop: Stop) {
    while tokio::time::timeout(LOOK_EVERY, stop.told()).await.is_err() {
        if let Err(error) = teller.round().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "webhooks are not looked at");
        }
    }
    let mut tasks = std::mem::take(&mut *teller.tasks.lock());
    tasks.shutdown().await;
}
