//! How a record becomes bytes and back, and pages of them.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::Key;

/// Something that is kept under a key: one byte of format version, then CBOR.
pub trait Record: Encode<()> + for<'b> Decode<'b, ()> {
    /// The format that is written. Raised only when old bytes would no longer read.
    const VERSION: u8 = 1;
}

/// The record at `key`, or `None`. Fails if its bytes cannot be understood.
pub fn read<R: Record>(tx: &dyn Transaction, key: &Key) -> Result<Option<R>, StoreError> {
    tx.get(key.as_bytes())?.map(|bytes| from_bytes(&bytes)).transpose()
}

/// Puts `record` at `key`, in place of what was there.
pub fn write<R: Record>(tx: &mut dyn Transaction, key: &Key, record: &R) {
    tx.put(key.as_bytes(), &to_bytes(record));
}

/// Some records of a table, and where to go on.
#[derive(Debug)]
pub struct Page<R> {
    /// The records, in the order of their keys.
    pub records: Vec<R>,
    /// What of the last record's key follows the table's prefix, if there are more.
    pub next: Option<Vec<u8>>,
}

/// At most `size` records whose keys begin with `prefix`, after the one at `prefix` + `after`.
pub fn page<R: Record>(
    tx: &dyn Transaction,
    prefix: &Key,
    after: Option<&[u8]>,
    size: usize,
) -> Result<Page<R>, StoreError> {
    // A NUL after a key makes the first key that follows it.
    let start = match after {
        Some(after) => prefix.clone().bytes(after).bytes(&[0]),
        None => prefix.clone(),
    };
    let mut pairs = tx.scan(start.as_bytes(), prefix.end().as_bytes(), size.saturating_add(1))?;
    let more = pairs.len() > size;
    pairs.truncate(size);
    let next = pairs.last().filter(|_| more).and_then(|(key, _)| key.strip_prefix(prefix.as_bytes()));
    let next = next.map(<[u8]>::to_vec);
    let records = pairs.iter().map(|(_, value)| from_bytes(value)).collect::<Result<_, _>>()?;
    Ok(Page { records, next })
}

/// Hands over every row whose key begins with `prefix`: what of its key follows, and its value. They are read some at a
/// time.
pub(super) fn each_row(
    tx: &dyn Transaction,
    prefix: &Key,
    mut take: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    const AT_ONCE: usize = 1_000;
    let (mut start, end) = (prefix.as_bytes().to_vec(), prefix.end());
    loop {
        let rows = tx.scan(&start, end.as_bytes(), AT_ONCE)?;
        for (key, value) in &rows {
            take(key.strip_prefix(prefix.as_bytes()).unwrap_or_default(), value)?;
        }
        match rows.last() {
            Some((last, _)) if rows.len() == AT_ONCE => {
                start.clone_from(last);
                // A NUL after a key makes the first key that follows it.
                start.push(0);
            }
            _ => return Ok(()),
        }
    }
}

pub(super) fn to_bytes<R: Record>(record: &R) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    bytes.push(R::VERSION);
    let written = minicbor::encode(record, &mut bytes);
    debug_assert!(written.is_ok(), "a vector takes any bytes");
    bytes
}

pub(super) fn from_bytes<R: Record>(bytes: &[u8]) -> Result<R, StoreError> {
    match bytes.split_first() {
        Some((&version, cbor)) if version == R::VERSION => {
            minicbor::decode(cbor).map_err(|error| damaged(format!("a record cannot be read: {error}")))
        }
        Some((version, _)) => Err(damaged(format!("a record has the unknown format {version}"))),
        None => Err(damaged("a record is empty".to_owned())),
    }
}

/// What is said of stored bytes that Argali did not write, or wrote with a later version.
pub(crate) fn damaged(detail: String) -> StoreError {
    StoreError::Damaged { file: "the records".into(), offset: None, detail }
}
