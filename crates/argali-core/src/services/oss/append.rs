//! Objects that can be added to.

use super::error::storage_error;
use super::put::{NewBytes, of_description, without_bytes};
use super::scope::{Found, on_object};
use crate::crc64;
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::model::{Description, Object, ObjectKind};
use crate::operation::{Access, DataOperation};
use crate::storage_name::{BucketName, ObjectKey};

/// How many pieces an object that can be added to has at most.
const MOST_PIECES: usize = 10_000;

/// Adds bytes at the end of an object, or begins one.
#[derive(Clone, Debug)]
pub struct AppendObject {
    /// In which bucket.
    pub bucket: BucketName,
    /// What it is called.
    pub key: ObjectKey,
    /// Where the bytes go: the length of the object as its caller knows it.
    pub position: u64,
    /// What is told with its bytes, when it is begun.
    pub description: Description,
    /// The bytes; none while it is only asked whether they may be added.
    pub bytes: Option<NewBytes>,
}

/// What became of bytes that were to be added.
#[derive(Debug)]
pub enum Appended {
    /// They are at the object's end.
    Done(Object),
    /// The object has another length, which is this.
    Elsewhere(u64),
}

impl DataOperation for AppendObject {
    const NAME: &'static str = "AppendObject";
    const ACTION: &'static str = "oss:PutObject";
    const ACCESS: Access = Access::Resource;
    type Subject = Found;
    type Answer = Appended;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Found, ApiError> {
        let (conditions, reach) = of_description(&self.description);
        let found = on_object(cx, (&self.bucket, &self.key), Self::ACTION, reach, conditions)?;
        match &found.object {
            Some(object) if object.kind != ObjectKind::Appendable => {
                let message = "The object is not appendable: store it anew with AppendObject.";
                Err(storage_error("ObjectNotAppendable", 409, message))
            }
            Some(object) if object.pieces.len() >= MOST_PIECES => {
                let message = "The object was added to as often as it may: begin another.";
                Err(storage_error("ObjectNotAppendable", 409, message))
            }
            _ => Ok(found),
        }
    }

    fn run(&self, cx: &mut DataContext<'_>, found: Found) -> Result<Appended, ApiError> {
        let bytes = self.bytes.ok_or_else(without_bytes)?;
        let Found { bucket, object } = found;
        let length = object.as_ref().map_or(0, |object| object.size);
        if length != self.position {
            cx.note("position", length.to_string());
            return Ok(Appended::Elsewhere(length));
        }
        let now = cx.now();
        let Some(mut object) = object else {
            let mut object = bytes.object(cx, self.description.clone());
            object.kind = ObjectKind::Appendable;
            object.etag = etag(&object);
            object.replace(cx.tx_mut(), &bucket, &self.key, now)?;
            return Ok(Appended::Done(object));
        };
        object.crc64 = crc64::combine(object.crc64, bytes.crc64, bytes.piece.size);
        object.modified_at = now;
        object.append(cx.tx_mut(), &bucket, &self.key, bytes.piece)?;
        object.etag = etag(&object);
        object.save(cx.tx_mut(), &bucket, &self.key);
        Ok(Appended::Done(object))
    }
}

/// It changes with the bytes, and needs none of those that were there before.
fn etag(object: &Object) -> String {
    format!("{:016X}{:016X}", object.crc64, object.size)
}
