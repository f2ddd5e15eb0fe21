//! Files and folders of a store: private, and durable before they are relied upon.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::{Room, StoreError};

/// Makes a folder that only the owner can enter, unless it is there.
pub(super) fn make_folder(path: &Path) -> Result<(), StoreError> {
    let made = DirBuilder::new().mode(0o700).recursive(true).create(path);
    made.map_err(|error| StoreError::io("make the folder", path, error))?;
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_folder)
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let synced = File::open(path).and_then(|folder| folder.sync_all());
    synced.map_err(|error| StoreError::io("flush the folder", path, error))
}

/// Opens a file for reading and writing; makes it, for the owner alone, if it is not there.
pub(super) fn open_file(path: &Path) -> Result<File, StoreError> {
    let opened =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    opened.map_err(|error| StoreError::io("open", path, error))
}

/// Keeps every other process out for as long as the file is held.
pub(super) fn lock(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join("lock");
    let file = open_file(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(dir.to_owned())),
        Err(TryLockError::Error(error)) => Err(StoreError::io("lock", &path, error)),
    }
}

/// Replaces a small file as a whole.
// SPEC: security, storage: file flushed, renamed, folder flushed
pub(super) fn replace(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    let draft = path.with_extension("new");
    let written = open_file(&draft)?;
    written
        .set_len(0)
        .and_then(|()| (&written).write_all(content))
        .and_then(|()| written.sync_all())
        .map_err(|error| StoreError::io("write", &draft, error))?;
    rename(&draft, path)
}

/// Renames durably.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    std::fs::rename(from, to).map_err(|error| StoreError::io("rename", from, error))?;
    to.parent().map_or(Ok(()), sync_folder)
}

/// How much room the files under a folder take, and how much there is.
pub(super) fn room(path: &Path) -> Result<Room, StoreError> {
    let device = rustix::fs::statvfs(path)
        .map_err(|error| StoreError::io("ask for the room of", path, error.into()))?;
    let used_bytes = used(path).map_err(|error| StoreError::io("list", path, error))?;
    Ok(Room { used_bytes, free_bytes: device.f_bavail.saturating_mul(device.f_frsize) })
}

fn used(path: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let taken = match entry.metadata() {
            // Files come and go while they are counted.
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Ok(found) if found.is_dir() => used(&entry.path())?,
            found => found?.len(),
        };
        bytes += taken;
    }
    Ok(bytes)
}

/// Removes a file if it is there.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io("remove", path, error)),
        _ => Ok(()),
    }
}
