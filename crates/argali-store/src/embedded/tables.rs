//! The tables: sorted files, and the memory in which changes gather until they make a new one.
//!
//! The log makes changes durable; the tables make them findable and the log short. Moving changes
//! from memory to tables, giving log segments back and merging tables is the keeper's work, a
//! thread of its own.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsm_tree::compaction::Leveled;
use lsm_tree::{AbstractTree, AnyTree, Cache, Config, Guard, SequenceNumberCounter};
use parking_lot::Mutex;

use super::EmbeddedOptions;
use super::pages::{Asked, Pages};
use super::rows::Rows;
use crate::group::{Changes, Snapshot, Visitor, first_of};
use crate::{Pair, StoreError};

/// The sorted files of a store, and the changes that are not in one yet.
#[derive(Clone)]
pub(super) struct Tables {
    tree: AnyTree,
    rows: Arc<Rows>,
    pages: Arc<Pages>,
    dir: PathBuf,
    sequence: SequenceNumberCounter,
    pins: Pins,
}

/// How many snapshots stand on each sequence number.
type Pins = Arc<Mutex<BTreeMap<u64, usize>>>;

impl Tables {
    /// Opens the tables in `dir`, or makes them. Of the room for what is read, half is for blocks of files, which hold
    /// everything, three eighths for rows and one eighth for pages.
    pub(super) fn open(dir: &Path, options: &EmbeddedOptions) -> Result<Tables, StoreError> {
        let sequence = SequenceNumberCounter::new(1);
        // The tree counts what it has made visible here. Readers use snapshots of ours instead:
        // a merge counts as well, and could show a group that is half in memory.
        let visible = SequenceNumberCounter::default();
        let config = Config::new(dir, sequence.clone(), visible)
            .use_cache(Arc::new(Cache::with_capacity_bytes(options.cache_bytes / 2)));
        let tree = config.open().map_err(|error| sort_error("open the tables in", dir, error))?;
        let rows = Arc::new(Rows::new(options.cache_bytes / 8 * 3));
        let pages = Arc::new(Pages::new(options.cache_bytes / 8, options.family));
        Ok(Tables { tree, rows, pages, dir: dir.to_owned(), sequence, pins: Pins::default() })
    }

    /// Adds one change of the group numbered `sequence`. Nobody sees it before a snapshot.
    pub(super) fn apply(&self, sequence: u64, key: &[u8], value: Option<&[u8]>) {
        self.rows.change(key, sequence);
        self.pages.change(key, sequence);
        match value {
            Some(value) => self.tree.insert(key, value, sequence),
            None => self.tree.remove(key, sequence),
        };
    }

    /// Adds a group and returns the state after it.
    pub(super) fn apply_group(&self, sequence: u64, group: &Changes) -> Arc<Pin> {
        for (key, value) in group {
            self.apply(sequence, key, value.as_deref());
        }
        self.pin(sequence + 1)
    }

    /// A number that no group and no arrangement of tables had before.
    pub(super) fn next_sequence(&self) -> u64 {
        self.sequence.next()
    }

    /// Goes on after `last`.
    pub(super) fn resume_after(&self, last: u64) {
        let highest = self.tree.get_highest_seqno().unwrap_or(0).max(last);
        self.sequence.fetch_max(highest + 1);
    }

    /// The state after everything applied so far. No group may be half applied.
    pub(super) fn latest(&self) -> Arc<Pin> {
        self.pin(self.sequence.get())
    }

    /// How many bytes the changes take that gather in memory.
    pub(super) fn gathered_bytes(&self) -> u64 {
        self.tree.active_memtable().size()
    }

    /// Closes what gathered; from now on changes gather anew. No group may be half applied.
    pub(super) fn seal(&self) {
        self.tree.rotate_memtable();
    }

    /// How often [`seal`](Tables::seal) is ahead of [`flush`](Tables::flush).
    pub(super) fn sealed(&self) -> usize {
        self.tree.sealed_memtable_count()
    }

    /// Makes durable tables of all that is sealed.
    pub(super) fn flush(&self) -> Result<(), StoreError> {
        let first_new = self.tree.next_table_id();
        let lock = self.tree.get_flush_lock();
        let flushed = self.tree.flush(&lock, self.oldest_pin());
        flushed.map(drop).map_err(|error| self.clear_away(first_new, "write a table in", error))
    }

    /// Merges some tables, if there is something to merge; says whether there was.
    pub(super) fn merge(&self) -> Result<bool, StoreError> {
        let first_new = self.tree.next_table_id();
        let before = self.tree.current_version().id();
        let merged = self.tree.compact(Arc::new(Leveled::default()), self.oldest_pin());
        merged.map_err(|error| self.clear_away(first_new, "merge tables in", error))?;
        Ok(self.tree.current_version().id() != before)
    }

    /// If the disk is full, removes the half-written tables numbered from `first_new`, or each try
    /// would fill it more. No other table may be in the making.
    fn clear_away(&self, first_new: u64, doing: &'static str, error: lsm_tree::Error) -> StoreError {
        let error = sort_error(doing, &self.dir, error);
        if matches!(error, StoreError::Full(_)) {
            for number in first_new..self.tree.next_table_id() {
                std::fs::remove_file(self.dir.join("tables").join(number.to_string())).ok();
            }
        }
        error
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.tree.table_count() == 0
    }

    /// Reads every table from disk.
    ///
    /// # Errors
    ///
    /// Fails with the name of the first damaged one.
    pub(super) fn verify(&self) -> Result<(), StoreError> {
        for table in self.tree.current_version().iter_tables() {
            let file: &Path = &table.path;
            let rows = table.scan().map_err(|error| sort_error("read", file, error))?;
            for row in rows {
                row.map_err(|error| sort_error("read", file, error))?;
            }
        }
        Ok(())
    }

    fn pin(&self, sequence: u64) -> Arc<Pin> {
        *self.pins.lock().entry(sequence).or_default() += 1;
        Arc::new(Pin { tables: self.clone(), sequence })
    }

    fn oldest_pin(&self) -> u64 {
        self.pins.lock().keys().next().copied().unwrap_or(0)
    }
}

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tables").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// The state before `sequence`, kept readable.
#[derive(Debug)]
pub(crate) struct Pin {
    tables: Tables,
    sequence: u64,
}

impl Snapshot for Arc<Pin> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = &self.tables.rows;
        if let Some(known) = rows.get(key, self.sequence) {
            return Ok(known);
        }
        let value = self.get_to_change(key)?;
        rows.keep(key, self.sequence, value.as_deref());
        Ok(value)
    }

    fn get_to_change(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let tables = &self.tables;
        let found = tables.tree.get(key, self.sequence);
        let value = found.map_err(|error| sort_error("read a table in", &tables.dir, error))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn page(&self, start: &[u8], end: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        let (pages, asked) = (&self.tables.pages, Asked { start, end, limit });
        if let Some(known) = pages.get(asked, self.sequence) {
            return Ok(known);
        }
        pages.fill(asked, self.sequence, |pairs| first_of(self, start, end, pairs))
    }

    fn walk(&self, start: &[u8], end: &[u8], each: &mut Visitor<'_>) -> Result<(), StoreError> {
        let tables = &self.tables;
        for row in tables.tree.range(start..end, self.sequence, None) {
            let (key, value) =
                row.into_inner().map_err(|error| sort_error("read a table in", &tables.dir, error))?;
            if let ControlFlow::Break(()) = each(&key, &value) {
                break;
            }
        }
        Ok(())
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut pins = self.tables.pins.lock();
        if let Some(count) = pins.get_mut(&self.sequence) {
            *count -= 1;
            if *count == 0 {
                pins.remove(&self.sequence);
            }
        }
    }
}

/// Tells damage from refusals of the system.
fn sort_error(doing: &'static str, path: &Path, error: lsm_tree::Error) -> StoreError {
    match error {
        // A table is shorter than it says: nobody reads past the end of one otherwise.
        lsm_tree::Error::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            StoreError::io(doing, path, error)
        }
        error => StoreError::Damaged { file: path.to_owned(), offset: None, detail: error.to_string() },
    }
}
