//! The engine that keeps everything in memory, for tests and for trying Argali out.
//!
//! Each key has the versions that somebody may still read: the newest, and older ones while a
//! snapshot needs them.

use std::collections::{BTreeMap, VecDeque};
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use crate::StoreError;
use crate::engine::{Engine, Mode, Transaction};
use crate::group::{Changes, Disk, Flushing, Grouped, Snapshot, Visitor};

/// Keeps everything in memory, with the semantics of the engine that keeps it on disk.
///
/// A change is published before its commit returns, so nothing depends on the timing of threads.
#[derive(Debug)]
pub struct Memory {
    grouped: Grouped<Versions>,
}

impl Memory {
    /// Makes an empty engine.
    #[expect(clippy::missing_panics_doc, clippy::expect_used, reason = "no thread, so no failure")]
    pub fn new() -> Memory {
        let grouped = Grouped::start(Versions::default(), Flushing::Caller);
        Memory { grouped: grouped.expect("starts no thread") }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Memory::new()
    }
}

impl Engine for Memory {
    fn begin(&self, mode: Mode) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.grouped.begin(mode)
    }

    fn failure(&self) -> Option<StoreError> {
        self.grouped.failure()
    }
}

/// All versions of all keys. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Versions(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    keys: RwLock<Keys>,
    /// How many hold each version.
    readers: Mutex<BTreeMap<u64, usize>>,
}

#[derive(Debug, Default)]
struct Keys {
    /// From a key to its versions, the newest last.
    rows: BTreeMap<Vec<u8>, Vec<Version>>,
    newest: u64,
    /// What a version made superfluous, to be removed when nobody reads older ones.
    superseded: VecDeque<(u64, Vec<u8>)>,
}

#[derive(Debug)]
struct Version {
    number: u64,
    value: Option<Vec<u8>>,
}

impl Disk for Versions {
    type Snapshot = Arc<View>;

    fn latest(&self) -> Arc<View> {
        // Held while registering, so that no pruning comes between.
        let keys = self.0.keys.read();
        *self.0.readers.lock().entry(keys.newest).or_default() += 1;
        Arc::new(View { versions: self.clone(), number: keys.newest })
    }

    fn write(&self, group: &Changes) -> Result<Arc<View>, StoreError> {
        let mut keys = self.0.keys.write();
        keys.newest += 1;
        let number = keys.newest;
        for (key, value) in group {
            let versions = keys.rows.entry(key.clone()).or_default();
            let is_new = versions.is_empty() && value.is_some();
            versions.push(Version { number, value: value.clone() });
            if !is_new {
                keys.superseded.push_back((number, key.clone()));
            }
        }
        let oldest_read = self.0.readers.lock().keys().next().copied().unwrap_or(number);
        keys.prune(oldest_read);
        drop(keys);
        Ok(self.latest())
    }
}

impl Keys {
    /// Removes what no reader of version `oldest_read` or later can see.
    fn prune(&mut self, oldest_read: u64) {
        while let Some((_, key)) = self.superseded.pop_front_if(|(by, _)| *by <= oldest_read) {
            let Some(versions) = self.rows.get_mut(&key) else { continue };
            let visible = versions.partition_point(|version| version.number <= oldest_read);
            versions.drain(..visible.saturating_sub(1));
            if versions.len() == 1 && versions.first().is_some_and(|last| last.value.is_none()) {
                self.rows.remove(&key);
            }
        }
    }
}

/// The state as of one version.
#[derive(Debug)]
pub(crate) struct View {
    versions: Versions,
    number: u64,
}

impl View {
    fn value<'k>(&self, versions: &'k [Version]) -> Option<&'k [u8]> {
        let mut newest_first = versions.iter().rev();
        newest_first.find(|version| version.number <= self.number)?.value.as_deref()
    }
}

impl Snapshot for Arc<View> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let keys = self.versions.0.keys.read();
        Ok(keys.rows.get(key).and_then(|versions| self.value(versions)).map(<[u8]>::to_vec))
    }

    fn walk(&self, start: &[u8], end: &[u8], each: &mut Visitor<'_>) -> Result<(), StoreError> {
        let keys = self.versions.0.keys.read();
        let range = (Bound::Included(start), Bound::Excluded(end));
        for (key, versions) in keys.rows.range::<[u8], _>(range) {
            let Some(value) = self.value(versions) else { continue };
            if let ControlFlow::Break(()) = each(key, value) {
                break;
            }
        }
        Ok(())
    }
}

impl Drop for View {
    fn drop(&mut self) {
        let mut readers = self.versions.0.readers.lock();
        if let Some(count) = readers.get_mut(&self.number) {
            *count -= 1;
            if *count == 0 {
                readers.remove(&self.number);
            }
        }
    }
}
