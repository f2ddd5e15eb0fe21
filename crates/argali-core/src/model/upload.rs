//! Uploads in parts: begun, and neither completed nor given up.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::blob::Piece;
use super::bucket::{Bucket, BucketUsage};
use super::key::{AccountTable, Key};
use super::object::Description;
use super::record::{Page, Record, page, read, write};
use crate::env::Env;
use crate::storage_name::ObjectKey;
use crate::time::Timestamp;

/// The number of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct UploadId(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

impl UploadId {
    /// A new number.
    pub fn generate(env: &Env) -> Self {
        Self(env.random())
    }

    /// The number as clients have it: 32 upper-case hexadecimal digits.
    pub fn to_wire(self) -> String {
        hex::encode_upper(self.0)
    }

    /// The number that is written so.
    pub fn from_wire(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes)).filter(|id| id.to_wire() == text)
    }
}

/// An upload in parts.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Upload {
    /// Its number.
    #[n(0)]
    pub id: UploadId,
    /// What the object will be called.
    #[n(1)]
    pub key: ObjectKey,
    /// When it began.
    #[n(2)]
    pub begun_at: Timestamp,
    /// What will be told with the object's bytes.
    #[n(3)]
    pub description: Description,
}

impl Record for Upload {}

impl Upload {
    /// The upload of this number to this name.
    pub fn find(
        tx: &dyn Transaction,
        bucket: &Bucket,
        key: &ObjectKey,
        id: UploadId,
    ) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::place(bucket, key, id))
    }

    /// Writes down that it has begun.
    pub fn insert(&self, tx: &mut dyn Transaction, bucket: &Bucket) -> Result<(), StoreError> {
        write(tx, &Self::place(bucket, &self.key, self.id), self);
        BucketUsage::change(tx, bucket, |usage| usage.uploads = usage.uploads.saturating_add(1))
    }

    /// Ends it. Its parts are removed; what becomes of their bytes is the caller's to say.
    pub fn end(&self, tx: &mut dyn Transaction, bucket: &Bucket) -> Result<Vec<Part>, StoreError> {
        let parts = Part::all(tx, bucket, self.id)?;
        for part in &parts {
            tx.delete(Part::table(bucket, self.id).number(u64::from(part.number)).as_bytes());
        }
        tx.delete(Self::place(bucket, &self.key, self.id).as_bytes());
        BucketUsage::change(tx, bucket, |usage| usage.uploads = usage.uploads.saturating_sub(1))?;
        Ok(parts)
    }

    /// At most `size` uploads to names that begin with `prefix`, in the order of their names, after those to
    /// `after`, or after the one upload that is named with it.
    pub fn page(
        tx: &dyn Transaction,
        bucket: &Bucket,
        prefix: &str,
        after: Option<(&str, Option<UploadId>)>,
        size: usize,
    ) -> Result<Vec<Self>, StoreError> {
        let table = Key::account(bucket.owner, AccountTable::Upload).number(bucket.id);
        let whole = table.clone().bytes(prefix.as_bytes());
        let start = match after {
            None => whole.clone(),
            Some((key, Some(id))) => table.text(key).bytes(&id.0).bytes(&[0]),
            Some((key, None)) => table.text(key).end(),
        };
        let start = start.as_bytes().max(whole.as_bytes());
        let rows = tx.scan(start, whole.end().as_bytes(), size)?;
        rows.iter().map(|(_, value)| super::record::from_bytes(value)).collect()
    }

    fn place(bucket: &Bucket, key: &ObjectKey, id: UploadId) -> Key {
        let table = Key::account(bucket.owner, AccountTable::Upload).number(bucket.id);
        table.text(key.as_str()).bytes(&id.0)
    }
}

/// A part of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Part {
    /// Its number: parts make an object in the order of their numbers.
    #[n(0)]
    pub number: u32,
    /// Its bytes.
    #[n(1)]
    pub piece: Piece,
    /// Their MD5.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub md5: [u8; 16],
    /// Their CRC-64 (ECMA).
    #[n(3)]
    pub crc64: u64,
    /// When it came.
    #[n(4)]
    pub modified_at: Timestamp,
}

impl Record for Part {}

impl Part {
    /// Puts the part in place of the one of the same number, whose bytes are discarded.
    pub fn replace(
        &self,
        tx: &mut dyn Transaction,
        bucket: &Bucket,
        upload: UploadId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = Self::table(bucket, upload).number(u64::from(self.number));
        if let Some(before) = read::<Self>(tx, &key)? {
            before.piece.discard(tx, now);
        }
        self.piece.keep(tx);
        write(tx, &key, self);
        Ok(())
    }

    /// All parts of an upload in their order.
    pub fn all(tx: &dyn Transaction, bucket: &Bucket, upload: UploadId) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Self::table(bucket, upload), None, usize::MAX - 1)?.records)
    }

    /// At most `size` parts of an upload, after the one numbered `after`.
    pub fn page(
        tx: &dyn Transaction,
        bucket: &Bucket,
        upload: UploadId,
        after: u32,
        size: usize,
    ) -> Result<Page<Self>, StoreError> {
        page(tx, &Self::table(bucket, upload), Some(&u64::from(after).to_be_bytes()), size)
    }

    fn table(bucket: &Bucket, upload: UploadId) -> Key {
        Key::account(bucket.owner, AccountTable::UploadPart).bytes(&upload.0)
    }
}
