//! The engine that keeps its data in a folder of this machine.
//!
//! A group is durable when it is in the [log](log); then it is applied to the [tables](tables),
//! from which everything is read. In the folder:
//!
//! ```text
//! lock     held while the store is open
//! log/     what is not in a table yet
//! tables/  the rest
//! ```

mod ahead;
mod folder;
mod keeper;
mod log;
mod marks;
mod pages;
mod rows;
mod segment;
mod tables;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use self::keeper::Keeper;
use self::log::{Log, Replay};
pub use self::pages::Family;
use self::tables::{Pin, Tables};
use crate::StoreError;
use crate::engine::{Engine, Mode, Room, Transaction};
use crate::group::{Changes, Disk, Flushing, Grouped};

/// How an embedded store is kept.
#[derive(Debug, Clone)]
pub struct EmbeddedOptions {
    /// How many bytes of what is read from disk stay in memory.
    pub cache_bytes: u64,
    /// How many bytes of changes gather in memory and in the log before they are moved to tables.
    /// Opening after a crash reads at most a few times as many.
    pub gather_bytes: u64,
    /// Which keys are listed together.
    pub family: Family,
}

impl Default for EmbeddedOptions {
    /// 64 MiB of what is read, 16 MiB of changes, and keys that are all of one family.
    fn default() -> Self {
        EmbeddedOptions { cache_bytes: 64 << 20, gather_bytes: 16 << 20, family: |_| Some(&[]) }
    }
}

/// Keeps its data in a folder of this machine.
///
/// Dropping it waits until what was accepted is on disk.
#[derive(Debug)]
pub struct Embedded {
    opened: Opened<LogAndTables>,
    dir: PathBuf,
}

impl Embedded {
    /// Opens the store in `dir`, or makes it.
    ///
    /// A change that was being written when the process or machine stopped, and was acknowledged
    /// to nobody, is there as a whole or not at all.
    ///
    /// # Errors
    ///
    /// Fails if another process has it open, if it is damaged, or if the system refuses.
    pub fn open(dir: &Path, options: &EmbeddedOptions) -> Result<Embedded, StoreError> {
        Ok(Embedded { opened: Opened::open(dir, options, |disk| disk)?, dir: dir.to_owned() })
    }

    /// Reads every table from disk and compares it with its checksums. The log has been compared
    /// when the store was opened.
    ///
    /// # Errors
    ///
    /// Fails with the name of the first damaged file.
    pub fn verify(&self) -> Result<(), StoreError> {
        self.opened.grouped.disk().tables.verify()
    }

    /// Opens the store with something between it and its disk.
    pub(crate) fn open_wrapped<D: Disk>(
        dir: &Path,
        options: &EmbeddedOptions,
        wrap: impl FnOnce(LogAndTables) -> D,
    ) -> Result<Box<dyn Engine>, StoreError> {
        Ok(Box::new(Opened::open(dir, options, wrap)?))
    }
}

impl Engine for Embedded {
    fn begin(&self, mode: Mode) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.opened.begin(mode)
    }

    fn failure(&self) -> Option<StoreError> {
        self.opened.failure()
    }

    fn room(&self) -> Result<Option<Room>, StoreError> {
        folder::room(&self.dir).map(Some)
    }
}

/// An open store, and the lock that keeps others out.
#[derive(Debug)]
struct Opened<D: Disk> {
    grouped: Grouped<D>,
    /// Last, so that nobody else opens the store before it is closed.
    _lock: File,
}

impl<D: Disk> Opened<D> {
    fn open(
        dir: &Path,
        options: &EmbeddedOptions,
        wrap: impl FnOnce(LogAndTables) -> D,
    ) -> Result<Opened<D>, StoreError> {
        folder::make_folder(dir)?;
        let lock = folder::lock(dir)?;
        let disk = wrap(LogAndTables::open(dir, options)?);
        let grouped = Grouped::start(disk, Flushing::Thread)
            .map_err(|error| StoreError::io("start a thread for", dir, error))?;
        Ok(Opened { grouped, _lock: lock })
    }
}

impl<D: Disk> Engine for Opened<D> {
    fn begin(&self, mode: Mode) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.grouped.begin(mode)
    }

    fn failure(&self) -> Option<StoreError> {
        self.grouped.failure()
    }
}

/// The two places of a group.
#[derive(Debug)]
pub(crate) struct LogAndTables {
    log: Mutex<Log>,
    tables: Tables,
    keeper: Keeper,
    gather_bytes: u64,
}

impl LogAndTables {
    fn open(dir: &Path, options: &EmbeddedOptions) -> Result<LogAndTables, StoreError> {
        let tables_dir = dir.join("tables");
        folder::make_folder(&tables_dir)?;
        let mut tables = Tables::open(&tables_dir, options)?;
        let log_dir = dir.join("log");
        let log = Log::open(&log_dir, options.gather_bytes, &mut tables)?;
        if log.last() == 0 && !tables.is_empty() {
            return Err(StoreError::Damaged {
                file: log_dir,
                offset: None,
                detail: "there are tables and no log".to_owned(),
            });
        }
        tables.resume_after(log.last());
        let keeper = Keeper::start(tables.clone(), log.folder())
            .map_err(|error| StoreError::io("start a thread for", dir, error))?;
        if let Some(number) = log.over()? {
            keeper.segments_over(number);
        }
        Ok(LogAndTables { log: Mutex::new(log), tables, keeper, gather_bytes: options.gather_bytes })
    }

    /// Begins a new segment, and a new table with it, if there is enough for one.
    fn seal_if_full(&self, log: &mut Log) -> Result<(), StoreError> {
        if !log.is_segment_full() && self.tables.gathered_bytes() < self.gather_bytes {
            return Ok(());
        }
        match log.begin_segment() {
            Ok(former) => {
                self.tables.seal();
                self.keeper.segments_over(former);
                Ok(())
            }
            // There is no room for a new segment; the one in use may still grow.
            Err(StoreError::Full(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Disk for LogAndTables {
    type Snapshot = Arc<Pin>;

    fn latest(&self) -> Arc<Pin> {
        self.tables.latest()
    }

    fn write(&self, group: &Changes) -> Result<Arc<Pin>, StoreError> {
        self.keeper.wait_for_room()?;
        let mut log = self.log.lock();
        let sequence = self.tables.next_sequence();
        log.append(sequence, group)?;
        let snapshot = self.tables.apply_group(sequence, group);
        self.seal_if_full(&mut log)?;
        Ok(snapshot)
    }
}

impl Replay for Tables {
    fn change(&mut self, sequence: u64, key: &[u8], value: Option<&[u8]>) {
        self.apply(sequence, key, value);
    }

    fn segment_over(&mut self) {
        self.seal();
    }
}
