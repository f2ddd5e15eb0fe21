//! Copying: an object, or a range of one as a part of another.

use argali_policy::Context as Conditions;

use super::error::no_such_key;
use super::multipart::{check_part_number, store_part, upload_of};
use super::put::{NewBytes, Stored, check_overwrite, of_description, without_bytes};
use super::scope::{Found, Reach, on_object};
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::model::{Description, Object, Part, UploadId};
use crate::operation::{Access, DataOperation};
use crate::storage_name::{BucketName, ObjectKey};

/// What is copied.
#[derive(Clone, Debug)]
pub struct CopySource {
    /// From which bucket.
    pub bucket: BucketName,
    /// What it is called there.
    pub key: ObjectKey,
}

impl CopySource {
    /// Asks whether it may be read.
    fn read(&self, cx: &mut DataContext<'_>) -> Result<Object, ApiError> {
        let named = (&self.bucket, &self.key);
        let found = on_object(cx, named, "oss:GetObject", Reach::Read, Conditions::new())?;
        found.object.ok_or_else(no_such_key)
    }
}

/// Copies an object.
#[derive(Clone, Debug)]
pub struct CopyObject {
    /// What is copied.
    pub source: CopySource,
    /// Into which bucket.
    pub bucket: BucketName,
    /// What the copy is called.
    pub key: ObjectKey,
    /// What is told with its bytes.
    pub description: Description,
    /// Whether nothing may have its name yet.
    pub forbid_overwrite: bool,
    /// Its bytes; none while it is only asked whether it may be copied.
    pub bytes: Option<NewBytes>,
}

impl DataOperation for CopyObject {
    const NAME: &'static str = "CopyObject";
    const ACTION: &'static str = "oss:PutObject";
    const ACCESS: Access = Access::Resource;
    /// The source, and what the copy replaces.
    type Subject = (Object, Found);
    type Answer = Stored;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Self::Subject, ApiError> {
        let (conditions, reach) = of_description(&self.description);
        let found = on_object(cx, (&self.bucket, &self.key), Self::ACTION, reach, conditions)?;
        let source = self.source.read(cx)?;
        check_overwrite(&found, self.forbid_overwrite)?;
        Ok((source, found))
    }

    fn run(&self, cx: &mut DataContext<'_>, (_, found): Self::Subject) -> Result<Stored, ApiError> {
        let bytes = self.bytes.ok_or_else(without_bytes)?;
        let object = bytes.object(cx, self.description.clone());
        let now = cx.now();
        object.replace(cx.tx_mut(), &found.bucket, &self.key, now)?;
        Ok(Stored { object })
    }
}

/// Copies a range of an object as a part of another.
#[derive(Clone, Debug)]
pub struct UploadPartCopy {
    /// What is copied.
    pub source: CopySource,
    /// Into which bucket.
    pub bucket: BucketName,
    /// What the object will be called.
    pub key: ObjectKey,
    /// Which upload.
    pub upload: UploadId,
    /// Which part.
    pub number: u32,
    /// Its bytes; none while it is only asked whether it may be copied.
    pub bytes: Option<NewBytes>,
}

impl DataOperation for UploadPartCopy {
    const NAME: &'static str = "UploadPartCopy";
    const ACTION: &'static str = "oss:PutObject";
    const ACCESS: Access = Access::Resource;
    /// The source, and what the part belongs to.
    type Subject = (Object, Found);
    type Answer = Part;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Self::Subject, ApiError> {
        let named = (&self.bucket, &self.key);
        let found = on_object(cx, named, Self::ACTION, Reach::Write, Conditions::new())?;
        let source = self.source.read(cx)?;
        check_part_number(self.number)?;
        upload_of(cx, &found.bucket, &self.key, self.upload)?;
        Ok((source, found))
    }

    fn run(&self, cx: &mut DataContext<'_>, (_, found): Self::Subject) -> Result<Part, ApiError> {
        let bytes = self.bytes.ok_or_else(without_bytes)?;
        store_part(cx, &found.bucket, (self.upload, self.number), bytes)
    }
}
