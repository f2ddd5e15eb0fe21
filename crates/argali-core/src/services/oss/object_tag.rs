//! Labels of objects.

use std::collections::BTreeMap;

use argali_policy::Context as Conditions;

use super::error::no_such_key;
use super::scope::{Found, Reach, checked_tags, on_object, request_tags};
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::operation::{Access, DataOperation};
use crate::storage_name::{BucketName, ObjectKey};

/// Labels an object, in place of the labels before.
#[derive(Clone, Debug)]
pub struct PutObjectTagging {
    /// Of which bucket.
    pub bucket: BucketName,
    /// What it is called.
    pub key: ObjectKey,
    /// Keys with values.
    pub tags: Vec<(String, String)>,
}

impl DataOperation for PutObjectTagging {
    const NAME: &'static str = "PutObjectTagging";
    const ACTION: &'static str = "oss:PutObjectTagging";
    /// Conditions of policies ask for labels.
    const ACCESS: Access = Access::Identity;
    type Subject = Found;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Found, ApiError> {
        let tags: BTreeMap<_, _> = self.tags.iter().cloned().collect();
        on_object(cx, (&self.bucket, &self.key), Self::ACTION, Reach::Manage, request_tags(&tags))
    }

    fn run(&self, cx: &mut DataContext<'_>, found: Found) -> Result<(), ApiError> {
        let mut object = found.object.ok_or_else(no_such_key)?;
        object.description.tags = checked_tags(&self.tags, false)?;
        object.save(cx.tx_mut(), &found.bucket, &self.key);
        cx.changes_access_in(found.bucket.owner);
        Ok(())
    }
}

/// Takes all labels off an object.
#[derive(Clone, Debug)]
pub struct DeleteObjectTagging {
    /// Of which bucket.
    pub bucket: BucketName,
    /// What it is called.
    pub key: ObjectKey,
}

impl DataOperation for DeleteObjectTagging {
    const NAME: &'static str = "DeleteObjectTagging";
    const ACTION: &'static str = "oss:DeleteObjectTagging";
    const ACCESS: Access = Access::Identity;
    type Subject = Found;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Found, ApiError> {
        on_object(cx, (&self.bucket, &self.key), Self::ACTION, Reach::Manage, Conditions::new())
    }

    fn run(&self, cx: &mut DataContext<'_>, found: Found) -> Result<(), ApiError> {
        let mut object = found.object.ok_or_else(no_such_key)?;
        object.description.tags.clear();
        object.save(cx.tx_mut(), &found.bucket, &self.key);
        cx.changes_access_in(found.bucket.owner);
        Ok(())
    }
}

/// Shows the labels of an object.
#[derive(Clone, Debug)]
pub struct GetObjectTagging {
    /// Of which bucket.
    pub bucket: BucketName,
    /// What it is called.
    pub key: ObjectKey,
}

impl DataOperation for GetObjectTagging {
    const NAME: &'static str = "GetObjectTagging";
    const ACTION: &'static str = "oss:GetObjectTagging";
    const ACCESS: Access = Access::Read;
    type Subject = Found;
    type Answer = BTreeMap<String, String>;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Found, ApiError> {
        on_object(cx, (&self.bucket, &self.key), Self::ACTION, Reach::Manage, Conditions::new())
    }

    fn run(&self, _: &mut DataContext<'_>, found: Found) -> Result<BTreeMap<String, String>, ApiError> {
        found.object.map(|object| object.description.tags).ok_or_else(no_such_key)
    }
}
