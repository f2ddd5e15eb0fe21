//! Where records go: numbered, chained, appended and flushed.
//!
//! The record of a change is a row in the change's own transaction, the outbox, and is appended from there once
//! the change is durable. A request that must be on record before its answer appends its line itself, together
//! with those of all who came meanwhile; a written line survives the end of the process. Everything else is laid
//! down for the keeper, a thread that collects it a hundred times a second and flushes what was written, so that a
//! read wakes nobody.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use argali_store::{Store, StoreError, Transaction};
use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use super::draft::Draft;
use super::event::Event;
use super::flood::Flood;
use super::look_up::{Found, Query};
use super::segment::{Line, Segments};
use crate::model::{GlobalTable, Key};

/// How many records may wait to be written before calls are refused.
const MOST_WAITING: usize = 100_000;
/// How often the keeper collects: often, so that it never has so much to append that requests feel it.
const COLLECT_EVERY: Duration = Duration::from_millis(10);
/// After how many collections it flushes.
// SPEC: security, audit, A2: flushed within 100 ms; reads are recorded within 1 s.
const COLLECTIONS_A_FLUSH: u32 = 5;
/// Records are laid down in as many places, so that requests seldom wait for one another.
const PLACES: usize = 8;

/// The trail of calls of one node.
#[derive(Debug)]
pub struct Trail {
    shared: Arc<Shared>,
    keeper: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: AtomicUsize,
    /// How many were laid down so far.
    laid_down_so_far: AtomicU64,
    failed: AtomicBool,
    /// Records that somebody waits for.
    urgent: Mutex<Vec<Urgent>>,
    /// Whether somebody is appending them, and will look again before ceasing to.
    appending: AtomicBool,
    /// Records that the keeper collects.
    laid_down: [Mutex<Vec<LaidDown>>; PLACES],
    appender: Mutex<Appender>,
    keeper: Mutex<Keeper>,
    wake_keeper: Condvar,
    /// Whether the keeper waits to be woken: it found nothing to do.
    asleep: AtomicBool,
    /// Whose outbox is emptied; known once core is open.
    store: OnceLock<Store>,
}

/// Only one at a time appends.
#[derive(Debug, Default)]
struct Appender {
    segments: Segments,
    flood: Flood,
    /// Whether something was written that is not flushed.
    dirty: bool,
}

#[derive(Debug, Default)]
struct Keeper {
    woken: bool,
    ending: bool,
}

#[derive(Debug)]
struct Urgent {
    text: Vec<u8>,
    /// The address of somebody who was not authenticated.
    from: Option<String>,
    ticket: oneshot::Sender<()>,
}

#[derive(Debug)]
struct LaidDown {
    /// Its place in the order in which they were laid down.
    number: u64,
    text: Vec<u8>,
    /// The row of the outbox that it comes from.
    outbox_key: Option<Vec<u8>>,
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
        let appender = Mutex::new(Appender { segments, ..Appender::default() });
        let shared = Arc::new(Shared { appender, ..Shared::default() });
        let kept = Arc::clone(&shared);
        Self { shared, keeper: Some(std::thread::spawn(move || kept.keep())) }
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
            self.shared.appender.lock().segments.remember_last_requests();
        }
        for (key, text) in rows {
            self.shared.lay_down(text, Some(key));
        }
        Ok(())
    }

    /// Puts the record of a change into the outbox, within the change's transaction.
    pub(crate) fn enlist(&self, tx: &mut dyn Transaction, draft: &mut Draft) {
        draft.enlist(tx);
    }

    /// Appends an enlisted record soon: its change is durable.
    pub(crate) fn enlisted(&self, draft: Draft) {
        if let Some((key, text)) = draft.into_enlisted() {
            self.shared.lay_down(text, Some(key));
        }
    }

    /// Appends a record soon.
    pub(crate) fn note(&self, draft: Draft) {
        self.shared.lay_down(draft.to_json(), None);
    }

    /// Appends a record; the returned future is done when it is written.
    pub(crate) fn write(&self, draft: Draft) -> Written {
        if self.shared.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
            return Written(None);
        }
        let (ticket, written) = oneshot::channel();
        let from = (!draft.is_authenticated()).then(|| draft.event().source_ip.clone());
        self.shared.urgent.lock().push(Urgent { text: draft.to_json(), from, ticket });
        self.shared.append_urgent();
        Written(Some(written))
    }

    /// Whether records can be written at present. If not, nothing may be changed.
    pub fn is_writable(&self) -> bool {
        !self.shared.failed.load(Ordering::Relaxed)
            && self.shared.waiting.load(Ordering::Relaxed) < MOST_WAITING
    }

    /// Who looks into the trail, on whatever thread.
    pub fn reader(&self) -> Reader {
        Reader { shared: Arc::clone(&self.shared) }
    }

    /// All records of this node, oldest first. What is laid down is appended first.
    pub fn events(&self) -> std::io::Result<Vec<Event>> {
        self.shared.append_laid_down();
        self.shared.appender.lock().segments.events()
    }
}

/// Looks into a trail. It blocks while files are read.
#[derive(Clone, Debug)]
pub struct Reader {
    shared: Arc<Shared>,
}

impl Reader {
    /// Finds records. What was laid down before is among them.
    pub fn look_up(&self, query: &Query) -> std::io::Result<Found> {
        self.shared.append_laid_down();
        Ok(query.select(self.shared.appender.lock().segments.events()?))
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        self.shared.wake_keeper(|keeper| keeper.ending = true);
        if self.keeper.take().is_some_and(|keeper| keeper.join().is_err()) {
            tracing::error!("the keeper of the audit trail panicked");
        }
    }
}

impl Shared {
    fn lay_down(&self, text: Vec<u8>, outbox_key: Option<Vec<u8>>) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let number = self.laid_down_so_far.fetch_add(1, Ordering::Relaxed);
        let place = usize::try_from(number).unwrap_or_default() % PLACES;
        if let Some(place) = self.laid_down.get(place) {
            place.lock().push(LaidDown { number, text, outbox_key });
        }
        // SeqCst, as where the keeper falls asleep: either it sees the record, or this sees that it sleeps.
        self.rouse();
    }

    /// Appends what somebody waits for, unless somebody else is appending, who then does.
    fn append_urgent(&self) {
        // Looked at again after each round: whoever came meanwhile has left it to this one.
        while !self.urgent.lock().is_empty() {
            if self.appending.swap(true, Ordering::SeqCst) {
                return;
            }
            let mut appender = self.appender.lock();
            let urgent = std::mem::take(&mut *self.urgent.lock());
            self.waiting.fetch_sub(urgent.len(), Ordering::Relaxed);
            let mut lines = Vec::with_capacity(urgent.len());
            let mut tickets = Vec::with_capacity(urgent.len());
            for Urgent { text, from, ticket } in urgent {
                if from.is_none_or(|address| appender.flood.admits(&address, &text)) {
                    lines.push(Line::new(text));
                }
                tickets.push(ticket);
            }
            if self.append(&mut appender, lines) {
                // Whoever waited may have gone.
                tickets.into_iter().filter_map(|ticket| ticket.send(()).err()).for_each(drop);
            }
            drop(appender);
            self.appending.store(false, Ordering::SeqCst);
            self.rouse();
        }
    }

    /// Appends what was laid down; returns the rows of the outbox that it came from.
    fn append_laid_down(&self) -> Vec<Vec<u8>> {
        let mut appender = self.appender.lock();
        let mut collected = Vec::new();
        for place in &self.laid_down {
            collected.append(&mut place.lock());
        }
        collected.sort_unstable_by_key(|record| record.number);
        let mut lines = Vec::with_capacity(collected.len());
        let mut keys = Vec::new();
        for LaidDown { text, outbox_key, .. } in collected {
            lines.push(if outbox_key.is_some() { Line::once(text) } else { Line::new(text) });
            keys.extend(outbox_key);
        }
        self.waiting.fetch_sub(lines.len(), Ordering::Relaxed);
        // Rows whose records cannot be written stay in the outbox for the next start.
        if self.append(&mut appender, lines) { keys } else { Vec::new() }
    }

    /// Appends `lines` with one write; whether that went well decides whether calls are taken.
    fn append(&self, appender: &mut Appender, lines: Vec<Line>) -> bool {
        if lines.is_empty() {
            return true;
        }
        let written = appender.segments.append(lines);
        self.failed.store(written.is_err(), Ordering::Relaxed);
        appender.dirty = true;
        match written {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "audit records cannot be written");
                false
            }
        }
    }

    /// The keeper: appends what was laid down, flushes, and empties the outbox of what is flushed.
    fn keep(&self) {
        let mut unflushed = Vec::new();
        let mut collections = 0;
        loop {
            let ending = self.wait();
            unflushed.extend(self.append_laid_down());
            collections += 1;
            if collections < COLLECTIONS_A_FLUSH && !ending {
                continue;
            }
            collections = 0;
            let dirty = std::mem::take(&mut self.appender.lock().dirty);
            if dirty {
                self.flush(&std::mem::take(&mut unflushed));
            }
            if ending {
                return;
            }
            if !dirty {
                self.asleep.store(true, Ordering::SeqCst);
            }
        }
    }

    /// Waits for the next turn, or for whatever comes if there was nothing to do; says whether it is the last.
    fn wait(&self) -> bool {
        let mut keeper = self.keeper.lock();
        let idle =
            || self.laid_down.iter().all(|place| place.lock().is_empty()) && !self.appender.lock().dirty;
        if !keeper.ending && !keeper.woken && self.asleep.load(Ordering::SeqCst) && idle() {
            self.wake_keeper.wait(&mut keeper);
        } else if !keeper.ending {
            self.wake_keeper.wait_for(&mut keeper, COLLECT_EVERY);
        }
        self.asleep.store(false, Ordering::SeqCst);
        keeper.woken = false;
        keeper.ending
    }

    /// Wakes the keeper if it sleeps: something was laid down, or written and not flushed.
    fn rouse(&self) {
        if self.asleep.swap(false, Ordering::SeqCst) {
            self.wake_keeper(|keeper| keeper.woken = true);
        }
    }

    fn wake_keeper(&self, why: impl FnOnce(&mut Keeper)) {
        why(&mut self.keeper.lock());
        self.wake_keeper.notify_one();
    }

    fn flush(&self, keys: &[Vec<u8>]) {
        let file = self.appender.lock().segments.file();
        match file.map_or(Ok(()), |file| file.sync_data()) {
            Ok(()) => self.empty_outbox(keys),
            Err(error) => {
                tracing::error!(%error, "audit records cannot be flushed");
                self.failed.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Removes rows of the outbox whose records are flushed.
    fn empty_outbox(&self, keys: &[Vec<u8>]) {
        let Some(store) = self.store.get().filter(|_| !keys.is_empty()) else { return };
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(request_id: &str) -> Vec<u8> {
        let event = Event { request_id: request_id.to_owned(), ..Event::default() };
        serde_json::to_vec(&event).unwrap()
    }

    fn requests(folder: &std::path::Path) -> Vec<String> {
        let trail = Trail::in_folder(folder.to_owned()).unwrap();
        trail.events().unwrap().into_iter().map(|event| event.request_id).collect()
    }

    #[test]
    fn everything_that_was_laid_down_is_appended_before_the_trail_ends() {
        let folder = tempfile::tempdir().unwrap();
        let trail = Trail::in_folder(folder.path().to_owned()).unwrap();
        for n in 0..100 {
            trail.shared.lay_down(record(&n.to_string()), None);
        }
        drop(trail);
        let in_order: Vec<_> = (0..100).map(|n| n.to_string()).collect();
        assert_eq!(requests(folder.path()), in_order);
    }

    #[test]
    fn many_who_wait_are_all_served_and_none_twice() {
        let folder = tempfile::tempdir().unwrap();
        let trail = Trail::in_folder(folder.path().to_owned()).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let shared = &trail.shared;
                scope.spawn(move || {
                    for n in 0..200 {
                        let (ticket, written) = oneshot::channel();
                        let text = record(&format!("{thread}-{n}"));
                        shared.waiting.fetch_add(1, Ordering::Relaxed);
                        shared.urgent.lock().push(Urgent { text, from: None, ticket });
                        shared.append_urgent();
                        written.blocking_recv().unwrap();
                    }
                });
            }
        });
        assert_eq!(trail.shared.waiting.load(Ordering::Relaxed), 0);
        drop(trail);
        let mut written = requests(folder.path());
        written.sort();
        written.dedup();
        assert_eq!(written.len(), 1_600);
    }

    #[test]
    fn a_record_leaves_the_outbox_when_it_is_flushed() {
        let store = Store::memory();
        let key = Key::global(GlobalTable::AuditOutbox).number(7);
        let (_, durable) = store
            .transact(|tx| {
                tx.put(key.as_bytes(), &record("left behind"));
                Ok::<_, StoreError>(())
            })
            .unwrap();
        durable.wait().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let trail = Trail::in_folder(folder.path().to_owned()).unwrap();
        trail.recover(&store).unwrap();
        drop(trail);
        assert_eq!(requests(folder.path()), ["left behind"]);
        assert!(store.read().unwrap().get(key.as_bytes()).unwrap().is_none());
    }
}
