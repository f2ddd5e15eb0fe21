//! The messages of a queue, in the order in which they are received.
//!
//! What a message says lies under its number, and so does what has become of it. Beside that each has one row in an
//! index: what can be received lies by priority and number, what cannot yet by the instant at which it can. One row for
//! the queue, its [`Line`], says how many there are of each kind and where each begins, so that nothing that is gone is
//! looked at again: receiving costs the same whether the queue holds ten messages or a million.

use argali_store::{StoreError, Transaction};

use super::backlog_order::Line;
use super::message::{Message, MessageState, Receipt, Standing};
use super::queue::Queue;
use super::record::damaged;
use crate::identifier::AccountId;
use crate::message_name::{QueueName, Region};
use crate::time::Timestamp;

/// How many messages whose time has come, or is over, are dealt with in one go.
pub(super) const AT_ONCE: usize = 256;

/// The messages of one queue.
#[derive(Debug)]
pub struct Backlog {
    pub(super) owner: AccountId,
    pub(super) queue: u64,
    pub(super) region: Region,
    pub(super) name: QueueName,
    pub(super) retention_s: u32,
    pub(super) line: Line,
}

/// How many messages a queue has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Which can be received.
    pub active: u64,
    /// Which have been received and not deleted.
    pub inactive: u64,
    /// Whose time has not come.
    pub delayed: u64,
}

/// A message on its way into a queue.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// When it comes.
    pub now: Timestamp,
    /// How urgent it is.
    pub priority: u8,
    /// After how many seconds it can be received.
    pub delay_s: u32,
    /// The secret half of its receipt, until somebody receives it.
    pub receipt: u64,
}

impl Backlog {
    /// The messages of `queue`.
    pub fn of(tx: &dyn Transaction, owner: AccountId, queue: &Queue) -> Result<Self, StoreError> {
        Ok(Self {
            owner,
            queue: queue.id,
            region: queue.region.clone(),
            name: queue.name.clone(),
            retention_s: queue.settings.retention_s,
            line: Line::of(tx, owner, queue.id)?,
        })
    }

    /// Adds a message, and says what it is in the queue.
    pub fn push(&mut self, tx: &mut dyn Transaction, message: &Message, arrival: Arrival) -> MessageState {
        let Arrival { now, priority, delay_s, receipt } = arrival;
        let number = self.line.next;
        self.line.next = number.saturating_add(1);
        let mut state = MessageState {
            number,
            priority,
            enqueued_at: now,
            standing: Standing::Ready,
            visible_at: now,
            dequeue_count: 0,
            first_dequeued_at: None,
            receipt,
        };
        message.save(tx, (self.owner, self.queue), number);
        if delay_s > 0 {
            state.visible_at = now.plus_seconds(delay_s.into());
            state.standing = Standing::Delayed;
        }
        self.enter(tx, &state);
        if self.line.look_at.is_none() {
            self.look_at(tx, state.expires_at(self.retention_s));
        }
        self.save(tx);
        state
    }

    /// Receives at most `at_most` messages: they are invisible for `invisible_s` seconds. `receipt` makes receipts.
    pub fn take(
        &mut self,
        tx: &mut dyn Transaction,
        (now, at_most): (Timestamp, usize),
        invisible_s: u32,
        mut receipt: impl FnMut() -> u64,
    ) -> Result<Vec<(MessageState, Message)>, StoreError> {
        self.bring_forward(tx, now)?;
        let mut taken = Vec::new();
        for state in self.first_ready(tx, now, at_most)? {
            if state.expires_at(self.retention_s) <= now {
                self.remove(tx, &state);
                continue;
            }
            if taken.len() == at_most {
                break;
            }
            let message = self.message(tx, &state)?;
            let after = MessageState {
                standing: Standing::Inactive,
                visible_at: now.plus_seconds(invisible_s.into()),
                dequeue_count: state.dequeue_count.saturating_add(1),
                first_dequeued_at: state.first_dequeued_at.or(Some(now)),
                receipt: receipt(),
                ..state
            };
            self.leave(tx, &state);
            self.enter(tx, &after);
            taken.push((after, message));
        }
        self.save(tx);
        Ok(taken)
    }

    /// At most `at_most` of the messages that would be received now.
    pub fn peek(
        &self,
        tx: &dyn Transaction,
        now: Timestamp,
        at_most: usize,
    ) -> Result<Vec<(MessageState, Message)>, StoreError> {
        let states = self.visible(tx, now, at_most)?.into_iter().take(at_most);
        states.map(|state| Ok((state.clone(), self.message(tx, &state)?))).collect()
    }

    /// Whether a message could be received now.
    pub fn has_visible(&self, tx: &dyn Transaction, now: Timestamp) -> Result<bool, StoreError> {
        Ok(!self.visible(tx, now, 1)?.is_empty())
    }

    /// The message that a receipt is good for, if it still is.
    pub fn held(
        &self,
        tx: &dyn Transaction,
        now: Timestamp,
        receipt: Receipt,
    ) -> Result<Option<MessageState>, StoreError> {
        let state = self.state(tx, receipt.number)?;
        Ok(state.filter(|state| {
            state.receipt == receipt.secret
                && state.standing != Standing::Ready
                && state.visible_at > now
                && state.expires_at(self.retention_s) > now
        }))
    }

    /// Lets a message be visible after another time, and says what it is then.
    pub fn hide(
        &mut self,
        tx: &mut dyn Transaction,
        state: &MessageState,
        visible_at: Timestamp,
        (now, receipt): (Timestamp, u64),
    ) -> MessageState {
        let standing = if visible_at <= now { Standing::Ready } else { state.standing };
        let after = MessageState { standing, visible_at, receipt, ..state.clone() };
        self.leave(tx, state);
        self.enter(tx, &after);
        self.save(tx);
        after
    }

    /// Removes a message for good.
    pub fn delete(&mut self, tx: &mut dyn Transaction, state: &MessageState) {
        self.remove(tx, state);
        self.save(tx);
    }

    /// How many messages there are. What has expired, or become visible, and was not dealt with yet is reckoned with as
    /// far as it is little; tidying sees to the rest.
    pub fn counts(&self, tx: &dyn Transaction, now: Timestamp) -> Result<Counts, StoreError> {
        let Line { ready, delayed, inactive, .. } = &self.line;
        let active = ready.values().map(|lane| lane.count).sum();
        let mut counts = Counts { active, inactive: *inactive, delayed: *delayed };
        for state in self.due(tx, now, AT_ONCE)? {
            *counts.of(state.standing) = counts.of(state.standing).saturating_sub(1);
            counts.active += 1;
        }
        let oldest = self.oldest(tx, AT_ONCE)?.into_iter();
        for state in oldest.take_while(|state| state.expires_at(self.retention_s) <= now) {
            let standing = if state.visible_at <= now { Standing::Ready } else { state.standing };
            *counts.of(standing) = counts.of(standing).saturating_sub(1);
        }
        Ok(counts)
    }

    /// What could be received now, in order; a few more than `at_most` perhaps.
    fn visible(
        &self,
        tx: &dyn Transaction,
        now: Timestamp,
        at_most: usize,
    ) -> Result<Vec<MessageState>, StoreError> {
        let mut states = self.first_ready(tx, now, at_most)?;
        states.extend(self.due(tx, now, AT_ONCE)?);
        states.retain(|state| state.expires_at(self.retention_s) > now);
        states.sort_by_key(|state| (state.priority, state.number));
        Ok(states)
    }

    /// The first `at_most` of what is ready, and some of what comes then if there are expired ones among them.
    fn first_ready(
        &self,
        tx: &dyn Transaction,
        now: Timestamp,
        at_most: usize,
    ) -> Result<Vec<MessageState>, StoreError> {
        let states = self.ready(tx, at_most)?;
        let is_good = |state: &MessageState| state.expires_at(self.retention_s) > now;
        if states.iter().all(is_good) {
            return Ok(states);
        }
        self.ready(tx, at_most.saturating_add(AT_ONCE))
    }

    /// Makes ready what has become visible.
    fn bring_forward(&mut self, tx: &mut dyn Transaction, now: Timestamp) -> Result<(), StoreError> {
        let due = self.due(tx, now, AT_ONCE)?;
        let is_all = due.len() < AT_ONCE;
        for state in due {
            self.leave(tx, &state);
            self.enter(tx, &MessageState { standing: Standing::Ready, ..state });
        }
        if is_all {
            self.line.hidden_from = now;
        }
        Ok(())
    }

    fn message(&self, tx: &dyn Transaction, state: &MessageState) -> Result<Message, StoreError> {
        let found = Message::find(tx, (self.owner, self.queue), state.number)?;
        found.ok_or_else(|| damaged(format!("message {} of a queue says nothing", state.number)))
    }
}

impl Counts {
    fn of(&mut self, standing: Standing) -> &mut u64 {
        match standing {
            Standing::Ready => &mut self.active,
            Standing::Delayed => &mut self.delayed,
            Standing::Inactive => &mut self.inactive,
        }
    }
}

/// An instant as keys have it.
pub(super) fn millis(at: Timestamp) -> u64 {
    u64::try_from(at.as_millis()).unwrap_or_default()
}
