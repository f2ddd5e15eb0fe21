//! Storing an object in one piece.

use argali_policy::Context as Conditions;

use super::error::storage_error;
use super::scope::{Found, Reach, on_object, request_tags};
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::model::{BlobId, Description, Object, ObjectKind, Piece};
use crate::operation::{Access, DataOperation};
use crate::storage_name::{BucketName, ObjectKey};
use crate::time::Timestamp;

/// Bytes that lie in a blob, and belong to nothing yet.
#[derive(Clone, Copy, Debug)]
pub struct NewBytes {
    /// Where they lie.
    pub piece: Piece,
    /// Their MD5.
    pub md5: [u8; 16],
    /// Their CRC-64 (ECMA).
    pub crc64: u64,
}

impl NewBytes {
    /// No bytes, which lie nowhere: for what is asked before there are any.
    pub(crate) const NOTHING: Self =
        Self { piece: Piece { blob: BlobId::NOWHERE, size: 0 }, md5: [0; 16], crc64: 0 };

    /// The MD5 as objects and parts are tagged with it.
    pub fn etag(&self) -> String {
        hex::encode_upper(self.md5)
    }

    /// The object that they make by themselves.
    pub(super) fn object(&self, cx: &DataContext<'_>, description: Description) -> Object {
        self.described(description, cx.now())
    }

    /// The same, of this instant.
    pub(crate) fn described(&self, description: Description, now: Timestamp) -> Object {
        Object {
            pieces: vec![self.piece],
            size: self.piece.size,
            etag: self.etag(),
            crc64: self.crc64,
            modified_at: now,
            kind: ObjectKind::Normal,
            description,
        }
    }
}

/// Stores an object, in place of what had its name.
#[derive(Clone, Debug)]
pub struct PutObject {
    /// In which bucket.
    pub bucket: BucketName,
    /// What it is called.
    pub key: ObjectKey,
    /// What is told with its bytes.
    pub description: Description,
    /// Whether nothing may have its name yet.
    pub forbid_overwrite: bool,
    /// Its bytes; none while it is only asked whether it may be stored.
    pub bytes: Option<NewBytes>,
}

/// What an object was stored as.
#[derive(Debug)]
pub struct Stored {
    /// The object.
    pub object: Object,
}

/// Condition keys of what is stored, and whether an ACL can open the way: not to more than bytes.
pub(super) fn of_description(description: &Description) -> (Conditions, Reach) {
    let mut conditions = request_tags(&description.tags);
    if let Some(acl) = description.acl {
        conditions.set("oss:x-oss-object-acl", acl.as_str());
    }
    let only_bytes = description.acl.is_none() && description.tags.is_empty();
    (conditions, if only_bytes { Reach::Write } else { Reach::Manage })
}

/// Refuses to write over an object that must stay.
pub(super) fn check_overwrite(found: &Found, forbid_overwrite: bool) -> Result<(), ApiError> {
    if forbid_overwrite && found.object.is_some() {
        let message =
            "The object you specified already exists and can not be overwritten: choose another name.";
        return Err(storage_error("FileAlreadyExists", 409, message));
    }
    Ok(())
}

impl DataOperation for PutObject {
    const NAME: &'static str = "PutObject";
    const ACTION: &'static str = "oss:PutObject";
    const ACCESS: Access = Access::Resource;
    type Subject = Found;
    type Answer = Stored;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Found, ApiError> {
        let (conditions, reach) = of_description(&self.description);
        let found = on_object(cx, (&self.bucket, &self.key), Self::ACTION, reach, conditions)?;
        check_overwrite(&found, self.forbid_overwrite)?;
        Ok(found)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: Found) -> Result<Stored, ApiError> {
        let bytes = self.bytes.ok_or_else(without_bytes)?;
        let object = bytes.object(cx, self.description.clone());
        let now = cx.now();
        object.replace(cx.tx_mut(), &found.bucket, &self.key, now)?;
        Ok(Stored { object })
    }
}

/// A change that was asked for before its bytes were there: a mistake of ours.
pub(super) fn without_bytes() -> ApiError {
    ApiError::internal("an object was to be stored without its bytes")
}
