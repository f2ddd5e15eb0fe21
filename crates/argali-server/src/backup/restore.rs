//! Restoring: a backup becomes the store of a data folder, as a whole or not at all.
//!
//! The store is made under another name, of which no server takes any notice but to refuse to start, and gets its own
//! when it is whole.
// SPEC: security, keys and secrets, K6; storage, S1.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use argali_core::audit::{self, Verdict};
use argali_core::backup::{self, BackupError, ChangeList, OldRecords, Restored, changes_since};
use argali_core::env::Env;
use argali_core::vault::SecretKey;
use argali_store::{Store, StoreError};

use crate::config::Config;
use crate::data::{self, DataError};

/// Why a backup was not restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The folder has data.
    #[error("`{0}` holds data: restore into another folder, or move `{0}/store` away first")]
    HasData(String),
    /// The master key is not there.
    #[error(
        "secrets in the backup are sealed: put the master key of that time into `{0}` as master.key (chmod 600), or \
         give it in ARGALI_MASTER_KEY"
    )]
    NoKey(String),
    /// Another restore is under way.
    #[error("another restore into `{0}` is under way: wait for it")]
    UnderWay(String),
    /// The folder or its key cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The backup cannot be used.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The folder cannot be written to.
    #[error("cannot {doing} `{}`", path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// The refusal.
        source: io::Error,
    },
    /// All is restored; what has changed since cannot be told.
    #[error("everything is restored, but the records of calls in `{}` cannot be read", folder.display())]
    Records {
        /// Where they lie.
        folder: PathBuf,
        /// The refusal.
        source: io::Error,
    },
}

/// What was restored.
#[derive(Debug)]
pub struct RestoreReport {
    /// What the backup says of itself, and how many records it held.
    pub restored: Restored,
    /// What the records of calls tell of the time since, if there are any.
    pub since: Option<Trail>,
}

/// Records of calls of the time since a backup.
#[derive(Debug)]
pub struct Trail {
    /// Where they lie.
    pub folder: PathBuf,
    /// Whether they are what was written.
    pub verdict: Verdict,
    /// What was changed.
    pub list: ChangeList,
}

/// Restores a backup into the data folder `folder`, in which there is no store. Records of calls are looked for in
/// `records`, or else in the folder itself.
///
/// # Errors
///
/// Fails if there is data, if the master key is another, or if the backup is not whole; the folder is then as it was.
pub fn restore(
    config: &Config,
    folder: &Path,
    from: impl Read,
    records: Option<&Path>,
) -> Result<RestoreReport, RestoreError> {
    data::prepare_folder(folder)?;
    let place = || folder.display().to_string();
    if data::store_folder(folder).exists() {
        return Err(RestoreError::HasData(place()));
    }
    let env = Env::system();
    let key = data::master_key(folder, true, &env).map_err(|error| match error {
        DataError::LostKey(_) => RestoreError::NoKey(place()),
        other => other.into(),
    })?;
    let own_records = data::audit_folder(folder);
    let old = if own_records.exists() { OldRecords::Kept } else { OldRecords::Lost };
    let restoring = data::restoring_folder(folder);
    let opened = Opened { config, folder, restoring: &restoring };
    let restored = match opened.fill(|store| backup::restore(from, store, &key, &env, old)) {
        Ok(restored) => restored,
        Err(RestoreError::UnderWay(place)) => return Err(RestoreError::UnderWay(place)),
        Err(error) => {
            clear(&restoring)?;
            return Err(error);
        }
    };
    let store = data::store_folder(folder);
    let put = fs::rename(&restoring, &store).and_then(|()| File::open(folder)?.sync_all());
    put.map_err(|source| RestoreError::Io { doing: "rename", path: restoring, source })?;
    let kept = Some(own_records).filter(|_| old == OldRecords::Kept);
    let records = records.map(Path::to_owned).or(kept);
    let since = records.map(|records| Trail::look(&restored, records, &key)).transpose()?;
    Ok(RestoreReport { restored, since })
}

/// Where a store is being restored.
struct Opened<'a> {
    config: &'a Config,
    folder: &'a Path,
    restoring: &'a Path,
}

impl Opened<'_> {
    /// Fills a new store, and closes it.
    fn fill(
        &self,
        fill: impl FnOnce(&Store) -> Result<Restored, BackupError>,
    ) -> Result<Restored, RestoreError> {
        // What an earlier try has left is of no use, unless somebody is at it.
        if self.restoring.exists() {
            self.require_nobody()?;
            clear(self.restoring)?;
        }
        let store =
            Store::embedded(self.restoring, &data::store_options(self.config)).map_err(BackupError::Store)?;
        Ok(fill(&store)?)
    }

    fn require_nobody(&self) -> Result<(), RestoreError> {
        match Store::embedded(self.restoring, &data::store_options(self.config)) {
            Err(StoreError::InUse(_)) => Err(RestoreError::UnderWay(self.folder.display().to_string())),
            _ => Ok(()),
        }
    }
}

fn clear(folder: &Path) -> Result<(), RestoreError> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(RestoreError::Io { doing: "remove", path: folder.to_owned(), source })
        }
        _ => Ok(()),
    }
}

impl Trail {
    fn look(restored: &Restored, folder: PathBuf, key: &SecretKey) -> Result<Self, RestoreError> {
        let unreadable = |source| RestoreError::Records { folder: folder.clone(), source };
        let verdict = audit::verify(&folder, &audit::head_key(key)).map_err(unreadable)?;
        let list = changes_since(restored, &folder).map_err(unreadable)?;
        Ok(Self { folder, verdict, list })
    }
}
