//! The parts of a backup: written one after the other, and read only if they are what was written.

use std::io::{self, Read, Write};

use argali_store::StoreError;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::time::Timestamp;
use crate::vault::SecretKey;

/// The name and version of the format.
pub(super) const FORMAT: &[u8; 16] = b"argali backup 1\n";
/// What every version of the format begins with.
const NAME: &[u8] = b"argali backup ";
/// How many bytes of rows a part has about.
pub(super) const PART_BYTES: usize = 256 << 10;
/// How many bytes a part has at most: what it should have, and the longest row.
const LONGEST_PART: usize = PART_BYTES + argali_store::MAX_KEY_BYTES + argali_store::MAX_VALUE_BYTES + 8;

const HEAD: u8 = b'H';
const ROWS: u8 = b'R';
const END: u8 = b'E';

/// Why a backup cannot be made or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The file is something else.
    #[error("this is no backup of Argali: name the file that `argali backup` wrote")]
    NoBackup,
    /// Another version has made it.
    #[error(
        "this version does not know the format of the backup: use the version that made it, or a later one"
    )]
    UnknownFormat,
    /// A part is not what was written.
    #[error("the backup is damaged in its part `{0}`: nothing of it can be trusted, use another one")]
    Damaged(String),
    /// The file ends before the backup does.
    #[error("the backup was cut off in its part `{0}`: use another one")]
    Cut(String),
    /// It is whole, and was not signed with the master key.
    #[error("the backup was not signed by whoever holds the master key: nothing of it can be trusted")]
    NotSigned,
    /// Its secrets are sealed under another key.
    #[error(
        "the backup was made under another master key: put the key of that time into the data folder as master.key"
    )]
    WrongMasterKey,
    /// The store that it is to be put into is not empty.
    #[error("there are records already: a backup is restored into an empty folder")]
    NotEmpty,
    /// The file cannot be read.
    #[error("the backup cannot be read")]
    Read(#[source] io::Error),
    /// The file, or whoever wants it, takes no more.
    #[error("the backup cannot be written")]
    Write(#[source] io::Error),
    /// The records cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// When it was made, in milliseconds since 1970 UTC.
    made_at_ms: i64,
    /// The version of Argali that made it.
    pub version: String,
    /// What tells whether the master key is the one that secrets are sealed under: hexadecimal digits.
    pub(super) master_key_check: String,
    /// Records of calls from this number on may be of changes that it does not hold.
    pub next_record: u64,
}

impl Head {
    pub(super) fn new(made_at: Timestamp, master_key_check: &[u8; 32], next_record: u64) -> Self {
        Self {
            made_at_ms: made_at.as_millis(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            master_key_check: hex::encode(master_key_check),
            next_record,
        }
    }

    /// When it was made.
    pub fn made_at(&self) -> Timestamp {
        Timestamp::from_millis(self.made_at_ms)
    }
}

/// The last part.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct End {
    rows: u64,
    /// Of the sum before it, in hexadecimal digits.
    signature: String,
}

/// Sums of parts: each stands for all that came before.
#[derive(Clone, Copy, Debug)]
struct Chain([u8; 32]);

impl Chain {
    fn new() -> Self {
        Self(Sha256::digest(FORMAT).into())
    }

    fn follow(&mut self, kind: u8, length: [u8; 4], bytes: &[u8]) -> [u8; 32] {
        let sum = Sha256::new().chain_update(self.0).chain_update([kind]).chain_update(length);
        self.0 = sum.chain_update(bytes).finalize().into();
        self.0
    }

    #[expect(clippy::expect_used, reason = "a key of any length will do")]
    fn signature(&self, key: &SecretKey) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(key.expose()).expect("a key of any length will do");
        mac.chain_update(self.0)
    }
}

/// Writes a backup.
pub(super) struct PartWriter<'w> {
    to: &'w mut dyn Write,
    chain: Chain,
    rows: u64,
    bytes: u64,
    /// Rows of the part that is being filled.
    gathered: Vec<u8>,
}

impl<'w> PartWriter<'w> {
    pub(super) fn begin(to: &'w mut dyn Write, head: &Head) -> Result<Self, BackupError> {
        to.write_all(FORMAT).map_err(BackupError::Write)?;
        let bytes = FORMAT.len() as u64;
        let mut writer = Self { to, chain: Chain::new(), rows: 0, bytes, gathered: Vec::new() };
        writer.part(HEAD, &json(head)?)?;
        Ok(writer)
    }

    pub(super) fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), BackupError> {
        for part in [key, value] {
            self.gathered.extend_from_slice(&length_of(part).to_le_bytes());
        }
        self.gathered.extend_from_slice(key);
        self.gathered.extend_from_slice(value);
        self.rows += 1;
        if self.gathered.len() >= PART_BYTES { self.end_rows() } else { Ok(()) }
    }

    /// Signs it; returns how many rows and bytes it has.
    pub(super) fn end(mut self, key: &SecretKey) -> Result<(u64, u64), BackupError> {
        self.end_rows()?;
        let signature = hex::encode(self.chain.signature(key).finalize().into_bytes());
        let end = json(&End { rows: self.rows, signature })?;
        self.part(END, &end)?;
        self.to.flush().map_err(BackupError::Write)?;
        Ok((self.rows, self.bytes))
    }

    fn end_rows(&mut self) -> Result<(), BackupError> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let mut rows = std::mem::take(&mut self.gathered);
        self.part(ROWS, &rows)?;
        rows.clear();
        self.gathered = rows;
        Ok(())
    }

    fn part(&mut self, kind: u8, bytes: &[u8]) -> Result<(), BackupError> {
        let length = length_of(bytes).to_le_bytes();
        let sum = self.chain.follow(kind, length, bytes);
        for piece in [&[kind][..], &length, bytes, &sum] {
            self.to.write_all(piece).map_err(BackupError::Write)?;
            self.bytes += piece.len() as u64;
        }
        Ok(())
    }
}

/// What shows who made a backup, for whoever holds the master key to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seal {
    /// What the backup says of its master key, in hexadecimal digits.
    pub master_key_check: String,
    /// What stands for all that it holds, in hexadecimal digits.
    pub sum: String,
    /// The signature of that, in hexadecimal digits.
    pub signature: String,
}

impl Seal {
    /// Whether the sum was signed with `key`.
    pub(crate) fn is_of(&self, key: &SecretKey) -> bool {
        let mut sum = [0; 32];
        let signature = hex::decode(&self.signature).unwrap_or_default();
        hex::decode_to_slice(&self.sum, &mut sum).is_ok()
            && Chain(sum).signature(key).verify_slice(&signature).is_ok()
    }
}

/// Reads a backup.
pub(super) struct PartReader<R> {
    pub(super) from: R,
    chain: Chain,
    rows: u64,
    bytes: u64,
    /// How many parts of rows were read.
    parts: u64,
    /// The part that is read at present.
    name: String,
    /// Once all is read.
    seal: Seal,
}

impl<R: Read> PartReader<R> {
    /// Reads what the backup says of itself.
    pub(super) fn begin(mut from: R) -> Result<(Head, Self), BackupError> {
        let mut format = [0; FORMAT.len()];
        match from.read_exact(&mut format) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(BackupError::NoBackup),
            read => read.map_err(BackupError::Read)?,
        }
        if format != *FORMAT {
            let is_named = format.starts_with(NAME);
            return Err(if is_named { BackupError::UnknownFormat } else { BackupError::NoBackup });
        }
        let (bytes, name) = (FORMAT.len() as u64, "head".to_owned());
        let seal = Seal::default();
        let mut reader = Self { from, chain: Chain::new(), rows: 0, bytes, parts: 0, name, seal };
        let (kind, bytes) = reader.part()?;
        let head = serde_json::from_slice(&bytes).ok().filter(|_| kind == HEAD);
        let head: Head = head.ok_or_else(|| reader.damaged())?;
        reader.seal.master_key_check.clone_from(&head.master_key_check);
        Ok((head, reader))
    }

    /// The next rows; nothing once all were read, and are what was signed with `key`, if there is one to compare with.
    pub(super) fn next(&mut self, key: Option<&SecretKey>) -> Result<Option<Vec<u8>>, BackupError> {
        let before = self.chain;
        self.name = format!("rows {}", self.parts + 1);
        match self.part()? {
            (ROWS, bytes) => {
                self.parts += 1;
                self.rows += rows(&bytes).count() as u64;
                if rows(&bytes).any(|row| row.is_none()) { Err(self.damaged()) } else { Ok(Some(bytes)) }
            }
            (END, bytes) => {
                self.name = "end".to_owned();
                let end: End = serde_json::from_slice(&bytes).map_err(|_| self.damaged())?;
                let mut further = [0];
                let is_last = self.from.read(&mut further).map_err(BackupError::Read)? == 0;
                if end.rows != self.rows || !is_last {
                    return Err(self.damaged());
                }
                self.seal.sum = hex::encode(before.0);
                self.seal.signature = end.signature;
                if key.is_none_or(|key| self.seal.is_of(key)) {
                    Ok(None)
                } else {
                    Err(BackupError::NotSigned)
                }
            }
            _ => Err(self.damaged()),
        }
    }

    /// How many rows were read.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// What shows who made it, once all of it was read.
    pub(super) fn seal(self) -> Seal {
        self.seal
    }

    /// How many bytes were read.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn part(&mut self) -> Result<(u8, Vec<u8>), BackupError> {
        let mut start = [0; 5];
        self.fill(&mut start)?;
        let [kind, length @ ..] = start;
        let bytes_to_come = u32::from_le_bytes(length) as usize;
        if bytes_to_come > LONGEST_PART {
            return Err(self.damaged());
        }
        let mut bytes = vec![0; bytes_to_come];
        self.fill(&mut bytes)?;
        let mut sum = [0; 32];
        self.fill(&mut sum)?;
        if self.chain.follow(kind, length, &bytes) == sum { Ok((kind, bytes)) } else { Err(self.damaged()) }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), BackupError> {
        self.bytes += bytes.len() as u64;
        self.from.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => BackupError::Cut(self.name.clone()),
            _ => BackupError::Read(error),
        })
    }

    fn damaged(&self) -> BackupError {
        BackupError::Damaged(self.name.clone())
    }
}

/// The rows of a part, key and value; nothing in place of what is none.
pub(super) fn rows(part: &[u8]) -> impl Iterator<Item = Option<(&[u8], &[u8])>> {
    let mut rest = Some(part).filter(|part| !part.is_empty());
    std::iter::from_fn(move || {
        let split = split_row(rest?);
        rest = split.map(|(_, rest)| rest).filter(|rest| !rest.is_empty());
        Some(split.map(|(row, _)| row))
    })
}

type Row<'p> = (&'p [u8], &'p [u8]);

fn split_row(part: &[u8]) -> Option<(Row<'_>, &[u8])> {
    let (key_bytes, rest) = part.split_first_chunk()?;
    let (value_bytes, rest) = rest.split_first_chunk()?;
    let (key, rest) = rest.split_at_checked(u32::from_le_bytes(*key_bytes) as usize)?;
    let (value, rest) = rest.split_at_checked(u32::from_le_bytes(*value_bytes) as usize)?;
    Some(((key, value), rest))
}

/// The lengths of keys, values and parts are bounded far below what four bytes can say.
fn length_of(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, BackupError> {
    serde_json::to_vec(value).map_err(|error| BackupError::Write(error.into()))
}
