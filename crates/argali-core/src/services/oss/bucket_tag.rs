//! Labels of buckets.

use std::collections::BTreeMap;

use argali_policy::Context as Conditions;

use super::error::storage_error;
use super::scope::{checked_tags, on_bucket};
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::model::Bucket;
use crate::operation::{Access, DataOperation};
use crate::storage_name::BucketName;

/// Labels a bucket, in place of the labels before.
#[derive(Clone, Debug)]
pub struct PutBucketTagging {
    /// Which bucket.
    pub bucket: BucketName,
    /// Keys with values.
    pub tags: Vec<(String, String)>,
}

impl DataOperation for PutBucketTagging {
    const NAME: &'static str = "PutBucketTagging";
    const ACTION: &'static str = "oss:PutBucketTagging";
    /// Conditions of policies ask for labels.
    const ACCESS: Access = Access::Identity;
    type Subject = Bucket;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
    }

    fn run(&self, cx: &mut DataContext<'_>, mut bucket: Bucket) -> Result<(), ApiError> {
        bucket.tags = checked_tags(&self.tags, true)?;
        bucket.save(cx.tx_mut());
        cx.changes_access_in(bucket.owner);
        Ok(())
    }
}

/// Takes all labels off a bucket.
#[derive(Clone, Debug)]
pub struct DeleteBucketTagging {
    /// Which bucket.
    pub bucket: BucketName,
}

impl DataOperation for DeleteBucketTagging {
    const NAME: &'static str = "DeleteBucketTagging";
    const ACTION: &'static str = "oss:DeleteBucketTagging";
    const ACCESS: Access = Access::Identity;
    type Subject = Bucket;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
    }

    fn run(&self, cx: &mut DataContext<'_>, mut bucket: Bucket) -> Result<(), ApiError> {
        bucket.tags.clear();
        bucket.save(cx.tx_mut());
        cx.changes_access_in(bucket.owner);
        Ok(())
    }
}

/// Shows the labels of a bucket.
#[derive(Clone, Debug)]
pub struct GetBucketTagging {
    /// Which bucket.
    pub bucket: BucketName,
}

impl DataOperation for GetBucketTagging {
    const NAME: &'static str = "GetBucketTagging";
    const ACTION: &'static str = "oss:GetBucketTagging";
    const ACCESS: Access = Access::Read;
    type Subject = Bucket;
    type Answer = BTreeMap<String, String>;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
    }

    fn run(&self, _: &mut DataContext<'_>, bucket: Bucket) -> Result<BTreeMap<String, String>, ApiError> {
        if bucket.tags.is_empty() {
            return Err(storage_error(
                "NoSuchTagSet",
                404,
                "The bucket has no tags: put some with PutBucketTagging.",
            ));
        }
        Ok(bucket.tags)
    }
}
