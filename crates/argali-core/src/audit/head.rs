//! The signed head of a trail: between which records it must be whole.
//!
//! Nobody without the master key can make one, so what is cut off the end of a trail, or put in its place, shows.
//! The file has two places that are written in turn: whatever happens while one is written, the other is good.
// SPEC: security, audit, A3.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::line::{Seam, hash_text, parse_hash};
use crate::vault::SecretKey;

pub(super) const NAME: &str = "head";
/// How long a place in the file is.
const PLACE: usize = 512;

/// From where to where a trail reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// What joins its first record to those that were removed for their age.
    pub(super) first: Seam,
    /// What joins its last record to the next.
    pub(super) next: Seam,
}

/// The file that holds the head.
#[derive(Debug)]
pub(super) struct HeadFile {
    file: File,
    key: SecretKey,
    /// How often the head was written.
    turn: u64,
    written: Option<Head>,
}

/// What stands in a place.
#[derive(Serialize, Deserialize)]
struct Text {
    turn: u64,
    first: SeamText,
    next: SeamText,
}

#[derive(Serialize, Deserialize)]
struct SeamText {
    n: u64,
    hash: String,
}

/// The key with which heads are signed.
pub fn head_key(master: &SecretKey) -> SecretKey {
    master.derive("argali audit head")
}

/// The head that was signed last; nothing if none was, or none with this key.
pub(super) fn read(folder: &Path, key: &SecretKey) -> io::Result<Option<Head>> {
    match File::open(folder.join(NAME)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        file => Ok(newest(&file?, key)?.map(|(_, head)| head)),
    }
}

impl HeadFile {
    /// Opens the file in `folder`, or makes it.
    pub(super) fn open(folder: &Path, key: SecretKey) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(folder.join(NAME))?;
        let (turn, written) = match newest(&file, &key)? {
            Some((turn, head)) => (turn, Some(head)),
            None => (0, None),
        };
        Ok(Self { file, key, turn, written })
    }

    /// The head as it was signed last.
    pub(super) fn head(&self) -> Option<Head> {
        self.written
    }

    /// Signs and writes the head, unless it is the same as before. What it speaks of must be on disk.
    pub(super) fn write(&mut self, head: Head) -> io::Result<()> {
        if self.written == Some(head) {
            return Ok(());
        }
        let turn = self.turn.wrapping_add(1);
        let seam = |seam: Seam| SeamText { n: seam.number, hash: hash_text(&seam.hash) };
        let text = Text { turn, first: seam(head.first), next: seam(head.next) };
        let text = serde_json::to_string(&text).map_err(io::Error::from)?;
        let signature = hash_text(&mac(&self.key, text.as_bytes()).finalize().into_bytes().into());
        let mut place = format!("{text} {signature}").into_bytes();
        place.resize(PLACE - 1, b' ');
        place.push(b'\n');
        self.file.write_all_at(&place, turn % 2 * PLACE as u64)?;
        (self.turn, self.written) = (turn, Some(head));
        Ok(())
    }

    /// Waits until it is on disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

fn newest(file: &File, key: &SecretKey) -> io::Result<Option<(u64, Head)>> {
    let mut newest = None::<(u64, Head)>;
    for place in 0..2 {
        let mut bytes = [0; PLACE];
        let read = file.read_at(&mut bytes, place * PLACE as u64)?;
        let signed = std::str::from_utf8(bytes.get(..read).unwrap_or_default()).ok();
        if let Some((turn, head)) = signed.and_then(|signed| verified(signed.trim(), key))
            && newest.is_none_or(|(other, _)| other < turn)
        {
            newest = Some((turn, head));
        }
    }
    Ok(newest)
}

fn verified(signed: &str, key: &SecretKey) -> Option<(u64, Head)> {
    let (text, signature) = signed.rsplit_once(' ')?;
    let signature = parse_hash(signature.as_bytes().try_into().ok()?)?;
    mac(key, text.as_bytes()).verify_slice(&signature).ok()?;
    let Text { turn, first, next } = serde_json::from_str(text).ok()?;
    let seam = |text: SeamText| {
        Some(Seam { number: text.n, hash: parse_hash(text.hash.as_bytes().try_into().ok()?)? })
    };
    Some((turn, Head { first: seam(first)?, next: seam(next)? }))
}

#[expect(clippy::expect_used, reason = "a key of any length will do")]
fn mac(key: &SecretKey, text: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key.expose()).expect("a key of any length will do").chain_update(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(number: u64) -> Head {
        Head { first: Seam::default(), next: Seam { number, hash: [7; 32] } }
    }

    #[test]
    fn the_last_head_is_read_and_none_without_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let key = SecretKey::new([1; 32]);
        assert_eq!(read(folder.path(), &key).unwrap(), None);
        let mut file = HeadFile::open(folder.path(), key.clone()).unwrap();
        for number in 1..6 {
            file.write(head(number)).unwrap();
            assert_eq!(read(folder.path(), &key).unwrap(), Some(head(number)));
        }
        assert_eq!(read(folder.path(), &SecretKey::new([2; 32])).unwrap(), None);
        assert_eq!(HeadFile::open(folder.path(), key).unwrap().head(), Some(head(5)));
    }

    #[test]
    fn a_place_that_is_damaged_leaves_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let key = SecretKey::new([1; 32]);
        let mut file = HeadFile::open(folder.path(), key.clone()).unwrap();
        file.write(head(1)).unwrap();
        file.write(head(2)).unwrap();
        let path = folder.path().join(NAME);
        let good = std::fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bent = good.clone();
            bent[at] ^= 1;
            std::fs::remove_file(&path).unwrap();
            std::fs::write(&path, &bent).unwrap();
            let found = read(folder.path(), &key).unwrap();
            // The second was written to the first place. Spaces at the end say nothing.
            assert!(found == Some(head(1)) || found == Some(head(2)), "{at}: {found:?}");
            if at < 200 {
                assert_eq!(found, Some(head(1)), "{at}");
            }
        }
    }
}
