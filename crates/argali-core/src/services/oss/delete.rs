//! Deleting objects, one or many.

use argali_policy::Context as Conditions;

use super::scope::{Found, Reach, on_object};
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::model::{Bucket, Object};
use crate::operation::{Access, DataOperation};
use crate::storage_name::{BucketName, ObjectKey};

const ACTION: &str = "oss:DeleteObject";

/// Deletes an object. That there is none is as good.
#[derive(Clone, Debug)]
pub struct DeleteObject {
    /// Of which bucket.
    pub bucket: BucketName,
    /// What it is called.
    pub key: ObjectKey,
}

impl DataOperation for DeleteObject {
    const NAME: &'static str = "DeleteObject";
    const ACTION: &'static str = ACTION;
    const ACCESS: Access = Access::Resource;
    type Subject = Found;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Found, ApiError> {
        on_object(cx, (&self.bucket, &self.key), ACTION, Reach::Write, Conditions::new())
    }

    fn run(&self, cx: &mut DataContext<'_>, found: Found) -> Result<(), ApiError> {
        let now = cx.now();
        Object::remove(cx.tx_mut(), &found.bucket, &self.key, now)?;
        Ok(())
    }
}

/// Deletes many objects of one bucket, or none if one of them may not be.
#[derive(Clone, Debug)]
pub struct DeleteMultipleObjects {
    /// Of which bucket.
    pub bucket: BucketName,
    /// What they are called: at least one.
    pub keys: Vec<ObjectKey>,
}

impl DataOperation for DeleteMultipleObjects {
    const NAME: &'static str = "DeleteMultipleObjects";
    const ACTION: &'static str = ACTION;
    const ACCESS: Access = Access::Resource;
    type Subject = Option<Bucket>;
    type Answer = ();

    // SPEC: evaluation, several resources: all must be allowed.
    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Option<Bucket>, ApiError> {
        let mut bucket = None;
        for key in &self.keys {
            let found = on_object(cx, (&self.bucket, key), ACTION, Reach::Write, Conditions::new())?;
            bucket = Some(found.bucket);
        }
        Ok(bucket)
    }

    fn run(&self, cx: &mut DataContext<'_>, bucket: Option<Bucket>) -> Result<(), ApiError> {
        let now = cx.now();
        for key in &self.keys {
            if let Some(bucket) = &bucket {
                Object::remove(cx.tx_mut(), bucket, key, now)?;
            }
        }
        Ok(())
    }
}
