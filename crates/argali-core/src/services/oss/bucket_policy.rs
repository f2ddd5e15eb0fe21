//! Policies of buckets, which open them to other accounts or close them to one's own.

use argali_policy::{Context as Conditions, Document, DocumentKind, counted_length};

use super::error::storage_error;
use super::scope::on_bucket;
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::model::Bucket;
use crate::operation::{Access, DataOperation};
use crate::storage_name::BucketName;

/// How long a bucket's policy may be, in bytes.
const LONGEST_POLICY: usize = 16_384;

/// Gives a bucket a policy in place of the one before.
#[derive(Clone, Debug)]
pub struct PutBucketPolicy {
    /// Which bucket.
    pub bucket: BucketName,
    /// The document, as JSON.
    pub policy: String,
}

impl DataOperation for PutBucketPolicy {
    const NAME: &'static str = "PutBucketPolicy";
    const ACTION: &'static str = "oss:PutBucketPolicy";
    const ACCESS: Access = Access::Identity;
    type Subject = Bucket;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
    }

    fn run(&self, cx: &mut DataContext<'_>, mut bucket: Bucket) -> Result<(), ApiError> {
        if counted_length(&self.policy) > LONGEST_POLICY {
            let message = format!("The policy is longer than {LONGEST_POLICY} characters: say it in fewer.");
            return Err(storage_error("InvalidPolicyDocument", 400, message));
        }
        Document::parse(DocumentKind::Bucket, &self.policy).map_err(|error| {
            storage_error("InvalidPolicyDocument", 400, format!("The policy is not valid: {error}."))
        })?;
        set(cx, &mut bucket, Some(self.policy.clone()));
        Ok(())
    }
}

/// Takes a bucket's policy away.
#[derive(Clone, Debug)]
pub struct DeleteBucketPolicy {
    /// Which bucket.
    pub bucket: BucketName,
}

impl DataOperation for DeleteBucketPolicy {
    const NAME: &'static str = "DeleteBucketPolicy";
    const ACTION: &'static str = "oss:DeleteBucketPolicy";
    const ACCESS: Access = Access::Identity;
    type Subject = Bucket;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
    }

    fn run(&self, cx: &mut DataContext<'_>, mut bucket: Bucket) -> Result<(), ApiError> {
        set(cx, &mut bucket, None);
        Ok(())
    }
}

/// Shows a bucket's policy.
#[derive(Clone, Debug)]
pub struct GetBucketPolicy {
    /// Which bucket.
    pub bucket: BucketName,
}

impl DataOperation for GetBucketPolicy {
    const NAME: &'static str = "GetBucketPolicy";
    const ACTION: &'static str = "oss:GetBucketPolicy";
    const ACCESS: Access = Access::Read;
    type Subject = Bucket;
    type Answer = String;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
    }

    fn run(&self, _: &mut DataContext<'_>, bucket: Bucket) -> Result<String, ApiError> {
        bucket.policy.ok_or_else(|| {
            storage_error(
                "NoSuchBucketPolicy",
                404,
                "The bucket has no policy: put one with PutBucketPolicy.",
            )
        })
    }
}

// INVARIANT: a policy that was compiled is that of its revision for good.
fn set(cx: &mut DataContext<'_>, bucket: &mut Bucket, policy: Option<String>) {
    bucket.policy = policy;
    bucket.policy_revision = bucket.policy_revision.saturating_add(1);
    bucket.save(cx.tx_mut());
    cx.changes_access_in(bucket.owner);
}
