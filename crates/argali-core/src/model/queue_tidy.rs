//! What tidying does to queues: messages expire, and those of a queue that is gone go with it.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::backlog::{AT_ONCE, Backlog, millis};
use super::backlog_order::line_key;
use super::key::{AccountTable, GlobalTable, Key};
use super::message::MessageState;
use super::queue::Queue;
use super::record::{Record, from_bytes, write};
use crate::identifier::AccountId;
use crate::message_name::{QueueName, Region};
use crate::time::Timestamp;

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

impl Record for QueueLook {}

impl Backlog {
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

fn look_key(at: Timestamp, queue: u64) -> Key {
    Key::global(GlobalTable::QueueLook).number(millis(at)).number(queue)
}
