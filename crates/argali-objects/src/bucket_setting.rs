//! What is set of a bucket: ACL, policy, labels, resource group.

use argali_core::error::ApiError;
use argali_core::services::oss::{
    DeleteBucketPolicy, DeleteBucketTagging, GetBucketAcl, GetBucketPolicy, GetBucketResourceGroup,
    GetBucketTagging, PutBucketAcl, PutBucketPolicy, PutBucketResourceGroup, PutBucketTagging,
    invalid_argument,
};
use bytes::Bytes;
use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, document, empty, with_type};
use crate::bucket::{Grant, bucket_acl};
use crate::service::Owner;
use crate::visit::Visit;
use crate::xml;

/// Who may reach something without any policy, as documents have it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AccessControlPolicy {
    pub(crate) owner: Owner,
    pub(crate) access_control_list: Grant,
}

pub(crate) async fn get_acl(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let bucket = visit.read(&GetBucketAcl { bucket: visit.bucket()? }).await?;
    let access_control_list = Grant { grant: bucket.acl.as_str() };
    document(
        "AccessControlPolicy",
        &AccessControlPolicy { owner: Owner::of(bucket.owner), access_control_list },
    )
}

pub(crate) async fn put_acl(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let message = "The header x-oss-acl is missing: say private, public-read or public-read-write.";
    let acl = bucket_acl(&visit)?.ok_or_else(|| invalid_argument(message))?;
    visit.change(&PutBucketAcl { bucket: visit.bucket()?, acl }).await?;
    Ok(empty(StatusCode::OK))
}

pub(crate) async fn get_policy(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let policy = visit.read(&GetBucketPolicy { bucket: visit.bucket()? }).await?;
    Ok(with_type(policy.into_bytes(), "application/json"))
}

pub(crate) async fn put_policy<B>(visit: Visit<'_>, body: B) -> Result<Answer, ApiError>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let text = xml::read_whole(body).await?;
    let policy =
        std::str::from_utf8(&text).map_err(|_| invalid_argument("The policy is not UTF-8: send JSON."))?;
    visit.change(&PutBucketPolicy { bucket: visit.bucket()?, policy: policy.to_owned() }).await?;
    Ok(empty(StatusCode::OK))
}

pub(crate) async fn delete_policy(visit: Visit<'_>) -> Result<Answer, ApiError> {
    visit.change(&DeleteBucketPolicy { bucket: visit.bucket()? }).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// Labels, as documents have them.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tagging {
    #[serde(default)]
    tag_set: TagSet,
}

#[derive(Debug, Default, Deserialize, Serialize)]
struct TagSet {
    #[serde(rename = "Tag", default)]
    tags: Vec<Tag>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    #[serde(default)]
    value: String,
}

impl Tagging {
    /// Reads the labels in a body.
    pub(crate) async fn read<B>(body: B) -> Result<Vec<(String, String)>, ApiError>
    where
        B: http_body::Body<Data = Bytes> + Send + Unpin,
        B::Error: std::fmt::Display,
    {
        let read: Self = xml::parse("Tagging", &xml::read_whole(body).await?)?;
        Ok(read.tag_set.tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
    }

    /// An answer with labels.
    pub(crate) fn answer(tags: impl IntoIterator<Item = (String, String)>) -> Result<Answer, ApiError> {
        let tags = tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
        document("Tagging", &Self { tag_set: TagSet { tags } })
    }
}

pub(crate) async fn get_tags(visit: Visit<'_>) -> Result<Answer, ApiError> {
    Tagging::answer(visit.read(&GetBucketTagging { bucket: visit.bucket()? }).await?)
}

pub(crate) async fn put_tags<B>(visit: Visit<'_>, body: B) -> Result<Answer, ApiError>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let tags = Tagging::read(body).await?;
    visit.change(&PutBucketTagging { bucket: visit.bucket()?, tags }).await?;
    Ok(empty(StatusCode::OK))
}

pub(crate) async fn delete_tags(visit: Visit<'_>) -> Result<Answer, ApiError> {
    visit.change(&DeleteBucketTagging { bucket: visit.bucket()? }).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BucketResourceGroup {
    #[serde(default)]
    resource_group_id: String,
}

pub(crate) async fn get_group(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let group = visit.read(&GetBucketResourceGroup { bucket: visit.bucket()? }).await?;
    let content = BucketResourceGroup { resource_group_id: group.to_string() };
    document("BucketResourceGroupConfiguration", &content)
}

pub(crate) async fn put_group<B>(visit: Visit<'_>, body: B) -> Result<Answer, ApiError>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let text = xml::read_whole(body).await?;
    let wanted: BucketResourceGroup = xml::parse("BucketResourceGroupConfiguration", &text)?;
    let operation =
        PutBucketResourceGroup { bucket: visit.bucket()?, resource_group: wanted.resource_group_id };
    visit.change(&operation).await?;
    Ok(empty(StatusCode::OK))
}
