//! Storing an object in parts.

use argali_policy::Context as Conditions;
use md5::{Digest, Md5};

use super::error::{invalid_argument, no_such_upload, storage_error};
use super::put::{NewBytes, Stored, check_overwrite, of_description, without_bytes};
use super::scope::{Found, Reach, on_object};
use crate::crc64;
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::model::{Bucket, Description, Object, ObjectKind, Part, Upload, UploadId};
use crate::operation::{Access, DataOperation};
use crate::storage_name::{BucketName, ObjectKey};

/// The highest number that a part has.
// SPEC: limits, OSS single PutObject, part, parts; also the next.
const MOST_PARTS: u32 = 10_000;
/// How many bytes a part that is not the last has at least.
const SMALLEST_PART: u64 = 100 << 10;

/// Begins an upload.
#[derive(Clone, Debug)]
pub struct InitiateMultipartUpload {
    /// Into which bucket.
    pub bucket: BucketName,
    /// What the object will be called.
    pub key: ObjectKey,
    /// What will be told with its bytes.
    pub description: Description,
    /// Whether nothing may have its name yet.
    pub forbid_overwrite: bool,
}

impl DataOperation for InitiateMultipartUpload {
    const NAME: &'static str = "InitiateMultipartUpload";
    const ACTION: &'static str = "oss:PutObject";
    const ACCESS: Access = Access::Resource;
    type Subject = Found;
    type Answer = UploadId;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Found, ApiError> {
        let (conditions, reach) = of_description(&self.description);
        let found = on_object(cx, (&self.bucket, &self.key), Self::ACTION, reach, conditions)?;
        check_overwrite(&found, self.forbid_overwrite)?;
        Ok(found)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: Found) -> Result<UploadId, ApiError> {
        let upload = Upload {
            id: UploadId::generate(cx.env()),
            key: self.key.clone(),
            begun_at: cx.now(),
            description: self.description.clone(),
        };
        upload.insert(cx.tx_mut(), &found.bucket)?;
        Ok(upload.id)
    }
}

/// Stores a part, in place of what had its number.
#[derive(Clone, Debug)]
pub struct UploadPart {
    /// In which bucket.
    pub bucket: BucketName,
    /// What the object will be called.
    pub key: ObjectKey,
    /// Of which upload.
    pub upload: UploadId,
    /// Which part.
    pub number: u32,
    /// Its bytes; none while it is only asked whether it may be stored.
    pub bytes: Option<NewBytes>,
}

impl DataOperation for UploadPart {
    const NAME: &'static str = "UploadPart";
    const ACTION: &'static str = "oss:PutObject";
    const ACCESS: Access = Access::Resource;
    type Subject = Bucket;
    type Answer = Part;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        let named = (&self.bucket, &self.key);
        let found = on_object(cx, named, Self::ACTION, Reach::Write, Conditions::new())?;
        check_part_number(self.number)?;
        upload_of(cx, &found.bucket, &self.key, self.upload)?;
        Ok(found.bucket)
    }

    fn run(&self, cx: &mut DataContext<'_>, bucket: Bucket) -> Result<Part, ApiError> {
        let bytes = self.bytes.ok_or_else(without_bytes)?;
        store_part(cx, &bucket, (self.upload, self.number), bytes)
    }
}

/// A part as whoever completes an upload names it.
#[derive(Clone, Debug)]
pub struct CompletedPart {
    /// Its number.
    pub number: u32,
    /// What it was tagged with, without quotes.
    pub etag: String,
}

/// Makes an object of the parts of an upload.
#[derive(Clone, Debug)]
pub struct CompleteMultipartUpload {
    /// In which bucket.
    pub bucket: BucketName,
    /// What the object is called.
    pub key: ObjectKey,
    /// Which upload.
    pub upload: UploadId,
    /// Which parts, in their order; all that there are if nothing is said.
    pub parts: Option<Vec<CompletedPart>>,
    /// Whether nothing may have its name yet.
    pub forbid_overwrite: bool,
}

impl DataOperation for CompleteMultipartUpload {
    const NAME: &'static str = "CompleteMultipartUpload";
    const ACTION: &'static str = "oss:PutObject";
    const ACCESS: Access = Access::Resource;
    type Subject = (Found, Upload);
    type Answer = Stored;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Self::Subject, ApiError> {
        let named = (&self.bucket, &self.key);
        let found = on_object(cx, named, Self::ACTION, Reach::Write, Conditions::new())?;
        check_overwrite(&found, self.forbid_overwrite)?;
        let upload = upload_of(cx, &found.bucket, &self.key, self.upload)?;
        Ok((found, upload))
    }

    fn run(&self, cx: &mut DataContext<'_>, (found, upload): Self::Subject) -> Result<Stored, ApiError> {
        let there = upload.end(cx.tx_mut(), &found.bucket)?;
        let (chosen, others) = self.choose(there)?;
        let now = cx.now();
        others.iter().for_each(|part| part.piece.discard(cx.tx_mut(), now));
        let mut hash = Md5::new();
        let mut object = Object {
            pieces: Vec::with_capacity(chosen.len()),
            size: 0,
            etag: String::new(),
            crc64: 0,
            modified_at: now,
            kind: ObjectKind::Multipart,
            description: upload.description,
        };
        for part in &chosen {
            hash.update(part.md5);
            object.crc64 = crc64::combine(object.crc64, part.crc64, part.piece.size);
            object.size = object.size.saturating_add(part.piece.size);
            object.pieces.push(part.piece);
        }
        object.etag = format!("{}-{}", hex::encode_upper(hash.finalize()), chosen.len());
        object.replace(cx.tx_mut(), &found.bucket, &self.key, now)?;
        Ok(Stored { object })
    }
}

impl CompleteMultipartUpload {
    /// The parts that make the object, in order, and the others.
    fn choose(&self, there: Vec<Part>) -> Result<(Vec<Part>, Vec<Part>), ApiError> {
        let (mut chosen, mut others) = (Vec::new(), Vec::new());
        match &self.parts {
            None => chosen = there,
            Some(named) => {
                if !named.is_sorted_by(|a, b| a.number < b.number) {
                    let message =
                        "The list of parts was not in ascending order: name each once, by its number.";
                    return Err(storage_error("InvalidPartOrder", 400, message));
                }
                let mut named = named.iter().peekable();
                for part in there {
                    match named.next_if(|named| named.number <= part.number) {
                        Some(named) if named.number == part.number && is_of(&part, &named.etag) => {
                            chosen.push(part)
                        }
                        Some(_) => return Err(invalid_part()),
                        None => others.push(part),
                    }
                }
                if named.peek().is_some() {
                    return Err(invalid_part());
                }
            }
        }
        let Some((_, all_but_last)) = chosen.split_last() else {
            return Err(storage_error(
                "MalformedXML",
                400,
                "No part is named: name those that make the object.",
            ));
        };
        if all_but_last.iter().any(|part| part.piece.size < SMALLEST_PART) {
            let message = "A part that is not the last has less than 100 KiB: upload larger parts.";
            return Err(storage_error("EntityTooSmall", 400, message));
        }
        Ok((chosen, others))
    }
}

fn is_of(part: &Part, etag: &str) -> bool {
    hex::encode_upper(part.md5).eq_ignore_ascii_case(etag)
}

fn invalid_part() -> ApiError {
    let message =
        "One or more of the specified parts could not be found or has another ETag: list the parts.";
    storage_error("InvalidPart", 400, message)
}

/// Gives an upload up.
#[derive(Clone, Debug)]
pub struct AbortMultipartUpload {
    /// Into which bucket.
    pub bucket: BucketName,
    /// What the object would have been called.
    pub key: ObjectKey,
    /// Which upload.
    pub upload: UploadId,
}

impl DataOperation for AbortMultipartUpload {
    const NAME: &'static str = "AbortMultipartUpload";
    const ACTION: &'static str = "oss:AbortMultipartUpload";
    const ACCESS: Access = Access::Resource;
    type Subject = (Bucket, Upload);
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Self::Subject, ApiError> {
        let named = (&self.bucket, &self.key);
        let found = on_object(cx, named, Self::ACTION, Reach::Write, Conditions::new())?;
        let upload = upload_of(cx, &found.bucket, &self.key, self.upload)?;
        Ok((found.bucket, upload))
    }

    fn run(&self, cx: &mut DataContext<'_>, (bucket, upload): Self::Subject) -> Result<(), ApiError> {
        let now = cx.now();
        let parts = upload.end(cx.tx_mut(), &bucket)?;
        parts.iter().for_each(|part| part.piece.discard(cx.tx_mut(), now));
        Ok(())
    }
}

/// The upload of a number to a name.
pub(super) fn upload_of(
    cx: &DataContext<'_>,
    bucket: &Bucket,
    key: &ObjectKey,
    upload: UploadId,
) -> Result<Upload, ApiError> {
    Upload::find(cx.tx(), bucket, key, upload)?.ok_or_else(no_such_upload)
}

pub(super) fn check_part_number(number: u32) -> Result<(), ApiError> {
    if (1..=MOST_PARTS).contains(&number) {
        return Ok(());
    }
    Err(invalid_argument("Part number must be an integer between 1 and 10000, inclusive."))
}

/// Puts a part where its number belongs.
pub(super) fn store_part(
    cx: &mut DataContext<'_>,
    bucket: &Bucket,
    (upload, number): (UploadId, u32),
    bytes: NewBytes,
) -> Result<Part, ApiError> {
    let now = cx.now();
    let NewBytes { piece, md5, crc64 } = bytes;
    let part = Part { number, piece, md5, crc64, modified_at: now };
    part.replace(cx.tx_mut(), bucket, upload, now)?;
    Ok(part)
}
