//! What all who append share, and the thread that collects, flushes and signs.

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use argali_store::{Store, StoreError};
use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use super::flood::Flood;
use super::head::{Head, HeadFile};
use super::segments::{Record, Segments};
use super::trail::Flush;
use crate::time::Timestamp;

/// How many records may wait to be written before calls are refused.
pub(super) const MOST_WAITING: usize = 100_000;
/// How often the keeper collects: often, so that it never has so much to append that requests feel it.
const COLLECT_EVERY: Duration = Duration::from_millis(10);
/// After how many collections it flushes.
// SPEC: security, audit, A2: flushed within 100 ms; reads are recorded within 1 s.
const COLLECTIONS_A_FLUSH: u32 = 5;
/// Records are laid down in as many places, so that requests seldom wait for one another.
const PLACES: usize = 8;

/// What all who append share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) waiting: AtomicUsize,
    /// How many were laid down so far.
    laid_down_so_far: AtomicU64,
    /// Whether the last records could not be written.
    failed: AtomicBool,
    /// Whether records could not be flushed once: what is on disk is then unknown for good.
    // SPEC: security, storage, S1.
    broken: AtomicBool,
    flush: Flush,
    /// Records that somebody waits for.
    urgent: Mutex<Vec<Urgent>>,
    /// Whether somebody is appending them, and will look again before ceasing to.
    appending: AtomicBool,
    /// Records that the keeper collects.
    laid_down: [Mutex<Vec<LaidDown>>; PLACES],
    pub(super) appender: Mutex<Appender>,
    /// Nothing in memory. It is never taken while the appender is.
    head: Mutex<Option<HeadFile>>,
    keeper: Mutex<Keeper>,
    wake_keeper: Condvar,
    /// Whether the keeper waits to be woken: it found nothing to do.
    asleep: AtomicBool,
    /// Whose outbox is emptied; known once core is open.
    pub(super) store: OnceLock<Store>,
}

/// Only one at a time appends.
#[derive(Debug, Default)]
pub(super) struct Appender {
    pub(super) segments: Segments,
    flood: Flood,
    unflushed: Unflushed,
}

/// What waits for the next flush.
#[derive(Debug, Default)]
struct Unflushed {
    /// Whether something was written.
    dirty: bool,
    /// Rows of the outbox whose records were appended.
    outbox_keys: Vec<Vec<u8>>,
    /// Who must not be answered before.
    tickets: Vec<oneshot::Sender<()>>,
}

#[derive(Debug, Default)]
struct Keeper {
    woken: bool,
    ending: bool,
}

/// A record that somebody waits for.
#[derive(Debug)]
pub(super) struct Urgent {
    pub(super) record: Record,
    /// As whose failures it counts; nobody's if its caller was authenticated.
    pub(super) counts_for: Vec<String>,
    pub(super) ticket: oneshot::Sender<()>,
}

#[derive(Debug)]
struct LaidDown {
    /// Its place in the order in which they were laid down.
    number: u64,
    record: Record,
    /// The row of the outbox that it comes from.
    outbox_key: Option<Vec<u8>>,
}

impl Shared {
    /// Appends to `segments`, and writes to `head` how far they reach.
    pub(super) fn new(segments: Segments, head: HeadFile, flush: Flush) -> Self {
        let appender = Mutex::new(Appender { segments, ..Appender::default() });
        Self { appender, head: Mutex::new(Some(head)), flush, ..Self::default() }
    }

    pub(super) fn is_writable(&self) -> bool {
        !self.failed.load(Ordering::Relaxed)
            && !self.broken.load(Ordering::Relaxed)
            && self.waiting.load(Ordering::Relaxed) < MOST_WAITING
    }

    pub(super) fn lay_down(&self, record: Record, outbox_key: Option<Vec<u8>>) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let number = self.laid_down_so_far.fetch_add(1, Ordering::Relaxed);
        let place = usize::try_from(number).unwrap_or_default() % PLACES;
        if let Some(place) = self.laid_down.get(place) {
            place.lock().push(LaidDown { number, record, outbox_key });
        }
        // SeqCst, as where the keeper falls asleep: either it sees the record, or this sees that it sleeps.
        self.rouse();
    }

    /// Appends a record that somebody waits for, who was counted as waiting.
    pub(super) fn append_soon(&self, urgent: Urgent) {
        self.urgent.lock().push(urgent);
        self.append_urgent();
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
            let mut records = Vec::with_capacity(urgent.len());
            let mut tickets = Vec::with_capacity(urgent.len());
            for Urgent { record, counts_for, ticket } in urgent {
                let second = record.marks.time_s();
                if counts_for.iter().all(|whose| appender.flood.admits(whose, second)) {
                    records.push(record);
                }
                tickets.push(ticket);
            }
            let written = self.append(&mut appender, &records);
            match self.flush {
                _ if !written => drop(tickets),
                Flush::Each if appender.unflushed.dirty => appender.unflushed.tickets.append(&mut tickets),
                // Whoever waited may have gone.
                _ => tickets.into_iter().filter_map(|ticket| ticket.send(()).err()).for_each(drop),
            }
            drop(appender);
            self.appending.store(false, Ordering::SeqCst);
            match self.flush {
                Flush::Soon => self.rouse(),
                Flush::Each => self.wake_keeper(|keeper| keeper.woken = true),
            }
        }
    }

    /// Appends what was laid down.
    pub(super) fn append_laid_down(&self) {
        let mut appender = self.appender.lock();
        let mut collected = Vec::new();
        for place in &self.laid_down {
            collected.append(&mut place.lock());
        }
        collected.sort_unstable_by_key(|record| record.number);
        if self.append(&mut appender, collected.iter().map(|laid_down| &laid_down.record)) {
            self.waiting.fetch_sub(collected.len(), Ordering::Relaxed);
            let keys = collected.into_iter().filter_map(|laid_down| laid_down.outbox_key);
            appender.unflushed.outbox_keys.extend(keys);
        } else if let Some(place) = self.laid_down.first() {
            // What they are about has been done and answered, so they are tried again until they are written.
            place.lock().append(&mut collected);
        }
    }

    /// Appends `records` with one write; whether that went well decides whether calls are taken.
    fn append<'r>(&self, appender: &mut Appender, records: impl IntoIterator<Item = &'r Record>) -> bool {
        match appender.segments.append(records) {
            Ok(0) => true,
            Ok(_) => {
                appender.unflushed.dirty = true;
                self.failed.store(false, Ordering::Relaxed);
                true
            }
            Err(error) => {
                if !self.failed.swap(true, Ordering::Relaxed) {
                    tracing::error!(%error, "audit records cannot be written");
                }
                false
            }
        }
    }

    /// The keeper: appends what was laid down, flushes, signs, and empties the outbox of what is flushed.
    pub(super) fn keep(&self) {
        let mut collections = 0;
        loop {
            let ending = self.wait();
            self.append_laid_down();
            collections += 1;
            let waited_for = !self.appender.lock().unflushed.tickets.is_empty();
            if collections < COLLECTIONS_A_FLUSH && !ending && !waited_for {
                continue;
            }
            collections = 0;
            let flushed = self.flush();
            self.index_one();
            if ending {
                self.sign_off();
                return;
            }
            if !flushed {
                self.asleep.store(true, Ordering::SeqCst);
            }
        }
    }

    /// Says that the keeper is to do what is left, and to end.
    pub(super) fn end(&self) {
        self.wake_keeper(|keeper| keeper.ending = true);
    }

    /// Waits for the next turn, or for whatever comes if there was nothing to do; says whether it is the last.
    fn wait(&self) -> bool {
        let mut keeper = self.keeper.lock();
        let idle = || {
            let appender = self.appender.lock();
            let nothing_new = self.laid_down.iter().all(|place| place.lock().is_empty());
            nothing_new && !appender.unflushed.dirty && appender.segments.is_indexed()
        };
        if !keeper.ending && !keeper.woken && self.asleep.load(Ordering::SeqCst) && idle() {
            self.wake_keeper.wait(&mut keeper);
        } else if !(keeper.ending || keeper.woken && self.flush == Flush::Each) {
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

    /// Flushes what was written and signs how far it reaches; says whether there was anything to flush.
    fn flush(&self) -> bool {
        let (unflushed, files, head) = {
            let mut appender = self.appender.lock();
            let files = appender.segments.take_unflushed();
            (std::mem::take(&mut appender.unflushed), files, appender.segments.head())
        };
        if !unflushed.dirty {
            return false;
        }
        let flushed = files.iter().try_for_each(|file| file.sync_data());
        if let Err(error) = flushed.and_then(|()| self.sign(head)) {
            tracing::error!(%error, "audit records cannot be flushed");
            self.broken.store(true, Ordering::Relaxed);
            return true;
        }
        unflushed.tickets.into_iter().filter_map(|ticket| ticket.send(()).err()).for_each(drop);
        self.empty_outbox(&unflushed.outbox_keys);
        true
    }

    /// Writes how far the trail reaches; what it speaks of is flushed.
    fn sign(&self, head: Head) -> io::Result<()> {
        let mut file = self.head.lock();
        let Some(file) = file.as_mut() else { return Ok(()) };
        // Old segments may have been removed since the head was looked at.
        let first = file.head().map(|signed| signed.first).filter(|first| first.number > head.first.number);
        file.write(Head { first: first.unwrap_or(head.first), ..head })
    }

    /// Waits until what was signed last is on disk.
    fn sign_off(&self) {
        if let Some(Err(error)) = self.head.lock().as_ref().map(HeadFile::sync) {
            tracing::error!(%error, "the head of the audit trail cannot be flushed");
        }
    }

    /// Writes the index of one closed segment that has none.
    fn index_one(&self) {
        let Some(closed) = self.appender.lock().segments.take_unindexed() else { return };
        if let Err(error) = closed.keep_index() {
            tracing::warn!(%error, "an index of the audit trail cannot be made");
        }
        // A segment ends here: what was signed of it is put on disk, too.
        self.sign_off();
    }

    /// Removes the oldest segments, as long as all that is in them is from before `oldest`.
    pub(super) fn remove_before(&self, oldest: Timestamp) -> io::Result<()> {
        let closed = self.appender.lock().segments.closed();
        let mut old = 0_usize;
        for segment in &closed {
            if i64::from(segment.span()?.latest_s) >= oldest.as_seconds() {
                break;
            }
            old += 1;
        }
        let Some(last) = old.checked_sub(1) else { return Ok(()) };
        let head = {
            let mut appender = self.appender.lock();
            // The oldest that stays is where the chain begins from now on.
            let Some(first) = appender.segments.seam_after(last)? else { return Ok(()) };
            appender.segments.forget_before(first)
        };
        self.begin_at(head)?;
        closed.iter().take(old).try_for_each(|segment| segment.remove())
    }

    /// Signs that the trail begins later, before what lies before is removed.
    fn begin_at(&self, head: Head) -> io::Result<()> {
        let mut file = self.head.lock();
        let Some(file) = file.as_mut() else { return Ok(()) };
        // Only what was flushed may be signed, so the end stays as it was signed last.
        let next = file.head().map_or(head.next, |signed| signed.next);
        file.write(Head { first: head.first, next })?;
        file.sync()
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
