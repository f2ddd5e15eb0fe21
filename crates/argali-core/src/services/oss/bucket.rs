//! Buckets: made, shown and deleted.

use std::collections::BTreeMap;

use argali_policy::Context as Conditions;

use super::error::storage_error;
use super::scope::{arn, ask, group_or_default, on_bucket, own_account};
use crate::dispatch::{Ask, DataContext, OpenTo};
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::{Acl, Bucket, BucketUsage, Quota, Redundancy, ResourceGroupId, StorageClass};
use crate::operation::{Access, DataOperation, ResourceName};
use crate::storage_name::BucketName;

/// Makes a bucket in the caller's account, or changes the ACL of the caller's own.
#[derive(Clone, Debug)]
pub struct PutBucket {
    /// What it will be called.
    pub bucket: BucketName,
    /// Who may reach its objects without any policy.
    pub acl: Option<Acl>,
    /// What its objects are unless they say otherwise.
    pub storage_class: StorageClass,
    /// In how many places its data is said to lie.
    pub redundancy: Redundancy,
    /// The resource group that it goes to.
    pub resource_group: Option<String>,
}

impl DataOperation for PutBucket {
    const NAME: &'static str = "PutBucket";
    const ACTION: &'static str = "oss:PutBucket";
    /// A bucket that is the caller's own may be opened by it.
    const ACCESS: Access = Access::Identity;
    type Subject = (AccountId, Option<Bucket>);
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Self::Subject, ApiError> {
        let owner = own_account(cx)?;
        let mut conditions = Conditions::new();
        if let Some(acl) = self.acl {
            conditions.set("oss:x-oss-acl", acl.as_str());
        }
        let action = Self::ACTION;
        if let Some(own) = Bucket::find(cx.tx(), &self.bucket)?.filter(|bucket| bucket.owner == owner) {
            ask(cx, &own, None, action, OpenTo::Nobody, conditions)?;
            return Ok((owner, Some(own)));
        }
        // Where there is no such group, nobody has been granted anything in it.
        let group = match &self.resource_group {
            Some(group) => group.parse::<ResourceGroupId>().ok(),
            None => Some(ResourceGroupId::default_of(owner)),
        };
        let resource = ResourceName::new(owner, arn(owner, &self.bucket, None)).in_group(group);
        cx.authorize(Ask { action, resource, bucket: None, open_to: OpenTo::Nobody, conditions })?;
        Ok((owner, None))
    }

    fn run(&self, cx: &mut DataContext<'_>, (owner, own): Self::Subject) -> Result<(), ApiError> {
        if let Some(mut own) = own {
            if let Some(acl) = self.acl {
                own.acl = acl;
                own.save(cx.tx_mut());
            }
            return Ok(());
        }
        if Bucket::find(cx.tx(), &self.bucket)?.is_some() {
            let message = "The requested bucket name is not available: names are shared by all accounts, so choose another.";
            return Err(storage_error("BucketAlreadyExists", 409, message));
        }
        let most = cx.limits().buckets;
        if Quota::Buckets.used(cx.tx(), owner)? >= most {
            let message =
                format!("The account has {most} buckets, which is as many as it may: delete one first.");
            return Err(storage_error("TooManyBuckets", 400, message));
        }
        let group = group_or_default(cx, owner, self.resource_group.as_deref())?;
        let bucket = Bucket {
            id: u64::from_be_bytes(cx.env().random()),
            name: self.bucket.clone(),
            owner,
            created_at: cx.now(),
            acl: self.acl.unwrap_or(Acl::Private),
            storage_class: self.storage_class,
            redundancy: self.redundancy,
            group,
            tags: BTreeMap::new(),
            policy: None,
            policy_revision: 0,
            cors: Vec::new(),
            cors_vary: false,
        };
        Ok(bucket.insert(cx.tx_mut())?)
    }
}

/// Deletes a bucket that holds nothing.
#[derive(Clone, Debug)]
pub struct DeleteBucket {
    /// Which.
    pub bucket: BucketName,
}

impl DataOperation for DeleteBucket {
    const NAME: &'static str = "DeleteBucket";
    const ACTION: &'static str = "oss:DeleteBucket";
    const ACCESS: Access = Access::Resource;
    type Subject = Bucket;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
    }

    fn run(&self, cx: &mut DataContext<'_>, bucket: Bucket) -> Result<(), ApiError> {
        if bucket.holds_anything(cx.tx())? {
            let message = "The bucket you tried to delete is not empty: delete its objects and abort its uploads first.";
            return Err(storage_error("BucketNotEmpty", 409, message));
        }
        Ok(bucket.delete(cx.tx_mut())?)
    }
}

/// A bucket with what lies in it.
#[derive(Debug)]
pub struct BucketView {
    /// The bucket.
    pub bucket: Bucket,
    /// What lies in it.
    pub usage: BucketUsage,
}

/// Declares operations that show a bucket.
macro_rules! shows {
    ($($(#[$doc:meta])* $name:ident, $wire:literal, $action:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// Which bucket.
            pub bucket: BucketName,
        }

        impl DataOperation for $name {
            const NAME: &'static str = $wire;
            const ACTION: &'static str = $action;
            const ACCESS: Access = Access::Read;
            type Subject = Bucket;
            type Answer = BucketView;

            fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
                on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
            }

            fn run(&self, cx: &mut DataContext<'_>, bucket: Bucket) -> Result<BucketView, ApiError> {
                Ok(BucketView { usage: BucketUsage::of(cx.tx(), &bucket)?, bucket })
            }
        }
    )*};
}

shows! {
    /// Shows a bucket.
    GetBucketInfo, "GetBucketInfo", "oss:GetBucketInfo";
    /// Shows where a bucket is.
    GetBucketLocation, "GetBucketLocation", "oss:GetBucketLocation";
    /// Shows how much lies in a bucket.
    GetBucketStat, "GetBucketStat", "oss:GetBucketStat";
}
