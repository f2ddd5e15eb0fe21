//! Files that only their owner may read: keys.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use zeroize::Zeroizing;

/// What a key file holds.
pub(crate) enum Held {
    /// There is no such file.
    Nothing,
    /// Others can read it, or it belongs to somebody else.
    Open,
    /// Its text.
    Text(Zeroizing<String>),
}

/// Reads a key file, if it is closed to others.
///
/// # Errors
///
/// Fails if it is there and cannot be read.
// SPEC: security, keys and secrets, K1.
pub(crate) fn read(path: &Path) -> io::Result<Held> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Held::Nothing),
        Err(error) => return Err(error),
    };
    let metadata = file.metadata()?;
    let owner = rustix::process::geteuid().as_raw();
    if metadata.mode() & 0o077 != 0 || metadata.uid() != owner {
        return Ok(Held::Open);
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text)?;
    Ok(Held::Text(text))
}

/// Writes a file for its owner alone, so that it is there as a whole or not at all.
///
/// # Errors
///
/// Fails if the folder cannot be written to.
pub(crate) fn write(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    let unfinished = folder.join(format!("{name}.new"));
    if let Err(error) = fs::remove_file(&unfinished)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, folder.join(name))?;
    File::open(folder)?.sync_all()
}
