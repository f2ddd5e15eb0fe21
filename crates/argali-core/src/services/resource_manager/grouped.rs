//! Whatever is in resource groups: the types of declared services, and buckets.

use argali_policy::Context as Conditions;

use super::resource::unsupported_type;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::hosted::inventory::{self, GroupedType, Item, Wanted, Window};
use crate::identifier::AccountId;
use crate::model::{Bucket, ResourceGroupId, bump_generation};
use crate::operation::{Check, ResourceName};
use crate::services::oss::bucket_group::put_in_group;

/// The code of object storage, and what buckets are called there.
const OBJECT_STORAGE: &str = "oss";
const BUCKET: &str = "bucket";
/// What moves a bucket between groups, and what lists buckets.
const MOVE_BUCKET: &str = "oss:PutBucketResourceGroup";
const LIST_BUCKETS: &str = "oss:ListBuckets";

/// A type whose resources are in resource groups.
#[derive(Clone, Copy, Debug)]
pub(super) enum Grouped<'c> {
    /// One of a declared service.
    Declared(GroupedType<'c>),
    /// Buckets of object storage.
    Bucket,
}

impl<'c> Grouped<'c> {
    /// Every type, by service and name.
    pub(super) fn all(cx: &Context<'c>) -> Vec<Self> {
        Self::with_buckets(cx.core().registry().catalog().grouped_types())
    }

    /// The same without the types whose service is closed to the caller.
    pub(super) fn open_to(cx: &Context<'c>) -> Vec<Self> {
        Self::with_buckets(inventory::types_open_to(cx))
    }

    fn with_buckets(declared: Vec<GroupedType<'c>>) -> Vec<Self> {
        let mut all: Vec<_> = declared.into_iter().map(Self::Declared).chain([Self::Bucket]).collect();
        all.sort_by_key(|known| (known.service_code(), known.word()));
        all
    }

    /// The code of the service, as Resource Management and policies spell it.
    pub(super) fn service_code(self) -> &'c str {
        match self {
            Self::Declared(known) => known.service_code(),
            Self::Bucket => OBJECT_STORAGE,
        }
    }

    /// What the type is called there.
    pub(super) fn word(self) -> String {
        match self {
            Self::Declared(known) => known.word(),
            Self::Bucket => BUCKET.to_owned(),
        }
    }

    /// Whether it is the type that a request names; what is left out matches all.
    pub(super) fn is_called(self, service: Option<&str>, word: Option<&str>) -> bool {
        service.is_none_or(|service| service.eq_ignore_ascii_case(self.service_code()))
            && word.is_none_or(|word| word.eq_ignore_ascii_case(&self.word()))
    }

    /// Whether the caller may list resources of the type: everywhere in the account, or in a group.
    pub(super) fn may_list(
        self,
        cx: &Context<'_>,
        region: Option<&str>,
        group: Option<&ResourceGroupId>,
    ) -> Result<bool, ApiError> {
        match self {
            Self::Declared(known) => inventory::may_list(cx, known, region, group),
            Self::Bucket => {
                let owner = cx.account();
                let all = ResourceName::new(owner, format!("acs:oss:*:{owner}:*")).in_group(group.cloned());
                Ok(cx.allows(&check(LIST_BUCKETS, all)))
            }
        }
    }
}

/// The resources of `types` that are wanted, by type and identifier, and how many there are if that is asked for.
pub(super) fn items(
    cx: &Context<'_>,
    types: &[Grouped<'_>],
    wanted: &Wanted<'_>,
    window: Window,
) -> Result<(Vec<Item>, usize), ApiError> {
    let (mut found, mut seen) = (Vec::new(), 0_usize);
    for known in types {
        let left = Window {
            skip: window.skip.saturating_sub(seen),
            size: window.size.saturating_sub(found.len()),
            total: window.total,
        };
        if left.size == 0 && !window.total {
            break;
        }
        let (items, more) = match known {
            Grouped::Declared(known) => inventory::items(cx, std::slice::from_ref(known), wanted, left)?,
            Grouped::Bucket => buckets(cx, wanted, left)?,
        };
        found.extend(items);
        seen = seen.saturating_add(more);
    }
    Ok((found, seen))
}

/// The buckets that are wanted.
fn buckets(cx: &Context<'_>, wanted: &Wanted<'_>, window: Window) -> Result<(Vec<Item>, usize), ApiError> {
    let region = cx.settings().bucket_region.as_str();
    let mut buckets = Bucket::all(cx.tx(), cx.account())?;
    buckets.retain(|bucket| {
        wanted.region.is_none_or(|asked| asked == region)
            && wanted.id.is_none_or(|id| id == bucket.name.as_str())
            && wanted.group.is_none_or(|group| *group == bucket.group)
    });
    let count = buckets.len();
    let shown = buckets.into_iter().skip(window.skip).take(window.size);
    let item = |bucket: Bucket| Item {
        service: OBJECT_STORAGE.to_owned(),
        resource_type: BUCKET.to_owned(),
        id: bucket.name.to_string(),
        region: region.to_owned(),
        group: bucket.group.to_string(),
        created_at: bucket.created_at,
    };
    Ok((shown.map(item).collect(), count))
}

/// Moves a resource to a group as the operation of its own service does, if the caller may call that.
pub(super) fn move_to_group(
    cx: &mut Context<'_>,
    known: Grouped<'_>,
    (id, region): (&str, Option<&str>),
    group: &ResourceGroupId,
) -> Result<(), ApiError> {
    match known {
        Grouped::Declared(known) => inventory::move_to_group(cx, known, (id, region), group),
        Grouped::Bucket => move_bucket(cx, (id, region), group),
    }
}

/// Whoever moves a bucket must be allowed to use it in both groups, by the bucket's policy, too.
fn move_bucket(
    cx: &mut Context<'_>,
    (name, region): (&str, Option<&str>),
    group: &ResourceGroupId,
) -> Result<(), ApiError> {
    let owner = cx.account();
    let here = region.is_none_or(|region| region == cx.settings().bucket_region);
    let found = match name.parse() {
        Ok(name) => Bucket::find(cx.tx(), &name)?,
        Err(_) => None,
    };
    let Some(bucket) = found.filter(|bucket| bucket.owner == owner && here) else {
        cx.authorize_check(&check(MOVE_BUCKET, bucket_name(owner, name)))?;
        let message = "The specified bucket does not exist: check its name, or create it.";
        return Err(ApiError::new(ErrorCode::Declared("NoSuchBucket".into(), 404), message));
    };
    for place in [bucket.group.clone(), group.clone()] {
        let mut asked = check(MOVE_BUCKET, bucket_name(owner, name).in_group(Some(place)));
        for (key, value) in &bucket.tags {
            asked.conditions.set(format!("oss:BucketTag/{key}"), value.as_str());
        }
        cx.authorize_on_bucket(&asked, &bucket)?;
    }
    put_in_group(cx, bucket, group.clone());
    // Downloads that stand on a grant in the group are asked about again.
    bump_generation(cx.tx_mut(), owner)?;
    Ok(())
}

fn bucket_name(owner: AccountId, name: &str) -> ResourceName {
    ResourceName::new(owner, format!("acs:oss:*:{owner}:{name}"))
}

fn check(action: &'static str, resource: ResourceName) -> Check {
    Check { action: action.into(), resource, conditions: Conditions::new() }
}

/// The type of a name, or `UnsupportedResourceType`.
pub(super) fn named<'c>(cx: &Context<'c>, service: &str, word: &str) -> Result<Grouped<'c>, ApiError> {
    let found = Grouped::all(cx).into_iter().find(|known| known.is_called(Some(service), Some(word)));
    found.ok_or_else(unsupported_type)
}
