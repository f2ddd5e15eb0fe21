//! Who may reach a bucket's objects without any policy.

use argali_policy::Context as Conditions;

use super::scope::on_bucket;
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::model::{Acl, Bucket};
use crate::operation::{Access, DataOperation};
use crate::storage_name::BucketName;

/// Says who may reach a bucket's objects without any policy.
#[derive(Clone, Debug)]
pub struct PutBucketAcl {
    /// Which bucket.
    pub bucket: BucketName,
    /// Who.
    pub acl: Acl,
}

impl DataOperation for PutBucketAcl {
    const NAME: &'static str = "PutBucketAcl";
    const ACTION: &'static str = "oss:PutBucketAcl";
    const ACCESS: Access = Access::Identity;
    type Subject = Bucket;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        let mut conditions = Conditions::new();
        conditions.set("oss:x-oss-acl", self.acl.as_str());
        on_bucket(cx, &self.bucket, Self::ACTION, conditions)
    }

    fn run(&self, cx: &mut DataContext<'_>, mut bucket: Bucket) -> Result<(), ApiError> {
        bucket.acl = self.acl;
        bucket.save(cx.tx_mut());
        cx.changes_access_in(bucket.owner);
        Ok(())
    }
}

/// Shows who may reach a bucket's objects without any policy.
#[derive(Clone, Debug)]
pub struct GetBucketAcl {
    /// Which bucket.
    pub bucket: BucketName,
}

impl DataOperation for GetBucketAcl {
    const NAME: &'static str = "GetBucketAcl";
    const ACTION: &'static str = "oss:GetBucketAcl";
    const ACCESS: Access = Access::Read;
    type Subject = Bucket;
    type Answer = Bucket;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
    }

    fn run(&self, _: &mut DataContext<'_>, bucket: Bucket) -> Result<Bucket, ApiError> {
        Ok(bucket)
    }
}
