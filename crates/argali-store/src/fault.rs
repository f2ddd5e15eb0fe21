//! Faults on demand: an engine that behaves as a disk does on a bad day.
//!
//! Only what real disks do is injected: a flush that fails, with the group on disk or not; a disk
//! that is full; a flush that takes its time; a process that ends with changes unflushed. What is
//! above the disk is the code of the real engines. A torn write is not a fault of its own: engines
//! cut it when they are opened, so it is one of the two outcomes of a failed flush.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};

use crate::StoreError;
use crate::dice::Dice;
use crate::embedded::{Embedded, EmbeddedOptions};
use crate::engine::{Engine, Mode, Transaction};
use crate::group::{Changes, Disk, Flushing, Grouped};
use crate::memory::Versions;

/// What can go wrong with one flush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It fails, and what it should have written is found on the disk after reopening.
    FlushFailsKept,
    /// It fails, and what it should have written is lost.
    FlushFailsLost,
    /// There is no room. Nothing is written, and the next flush may succeed.
    DiskFull,
}

/// The faults to come. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    plan: Mutex<Plan>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Plan {
    /// For the next flushes, in order.
    next: std::collections::VecDeque<Option<Fault>>,
    /// Falls for a flush that is not planned; one in so many goes wrong.
    dice: Option<(Dice, u64)>,
    held: bool,
    waiting: usize,
    crashed: bool,
}

impl Faults {
    /// None, until others are asked for.
    pub fn new() -> Faults {
        Faults::default()
    }

    /// Lets about one flush in `one_in` go wrong, always the same ones for a seed.
    pub fn seeded(seed: u64, one_in: u32) -> Faults {
        let faults = Faults::default();
        faults.shared.plan.lock().dice = Some((Dice::new(seed), u64::from(one_in.max(1))));
        faults
    }

    /// Lets the next flush for which nothing is planned go wrong, or (`None`) go well.
    pub fn plan(&self, fault: Option<Fault>) {
        self.shared.plan.lock().next.push_back(fault);
    }

    /// Makes flushes take until [`release`](Faults::release). Only for engines that flush in a
    /// thread of their own.
    pub fn hold(&self) {
        self.shared.plan.lock().held = true;
    }

    /// Lets held flushes go on.
    pub fn release(&self) {
        self.shared.plan.lock().held = false;
        self.shared.changed.notify_all();
    }

    /// Blocks until a flush is held.
    pub fn wait_until_held(&self) {
        let mut plan = self.shared.plan.lock();
        while plan.waiting == 0 {
            self.shared.changed.wait(&mut plan);
        }
    }

    /// Draws the fault of a flush, after it has been held.
    fn draw(&self) -> Result<Option<Fault>, StoreError> {
        let mut plan = self.shared.plan.lock();
        plan.waiting += 1;
        self.shared.changed.notify_all();
        while plan.held && !plan.crashed {
            self.shared.changed.wait(&mut plan);
        }
        plan.waiting -= 1;
        if plan.crashed {
            return Err(StoreError::Engine("the process has ended".to_owned()));
        }
        if let Some(planned) = plan.next.pop_front() {
            return Ok(planned);
        }
        Ok(plan.dice.as_mut().and_then(|(dice, one_in)| {
            let faults = [Fault::FlushFailsKept, Fault::FlushFailsLost, Fault::DiskFull];
            let drawn = usize::try_from(dice.below(3 * *one_in)).ok()?;
            faults.get(drawn).copied()
        }))
    }

    fn crash(&self, crashed: bool) {
        self.shared.plan.lock().crashed = crashed;
        self.shared.changed.notify_all();
    }
}

/// An engine with faults.
#[derive(Debug)]
pub struct Faulty {
    engine: Box<dyn Engine>,
    faults: Faults,
    place: Place,
}

/// What outlives the process.
#[derive(Debug)]
enum Place {
    Memory(Versions, Flushing),
    Folder(PathBuf, EmbeddedOptions),
}

impl Faulty {
    /// An empty engine in memory.
    ///
    /// # Errors
    ///
    /// Fails if the system refuses a thread.
    pub fn memory(flushing: Flushing, faults: Faults) -> Result<Faulty, StoreError> {
        Faulty::start(Place::Memory(Versions::default(), flushing), faults)
    }

    /// The engine in a folder.
    ///
    /// # Errors
    ///
    /// Fails as [`Embedded::open`] does.
    pub fn embedded(dir: &Path, options: &EmbeddedOptions, faults: Faults) -> Result<Faulty, StoreError> {
        Faulty::start(Place::Folder(dir.to_owned(), options.clone()), faults)
    }

    /// Ends as if the process had been killed, and starts again on what was on the disk.
    ///
    /// # Errors
    ///
    /// Fails if the engine does not open again.
    pub fn crash(self) -> Result<Faulty, StoreError> {
        let Faulty { engine, faults, place } = self;
        faults.crash(true);
        drop(engine);
        faults.crash(false);
        Faulty::start(place, faults)
    }

    fn start(place: Place, faults: Faults) -> Result<Faulty, StoreError> {
        let engine: Box<dyn Engine> = match &place {
            Place::Memory(versions, flushing) => {
                let disk = FaultyDisk { disk: versions.clone(), faults: faults.clone() };
                let started = Grouped::start(disk, *flushing);
                Box::new(started.map_err(|error| StoreError::io("start a thread for", Path::new(""), error))?)
            }
            Place::Folder(dir, options) => {
                let wrap = |disk| FaultyDisk { disk, faults: faults.clone() };
                Embedded::open_wrapped(dir, options, wrap)?
            }
        };
        Ok(Faulty { engine, faults, place })
    }
}

impl Engine for Faulty {
    fn begin(&self, mode: Mode) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.engine.begin(mode)
    }

    fn failure(&self) -> Option<StoreError> {
        self.engine.failure()
    }
}

/// A disk with faults.
#[derive(Debug)]
struct FaultyDisk<D> {
    disk: D,
    faults: Faults,
}

impl<D: Disk> Disk for FaultyDisk<D> {
    type Snapshot = D::Snapshot;

    fn latest(&self) -> D::Snapshot {
        self.disk.latest()
    }

    fn write(&self, group: &Changes) -> Result<D::Snapshot, StoreError> {
        match self.faults.draw()? {
            None => self.disk.write(group),
            Some(Fault::DiskFull) => {
                Err(StoreError::Full(Arc::new(io::Error::from(io::ErrorKind::StorageFull))))
            }
            Some(Fault::FlushFailsLost) => Err(failed_flush()),
            Some(Fault::FlushFailsKept) => {
                self.disk.write(group)?;
                Err(failed_flush())
            }
        }
    }
}

fn failed_flush() -> StoreError {
    StoreError::Io {
        doing: "flush",
        path: PathBuf::from("injected"),
        source: Arc::new(io::Error::other("an injected fault")),
    }
}
