//! Queues: made, set, shown, deleted, listed.

use super::error::{messaging_error, too_many};
use super::list::{ListPage, WantedPage};
use super::scope::{FoundQueue, Site, ask, on_queue};
use super::value::{
    DELAY_SECONDS, MAXIMUM_MESSAGE_SIZE, MESSAGE_RETENTION_PERIOD, POLLING_WAIT_SECONDS, VISIBILITY_TIMEOUT,
};
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::message_name::QueueName;
use crate::model::{Backlog, Counts, Queue, QueueSettings, Quota};
use crate::operation::{Access, DataOperation};

/// Settings that a request brings. Numbers are as they were sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct WantedSettings {
    /// `VisibilityTimeout`, in seconds.
    pub visibility_timeout_s: Option<i64>,
    /// `MaximumMessageSize`, in bytes.
    pub maximum_message_bytes: Option<i64>,
    /// `MessageRetentionPeriod`, in seconds.
    pub retention_s: Option<i64>,
    /// `DelaySeconds`.
    pub delay_s: Option<i64>,
    /// `PollingWaitSeconds`.
    pub polling_wait_s: Option<i64>,
    /// `LoggingEnabled`.
    pub logging: Option<bool>,
}

impl WantedSettings {
    /// These in place of `before`.
    fn over(self, before: QueueSettings) -> Result<QueueSettings, ApiError> {
        Ok(QueueSettings {
            visibility_timeout_s: VISIBILITY_TIMEOUT
                .read(self.visibility_timeout_s)?
                .unwrap_or(before.visibility_timeout_s),
            maximum_message_bytes: MAXIMUM_MESSAGE_SIZE
                .read(self.maximum_message_bytes)?
                .unwrap_or(before.maximum_message_bytes),
            retention_s: MESSAGE_RETENTION_PERIOD.read(self.retention_s)?.unwrap_or(before.retention_s),
            delay_s: DELAY_SECONDS.read(self.delay_s)?.unwrap_or(before.delay_s),
            polling_wait_s: POLLING_WAIT_SECONDS.read(self.polling_wait_s)?.unwrap_or(before.polling_wait_s),
            logging: self.logging.unwrap_or(before.logging),
        })
    }
}

/// Whether something is new, or was there as it was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It is new.
    New,
    /// It was there.
    Before,
}

/// Makes a queue.
#[derive(Clone, Debug)]
pub struct CreateQueue {
    /// Where.
    pub site: Site,
    /// What it is to be called.
    pub name: QueueName,
    /// How it is to treat its messages.
    pub settings: WantedSettings,
}

impl DataOperation for CreateQueue {
    const NAME: &'static str = "CreateQueue";
    const ACTION: &'static str = "mns:CreateQueue";
    const ACCESS: Access = Access::Resource;
    type Subject = AccountId;
    type Answer = Made;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<AccountId, ApiError> {
        ask(cx, &self.site, Self::ACTION, &format!("queues/{}", self.name))
    }

    fn run(&self, cx: &mut DataContext<'_>, owner: AccountId) -> Result<Made, ApiError> {
        let settings = self.settings.over(QueueSettings::default())?;
        if let Some(before) = Queue::find(cx.tx(), owner, &self.site.region, &self.name)? {
            if before.settings == settings {
                return Ok(Made::Before);
            }
            let message = "The queue you want to create is already exist with other attributes: set them, or choose another name.";
            return Err(messaging_error("QueueAlreadyExist", 409, message));
        }
        let most = cx.limits().queues;
        if Quota::Queues.used(cx.tx(), owner)? >= most {
            return Err(too_many("QueueNumExceededLimit", most, "queues"));
        }
        let now = cx.now();
        let queue = Queue {
            id: u64::from_be_bytes(cx.env().random()),
            region: self.site.region.clone(),
            name: self.name.clone(),
            created_at: now,
            modified_at: now,
            settings,
        };
        queue.insert(cx.tx_mut(), owner)?;
        Ok(Made::New)
    }
}

/// Changes how a queue treats its messages; what is not given stays.
#[derive(Clone, Debug)]
pub struct SetQueueAttributes {
    /// Where.
    pub site: Site,
    /// Which.
    pub name: QueueName,
    /// How it is to treat its messages.
    pub settings: WantedSettings,
}

impl DataOperation for SetQueueAttributes {
    const NAME: &'static str = "SetQueueAttributes";
    const ACTION: &'static str = "mns:SetQueueAttributes";
    const ACCESS: Access = Access::Resource;
    type Subject = FoundQueue;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundQueue, ApiError> {
        on_queue(cx, (&self.site, &self.name), Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundQueue) -> Result<(), ApiError> {
        let FoundQueue { owner, queue } = found;
        let now = cx.now();
        let queue = Queue { settings: self.settings.over(queue.settings)?, modified_at: now, ..queue };
        queue.save(cx.tx_mut(), owner);
        // Messages may go sooner than they would have.
        Backlog::of(cx.tx(), owner, &queue)?.look_at(cx.tx_mut(), now);
        Ok(())
    }
}

/// A queue with how much is in it.
#[derive(Clone, Debug)]
pub struct QueueView {
    /// The queue.
    pub queue: Queue,
    /// How many messages it has.
    pub counts: Counts,
}

fn counts_of(cx: &DataContext<'_>, owner: AccountId, queue: &Queue) -> Result<Counts, ApiError> {
    Ok(Backlog::of(cx.tx(), owner, queue)?.counts(cx.tx(), cx.now())?)
}

/// Shows a queue.
#[derive(Clone, Debug)]
pub struct GetQueueAttributes {
    /// Where.
    pub site: Site,
    /// Which.
    pub name: QueueName,
}

impl DataOperation for GetQueueAttributes {
    const NAME: &'static str = "GetQueueAttributes";
    const ACTION: &'static str = "mns:GetQueueAttributes";
    const ACCESS: Access = Access::Read;
    type Subject = FoundQueue;
    type Answer = QueueView;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundQueue, ApiError> {
        on_queue(cx, (&self.site, &self.name), Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundQueue) -> Result<QueueView, ApiError> {
        let counts = counts_of(cx, found.owner, &found.queue)?;
        Ok(QueueView { queue: found.queue, counts })
    }
}

/// Deletes a queue with its messages.
#[derive(Clone, Debug)]
pub struct DeleteQueue {
    /// Where.
    pub site: Site,
    /// Which.
    pub name: QueueName,
}

impl DataOperation for DeleteQueue {
    const NAME: &'static str = "DeleteQueue";
    const ACTION: &'static str = "mns:DeleteQueue";
    const ACCESS: Access = Access::Resource;
    type Subject = FoundQueue;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundQueue, ApiError> {
        on_queue(cx, (&self.site, &self.name), Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundQueue) -> Result<(), ApiError> {
        let now = cx.now();
        Ok(found.queue.delete(cx.tx_mut(), found.owner, now)?)
    }
}

/// Lists the queues of a site, in the order of their names.
#[derive(Clone, Debug)]
pub struct ListQueue {
    /// Where.
    pub site: Site,
    /// Which part of the list.
    pub page: WantedPage,
    /// Whether it tells how many messages each has.
    pub with_counts: bool,
}

/// A queue in a list.
#[derive(Clone, Debug)]
pub struct ListedQueue {
    /// The queue.
    pub queue: Queue,
    /// How many messages it has, if that was asked for.
    pub counts: Option<Counts>,
}

impl DataOperation for ListQueue {
    const NAME: &'static str = "ListQueue";
    const ACTION: &'static str = "mns:ListQueue";
    const ACCESS: Access = Access::Read;
    type Subject = AccountId;
    type Answer = ListPage<ListedQueue>;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<AccountId, ApiError> {
        ask(cx, &self.site, Self::ACTION, "queues")
    }

    fn run(&self, cx: &mut DataContext<'_>, owner: AccountId) -> Result<ListPage<ListedQueue>, ApiError> {
        self.page.check()?;
        let (region, prefix) = (&self.site.region, self.page.prefix.as_str());
        let list = Queue::names(owner, region, prefix);
        let tx = cx.tx();
        let page =
            self.page.of(cx, &list, |after, size| Queue::page(tx, (owner, region), prefix, after, size))?;
        let listed = |queue| {
            let counts = self.with_counts.then(|| counts_of(cx, owner, &queue)).transpose()?;
            Ok(ListedQueue { queue, counts })
        };
        let entries = page.entries.into_iter().map(listed).collect::<Result<_, ApiError>>()?;
        Ok(ListPage { entries, next: page.next })
    }
}
