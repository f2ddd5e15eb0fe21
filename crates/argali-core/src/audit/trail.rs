//! Where records go: one writer numbers, chains and appends them; another flushes what was appended.
//!
//! The record of a change is a row in the change's own transaction, the outbox, and is appended from there once
//! the change is durable. All others come straight. A request that must be on record waits for its line to be
//! written, which survives the end of the process; flushing to disk follows within a tenth of a second. Records
//! of reads are laid down where the writer collects them a few times a second, so that a read wakes nobody.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use argali_store::{Store, StoreError, Transaction};
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::draft::{Draft, Event};
use super::flood::Flood;
use super::segment::{Line, Segments};
use crate::model::{GlobalTable, Key};

/// How many records may wait to be written before calls are refused.
const MOST_WAITING: usize = 100_000;
/// How many records are appended with one write.
const MOST_AT_ONCE: usize = 1_024;
/// How long a written record may wait to be flushed.
const FLUSH_EVERY: Duration = Duration::from_millis(100);
/// How often records of reads are collected.
const COLLECT_EVERY: Duration = Duration::from_millis(50);
/// Records of reads are laid down in as many places, so that requests seldom wait for one another.
const PLACES: usize = 8;

/// The trail of calls of one node.
#[derive(Debug)]
pub struct Trail {
    to_writer: Option<Sender<Message>>,
    threads: Vec<JoinHandle<()>>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: AtomicUsize,
    failed: AtomicBool,
    /// Records of reads, to be collected.
    noted: [Mutex<Vec<Vec<u8>>>; PLACES],
    /// Whether the writer collects nothing until it is woken.
    asleep: AtomicBool,
    /// Whose outbox is emptied; known once core is open.
    store: OnceLock<Store>,
    segments: Mutex<Segments>,
}

enum Message {
    Record { text: Vec<u8>, from: Option<String>, ticket: Option<oneshot::Sender<()>> },
    Enlisted { key: Vec<u8>, text: Vec<u8> },
    Wake,
}

/// Why a trail cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("the audit trail in `{}` cannot be kept", folder.display())]
pub struct TrailError {
    folder: PathBuf,
    source: std::io::Error,
}

/// A record could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record was not written")]
pub struct NotWritten;

/// A record on its way: done when its line is written.
#[derive(Debug)]
#[must_use = "a call may be answered only when its record is written"]
pub struct Written(Option<oneshot::Receiver<()>>);

impl Future for Written {
    type Output = Result<(), NotWritten>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Some(receiver) => Pin::new(receiver).poll(cx).map_err(|_| NotWritten),
            None => Poll::Ready(Err(NotWritten)),
        }
    }
}

impl Trail {
    /// A trail that is kept in memory only, for as long as there is room.
    pub fn in_memory() -> Self {
        Self::start(Segments::default())
    }

    /// A trail in files of `folder`, which is made if it is not there. A torn last line is cut off.
    pub fn in_folder(folder: PathBuf) -> Result<Self, TrailError> {
        let segments = Segments::open(&folder).map_err(|source| TrailError { folder, source })?;
        Ok(Self::start(segments))
    }

    fn start(segments: Segments) -> Self {
        let shared = Arc::new(Shared { segments: Mutex::new(segments), ..Shared::default() });
        let (to_writer, from_callers) = mpsc::channel();
        let (to_flusher, from_writer) = mpsc::channel();
        let writer = Arc::clone(&shared);
        let flusher = Arc::clone(&shared);
        let threads = vec![
            std::thread::spawn(move || write_all(&writer, &from_callers, &to_flusher)),
            std::thread::spawn(move || flush_all(&flusher, &from_writer)),
        ];
        Self { to_writer: Some(to_writer), threads, shared }
    }

    /// Appends what changes left in the outbox of `store` before the process ended, and empties it from now on.
    pub(crate) fn recover(&self, store: &Store) -> Result<(), StoreError> {
        if self.shared.store.set(store.clone()).is_err() {
            return Ok(());
        }
        let outbox = Key::global(GlobalTable::AuditOutbox);
        let tx = store.read()?;
        let rows = tx.scan(outbox.as_bytes(), outbox.end().as_bytes(), usize::MAX - 1)?;
        drop(tx);
        if !rows.is_empty() {
            self.shared.segments.lock().remember_last_requests();
        }
        for (key, text) in rows {
            self.send(Message::Enlisted { key, text });
        }
        Ok(())
    }

    /// Puts the record of a change into the outbox, within the change's transaction.
    pub(crate) fn enlist(&self, tx: &mut dyn Transaction, draft: &mut Draft) {
        draft.enlist(tx);
    }

    /// Appends an enlisted record: its change is durable.
    pub(crate) fn enlisted(&self, draft: Draft) {
        if let Some((key, text)) = draft.into_enlisted() {
            self.send(Message::Enlisted { key, text });
        }
    }

    /// Appends a record soon.
    pub(crate) fn note(&self, draft: Draft) {
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        let id = draft.request_id();
        let [.., last] = id.as_bytes();
        let place = self.shared.noted.get(usize::from(*last) % PLACES);
        if let Some(place) = place {
            place.lock().push(draft.to_json());
        }
        // SeqCst, as where the writer goes to sleep: either it sees the record, or this sees that it sleeps.
        if self.shared.asleep.swap(false, Ordering::SeqCst) {
            self.send(Message::Wake);
        }
    }

    /// Appends a record; the returned future is done when it is written.
    pub(crate) fn write(&self, draft: Draft) -> Written {
        let (ticket, written) = oneshot::channel();
        let from = (!draft.is_authenticated()).then(|| draft.event().source_ip.clone());
        let sent = self.send(Message::Record { text: draft.to_json(), from, ticket: Some(ticket) });
        Written(sent.then_some(written))
    }

    /// Whether records can be written at present. If not, nothing may be changed.
    pub fn is_writable(&self) -> bool {
        !self.shared.failed.load(Ordering::Relaxed)
            && self.shared.waiting.load(Ordering::Relaxed) < MOST_WAITING
    }

    /// All records of this node that are written, oldest first.
    pub fn events(&self) -> std::io::Result<Vec<Event>> {
        self.shared.segments.lock().events()
    }

    fn send(&self, message: Message) -> bool {
        let counts = !matches!(message, Message::Wake);
        if counts && self.shared.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
            return false;
        }
        self.to_writer.as_ref().is_some_and(|writer| writer.send(message).is_ok())
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        // Without its sender the writer ends when it has written everything, and the flusher after it.
        self.to_writer = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the audit trail panicked");
            }
        }
    }
}

/// The writer: everything that waits, with one write.
fn write_all(shared: &Shared, from_callers: &Receiver<Message>, to_flusher: &Sender<Vec<Vec<u8>>>) {
    let mut flood = Flood::default();
    while let Some(messages) = next_messages(shared, from_callers) {
        let batch = Batch::of(shared, messages, &mut flood);
        if batch.lines.is_empty() && batch.tickets.is_empty() {
            continue;
        }
        let written = shared.segments.lock().append(batch.lines);
        shared.failed.store(written.is_err(), Ordering::Relaxed);
        if let Err(error) = written {
            // Dropping the tickets fails the calls; enlisted records stay in the outbox for the next start.
            tracing::error!(%error, "audit records cannot be written");
            continue;
        }
        for ticket in batch.tickets {
            if ticket.send(()).is_err() {
                tracing::debug!("whoever waited for a record has gone");
            }
        }
        if to_flusher.send(batch.keys).is_err() {
            return;
        }
    }
}

/// What came since the last time; waits for it. `None` when nothing can come any more.
fn next_messages(shared: &Shared, from_callers: &Receiver<Message>) -> Option<Vec<Message>> {
    let mut messages = Vec::new();
    match from_callers.recv_timeout(COLLECT_EVERY) {
        Ok(first) => messages.push(first),
        Err(RecvTimeoutError::Timeout) => {
            shared.asleep.store(true, Ordering::SeqCst);
            if shared.noted.iter().all(|place| place.lock().is_empty()) {
                messages.extend(from_callers.recv().ok());
            }
            shared.asleep.store(false, Ordering::SeqCst);
        }
        Err(RecvTimeoutError::Disconnected) => {
            let left = shared.noted.iter().any(|place| !place.lock().is_empty());
            return left.then_some(messages);
        }
    }
    messages.extend(from_callers.try_iter().take(MOST_AT_ONCE));
    Some(messages)
}

/// What is appended with one write, and who waits for it.
#[derive(Default)]
struct Batch {
    lines: Vec<Line>,
    tickets: Vec<oneshot::Sender<()>>,
    /// Rows of the outbox.
    keys: Vec<Vec<u8>>,
}

impl Batch {
    fn of(shared: &Shared, messages: Vec<Message>, flood: &mut Flood) -> Self {
        let mut batch = Self::default();
        let mut taken = 0;
        for place in &shared.noted {
            let noted = std::mem::take(&mut *place.lock());
            taken += noted.len();
            batch.lines.extend(noted.into_iter().map(Line::new));
        }
        for message in messages {
            taken += usize::from(!matches!(message, Message::Wake));
            match message {
                Message::Record { text, from, ticket } => {
                    if from.is_none_or(|address| flood.admits(&address, &text)) {
                        batch.lines.push(Line::new(text));
                    }
                    batch.tickets.extend(ticket);
                }
                Message::Enlisted { key, text } => {
                    batch.lines.push(Line::once(text));
                    batch.keys.push(key);
                }
                Message::Wake => {}
            }
        }
        shared.waiting.fetch_sub(taken, Ordering::Relaxed);
        batch
    }
}

/// The flusher: what was written in the last tenth of a second, with one flush.
fn flush_all(shared: &Shared, from_writer: &Receiver<Vec<Vec<u8>>>) {
    while let Ok(mut keys) = from_writer.recv() {
        let ended = loop {
            // Each wait ends early when more was written; a busy writer is flushed after a thousand rows.
            match from_writer.recv_timeout(FLUSH_EVERY) {
                Ok(more) => keys.extend(more),
                Err(RecvTimeoutError::Timeout) => break false,
                Err(RecvTimeoutError::Disconnected) => break true,
            }
            if keys.len() >= MOST_AT_ONCE {
                break false;
            }
        };
        let file = shared.segments.lock().file();
        match file.map_or(Ok(()), |file| file.sync_data()) {
            Ok(()) => forget(shared, &keys),
            Err(error) => {
                tracing::error!(%error, "audit records cannot be flushed");
                shared.failed.store(true, Ordering::Relaxed);
            }
        }
        if ended {
            return;
        }
    }
}

/// Empties the outbox of rows whose records are flushed.
fn forget(shared: &Shared, keys: &[Vec<u8>]) {
    let Some(store) = shared.store.get().filter(|_| !keys.is_empty()) else { return };
    let deleted = store.transact(|tx| {
        for key in keys {
            tx.delete(key);
        }
        Ok::<_, StoreError>(())
    });
    if let Err(error) = deleted {
        // They are found again at the next start, and not appended twice.
        tracing::warn!(%error, "the audit outbox cannot be emptied");
    }
}
