//! The transactions of engines that commit in groups.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};

use parking_lot::MutexGuard;

use crate::engine::{MAX_KEY_BYTES, MAX_VALUE_BYTES, Pair, Transaction};
use crate::group::{Changes, Core, Disk, Ground, Snapshot};
use crate::{Durable, StoreError};

/// Reads one published state.
#[derive(Debug)]
pub(crate) struct ReadTransaction<S> {
    snapshot: S,
    tried_to_write: bool,
}

impl<S: Snapshot> ReadTransaction<S> {
    pub(crate) fn new(snapshot: S) -> ReadTransaction<S> {
        ReadTransaction { snapshot, tried_to_write: false }
    }
}

impl<S: Snapshot> Transaction for ReadTransaction<S> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.snapshot.get(key)
    }

    fn scan(&self, start: &[u8], end: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        if limit == 0 || start >= end {
            return Ok(Vec::new());
        }
        self.snapshot.page(start, end, limit)
    }

    fn put(&mut self, _key: &[u8], _value: &[u8]) {
        self.tried_to_write = true;
    }

    fn delete(&mut self, _key: &[u8]) {
        self.tried_to_write = true;
    }

    fn commit(self: Box<Self>) -> Result<Durable, StoreError> {
        if self.tried_to_write { Err(StoreError::ReadOnly) } else { Ok(Durable::kept()) }
    }
}

/// The one writer. Dropped, it leaves no trace.
pub(crate) struct WriteTransaction<'e, D: Disk> {
    core: &'e Core<D>,
    ground: Ground<D::Snapshot>,
    changes: Changes,
    /// The first change that cannot be accepted.
    flaw: Option<StoreError>,
    // Last, so that it is released last.
    _writer: MutexGuard<'e, ()>,
}

impl<'e, D: Disk> WriteTransaction<'e, D> {
    /// Waits for its turn.
    pub(crate) fn begin(core: &'e Core<D>) -> Result<WriteTransaction<'e, D>, StoreError> {
        let writer = core.writer.lock();
        let ground = core.ground()?;
        Ok(WriteTransaction { core, ground, changes: Changes::new(), flaw: None, _writer: writer })
    }

    fn change(&mut self, key: &[u8], value: Option<&[u8]>) {
        match flaw(key, value) {
            None => {
                self.changes.insert(key.to_vec(), value.map(<[u8]>::to_vec));
            }
            Some(flaw) => {
                self.flaw.get_or_insert(flaw);
            }
        }
    }
}

impl<D: Disk> Transaction for WriteTransaction<'_, D> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let layers = std::iter::once(&self.changes).chain(self.ground.unflushed.iter().map(AsRef::as_ref));
        for layer in layers {
            if let Some(value) = layer.get(key) {
                return Ok(value.clone());
            }
        }
        self.ground.published.get_to_change(key)
    }

    fn scan(&self, start: &[u8], end: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        let oldest_first = self.ground.unflushed.iter().rev().map(AsRef::as_ref);
        let layers = oldest_first.chain(std::iter::once(&self.changes));
        scan_layers(&self.ground.published, layers, start, end, limit)
    }

    fn put(&mut self, key: &[u8], value: &[u8]) {
        self.change(key, Some(value));
    }

    fn delete(&mut self, key: &[u8]) {
        self.change(key, None);
    }

    fn commit(self: Box<Self>) -> Result<Durable, StoreError> {
        let WriteTransaction { core, ground, changes, flaw, _writer } = *self;
        match flaw {
            Some(flaw) => Err(flaw),
            None => core.accept(ground, changes),
        }
    }
}

/// What no engine can hold.
fn flaw(key: &[u8], value: Option<&[u8]>) -> Option<StoreError> {
    if key.is_empty() || key.len() > MAX_KEY_BYTES {
        return Some(StoreError::KeyLength(key.len()));
    }
    let value_bytes = value.map_or(0, <[u8]>::len);
    (value_bytes > MAX_VALUE_BYTES).then_some(StoreError::ValueLength(value_bytes))
}

/// Merges a page of `snapshot` with the layers above it, given from the oldest to the newest.
fn scan_layers<'l>(
    snapshot: &impl Snapshot,
    layers: impl Iterator<Item = &'l Changes>,
    start: &[u8],
    end: &[u8],
    limit: usize,
) -> Result<Vec<Pair>, StoreError> {
    if limit == 0 || start >= end {
        return Ok(Vec::new());
    }
    let range = (Bound::Included(start), Bound::Excluded(end));
    let mut changed: BTreeMap<&[u8], Option<&[u8]>> = BTreeMap::new();
    for layer in layers {
        let entries = layer.range::<[u8], _>(range);
        changed.extend(entries.map(|(key, value)| (key.as_slice(), value.as_deref())));
    }
    let mut changed = changed.into_iter().peekable();
    let mut page = Vec::new();
    snapshot.walk(start, end, &mut |key, value| {
        while page.len() < limit {
            let Some((above, changed_to)) = changed.next_if(|(above, _)| *above <= key) else {
                page.push((key.to_vec(), value.to_vec()));
                break;
            };
            page.extend(changed_to.map(|value| (above.to_vec(), value.to_vec())));
            if above == key {
                break;
            }
        }
        if page.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let rest = changed.filter_map(|(key, value)| Some((key.to_vec(), value?.to_vec())));
    let room = limit - page.len();
    page.extend(rest.take(room));
    Ok(page)
}
