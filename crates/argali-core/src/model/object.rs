//! Objects: what a bucket holds under a name.

use std::collections::BTreeMap;

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::blob::Piece;
use super::bucket::{Acl, Bucket, BucketUsage, StorageClass};
use super::key::{AccountTable, Key};
use super::record::{Record, damaged, from_bytes, read, write};
use crate::storage_name::ObjectKey;
use crate::time::Timestamp;

/// How an object came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum ObjectKind {
    /// In one piece.
    #[n(0)]
    Normal,
    /// In parts.
    #[n(1)]
    Multipart,
    /// It can be added to.
    #[n(2)]
    Appendable,
}

impl ObjectKind {
    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Multipart => "Multipart",
            Self::Appendable => "Appendable",
        }
    }
}

/// What is told with an object's bytes, as whoever stored it said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Description {
    /// Headers such as `content-type`, by name in lower case.
    #[n(0)]
    pub headers: BTreeMap<String, String>,
    /// The owner's own, by what follows `x-oss-meta-`, in lower case.
    #[n(1)]
    pub metadata: BTreeMap<String, String>,
    /// What it is labelled with.
    #[n(2)]
    pub tags: BTreeMap<String, String>,
    /// Who may reach it without any policy, if not as its bucket says.
    #[n(3)]
    pub acl: Option<Acl>,
    /// What it is.
    #[n(4)]
    pub storage_class: StorageClass,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Object {
    /// Its bytes, in order.
    #[n(0)]
    pub pieces: Vec<Piece>,
    /// How many bytes they are.
    #[n(1)]
    pub size: u64,
    /// Changes with its bytes: without quotes.
    #[n(2)]
    pub etag: String,
    /// The CRC-64 (ECMA) of its bytes.
    #[n(3)]
    pub crc64: u64,
    /// When it came.
    #[n(4)]
    pub modified_at: Timestamp,
    /// How it came about.
    #[n(5)]
    pub kind: ObjectKind,
    /// What is told with its bytes.
    #[n(6)]
    pub description: Description,
}

impl Record for Object {}

impl Object {
    /// The object of this name.
    pub fn find(tx: &dyn Transaction, bucket: &Bucket, key: &ObjectKey) -> Result<Option<Self>, StoreError> {
        read(tx, &place(bucket, key))
    }

    /// Puts the object in place of what has its name, whose bytes are discarded.
    pub fn replace(
        &self,
        tx: &mut dyn Transaction,
        bucket: &Bucket,
        key: &ObjectKey,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        Self::remove(tx, bucket, key, now)?;
        self.pieces.iter().for_each(|piece| piece.keep(tx));
        self.save(tx, bucket, key);
        BucketUsage::change(tx, bucket, |usage| {
            usage.objects = usage.objects.saturating_add(1);
            usage.bytes = usage.bytes.saturating_add(self.size);
        })
    }

    /// Writes the object, which is there, as it is now; its size must be what it was.
    pub fn save(&self, tx: &mut dyn Transaction, bucket: &Bucket, key: &ObjectKey) {
        write(tx, &place(bucket, key), self);
    }

    /// Adds bytes at the end of the object, which is there.
    pub fn append(
        &mut self,
        tx: &mut dyn Transaction,
        bucket: &Bucket,
        key: &ObjectKey,
        piece: Piece,
    ) -> Result<(), StoreError> {
        piece.keep(tx);
        self.pieces.push(piece);
        self.size = self.size.saturating_add(piece.size);
        self.save(tx, bucket, key);
        BucketUsage::change(tx, bucket, |usage| usage.bytes = usage.bytes.saturating_add(piece.size))
    }

    /// Removes the object, if it is there, and discards its bytes.
    pub fn remove(
        tx: &mut dyn Transaction,
        bucket: &Bucket,
        key: &ObjectKey,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(object) = Self::find(tx, bucket, key)? else { return Ok(false) };
        object.pieces.iter().for_each(|piece| piece.discard(tx, now));
        tx.delete(place(bucket, key).as_bytes());
        BucketUsage::change(tx, bucket, |usage| {
            usage.objects = usage.objects.saturating_sub(1);
            usage.bytes = usage.bytes.saturating_sub(object.size);
        })?;
        Ok(true)
    }

    /// At most `limit` objects whose names begin with `prefix`, in the order of their names, from `start` on.
    pub fn scan(
        tx: &dyn Transaction,
        bucket: &Bucket,
        prefix: &str,
        start: &Start,
        limit: usize,
    ) -> Result<Vec<(String, Self)>, StoreError> {
        let table = table(bucket);
        let whole = table.clone().bytes(prefix.as_bytes());
        let start = match start {
            Start::Beginning => whole.clone(),
            // A NUL ends a name, and another makes the first key after it.
            Start::After(name) => table.clone().text(name).bytes(&[0]),
            Start::Past(prefix) => table.clone().bytes(prefix.as_bytes()).end(),
        };
        let start = start.as_bytes().max(whole.as_bytes());
        let rows = tx.scan(start, whole.end().as_bytes(), limit)?;
        let named = |(key, value): (Vec<u8>, Vec<u8>)| {
            let name = key.strip_prefix(table.as_bytes()).and_then(|name| name.strip_suffix(&[0]));
            let name = name.and_then(|name| std::str::from_utf8(name).ok());
            let name = name.ok_or_else(|| damaged("an object has no name".to_owned()))?;
            Ok((name.to_owned(), from_bytes(&value)?))
        };
        rows.into_iter().map(named).collect()
    }

    /// The bytes from `start` up to, and not including, `end`: which of which pieces.
    pub fn cut(&self, start: u64, end: u64) -> Vec<(Piece, std::ops::Range<u64>)> {
        let mut at = 0_u64;
        let mut cut = Vec::new();
        for piece in &self.pieces {
            let next = at.saturating_add(piece.size);
            let (from, to) = (start.max(at), end.min(next));
            if from < to {
                cut.push((*piece, from - at..to - at));
            }
            at = next;
        }
        cut
    }
}

/// Where a list of objects goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// At its beginning.
    Beginning,
    /// After this name.
    After(String),
    /// After every name that begins so.
    Past(String),
}

fn table(bucket: &Bucket) -> Key {
    Key::account(bucket.owner, AccountTable::Object).number(bucket.id)
}

fn place(bucket: &Bucket, key: &ObjectKey) -> Key {
    table(bucket).text(key.as_str())
}
