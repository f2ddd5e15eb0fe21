//! What an operation is about, and how it asks for permission on it.

use argali_policy::Context as Conditions;

use super::error::{access_denied, no_such_bucket};
use crate::dispatch::{Ask, DataContext, OpenTo};
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::{Account, AccountStatus, Acl, Bucket, Object, ResourceGroup, ResourceGroupId};
use crate::operation::ResourceName;
use crate::storage_name::{BucketName, ObjectKey};
use crate::tag::{LONG_VALUE, LONGEST_KEY, MOST_TAGS};

/// The most labels that an object has; a bucket has as many as anything else.
const MOST_TAGS_OF_OBJECT: usize = 10;

/// How an object is reached, as ACLs know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Its bytes are read.
    Read,
    /// Its bytes are written.
    Write,
    /// Something is done that no ACL opens.
    Manage,
}

/// An object, and the bucket that it is or will be in.
#[derive(Debug)]
pub struct Found {
    /// The bucket.
    pub bucket: Bucket,
    /// The object as it is, if it is there.
    pub object: Option<Object>,
}

/// The ARN of a bucket, or of something in it.
pub(super) fn arn(owner: AccountId, bucket: &BucketName, key: Option<&str>) -> String {
    match key {
        Some(key) => format!("acs:oss:*:{owner}:{bucket}/{key}"),
        None => format!("acs:oss:*:{owner}:{bucket}"),
    }
}

/// Asks for permission for something that is done to a bucket, and returns the bucket.
pub(super) fn on_bucket(
    cx: &mut DataContext<'_>,
    name: &BucketName,
    action: &'static str,
    conditions: Conditions,
) -> Result<Bucket, ApiError> {
    let Some(bucket) = find(cx, name)? else {
        return Err(absent(cx, name, None, action, conditions));
    };
    ask(cx, &bucket, None, action, OpenTo::Nobody, conditions)?;
    Ok(bucket)
}

/// Asks for permission for something that is done to an object, and returns it with its bucket.
pub(super) fn on_object(
    cx: &mut DataContext<'_>,
    (bucket, key): (&BucketName, &ObjectKey),
    action: &'static str,
    reach: Reach,
    conditions: Conditions,
) -> Result<Found, ApiError> {
    let Some(found) = find(cx, bucket)? else {
        return Err(absent(cx, bucket, Some(key), action, conditions));
    };
    let object = Object::find(cx.tx(), &found, key)?;
    let mut conditions = conditions;
    for (name, value) in object.iter().flat_map(|object| &object.description.tags) {
        conditions.set(format!("oss:ExistingObjectTag/{name}"), value.as_str());
    }
    let acl = object.as_ref().and_then(|object| object.description.acl).unwrap_or(found.acl);
    ask(cx, &found, Some(key), action, open_to(reach, acl, found.acl), conditions)?;
    Ok(Found { bucket: found, object })
}

// SPEC: evaluation, OSS: object ACL, then bucket ACL. Whoever writes an object anew writes into its bucket.
fn open_to(reach: Reach, of_object: Acl, of_bucket: Acl) -> OpenTo {
    match reach {
        Reach::Read => OpenTo::Readers(of_object),
        Reach::Write if of_object == Acl::PublicReadWrite => OpenTo::Writers(of_bucket),
        Reach::Write => OpenTo::Writers(of_object),
        Reach::Manage => OpenTo::Nobody,
    }
}

/// The bucket of a name, whosesoever it is; its owner may read the record of the call.
pub(super) fn find(cx: &mut DataContext<'_>, name: &BucketName) -> Result<Option<Bucket>, ApiError> {
    let Some(bucket) = Bucket::find(cx.tx(), name)? else { return Ok(None) };
    let account = Account::find(cx.tx(), bucket.owner)?;
    if account.is_none_or(|account| account.status == AccountStatus::Closed) {
        return Err(access_denied("The bucket's account is closed: only the operator can open it."));
    }
    cx.concerns(bucket.owner);
    Ok(Some(bucket))
}

/// Asks for permission on a bucket or on something in it.
pub(super) fn ask(
    cx: &mut DataContext<'_>,
    bucket: &Bucket,
    key: Option<&ObjectKey>,
    action: &'static str,
    open_to: OpenTo,
    mut conditions: Conditions,
) -> Result<(), ApiError> {
    for (name, value) in &bucket.tags {
        conditions.set(format!("oss:BucketTag/{name}"), value.as_str());
    }
    let arn = arn(bucket.owner, &bucket.name, key.map(ObjectKey::as_str));
    let resource = ResourceName::new(bucket.owner, arn).in_group(Some(bucket.group.clone()));
    cx.authorize(Ask { action, resource, bucket: Some(bucket), open_to, conditions })
}

/// What is said of a bucket that is not there: to whoever could reach one of their own, that it is not.
fn absent(
    cx: &mut DataContext<'_>,
    name: &BucketName,
    key: Option<&ObjectKey>,
    action: &'static str,
    conditions: Conditions,
) -> ApiError {
    let Some(account) = cx.account() else {
        return access_denied("Anonymous access is forbidden for this operation: sign the request.");
    };
    let resource = ResourceName::new(account, arn(account, name, key.map(ObjectKey::as_str)));
    let asked = cx.authorize(Ask { action, resource, bucket: None, open_to: OpenTo::Nobody, conditions });
    asked.err().unwrap_or_else(no_such_bucket)
}

/// The account of a caller that acts in its own.
pub(super) fn own_account(cx: &DataContext<'_>) -> Result<AccountId, ApiError> {
    let message = "Anonymous access is forbidden for this operation: sign the request.";
    cx.account().ok_or_else(|| access_denied(message))
}

/// The resource group that a new bucket goes to.
pub(super) fn group_or_default(
    cx: &DataContext<'_>,
    account: AccountId,
    wanted: Option<&str>,
) -> Result<ResourceGroupId, ApiError> {
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
        return Ok(ResourceGroupId::default_of(account));
    };
    let unknown =
        || super::invalid_argument("The account has no resource group of this id: check ResourceGroupId.");
    let group: ResourceGroupId = wanted.parse().map_err(|_| unknown())?;
    if ResourceGroup::exists(cx.tx(), account, &group)? { Ok(group) } else { Err(unknown()) }
}

/// Labels, as far as they are acceptable. No words are reserved here: see [`crate::tag`].
pub(super) fn checked_tags<'t>(
    tags: impl IntoIterator<Item = &'t (String, String)>,
    of_bucket: bool,
) -> Result<std::collections::BTreeMap<String, String>, ApiError> {
    let mut checked = std::collections::BTreeMap::new();
    for (key, value) in tags {
        let fits = (1..=LONGEST_KEY).contains(&key.chars().count()) && value.chars().count() <= LONG_VALUE;
        if !fits || key.chars().chain(value.chars()).any(char::is_control) {
            let message = "A tag has a key of 1 to 128 characters and a value of up to 256, without control characters.";
            return Err(super::storage_error("InvalidTag", 400, message));
        }
        if checked.insert(key.clone(), value.clone()).is_some() {
            let message = "A tag's key occurs twice: send each once.";
            return Err(super::storage_error("InvalidTag", 400, message));
        }
    }
    let most = if of_bucket { MOST_TAGS } else { MOST_TAGS_OF_OBJECT };
    if checked.len() > most {
        let message = format!("There are more than {most} tags: send fewer.");
        return Err(super::storage_error("InvalidTag", 400, message));
    }
    Ok(checked)
}

/// Condition keys of labels that a request brings.
pub(super) fn request_tags(tags: &std::collections::BTreeMap<String, String>) -> Conditions {
    let mut conditions = Conditions::new();
    for (key, value) in tags {
        conditions.set(format!("oss:RequestObjectTag/{key}"), value.as_str());
    }
    conditions
}
