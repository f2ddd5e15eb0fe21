//! Commits in groups: the part that the engines of one process share.
//!
//! One writer at a time. A write transaction runs on what the one before it left, flushed or not;
//! its changes join the group that is gathering, and the writer's lock is free again. Meanwhile
//! the flusher makes the previous group durable with a single write. Then that state is published,
//! readers see it, and every promise of the group is kept.
//!
//! INVARIANT: what a reader sees is durable.
//! INVARIANT: published state + group in flight + gathering group = the state left by the last
//! accepted change.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::{Condvar, Mutex, RwLock};

use crate::durable::Flush;
use crate::engine::{Engine, Mode, Transaction};
use crate::transaction::{ReadTransaction, WriteTransaction};
use crate::{Durable, Pair, StoreError};

/// Changed keys, and their values unless they were deleted.
pub(crate) type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Where groups of changes become durable.
pub(crate) trait Disk: Debug + Send + Sync + 'static {
    /// A state that stays as it is while others follow. Cheap to clone.
    type Snapshot: Snapshot;

    /// The state after the last group.
    fn latest(&self) -> Self::Snapshot;

    /// Makes the group durable, all or nothing, and returns the state after it.
    ///
    /// After [`StoreError::Full`] nothing of it is there and the next group may be tried. After
    /// any other error nobody knows, and no other follows.
    fn write(&self, group: &Changes) -> Result<Self::Snapshot, StoreError>;
}

/// One durable state.
pub(crate) trait Snapshot: Clone + Debug + Send + Sync + 'static {
    /// The value of `key`.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The same for a change: what it reads is likely to be changed next, and not worth keeping.
    fn get_to_change(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(key)
    }

    /// The first `limit` pairs with `start <= key < end`, in ascending order. The range is not inverted, and `limit`
    /// is not 0.
    fn page(&self, start: &[u8], end: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        first_of(self, start, end, limit)
    }

    /// Shows pairs with `start <= key < end` in ascending order until `each` breaks. The range is
    /// not inverted.
    fn walk(&self, start: &[u8], end: &[u8], each: &mut Visitor<'_>) -> Result<(), StoreError>;
}

/// Told of a key and its value; says whether to go on.
pub(crate) type Visitor<'v> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'v;

/// The first `limit` pairs with `start <= key < end` of what `snapshot` shows; `limit` is not 0.
pub(crate) fn first_of(
    snapshot: &impl Snapshot,
    start: &[u8],
    end: &[u8],
    limit: usize,
) -> Result<Vec<Pair>, StoreError> {
    let mut page = Vec::new();
    snapshot.walk(start, end, &mut |key, value| {
        page.push((key.to_vec(), value.to_vec()));
        if page.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(page)
}

/// Who flushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flushing {
    /// A thread of the engine, so that changes gather while it waits for the disk.
    Thread,
    /// Whoever commits, before it returns: nothing depends on timing.
    Caller,
}

/// An engine over a disk.
pub(crate) struct Grouped<D: Disk> {
    core: Arc<Core<D>>,
    flusher: Option<JoinHandle<()>>,
}

/// What transactions and the flusher share.
pub(crate) struct Core<D: Disk> {
    disk: D,
    /// Held by the one write transaction.
    pub(crate) writer: Mutex<()>,
    /// What readers see. Changed together with `state`, so that a writer, who takes both under the
    /// lock of `state`, sees no group twice and misses none.
    published: RwLock<D::Snapshot>,
    state: Mutex<State>,
    /// Wakes the flusher.
    work: Condvar,
    flushing: Flushing,
}

#[derive(Debug, Default)]
struct State {
    gathering: Group,
    in_flight: Option<Group>,
    /// Counts the groups that were lost, so that a transaction built on one is not accepted.
    lost: u64,
    failed: Option<StoreError>,
    closing: bool,
}

/// Changes that become durable together.
#[derive(Debug, Default, Clone)]
struct Group {
    changes: Arc<Changes>,
    flush: Arc<Flush>,
}

/// What a write transaction stands on.
#[derive(Debug)]
pub(crate) struct Ground<S> {
    pub(crate) published: S,
    /// Groups that readers do not see yet, the newest first.
    pub(crate) unflushed: Vec<Arc<Changes>>,
    lost: u64,
}

impl<D: Disk> Grouped<D> {
    /// Starts to accept changes to `disk`.
    pub(crate) fn start(disk: D, flushing: Flushing) -> Result<Grouped<D>, std::io::Error> {
        let published = RwLock::new(disk.latest());
        let core = Arc::new(Core {
            disk,
            writer: Mutex::default(),
            published,
            state: Mutex::default(),
            work: Condvar::new(),
            flushing,
        });
        let flusher = match flushing {
            Flushing::Caller => None,
            Flushing::Thread => {
                let core = Arc::clone(&core);
                let thread = std::thread::Builder::new().name("store-flusher".to_owned());
                Some(thread.spawn(move || core.flush_until_closed())?)
            }
        };
        Ok(Grouped { core, flusher })
    }

    /// The disk below.
    pub(crate) fn disk(&self) -> &D {
        &self.core.disk
    }
}

impl<D: Disk> Engine for Grouped<D> {
    fn begin(&self, mode: Mode) -> Result<Box<dyn Transaction + '_>, StoreError> {
        match mode {
            Mode::Read => Ok(Box::new(ReadTransaction::new(self.core.published.read().clone()))),
            Mode::Write => Ok(Box::new(WriteTransaction::begin(&self.core)?)),
        }
    }

    fn failure(&self) -> Option<StoreError> {
        self.core.state.lock().failed.clone()
    }
}

impl<D: Disk> Drop for Grouped<D> {
    fn drop(&mut self) {
        self.core.state.lock().closing = true;
        self.core.work.notify_one();
        if let Some(flusher) = self.flusher.take() {
            // A panic of the flusher has been told to all who waited.
            flusher.join().ok();
        }
    }
}

impl<D: Disk> Debug for Grouped<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grouped").field("disk", &self.core.disk).finish_non_exhaustive()
    }
}

impl<D: Disk> Core<D> {
    /// The state left by the last accepted change. The caller holds the writer's lock.
    pub(crate) fn ground(&self) -> Result<Ground<D::Snapshot>, StoreError> {
        let state = self.state.lock();
        if let Some(failure) = &state.failed {
            return Err(StoreError::Failed(Arc::new(failure.clone())));
        }
        let unflushed = std::iter::once(&state.gathering)
            .chain(&state.in_flight)
            .filter(|group| !group.changes.is_empty())
            .map(|group| Arc::clone(&group.changes))
            .collect();
        Ok(Ground { published: self.published.read().clone(), unflushed, lost: state.lost })
    }

    /// Takes the changes of a transaction into the gathering group. The caller holds the writer's
    /// lock.
    pub(crate) fn accept(
        &self,
        ground: Ground<D::Snapshot>,
        changes: Changes,
    ) -> Result<Durable, StoreError> {
        let Ground { unflushed, lost, .. } = ground;
        // Ours was the only other hold on the gathering group; without it nothing is copied.
        drop(unflushed);
        let mut state = self.state.lock();
        if let Some(failure) = &state.failed {
            return Err(StoreError::Failed(Arc::new(failure.clone())));
        }
        if lost != state.lost {
            return Err(StoreError::Conflict);
        }
        if changes.is_empty() {
            return Ok(state.promise_of_what_is_there());
        }
        let durable = state.gathering.flush.promise();
        Arc::make_mut(&mut state.gathering.changes).extend(changes);
        drop(state);
        match self.flushing {
            Flushing::Thread => {
                self.work.notify_one();
            }
            Flushing::Caller => self.flush_once(),
        }
        Ok(durable)
    }

    fn flush_until_closed(&self) {
        loop {
            let mut state = self.state.lock();
            while state.gathering.changes.is_empty() {
                if state.closing {
                    return;
                }
                self.work.wait(&mut state);
            }
            drop(state);
            self.flush_once();
        }
    }

    /// Makes the gathering group durable and publishes it.
    fn flush_once(&self) {
        let group = {
            let mut state = self.state.lock();
            let group = std::mem::take(&mut state.gathering);
            state.in_flight = Some(group.clone());
            group
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| self.disk.write(&group.changes)))
            .unwrap_or_else(|panic| Err(StoreError::Engine(panic_message(panic.as_ref()))));
        match outcome {
            Ok(snapshot) => {
                let mut state = self.state.lock();
                // The former snapshot may have much to release: not under the locks.
                let former = std::mem::replace(&mut *self.published.write(), snapshot);
                state.in_flight = None;
                drop(state);
                group.flush.end(&Ok(()));
                drop(former);
            }
            Err(error) => self.lose(&group, error),
        }
    }

    /// Forgets the group in flight and the one that was built on it.
    fn lose(&self, group: &Group, error: StoreError) {
        let built_on_it = {
            let mut state = self.state.lock();
            state.in_flight = None;
            state.lost += 1;
            if !matches!(error, StoreError::Full(_)) {
                state.failed = Some(error.clone());
            }
            std::mem::take(&mut state.gathering)
        };
        let outcome = Err(error);
        group.flush.end(&outcome);
        built_on_it.flush.end(&outcome);
    }
}

impl State {
    /// A promise kept when everything accepted so far is durable.
    fn promise_of_what_is_there(&self) -> Durable {
        if !self.gathering.changes.is_empty() {
            return self.gathering.flush.promise();
        }
        match &self.in_flight {
            Some(group) => group.flush.promise(),
            None => Durable::kept(),
        }
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it panicked".to_owned())
}
