//! The account's buckets.

use argali_policy::Context as Conditions;

use super::scope::{group_or_default, own_account};
use crate::dispatch::{Ask, DataContext, OpenTo};
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::{Bucket, ResourceGroupId};
use crate::operation::{Access, DataOperation, ResourceName};

/// Lists the buckets of the caller's account, in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct ListBuckets {
    /// What their names begin with.
    pub prefix: String,
    /// The name after which the list goes on.
    pub marker: String,
    /// How many are listed at most.
    pub max_keys: usize,
    /// The resource group that they are in.
    pub resource_group: Option<String>,
}

/// Some of an account's buckets.
#[derive(Debug)]
pub struct BucketPage {
    /// Whose they are.
    pub owner: AccountId,
    /// The buckets.
    pub buckets: Vec<Bucket>,
    /// Whether there are more.
    pub is_truncated: bool,
}

impl DataOperation for ListBuckets {
    const NAME: &'static str = "ListBuckets";
    const ACTION: &'static str = "oss:ListBuckets";
    const ACCESS: Access = Access::Read;
    type Subject = (AccountId, Option<ResourceGroupId>);
    type Answer = BucketPage;

    // SPEC: evaluation, list operations: with a resource group they are judged in that group.
    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Self::Subject, ApiError> {
        let owner = own_account(cx)?;
        let group = self.resource_group.as_deref().filter(|group| !group.is_empty());
        let named: Option<ResourceGroupId> = group.and_then(|group| group.parse().ok());
        let resource = ResourceName::new(owner, format!("acs:oss:*:{owner}:*")).in_group(named.clone());
        let conditions = Conditions::new();
        let action = Self::ACTION;
        cx.authorize(Ask { action, resource, bucket: None, open_to: OpenTo::Nobody, conditions })?;
        let group = group.map(|group| group_or_default(cx, owner, Some(group))).transpose()?;
        Ok((owner, group))
    }

    fn run(&self, cx: &mut DataContext<'_>, (owner, group): Self::Subject) -> Result<BucketPage, ApiError> {
        let all = Bucket::all(cx.tx(), owner)?;
        let wanted = |bucket: &Bucket| {
            let name = bucket.name.as_str();
            name.starts_with(&self.prefix)
                && (self.marker.is_empty() || name > self.marker.as_str())
                && group.as_ref().is_none_or(|group| bucket.group == *group)
        };
        let mut buckets: Vec<_> = all.into_iter().filter(wanted).collect();
        let is_truncated = buckets.len() > self.max_keys;
        buckets.truncate(self.max_keys);
        Ok(BucketPage { owner, buckets, is_truncated })
    }
}
