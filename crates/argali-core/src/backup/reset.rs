//! The world of a server for trying, put back as it was when it was kept.
//!
//! All records are replaced in one transaction. Whoever was judged before it is judged anew: generations go on where they
//! were, and every session ends.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use argali_store::{StoreError, Transaction};

use super::part::{BackupError, PartReader, rows};
use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{
    Account, BlobId, each_record, generation, is_of_sessions, keep_only, outlives_reset, pass_generation,
};
use crate::time::Timestamp;
use crate::token_key::Succession;

/// What can be gone back to.
pub(crate) struct Seed {
    records: BTreeMap<Vec<u8>, Vec<u8>>,
    blobs: BTreeSet<BlobId>,
}

impl Core {
    /// Keeps a backup of the world, for it to be put back so. Only the first is kept.
    ///
    /// # Errors
    ///
    /// Fails if the backup is not whole, or was made under another master key.
    pub fn keep_seed(&self, backup: &[u8]) -> Result<(), BackupError> {
        let seed = Seed::read(self, backup)?;
        self.seed().get_or_init(|| seed);
        Ok(())
    }

    /// Whether there is something to go back to.
    pub(crate) fn can_reset(&self) -> bool {
        self.env().movable_clock().is_some() && self.seed().get().is_some()
    }

    /// Whether a blob belongs to what can be gone back to.
    pub(crate) fn is_of_seed(&self, blob: BlobId) -> bool {
        self.seed().get().is_some_and(|seed| seed.blobs.contains(&blob))
    }

    /// Puts the world back, and ends every session. It blocks until that is on disk.
    pub(crate) fn reset_world(&self) -> Result<(), ApiError> {
        let Some(seed) = self.seed().get().filter(|_| self.can_reset()) else {
            let message = "There is no world to go back to: start one with `argali dev` in an empty folder.";
            return Err(ApiError::new(ErrorCode::NotSupportServer, message));
        };
        let now = self.env().now();
        let ((), durable) = self.store().transact(|tx| seed.put_back(tx, now))?;
        durable.wait()?;
        self.forget_derived();
        self.rotate_token_key(Succession::RevokeAll).map(drop)
    }
}

impl Seed {
    fn read(core: &Core, backup: &[u8]) -> Result<Self, BackupError> {
        let (head, mut reader) = PartReader::begin(backup)?;
        if head.master_key_check != hex::encode(core.vault().check_value()) {
            return Err(BackupError::WrongMasterKey);
        }
        let mut seed = Self { records: BTreeMap::new(), blobs: BTreeSet::new() };
        while let Some(part) = reader.next(Some(core.vault().backup_key()))? {
            for (key, value) in rows(&part).flatten() {
                seed.blobs.extend(BlobId::of_row(key));
                if !is_of_sessions(key) && !outlives_reset(key) {
                    seed.records.insert(key.to_vec(), value.to_vec());
                }
            }
        }
        Ok(seed)
    }

    fn put_back(&self, tx: &mut dyn Transaction, now: Timestamp) -> Result<(), StoreError> {
        let mut generations: BTreeMap<AccountId, u64> = BTreeMap::new();
        for account in Account::all(tx, usize::MAX - 1)? {
            generations.insert(account, generation(tx, account)?);
        }
        let mut superseded = Vec::new();
        each_record(tx, |key, _| {
            if !outlives_reset(key) {
                superseded.push(key.to_vec());
            }
            Ok::<_, StoreError>(())
        })?;
        superseded.iter().for_each(|key| tx.delete(key));
        self.records.iter().for_each(|(key, value)| tx.put(key, value));
        keep_only(tx, &self.blobs, now)?;
        for account in Account::all(tx, usize::MAX - 1)? {
            generations.entry(account).or_default();
        }
        // INVARIANT: what was judged before is judged anew, as no generation of before comes again.
        generations.into_iter().try_for_each(|(account, known)| pass_generation(tx, account, known))
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seed").field("records", &self.records.len()).finish_non_exhaustive()
    }
}
