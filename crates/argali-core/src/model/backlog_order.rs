//! The order of a queue's messages: two indices, and where each begins.

use std::collections::BTreeMap;

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::backlog::{Backlog, millis};
use super::key::{AccountTable, Key};
use super::message::{MessageState, Standing, place};
use super::record::{Record, damaged, from_bytes, read, write};
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// Where the messages of a queue begin, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct Line {
    /// The number of the next message that comes.
    #[n(0)]
    pub(super) next: u64,
    /// No message has a smaller number.
    #[n(1)]
    pub(super) oldest: u64,
    /// What can be received, by priority.
    #[n(2)]
    pub(super) ready: BTreeMap<u8, Lane>,
    /// How many are delayed.
    #[n(3)]
    pub(super) delayed: u64,
    /// How many have been received and not deleted.
    #[n(4)]
    pub(super) inactive: u64,
    /// No message becomes visible before this instant.
    #[n(5)]
    pub(super) hidden_from: Timestamp,
    /// When tidying looks at the queue.
    #[n(6)]
    pub(super) look_at: Option<Timestamp>,
}

/// The messages of one priority that can be received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct Lane {
    /// How many there are.
    #[n(0)]
    pub(super) count: u64,
    /// None has a smaller number.
    #[n(1)]
    pub(super) from: u64,
}

impl Record for Line {}

impl Line {
    fn hidden(&mut self, standing: Standing) -> &mut u64 {
        if standing == Standing::Delayed { &mut self.delayed } else { &mut self.inactive }
    }
}

impl Line {
    /// The line of a queue; a new one if nothing has come yet.
    pub(super) fn of(tx: &dyn Transaction, owner: AccountId, queue: u64) -> Result<Self, StoreError> {
        Ok(read(tx, &line_key(owner, queue))?.unwrap_or_default())
    }
}

impl Backlog {
    /// What can be received, the most urgent and then the oldest first, as far as it has been brought forward.
    pub(super) fn ready(
        &self,
        tx: &dyn Transaction,
        at_most: usize,
    ) -> Result<Vec<MessageState>, StoreError> {
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

    /// What was hidden and has become visible.
    pub(super) fn due(
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

    /// The oldest messages.
    pub(super) fn oldest(
        &self,
        tx: &dyn Transaction,
        at_most: usize,
    ) -> Result<Vec<MessageState>, StoreError> {
        let all = Key::account(self.owner, AccountTable::MessageState).number(self.queue);
        let from = all.clone().number(self.line.oldest);
        let rows = tx.scan(from.as_bytes(), all.end().as_bytes(), at_most)?;
        rows.iter().map(|(_, value)| from_bytes(value)).collect()
    }

    /// Removes all that there is of a message.
    pub(super) fn remove(&mut self, tx: &mut dyn Transaction, state: &MessageState) {
        self.leave(tx, state);
        for table in [AccountTable::Message, AccountTable::MessageState] {
            tx.delete(place(self.owner, table, self.queue, state.number).as_bytes());
        }
        if state.number == self.line.oldest {
            self.line.oldest = state.number.saturating_add(1);
        }
    }

    /// Writes down what a message is, and where in the order.
    pub(super) fn enter(&mut self, tx: &mut dyn Transaction, state: &MessageState) {
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
    pub(super) fn leave(&mut self, tx: &mut dyn Transaction, state: &MessageState) {
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

    pub(super) fn state(
        &self,
        tx: &dyn Transaction,
        number: u64,
    ) -> Result<Option<MessageState>, StoreError> {
        read(tx, &place(self.owner, AccountTable::MessageState, self.queue, number))
    }

    pub(super) fn save(&self, tx: &mut dyn Transaction) {
        write(tx, &line_key(self.owner, self.queue), &self.line);
    }
}

/// Where the line of a queue lies.
pub(super) fn line_key(owner: AccountId, queue: u64) -> Key {
    Key::account(owner, AccountTable::QueueLine).number(queue)
}
