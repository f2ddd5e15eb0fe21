//! Backups of a server's data, and what is restored from them.
//!
//! The records are in the backup. What lies beside them in files that never change is copied as it is: objects and
//! closed segments of the audit trail. The master key is in neither.

mod download;
mod restore;
mod socket;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use argali_core::env::Env;
use argali_core::registry::Registry;
use argali_store::StoreError;

pub use argali_core::backup::{BackupError, Change, ChangeKind, ChangeList, Head, Made};
pub(crate) use download::{PATH, download};
pub use restore::{RestoreError, RestoreReport, Trail, restore};
pub(crate) use socket::{is_asked_for, send};

use crate::config::Config;
use crate::data::{self, Data, DataError, Outside};
use crate::operator::OperatorError;

/// Why a backup was not made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// Neither a server nor the data could be reached.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// The backup broke off, or is not whole.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// There is such a file.
    #[error("`{}` exists: name another file, or remove it", .0.display())]
    Exists(PathBuf),
    /// The file cannot be written.
    #[error("cannot write `{}`", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// The refusal.
        source: io::Error,
    },
}

/// Writes a backup of the data in `folder` to `to`: through the server that runs on it, or else by opening the data. It
/// blocks.
///
/// # Errors
///
/// Fails if neither can be reached, or if `to` takes no more. What was written until then is no backup.
pub fn make(config: &Config, folder: &Path, to: &mut dyn Write) -> Result<Made, MakeError> {
    let in_use = || OperatorError::NoAnswer(folder.to_owned());
    if let Some(made) = socket::fetch(folder, to)? {
        return Ok(made);
    }
    let data = Data::Folder(folder.to_owned());
    if !data::store_folder(folder).exists() {
        return Err(OperatorError::from(DataError::NoData(folder.display().to_string())).into());
    }
    match data::open(config, &data, Env::system(), Registry::default(), Outside::none()) {
        Ok(core) => Ok(core.write_backup(to)?),
        // A server that has just started opens its socket soon; one that is stopping has closed it already.
        Err(DataError::Store(StoreError::InUse(_))) => {
            socket::fetch(folder, to)?.ok_or_else(|| in_use().into())
        }
        Err(error) => Err(OperatorError::from(error).into()),
    }
}

/// The same to a file, which only its owner can read, and which is there as a whole or not at all.
///
/// # Errors
///
/// Fails as [`make`] does, and if the file is there already or cannot be written.
pub fn make_file(config: &Config, folder: &Path, path: &Path) -> Result<Made, MakeError> {
    if path.symlink_metadata().is_ok() {
        return Err(MakeError::Exists(path.to_owned()));
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let cannot = |source| MakeError::File { path: path.to_owned(), source };
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished);
    let made = file.map_err(cannot).and_then(|file| {
        let mut to = BufWriter::new(&file);
        let made = make(config, folder, &mut to).map_err(|error| match error {
            MakeError::Backup(BackupError::Write(source)) => cannot(source),
            other => other,
        })?;
        to.flush().and_then(|()| file.sync_all()).map_err(cannot)?;
        Ok(made)
    });
    let placed = made.and_then(|made| {
        fs::rename(&unfinished, path).and_then(|()| flush_folder_of(path)).map_err(cannot)?;
        Ok(made)
    });
    if placed.is_err()
        && let Err(error) = fs::remove_file(&unfinished)
    {
        tracing::debug!(%error, "there is nothing to be removed of a backup that was not made");
    }
    placed
}

/// Makes the name of a file durable.
fn flush_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
