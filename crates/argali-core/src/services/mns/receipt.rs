//! What whoever received a message does with it by its receipt: deletes it, or lets it be visible sooner or later.

use super::error::{bad_receipt, no_such_message};
use super::scope::{FoundQueue, Site, on_messages};
use super::send::check_batch;
use super::value::OWN_VISIBILITY_TIMEOUT;
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::message_name::QueueName;
use crate::model::{Backlog, MessageState, Receipt};
use crate::operation::{Access, DataOperation};

/// The message that a receipt is good for.
fn held(cx: &DataContext<'_>, backlog: &Backlog, receipt: &str) -> Result<MessageState, ApiError> {
    let receipt = Receipt::from_wire(receipt).ok_or_else(bad_receipt)?;
    backlog.held(cx.tx(), cx.now(), receipt)?.ok_or_else(no_such_message)
}

/// Deletes a message.
#[derive(Clone, Debug)]
pub struct DeleteMessage {
    /// Where.
    pub site: Site,
    /// From which queue.
    pub queue: QueueName,
    /// Its receipt.
    pub receipt: String,
}

impl DataOperation for DeleteMessage {
    const NAME: &'static str = "DeleteMessage";
    const ACTION: &'static str = "mns:DeleteMessage";
    const ACCESS: Access = Access::Resource;
    type Subject = FoundQueue;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundQueue, ApiError> {
        on_messages(cx, (&self.site, &self.queue), Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundQueue) -> Result<(), ApiError> {
        let mut backlog = Backlog::of(cx.tx(), found.owner, &found.queue)?;
        let state = held(cx, &backlog, &self.receipt)?;
        backlog.delete(cx.tx_mut(), &state);
        Ok(())
    }
}

/// Deletes up to sixteen messages, each for itself.
#[derive(Clone, Debug)]
pub struct BatchDeleteMessage {
    /// Where.
    pub site: Site,
    /// From which queue.
    pub queue: QueueName,
    /// Their receipts.
    pub receipts: Vec<String>,
}

/// A message that could not be deleted with others.
#[derive(Debug)]
pub struct NotDeleted {
    /// Its receipt, as it was sent.
    pub receipt: String,
    /// Why.
    pub error: ApiError,
}

impl DataOperation for BatchDeleteMessage {
    const NAME: &'static str = "BatchDeleteMessage";
    // SPEC: service authorization, mns: batch forms use the same action.
    const ACTION: &'static str = DeleteMessage::ACTION;
    const ACCESS: Access = Access::Resource;
    type Subject = FoundQueue;
    type Answer = Vec<NotDeleted>;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundQueue, ApiError> {
        on_messages(cx, (&self.site, &self.queue), Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundQueue) -> Result<Vec<NotDeleted>, ApiError> {
        check_batch(self.receipts.len())?;
        let mut backlog = Backlog::of(cx.tx(), found.owner, &found.queue)?;
        let mut failed = Vec::new();
        for receipt in &self.receipts {
            match held(cx, &backlog, receipt) {
                Ok(state) => backlog.delete(cx.tx_mut(), &state),
                Err(error) if error.code().http_status() < 500 => {
                    failed.push(NotDeleted { receipt: receipt.clone(), error });
                }
                Err(error) => return Err(error),
            }
        }
        if !failed.is_empty() {
            cx.note("NotDeleted", format!("{} of {}", failed.len(), self.receipts.len()));
        }
        Ok(failed)
    }
}

/// Lets a message that was received be visible after another time, counted from now.
#[derive(Clone, Debug)]
pub struct ChangeMessageVisibility {
    /// Where.
    pub site: Site,
    /// In which queue.
    pub queue: QueueName,
    /// Its receipt.
    pub receipt: String,
    /// After how many seconds; at once if 0.
    pub visibility_timeout_s: i64,
}

impl DataOperation for ChangeMessageVisibility {
    const NAME: &'static str = "ChangeMessageVisibility";
    const ACTION: &'static str = "mns:ChangeMessageVisibility";
    const ACCESS: Access = Access::Resource;
    type Subject = FoundQueue;
    type Answer = MessageState;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundQueue, ApiError> {
        on_messages(cx, (&self.site, &self.queue), Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundQueue) -> Result<MessageState, ApiError> {
        let after_s = OWN_VISIBILITY_TIMEOUT.read(Some(self.visibility_timeout_s))?;
        let after_s = after_s.unwrap_or_default();
        let mut backlog = Backlog::of(cx.tx(), found.owner, &found.queue)?;
        let state = held(cx, &backlog, &self.receipt)?;
        let (now, receipt) = (cx.now(), u64::from_be_bytes(cx.env().random()));
        let changed = backlog.hide(cx.tx_mut(), &state, now.plus_seconds(after_s.into()), (now, receipt));
        if after_s == 0 {
            cx.message_arrives(found.queue.id);
        }
        Ok(changed)
    }
}
