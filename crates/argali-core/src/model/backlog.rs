//! The messages of a queue, in the order in which they are received.
//!
//! What a message says lies under its number, and so does what has become of it. Beside that each has one row in an
//! index: what can be received lies by priority and number, what cannot yet by the instant at which it can. One row for
//! the queue, its [`Line`], says how many there are of each kind and where each begins, so that nothing that is gone is
//! looked at again: receiving costs the same whether the queue holds ten messages or a million.

use std::collections::BTreeMap;

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, GlobalTable, Key};
use super::message::{Message, MessageState, Receipt, Standing, place};
use super::queue::Queue;
use super::record::{Record, damaged, from_bytes, read, write};
use crate::identifier::AccountId;
use crate::message_name::{QueueName, Region};
use crate::time::Timestamp;

/// How many messages whose time has come, or is over, are dealt with in one go.
const AT_ONCE: usize = 256;

/// The messages of one queue.
#[derive(Debug)]
pub struct Backlog {
    owner: AccountId,
    queue: u64,
    region: Region,
    name: QueueName,
    retention_s: u32,
    line: Line,
}

/// Where the messages of a queue begin, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct Line {
    /// The number of the next message that comes.
    #[n(0)]
    next: u64,
    /// No message has a smaller number.
    #[n(1)]
    oldest: u64,
    /// What can be received, by priority.
    #[n(2)]
    ready: BTreeMap<u8, Lane>,
    /// How many are delayed.
    #[n(3)]
    delayed: u64,
    /// How many have been received and not deleted.
    #[n(4)]
    inactive: u64,
    /// No message becomes visible before this instant.
    #[n(5)]
    hidden_from: Timestamp,
    /// When tidying looks at the queue.
    #[n(6)]
    look_at: Option<Timestamp>,
}

/// The messages of one priority that can be received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct Lane {
    /// How many there are.
    #[n(0)]
    count: u64,
    /// None has a smaller number.
    #[n(1)]
    from: u64,
}

/// When tidying looks at a queue: its messages expire, or it is gone and they go with it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct QueueLook {
    /// Whose it is.
    #[n(0)]
    pub owner: AccountId,
    /// Its number.
    #[n(1)]
    pub queue: u64,
    /// Where it is, or was.
    #[n(2)]
    pub region: Region,
    /// What it is called, or was.
    #[n(3)]
    pub name: QueueName,
}

impl Record for Line {}
impl Record for QueueLook {}

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
            line: read(tx, &line_key(owner, queue.id))?.unwrap_or_default(),
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
        for state in self.ready(tx, at_most.saturating_add(AT_ONCE))? {
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

    /// Has tidying look at the queue at another time.
    pub fn look_at(&mut self, tx: &mut dyn Transaction, at: Timestamp) {
        if let Some(before) = self.line.look_at.replace(at) {
            tx.delete(look_key(before, self.queue).as_bytes());
        }
        let Self { owner, queue, region, name, .. } = self;
        let look = QueueLook { owner: *owner, queue: *queue, region: region.clone(), name: name.clone() };
        write(tx, &look_key(at, self.queue), &look);
        self.save(tx);
    }

    /// What can be received, the most urgent and then the oldest first, as far as it has been brought forward.
    fn ready(&self, tx: &dyn Transaction, at_most: usize) -> Result<Vec<MessageState>, StoreError> {
        let mut states = Vec::new();
        for (priority, lane) in &self.line.ready {
            let all =
                Key::account(self.owner, AccountTable::ReadyMessage).number(self.queue).bytes(&[*priority]);
            let from = all.clone().number(lane.from);
            let room = at_most - states.len();
            for (key, _) in tx.scan(from.as_bytes(), all.end().as_bytes(), room)? {
                states.push(self.indexed(tx, &key)?);
            }
            if states.len() >= at_most {
                break;
            }
        }
        Ok(states)
    }

    /// What could be received now, in order; a few more than `at_most` perhaps.
    fn visible(
        &self,
        tx: &dyn Transaction,
        now: Timestamp,
        at_most: usize,
    ) -> Result<Vec<MessageState>, StoreError> {
        let mut states = self.ready(tx, at_most.saturating_add(AT_ONCE))?;
        states.extend(self.due(tx, now, AT_ONCE)?);
        states.retain(|state| state.expires_at(self.retention_s) > now);
        states.sort_by_key(|state| (state.priority, state.number));
        Ok(states)
    }

    /// What was hidden and has become visible.
    fn due(
        &self,
        tx: &dyn Transaction,
        now: Timestamp,
        at_most: usize,
    ) -> Result<Vec<MessageState>, StoreError> {
        let all = Key::account(self.owner, AccountTable::HiddenMessage).number(self.queue);
        let (from, to) = (millis(self.line.hidden_from), millis(now).saturating_add(1));
        let rows = tx.scan(all.clone().number(from).as_bytes(), all.number(to).as_bytes(), at_most)?;
        rows.iter().map(|(key, _)| self.indexed(tx, key)).collect()
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

    /// The oldest messages.
    fn oldest(&self, tx: &dyn Transaction, at_most: usize) -> Result<Vec<MessageState>, StoreError> {
        let all = Key::account(self.owner, AccountTable::MessageState).number(self.queue);
        let from = all.clone().number(self.line.oldest);
        let rows = tx.scan(from.as_bytes(), all.end().as_bytes(), at_most)?;
        rows.iter().map(|(_, value)| from_bytes(value)).collect()
    }

    /// Removes what has expired, and says whether that was all.
    fn expire(&mut self, tx: &mut dyn Transaction, now: Timestamp) -> Result<bool, StoreError> {
        let oldest = self.oldest(tx, AT_ONCE)?;
        let is_over = |state: &&MessageState| state.expires_at(self.retention_s) <= now;
        let removed = oldest.iter().take_while(is_over).count();
        oldest.iter().take(removed).for_each(|state| self.remove(tx, state));
        if let Some(first) = oldest.get(removed) {
            self.line.oldest = first.number;
        }
        self.save(tx);
        Ok(removed < AT_ONCE)
    }

    fn remove(&mut self, tx: &mut dyn Transaction, state: &MessageState) {
        self.leave(tx, state);
        for table in [AccountTable::Message, AccountTable::MessageState] {
            tx.delete(place(self.owner, table, self.queue, state.number).as_bytes());
        }
        if state.number == self.line.oldest {
            self.line.oldest = state.number.saturating_add(1);
        }
    }

    /// Writes down what a message is, and where in the order.
    fn enter(&mut self, tx: &mut dyn Transaction, state: &MessageState) {
        write(tx, &place(self.owner, AccountTable::MessageState, self.queue, state.number), state);
        tx.put(self.index_key(state).as_bytes(), &[]);
        match state.standing {
            Standing::Ready => {
                let empty = Lane { count: 0, from: state.number };
                let lane = self.line.ready.entry(state.priority).or_insert(empty);
                lane.count = lane.count.saturating_add(1);
                lane.from = lane.from.min(state.number);
            }
            hidden => {
                let count = self.line.hidden(hidden);
                *count = count.saturating_add(1);
                self.line.hidden_from = self.line.hidden_from.min(state.visible_at);
            }
        }
    }

    /// Takes a message out of the order.
    fn leave(&mut self, tx: &mut dyn Transaction, state: &MessageState) {
        tx.delete(self.index_key(state).as_bytes());
        match state.standing {
            Standing::Ready => {
                let Some(lane) = self.line.ready.get_mut(&state.priority) else { return };
                lane.count = lane.count.saturating_sub(1);
                if lane.from == state.number {
                    lane.from = state.number.saturating_add(1);
                }
                if lane.count == 0 {
                    self.line.ready.remove(&state.priority);
                }
            }
            hidden => {
                let count = self.line.hidden(hidden);
                *count = count.saturating_sub(1);
            }
        }
    }

    fn index_key(&self, state: &MessageState) -> Key {
        match state.standing {
            Standing::Ready => Key::account(self.owner, AccountTable::ReadyMessage)
                .number(self.queue)
                .bytes(&[state.priority])
                .number(state.number),
            Standing::Delayed | Standing::Inactive => Key::account(self.owner, AccountTable::HiddenMessage)
                .number(self.queue)
                .number(millis(state.visible_at))
                .number(state.number),
        }
    }

    /// The message of a row in an index.
    fn indexed(&self, tx: &dyn Transaction, key: &[u8]) -> Result<MessageState, StoreError> {
        let number = key.last_chunk::<8>().copied().map(u64::from_be_bytes).unwrap_or_default();
        let state = self.state(tx, number)?;
        state.ok_or_else(|| damaged(format!("message {number} of a queue is in its order and not there")))
    }

    fn state(&self, tx: &dyn Transaction, number: u64) -> Result<Option<MessageState>, StoreError> {
        read(tx, &place(self.owner, AccountTable::MessageState, self.queue, number))
    }

    fn message(&self, tx: &dyn Transaction, state: &MessageState) -> Result<Message, StoreError> {
        let found = Message::find(tx, (self.owner, self.queue), state.number)?;
        found.ok_or_else(|| damaged(format!("message {} of a queue says nothing", state.number)))
    }

    fn save(&self, tx: &mut dyn Transaction) {
        write(tx, &line_key(self.owner, self.queue), &self.line);
    }
}

impl Line {
    fn hidden(&mut self, standing: Standing) -> &mut u64 {
        if standing == Standing::Delayed { &mut self.delayed } else { &mut self.inactive }
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

/// Removes messages that have expired or whose queue is gone, of at most `at_most` queues whose time it is, and says how
/// many of these there were.
pub fn tidy_queues(tx: &mut dyn Transaction, now: Timestamp, at_most: usize) -> Result<usize, StoreError> {
    let table = Key::global(GlobalTable::QueueLook);
    let to = table.clone().number(millis(now).saturating_add(1));
    let rows = tx.scan(table.as_bytes(), to.as_bytes(), at_most)?;
    for (row, value) in &rows {
        let look: QueueLook = from_bytes(value)?;
        let queue = Queue::find(tx, look.owner, &look.region, &look.name)?;
        match queue.filter(|queue| queue.id == look.queue) {
            None if wipe(tx, &look)? => tx.delete(row),
            None => {}
            Some(queue) => {
                let mut backlog = Backlog::of(tx, look.owner, &queue)?;
                if backlog.expire(tx, now)? {
                    tx.delete(row);
                    backlog.line.look_at = None;
                    match backlog.oldest(tx, 1)?.first() {
                        Some(oldest) => backlog.look_at(tx, oldest.expires_at(backlog.retention_s)),
                        None => backlog.save(tx),
                    }
                }
            }
        }
    }
    Ok(rows.len())
}

/// Removes some of what is left of a queue that is gone, and says whether that was all.
fn wipe(tx: &mut dyn Transaction, look: &QueueLook) -> Result<bool, StoreError> {
    let tables = [
        AccountTable::Message,
        AccountTable::MessageState,
        AccountTable::ReadyMessage,
        AccountTable::HiddenMessage,
    ];
    let mut is_all = true;
    for table in tables {
        let all = Key::account(look.owner, table).number(look.queue);
        let rows = tx.scan(all.as_bytes(), all.end().as_bytes(), AT_ONCE)?;
        is_all &= rows.len() < AT_ONCE;
        rows.iter().for_each(|(key, _)| tx.delete(key));
    }
    if is_all {
        tx.delete(line_key(look.owner, look.queue).as_bytes());
    }
    Ok(is_all)
}

fn line_key(owner: AccountId, queue: u64) -> Key {
    Key::account(owner, AccountTable::QueueLine).number(queue)
}

fn look_key(at: Timestamp, queue: u64) -> Key {
    Key::global(GlobalTable::QueueLook).number(millis(at)).number(queue)
}

fn millis(at: Timestamp) -> u64 {
    u64::try_from(at.as_millis()).unwrap_or_default()
}
