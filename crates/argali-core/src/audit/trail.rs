//! Where records go: numbered, chained, appended and flushed.
//!
//! The record of a change is a row in the change's own transaction, the outbox, and is appended from there once
//! the change is durable. A request that must be on record before its answer appends its line itself, together
//! with those of all who came meanwhile; a written line survives the end of the process. Everything else is laid
//! down for the keeper, a thread that collects it a hundred times a second and flushes what was written, so that a
//! read wakes nobody.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::thread::JoinHandle;

use argali_store::{Store, StoreError, Transaction};
use tokio::sync::oneshot;

use super::draft::Draft;
use super::event::Event;
use super::head::HeadFile;
use super::index::{Marks, Wanted};
use super::keeper::{MOST_WAITING, Shared, Urgent};
use super::look_up::{Found, Position, Query};
use super::segments::{Record, Segments};
use crate::model::{GlobalTable, Key};
use crate::time::Timestamp;
use crate::vault::SecretKey;

/// The trail of calls of one node.
#[derive(Debug)]
pub struct Trail {
    shared: Arc<Shared>,
    keeper: Option<JoinHandle<()>>,
    /// For how long records are kept, in seconds; for good if nothing is said.
    kept_s: Option<i64>,
}

/// How a trail in a folder is kept.
#[derive(Clone, Debug)]
pub struct TrailOptions {
    /// A file is left for the next one when it has this many bytes, at most 1 GiB.
    pub segment_bytes: u64,
    /// For how long records are kept, in seconds; for good if nothing is said.
    pub kept_s: Option<i64>,
    /// What is waited for before a session, a logon or a refusal is answered.
    pub flush: Flush,
    /// The key that signs how far the trail reaches, as [`head_key`](super::head_key) derives it.
    pub head_key: SecretKey,
}

/// What is waited for before a session, a logon or a refusal is answered. Changes are always flushed first.
// SPEC: security, audit, A2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flush {
    /// Its record is written, which survives the end of the process, and flushed within 100 ms.
    #[default]
    Soon,
    /// Its record is flushed, together with those of all who came meanwhile.
    Each,
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

/// A record on its way: done when its line is written, or flushed if that is to be waited for.
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
        Self::start(Shared::default(), None)
    }

    /// A trail in files of `folder`, which is made if it is not there. A torn last line is cut off.
    pub fn in_folder(folder: PathBuf, options: TrailOptions) -> Result<Self, TrailError> {
        let open = || {
            let head = super::head::read(&folder, &options.head_key)?;
            let segments = Segments::open(&folder, options.segment_bytes, head)?;
            let mut file = HeadFile::open(&folder, options.head_key.clone())?;
            // From the first record on there is a head that speaks of it.
            file.write(segments.head())?;
            file.sync()?;
            Ok(Shared::new(segments, file, options.flush))
        };
        let shared = open().map_err(|source| TrailError { folder: folder.clone(), source })?;
        Ok(Self::start(shared, options.kept_s))
    }

    fn start(shared: Shared, kept_s: Option<i64>) -> Self {
        let shared = Arc::new(shared);
        let kept = Arc::clone(&shared);
        Self { shared, keeper: Some(std::thread::spawn(move || kept.keep())), kept_s }
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
        for (key, text) in rows {
            let event = Event::from_json(&text).unwrap_or_default();
            let marks = Marks::of(&event);
            self.shared.lay_down(Record { text, marks, again: Some(event.request_id) }, Some(key));
        }
        Ok(())
    }

    /// Puts the record of a change into the outbox, within the change's transaction.
    pub(crate) fn enlist(&self, tx: &mut dyn Transaction, draft: &mut Draft) {
        draft.enlist(tx);
    }

    /// Appends an enlisted record soon: its change is durable.
    pub(crate) fn enlisted(&self, draft: Draft) {
        if let Some((key, record)) = draft.into_enlisted() {
            self.shared.lay_down(record, Some(key));
        }
    }

    /// Appends a record soon.
    pub(crate) fn note(&self, draft: Draft) {
        self.shared.lay_down(draft.to_record(), None);
    }

    /// Appends a record; the returned future is done when it is written.
    pub(crate) fn write(&self, draft: Draft) -> Written {
        if self.shared.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
            return Written(None);
        }
        let (ticket, written) = oneshot::channel();
        let counts_for = draft.counts_for();
        self.shared.append_soon(Urgent { record: draft.to_record(), counts_for, ticket });
        Written(Some(written))
    }

    /// Whether records can be written at present. If not, nothing may be changed.
    pub fn is_writable(&self) -> bool {
        self.shared.is_writable()
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

    /// The number that the next record is given. What is laid down is appended first.
    pub(crate) fn next_number(&self) -> u64 {
        self.shared.append_laid_down();
        self.progress().0
    }

    /// The number that the next record is given, and how many wait to be written.
    pub(crate) fn progress(&self) -> (u64, usize) {
        let next = self.shared.appender.lock().segments.head().next.number;
        (next, self.shared.waiting.load(Ordering::Relaxed))
    }

    /// Removes segments whose newest record is older at `now` than records are kept.
    pub(crate) fn remove_old(&self, now: Timestamp) -> std::io::Result<()> {
        match self.kept_s {
            Some(kept_s) => self.shared.remove_before(now.plus_seconds(-kept_s)),
            None => Ok(()),
        }
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
        let (closed, open) = self.shared.appender.lock().segments.parts(&Wanted::of(query));
        query.run(&closed, open)
    }

    /// A place behind every record so far, what was laid down before included; nothing if there is none.
    pub fn end(&self) -> Option<Position> {
        self.shared.append_laid_down();
        self.shared.appender.lock().segments.end()
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        self.shared.end();
        if self.keeper.take().is_some_and(|keeper| keeper.join().is_err()) {
            tracing::error!("the keeper of the audit trail panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(request_id: &str) -> Record {
        let event = Event { request_id: request_id.to_owned(), ..Event::default() };
        Record { text: serde_json::to_vec(&event).unwrap(), marks: Marks::of(&event), again: None }
    }

    fn open(folder: &std::path::Path, flush: Flush) -> Trail {
        let head_key = SecretKey::new([7; 32]);
        let options = TrailOptions { segment_bytes: 1 << 20, kept_s: None, flush, head_key };
        Trail::in_folder(folder.to_owned(), options).unwrap()
    }

    fn requests(folder: &std::path::Path) -> Vec<String> {
        let trail = open(folder, Flush::Soon);
        trail.events().unwrap().into_iter().map(|event| event.request_id).collect()
    }

    #[test]
    fn everything_that_was_laid_down_is_appended_before_the_trail_ends() {
        let folder = tempfile::tempdir().unwrap();
        let trail = open(folder.path(), Flush::Soon);
        for n in 0..100 {
            trail.shared.lay_down(record(&n.to_string()), None);
        }
        drop(trail);
        let in_order: Vec<_> = (0..100).map(|n| n.to_string()).collect();
        assert_eq!(requests(folder.path()), in_order);
    }

    #[test]
    fn many_who_wait_are_all_served_and_none_twice() {
        for flush in [Flush::Soon, Flush::Each] {
            let folder = tempfile::tempdir().unwrap();
            let trail = open(folder.path(), flush);
            std::thread::scope(|scope| {
                for thread in 0..8 {
                    let shared = &trail.shared;
                    scope.spawn(move || {
                        for n in 0..100 {
                            let (ticket, written) = oneshot::channel();
                            let record = record(&format!("{thread}-{n}"));
                            shared.waiting.fetch_add(1, Ordering::Relaxed);
                            shared.append_soon(Urgent { record, counts_for: Vec::new(), ticket });
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
            assert_eq!(written.len(), 800);
        }
    }

    #[test]
    fn a_record_leaves_the_outbox_when_it_is_flushed() {
        let store = Store::memory();
        let key = Key::global(GlobalTable::AuditOutbox).number(7);
        let (_, durable) = store
            .transact(|tx| {
                tx.put(key.as_bytes(), &record("left behind").text);
                Ok::<_, StoreError>(())
            })
            .unwrap();
        durable.wait().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let trail = open(folder.path(), Flush::Soon);
        trail.recover(&store).unwrap();
        drop(trail);
        assert_eq!(requests(folder.path()), ["left behind"]);
        assert!(store.read().unwrap().get(key.as_bytes()).unwrap().is_none());
    }
}
