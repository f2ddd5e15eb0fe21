//! The resource group that a bucket is in.

use argali_policy::Context as Conditions;

use super::scope::{arn, group_or_default, on_bucket};
use crate::audit::GroupMove;
use crate::dispatch::{Ask, DataContext, OpenContext, OpenTo};
use crate::error::ApiError;
use crate::model::{Bucket, ResourceGroupId};
use crate::operation::{Access, DataOperation, ResourceName};
use crate::storage_name::BucketName;

/// Moves a bucket to a resource group of its account.
#[derive(Clone, Debug)]
pub struct PutBucketResourceGroup {
    /// Which bucket.
    pub bucket: BucketName,
    /// The group that it goes to; the account's default one if empty.
    pub resource_group: String,
}

impl DataOperation for PutBucketResourceGroup {
    const NAME: &'static str = "PutBucketResourceGroup";
    const ACTION: &'static str = "oss:PutBucketResourceGroup";
    const ACCESS: Access = Access::Identity;
    type Subject = Bucket;
    type Answer = ();

    /// Whoever moves a bucket must be allowed to use it there, too.
    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        let bucket = on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())?;
        let there: Option<ResourceGroupId> = self.resource_group.parse().ok();
        let there = there.unwrap_or_else(|| ResourceGroupId::default_of(bucket.owner));
        if there != bucket.group {
            let name = ResourceName::new(bucket.owner, arn(bucket.owner, &bucket.name, None));
            cx.authorize(Ask {
                action: Self::ACTION,
                resource: name.in_group(Some(there)),
                bucket: Some(&bucket),
                open_to: OpenTo::Nobody,
                conditions: Conditions::new(),
            })?;
        }
        Ok(bucket)
    }

    fn run(&self, cx: &mut DataContext<'_>, bucket: Bucket) -> Result<(), ApiError> {
        let group = group_or_default(cx, bucket.owner, Some(&self.resource_group))?;
        let owner = bucket.owner;
        put_in_group(cx, bucket, group);
        cx.changes_access_in(owner);
        Ok(())
    }
}

/// Puts a bucket into a resource group, and says so in the record of the call.
pub(in crate::services) fn put_in_group(
    cx: &mut OpenContext<'_>,
    mut bucket: Bucket,
    group: ResourceGroupId,
) {
    let from = std::mem::replace(&mut bucket.group, group);
    bucket.save(cx.tx_mut());
    if from != bucket.group {
        let region = cx.settings().bucket_region.clone();
        cx.moved(GroupMove {
            service: "oss".to_owned(),
            resource_type: "bucket".to_owned(),
            id: bucket.name.to_string(),
            region,
            from: from.to_string(),
            to: bucket.group.to_string(),
            owner: bucket.owner,
        });
    }
}

/// Shows the resource group that a bucket is in.
#[derive(Clone, Debug)]
pub struct GetBucketResourceGroup {
    /// Which bucket.
    pub bucket: BucketName,
}

impl DataOperation for GetBucketResourceGroup {
    const NAME: &'static str = "GetBucketResourceGroup";
    const ACTION: &'static str = "oss:GetBucketResourceGroup";
    const ACCESS: Access = Access::Read;
    type Subject = Bucket;
    type Answer = ResourceGroupId;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
    }

    fn run(&self, _: &mut DataContext<'_>, bucket: Bucket) -> Result<ResourceGroupId, ApiError> {
        Ok(bucket.group)
    }
}
